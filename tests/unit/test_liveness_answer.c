/*
 * test_liveness_answer.c - what counts as an answer: every kind, too early, too
 * late, something else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "live_run.h"

static const uint32_t kinds[] = {
	LIVENESS_BLINK, LIVENESS_BLINK_TWICE, LIVENESS_CLOSE, LIVENESS_TURN, LIVENESS_NOD, LIVENESS_MOUTH,
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* Begins with the first frame after the ask: faster than anyone. */
static void
too_fast(struct run *r, struct vision_features *f)
{
	if (run_just_now(r, 1))
		fake_person_move(&r->p, fake_answer(r->asked), r->now);
	if (r->p.shut && r->asked == LIVENESS_ASK_LOOK && r->now - r->p.move_ms > 1000)
		fake_person_move(&r->p, FAKE_OPEN, r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Once; then as asked, and again when nothing came of it. */
static void
too_fast_once(struct run *r, struct vision_features *f)
{
	if (r->l.early > 0 && r->asked == LIVENESS_ASK_BLINK && r->now - r->p.move_ms > 1500)
		fake_person_move(&r->p, FAKE_BLINK, r->now);
	if (r->l.early > 0 && r->asked == LIVENESS_ASK_BLINK_TWICE && r->now - r->p.move_ms > 1500)
		fake_person_move(&r->p, FAKE_TWICE, r->now);
	if (r->l.early > 0 && r->asked > LIVENESS_ASK_LOOK)
		run_honest(r, f);
	else
		too_fast(r, f);
}

/* Does something else whenever anything is asked. */
static void
nods_instead(struct run *r, struct vision_features *f)
{
	if (r->asked > LIVENESS_ASK_LOOK && r->now - r->p.move_ms > 1600)
		fake_person_move(&r->p, FAKE_NOD, r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Honest, and blinks every two seconds as people do. */
static void
blinks_besides(struct run *r, struct vision_features *f)
{
	run_honest(r, f);
	if ((r->now - START) % 2000 < r->p.blink_ms) {
		f->eye_left *= .5f;
		f->eye_right *= .5f;
	}
}

/* Closes the eyes when asked, and opens them without waiting for the bell. */
static void
peeks(struct run *r, struct vision_features *f)
{
	if (r->p.shut && r->now - r->p.move_ms > 600)
		fake_person_move(&r->p, FAKE_OPEN, r->now);
	else if (!r->p.shut && r->asked == LIVENESS_ASK_CLOSE_EYES && r->now - r->p.move_ms > 1500)
		fake_person_move(&r->p, FAKE_CLOSE, r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Keeps them closed for good. */
static void
sleeps(struct run *r, struct vision_features *f)
{
	if (r->asked == LIVENESS_ASK_CLOSE_EYES)
		run_honest(r, f);
	else
		run_photograph(r, f);
}

/* Blinks once when asked for two, and once more much later. */
static void
blinks_slowly(struct run *r, struct vision_features *f)
{
	if (r->asked > LIVENESS_ASK_LOOK && r->now - r->ask_ms > r->react_ms && r->now - r->p.move_ms > 2600)
		fake_person_move(&r->p, FAKE_BLINK, r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* A recording of both movements of the plan, in the other order and again and again. */
static void
reversed(struct run *r, struct vision_features *f)
{
	int64_t since = r->now - START - 900;

	if (since >= 0 && since % 4400 < 1000 / r->fps)
		fake_person_move(&r->p, fake_answer(r->l.plan[1]), r->now);
	if (since >= 0 && (since + 2200) % 4400 < 1000 / r->fps)
		fake_person_move(&r->p, fake_answer(r->l.plan[0]), r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Opens the mouth whatever is asked, once; then as asked. */
static void
errs_once(struct run *r, struct vision_features *f)
{
	if (r->l.others == 0 && run_just_now(r, r->react_ms))
		fake_person_move(&r->p, FAKE_MOUTH, r->now);
	if (r->l.others > 0 && r->p.move == FAKE_MOUTH && r->now - r->p.move_ms > 1500)
		fake_person_move(&r->p, fake_answer(r->asked), r->now);
	if (r->l.others > 0)
		run_honest(r, f);
	else
		fake_person_frame(&r->p, r->now, EYES, f);
}

static void
run_kind(struct run *r, uint64_t seed, int fps, uint32_t kind)
{
	run_init(r, seed, fps);
	r->o.kinds = kind;
	r->o.challenges = 2;
}

static void
test_every_kind_passes(void **state)
{
	static const int fps[] = { 10, 15, 24, 30 };

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		for (size_t i = 0; i < KINDS; i++) {
			struct run r;

			run_kind(&r, seed, fps[seed % 4], kinds[i]);
			r.react_ms = 300 + (int64_t)(seed % 5) * 150;
			if (run_play(&r, run_honest) != RC_OK)
				fail_msg("kind %zu, seed %d: %s", i, (int)seed, liveness_reason_name(r.l.reason));
		}
}

static void
test_nothing_done(void **state)
{
	static const enum liveness_reason why[KINDS] = { LIVENESS_NO_BLINK, LIVENESS_NO_BLINK, LIVENESS_NO_CLOSURE,
	    LIVENESS_NO_TURN, LIVENESS_NO_NOD, LIVENESS_NO_MOUTH };

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++)
		for (size_t i = 0; i < KINDS; i++) {
			struct run r;

			run_kind(&r, seed, 15, kinds[i]);
			assert_int_equal(run_play(&r, run_photograph), RC_NOT_LIVE);
			assert_int_equal(r.l.reason, why[i]);
			assert_int_equal(r.l.step, 0);
		}
}

/* An answer that begins faster than a person can react is none; always early is no person. */
static void
test_too_fast(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++)
		for (size_t i = 0; i < KINDS; i++) {
			struct run r;

			run_kind(&r, seed, 30, kinds[i]);
			r.p.turn_ms = 300;	/* beyond the line well within the reaction time */
			r.p.turn = .8f;
			r.p.blink_ms = 150;
			assert_int_equal(run_play(&r, too_fast), RC_NOT_LIVE);
			assert_int_equal(r.l.step, 0);
			if ((kinds[i] & LIVENESS_EYES) == 0)
				assert_int_equal(r.l.reason, LIVENESS_EARLY);
			else
				assert_true(r.l.early > 0);
		}
}

static void
test_too_fast_once_is_forgiven(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++)
		for (size_t i = 0; i < KINDS; i++) {
			struct run r;

			run_kind(&r, seed, 30, kinds[i]);
			r.p.blink_ms = 150;
			if (run_play(&r, too_fast_once) != RC_OK)
				fail_msg("kind %zu, seed %d: %s", i, (int)seed, liveness_reason_name(r.l.reason));
			assert_int_equal(r.l.early, 1);
			assert_true(r.asks > r.o.challenges);	/* that ask was taken back, and came anew */
		}
}

static void
test_other_moves(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++)
		for (size_t i = 0; i < KINDS; i++) {
			struct run r;

			if (kinds[i] == LIVENESS_NOD)
				continue;
			run_kind(&r, seed, 15, kinds[i]);
			assert_int_equal(run_play(&r, nods_instead), RC_NOT_LIVE);
			assert_int_equal(r.l.reason, LIVENESS_OTHER_MOVE);
		}
}

/* What is forgiven costs one more challenge, of a kind that was not seen yet. */
static void
test_a_mistake_costs_a_challenge(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct run r;

		run_init(&r, seed, 15);
		r.o.kinds = LIVENESS_TURN | LIVENESS_NOD | LIVENESS_CLOSE;
		if (run_play(&r, errs_once) != RC_OK)
			fail_msg("seed %d: %s", (int)seed, liveness_reason_name(r.l.reason));
		assert_int_equal(r.l.others, 1);
		assert_int_equal(r.l.steps, 3);
		for (uint32_t i = 0; i < 2; i++) {
			assert_int_not_equal(r.l.plan[2], r.l.plan[i]);
			assert_int_not_equal(r.l.plan[2], LIVENESS_ASK_OPEN_MOUTH);
		}
	}
}

/* So a recording that shows what is asked, but in another order, never passes. */
static void
test_another_order(void **state)
{
	unsigned erred = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct run r;

		run_init(&r, seed, 15);
		r.o.kinds = LIVENESS_TURN | LIVENESS_NOD | LIVENESS_MOUTH | LIVENESS_CLOSE;
		assert_int_equal(run_play(&r, reversed), RC_NOT_LIVE);
		erred += r.l.steps > 2;
	}
	assert_true(erred > 50);
}

static void
test_natural_blinks_are_free(void **state)
{
	int passed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct run r;

		run_init(&r, seed, 15);
		r.o.kinds = LIVENESS_TURN | LIVENESS_NOD | LIVENESS_MOUTH;
		r.o.challenges = 3;
		r.p.blink_ms = 200;
		passed += run_play(&r, blinks_besides) == RC_OK;
	}
	assert_int_equal(passed, 60);
}

static void
test_closing_the_eyes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct run r;

		run_kind(&r, seed, 15, LIVENESS_CLOSE);
		assert_int_equal(run_play(&r, peeks), RC_NOT_LIVE);
		assert_int_equal(r.l.reason, LIVENESS_NO_CLOSURE);
		run_kind(&r, seed, 15, LIVENESS_CLOSE);
		assert_int_equal(run_play(&r, sleeps), RC_NOT_LIVE);
		assert_int_equal(r.l.reason, LIVENESS_NO_CLOSURE);
		assert_int_equal(r.l.step, 0);
	}
}

static void
test_two_blinks_belong_together(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct run r;

		run_kind(&r, seed, 15, LIVENESS_BLINK_TWICE);
		assert_int_equal(run_play(&r, blinks_slowly), RC_NOT_LIVE);
		assert_int_equal(r.l.reason, LIVENESS_NO_BLINK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_passes),
		cmocka_unit_test(test_nothing_done),
		cmocka_unit_test(test_too_fast),
		cmocka_unit_test(test_too_fast_once_is_forgiven),
		cmocka_unit_test(test_other_moves),
		cmocka_unit_test(test_a_mistake_costs_a_challenge),
		cmocka_unit_test(test_another_order),
		cmocka_unit_test(test_natural_blinks_are_free),
		cmocka_unit_test(test_closing_the_eyes),
		cmocka_unit_test(test_two_blinks_belong_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
