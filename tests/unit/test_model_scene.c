/*
 * test_model_scene.c - cells, light, noise and colours of pictures that are
 * drawn number by number.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/area.h"
#include "models/image_jpeg.h"
#include "models/scene.h"
#include "proto/limits.h"

#define WIDTH  640u
#define HEIGHT 480u

static void
must(enum rc r)
{
	assert_string_equal(rc_name(r), "RC_OK");
}

/* About normal: the sum of four even numbers, of variance 1. */
static float
noise(uint32_t *seed)
{
	float sum = 0.0f;

	for (int i = 0; i < 4; i++) {
		*seed = *seed * 1664525u + 1013904223u;
		sum += (float)(*seed >> 8) / 16777216.0f - 0.5f;
	}
	return sum * sqrtf(3.0f);
}

/* Grey that rises to the right and falls downwards, with noise; the upper part of wild small squares. */
static void
draw(struct image *im, float sigma, float wild)
{
	uint32_t seed = 99;

	for (uint32_t y = 0; y < im->height; y++)
		for (uint32_t x = 0; x < im->width; x++) {
			float v = 60 + 100 * (float)x / (float)im->width + 50 * (float)y / (float)im->height + sigma * noise(&seed);
			uint8_t *p = im->rgb + ((size_t)y * im->width + x) * 3;

			if ((float)y < wild * (float)im->height)
				v = (x / 4 * 7 + y / 4 * 5) % 11 < 5 ? 60 : 180;
			p[0] = p[1] = p[2] = (uint8_t)lrintf(fmaxf(0, fminf(255, v)));
		}
}

static struct vision_features
look(const struct image *im)
{
	struct vision_features f = { 0 };
	struct scene s;

	scene_look(im, &s, &f);
	return f;
}

static void
cells_are_means(void **state)
{
	struct image im = { 0 };
	struct vision_features f;
	float sum = 0;

	(void)state;
	must(image_make(&im, WIDTH, HEIGHT));
	draw(&im, 0, 0);
	f = look(&im);
	for (unsigned y = 0; y < VISION_SCENE_H; y++)
		for (unsigned x = 0; x < VISION_SCENE_W; x++) {
			float v = 60 + 100 * ((float)x + 0.5f) / VISION_SCENE_W + 50 * ((float)y + 0.5f) / VISION_SCENE_H;

			assert_true(fabsf((float)f.scene[y][x] - v) <= 1.5f);
			sum += (float)f.scene[y][x] / (VISION_SCENE_W * VISION_SCENE_H);
		}
	assert_true(fabsf(f.light - sum) < 0.01f && fabsf(f.light - 135) < 1);
	image_free(&im);
}

/* From one JPEG, decoded at each size that the decoder has. */
static void
decoded_smaller_it_is_the_same_scene(void **state)
{
	struct image_jpeg *jpeg = NULL;
	struct image im = { 0 }, small = { 0 };
	uint8_t *bytes = malloc(JPEG_MAX_BYTES);
	struct image_jpeg_info info;
	struct vision_features full;
	size_t n;

	(void)state;
	assert_non_null(bytes);
	must(image_jpeg_open(&jpeg));
	must(image_make(&im, WIDTH, HEIGHT));
	must(image_make(&small, WIDTH, HEIGHT));
	draw(&im, 3, 0.2f);
	must(image_jpeg_encode(jpeg, &im, 85, bytes, JPEG_MAX_BYTES, &n));
	must(image_jpeg_look(bytes, n, &info));
	must(image_jpeg_decode_to(jpeg, bytes, n, &info, 0, &im, (size_t)WIDTH * HEIGHT * 3));
	full = look(&im);
	for (unsigned halved = 1; halved <= IMAGE_JPEG_HALVED_MAX; halved++) {
		struct vision_features f;
		float apart = 0;

		must(image_jpeg_decode_to(jpeg, bytes, n, &info, halved, &small, (size_t)WIDTH * HEIGHT * 3));
		assert_int_equal(small.halved, halved);
		f = look(&small);
		for (unsigned i = 0; i < VISION_SCENE_W * VISION_SCENE_H; i++)
			apart = fmaxf(apart, fabsf((float)f.scene[i / VISION_SCENE_W][i % VISION_SCENE_W] -
			    (float)full.scene[i / VISION_SCENE_W][i % VISION_SCENE_W]));
		/* At a quarter and an eighth, cells begin inside pixels: those at edges in the picture differ. */
		assert_true(apart <= (halved == 1 ? 3 : 40) && fabsf(f.light - full.light) < 0.5f);
	}
	image_jpeg_close(jpeg);
	image_free(&im);
	image_free(&small);
	free(bytes);
}

static void
fill(struct image *im, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1, uint8_t r, uint8_t g, uint8_t b)
{
	for (uint32_t y = y0; y < y1; y++)
		for (uint32_t x = x0; x < x1; x++) {
			uint8_t *p = im->rgb + ((size_t)y * im->width + x) * 3;

			p[0] = r;
			p[1] = g;
			p[2] = b;
		}
}

