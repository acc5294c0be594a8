/*
 * liveness.c - see liveness.h: the flow of a capture.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "server/liveness_impl.h"

#define CROWD_FRAMES 3u		/* a second face in so many frames ends it, once a challenge was asked */

void
liveness_enter(struct liveness *l, enum liveness_phase to, int64_t now_ms)
{
	assert(!liveness_done(l));
	l->phase = to;
	l->phase_ms = now_ms;
	l->settled = 0;
	l->settle_done = false;
	l->blinks = 0;
	l->open_ms = 0;
	l->shut_too_long = false;
	l->halfway = false;
	if (to == LIVENESS_CHALLENGE)
		l->asked |= liveness_ask_bit(l->plan[l->step]);
	if (to == LIVENESS_PASSED)
		l->verdict = RC_OK;
}

void
liveness_begin(struct liveness *l, const struct liveness_options *o, const struct rng *g, int64_t now_ms)
{
	assert(liveness_options_check(o) == RC_OK);
	memset(l, 0, sizeof *l);
	l->o = *o;
	l->verdict = RC_AGAIN;
	l->reason = LIVENESS_NO_FACE;
	l->began_ms = l->fed_ms = l->face_ms = now_ms;
	liveness_draw_plan(l, g);
	liveness_enter(l, LIVENESS_SETTLE, now_ms);
}

bool
liveness_done(const struct liveness *l)
{
	return l->phase == LIVENESS_PASSED || l->phase == LIVENESS_REFUSED;
}

void
liveness_refuse(struct liveness *l, enum liveness_reason why, enum rc verdict)
{
	assert(verdict != RC_OK && verdict != RC_AGAIN);
	if (liveness_done(l))
		return;
	l->phase = LIVENESS_REFUSED;
	l->reason = why;
	l->verdict = verdict;
}

/*
 * What ends a capture once a challenge has been asked: the face gone, a second
 * one. Where the first one was only followed, nobody looked for a second.
 */
static void
liveness_watch(struct liveness *l, const struct vision_features *f, int64_t at_ms)
{
	if (f->tracked == 0)
		l->crowd = l->reason == LIVENESS_SEVERAL_FACES ? l->crowd + 1 : 0;
	if (l->phase == LIVENESS_SETTLE && l->step == 0)
		return;
	if (l->crowd >= CROWD_FRAMES)
		liveness_refuse(l, LIVENESS_SEVERAL_FACES, RC_SEVERAL_FACES);
	else if (at_ms - l->face_ms > l->o.lost_ms)
		liveness_refuse(l, LIVENESS_FACE_LOST, RC_NO_FACE);
}

void
liveness_feed(struct liveness *l, const struct vision_features *f, int64_t at_ms, int64_t now_ms, bool hold)
{
	struct live_event events[LIVE_EVENTS];
	size_t n;

	assert(f->rc == RC_OK);
	liveness_tick(l, now_ms);
	if (liveness_done(l) || at_ms < l->fed_ms)
		return;
	l->fed_ms = at_ms;
	n = live_feed(&l->live, &l->o.live, f, at_ms, events);
	l->reason = liveness_judge(l, f);
	l->frontal = l->reason == LIVENESS_FINE;
	if (f->faces > 0) {
		l->face_ms = at_ms;
		l->face_seen = true;
	}
	liveness_watch(l, f, at_ms);
	for (size_t i = 0; i < n && !liveness_done(l); i++)
		liveness_event(l, &events[i], now_ms);
	if (l->phase == LIVENESS_SETTLE)
		liveness_feed_settle(l, at_ms, now_ms, hold);
	else if (l->phase == LIVENESS_CHALLENGE)
		liveness_feed_challenge(l, at_ms, now_ms);
}

/* Out of time while settling: the verdict says what was in the way. */
static void
liveness_out_of_time(struct liveness *l)
{
	if (!l->face_seen)
		liveness_refuse(l, LIVENESS_NO_FACE, RC_NO_FACE);
	else if (l->reason == LIVENESS_SEVERAL_FACES)
		liveness_refuse(l, LIVENESS_SEVERAL_FACES, RC_SEVERAL_FACES);
	else if (l->reason != LIVENESS_FINE && l->reason != LIVENESS_NO_FACE)
		liveness_refuse(l, l->reason, RC_FACE_QUALITY);
	else
		liveness_refuse(l, LIVENESS_TIMEOUT, RC_CAPTURE_TIMEOUT);
}

void
liveness_tick(struct liveness *l, int64_t now_ms)
{
	bool late = now_ms - l->began_ms >= l->o.timeout_ms;

	if (liveness_done(l))
		return;
	if (l->phase == LIVENESS_CHALLENGE) {
		if (late || now_ms - l->phase_ms >= l->o.challenge_ms)
			liveness_refuse(l, liveness_unanswered(l->plan[l->step]), RC_NOT_LIVE);
	} else if (late) {
		liveness_out_of_time(l);
	}
}
