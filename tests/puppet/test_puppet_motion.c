/*
 * test_puppet_motion.c - actions and time become the right poses; no picture.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/puppet/puppet_motion.h"

#define FRAME_MS 67	/* 15 pictures a second */

static void
must(enum rc r)
{
	assert_string_equal(rc_name(r), "RC_OK");
}

static struct puppet_pose
pose_at(struct puppet_motion *m, int64_t ms)
{
	struct puppet_pose p;

	puppet_motion_pose(m, ms, &p);
	return p;
}

static void
every_word_and_key_is_one_action(void **state)
{
	enum puppet_action a;

	(void)state;
	for (unsigned i = 0; i < PUPPET_ACTIONS; i++) {
		must(puppet_action_from_word(puppet_action_word((enum puppet_action)i), &a));
		assert_int_equal(a, i);
	}
	must(puppet_action_from_key('l', &a));
	assert_int_equal(a, PUPPET_LEFT);
	assert_int_equal(puppet_action_from_word("wink", &a), RC_NOT_FOUND);
	assert_int_equal(puppet_action_from_word("", &a), RC_NOT_FOUND);
	assert_int_equal(puppet_action_from_key('z', &a), RC_NOT_FOUND);
}

static void
idling_is_small_and_never_blinks(void **state)
{
	struct puppet_motion m;
	float moved = 0, before = 0;

	(void)state;
	puppet_motion_start(&m, 4);
	for (int64_t t = 0; t < 60000; t += FRAME_MS) {
		struct puppet_pose p = pose_at(&m, t);

		assert_true(p.lid == 0 && p.mouth == 0 && !p.sheet && !p.away);
		assert_true(fabsf(p.yaw) <= 1.41f && fabsf(p.pitch) <= 0.91f && fabsf(p.roll) <= 0.81f);
		assert_true(fabsf(p.dx) < 0.04f && fabsf(p.dy) < 0.03f && fabsf(p.scale - 1) < 0.01f);
		moved += fabsf(p.yaw - before);
		before = p.yaw;
	}
	assert_true(moved > 5);
}

/* Whenever the blink begins between two pictures, two of them show shut eyes, and it is over in time. */
static void
a_blink_is_seen_twice_at_any_phase(void **state)
{
	(void)state;
	for (int64_t phase = 0; phase < FRAME_MS; phase++) {
		struct puppet_motion m;
		int shut = 0;

		puppet_motion_start(&m, 1);
		must(puppet_motion_act(&m, PUPPET_BLINK, 1000));
		for (int64_t t = 1000 + phase; t < 2000; t += FRAME_MS) {
			struct puppet_pose p = pose_at(&m, t);

			shut += p.lid > 0.95f;
			assert_true(t < 1250 || p.lid == 0);
		}
		assert_in_range(shut, 2, 3);
	}
}

