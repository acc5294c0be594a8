/*
 * eval_events.c - blinks, closures, turns, nods and open mouths in a video, as
 * the challenges of a capture see them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Frames go through the path that serves captures: as JPEG, searched or
 * followed by the same rule (server/capture_look.h), watched by the same code
 * (server/live.h). With --fps the last frame of each interval is kept, as of a
 * slower camera whose newest picture is taken; numbers stay those of the file.
 */
#include <stdio.h>
#include <stdlib.h>

#include "eval.h"
#include "eval_json.h"
#include "eval_video.h"
#include "models/face_frame.h"
#include "proto/crypto.h"
#include "server/capture_look.h"
#include "server/live.h"
#include "tests/splitmix.h"

struct watch {
	struct face_frame *ff;
	struct eval_video *video;
	struct capture_look look;
	struct live live;
	struct live_rule rule;
	uint64_t random;
	double   fps;		/* of the file */
	size_t   frames;	/* of the file so far */
	size_t   faces;		/* frames that showed one */
	int64_t *at_ms;		/* [frames] */
	size_t   cap;
	struct live_event *event;
	size_t   events, events_cap;
	struct live_event going[LIVE_KINDS];	/* told, and not over yet */
	bool     goes[LIVE_KINDS];
};

static void
watch_fill(void *ctx, void *dst, size_t n)
{
	struct watch *w = ctx;
	uint8_t *to = dst;

	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)splitmix64(&w->random);
}

/* Room for one more of n things. */
static bool
watch_grow(void **things, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 256 : *cap * 2;
	void *to;

	if (n < *cap)
		return true;
	if ((to = reallocarray(*things, more, size)) == NULL)
		return false;
	*things = to;
	*cap = more;
	return true;
}

static enum rc
watch_note(struct watch *w, const struct live_event *e)
{
	void *events = w->event;

	w->goes[e->kind] = !e->over;
	if (!e->over) {
		w->going[e->kind] = *e;
		return RC_OK;
	}
	if (!watch_grow(&events, w->events, &w->events_cap, sizeof *w->event))
		return RC_NOMEM;
	w->event = events;
	w->event[w->events++] = *e;
	return RC_OK;
}

/* Is this frame among those that are left at so many a second? 0: all are. */
static bool
watch_keeps(const struct watch *w, unsigned fps)
{
	double rate = fps > 0 && w->fps > fps ? fps / w->fps : 1.0;

	return (uint64_t)((double)(w->frames + 1) * rate + 1e-6) > (uint64_t)((double)w->frames * rate + 1e-6);
}

static enum rc
watch_frame(struct watch *w, const struct eval_video_frame *frame, int64_t at_ms)
{
	const struct rng random = { watch_fill, w };
	const struct vision_box *track = capture_look_next(&w->look, &random, at_ms, 0);
	struct vision_features f = { .seq = w->frames + 1 };
	struct live_event events[LIVE_EVENTS];
	enum rc r;
	size_t n;

	if ((r = face_frame_run(w->ff, frame->jpeg, frame->n, VISION_WANT_EYES, track, &f)) != RC_OK)
		return r;
	w->faces += f.faces > 0;
	capture_look_saw(&w->look, &f, at_ms, true);
	n = live_feed(&w->live, &w->rule, &f, at_ms, events);
	for (size_t i = 0; i < n && r == RC_OK; i++)
		r = watch_note(w, &events[i]);
	crypto_wipe(&f, sizeof f);
	return r;
}

/* All frames of the file. */
static enum rc
watch_run(struct watch *w, const struct eval_options *o, char *err, size_t err_n)
{
	struct eval_video_frame frame;
	enum rc r;

	while ((r = eval_video_next(w->video, &frame, err, err_n)) == RC_OK) {
		void *at_ms = w->at_ms;

		if (!watch_grow(&at_ms, w->frames, &w->cap, sizeof *w->at_ms))
			r = RC_NOMEM;
		else {
			w->at_ms = at_ms;
			w->at_ms[w->frames] = frame.at_us / 1000;
			if (watch_keeps(w, o->fps))
				r = watch_frame(w, &frame, w->at_ms[w->frames]);
		}
		if (r != RC_OK) {
			(void)snprintf(err, err_n, "%s, frame %zu: %s", o->video, w->frames, rc_text(r));
			return r;
		}
		w->frames++;
	}
	if (r == RC_NOT_FOUND)
		r = RC_OK;
	for (unsigned k = 0; k < LIVE_KINDS && r == RC_OK; k++)
		if (w->goes[k]) {
			w->going[k].over = true;	/* the file ends in the middle of it */
			r = watch_note(w, &w->going[k]);
		}
	return r;
}

