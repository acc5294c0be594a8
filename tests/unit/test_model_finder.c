/*
 * test_model_finder.c - faces small, turned, several and cut are found, walls
 * and patterns are not; each picture has its outcome, and a template only
 * where that is "ok".
 * SPDX-License-Identifier: Apache-2.0
 *
 * The faces are those of tests/faces, shrunk, turned and put before painted
 * walls. Many more are looked at where the folder that COUNTERSIGN_DATA names
 * has lfw-dev.
 */
#include <fts.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/face_pipeline.h"
#include "models/finder.h"
#include "models/image_jpeg.h"
#include "models/net_kernels.h"
#include "proto/crypto.h"
#include "proto/face_outcome.h"

#define W 640u
#define H 480u
#define PICTURE_MAX (8u << 20)
#define PEOPLE 7u
#define STREAM 200u	/* frames; more than there are looks */

static const char *const person[PEOPLE] = { "a-1", "a-2", "b-1", "c-1", "d-1", "e-1", "f-1" };

static struct {
	struct face_pipeline pipeline;
	struct image_jpeg *jpeg;
	struct image photo[PEOPLE], frame;
	struct vision_box box[PEOPLE];	/* of the faces in the photographs */
	struct vision_features f;
} t;

static const char *
source_path(char *to, size_t n, const char *below)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");

	(void)snprintf(to, n, "%s/%s", source != NULL ? source : ".", below);
	return to;
}

static enum face_outcome
look_at(const struct image *im, uint64_t seq)
{
	t.f = (struct vision_features){ .seq = seq };
	assert_int_equal(face_pipeline_run(&t.pipeline, im, VISION_WANT_EMBEDDING, NULL, &t.f), RC_OK);
	return face_outcome(&t.f);
}

static enum face_outcome
look(const struct image *im)
{
	return look_at(im, 0);
}

static int
open_all(void **state)
{
	const struct net_setup setup = { .backend = NET_AUTO };
	char path[4096], err[512] = "";

	(void)state;
	kernels_use_threads(1);
	if (face_pipeline_open(&t.pipeline, source_path(path, sizeof path, "models"), &setup, err, sizeof err) != RC_OK) {
		print_error("%s\n", err);
		return -1;
	}
	if (image_jpeg_open(&t.jpeg) != RC_OK || image_make(&t.frame, W, H) != RC_OK)
		return -1;
	t.pipeline.alone = true;
	for (unsigned i = 0; i < PEOPLE; i++) {
		char below[64];

		(void)snprintf(below, sizeof below, "tests/faces/person-%s.jpg", person[i]);
		if (image_jpeg_read_file(t.jpeg, source_path(path, sizeof path, below), PICTURE_MAX, &t.photo[i]) != RC_OK ||
		    look(&t.photo[i]) != FACE_OK)
			return -1;
		t.box[i] = t.f.face[0];
	}
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++)
		image_free(&t.photo[i]);
	image_free(&t.frame);
	image_jpeg_close(t.jpeg);
	face_pipeline_close(&t.pipeline);
	return 0;
}

/* ---- pictures ---- */

/* A wall in soft light, with the grain of a camera. */
static void
wall(uint8_t r, uint8_t g, uint8_t b)
{
	const uint8_t paint[3] = { r, g, b };
	uint32_t grain = 1;

	for (size_t y = 0; y < H; y++)
		for (size_t x = 0; x < W; x++)
			for (size_t c = 0; c < 3; c++) {
				grain = grain * 1664525u + 1013904223u;
				t.frame.rgb[(y * W + x) * 3 + c] = (uint8_t)((size_t)paint[c] + x / 32 + y / 32 + (grain >> 29));
			}
}

/* Person i with a face px wide, its middle at x, y, turned clockwise, in an oval. */
static void
put(unsigned i, float px, float x, float y, float degrees)
{
	const struct vision_box *b = &t.box[i];
	float s = b->w / px, c = cosf(degrees / 57.29578f) * s, q = sinf(degrees / 57.29578f) * s;
	struct image_map map = { { c, q, b->x + b->w / 2 - c * x - q * y, -q, c, b->y + b->h / 2 + q * x - c * y } };
	uint8_t *seen = malloc((size_t)W * H * 3);
	struct image_pyramid p = { 0 };

	assert_non_null(seen);
	assert_int_equal(image_pyramid_show(&p, &t.photo[i]), RC_OK);
	assert_int_equal(image_warp(&p, &map, NULL, W, H, seen), RC_OK);
	image_pyramid_close(&p);
	for (size_t v = 0; v < H; v++)
		for (size_t u = 0; u < W; u++)
			if (hypotf((float)u - x, ((float)v - y) / 1.1f) < 0.85f * px)
				memcpy(t.frame.rgb + (v * W + u) * 3, seen + (v * W + u) * 3, 3);
	free(seen);
}