static void
turns_and_nods_go_there_and_come_back(void **state)
{
	static const struct { enum puppet_action action; float yaw, pitch; } t[] = {
		{ PUPPET_LEFT, 1, 0 }, { PUPPET_RIGHT, -1, 0 }, { PUPPET_NOD, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct puppet_motion m;
		struct puppet_pose p;

		puppet_motion_start(&m, 1);
		must(puppet_motion_act(&m, t[i].action, 500));
		p = pose_at(&m, 905);
		assert_true(t[i].yaw == 0 ? fabsf(p.yaw) < 2 : p.yaw * t[i].yaw > 20 && p.yaw * t[i].yaw < 32);
		assert_true(t[i].pitch == 0 ? fabsf(p.pitch) < 2 : p.pitch > 12);
		p = pose_at(&m, 500 + 1450);
		assert_true(fabsf(p.yaw) < 2 && fabsf(p.pitch) < 2);
	}
}

static void
one_turn_waits_for_the_other_but_eyes_do_not(void **state)
{
	struct puppet_motion m;
	struct puppet_pose p;

	(void)state;
	puppet_motion_start(&m, 1);
	must(puppet_motion_act(&m, PUPPET_LEFT, 0));
	must(puppet_motion_act(&m, PUPPET_RIGHT, 10));
	must(puppet_motion_act(&m, PUPPET_BLINK, 600));
	must(puppet_motion_act(&m, PUPPET_MOUTH, 400));
	p = pose_at(&m, 700);
	assert_true(p.yaw > 20 && p.lid > 0.95f && p.mouth > 0.95f);
	assert_true(pose_at(&m, 1600 + 700).yaw < -20);
	assert_true(fabsf(pose_at(&m, 3300).yaw) < 2);
}

static void
too_many_at_once_are_refused(void **state)
{
	struct puppet_motion m;

	(void)state;
	puppet_motion_start(&m, 1);
	for (unsigned i = 0; i < PUPPET_QUEUE_MAX; i++)
		must(puppet_motion_act(&m, PUPPET_BLINK, 0));
	assert_int_equal(puppet_motion_act(&m, PUPPET_BLINK, 0), RC_BUSY);
	must(puppet_motion_act(&m, PUPPET_LEFT, 0));
	/* The first is over, one place is free. */
	must(puppet_motion_act(&m, PUPPET_BLINK, 600));
	assert_int_equal(puppet_motion_act(&m, PUPPET_BLINK, 600), RC_BUSY);
}

static void
closed_eyes_stay_closed(void **state)
{
	struct puppet_motion m;

	(void)state;
	puppet_motion_start(&m, 1);
	must(puppet_motion_act(&m, PUPPET_CLOSE, 100));
	assert_true(pose_at(&m, 100).lid < 0.1f);
	assert_true(pose_at(&m, 200).lid == 1);
	assert_true(pose_at(&m, 9000).lid == 1);
	must(puppet_motion_act(&m, PUPPET_OPEN, 9000));
	assert_true(pose_at(&m, 9100).lid == 0);
}

static void
a_photograph_does_not_move_its_face(void **state)
{
	static const enum puppet_action none[] = { PUPPET_BLINK, PUPPET_LEFT, PUPPET_RIGHT, PUPPET_NOD, PUPPET_MOUTH,
		PUPPET_CLOSE, PUPPET_OPEN };
	struct puppet_motion m;

	(void)state;
	puppet_motion_start(&m, 1);
	must(puppet_motion_act(&m, PUPPET_STILL_ON, 0));
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(puppet_motion_act(&m, none[i], 10), RC_EARLY);
	assert_true(pose_at(&m, 100).sheet);
	must(puppet_motion_act(&m, PUPPET_STILL_OFF, 200));
	must(puppet_motion_act(&m, PUPPET_BLINK, 200));
	must(puppet_motion_act(&m, PUPPET_AWAY, 210));
	assert_true(pose_at(&m, 220).away);
	assert_int_equal(puppet_motion_act(&m, PUPPET_BLINK, 230), RC_EARLY);
	must(puppet_motion_act(&m, PUPPET_BACK, 240));
	assert_false(pose_at(&m, 250).away);
}

static void
the_seed_alone_decides_the_sway(void **state)
{
	struct puppet_motion a, b, c;
	struct puppet_pose p, q;

	(void)state;
	puppet_motion_start(&a, 7);
	puppet_motion_start(&b, 7);
	puppet_motion_start(&c, 8);
	p = pose_at(&a, 1234);
	q = pose_at(&b, 1234);
	assert_true(p.yaw == q.yaw && p.dx == q.dx);
	assert_true(p.yaw != pose_at(&c, 1234).yaw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_and_key_is_one_action),
		cmocka_unit_test(idling_is_small_and_never_blinks),
		cmocka_unit_test(a_blink_is_seen_twice_at_any_phase),
		cmocka_unit_test(turns_and_nods_go_there_and_come_back),
		cmocka_unit_test(one_turn_waits_for_the_other_but_eyes_do_not),
		cmocka_unit_test(too_many_at_once_are_refused),
		cmocka_unit_test(closed_eyes_stay_closed),
		cmocka_unit_test(a_photograph_does_not_move_its_face),
		cmocka_unit_test(the_seed_alone_decides_the_sway),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
