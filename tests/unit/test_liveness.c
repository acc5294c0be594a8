/*
 * test_liveness.c - the judge of a sequence, with people and virtual time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_person.h"

#define START 1000000
#define EYES  VISION_WANT_EYES

/* One run: a person, and what they do about the asks. */
struct run {
	struct liveness l;
	struct liveness_options o;
	struct fake_person p;
	struct fake_rng plan_rng;
	int fps;
	int64_t now, react_ms;
	int64_t late_ms;	/* features come so long after their frame */
	enum liveness_ask asked;
	int64_t ask_ms;
	uint32_t asks;		/* challenges put, repetitions included */
	int64_t began_ms;
};

typedef void frame_fn(struct run *r, struct vision_features *f);

static void
run_init(struct run *r, uint64_t seed, int fps)
{
	memset(r, 0, sizeof *r);
	liveness_defaults(&r->o);
	fake_person_init(&r->p, 1, seed);
	fake_rng_init(&r->plan_rng, seed * 77 + 5);
	r->fps = fps;
	r->now = r->began_ms = START;
	r->react_ms = 400;
}

/* Plays until the verdict. */
static enum rc
run_play(struct run *r, frame_fn *frame)
{
	uint32_t wrong = 0;

	liveness_begin(&r->l, &r->o, &r->plan_rng.rng, r->now);
	for (int i = 1; !liveness_done(&r->l); i++) {
		struct vision_features f;

		assert_true(i < 100000);
		r->now = START + (int64_t)i * 1000 / r->fps;
		frame(r, &f);
		liveness_feed(&r->l, &f, r->now, r->now + r->late_ms, false);
		liveness_tick(&r->l, r->now + r->late_ms);
		assert_non_null(liveness_hint(&r->l));
		assert_true(strlen(liveness_hint(&r->l)) <= HINT_MAX_BYTES);
		if (liveness_ask(&r->l) != r->asked || r->l.wrong != wrong) {
			wrong = r->l.wrong;
			r->asked = liveness_ask(&r->l);
			r->ask_ms = r->now + r->late_ms;
			r->asks += r->l.phase == LIVENESS_CHALLENGE;
		}
	}
	return r->l.verdict;
}

/* ---- people ---- */

static bool
just_now(const struct run *r, int64_t after)
{
	return r->asked > LIVENESS_ASK_LOOK && r->now >= r->ask_ms + after && r->p.move_ms <= r->ask_ms;
}