static void
assert_found(float x, float y, float px)
{
	const struct vision_box *b = &t.f.face[0];

	assert_true(t.f.faces > 0);
	assert_true(hypotf(b->x + b->w / 2 - x, b->y + b->h / 2 - y) < 0.35f * px);
	assert_true(b->w > 0.6f * px && b->w < 1.6f * px);
}

/* ---- tests ---- */

static void
tilted_heads_are_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++)
		for (float degrees = -30.0f; degrees <= 30.0f; degrees += 15.0f) {
			wall(120, 110, 100);
			put(i, 160.0f, 300.0f, 230.0f, degrees);
			assert_int_equal(look(&t.frame), FACE_OK);
			assert_found(300.0f, 230.0f, 160.0f);
			assert_true(fabsf(t.f.roll - degrees) < 15.0f);	/* the photographs are not quite upright */
			assert_true(t.f.embed_dim > 0);
		}
}

static void
faces_of_60_pixels_are_found_anywhere(void **state)
{
	static const float at[][2] = { { 60, 70 }, { 580, 70 }, { 330, 240 }, { 90, 400 }, { 560, 390 } };

	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++)
		for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
			wall(150, 140, 120);
			put(i, 60.0f, at[k][0], at[k][1], 0.0f);
			assert_int_not_equal(look(&t.frame), FACE_NONE);
			assert_found(at[k][0], at[k][1], 60.0f);
		}
}

static void
faces_of_20_pixels_are_small(void **state)
{
	unsigned small = 0;

	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++) {
		wall(150, 140, 120);
		put(i, 20.0f, 100.0f + 70.0f * (float)i, 200.0f, 0.0f);
		small += look(&t.frame) == FACE_SMALL;
	}
	print_message("%u of %u faces of 20 pixels found\n", small, PEOPLE);
	assert_true(small >= PEOPLE - 1);	/* one in twenty escapes, on many pictures */
}

static void
two_people_are_several_but_not_one_far_behind(void **state)
{
	unsigned several = 0;

	(void)state;
	t.pipeline.alone = false;
	wall(120, 110, 100);
	put(2, 150.0f, 180.0f, 240.0f, 0.0f);
	put(3, 120.0f, 470.0f, 220.0f, 0.0f);
	assert_int_equal(look(&t.frame), FACE_SEVERAL);
	assert_int_equal(t.f.embed_dim, 0);
	for (unsigned i = 0; i < PEOPLE; i++) {		/* somebody behind: in one of four frames at least */
		wall(120, 110, 100);
		put(i, 150.0f, i % 2 == 0 ? 180.0f : 460.0f, 240.0f, 0.0f);
		put((i + 2) % PEOPLE, 60.0f, i % 2 == 0 ? 500.0f : 120.0f, 200.0f, 0.0f);
		for (uint64_t seq = 0; seq < 4; seq++)
			several += look_at(&t.frame, seq) == FACE_SEVERAL;
		assert_found(i % 2 == 0 ? 180.0f : 460.0f, 240.0f, 150.0f);
		assert_true(several > i);	/* each person adds one or two */
	}
	wall(120, 110, 100);
	put(2, 180.0f, 240.0f, 240.0f, 0.0f);
	put(3, 45.0f, 520.0f, 160.0f, 0.0f);
	assert_int_equal(look(&t.frame), FACE_OK);
	assert_true(t.f.embed_dim > 0);
	t.pipeline.alone = true;
}

static void
a_face_at_the_border_is_cut(void **state)
{
	static const float at[][2] = { { 40, 240 }, { 600, 240 }, { 300, 40 } };

	(void)state;
	t.pipeline.alone = false;
	for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
		wall(120, 110, 100);
		put(2, 160.0f, at[k][0], at[k][1], 0.0f);
		assert_int_equal(look(&t.frame), FACE_CUT);
		assert_int_equal(t.f.embed_dim, 0);
	}
	t.pipeline.alone = true;
}

/* Nearly half the face beyond the border, the chin's side as well; a picture alone is looked at with its mirror image. */
static void
half_a_face_at_a_border_is_cut(void **state)
{
	static const float at[][2] = { { 8, 240 }, { 632, 240 }, { 300, 448 } };
	unsigned cut = 0;

	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++)
		for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
			wall(120, 110, 100);
			put(i, 160.0f, at[k][0], at[k][1], 0.0f);
			cut += look(&t.frame) == FACE_CUT;
		}
	print_message("%u of %u half faces found\n", cut, PEOPLE * 3);
	assert_true(cut >= PEOPLE * 3 - 2);
}

