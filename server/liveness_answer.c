/*
 * liveness_answer.c - what counts as an answer to a challenge, and what counts
 * against the person.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "server/liveness_impl.h"

#define BLINKS_APART_MS 2000	/* the second of two, at most so long after the first */
#define ANSWER_TAIL_MS  1500	/* after an answer: the head swings back, and a little beyond */
#define OPEN_REACT_MS    100	/* nobody opens the eyes faster after the bell */

/* The movement that answers; LIVE_KINDS: none does. */
static enum live_kind
liveness_wanted(const struct liveness *l, enum liveness_ask a)
{
	switch (a) {
	case LIVENESS_ASK_BLINK:
	case LIVENESS_ASK_BLINK_TWICE:
		return LIVE_BLINK;
	case LIVENESS_ASK_CLOSE_EYES:
		return LIVE_CLOSURE;
	case LIVENESS_ASK_TURN_LEFT:
	case LIVENESS_ASK_TURN_RIGHT:
		return liveness_turn_sign(a, l->o.mirrored) > 0.0f ? LIVE_TURN_RIGHT : LIVE_TURN_LEFT;
	case LIVENESS_ASK_NOD:
		return LIVE_NOD;
	case LIVENESS_ASK_OPEN_MOUTH:
		return LIVE_MOUTH;
	default:
		return LIVE_KINDS;
	}
}

static bool
liveness_asks_turn(const struct liveness *l)
{
	return l->plan[l->step] == LIVENESS_ASK_TURN_LEFT || l->plan[l->step] == LIVENESS_ASK_TURN_RIGHT;
}

static void
liveness_answered(struct liveness *l, int64_t now_ms)
{
	l->step++;
	l->passed_ms = now_ms;
	liveness_enter(l, LIVENESS_SETTLE, now_ms);
}

/* Anew, but not the side that makes the plan one that a recording may show. */
static void
liveness_draw_side(struct liveness *l)
{
	static const enum liveness_ask sides[2] = { LIVENESS_ASK_TURN_LEFT, LIVENESS_ASK_TURN_RIGHT };
	uint32_t side = liveness_draw_bits(l, 1), age;

	l->plan[l->step] = sides[1 - side];
	age = liveness_plan_age(l);
	l->plan[l->step] = sides[side];
	if (liveness_plan_age(l) < age)
		l->plan[l->step] = sides[1 - side];
}

/* The same step once more; a side is drawn anew, so that rocking to and fro is no answer. */
static void
liveness_again(struct liveness *l, enum liveness_phase from, enum liveness_reason why, int64_t now_ms)
{
	if (liveness_asks_turn(l))
		liveness_draw_side(l);
	l->pause[l->step] = l->o.pause_ms * liveness_draw_bits(l, 3) / 8;
	liveness_enter(l, from, now_ms);
	l->reason = why;
}

void
liveness_repeat(struct liveness *l, int64_t now_ms)
{
	if (liveness_done(l) || (l->phase == LIVENESS_SETTLE && l->step == 0))
		return;
	l->step -= l->phase == LIVENESS_SETTLE;
	liveness_again(l, LIVENESS_SETTLE, LIVENESS_NO_FACE, now_ms);
}

/* What was shown, as a kind of challenge. */
static uint32_t
liveness_shown(const struct live_event *e)
{
	switch (e->kind) {
	case LIVE_CLOSURE:
		return LIVENESS_CLOSE;
	case LIVE_NOD:
		return LIVENESS_NOD;
	case LIVE_MOUTH:
		return LIVENESS_MOUTH;
	case LIVE_TURN_LEFT:
	case LIVE_TURN_RIGHT:
		return LIVENESS_TURN;
	default:
		return 0;
	}
}

/* The answer came before anybody can have read the ask: it is none, and the ask is taken back and comes anew. */
static void
liveness_early(struct liveness *l, const struct live_event *e, int64_t now_ms)
{
	if (++l->early > l->o.early || (e->kind != LIVE_BLINK && !liveness_one_more(l, liveness_shown(e))))
		liveness_refuse(l, LIVENESS_EARLY, RC_NOT_LIVE);
	else
		liveness_again(l, LIVENESS_SETTLE, LIVENESS_EARLY, now_ms);
}

static void
liveness_other(struct liveness *l, const struct live_event *e)
{
	if (++l->others > l->o.others || !liveness_one_more(l, liveness_shown(e)))
		liveness_refuse(l, LIVENESS_OTHER_MOVE, RC_NOT_LIVE);
}

