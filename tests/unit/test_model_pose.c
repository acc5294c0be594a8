/*
 * test_model_pose.c - known heads, turned by known angles, seen through a
 * camera: the fit finds the angles back.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The head is not the one that head_pose.c has: round figures of its own, a
 * camera at a real distance, and other people's proportions.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/head_pose.h"
#include "models/quality.h"

#define RADIANS 0.017453293f
#define FOCUS   700.0f	/* pixels */
#define ARM_MM  550.0f	/* from head to camera */

/* The right half, its middle included: mirrored points follow. Millimetres: x, y down, z to the camera. */
static const struct { unsigned at, mirrored; float p[3]; } half[] = {
	{ 16, 0, { 75, 2, -85 } }, { 15, 1, { 74, 21, -83 } }, { 14, 2, { 71, 39, -79 } }, { 13, 3, { 67, 57, -71 } },
	{ 12, 4, { 60, 74, -57 } }, { 11, 5, { 50, 89, -38 } }, { 10, 6, { 37, 101, -20 } }, { 9, 7, { 20, 109, -6 } },
	{ 8, 8, { 0, 112, 0 } }, { 26, 17, { 57, -13, -14 } }, { 25, 18, { 49, -20, -5 } }, { 24, 19, { 37, -22, 2 } },
	{ 23, 20, { 25, -21, 6 } }, { 22, 21, { 13, -17, 8 } }, { 27, 27, { 0, 0, 9 } }, { 28, 28, { 0, 13, 16 } },
	{ 29, 29, { 0, 26, 23 } }, { 30, 30, { 0, 38, 30 } }, { 35, 31, { 14, 45, 8 } }, { 34, 32, { 7, 48, 12 } },
	{ 33, 33, { 0, 50, 15 } }, { 45, 36, { 45, 0, -12 } }, { 44, 37, { 36, -4, -5 } }, { 43, 38, { 26, -4, -4 } },
	{ 42, 39, { 18, 1, -6 } }, { 47, 40, { 26, 4, -5 } }, { 46, 41, { 36, 4, -6 } }, { 54, 48, { 26, 69, -8 } },
	{ 53, 49, { 16, 64, 4 } }, { 52, 50, { 6, 62, 10 } }, { 51, 51, { 0, 63, 11 } }, { 55, 59, { 16, 75, 1 } },
	{ 56, 58, { 7, 78, 5 } }, { 57, 57, { 0, 79, 6 } }, { 64, 60, { 22, 69, -6 } }, { 63, 61, { 7, 68, 6 } },
	{ 62, 62, { 0, 68, 8 } }, { 65, 67, { 7, 70, 5 } }, { 66, 66, { 0, 70, 6 } },
};

struct person {
	float wide, high, deep;		/* of the mean */
	float mouth_mm, brow_mm;	/* lower lip and jaw down, brows up */
};

static const struct person mean = { 1, 1, 1, 0, 0 };

static bool
is_low(unsigned at)	/* goes with the jaw */
{
	return (at >= 5 && at <= 11) || (at >= 55 && at <= 59) || at >= 65;
}

static void
place(const struct person *who, unsigned at, float sign, const float p[3], const float angle[3], float to[2])
{
	float cy = cosf(angle[0] * RADIANS), sy = sinf(angle[0] * RADIANS), cp = cosf(angle[1] * RADIANS),
	    sp = sinf(angle[1] * RADIANS), cr = cosf(angle[2] * RADIANS), sr = sinf(angle[2] * RADIANS);
	float x = sign * p[0] * who->wide, z = p[2] * who->deep, y = p[1] * who->high, a, b, depth, scale;

	y += is_low(at) ? who->mouth_mm : at >= 17 && at <= 26 ? -who->brow_mm : 0.0f;
	a = x * cy + z * sy;
	depth = z * cy - x * sy;
	b = y * cp + depth * sp;
	depth = depth * cp - y * sp;
	scale = FOCUS / (ARM_MM - depth);
	to[0] = 320 + scale * (a * cr - b * sr);
	to[1] = 200 + scale * (a * sr + b * cr);
}

static void
look(const struct person *who, float yaw, float pitch, float roll, float point[VISION_LANDMARKS][2])
{
	const float angle[3] = { yaw, pitch, roll };

	for (size_t i = 0; i < sizeof half / sizeof half[0]; i++) {
		place(who, half[i].at, 1, half[i].p, angle, point[half[i].at]);
		place(who, half[i].mirrored, -1, half[i].p, angle, point[half[i].mirrored]);
	}
}

static void
assert_angles(const float point[VISION_LANDMARKS][2], const struct head_pose *level, const float angle[3], float most)
{
	struct head_pose p = head_pose_fit(point);
	float off[3] = { p.yaw - level->yaw - angle[0], p.pitch - level->pitch - angle[1], p.roll - level->roll - angle[2] };

	for (int k = 0; k < 3; k++)
		if (!(fabsf(off[k]) <= most))
			fail_msg("%.0f %.0f %.0f degrees: off by %.1f %.1f %.1f", (double)angle[0], (double)angle[1],
			    (double)angle[2], (double)off[0], (double)off[1], (double)off[2]);
}

