/*
 * test_model_follow.c - a face is followed where it goes, not where it was, and
 * nothing is followed where no face is.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A film of one photograph: the camera shifts, turns and scales it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/face_frame.h"
#include "models/follow.h"
#include "models/net_kernels.h"
#include "proto/crypto.h"

#define W 640u
#define H 480u
#define PICTURE_MAX (4u << 20)

static struct {
	struct face_frame ff;
	struct image photo, frame;
	struct image_pyramid pyramid;
} t;

static int
open_all(void **state)
{
	const struct net_setup setup = { .backend = NET_AUTO };
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char path[4096], err[512] = "";

	(void)state;
	source = source != NULL ? source : ".";
	(void)snprintf(path, sizeof path, "%s/models", source);
	if (face_frame_open(&t.ff, path, &setup, err, sizeof err) != RC_OK) {
		print_error("%s\n", err);
		return -1;
	}
	(void)snprintf(path, sizeof path, "%s/tests/faces/person-b-1.jpg", source);
	return image_jpeg_read_file(t.ff.jpeg, path, PICTURE_MAX, &t.photo) == RC_OK &&
	    image_make(&t.frame, W, H) == RC_OK && image_pyramid_show(&t.pyramid, &t.photo) == RC_OK ? 0 : -1;
}

static int
close_all(void **state)
{
	(void)state;
	image_pyramid_close(&t.pyramid);
	image_free(&t.photo);
	image_free(&t.frame);
	face_frame_close(&t.ff);
	return 0;
}

/* The photograph's middle at x, y of the frame, so much larger and turned by so many degrees. */
static void
film(float x, float y, float size, float degrees)
{
	float a = cosf(degrees / 57.29578f) / size, b = sinf(degrees / 57.29578f) / size;
	float cx = (float)t.photo.width / 2, cy = (float)t.photo.height / 2;
	struct image_map map = { { a, b, cx - a * x - b * y, -b, a, cy + b * x - a * y } };

	assert_int_equal(image_warp(&t.pyramid, &map, NULL, W, H, t.frame.rgb), RC_OK);
}

static void
look(const struct vision_box *track, struct vision_features *f)
{
	assert_int_equal(face_pipeline_run(&t.ff.faces, &t.frame, VISION_WANT_EYES, track, f), RC_OK);
}

static float
middle_x(const struct vision_features *f)
{
	return f->face[0].x + f->face[0].w / 2;
}

static float
middle_y(const struct vision_features *f)
{
	return f->face[0].y + f->face[0].h / 2;
}

static void
a_still_face_does_not_drift(void **state)
{
	struct vision_features f = { 0 }, found, settled = { 0 };

	(void)state;
	film(320, 240, 0.8f, 0);
	look(NULL, &found);
	assert_int_equal(found.faces, 1);
	assert_int_equal(found.tracked, 0);
	f = found;
	for (int i = 0; i < 300; i++) {
		struct vision_box track = f.face[0];

		look(&track, &f);
		assert_int_equal(f.tracked, 1);
		assert_int_equal(f.faces, 1);
		if (i == 10)
			settled = f;
	}
	assert_true(fabsf(middle_x(&f) - middle_x(&settled)) < 0.01f * settled.face[0].w);
	assert_true(fabsf(middle_y(&f) - middle_y(&settled)) < 0.01f * settled.face[0].w);
	assert_true(fabsf(f.face[0].w / settled.face[0].w - 1) < 0.01f);
	/* and it is about where the detector saw it */
	assert_true(fabsf(middle_x(&f) - middle_x(&found)) < 0.1f * found.face[0].w);
	assert_true(fabsf(middle_y(&f) - middle_y(&found)) < 0.1f * found.face[0].w);
	assert_true(fabsf(f.face[0].w / found.face[0].w - 1) < 0.25f);
	assert_true(f.eye_left > 0.15f && f.ms_detect == 0.0f);
}