/* A blue wall, a red head with shoulders; the aligned face is of skin. */
static void
skin_and_back_are_apart(void **state)
{
	static uint8_t chip[ALIGN_BYTES];
	struct vision_features f = { .width = WIDTH, .height = HEIGHT, .faces = 1, .face = { { 260, 150, 120, 120, 1 } } };
	struct image im = { 0 };
	struct scene s;

	(void)state;
	must(image_make(&im, WIDTH, HEIGHT));
	fill(&im, 0, 0, WIDTH, HEIGHT, 20, 40, 200);
	fill(&im, 210, 90, 430, 480, 220, 30, 10);
	fill(&im, 80, 270, 560, 480, 220, 30, 10);
	for (size_t i = 0; i < ALIGN_BYTES; i++)
		chip[i] = (uint8_t)(i % 3 == 0 ? 190 : i % 3 == 1 ? 140 : 110);
	for (size_t y = 40; y < 62; y++)	/* eyes and brows do not count */
		memset(chip + y * ALIGN_SIDE * 3, 0, (size_t)ALIGN_SIDE * 3);
	scene_look(&im, &s, &f);
	scene_colours(&s, chip, &f);
	assert_true(f.back[0] == 20 && f.back[1] == 40 && f.back[2] == 200);
	assert_true(f.skin[0] == 190 && f.skin[1] == 140 && f.skin[2] == 110);
	f.faces = 2;		/* another head is no background either */
	f.face[1] = (struct vision_box){ 20, 20, 60, 60, 1 };
	fill(&im, 25, 25, 75, 75, 250, 250, 250);
	scene_look(&im, &s, &f);
	scene_colours(&s, chip, &f);
	assert_true(f.back[0] == 20 && f.back[1] == 40 && f.back[2] == 200);
	f.face[0] = (struct vision_box){ -20, -20, 680, 520, 1 };	/* nothing is left */
	scene_colours(&s, chip, &f);
	assert_true(f.back[0] == 0 && f.back[1] == 0 && f.back[2] == 0);
	image_free(&im);
}

static void
any_size_will_do(void **state)
{
	static const uint32_t size[][2] = { { 1, 1 }, { 8, 8 }, { 63, 47 }, { 65, 49 }, { 64, 2048 }, { 4096, 50 }, { 799, 601 } };

	(void)state;
	for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
		struct image im = { 0 };
		struct vision_features f;

		must(image_make(&im, size[i][0], size[i][1]));
		memset(im.rgb, 77, (size_t)im.width * im.height * 3);
		f = look(&im);
		for (unsigned k = 0; k < VISION_SCENE_W * VISION_SCENE_H; k++)
			assert_int_equal(f.scene[k / VISION_SCENE_W][k % VISION_SCENE_W], 77);
		assert_true(f.light == 77.0f);
		image_free(&im);
	}
}

/* Means of whole areas where the sides fit; else in proportion, in the middle, black beside it. */
static void
small_pictures_keep_their_proportions(void **state)
{
	static const struct { uint32_t w, h, left, top; } t[] = {
		{ 640, 480, 0, 0 }, { 320, 240, 0, 0 }, { 640, 360, 0, 15 }, { 480, 640, 35, 0 }, { 1, 1, 20, 0 }, { 4096, 64, 0, 59 },
		{ 64, 4096, 79, 0 }, { 800, 600, 0, 0 },
	};
	uint8_t small[EVIDENCE_H][EVIDENCE_W];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct image im = { 0 };

		must(image_make(&im, t[i].w, t[i].h));
		memset(im.rgb, 90, (size_t)im.width * im.height * 3);
		area_picture(&im, small);
		for (uint32_t y = 0; y < EVIDENCE_H; y++)
			for (uint32_t x = 0; x < EVIDENCE_W; x++) {
				bool in = x >= t[i].left && x < EVIDENCE_W - t[i].left && y >= t[i].top && y < EVIDENCE_H - t[i].top;

				if (t[i].left == 0 || (x != EVIDENCE_W - t[i].left - 1 && x != t[i].left))	/* odd rests */
					if (t[i].top == 0 || (y != EVIDENCE_H - t[i].top - 1 && y != t[i].top))
						assert_int_equal(small[y][x], in ? 90 : 0);
			}
		image_free(&im);
	}
}

static void
small_pictures_are_means(void **state)
{
	uint8_t small[EVIDENCE_H][EVIDENCE_W];
	struct image im = { 0 };

	(void)state;
	must(image_make(&im, 320, 240));
	draw(&im, 0, 0);
	area_picture(&im, small);
	for (uint32_t y = 0; y < EVIDENCE_H; y++)
		for (uint32_t x = 0; x < EVIDENCE_W; x++) {
			const uint8_t *a = im.rgb + ((size_t)2 * y * im.width + 2 * x) * 3, *b = a + (size_t)im.width * 3;

			assert_in_range(4 * small[y][x] + 4, a[0] + a[3] + b[0] + b[3], a[0] + a[3] + b[0] + b[3] + 8);
		}
	image_free(&im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_means),
		cmocka_unit_test(decoded_smaller_it_is_the_same_scene),
		cmocka_unit_test(skin_and_back_are_apart),
		cmocka_unit_test(any_size_will_do),
		cmocka_unit_test(small_pictures_keep_their_proportions),
		cmocka_unit_test(small_pictures_are_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