static const float angles[][3] = {
	{ 0, 0, 0 }, { 10, 0, 0 }, { 27, 0, 0 }, { -27, 0, 0 }, { 40, 0, 0 }, { -40, 5, 0 }, { 0, 20, 0 }, { 0, -20, 0 },
	{ 0, 0, 15 }, { 0, 0, -40 }, { 20, 10, -10 }, { -20, -10, 25 },
};
#define ANGLES (sizeof angles / sizeof angles[0])

/* Angles are meant from a person's own level, as they are used. */
static void
angles_come_back(void **state)
{
	static const struct { struct person who; float most; } row[] = {
		{ { 1, 1, 1, 0, 0 }, 4 }, { { 1.1f, 1, 1, 0, 0 }, 5.5f }, { { 1, 1.08f, 1, 0, 0 }, 4.5f },
		{ { 1, 1, 1.15f, 0, 0 }, 5.5f }, { { 1, 1, 1, 25, 0 }, 4.5f }, { { 1, 1, 1, 0, 6 }, 4.5f },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		for (size_t k = 0; k < ANGLES; k++) {
			float point[VISION_LANDMARKS][2];
			struct head_pose level;

			look(&row[i].who, 0, 0, 0, point);
			level = head_pose_fit(point);
			assert_true(fabsf(level.yaw) < 0.1f && fabsf(level.roll) < 0.1f && fabsf(level.pitch) < 12);
			assert_true(level.error > 0.0f && level.error < 0.08f);
			look(&row[i].who, angles[k][0], angles[k][1], angles[k][2], point);
			assert_angles(point, &level, angles[k], row[i].most);
		}
}

/* Some points badly seen move the angles little, but they show in the error. */
static void
a_few_bad_points_are_outvoted(void **state)
{
	static const unsigned bad[] = { 17, 18, 19, 20, 21, 48, 60, 35 };
	float point[VISION_LANDMARKS][2], good_error;
	struct head_pose level;

	(void)state;
	look(&mean, 0, 0, 0, point);
	level = head_pose_fit(point);
	for (size_t k = 0; k < ANGLES; k++) {
		look(&mean, angles[k][0], angles[k][1], angles[k][2], point);
		good_error = head_pose_fit(point).error;
		for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
			point[bad[i]][0] += 24;		/* .3 of the eyes' distance */
			point[bad[i]][1] -= 16;
		}
		assert_true(head_pose_fit(point).error > 1.5f * good_error);
		assert_angles(point, &level, angles[k], 8);
	}
}

static void
nonsense_gives_finite_numbers(void **state)
{
	struct vision_features f = { 0 };
	uint32_t seed = 7;

	(void)state;
	quality_pose(&f);
	assert_true(f.yaw == 0.0f && f.pitch == 0.0f && f.roll == 0.0f && f.pose_error == 0.0f);
	for (int round = 0; round < 2000; round++) {
		for (unsigned i = 0; i < VISION_LANDMARKS; i++)
			for (unsigned k = 0; k < 2; k++) {
				seed = seed * 1664525u + 1013904223u;
				f.landmark[i][k] = (float)(seed >> 16) / (round % 3 == 0 ? 1e4f : round % 3 == 1 ? 10.0f : 1.0f);
			}
		quality_pose(&f);
		assert_true(isfinite(f.turn) && isfinite(f.nod) && f.mouth >= 0.0f && f.mouth <= 10.0f);
		assert_true(fabsf(f.yaw) <= 90 && fabsf(f.pitch) <= 90 && fabsf(f.roll) <= 180.1f);
		assert_true(f.pose_error >= 0.0f && f.pose_error <= 10.0f);
	}
	f.landmark[40][1] = NAN;
	quality_pose(&f);
	assert_true(isfinite(f.yaw) && isfinite(f.pitch) && isfinite(f.roll) && isfinite(f.pose_error));
}

/* turn, nod and mouth go with the head; both sets of landmarks have a say in the angles. */
static void
quality_tells_the_same(void **state)
{
	struct vision_features straight = { 0 }, f;

	(void)state;
	look(&mean, 0, 0, 0, straight.landmark);
	quality_pose(&straight);
	assert_true(fabsf(straight.turn) < 0.01f);
	for (size_t k = 0; k < ANGLES; k++) {
		f = (struct vision_features){ 0 };
		look(&mean, angles[k][0], angles[k][1], angles[k][2], f.landmark);
		quality_pose(&f);
		if (fabsf(angles[k][0]) >= 20)
			assert_true(f.turn * angles[k][0] > 0 && fabsf(f.turn) > 0.1f);
		if (angles[k][1] != 0 && angles[k][0] == 0)
			assert_true((f.nod - straight.nod) * angles[k][1] > 0);
	}
	f = straight;
	look(&(struct person){ 1, 1, 1, 25, 0 }, 0, 0, 0, f.landmark);
	quality_pose(&f);
	assert_true(f.mouth > straight.mouth + 0.3f);
	f = straight;
	f.has_eyes = 1;
	look(&mean, 20, 0, 0, f.second);
	quality_pose(&f);
	assert_true(f.yaw > 7 && f.yaw < 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(angles_come_back),
		cmocka_unit_test(a_few_bad_points_are_outvoted),
		cmocka_unit_test(nonsense_gives_finite_numbers),
		cmocka_unit_test(quality_tells_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