/* A box of any face moves and grows as the face does. */
static void
it_goes_where_the_face_goes(void **state)
{
	struct vision_features f = { 0 }, first;
	float x0, y0, w0;

	(void)state;
	film(320, 240, 0.8f, 0);
	look(NULL, &f);
	look(&(struct vision_box){ f.face[0].x, f.face[0].y, f.face[0].w, f.face[0].h, f.face[0].score }, &first);
	f = first;
	x0 = middle_x(&f);
	y0 = middle_y(&f);
	w0 = f.face[0].w;
	for (int i = 1; i <= 90; i++) {
		float a = (float)i / 90 * 6.2831853f, dx = 110 * sinf(2 * a), dy = 50 * sinf(3 * a), size = 1 + .25f * sinf(a);
		struct vision_box track = f.face[0];

		film(320 + dx, 240 + dy, 0.8f * size, 15 * sinf(a));
		look(&track, &f);
		assert_int_equal(f.tracked, 1);
		/* The photograph turns round its middle, the face lies a little off it. */
		assert_true(fabsf(middle_x(&f) - x0 - dx) < 0.2f * w0 && fabsf(middle_y(&f) - y0 - dy) < 0.2f * w0);
		assert_true(fabsf(f.face[0].w / w0 / size - 1) < 0.15f);
	}
}

static void
a_jump_is_searched_in_the_same_frame(void **state)
{
	struct vision_features f = { 0 };
	struct vision_box track;

	(void)state;
	film(180, 240, 0.6f, 0);
	look(NULL, &f);
	track = f.face[0];
	film(470, 240, 0.6f, 0);
	look(&track, &f);
	assert_int_equal(f.tracked, 0);
	assert_int_equal(f.faces, 1);
	assert_true(f.face[0].x > 320);
}

static void
fill_wall(int kind)
{
	uint32_t noise = 1;

	for (size_t i = 0; i < (size_t)W * H; i++) {
		uint8_t v = 150;

		noise = noise * 1664525u + 1013904223u;
		if (kind == 1)
			v = (uint8_t)(60 + i % W / 4);				/* light from one side */
		else if (kind == 2)
			v = (uint8_t)(100 + (i % W / 40 + i / W / 40) % 2 * 60);	/* tiles */
		else if (kind == 3)
			v = (uint8_t)(120 + noise / 16777216u % 40);		/* plaster */
		else if (kind == 4)
			v = 2;							/* a covered camera */
		memset(t.frame.rgb + 3 * i, v, 3);
	}
}

static void
a_wall_is_not_followed(void **state)
{
	struct vision_features f = { 0 };
	struct vision_box track;

	(void)state;
	for (int wall = 0; wall < 5; wall++) {
		for (int i = 0; i < 12; i++) {
			film(200 + 20 * (float)i, 240, 0.5f + 0.03f * (float)i, 0);
			look(NULL, &f);
			assert_int_equal(f.faces, 1);
			track = f.face[0];
			fill_wall(wall);
			look(&track, &f);
			assert_int_equal(f.tracked, 0);
			assert_int_equal(f.faces, 0);
		}
	}
}

/* Each sign of a lost face is enough by itself. */
static void
each_doubt_ends_it(void **state)
{
	struct vision_features good = { 0 }, f;
	struct vision_box box, again;

	(void)state;
	film(320, 240, 0.8f, 0);
	look(NULL, &good);
	box = good.face[0] = follow_box(good.landmark, good.face[0].score);
	memcpy(good.second, good.landmark, sizeof good.second);
	assert_true(follow_holds(&box, &good));
	f = good;
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)		/* the other network sees another face: .4 of the spread */
		f.second[i][0] += 0.4f * box.w / 4.187f;
	assert_false(follow_holds(&box, &f));
	f = good;
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)		/* both agree on a dwarf */
		for (unsigned k = 0; k < 2; k++)
			f.second[i][k] = f.landmark[i][k] = (k == 0 ? 320 : 240) + 0.6f * (f.landmark[i][k] - (k == 0 ? 320 : 240));
	assert_false(follow_holds(&box, &f));
	f = good;
	f.brightness = 3;
	assert_false(follow_holds(&box, &f));
	f = good;
	f.sharpness = 1;
	assert_false(follow_holds(&box, &f));
	f = good;
	f.turn = -1.5f;
	assert_false(follow_holds(&box, &f));
	f = good;
	f.width = (uint32_t)(box.x + box.w / 2);		/* half of the face is cut off */
	assert_false(follow_holds(&box, &f));
	f = good;
	f.face[0].x += 0.6f * box.w;
	assert_false(follow_holds(&box, &f));
	assert_false(follow_again(&box, &(struct vision_features){ .face = { { box.x + box.w, box.y, box.w, box.h, 1 } } }, &again));
	f = good;
	f.face[0].w *= 1.6f;
	assert_false(follow_holds(&box, &f));
	f = good;
	f.second[30][0] = NAN;
	assert_false(follow_holds(&box, &f));
}

