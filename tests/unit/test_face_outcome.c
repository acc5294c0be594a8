/*
 * test_face_outcome.c - every kind of picture has one name.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/face_outcome.h"

/* A good frontal face in the middle of a picture. */
static struct vision_features
good(void)
{
	return (struct vision_features){ .width = 640, .height = 480, .light = 100.0f, .faces = 1, .brightness = 110.0f,
	    .face = { { 240.0f, 160.0f, 160.0f, 150.0f, 0.9f } } };
}

static void
one_good_face_is_ok(void **state)
{
	struct vision_features f = good();

	(void)state;
	assert_int_equal(face_outcome(&f), FACE_OK);
	f.light = 0.0f;		/* a bright face before a black wall */
	assert_int_equal(face_outcome(&f), FACE_OK);
}

static void
nobody_is_none_and_black_is_dark(void **state)
{
	struct vision_features f = { .width = 640, .height = 480, .light = FACE_BLACK_LUMA };

	(void)state;
	assert_int_equal(face_outcome(&f), FACE_NONE);
	f.light = FACE_BLACK_LUMA - 1.0f;
	assert_int_equal(face_outcome(&f), FACE_DARK);
	f = good();
	f.brightness = FACE_DARK_LUMA - 1.0f;
	assert_int_equal(face_outcome(&f), FACE_DARK);
}

static void
a_second_face_counts_when_it_is_near(void **state)
{
	struct vision_features f = good();

	(void)state;
	f.faces = 2;
	f.face[1] = (struct vision_box){ 20.0f, 100.0f, 80.0f, 80.0f, FACE_OTHER_SCORE };
	assert_int_equal(face_outcome(&f), FACE_SEVERAL);
	f.face[1].score = FACE_OTHER_SCORE - 0.01f;	/* hardly a face */
	assert_int_equal(face_outcome(&f), FACE_OK);
	f.face[1].score = 0.9f;
	f.face[1].w = f.face[1].h = 45.0f;		/* somebody far behind in the hall */
	assert_int_equal(face_outcome(&f), FACE_OK);
	f.faces = 3;
	f.face[2] = (struct vision_box){ 500.0f, 100.0f, 44.0f, 44.0f, 0.99f };
	assert_int_equal(face_outcome(&f), FACE_OK);
}

static void
each_border_cuts(void **state)
{
	static const struct { float x, y; } row[] = {
		{ -17.0f, 100.0f }, { 640.0f - 143.0f, 100.0f }, { 200.0f, -17.0f }, { 200.0f, 480.0f - 134.0f },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct vision_features f = good();

		f.face[0].x = row[i].x;
		f.face[0].y = row[i].y;
		assert_int_equal(face_outcome(&f), FACE_CUT);
		f.face[0].x += f.face[0].x < 0.0f ? 3.0f : f.face[0].x > 400.0f ? -3.0f : 0.0f;
		f.face[0].y += f.face[0].y < 0.0f ? 3.0f : f.face[0].y > 300.0f ? -3.0f : 0.0f;
		assert_int_equal(face_outcome(&f), FACE_OK);
	}
}

static void
a_mouth_outside_is_cut(void **state)
{
	struct vision_features f = good();

	(void)state;
	for (unsigned i = 0; i < FACE_OUTLINE_CUT - 1; i++)
		f.landmark[8 + i][1] = 481.0f;	/* the tip of the chin */
	assert_int_equal(face_outcome(&f), FACE_OK);
	f.landmark[7][1] = 481.0f;	/* more of it */
	assert_int_equal(face_outcome(&f), FACE_CUT);
	f.landmark[7][1] = 400.0f;
	assert_int_equal(face_outcome(&f), FACE_OK);
	f.landmark[57][1] = 481.0f;
	assert_int_equal(face_outcome(&f), FACE_CUT);
}

/* Eyes and nose of the mean face, the eyes 60 pixels apart and at this height, and an outline squeezed together there. */
static void
squeezed(struct vision_features *f, float y)
{
	static const float middle[21][2] = {
		{ -0.004f, -0.217f }, { 0.003f, -0.008f }, { 0.008f, 0.188f }, { 0.009f, 0.371f }, { -0.183f, 0.486f },
		{ -0.095f, 0.518f }, { 0.014f, 0.537f }, { 0.124f, 0.503f }, { 0.211f, 0.482f }, { -0.694f, -0.240f },
		{ -0.589f, -0.281f }, { -0.442f, -0.288f }, { -0.314f, -0.221f }, { -0.425f, -0.170f }, { -0.579f, -0.180f },
		{ 0.291f, -0.229f }, { 0.423f, -0.307f }, { 0.577f, -0.306f }, { 0.676f, -0.248f }, { 0.570f, -0.191f },
		{ 0.418f, -0.200f },
	};

	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		f->landmark[i][0] = 320.0f;
		f->landmark[i][1] = y;
	}
	for (unsigned i = 0; i < 21; i++) {
		f->landmark[27 + i][0] = 320.0f + 60.0f * middle[i][0];
		f->landmark[27 + i][1] = y + 60.0f * middle[i][1];
	}
}

static void
an_outline_squeezed_into_the_picture_is_cut(void **state)
{
	struct vision_features f = good();

	(void)state;
	squeezed(&f, 375.0f);
	assert_int_equal(face_outcome(&f), FACE_OK);
	squeezed(&f, 400.0f);	/* the chin would be lower than 480 */
	assert_int_equal(face_outcome(&f), FACE_CUT);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {	/* the same at the right border */
		float x = f.landmark[i][0];

		f.landmark[i][0] = 640.0f - (480.0f - f.landmark[i][1]);
		f.landmark[i][1] = 240.0f - (x - 320.0f);
	}
	assert_int_equal(face_outcome(&f), FACE_CUT);
}

static void
the_second_network_counts_too(void **state)
{
	struct vision_features f = good();

	(void)state;
	f.landmark[8][1] = f.landmark[9][1] = 481.0f;
	f.second[8][1] = 481.0f;
	assert_int_equal(face_outcome(&f), FACE_OK);	/* nobody looked */
	f.has_eyes = 1;
	assert_int_equal(face_outcome(&f), FACE_CUT);
}

static void
far_away_is_small(void **state)
{
	struct vision_features f = good();

	(void)state;
	f.face[0].w = FACE_SMALL_PX;
	f.face[0].h = FACE_SMALL_PX - 1.0f;
	assert_int_equal(face_outcome(&f), FACE_SMALL);
	f.face[0].h = FACE_SMALL_PX;
	assert_int_equal(face_outcome(&f), FACE_OK);
}

static void
every_outcome_has_its_own_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FACE_OUTCOMES; i++)
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(face_outcome_text((enum face_outcome)i), face_outcome_text((enum face_outcome)k));
	assert_string_equal(face_outcome_text(FACE_DARK), "dark");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_good_face_is_ok),
		cmocka_unit_test(nobody_is_none_and_black_is_dark),
		cmocka_unit_test(a_second_face_counts_when_it_is_near),
		cmocka_unit_test(each_border_cuts),
		cmocka_unit_test(a_mouth_outside_is_cut),
		cmocka_unit_test(an_outline_squeezed_into_the_picture_is_cut),
		cmocka_unit_test(the_second_network_counts_too),
		cmocka_unit_test(far_away_is_small),
		cmocka_unit_test(every_outcome_has_its_own_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
