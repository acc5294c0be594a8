/*
 * liveness_plan.c - shipped values, and what is drawn for a capture.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "proto/face_outcome.h"
#include "server/liveness_impl.h"

#define HOLD_SPREAD_MS 300	/* drawn on top of hold_ms */
#define PLANS_DRAWN    64u	/* at most: of 10 pairs of movements each is among them but once in 800 */

void
liveness_defaults(struct liveness_options *o)
{
	*o = (struct liveness_options){
		.challenges = 2,
		.kinds = LIVENESS_KINDS,
		.wrong_turns = 1,
		.early = 1,
		.others = 1,
		.settle_frames = 4,
		.settle_ms = 250,
		.react_ms = 200,
		.pause_ms = 250,
		.hold_ms = 500,
		.challenge_ms = 7000,
		.lost_ms = 1500,
		.timeout_ms = CAPTURE_TIMEOUT_MS,
		.face_min_px = 64,
		.face_min_part = .16f,
		.face_max_part = .80f,
		.dark = FACE_DARK_LUMA,
		.bright = 200,
		.sharp = 8,
		.roll = 15,
	};
	live_defaults(&o->live);
}

enum rc
liveness_options_check(const struct liveness_options *o)
{
	const struct live_rule *v = &o->live;

	if (o->challenges < 1 || o->challenges > LIVENESS_CHALLENGES_MAX || o->held_n > LIVENESS_HELD_MAX || (o->kinds & LIVENESS_KINDS) == 0 ||
	    ((o->kinds | o->without) & ~LIVENESS_KINDS) != 0 || o->settle_frames < 1)
		return RC_INVALID;
	if (!(v->eyes.faint > 0.0f && v->eyes.faint <= v->eyes.drop && v->eyes.drop <= v->eyes.sure && v->eyes.sure < 1.0f))
		return RC_INVALID;
	if (v->eyes.blink_ms <= 0 || !(v->head.turn > 0.0f) || !(v->head.nod > 0.0f) || v->head.frames < 1 ||
	    !(v->mouth.open > 0.0f) || v->mouth.frames < 1)
		return RC_INVALID;
	if (o->settle_ms < 0 || o->react_ms < 0 || o->pause_ms < 0 || o->pause_ms > 60000 || o->hold_ms < 0 ||
	    o->challenge_ms <= 0 || o->lost_ms <= 0 || o->timeout_ms <= 0)
		return RC_INVALID;
	return RC_OK;
}

uint32_t
liveness_draw_bits(struct liveness *l, unsigned n)
{
	uint32_t bits = l->drawn & ((1u << n) - 1);

	l->drawn = l->drawn >> n | l->drawn << (32 - n);
	return bits;
}

static enum liveness_ask
liveness_ask_of(uint32_t kind, bool left)
{
	switch (kind) {
	case LIVENESS_BLINK:
		return LIVENESS_ASK_BLINK;
	case LIVENESS_BLINK_TWICE:
		return LIVENESS_ASK_BLINK_TWICE;
	case LIVENESS_CLOSE:
		return LIVENESS_ASK_CLOSE_EYES;
	case LIVENESS_NOD:
		return LIVENESS_ASK_NOD;
	case LIVENESS_MOUTH:
		return LIVENESS_ASK_OPEN_MOUTH;
	default:
		return left ? LIVENESS_ASK_TURN_LEFT : LIVENESS_ASK_TURN_RIGHT;
	}
}

/* One of the bits. */
static uint32_t
liveness_draw_kind(uint32_t kinds, const struct rng *g)
{
	uint32_t skip = rng_below(g, (uint32_t)__builtin_popcount(kinds));

	for (; skip > 0; skip--)
		kinds &= kinds - 1;
	return kinds & (~kinds + 1);
}

/* Once. */
static void
liveness_draw_asks(struct liveness *l, uint32_t kinds, const struct rng *g)
{
	uint32_t left = kinds & ~(uint32_t)LIVENESS_TURN, turn = LIVENESS_CHALLENGES_MAX;

	if ((kinds & LIVENESS_TURN) != 0 && l->steps > 0)
		turn = rng_below(g, l->steps);
	for (uint32_t i = 0; i < l->steps; i++) {
		uint32_t kind = LIVENESS_TURN;	/* one at least, as depth shows in it */

		if (i != turn) {
			if (left == 0)
				left = kinds;
			kind = liveness_draw_kind(left, g);
			left &= ~kind;
		}
		l->plan[i] = liveness_ask_of(kind, rng_below(g, 2) == 1);
	}
}

