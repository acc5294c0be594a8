/*
 * liveness.c - see liveness.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "proto/face_outcome.h"
#include "server/liveness.h"
#include "server/liveness_plan.h"

#define EYES_WINDOW_MS  3000	/* the open level is the 70th percentile of so long */
#define EYES_LEAST      4u	/* samples before a level is believed */
#define YAW_STRONG      .12f	/* off the frontal level: lids cannot be judged, not frontal */
#define TURN_NEUTRAL    .08f	/* of the frontal level: looks at the camera */
#define LEVEL_MOST      .15f	/* a frontal level beyond this is a turned head */
#define SETTLE_SPREAD   .10f	/* of turn over the settling frames */
#define SHUT_SLACK_MS   300	/* the frame with open eyes may come so much later at a low frame rate */
#define CROWD_FRAMES    3u	/* a second face in so many frames ends it, once a challenge was asked */

static void
liveness_enter(struct liveness *l, enum liveness_phase to, int64_t now_ms)
{
	assert(!liveness_done(l));
	l->phase = to;
	l->phase_ms = now_ms;
	l->settled = 0;
	l->settle_done = false;
	l->neutral = false;
	l->shut = false;
	l->shut_too_long = 0;
	l->turned = l->turned_wrong = 0;
	l->halfway = false;
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

/* ---- the eyes' open level ---- */

static void
liveness_eyes_add(struct liveness_eyes *e, int64_t at_ms, float ear)
{
	e->at[e->next] = at_ms;
	e->ear[e->next] = ear;
	e->next = (e->next + 1) % LIVENESS_EYES_MAX;
	if (e->n < LIVENESS_EYES_MAX)
		e->n++;
}

static int
liveness_compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* 70th percentile of the last EYES_WINDOW_MS before at_ms, 0 when there is too little to say. */
static float
liveness_eyes_level(const struct liveness_eyes *e, int64_t at_ms)
{
	float v[LIVENESS_EYES_MAX];
	size_t n = 0;

	for (uint32_t i = 0; i < e->n; i++)
		if (at_ms - e->at[i] <= EYES_WINDOW_MS)
			v[n++] = e->ear[i];
	if (n < EYES_LEAST)
		return 0.0f;
	qsort(v, n, sizeof v[0], liveness_compare);
	return v[(n - 1) * 7 / 10];
}

/* ---- one frame: what is wrong with it ---- */

static enum liveness_reason
liveness_judge(const struct liveness *l, const struct vision_features *f)
{
	const struct liveness_options *o = &l->o;
	float side, tall = (float)f->height;

	if (f->faces == 0 || f->height == 0)
		return f->height > 0 && face_outcome(f) == FACE_DARK ? LIVENESS_DARK : LIVENESS_NO_FACE;
	if (face_crowded(f) || (f->tracked != 0 && l->crowd > 0))
		return LIVENESS_SEVERAL_FACES;
	side = fminf(f->face[0].w, f->face[0].h);
	if (side < o->face_min_px || side < o->face_min_part * tall)
		return LIVENESS_TOO_FAR;
	if (f->face[0].h > o->face_max_part * tall)
		return LIVENESS_TOO_CLOSE;
	if (face_cut(f))
		return LIVENESS_CUT;
	if (f->brightness < o->dark)
		return LIVENESS_DARK;
	if (f->brightness > o->bright)
		return LIVENESS_BRIGHT;
	if (f->sharpness < o->sharp)
		return LIVENESS_BLURRED;
	if (fabsf(f->roll) > o->roll)
		return LIVENESS_TILTED;
	if (fabsf(f->turn - l->level) > (l->level_known ? YAW_STRONG : LEVEL_MOST))
		return LIVENESS_NOT_FRONTAL;
	return LIVENESS_FINE;
}

/* ---- settling ---- */

static float
liveness_median(const float *src, uint32_t n)
{
	float v[LIVENESS_SETTLE_MAX];

	memcpy(v, src, n * sizeof v[0]);
	qsort(v, n, sizeof v[0], liveness_compare);
	return v[n / 2];
}

static bool
liveness_steady(const struct liveness *l, float turn)
{
	float low = turn, high = turn;
	uint32_t n = l->settled < LIVENESS_SETTLE_MAX ? l->settled : LIVENESS_SETTLE_MAX;

	for (uint32_t i = 0; i < n; i++) {
		low = fminf(low, l->settle_turn[i]);
		high = fmaxf(high, l->settle_turn[i]);
	}
	return high - low <= SETTLE_SPREAD;
}

static void
liveness_feed_settle(struct liveness *l, const struct vision_features *f, int64_t at_ms, int64_t now_ms, bool hold)
{
	if (l->reason == LIVENESS_FINE && !l->level_known && !liveness_steady(l, f->turn))
		l->reason = LIVENESS_MOVING;
	if (l->reason != LIVENESS_FINE) {
		l->settled = 0;
		l->settle_done = false;
		return;
	}
	if (l->settled == 0)
		l->settled_from = at_ms;
	l->settle_turn[l->settled++ % LIVENESS_SETTLE_MAX] = f->turn;
	if (!l->settle_done && l->settled >= l->o.settle_frames && at_ms - l->settled_from >= l->o.settle_ms) {
		l->settle_done = true;
		l->settled_since = now_ms;
		if (!l->level_known)
			l->level = liveness_median(l->settle_turn,
			    l->settled < LIVENESS_SETTLE_MAX ? l->settled : LIVENESS_SETTLE_MAX);
		l->level_known = true;
	}
	if (!l->settle_done || hold)
		return;
	if (l->step == l->o.challenges)
		liveness_enter(l, LIVENESS_PASSED, now_ms);
	else if (now_ms - l->settled_since >= l->pause[l->step])
		liveness_enter(l, LIVENESS_CHALLENGE, now_ms);
}

/* ---- challenges ---- */

static void
liveness_passed_challenge(struct liveness *l, int64_t now_ms)
{
	l->step++;
	liveness_enter(l, LIVENESS_SETTLE, now_ms);
}

static void
liveness_feed_blink(struct liveness *l, const struct vision_features *f, int64_t at_ms, int64_t now_ms)
{
	bool early = at_ms < l->phase_ms + l->o.react_ms;
	float open = liveness_eyes_level(&l->eyes, at_ms);

	if (l->reason != LIVENESS_FINE || f->has_eyes == 0 || open <= 0.0f) {
		if (l->shut && at_ms - l->shut_from > l->o.blink_ms + SHUT_SLACK_MS)
			l->shut = l->neutral = false;	/* nobody saw the eyes open again in time */
		return;
	}
	if ((f->eye_left + f->eye_right) / 2 < l->o.blink_ratio * open) {
		if (early)
			l->neutral = false;
		if (!l->shut)
			l->shut_from = at_ms;
		l->shut = true;
		l->shut_last = at_ms;
		if (at_ms - l->shut_from > l->o.blink_ms)
			l->reason = LIVENESS_EYES_SHUT;
		return;
	}
	if (l->shut && l->shut_last - l->shut_from <= l->o.blink_ms &&
	    at_ms - l->shut_from <= l->o.blink_ms + SHUT_SLACK_MS) {
		if (l->neutral) {
			liveness_passed_challenge(l, now_ms);
			return;
		}
	} else if (l->shut) {
		l->shut_too_long++;
	}
	l->shut = false;
	l->neutral = true;
}

static void
liveness_wrong_turn(struct liveness *l, int64_t now_ms)
{
	if (++l->wrong > l->o.wrong_turns) {
		liveness_refuse(l, LIVENESS_WRONG_TURNS, RC_NOT_LIVE);
		return;
	}
	/* asked again with a side drawn anew, so that rocking to and fro is no answer */
	l->plan[l->step] = (l->sides & 1u) != 0 ? LIVENESS_ASK_TURN_LEFT : LIVENESS_ASK_TURN_RIGHT;
	l->sides >>= 1;
	liveness_enter(l, LIVENESS_CHALLENGE, now_ms);
	l->reason = LIVENESS_OTHER_SIDE;
}

static void
liveness_feed_turn(struct liveness *l, const struct vision_features *f, int64_t at_ms, int64_t now_ms)
{
	float d;

	if (f->faces == 0 || l->reason == LIVENESS_SEVERAL_FACES)
		return;
	d = (f->turn - l->level) * liveness_turn_sign(l->plan[l->step], l->o.mirrored);
	l->halfway = l->neutral && d > TURN_NEUTRAL && d < l->o.turn;
	if (fabsf(d) <= TURN_NEUTRAL) {
		l->neutral = true;
		l->turned = l->turned_wrong = 0;
		return;
	}
	if (fabsf(d) < l->o.turn)
		return;
	if (at_ms < l->phase_ms + l->o.react_ms)
		l->neutral = false;	/* turned before anyone can have read the ask: back to the front first */
	if (!l->neutral) {
		if (l->wrong > 0)
			l->reason = LIVENESS_OTHER_SIDE;
		return;
	}
	if (d > 0.0f) {
		if (++l->turned >= l->o.turn_frames)
			liveness_passed_challenge(l, now_ms);
	} else if (++l->turned_wrong >= l->o.turn_frames) {
		liveness_wrong_turn(l, now_ms);
	}
}

/* ---- feeding ---- */

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
	assert(f->rc == RC_OK);
	liveness_tick(l, now_ms);
	if (liveness_done(l) || at_ms < l->fed_ms)
		return;
	l->fed_ms = at_ms;
	l->reason = liveness_judge(l, f);
	l->frontal = l->reason == LIVENESS_FINE;
	if (f->faces > 0) {
		l->face_ms = at_ms;
		l->face_seen = true;
	}
	liveness_watch(l, f, at_ms);
	if (liveness_done(l))
		return;
	if (l->frontal && f->has_eyes != 0)
		liveness_eyes_add(&l->eyes, at_ms, (f->eye_left + f->eye_right) / 2);
	if (l->phase == LIVENESS_SETTLE)
		liveness_feed_settle(l, f, at_ms, now_ms, hold);
	else if (at_ms < l->phase_ms)
		return;		/* was on its way when the challenge was asked */
	else if (l->plan[l->step] == LIVENESS_ASK_BLINK)
		liveness_feed_blink(l, f, at_ms, now_ms);
	else
		liveness_feed_turn(l, f, at_ms, now_ms);
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
			liveness_refuse(l, l->plan[l->step] == LIVENESS_ASK_BLINK ? LIVENESS_NO_BLINK : LIVENESS_NO_TURN,
			    RC_NOT_LIVE);
	} else if (late) {
		liveness_out_of_time(l);
	}
}
