/*
 * test_edges.c - edges round a face: of a sheet, of a door, of nothing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/edges.h"
#include "tests/splitmix.h"

#define W 640
#define H 480

static const struct vision_box face = { 260, 160, 120, 120, 1 };	/* its middle: 320, 220 */

struct scene {
	struct image im;
	struct image_pyramid p;
};

/* A grey room with a camera's noise. */
static void
room(struct scene *s)
{
	uint64_t seed = 1;

	assert_int_equal(image_pyramid_open(&s->p, W * H), RC_OK);
	assert_int_equal(image_make(&s->im, W, H), RC_OK);
	for (size_t i = 0; i < (size_t)W * H * 3; i++)
		s->im.rgb[i] = (uint8_t)(100 + splitmix64(&seed) % 12);
}

/* Fills a rectangle that is turned by degrees round the middle of the face. */
static void
fill(struct scene *s, float x0, float y0, float x1, float y1, float degrees, uint8_t grey)
{
	float c = cosf(degrees * 0.0174533f), d = sinf(degrees * 0.0174533f);

	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			float dx = (float)x - 320.0f, dy = (float)y - 220.0f;
			float u = 320.0f + c * dx + d * dy, v = 220.0f - d * dx + c * dy;

			if (u >= x0 && u < x1 && v >= y0 && v < y1)
				for (int k = 0; k < 3; k++)
					s->im.rgb[(y * W + x) * 3 + k] = grey;
		}
}

/* Neck and sloping shoulders. */
static void
body(struct scene *s, uint8_t grey)
{
	for (int y = 270; y < H; y++)
		for (int x = 0; x < W; x++) {
			float off = fabsf((float)x - 320.0f);

			if (off < 32.0f || (off < 170.0f && (float)y > 315.0f + 0.3f * off))
				for (int k = 0; k < 3; k++)
					s->im.rgb[(y * W + x) * 3 + k] = grey;
		}
}

/* The logit, and the end of the scene. */
static float
judged(struct scene *s)
{
	float logit = NAN;

	assert_int_equal(image_pyramid_show(&s->p, &s->im), RC_OK);
	assert_int_equal(edges_run(&s->p, &face, &logit), RC_OK);
	image_pyramid_clear(&s->p);
	image_pyramid_close(&s->p);
	image_free(&s->im);
	return logit;
}

static void
a_sheet_is_seen(void **state)
{
	struct scene s;

	(void)state;
	for (float degrees = -12.0f; degrees <= 12.0f; degrees += 6.0f) {
		room(&s);
		fill(&s, 210, 90, 430, 390, degrees, 190);
		if (judged(&s) >= 0.0f)
			fail_msg("not at %g degrees", (double)degrees);
	}
	room(&s);
	fill(&s, 215, 80, 425, 420, 0, 20);	/* a dark device */
	fill(&s, 230, 100, 410, 400, 0, 150);
	assert_true(judged(&s) < 0.0f);
}

static void
an_empty_room_has_none(void **state)
{
	struct scene s;

	(void)state;
	room(&s);
	assert_true(judged(&s) == EDGES_NONE);
}

/* Behind a person: no edge across the chest. */
static void
a_door_frame_is_none(void **state)
{
	struct scene s;

	(void)state;
	room(&s);
	fill(&s, 200, 60, 440, 480, 0, 180);
	body(&s, 60);
	assert_true(judged(&s) > 0.0f);
	room(&s);
	fill(&s, 0, 0, 210, 480, 0, 180);	/* two walls and what hangs between them */
	fill(&s, 430, 0, 640, 480, 0, 180);
	body(&s, 60);
	assert_true(judged(&s) > 0.0f);
}

static void
far_off_is_none(void **state)
{
	struct scene s;

	(void)state;
	room(&s);
	fill(&s, 20, 10, 620, 470, 0, 190);
	assert_true(judged(&s) > 0.0f);
}

/* The picture's own border is no edge. */
static void
the_border_is_none(void **state)
{
	const struct vision_box large = { 140, 60, 360, 360, 1 };
	struct scene s;
	float logit = NAN;

	(void)state;
	room(&s);
	assert_int_equal(image_pyramid_show(&s.p, &s.im), RC_OK);
	assert_int_equal(edges_run(&s.p, &large, &logit), RC_OK);
	assert_true(logit == EDGES_NONE);
	image_pyramid_clear(&s.p);
	image_pyramid_close(&s.p);
	image_free(&s.im);
}

static void
a_box_without_size_is_refused(void **state)
{
	const struct vision_box flat = { 5, 5, 0, 9, 1 }, nowhere = { NAN, NAN, NAN, NAN, 1 };
	struct scene s;
	float logit;

	(void)state;
	room(&s);
	assert_int_equal(image_pyramid_show(&s.p, &s.im), RC_OK);
	assert_int_equal(edges_run(&s.p, &flat, &logit), RC_FACE_QUALITY);
	assert_int_equal(edges_run(&s.p, &nowhere, &logit), RC_FACE_QUALITY);
	image_pyramid_clear(&s.p);
	image_pyramid_close(&s.p);
	image_free(&s.im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sheet_is_seen),
		cmocka_unit_test(an_empty_room_has_none),
		cmocka_unit_test(a_door_frame_is_none),
		cmocka_unit_test(far_off_is_none),
		cmocka_unit_test(the_border_is_none),
		cmocka_unit_test(a_box_without_size_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
