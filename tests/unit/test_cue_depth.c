/*
 * test_cue_depth.c - heads are no planes, photographs are, bent ones nearly.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_depth.h"
#include "tests/unit/cue_head.h"

#define NOISE .008f	/* of a landmark in a good picture */

/* Two seconds from the front, two of a move by (yaw, pitch) and back, with sway and noise. */
static void
perform(struct cue_depth *d, float yaw, float pitch, float relief, float bend, uint64_t seed)
{
	static struct vision_features f;

	memset(d, 0, sizeof *d);
	for (int i = 0; i < 60; i++) {
		float part = i < 30 ? 0 : sinf((float)(i - 30) / 30 * 3.14159f);
		struct cue_pose pose = { yaw * part + .02f * cue_head_normal(&seed), pitch * part + .02f * cue_head_normal(&seed),
			.03f * cue_head_normal(&seed), 320 + 30 * part, 200 + 3 * cue_head_normal(&seed), 80 };

		cue_head_frame(&pose, relief, bend, NOISE, &seed, &f);
		cue_depth_feed(d, &f);
	}
}

static void
test_heads(void **state)
{
	static const float moves[][2] = { { .35f, 0 }, { -.35f, 0 }, { .6f, 0 }, { -.5f, .1f }, { 0, .5f }, { 0, -.5f } };
	struct cue_depth d;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++)
		for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
			float value = 0;

			perform(&d, moves[i][0], moves[i][1], 1, 0, seed);
			assert_true(cue_depth_value(&d, &value));
			if (!(value > .5f))
				fail_msg("a head's move %zu, seed %u: %.2f", i, (unsigned)seed, (double)value);
		}
}

static void
test_sheets(void **state)
{
	static const float moves[][2] = { { .6f, 0 }, { -.8f, 0 }, { .5f, .5f }, { .9f, 0 }, { 0, .8f } };
	struct cue_depth d;
	unsigned told = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++)
		for (size_t i = 0; i < 2 * sizeof moves / sizeof moves[0]; i++) {
			float value = -9;

			perform(&d, moves[i / 2][0], moves[i / 2][1], 0, i % 2 == 0 ? 0 : .25f, seed);
			if (!cue_depth_value(&d, &value))
				continue;
			told++;
			if (!(value < -1))
				fail_msg("a sheet's move %zu, seed %u: %.2f", i, (unsigned)seed, (double)value);
		}
	assert_true(told > 50);
}

/* Swaying, coming nearer and tilting the head show nothing. */
static void
test_not_measured(void **state)
{
	static struct vision_features f;
	struct cue_depth d;
	uint64_t seed = 5;
	uint32_t frames;
	float v;

	(void)state;
	perform(&d, .05f, .03f, 1, 0, 1);
	assert_false(cue_depth_value(&d, &v));
	memset(&d, 0, sizeof d);
	assert_false(cue_depth_part(&d, &v, &frames));
	for (int i = 0; i < 60; i++) {
		struct cue_pose pose = { 0, 0, (float)i / 150, 200 + (float)i * 3, 200, 60 + (float)i };

		cue_head_frame(&pose, 1, 0, .004f, &seed, &f);
		cue_depth_feed(&d, &f);
	}
	assert_false(cue_depth_value(&d, &v));
}

/* What a worker might send instead of a face. */
static void
test_odd(void **state)
{
	static struct vision_features f;
	struct cue_depth d;
	float v;

	(void)state;
	memset(&d, 0, sizeof d);
	memset(&f, 0, sizeof f);
	f.faces = 1;
	cue_depth_feed(&d, &f);		/* all points in one place */
	f.landmark[45][0] = 1e30f;
	cue_depth_feed(&d, &f);
	f.landmark[45][0] = 2;
	f.landmark[30][0] = -3e38f;
	cue_depth_feed(&d, &f);
	f.faces = 2;
	cue_depth_feed(&d, &f);
	assert_int_equal(d.poses, 0);
	for (int i = 0; i < 3 * (int)CUE_DEPTH_POSES; i++) {	/* more poses than there is room for */
		struct cue_pose pose = { (float)i * .01f - .9f, (float)(i % 40) * .04f - .8f, 0, 300, 200, 80 };
		uint64_t seed = (uint64_t)i;

		cue_head_frame(&pose, 1, 0, 0, &seed, &f);
		cue_depth_feed(&d, &f);
	}
	assert_int_equal(d.poses, CUE_DEPTH_POSES);
	assert_true(cue_depth_value(&d, &v) && isfinite(v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_sheets),
		cmocka_unit_test(test_not_measured),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
