/*
 * test_live.c - the movements of eyes, head and mouth, one measure at a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/live.h"

#define OPEN 0.32f

/* A face at rest, watched at a steady rate; each test changes what it is about. */
struct scene {
	struct live live;
	struct live_rule rule;
	struct vision_features f;
	int64_t now, step_ms;
	struct live_event event[32];
	size_t n;
};

static void
scene_begin(struct scene *s, int fps)
{
	memset(s, 0, sizeof *s);
	live_defaults(&s->rule);
	s->f = (struct vision_features){ .faces = 1, .has_eyes = 1, .eye_left = OPEN, .eye_right = OPEN, .yaw = 3, .pitch = 5,
	    .mouth = .04f, .shut_left = .01f, .shut_right = .01f };
	s->step_ms = 1000 / fps;
	s->now = 5000;
}

/* The face as it is, for ms. */
static void
scene_hold(struct scene *s, int64_t ms)
{
	for (int64_t end = s->now + ms; s->now < end; s->now += s->step_ms) {
		assert_true(s->n + LIVE_EVENTS <= 32);
		s->n += live_feed(&s->live, &s->rule, &s->f, s->now, s->event + s->n);
	}
}

static void
scene_eyes(struct scene *s, float part, float shut_left, float shut_right)
{
	s->f.eye_left = s->f.eye_right = OPEN * part;
	s->f.shut_left = shut_left;
	s->f.shut_right = shut_right;
}

/* How many of this kind are over. */
static size_t
scene_count(const struct scene *s, enum live_kind k)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->event[i].kind == k && s->event[i].over;
	return n;
}

/* Goes to a value of one measure in so many ms. */
static void
scene_move(struct scene *s, float *measure, float to, int64_t ms)
{
	float from = *measure;
	int64_t steps = ms / s->step_ms > 0 ? ms / s->step_ms : 1;

	for (int64_t i = 1; i <= steps; i++) {
		*measure = from + (to - from) * (float)i / (float)steps;
		scene_hold(s, s->step_ms);
	}
}

/* ---- eyes ---- */

static void
test_blinks_at_every_rate(void **state)
{
	static const int fps[] = { 10, 15, 24, 30 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (int64_t ms = 60; ms <= 460; ms += 80) {
			struct scene s;

			scene_begin(&s, fps[i]);
			scene_hold(&s, 1500);
			scene_eyes(&s, .55f, 1, 1);
			scene_hold(&s, ms);
			scene_eyes(&s, 1, 0, 0);
			scene_hold(&s, 1000);
			assert_int_equal(s.n, 1);
			assert_int_equal(s.event[0].kind, LIVE_BLINK);
			assert_true(s.event[0].over && s.event[0].start_ms <= s.event[0].peak_ms &&
			    s.event[0].peak_ms <= s.event[0].end_ms);
			assert_in_range(s.event[0].start_ms, 6400, 6700);
		}
}

/* What is no blink: one eye, a shallow fall that the eye network does not call shut, lids lowered slowly. */
static void
test_no_blinks(void **state)
{
	static const struct { float part, left, right; int64_t ms; size_t blinks; } t[] = {
		{ .55f, 1, 1, 150, 1 },
		{ .74f, 1, 1, 150, 1 },		/* hardly seen, but shut */
		{ .74f, 1, 0, 150, 0 },		/* a wink */
		{ .74f, 0, 0, 150, 0 },
		{ .85f, 1, 1, 150, 1 },		/* behind rims of glasses */
		{ .85f, .7f, .7f, 150, 0 },
		{ .92f, 1, 1, 150, 0 },
		{ .55f, 0, 0, 150, 1 },		/* deep enough to need no second opinion */
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct scene s;

		scene_begin(&s, 24);
		scene_hold(&s, 1500);
		scene_eyes(&s, t[i].part, t[i].left, t[i].right);
		scene_hold(&s, t[i].ms);
		scene_eyes(&s, 1, 0, 0);
		scene_hold(&s, 1000);
		assert_int_equal(scene_count(&s, LIVE_BLINK), t[i].blinks);
	}
}

static void
test_lowered_slowly(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 24);
	scene_hold(&s, 1500);
	for (float part = 1; part > .6f; part -= .01f) {
		scene_eyes(&s, part, 0, 0);
		scene_hold(&s, s.step_ms * 2);
	}
	scene_hold(&s, 2000);
	assert_int_equal(s.n, 0);
	scene_eyes(&s, .35f, 1, 1);	/* and a blink from there */
	scene_hold(&s, 150);
	scene_eyes(&s, .6f, 0, 0);
	scene_hold(&s, 500);
	assert_int_equal(scene_count(&s, LIVE_BLINK), 1);
}

/* Held shut: told while it goes on, and again when it is over; the eye network decides. */
static void
test_closures(void **state)
{
	(void)state;
	for (int shut = 0; shut < 2; shut++) {
		struct scene s;

		scene_begin(&s, 15);
		scene_hold(&s, 1500);
		scene_eyes(&s, .55f, (float)shut, (float)shut);
		scene_hold(&s, 400);
		assert_int_equal(s.n, 0);
		assert_int_equal(live_eyes_shut(&s.live.eyes), shut != 0);
		scene_hold(&s, 1600);
		assert_int_equal(s.n, shut);
		scene_eyes(&s, 1, 0, 0);
		scene_hold(&s, 500);
		assert_int_equal(s.n, 2 * shut);
		if (shut) {
			assert_true(s.event[0].kind == LIVE_CLOSURE && !s.event[0].over);
			assert_true(s.event[1].kind == LIVE_CLOSURE && s.event[1].over);
			assert_in_range(s.event[1].end_ms - s.event[1].start_ms, 1900, 2050);
		}
		assert_int_equal(scene_count(&s, LIVE_BLINK), 0);
	}
}

