/*
 * test_cue_cut.c - a cut is one picture in the place of another: not a head
 * that turns, not a lamp, not a pause, not a wall.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "server/cue_cut.h"

/* A scene of waves: shift moves it sideways by cells, which chooses another one. */
static struct vision_features
scene(unsigned which, float shift, float gain)
{
	struct vision_features f = { .faces = 1 };

	for (unsigned y = 0; y < VISION_SCENE_H; y++)
		for (unsigned x = 0; x < VISION_SCENE_W; x++)
			f.scene[y][x] = (uint8_t)(gain * (110 + 60 * sinf(0.11f * ((float)x + shift) * (float)(which + 1)) *
			    cosf(0.13f * (float)y * (float)(2 * which + 1))));
	return f;
}

static bool
cut(const struct vision_features *a, const struct vision_features *b, int64_t apart_ms)
{
	struct cue_cut c = { .any = false };

	cue_cut_frame(&c, a, 1000, false);
	cue_cut_frame(&c, b, 1000 + apart_ms, false);
	return c.cut;
}

static void
another_picture_is_a_cut(void **state)
{
	struct vision_features a = scene(0, 0, 1), b = scene(1, 0, 1);

	(void)state;
	assert_true(cut(&a, &b, 67));
	assert_true(cut(&b, &a, 100));
	assert_false(cut(&a, &b, 500));	/* much may happen in half a second */
}

/* A face that fills the picture takes it along; the same change around a face that stays is a cut. */
static void
a_near_face_may_be_thrown_aside(void **state)
{
	struct vision_features a = scene(0, 0, 1), moved = scene(0, 14, 1), other = scene(1, 14, 1);

	(void)state;
	a.width = moved.width = other.width = 640;
	a.height = moved.height = other.height = 480;
	a.face[0] = moved.face[0] = (struct vision_box){ 200, 60, 300, 360, 1 };
	assert_true(cut(&a, &moved, 40));
	moved.face[0].x -= 140;
	other.face[0] = moved.face[0];
	assert_false(cut(&a, &moved, 40));
	assert_true(cut(&a, &other, 40));
	moved.face[0].x = 3e30f;
	assert_true(cut(&a, &moved, 40));
}

static void
movement_and_light_are_none(void **state)
{
	struct vision_features a = scene(0, 0, 1), moved = scene(0, 2, 1), bright = scene(0, 0, 1.3f), dark = scene(0, 0, .4f);

	(void)state;
	assert_false(cut(&a, &a, 67));
	assert_false(cut(&a, &moved, 67));
	assert_false(cut(&a, &bright, 67));
	assert_false(cut(&a, &dark, 67));
}

static void
nobody_or_a_wall_is_not_compared(void **state)
{
	struct vision_features a = scene(0, 0, 1), b = scene(1, 0, 1), wall = { .faces = 1 }, nobody = { .faces = 0 };
	struct cue_cut c = { .any = false };

	(void)state;
	memset(wall.scene, 128, sizeof wall.scene);
	assert_false(cut(&a, &wall, 67));
	assert_false(cut(&wall, &b, 67));
	cue_cut_frame(&c, &a, 1000, false);
	cue_cut_frame(&c, &nobody, 1067, false);
	cue_cut_frame(&c, &b, 1134, false);
	assert_false(c.cut);
	cue_cut_frame(&c, &a, 1200, false);
	assert_true(c.cut);
	cue_cut_frame(&c, &a, 1267, false);
	assert_true(c.cut);	/* it is not forgotten */
}

/* Once something was asked, nothing hides a cut. */
static void
behind_a_blank_it_is_a_cut_too(void **state)
{
	struct vision_features a = scene(0, 0, 1), b = scene(1, 0, 1), nobody = { .faces = 0 };

	(void)state;
	for (unsigned blank = 0; blank < 3; blank++)
		for (unsigned other = 0; other < 2; other++) {
			struct cue_cut c = { .any = false };

			cue_cut_frame(&c, &a, 1000, false);
			for (unsigned i = 0; i < blank; i++)
				cue_cut_frame(&c, &nobody, 1067 + 67 * i, true);
			cue_cut_frame(&c, other ? &b : &a, 1900, true);
			assert_int_equal(c.cut, other);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_picture_is_a_cut),
		cmocka_unit_test(a_near_face_may_be_thrown_aside),
		cmocka_unit_test(movement_and_light_are_none),
		cmocka_unit_test(nobody_or_a_wall_is_not_compared),
		cmocka_unit_test(behind_a_blank_it_is_a_cut_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
