/*
 * test_liveness_hints.c - what the person is told, and how it ends.
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

/* Each thing that is wrong with a frame gives its own sentence, and no step is made. */
static void
test_guidance(void **state)
{
	static const struct {
		const char *hint;
		float x_scale, brightness, sharpness, roll, yaw;
	} t[] = {
		{ "come closer",            .3f, 120, 200, 0, 0 },
		{ "move back a little",     2.6f, 120, 200, 0, 0 },
		{ "more light please",      1, 15, 200, 0, 0 },
		{ "less light please",      1, 230, 200, 0, 0 },
		{ "hold still",             1, 120, 1, 0, 0 },
		{ "hold your head upright", 1, 120, 200, 25, 0 },
		{ "look at the camera",     1, 120, 200, 0, 40 },
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
			f.yaw += t[i].yaw;
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
	r.o.kinds = LIVENESS_TURN;
	r.p.turn = .09f;
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
		cmocka_unit_test(test_guidance),
		cmocka_unit_test(test_guidance_by_the_picture),
		cmocka_unit_test(test_half_a_turn),
		cmocka_unit_test(test_hold_and_end),
		cmocka_unit_test(test_time_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
