/*
 * test_liveness.c - the judge of a sequence: all sorts of people, in virtual time.
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

/* Turns when asked to, but has no eyelids. */
static void
turns_only(struct run *r, struct vision_features *f)
{
	if (r->asked != LIVENESS_ASK_BLINK)
		run_honest(r, f);
	else
		run_photograph(r, f);
}

/* Blinks when asked to, but has no neck. */
static void
blinks_only(struct run *r, struct vision_features *f)
{
	if (r->asked == LIVENESS_ASK_BLINK)
		run_honest(r, f);
	else
		run_photograph(r, f);
}

/* Blinks twice a second while nothing is asked, never after. */
static void
blinks_before(struct run *r, struct vision_features *f)
{
	if (r->asked > LIVENESS_ASK_LOOK && r->asked != LIVENESS_ASK_BLINK) {
		run_honest(r, f);
		return;
	}
	if (r->asked <= LIVENESS_ASK_LOOK && r->now - r->p.move_ms > 500)
		fake_person_move(&r->p, FAKE_BLINK, r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

static void
wrong_side(struct run *r, struct vision_features *f)
{
	if (run_just_now(r, r->react_ms)) {
		enum fake_move m = fake_answer(r->asked);

		if (m != FAKE_BLINK)
			m = m == FAKE_LEFT ? FAKE_RIGHT : FAKE_LEFT;
		fake_person_move(&r->p, m, r->now);
	}
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Errs once, then does as asked. */
static void
wrong_side_once(struct run *r, struct vision_features *f)
{
	if (r->l.wrong > 0)
		run_honest(r, f);
	else
		wrong_side(r, f);
}

static void
second_face(struct run *r, struct vision_features *f)
{
	run_honest(r, f);
	if (r->l.step == 1)
		fake_add_face(f, .8f);
}

static void
face_in_the_background(struct run *r, struct vision_features *f)
{
	run_honest(r, f);
	fake_add_face(f, .2f);
}

static void
two_from_the_start(struct run *r, struct vision_features *f)
{
	run_photograph(r, f);
	fake_add_face(f, .8f);
}

static void
leaves(struct run *r, struct vision_features *f)
{
	run_honest(r, f);
	if (r->l.step == 1)
		fake_nobody(f);
}

static void
nobody(struct run *r, struct vision_features *f)
{
	(void)r;
	fake_nobody(f);
}

static void
in_the_dark(struct run *r, struct vision_features *f)
{
	run_honest(r, f);
	f->brightness = 15;
}

static void
never_still(struct run *r, struct vision_features *f)
{
	run_photograph(r, f);
	f->yaw = (r->now / 100) % 2 ? 14 : -14;
}

/* Every fifth frame has no face, as detectors do. */
static void
flickering(struct run *r, struct vision_features *f)
{
	run_honest(r, f);
	if (liveness_ask(&r->l) > LIVENESS_ASK_LOOK && (r->now * r->fps / 1000) % 5 == 0)
		fake_nobody(f);
}

/* ---- tests ---- */

static void
test_people(void **state)
{
	static const struct {
		const char *what;
		frame_fn *frame;
		int fps;
		int64_t blink_ms;
		enum rc want;
		enum liveness_reason reason;
	} t[] = {
		{ "honest at 10 a second",  run_honest,                 10, 260, RC_OK,              LIVENESS_FINE },
		{ "honest at 15 a second",  run_honest,                 15, 260, RC_OK,              LIVENESS_FINE },
		{ "honest at 30 a second",  run_honest,                 30, 260, RC_OK,              LIVENESS_FINE },
		{ "a short blink at 30",    run_honest,                 30, 100, RC_OK,              LIVENESS_FINE },
		{ "detector flickers",      flickering,             15, 260, RC_OK,              LIVENESS_FINE },
		{ "errs in the side once",  wrong_side_once,        15, 260, RC_OK,              LIVENESS_FINE },
		{ "somebody far behind",    face_in_the_background, 15, 260, RC_OK,              LIVENESS_FINE },
		{ "a mask that turns",      turns_only,             15, 260, RC_NOT_LIVE,        LIVENESS_NO_BLINK },
		{ "a face that blinks",     blinks_only,            15, 260, RC_NOT_LIVE,        LIVENESS_NO_TURN },
		{ "blinks before the ask",  blinks_before,          15, 200, RC_NOT_LIVE,        LIVENESS_NO_BLINK },
		{ "eyes shut too long",     run_honest,                 30, 700, RC_NOT_LIVE,        LIVENESS_NO_BLINK },
		{ "eyes never open again",  run_honest,                 15, 60000, RC_NOT_LIVE,      LIVENESS_NO_BLINK },
		{ "always the other side",  wrong_side,             15, 260, RC_NOT_LIVE,        LIVENESS_WRONG_TURNS },
		{ "a second face later on", second_face,            15, 260, RC_SEVERAL_FACES,   LIVENESS_SEVERAL_FACES },
		{ "two from the start",     two_from_the_start,     15, 260, RC_SEVERAL_FACES,   LIVENESS_SEVERAL_FACES },
		{ "leaves in the middle",   leaves,                 15, 260, RC_NO_FACE,         LIVENESS_FACE_LOST },
		{ "nobody there",           nobody,                 15, 260, RC_NO_FACE,         LIVENESS_NO_FACE },
		{ "in the dark",            in_the_dark,            15, 260, RC_FACE_QUALITY,    LIVENESS_DARK },
		{ "never holds still",      never_still,            15, 260, RC_FACE_QUALITY,    LIVENESS_MOVING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (uint64_t seed = 1; seed <= 20; seed++) {
			struct run r;
			enum rc got;

			run_init(&r, seed, t[i].fps);
			r.o.kinds = LIVENESS_BLINK | LIVENESS_TURN;
			r.p.blink_ms = t[i].blink_ms;
			got = run_play(&r, t[i].frame);
			if (got != t[i].want || (got != RC_OK && r.l.reason != t[i].reason))
				fail_msg("%s, seed %d: %s %s", t[i].what, (int)seed, rc_name(got),
				    liveness_reason_name(r.l.reason));
			if (got == RC_OK && r.l.step != r.o.challenges)
				fail_msg("%s: passed after %u challenges", t[i].what, r.l.step);
		}
}

static void
test_a_photograph_never_passes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct run r;

		run_init(&r, seed, 10 + (int)(seed % 3) * 10);
		assert_int_equal(run_play(&r, run_photograph), RC_NOT_LIVE);
		assert_int_equal(r.l.step, 0);
		assert_true(r.now - START <= 12000);	/* and is told soon */
	}
}

static void
test_honest_people_pass(void **state)
{
	int passed = 0, slowest = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct run r;

		run_init(&r, seed, seed % 2 ? 15 : 24);
		r.late_ms = (int64_t)(seed % 4) * 60;
		r.react_ms = 250 + (int64_t)(seed % 7) * 100;
		r.p.blink_ms = 120 + (int64_t)(seed % 5) * 70;
		r.p.turn = .22f + (float)(seed % 4) * .06f;
		if (run_play(&r, run_honest) == RC_OK) {
			passed++;
			if (r.now - START > slowest)
				slowest = (int)(r.now - START);
		}
	}
	print_message("honest: %d of 100 passed, the slowest in %d ms\n", passed, slowest);
	assert_true(passed >= 99);
	assert_true(slowest < 9000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_a_photograph_never_passes),
		cmocka_unit_test(test_honest_people_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
