/*
 * test_liveness_plan.c - what a capture asks, and which side is left.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "live_run.h"

static uint32_t
kind_of(enum liveness_ask a)
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

static void
test_plans_differ(void **state)
{
	unsigned first_blink = 0, left = 0;
	struct liveness_options o;

	(void)state;
	liveness_defaults(&o);
	o.kinds = LIVENESS_BLINK | LIVENESS_TURN;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct fake_rng g;
		struct liveness l;
		unsigned blinks = 0;

		fake_rng_init(&g, seed);
		liveness_begin(&l, &o, &g.rng, 0);
		for (uint32_t i = 0; i < o.challenges; i++) {
			blinks += l.plan[i] == LIVENESS_ASK_BLINK;
			left += l.plan[i] == LIVENESS_ASK_TURN_LEFT;
		}
		assert_int_equal(blinks, 1);
		first_blink += l.plan[0] == LIVENESS_ASK_BLINK;
	}
	/* 400 fair coins: 160 ... 240 is four sigmas */
	assert_in_range(first_blink, 160, 240);
	assert_in_range(left, 160, 240);
}

/* Each kind comes up once before one repeats, a turn always; what a person is spared never. */
static void
test_plan_kinds(void **state)
{
	static const struct { uint32_t kinds, without, may; } t[] = {
		{ LIVENESS_BLINK | LIVENESS_TURN, 0, LIVENESS_BLINK | LIVENESS_TURN },
		{ LIVENESS_KINDS, 0, LIVENESS_KINDS },
		{ LIVENESS_BLINK | LIVENESS_TURN, LIVENESS_EYES, LIVENESS_TURN },
		{ LIVENESS_BLINK | LIVENESS_TURN, LIVENESS_TURN, LIVENESS_BLINK },
		{ LIVENESS_BLINK | LIVENESS_TURN, LIVENESS_EYES | LIVENESS_TURN, LIVENESS_NOD | LIVENESS_MOUTH },
		{ LIVENESS_KINDS, LIVENESS_NOD | LIVENESS_MOUTH, LIVENESS_EYES | LIVENESS_TURN },
	};

	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++)
		for (uint32_t n = 1; n <= LIVENESS_CHALLENGES_MAX; n++)
			for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
				uint32_t seen = 0, turns = 0, count = (uint32_t)__builtin_popcount(t[i].may);
				struct liveness_options o;
				struct fake_rng g;
				struct liveness l;

				fake_rng_init(&g, seed);
				liveness_defaults(&o);
				o.challenges = n;
				o.kinds = t[i].kinds;
				o.without = t[i].without;
				liveness_begin(&l, &o, &g.rng, 0);
				assert_int_equal(l.steps, n);
				for (uint32_t k = 0; k < n; k++) {
					seen |= kind_of(l.plan[k]);
					turns += kind_of(l.plan[k]) == LIVENESS_TURN;
				}
				assert_int_equal(seen & ~t[i].may, 0);
				assert_int_equal(__builtin_popcount(seen), n < count ? n : count);
				assert_true(turns > 0 || (t[i].may & LIVENESS_TURN) == 0);
			}
}

/* Who can do nothing of it is asked nothing; what proof that is worth is for the caller to say. */
static void
test_nothing_to_ask(void **state)
{
	struct run r;

	(void)state;
	run_init(&r, 1, 15);
	r.o.without = LIVENESS_KINDS;
	assert_int_equal(liveness_options_check(&r.o), RC_OK);
	assert_int_equal(run_play(&r, run_photograph), RC_OK);
	assert_int_equal(r.l.steps, 0);
	assert_int_equal(r.asks, 0);
}

static void
test_options(void **state)
{
	struct liveness_options o;

	(void)state;
	liveness_defaults(&o);
	assert_int_equal(liveness_options_check(&o), RC_OK);
	o.kinds = 0;
	assert_int_equal(liveness_options_check(&o), RC_INVALID);
	liveness_defaults(&o);
	o.without = 1u << 20;
	assert_int_equal(liveness_options_check(&o), RC_INVALID);
	liveness_defaults(&o);
	o.challenges = LIVENESS_CHALLENGES_MAX + 1;
	assert_int_equal(liveness_options_check(&o), RC_INVALID);
	liveness_defaults(&o);
	o.live.eyes.drop = 1.5f;
	assert_int_equal(liveness_options_check(&o), RC_INVALID);
}

static uint32_t
bits_of(const struct liveness *l)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < l->steps; i++)
		bits |= 1u << (l->plan[i] == LIVENESS_ASK_BLINK_TWICE ? LIVENESS_ASK_BLINK : l->plan[i]);
	return bits;
}

/* No recording of the newest captures shows what is asked now, whatever its order; where all have been asked, the oldest. */
static void
test_held(void **state)
{
	static const enum liveness_ask sides[] = { LIVENESS_ASK_TURN_LEFT, LIVENESS_ASK_TURN_RIGHT };
	struct liveness_options o;

	(void)state;
	liveness_defaults(&o);
	o.kinds = LIVENESS_BLINK | LIVENESS_BLINK_TWICE | LIVENESS_NOD | LIVENESS_TURN;
	for (uint32_t i = 0; i < 4; i++)
		o.held[i] = 1u << sides[i % 2] | 1u << (i < 2 ? LIVENESS_ASK_BLINK : LIVENESS_ASK_NOD);
	for (o.held_n = 1; o.held_n <= 4; o.held_n++)
		for (uint64_t seed = 1; seed <= 50; seed++) {
			struct fake_rng g;
			struct liveness l;

			fake_rng_init(&g, seed);
			liveness_begin(&l, &o, &g.rng, 0);
			for (uint32_t i = 0; o.held_n < 4 && i < o.held_n; i++)
				assert_true((bits_of(&l) & ~o.held[i]) != 0);
			if (o.held_n == 4)
				assert_int_equal(bits_of(&l), o.held[3]);
		}
	o.held_n = LIVENESS_HELD_MAX + 1;
	assert_int_equal(liveness_options_check(&o), RC_INVALID);
}

/* The person's left is the right of an unmirrored picture, where turn > 0. */
static void
test_sides(void **state)
{
	(void)state;
	assert_true(liveness_turn_sign(LIVENESS_ASK_TURN_LEFT, false) > 0);
	assert_true(liveness_turn_sign(LIVENESS_ASK_TURN_RIGHT, false) < 0);
	assert_true(liveness_turn_sign(LIVENESS_ASK_TURN_LEFT, true) < 0);
	assert_true(liveness_turn_sign(LIVENESS_ASK_TURN_RIGHT, true) > 0);
	assert_true(liveness_turn_sign(LIVENESS_ASK_BLINK, false) == 0);
	for (uint64_t seed = 1; seed <= 10; seed++) {	/* a mirrored camera makes right answers wrong */
		struct run r;

		run_init(&r, seed, 15);
		r.o.mirrored = true;
		r.o.kinds = LIVENESS_TURN;
		assert_int_equal(run_play(&r, run_honest), RC_NOT_LIVE);
		assert_int_equal(r.l.reason, LIVENESS_WRONG_TURNS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans_differ),
		cmocka_unit_test(test_plan_kinds),
		cmocka_unit_test(test_nothing_to_ask),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