/* Its bit in `asked`; whoever blinks twice blinks, and whoever opens the eyes had shut them. */
uint32_t
liveness_ask_bit(enum liveness_ask a)
{
	if (a == LIVENESS_ASK_BLINK_TWICE)
		a = LIVENESS_ASK_BLINK;
	else if (a == LIVENESS_ASK_OPEN_EYES)
		a = LIVENESS_ASK_CLOSE_EYES;
	return 1u << a;
}

uint32_t
liveness_plan_age(const struct liveness *l)
{
	uint32_t plan = 0;

	for (uint32_t i = 0; i < l->steps; i++)
		plan |= liveness_ask_bit(l->plan[i]);
	for (uint32_t i = 0; i < l->o.held_n; i++)
		if ((plan & ~l->o.held[i]) == 0)
			return i;
	return UINT32_MAX;
}

/* All kinds, shuffled (Fisher and Yates). */
static void
liveness_draw_order(struct liveness *l, const struct rng *g)
{
	for (uint32_t i = 0; i < LIVENESS_KIND_N; i++) {
		uint32_t j = rng_below(g, i + 1);

		l->order[i] = l->order[j];
		l->order[j] = (enum liveness_kind)(1u << i);
	}
}

static uint32_t
liveness_kind_of(enum liveness_ask a)
{
	switch (a) {
	case LIVENESS_ASK_BLINK:
		return LIVENESS_BLINK;
	case LIVENESS_ASK_BLINK_TWICE:
		return LIVENESS_BLINK_TWICE;
	case LIVENESS_ASK_CLOSE_EYES:
		return LIVENESS_CLOSE;
	case LIVENESS_ASK_NOD:
		return LIVENESS_NOD;
	case LIVENESS_ASK_OPEN_MOUTH:
		return LIVENESS_MOUTH;
	default:
		return LIVENESS_TURN;
	}
}

/*
 * One blink is no proof of anything new, since everybody blinks; and two of
 * those that a face shows anyway may look like a pair.
 */
bool
liveness_one_more(struct liveness *l, uint32_t shown)
{
	uint32_t kinds = l->o.kinds & ~l->o.without & ~(uint32_t)LIVENESS_BLINK;

	for (uint32_t i = 0; i < l->steps; i++)
		l->seen |= liveness_kind_of(l->plan[i]);
	l->seen |= shown;
	if (l->steps - l->o.challenges >= LIVENESS_EXTRA_MAX)
		return false;
	for (uint32_t i = 0; i < LIVENESS_KIND_N; i++)
		if ((l->order[i] & kinds & ~l->seen) != 0 && l->steps > 0) {
			l->seen |= l->order[i];
			l->pause[l->steps] = l->o.pause_ms * liveness_draw_bits(l, 3) / 8;
			l->plan[l->steps++] = liveness_ask_of(l->order[i], liveness_draw_bits(l, 1) == 1);
			break;
		}
	return true;
}

/* Of some plans drawn the one whose movements were last recorded longest ago: an old recording shall not hold them. */
void
liveness_draw_plan(struct liveness *l, const struct rng *g)
{
	uint32_t kinds = l->o.kinds & ~l->o.without, best = 0, age;
	enum liveness_ask plan[LIVENESS_CHALLENGES_MAX] = { LIVENESS_ASK_NONE };

	if (kinds == 0)
		kinds = LIVENESS_KINDS & ~l->o.without;
	l->steps = kinds == 0 ? 0 : l->o.challenges;
	for (unsigned drawn = 0; drawn < PLANS_DRAWN && best < UINT32_MAX; drawn++) {
		liveness_draw_asks(l, kinds, g);
		age = liveness_plan_age(l);
		if (drawn > 0 && age <= best)
			continue;
		best = age;
		memcpy(plan, l->plan, sizeof plan);
	}
	memcpy(l->plan, plan, sizeof plan);
	for (uint32_t i = 0; i < l->steps; i++)
		l->pause[i] = (int64_t)rng_below(g, (uint32_t)l->o.pause_ms + 1);
	l->hold_ms = l->o.hold_ms + (int64_t)rng_below(g, HOLD_SPREAD_MS + 1);
	liveness_draw_order(l, g);
	rng_fill(g, &l->drawn, sizeof l->drawn);
}

float
liveness_turn_sign(enum liveness_ask a, bool mirrored)
{
	float sign;

	/* A camera faces the person: in its picture the person's left is on the right, where yaw is positive. */
	switch (a) {
	case LIVENESS_ASK_TURN_LEFT:
		sign = 1.0f;
		break;
	case LIVENESS_ASK_TURN_RIGHT:
		sign = -1.0f;
		break;
	default:
		return 0.0f;
	}
	return mirrored ? -sign : sign;
}
