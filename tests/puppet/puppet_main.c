/*
 * puppet_main.c - countersign-puppet: a person before a camera, for tests and
 * for a demo without one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One loop waits for the next picture's time, for commands and for the reader.
 * Without a reader nothing is rendered.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "proto/clock.h"
#include "proto/limits.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_fifo.h"
#include "tests/puppet/puppet_keys.h"
#include "tests/puppet/puppet_options.h"
#include "tests/puppet/puppet_photo.h"
#include "tests/puppet/puppet_stream.h"
#include "tests/puppet/puppet_tape.h"

#define FPS_USUAL    15u
#define SAY_BYTES   400u

struct show {
	const struct puppet_options *options;
	const struct clock *clock;
	struct puppet_finder *finder;
	struct puppet *puppet;
	struct puppet_stream *stream;
	struct puppet_tape tape;	/* frames 0: none */
	struct puppet_photo other;	/* without a picture: nobody */
	FILE *record;
	struct puppet_lines lines;
	struct puppet_keys keys;
	int signals;
	bool over;
	unsigned fps;
	int64_t begun_ms, number;	/* pictures due since then, at fps */
	uint8_t picture[JPEG_MAX_BYTES];
};

static void show_say(struct show *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
show_say(struct show *s, const char *fmt, ...)
{
	char text[SAY_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (s->keys.raw)
		puppet_keys_say(text);
	else
		fprintf(stderr, "countersign-puppet: %s\n", text);
}

static enum rc
show_face(struct show *s, const char *path)
{
	struct puppet_photo photo = { 0 };
	char err[SAY_BYTES];
	enum rc r;

	if ((r = puppet_finder_read(s->finder, path, &photo, err, sizeof err)) != RC_OK) {
		show_say(s, "%s", err);
		return r;
	}
	if ((r = puppet_become(s->puppet, &photo)) != RC_OK)
		show_say(s, "%s: %s", path, rc_text(r));
	else
		show_say(s, "face %s", path);
	puppet_photo_free(&photo);
	return r;
}

static enum rc
show_play(struct show *s, enum puppet_scenario scenario)
{
	unsigned fps = puppet_scenario_rows[scenario].fps;
	enum rc r;

	s->fps = s->options->fps > 0 ? s->options->fps : fps > 0 ? fps : FPS_USUAL;
	s->begun_ms = clock_mono_ms(s->clock);
	s->number = 0;
	r = puppet_play(s->puppet, scenario, s->tape.frames > 0 ? &s->tape : NULL,
	    s->other.picture.rgb != NULL ? &s->other : NULL);
	show_say(s, "play %s%s%s", puppet_scenario_rows[scenario].word, r == RC_OK ? "" : ": ", r == RC_OK ? "" : rc_text(r));
	return r;
}

/* What the scenarios that need it will show; taken by the next play. */
static void
show_tape(struct show *s, const char *path)
{
	struct puppet_tape tape;
	char err[SAY_BYTES];

	if (puppet_tape_read(&tape, path, err, sizeof err) != RC_OK) {
		show_say(s, "%s", err);
		return;
	}
	(void)(show_play(s, PUPPET_PLAIN) == RC_OK);	/* lets go of the former tape */
	puppet_tape_free(&s->tape);
	s->tape = tape;
	show_say(s, "tape %s", path);
}

static void
show_other(struct show *s, const char *path)
{
	struct puppet_photo photo;
	char err[SAY_BYTES];

	if (puppet_finder_read(s->finder, path, &photo, err, sizeof err) != RC_OK) {
		show_say(s, "%s", err);
		return;
	}
	puppet_photo_free(&s->other);
	s->other = photo;
	show_say(s, "other %s", path);
}

/* path: a file that the pictures sent are written to from now on; "off": none. */
static void
show_record(struct show *s, const char *path)
{
	if (s->record != NULL && fclose(s->record) != 0)
		show_say(s, "the recording is not whole: %s", strerror(errno));
	s->record = NULL;
	if (strcmp(path, "off") != 0 && (s->record = fopen(path, "wbe")) == NULL)
		show_say(s, "%s: %s", path, strerror(errno));
	else
		show_say(s, "record %s", path);
}

static void
show_act(struct show *s, enum puppet_action action)
{
	enum rc r = puppet_act(s->puppet, action, clock_mono_ms(s->clock));

	if (r == RC_OK)
		show_say(s, "%s", puppet_action_word(action));
	else
		show_say(s, "%s: not now: %s", puppet_action_word(action), r == RC_EARLY ?
		    "a photograph, or somebody who is away, cannot do that" : "too many are waiting");
}

static void
show_word(struct show *s, const char *word)
{
	enum puppet_scenario scenario;
	enum puppet_action action;

	if (strcmp(word, "quit") == 0)
		s->over = true;
	else if (strncmp(word, "face ", 5) == 0)
		(void)(show_face(s, word + 5) == RC_OK);	/* it has said what is wrong; the former face stays */
	else if (strncmp(word, "light ", 6) == 0)
		puppet_light(s->puppet, (uint32_t)strtoul(word + 6, NULL, 16) & 0xffffffu);
	else if (strncmp(word, "record ", 7) == 0)
		show_record(s, word + 7);
	else if (strncmp(word, "tape ", 5) == 0)
		show_tape(s, word + 5);
	else if (strncmp(word, "other ", 6) == 0)
		show_other(s, word + 6);
	else if (strncmp(word, "play ", 5) == 0 && puppet_scenario_from_word(word + 5, &scenario) == RC_OK)
		(void)(show_play(s, scenario) == RC_OK);	/* it has said what is missing; the former one goes on */
	else if (strcmp(word, "still") == 0)
		show_act(s, PUPPET_STILL_ON);
	else if (puppet_action_from_word(word, &action) == RC_OK)
		show_act(s, action);
	else
		show_say(s, "\"%s\" is no command; commands are blink left right nod mouth close open "
		    "still on|off away back face FILE light RRGGBB play SCENARIO record FILE|off tape FILE other FILE quit", word);
}

static void
show_commands(struct show *s)
{
	char line[PUPPET_LINE_MAX];
	enum rc r;

	while ((r = puppet_lines_next(&s->lines, line)) != RC_AGAIN && r != RC_CLOSED) {
		if (r == RC_OK)
			show_word(s, line);
		else
			show_say(s, "a line longer than %u bytes was left out", PUPPET_LINE_MAX - 1);
	}
	if (r == RC_CLOSED)
		puppet_lines_close(&s->lines);
}

static void
show_keys(struct show *s)
{
	enum puppet_action action;
	enum rc r;
	int key;

	while ((r = puppet_keys_next(&key)) == RC_OK) {
		if (key == 'q')
			s->over = true;
		else if (key == '?')
			puppet_keys_help(s->options->face, s->options->faces);
		else if (key >= '1' && key < '1' + (int)s->options->faces)
			(void)(show_face(s, s->options->face[key - '1']) == RC_OK);
		else if (puppet_action_from_key(key, &action) == RC_OK)
			show_act(s, action);
		else
			show_say(s, "that key does nothing; ? shows those that do");
	}
	if (r == RC_CLOSED)
		s->over = true;
}

static enum rc
show_picture(struct show *s)
{
	size_t n;
	enum rc r;

	if (!puppet_stream_wants(s->stream))
		return RC_OK;
	if ((r = puppet_shoot(s->puppet, clock_mono_ms(s->clock), s->picture, sizeof s->picture, &n)) != RC_OK) {
		show_say(s, "the picture cannot be sent: %s; choose a smaller --size", rc_text(r));
		return r;
	}
	if (s->record != NULL && fwrite(s->picture, 1, n, s->record) != n)
		show_record(s, "off");
	return puppet_stream_send(s->stream, s->picture, n);
}

/* Waits until due for something to do and does it. */
static enum rc
show_wait(struct show *s, int64_t due_ms)
{
	struct pollfd p[4] = {
		{ .fd = s->signals, .events = POLLIN },
		{ .fd = s->lines.fd, .events = POLLIN },
		{ .fd = s->keys.raw ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = puppet_stream_fd(s->stream), .events = POLLOUT },
	};
	int64_t wait = due_ms - clock_mono_ms(s->clock);
	enum rc r = RC_OK;

	if (poll(p, 4, wait > 0 ? (int)wait : 0) <= 0)
		return RC_OK;
	if (p[0].revents != 0)
		s->over = true;
	if (p[1].revents != 0)
		show_commands(s);
	if (p[2].revents != 0)
		show_keys(s);
	if (p[3].revents != 0)
		r = puppet_stream_push(s->stream);
	return r;
}

static enum rc
show_run(struct show *s)
{
	int64_t due = s->begun_ms, now;
	enum rc r;

	while (!s->over) {
		if ((r = show_wait(s, due)) != RC_OK)
			return r;
		now = clock_mono_ms(s->clock);
		if (now < due)
			continue;
		if ((r = show_picture(s)) != RC_OK)
			return r;
		/* Pictures missed are not made up for. */
		s->number++;
		if (s->begun_ms + s->number * 1000 / s->fps < now)
			s->number = (now - s->begun_ms) * s->fps / 1000 + 1;
		due = s->begun_ms + s->number * 1000 / s->fps + puppet_late_us(s->puppet, 1000000 / s->fps) / 1000;
		if (due <= now)
			due = now + 1;
	}
	return RC_OK;
}

static enum rc
show_signals(struct show *s)
{
	sigset_t end;

	sigemptyset(&end);
	sigaddset(&end, SIGINT);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGHUP);
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &end, NULL) != 0 ||
	    (s->signals = signalfd(-1, &end, SFD_CLOEXEC)) < 0) {
		show_say(s, "signals: %s", strerror(errno));
		return RC_IO;
	}
	return RC_OK;
}