/* Turned far away lids cannot be judged. */
static void
test_no_blink_in_profile(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 24);
	scene_hold(&s, 1500);
	scene_move(&s, &s.f.yaw, 40, 300);
	scene_eyes(&s, .55f, 1, 1);
	scene_hold(&s, 150);
	scene_eyes(&s, 1, 0, 0);
	scene_hold(&s, 300);
	assert_int_equal(scene_count(&s, LIVE_BLINK), 0);
}

/* ---- head and mouth ---- */

static void
test_turns(void **state)
{
	static const struct { float to; enum live_kind kind; size_t turns; } t[] = {
		{ 30, LIVE_TURN_RIGHT, 1 }, { -25, LIVE_TURN_LEFT, 1 }, { 22, LIVE_TURN_RIGHT, 1 }, { 13, LIVE_TURN_RIGHT, 0 },
		{ -8, LIVE_TURN_LEFT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (int fps = 10; fps <= 30; fps += 10) {
			struct scene s;

			scene_begin(&s, fps);
			scene_hold(&s, 1500);
			scene_move(&s, &s.f.yaw, t[i].to, 500);
			scene_hold(&s, 300);
			assert_int_equal(s.n, t[i].turns);	/* told before it is over */
			scene_move(&s, &s.f.yaw, 3, 500);
			scene_hold(&s, 500);
			assert_int_equal(scene_count(&s, t[i].kind), t[i].turns);
			assert_int_equal(s.n, 2 * t[i].turns);
			if (t[i].turns > 0)
				assert_true(fabsf(s.event[1].angle - fabsf(t[i].to - 3)) < 4);
		}
}

/* A wobble on the way back does not make two of one. */
static void
test_one_turn(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 25);
	scene_hold(&s, 1500);
	scene_move(&s, &s.f.yaw, -22, 400);
	s.f.yaw = -1;
	scene_hold(&s, s.step_ms);
	s.f.yaw = -20;
	scene_hold(&s, 200);
	scene_move(&s, &s.f.yaw, 3, 400);
	scene_hold(&s, 500);
	assert_int_equal(scene_count(&s, LIVE_TURN_LEFT), 1);
}

/* The level is the person's own, and what stays away from it for long is a new one. */
static void
test_level(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 15);
	s.f.yaw = -12;
	scene_hold(&s, 1500);
	assert_true(s.live.head.yaw.known && fabsf(s.live.head.yaw.value + 12) < .5f);
	scene_move(&s, &s.f.yaw, 8, 500);
	scene_hold(&s, 5000);
	assert_int_equal(scene_count(&s, LIVE_TURN_RIGHT), 1);
	assert_true(fabsf(s.live.head.yaw.value - 8) < .5f);
	scene_begin(&s, 15);
	for (int i = 0; i < 40; i++) {		/* never still: no level, and nothing is called a movement */
		s.f.yaw = i % 2 ? 14 : -14;
		scene_hold(&s, s.step_ms);
	}
	assert_false(s.live.head.yaw.known);
	assert_int_equal(s.n, 0);
}

static void
test_nods(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 15);
	scene_hold(&s, 1500);
	scene_move(&s, &s.f.pitch, 24, 350);
	scene_move(&s, &s.f.pitch, 5, 350);
	scene_hold(&s, 500);
	assert_int_equal(scene_count(&s, LIVE_NOD), 1);
	scene_move(&s, &s.f.pitch, -15, 350);	/* looks up */
	scene_move(&s, &s.f.pitch, 5, 350);
	scene_hold(&s, 500);
	scene_move(&s, &s.f.pitch, 24, 350);	/* looks down and stays there */
	scene_hold(&s, 4000);
	scene_move(&s, &s.f.pitch, 5, 350);
	scene_hold(&s, 500);
	assert_int_equal(scene_count(&s, LIVE_NOD), 1);
	assert_int_equal(s.n, 1);
}

static void
test_mouths(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, 15);
	scene_hold(&s, 1500);
	for (int i = 0; i < 5; i++) {		/* speaks */
		scene_move(&s, &s.f.mouth, .18f, 150);
		scene_move(&s, &s.f.mouth, .04f, 150);
	}
	assert_int_equal(s.n, 0);
	scene_move(&s, &s.f.mouth, .45f, 300);
	scene_hold(&s, 200);
	assert_int_equal(s.n, 1);
	assert_true(s.event[0].kind == LIVE_MOUTH && !s.event[0].over);
	scene_move(&s, &s.f.mouth, .04f, 300);
	scene_hold(&s, 300);
	assert_int_equal(scene_count(&s, LIVE_MOUTH), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blinks_at_every_rate),
		cmocka_unit_test(test_no_blinks),
		cmocka_unit_test(test_lowered_slowly),
		cmocka_unit_test(test_closures),
		cmocka_unit_test(test_no_blink_in_profile),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_one_turn),
		cmocka_unit_test(test_level),
		cmocka_unit_test(test_nods),
		cmocka_unit_test(test_mouths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