static uint64_t
watch_number(const struct watch *w, int64_t at_ms)
{
	size_t i = 0;

	while (i + 1 < w->frames && w->at_ms[i] < at_ms)
		i++;
	return i;
}

static int
watch_order(const void *a, const void *b)
{
	const struct live_event *x = a, *y = b;

	return (x->start_ms > y->start_ms) - (x->start_ms < y->start_ms);
}

static void
watch_print(struct watch *w, bool as_json)
{
	struct json j = { .f = stdout };

	if (w->events > 0)
		qsort(w->event, w->events, sizeof *w->event, watch_order);
	if (as_json) {
		json_open(&j, NULL, '{');
		json_real(&j, "fps", w->fps);
		json_count(&j, "frames", w->frames);
		json_open(&j, "events", '[');
	}
	for (size_t i = 0; i < w->events; i++) {
		const struct live_event *e = &w->event[i];
		uint64_t start = watch_number(w, e->start_ms), peak = watch_number(w, e->peak_ms), end = watch_number(w, e->end_ms);

		if (!as_json) {
			(void)printf("%-10s %6llu %6llu %6llu %8.2f s %5.0f degrees\n", live_kind_name(e->kind),
			    (unsigned long long)start, (unsigned long long)peak, (unsigned long long)end,
			    (double)e->peak_ms / 1e3, (double)e->angle);
			continue;
		}
		json_open(&j, NULL, '{');
		json_text(&j, "kind", live_kind_name(e->kind));
		json_count(&j, "start", start);
		json_count(&j, "peak", peak);
		json_count(&j, "end", end);
		json_real(&j, "start_s", (double)e->start_ms / 1e3);
		json_real(&j, "peak_s", (double)e->peak_ms / 1e3);
		json_real(&j, "end_s", (double)e->end_ms / 1e3);
		json_real(&j, "angle", (double)e->angle);
		json_close(&j, '}');
	}
	if (as_json) {
		json_close(&j, ']');
		json_close(&j, '}');
		(void)putchar('\n');
	} else {
		(void)printf("%zu frames, %.2f a second, %zu events\n", w->frames, w->fps, w->events);
	}
}

int
eval_events(const struct eval_options *o)
{
	struct net_setup setup = { .backend = o->backend };
	struct watch w = { .random = 1 };
	int status = EVAL_NOT;
	char err[512] = "";

	live_defaults(&w.rule);
	if ((w.ff = calloc(1, sizeof *w.ff)) == NULL) {
		eval_say("out of memory");
		return EVAL_NOT;
	}
	if (face_frame_open(w.ff, o->models, &setup, err, sizeof err) != RC_OK ||
	    eval_video_open(&w.video, o->video, err, sizeof err) != RC_OK)
		goto out;
	w.fps = eval_video_fps(w.video);
	if (watch_run(&w, o, err, sizeof err) != RC_OK)
		goto out;
	if (!(w.fps > 0.0) && w.frames > 1)	/* the file does not say */
		w.fps = 1e3 * (double)(w.frames - 1) / (double)(w.at_ms[w.frames - 1] - w.at_ms[0]);
	watch_print(&w, o->json);
	if (w.faces > 0)
		status = EVAL_MEASURED;
	else
		(void)snprintf(err, sizeof err, "%s: no frame shows a face", o->video);
out:
	if (status != EVAL_MEASURED)
		eval_say("%s", err);
	eval_video_close(w.video);
	face_frame_close(w.ff);
	free(w.ff);
	free(w.at_ms);
	free(w.event);
	return status;
}