/* The person walks out of the picture: before she is gone, nothing is followed any more. */
static void
leaving_ends_it(void **state)
{
	struct vision_features f = { 0 };
	bool followed = true;

	(void)state;
	film(320, 240, 0.8f, 0);
	look(NULL, &f);
	for (float x = 320; x < 900; x += 20) {
		struct vision_box track = f.face[0];

		film(x, 240, 0.8f, 0);
		look(&track, &f);
		followed = f.tracked != 0;
		if (f.faces == 0)
			break;
		assert_true(f.face[0].x < W);
	}
	assert_false(followed);
	assert_int_equal(f.faces, 0);
}

/* A picture decoded at half its size gives the same features in the same coordinates. */
static void
size_of_decoding_does_not_show(void **state)
{
	struct vision_features small = { 0 }, full = { 0 };
	struct image_jpeg_info info;
	uint8_t *jpeg = malloc(PICTURE_MAX);
	struct image im, large;
	size_t n;

	(void)state;
	assert_non_null(jpeg);
	assert_int_equal(image_make(&large, 1280, 960), RC_OK);
	assert_int_equal(image_warp(&t.pyramid, &(struct image_map){ { .5f, 0, -80, 0, .5f, 0 } }, NULL, 1280, 960, large.rgb), RC_OK);
	assert_int_equal(image_jpeg_encode(t.ff.jpeg, &large, 90, jpeg, PICTURE_MAX, &n), RC_OK);
	assert_int_equal(face_frame_run(&t.ff, jpeg, n, VISION_WANT_EYES, NULL, &small), RC_OK);
	assert_int_equal(t.ff.im.width, 640);
	assert_int_equal(image_jpeg_look(jpeg, n, &info), RC_OK);
	assert_int_equal(image_jpeg_decode(t.ff.jpeg, jpeg, n, &im), RC_OK);
	assert_int_equal(face_pipeline_run(&t.ff.faces, &im, VISION_WANT_EYES, NULL, &full), RC_OK);
	assert_int_equal(small.faces, 1);
	assert_int_equal(full.faces, 1);
	assert_int_equal(small.width, info.width);
	assert_int_equal(small.height, info.height);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		assert_true(fabsf(small.landmark[i][0] - full.landmark[i][0]) < .03f * full.face[0].w &&
		    fabsf(small.landmark[i][1] - full.landmark[i][1]) < .03f * full.face[0].w);
	image_free(&im);
	image_free(&large);
	free(jpeg);
}

static void
decoding_is_as_small_as_the_face_allows(void **state)
{
	const struct vision_box big = { 0, 0, 400, 400, 1 }, small = { 0, 0, 150, 150, 1 };
	const uint32_t judge = VISION_WANT_EYES | VISION_WANT_EMBEDDING;

	(void)state;
	assert_int_equal(face_frame_halvings(640, 480, judge, NULL), 0);
	assert_int_equal(face_frame_halvings(1280, 720, judge, NULL), 1);
	assert_int_equal(face_frame_halvings(720, 1280, 0, NULL), 1);
	assert_int_equal(face_frame_halvings(4096, 4096, 0, NULL), 2);
	assert_int_equal(face_frame_halvings(640, 480, 0, &big), 1);
	assert_int_equal(face_frame_halvings(1280, 720, judge, &big), 1);
	assert_int_equal(face_frame_halvings(1280, 720, 0, &small), 0);
	assert_int_equal(face_frame_halvings(4096, 3000, 0, &small), 1);	/* the memory that is there */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_still_face_does_not_drift),
		cmocka_unit_test(it_goes_where_the_face_goes),
		cmocka_unit_test(a_jump_is_searched_in_the_same_frame),
		cmocka_unit_test(a_wall_is_not_followed),
		cmocka_unit_test(each_doubt_ends_it),
		cmocka_unit_test(leaving_ends_it),
		cmocka_unit_test(size_of_decoding_does_not_show),
		cmocka_unit_test(decoding_is_as_small_as_the_face_allows),
	};

	if (crypto_init() != RC_OK)
		return 1;
	kernels_use_threads(1);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