static enum rc
show_open(struct show *s)
{
	const struct puppet_options *o = s->options;
	char err[SAY_BYTES] = "";
	enum rc r;

	if ((r = show_signals(s)) != RC_OK)
		return r;
	if ((o->keys && (r = puppet_keys_open(&s->keys, err, sizeof err)) != RC_OK) ||
	    (r = puppet_finder_open(&s->finder, o->models, err, sizeof err)) != RC_OK ||
	    (r = puppet_stream_open(&s->stream, o->out, err, sizeof err)) != RC_OK ||
	    (o->control != NULL && (r = puppet_lines_open(&s->lines, o->control, err, sizeof err)) != RC_OK)) {
		show_say(s, "%s", err[0] != '\0' ? err : rc_text(r));
		return r;
	}
	if ((o->tape != NULL && (r = puppet_tape_read(&s->tape, o->tape, err, sizeof err)) != RC_OK) ||
	    (o->other != NULL && (r = puppet_finder_read(s->finder, o->other, &s->other, err, sizeof err)) != RC_OK)) {
		show_say(s, "%s", err);
		return r;
	}
	if ((r = puppet_open(&s->puppet, o->width, o->height, o->seed)) != RC_OK) {
		show_say(s, "%s", rc_text(r));
		return r;
	}
	if (o->record != NULL)
		show_record(s, o->record);
	if (o->keys)
		puppet_keys_help(o->face, o->faces);
	if ((r = show_face(s, o->face[0])) != RC_OK || (r = show_play(s, o->scenario)) != RC_OK)
		return r;
	if (o->still)
		show_act(s, PUPPET_STILL_ON);
	return RC_OK;
}