static void
liveness_wrong_turn(struct liveness *l, int64_t now_ms)
{
	if (++l->wrong > l->o.wrong_turns || !liveness_one_more(l, LIVENESS_TURN))
		liveness_refuse(l, LIVENESS_WRONG_TURNS, RC_NOT_LIVE);
	else
		liveness_again(l, LIVENESS_CHALLENGE, LIVENESS_OTHER_SIDE, now_ms);
}

static void
liveness_blinked(struct liveness *l, const struct live_event *e, int64_t now_ms)
{
	bool pair = l->blinks > 0 && e->start_ms - l->blink_ms <= BLINKS_APART_MS;

	l->blinks = pair ? l->blinks + 1 : 1;
	l->blink_ms = e->start_ms;
	if (l->plan[l->step] == LIVENESS_ASK_BLINK || l->blinks >= 2)
		liveness_answered(l, now_ms);
}

/* The eyes are open again. */
static void
liveness_opened(struct liveness *l, const struct live_event *e, int64_t now_ms)
{
	if (l->open_ms > 0 && e->end_ms >= l->open_ms + OPEN_REACT_MS)
		liveness_answered(l, now_ms);
	else
		l->open_ms = 0;		/* too soon: they are to be closed again */
}

/* The movement that was asked for. */
static void
liveness_answer(struct liveness *l, const struct live_event *e, int64_t now_ms)
{
	/* Turn and mouth answer as soon as they go far enough; the rest has to come to its end. */
	bool whole = e->kind == LIVE_BLINK || e->kind == LIVE_NOD;

	if (e->over != whole && e->kind != LIVE_CLOSURE)
		return;
	if (e->start_ms < l->phase_ms + l->o.react_ms) {
		if (e->start_ms >= l->passed_ms || l->step == 0)
			liveness_early(l, e, now_ms);
		return;
	}
	if (e->kind == LIVE_BLINK)
		liveness_blinked(l, e, now_ms);
	else if (e->kind != LIVE_CLOSURE)
		liveness_answered(l, now_ms);
	else if (e->over)
		liveness_opened(l, e, now_ms);
}

void
liveness_event(struct liveness *l, const struct live_event *e, int64_t now_ms)
{
	bool turn = e->kind == LIVE_TURN_LEFT || e->kind == LIVE_TURN_RIGHT;

	if (l->phase == LIVENESS_CHALLENGE && e->kind == liveness_wanted(l, l->plan[l->step])) {
		liveness_answer(l, e, now_ms);
		return;
	}
	if (e->kind == LIVE_BLINK)
		return;
	if (e->kind == LIVE_CLOSURE) {
		l->shut_too_long = l->phase == LIVENESS_CHALLENGE;
		return;
	}
	/* A movement is judged once: where it goes far enough; a nod where it ends. */
	if (e->over != (e->kind == LIVE_NOD))
		return;
	if (l->phase == LIVENESS_CHALLENGE && turn && liveness_asks_turn(l)) {
		if (e->start_ms >= l->phase_ms)
			liveness_wrong_turn(l, now_ms);
	} else if (l->phase == LIVENESS_CHALLENGE || (l->step > 0 && e->start_ms >= l->passed_ms + ANSWER_TAIL_MS)) {
		liveness_other(l, e);
	}
}

void
liveness_feed_challenge(struct liveness *l, int64_t at_ms, int64_t now_ms)
{
	const struct live_eyes *eyes = &l->live.eyes;
	const struct live_head *h = &l->live.head;
	enum liveness_ask a = l->plan[l->step];
	float off = h->turned * liveness_turn_sign(a, l->o.mirrored);

	l->halfway = h->turn.side != 0 && off > 0.0f && h->turn.start_ms >= l->phase_ms + l->o.react_ms;
	if ((a == LIVENESS_ASK_BLINK || a == LIVENESS_ASK_BLINK_TWICE) && eyes->low &&
	    at_ms - eyes->start_ms > l->o.live.eyes.blink_ms)
		l->reason = LIVENESS_EYES_SHUT;
	if (a == LIVENESS_ASK_CLOSE_EYES && l->open_ms == 0 && live_eyes_shut(eyes) &&
	    eyes->start_ms >= l->phase_ms + l->o.react_ms && at_ms - eyes->start_ms >= l->hold_ms)
		l->open_ms = now_ms;
}