static void
honest(struct run *r, struct vision_features *f)
{
	if (just_now(r, r->react_ms))
		fake_person_move(&r->p, fake_answer(r->asked), r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

static void
photograph(struct run *r, struct vision_features *f)
{
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Turns when asked to, but has no eyelids. */
static void
turns_only(struct run *r, struct vision_features *f)
{
	if (r->asked != LIVENESS_ASK_BLINK)
		honest(r, f);
	else
		photograph(r, f);
}

/* Blinks when asked to, but has no neck. */
static void
blinks_only(struct run *r, struct vision_features *f)
{
	if (r->asked == LIVENESS_ASK_BLINK)
		honest(r, f);
	else
		photograph(r, f);
}

/* Blinks twice a second while nothing is asked, never after. */
static void
blinks_before(struct run *r, struct vision_features *f)
{
	if (r->asked > LIVENESS_ASK_LOOK && r->asked != LIVENESS_ASK_BLINK) {
		honest(r, f);
		return;
	}
	if (r->asked <= LIVENESS_ASK_LOOK && r->now - r->p.move_ms > 500)
		fake_person_move(&r->p, FAKE_BLINK, r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

/* Begins with the first frame after the ask: faster than anyone, once. */
static void
too_fast(struct run *r, struct vision_features *f)
{
	if (just_now(r, 1))
		fake_person_move(&r->p, fake_answer(r->asked), r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

static void
wrong_side(struct run *r, struct vision_features *f)
{
	if (just_now(r, r->react_ms)) {
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
		honest(r, f);
	else
		wrong_side(r, f);
}

static void
second_face(struct run *r, struct vision_features *f)
{
	honest(r, f);
	if (r->l.step == 1)
		fake_add_face(f, .8f);
}

static void
face_in_the_background(struct run *r, struct vision_features *f)
{
	honest(r, f);
	fake_add_face(f, .2f);
}

static void
two_from_the_start(struct run *r, struct vision_features *f)
{
	photograph(r, f);
	fake_add_face(f, .8f);
}

static void
leaves(struct run *r, struct vision_features *f)
{
	honest(r, f);
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
	honest(r, f);
	f->brightness = 20;
}

static void
never_still(struct run *r, struct vision_features *f)
{
	photograph(r, f);
	f->turn = (r->now / 100) % 2 ? .14f : -.14f;
}

/* Every fifth frame has no face, as detectors do. */
static void
flickering(struct run *r, struct vision_features *f)
{
	honest(r, f);
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
		{ "honest at 10 a second",  honest,                 10, 260, RC_OK,              LIVENESS_FINE },
		{ "honest at 15 a second",  honest,                 15, 260, RC_OK,              LIVENESS_FINE },
		{ "honest at 30 a second",  honest,                 30, 260, RC_OK,              LIVENESS_FINE },
		{ "a short blink at 30",    honest,                 30, 100, RC_OK,              LIVENESS_FINE },
		{ "detector flickers",      flickering,             15, 260, RC_OK,              LIVENESS_FINE },
		{ "errs in the side once",  wrong_side_once,        15, 260, RC_OK,              LIVENESS_FINE },
		{ "somebody far behind",    face_in_the_background, 15, 260, RC_OK,              LIVENESS_FINE },
		{ "a mask that turns",      turns_only,             15, 260, RC_NOT_LIVE,        LIVENESS_NO_BLINK },
		{ "a face that blinks",     blinks_only,            15, 260, RC_NOT_LIVE,        LIVENESS_NO_TURN },
		{ "blinks before the ask",  blinks_before,          15, 200, RC_NOT_LIVE,        LIVENESS_NO_BLINK },
		{ "eyes shut too long",     honest,                 30, 700, RC_NOT_LIVE,        LIVENESS_NO_BLINK },
		{ "eyes never open again",  honest,                 15, 60000, RC_NOT_LIVE,      LIVENESS_NO_BLINK },
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
		assert_int_equal(run_play(&r, photograph), RC_NOT_LIVE);
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
		if (run_play(&r, honest) == RC_OK) {
			passed++;
			if (r.now - START > slowest)
				slowest = (int)(r.now - START);
		}
	}
	print_message("honest: %d of 100 passed, the slowest in %d ms\n", passed, slowest);
	assert_true(passed >= 99);
	assert_true(slowest < 9000);
}

/* An answer that begins faster than a person can react is not one: the challenge stays open. */
static void
test_too_fast_is_no_answer(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct run r;

		run_init(&r, seed, 30);
		r.p.turn_ms = 300;	/* beyond the line well within the reaction time */
		r.p.turn = .8f;
		assert_int_equal(run_play(&r, too_fast), RC_NOT_LIVE);
		assert_int_equal(r.l.step, 0);
	}
}

static void
test_plans_differ(void **state)
{
	unsigned first_blink = 0, left = 0;
	struct liveness_options o;

	(void)state;
	liveness_defaults(&o);
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

static void
test_plan_kinds(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++)
		for (uint32_t n = 1; n <= LIVENESS_CHALLENGES_MAX; n++) {
			struct liveness_options o;
			struct fake_rng g;
			struct liveness l;
			unsigned blinks = 0;

			fake_rng_init(&g, seed);
			liveness_defaults(&o);
			o.challenges = n;
			liveness_begin(&l, &o, &g.rng, 0);
			for (uint32_t i = 0; i < n; i++)
				blinks += l.plan[i] == LIVENESS_ASK_BLINK;
			assert_in_range(blinks, n / 2, (n + 1) / 2);
			o.no_blink = true;
			liveness_begin(&l, &o, &g.rng, 0);
			for (uint32_t i = 0; i < n; i++)
				assert_int_not_equal(l.plan[i], LIVENESS_ASK_BLINK);
			o.no_blink = false;
			o.no_turn = true;
			liveness_begin(&l, &o, &g.rng, 0);
			for (uint32_t i = 0; i < n; i++)
				assert_int_equal(l.plan[i], LIVENESS_ASK_BLINK);
			o.no_blink = true;
			assert_int_equal(liveness_options_check(&o), RC_INVALID);
		}
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
		assert_int_equal(run_play(&r, honest), RC_NOT_LIVE);
		assert_int_equal(r.l.reason, LIVENESS_WRONG_TURNS);
	}
}

/* Each thing that is wrong with a frame gives its own sentence, and no step is made. */
static void
test_guidance(void **state)
{
	static const struct {
		const char *hint;
		float x_scale, brightness, sharpness, roll, turn;
	} t[] = {
		{ "come closer",            .3f, 120, 200, 0, 0 },
		{ "move back a little",     2.6f, 120, 200, 0, 0 },
		{ "more light please",      1, 30, 200, 0, 0 },
		{ "less light please",      1, 230, 200, 0, 0 },
		{ "hold still",             1, 120, 1, 0, 0 },
		{ "hold your head upright", 1, 120, 200, 25, 0 },
		{ "look at the camera",     1, 120, 200, 0, .4f },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct run r;
		struct vision_features f;

		run_init(&r, 3, 15);
		liveness_begin(&r.l, &r.o, &r.plan_rng.rng, START);
		for (int k = 1; k < 60; k++) {
			fake_person_frame(&r.p, START + k * 66, EYES, &f);
			f.face[0].w *= t[i].x_scale;
			f.face[0].h *= t[i].x_scale;
			f.brightness = t[i].brightness;
			f.sharpness = t[i].sharpness;
			f.roll = t[i].roll;
			f.turn += t[i].turn;
			liveness_feed(&r.l, &f, START + k * 66, START + k * 66, false);
			assert_string_equal(liveness_hint(&r.l), t[i].hint);
			assert_int_equal(r.l.phase, LIVENESS_SETTLE);
			assert_false(r.l.settle_done);
		}
	}
}

/* The border and the dark have sentences of their own, and no step is made. */
static void
test_guidance_by_the_picture(void **state)
{
	struct run r;
	struct vision_features f;

	(void)state;
	run_init(&r, 3, 15);
	liveness_begin(&r.l, &r.o, &r.plan_rng.rng, START);
	fake_person_frame(&r.p, START + 66, EYES, &f);
	f.face[0].x = (float)f.width - .8f * f.face[0].w;
	liveness_feed(&r.l, &f, START + 66, START + 66, false);
	assert_string_equal(liveness_hint(&r.l), "move to the middle of the picture");
	fake_nobody(&f);
	f.light = 2;
	liveness_feed(&r.l, &f, START + 132, START + 132, false);
	assert_string_equal(liveness_hint(&r.l), "more light please");
	f.light = 90;
	liveness_feed(&r.l, &f, START + 198, START + 198, false);
	assert_string_equal(liveness_hint(&r.l), "look at the camera");
	assert_int_equal(r.l.settled, 0);
}

/* Half a turn is no answer, and the person is told to go on. */
static void
test_half_a_turn(void **state)
{
	struct vision_features f;
	unsigned told = 0;
	struct run r;

	(void)state;
	run_init(&r, 6, 15);
	r.o.challenges = 1;
	r.o.no_blink = true;
	r.p.turn = .12f;
	liveness_begin(&r.l, &r.o, &r.plan_rng.rng, START);
	for (r.now = START; !liveness_done(&r.l); r.now += 66) {
		if (r.l.phase == LIVENESS_CHALLENGE && r.now - r.p.move_ms > 2000)
			fake_person_move(&r.p, fake_answer(liveness_ask(&r.l)), r.now);
		fake_person_frame(&r.p, r.now, EYES, &f);
		liveness_feed(&r.l, &f, r.now, r.now, false);
		told += strncmp(liveness_hint(&r.l), "a little further to your ", 25) == 0;
	}
	assert_int_equal(r.l.reason, LIVENESS_NO_TURN);
	assert_true(told > 5);
}

/* As long as the caller holds, nothing is asked; nothing moves after the end. */
static void
test_hold_and_end(void **state)
{
	struct run r;
	struct vision_features f;
	int64_t now = START;

	(void)state;
	run_init(&r, 4, 15);
	liveness_begin(&r.l, &r.o, &r.plan_rng.rng, START);
	for (; now < START + 5000; now += 66) {
		fake_person_frame(&r.p, now, EYES, &f);
		liveness_feed(&r.l, &f, now, now, true);
		assert_int_equal(r.l.phase, LIVENESS_SETTLE);
	}
	assert_true(r.l.settle_done);
	fake_person_frame(&r.p, now, EYES, &f);
	liveness_feed(&r.l, &f, now, now, false);
	assert_int_equal(r.l.phase, LIVENESS_CHALLENGE);
	liveness_refuse(&r.l, LIVENESS_FACE_CHANGED, RC_FACE_OTHER);
	liveness_refuse(&r.l, LIVENESS_TIMEOUT, RC_CAPTURE_TIMEOUT);
	liveness_feed(&r.l, &f, now + 66, now + 66, false);
	liveness_tick(&r.l, now + 100000);
	assert_int_equal(r.l.verdict, RC_FACE_OTHER);
	assert_int_equal(r.l.reason, LIVENESS_FACE_CHANGED);
}

/* Without any frame the clock alone ends it. */
static void
test_time_out(void **state)
{
	struct run r;

	(void)state;
	run_init(&r, 5, 15);
	liveness_begin(&r.l, &r.o, &r.plan_rng.rng, START);
	liveness_tick(&r.l, START + r.o.timeout_ms - 1);
	assert_false(liveness_done(&r.l));
	liveness_tick(&r.l, START + r.o.timeout_ms);
	assert_true(liveness_done(&r.l));
	assert_int_equal(r.l.verdict, RC_NO_FACE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_a_photograph_never_passes),
		cmocka_unit_test(test_honest_people_pass),
		cmocka_unit_test(test_too_fast_is_no_answer),
		cmocka_unit_test(test_plans_differ),
		cmocka_unit_test(test_plan_kinds),
		cmocka_unit_test(test_sides),
		cmocka_unit_test(test_guidance),
		cmocka_unit_test(test_guidance_by_the_picture),
		cmocka_unit_test(test_half_a_turn),
		cmocka_unit_test(test_hold_and_end),
		cmocka_unit_test(test_time_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