static void
show_close(struct show *s)
{
	puppet_keys_close(&s->keys);
	puppet_lines_close(&s->lines);
	puppet_stream_close(s->stream);
	puppet_close(s->puppet);
	puppet_finder_close(s->finder);
	puppet_tape_free(&s->tape);
	puppet_photo_free(&s->other);
	if (s->record != NULL)
		show_record(s, "off");
	if (s->signals >= 0)
		close(s->signals);
}

int
main(int argc, char **argv)
{
	struct puppet_options o = { .models = "models", .width = 640, .height = 480, .seed = 1 };
	struct show *s;
	enum rc r;
	int status;

	if ((status = puppet_options_read(&o, argc, argv)) != 0)
		return status - 1;
	if ((s = calloc(1, sizeof *s)) == NULL) {
		fprintf(stderr, "countersign-puppet: %s\n", rc_text(RC_NOMEM));
		return 1;
	}
	s->options = &o;
	s->clock = clock_system();
	s->lines.fd = s->signals = -1;
	s->fps = FPS_USUAL;
	if ((r = show_open(s)) == RC_OK)
		r = show_run(s);
	/* Somebody who closed our standard output has seen enough. */
	status = r == RC_OK || r == RC_CLOSED ? 0 : 1;
	show_close(s);
	free(s);
	return status;
}