/* Of two, the one who stands close is half beyond the border: the passer-by is not taken for the one who is meant. */
static void
half_a_face_before_a_whole_one_is_seen(void **state)
{
	static const float at[][2] = { { 10, 240 }, { 630, 240 }, { 320, 440 } };
	unsigned ok = 0, seen = 0;

	(void)state;
	for (unsigned i = 0; i < PEOPLE; i++)
		for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
			enum face_outcome o;

			wall(120, 110, 100);
			put((i + 3) % PEOPLE, 90.0f, at[k][0] < 320.0f ? 480.0f : 160.0f, 150.0f, 0.0f);
			ok += look(&t.frame) == FACE_OK;
			put(i, 200.0f, at[k][0], at[k][1], 0.0f);
			o = look(&t.frame);
			seen += o == FACE_SEVERAL || o == FACE_CUT;
		}
	print_message("%u of %u half faces before a whole one seen\n", seen, PEOPLE * 3);
	assert_int_equal(ok, PEOPLE * 3);
	assert_true(seen >= PEOPLE * 3 - 2);
}

static void
nobody_is_in_walls_patterns_and_the_dark(void **state)
{
	uint32_t noise = 7;

	(void)state;
	for (unsigned k = 0; k < 6; k++) {
		wall((uint8_t)(40 + 30 * k), (uint8_t)(200 - 25 * k), (uint8_t)(60 + 20 * k));
		assert_int_equal(look(&t.frame), FACE_NONE);
		for (size_t y = 0; y < H; y++)	/* stripes, boards and rings */
			for (size_t x = 0; x < W; x++) {
				size_t part = k % 3 == 0 ? (x + k * y / 3) / (8 + 6 * k) : k % 3 == 1 ? x / (10 * k) + y / (10 * k) :
				    (size_t)hypotf((float)x - 320.0f, (float)y - 240.0f) / (6 * k);

				memset(t.frame.rgb + (y * W + x) * 3, part % 2 == 0 ? 60 : 190, 3);
			}
		assert_int_equal(look(&t.frame), FACE_NONE);
		for (size_t i = 0; i < (size_t)W * H * 3; i++) {
			noise = noise * 1664525u + 1013904223u;
			t.frame.rgb[i] = (uint8_t)(60 + (noise >> 24) / (k + 2));
		}
		assert_int_equal(look(&t.frame), FACE_NONE);
		assert_int_equal(t.f.embed_dim, 0);
	}
	for (size_t i = 0; i < (size_t)W * H * 3; i++)
		t.frame.rgb[i] = (uint8_t)(i % 5);
	assert_int_equal(look(&t.frame), FACE_DARK);
	assert_int_equal(t.f.embed_dim, 0);
}

/* What one picture alone gets in one go, the frames of a stream get one after another. */
static void
a_stream_finds_what_a_picture_finds(void **state)
{
	unsigned seen = 0;

	(void)state;
	wall(150, 140, 120);
	put(2, 34.0f, 500.0f, 350.0f, 0.0f);
	assert_int_equal(look(&t.frame), FACE_SMALL);
	t.pipeline.alone = false;
	for (uint64_t seq = 0; seq < STREAM; seq++) {
		t.f = (struct vision_features){ .seq = seq };
		assert_int_equal(face_pipeline_run(&t.pipeline, &t.frame, 0, NULL, &t.f), RC_OK);
		seen += t.f.faces > 0;
	}
	t.pipeline.alone = true;
	print_message("a far face in %u of %u frames\n", seen, STREAM);
	assert_true(seen > 0 && seen < STREAM);
}

static void
many_faces_are_found(void **state)
{
	const char *data = getenv("COUNTERSIGN_DATA");
	char path[4096], *roots[2] = { path, NULL };
	unsigned pictures = 0, none = 0;
	FTSENT *at = NULL;
	FTS *walk = NULL;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/lfw-dev/images", data != NULL ? data : "");
	if (data == NULL || (walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL ||
	    (at = fts_read(walk)) == NULL || at->fts_info != FTS_D) {
		print_message("skipped: no lfw-dev in the folder that COUNTERSIGN_DATA names\n");
		skip();
	}
	while ((at = fts_read(walk)) != NULL) {
		struct image im = { 0 };

		if (at->fts_info != FTS_F || strstr(at->fts_name, ".jpg") == NULL)
			continue;
		assert_int_equal(image_jpeg_read_file(t.jpeg, at->fts_path, PICTURE_MAX, &im), RC_OK);
		pictures++;
		none += look(&im) == FACE_NONE;
		image_free(&im);
	}
	(void)fts_close(walk);
	print_message("%u of %u photographs without a face\n", none, pictures);
	assert_true(pictures > 0 && none <= pictures / 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tilted_heads_are_found),
		cmocka_unit_test(faces_of_60_pixels_are_found_anywhere),
		cmocka_unit_test(faces_of_20_pixels_are_small),
		cmocka_unit_test(two_people_are_several_but_not_one_far_behind),
		cmocka_unit_test(a_face_at_the_border_is_cut),
		cmocka_unit_test(half_a_face_at_a_border_is_cut),
		cmocka_unit_test(half_a_face_before_a_whole_one_is_seen),
		cmocka_unit_test(nobody_is_in_walls_patterns_and_the_dark),
		cmocka_unit_test(a_stream_finds_what_a_picture_finds),
		cmocka_unit_test(many_faces_are_found),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
