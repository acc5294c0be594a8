/*
 * person.c - see person.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/image_jpeg.h"
#include "proto/clock.h"
#include "tests/integration/person.h"
#include "tests/puppet/puppet.h"
#include "tests/puppet/puppet_answer.h"
#include "tests/puppet/puppet_photo.h"

#define PERSON_FRAME_MS   66
#define PERSON_VERDICT_MS 60000
#define PERSON_LOOK_MS    400	/* needs so long to read what it is asked */

struct person_cast {
	struct puppet_finder *finder;
	struct image_jpeg *jpeg;
	uint8_t picture[JPEG_MAX_BYTES];
	uint32_t at_seq;
	void (*at)(void *ctx);
	void *at_ctx;
};

struct person_scene {
	struct person_cast *cast;
	struct puppet *puppet;
	struct client *client;
	uint8_t  capture[ID_BYTES];
	uint32_t seq, credits;
	struct puppet_answer answer;
	int64_t  frame_ms;	/* when the next picture is due */
};

static int64_t
person_now(void)
{
	return clock_mono_ms(clock_system());
}

static void
person_path(const char *what, char dst[static 512])
{
	const char *source = getenv("COUNTERSIGN_SOURCE");

	snprintf(dst, 512, "%s/%s", source != NULL ? source : ".", what);
}

struct person_cast *
person_cast_new(void)
{
	struct person_cast *p = calloc(1, sizeof *p);
	char models[512], err[256] = "out of memory";

	person_path("models", models);
	if (p == NULL || image_jpeg_open(&p->jpeg) != RC_OK ||
	    puppet_finder_open(&p->finder, models, err, sizeof err) != RC_OK) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	return p;
}

void
person_cast_free(struct person_cast *p)
{
	if (p == NULL)
		return;
	puppet_finder_close(p->finder);
	image_jpeg_close(p->jpeg);
	free(p);
}

void
person_at_frame(struct person_cast *p, uint32_t seq, void (*fn)(void *ctx), void *ctx)
{
	p->at_seq = seq;
	p->at = fn;
	p->at_ctx = ctx;
}

static enum rc
person_enter(struct person_cast *p, const char *face, enum person_play play, struct puppet **out)
{
	char file[128], path[512], err[256] = "";
	struct puppet_photo photo;
	enum rc r;

	snprintf(file, sizeof file, "tests/faces/%s.jpg", face);
	person_path(file, path);
	if ((r = puppet_finder_read(p->finder, path, &photo, err, sizeof err)) != RC_OK) {
		fprintf(stderr, "%s\n", err);
		return r;
	}
	if ((r = puppet_open(out, 640, 480, 7)) == RC_OK)
		r = puppet_become(*out, &photo);
	puppet_photo_free(&photo);
	if (r == RC_OK && play != PERSON_ANSWERS)
		r = puppet_act(*out, play == PERSON_STILL ? PUPPET_STILL_ON : PUPPET_AWAY, person_now());
	return r;
}

static enum rc
person_show(struct person_scene *s, int64_t now)
{
	struct person_cast *p = s->cast;
	size_t n = 0;
	enum rc r;

	if (now < s->frame_ms || s->credits == 0)
		return RC_OK;
	s->frame_ms = now + PERSON_FRAME_MS;
	r = image_jpeg_encode(p->jpeg, puppet_render(s->puppet, now), 80, p->picture, sizeof p->picture, &n);
	if (r == RC_OK && (r = client_frame(s->client, s->capture, ++s->seq, p->picture, n)) == RC_OK)
		s->credits--;
	if (p->at != NULL && s->seq == p->at_seq) {
		p->at(p->at_ctx);
		p->at = NULL;
	}
	return r == RC_AGAIN ? RC_OK : r;
}

/* Takes what the server says. RC_AGAIN: go on; else the verdict. */
static enum rc
person_listen(struct person_scene *s, char hint[HINT_MAX_BYTES + 1])
{
	cs_VideoCredit credit;
	cs_Envelope push;

	while (client_credit(s->client, &credit, 0) == RC_OK)
		if (memcmp(credit.capture, s->capture, ID_BYTES) == 0)
			s->credits += credit.credits;
	while (client_push(s->client, &push, 5) == RC_OK) {
		const cs_CaptureGuide *g = &push.body.capture_guide;

		if (push.which_body == cs_Envelope_capture_verdict_tag) {
			snprintf(hint, HINT_MAX_BYTES + 1, "%s", push.body.capture_verdict.hint);
			return rc_from_wire(push.rc);
		}
		if (push.which_body == cs_Envelope_capture_guide_tag)
			puppet_answer_hear(&s->answer, (unsigned)g->ask, g->step, person_now(), PERSON_LOOK_MS);
	}
	return RC_AGAIN;
}

enum rc
person_capture_of(struct person_cast *p, const char *face, enum person_play play, struct client *c,
    const cs_CaptureBegin *what, char hint[HINT_MAX_BYTES + 1])
{
	struct person_scene s = { .cast = p, .client = c };
	int64_t until = person_now() + PERSON_VERDICT_MS;
	cs_Envelope ask = { .which_body = cs_Envelope_capture_begin_tag }, answer;
	enum rc r;

	hint[0] = '\0';
	ask.body.capture_begin = *what;
	if ((r = person_enter(p, face, play, &s.puppet)) != RC_OK ||
	    (r = client_ask(c, &ask, &answer, 5000)) != RC_OK)
		goto out;
	memcpy(s.capture, answer.body.capture_begun.capture, sizeof s.capture);
	s.credits = answer.body.capture_begun.credits;
	do {
		int64_t now = person_now();

		puppet_answer_play(&s.answer, s.puppet, now);
		if ((r = person_show(&s, now)) != RC_OK || now > until) {
			r = r == RC_OK ? RC_TIMEOUT : r;
			break;
		}
	} while ((r = person_listen(&s, hint)) == RC_AGAIN);
out:
	puppet_close(s.puppet);
	return r;
}

enum rc
person_capture(struct person_cast *p, const char *face, enum person_play play, struct client *c,
    cs_CapturePurpose purpose, const uint8_t *intent, char hint[HINT_MAX_BYTES + 1])
{
	cs_CaptureBegin what = { .purpose = purpose };

	if (intent != NULL)
		memcpy(what.intent, intent, ID_BYTES);
	return person_capture_of(p, face, play, c, &what, hint);
}
