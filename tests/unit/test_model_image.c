/*
 * test_model_image.c - pictures, JPEG headers, alignment and light on values
 * that can be worked out by hand.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/align.h"
#include "models/eyes.h"
#include "models/image.h"
#include "models/image_jpeg.h"
#include "models/quality.h"
#include "proto/crypto.h"

static struct image
ramp(uint32_t w, uint32_t h)
{
	struct image im;

	assert_int_equal(image_make(&im, w, h), RC_OK);
	for (uint32_t y = 0; y < h; y++)
		for (uint32_t x = 0; x < w; x++) {
			im.rgb[(y * w + x) * 3] = (uint8_t)x;
			im.rgb[(y * w + x) * 3 + 1] = (uint8_t)y;
			im.rgb[(y * w + x) * 3 + 2] = 200;
		}
	return im;
}

static void
sides_are_bounded(void **state)
{
	struct image im = { 0 };

	(void)state;
	assert_int_equal(image_make(&im, 0, 10), RC_INVALID);
	assert_int_equal(image_make(&im, 10, IMAGE_SIDE_MAX + 1), RC_INVALID);
	image_free(&im);
}

static void
warp_copies_and_shifts(void **state)
{
	struct image im = ramp(100, 80);
	struct image_pyramid p = { 0 };
	struct image_map shift = { { 1, 0, 10, 0, 1, -5 } };
	uint8_t out[20 * 20 * 3];

	(void)state;
	assert_int_equal(image_pyramid_show(&p, &im), RC_OK);
	assert_int_equal(image_warp(&p, &shift, NULL, 20, 20, out), RC_OK);
	assert_int_equal(out[(7 * 20 + 3) * 3], 13);	/* x + 10 */
	assert_int_equal(out[(7 * 20 + 3) * 3 + 1], 2);	/* y - 5 */
	assert_int_equal(out[(4 * 20 + 3) * 3 + 2], 0);	/* above the picture: black */
	image_pyramid_close(&p);
	image_free(&im);
}

static void
warp_shrinks_without_aliasing(void **state)
{
	struct image im;
	struct image_pyramid p = { 0 };
	struct image_rect all = { 0, 0, 128, 128 }, left = { 0, 0, 64, 128 };
	struct image_map map = image_map_rect(&all, 16, 16);
	uint8_t out[16 * 16 * 3];

	(void)state;
	assert_int_equal(image_make(&im, 128, 128), RC_OK);
	for (size_t i = 0; i < (size_t)128 * 128; i++)	/* a chessboard of single pixels */
		memset(im.rgb + i * 3, (i / 128 + i) % 2 == 0 ? 0 : 200, 3);
	assert_int_equal(image_pyramid_show(&p, &im), RC_OK);
	assert_int_equal(image_warp(&p, &map, &left, 16, 16, out), RC_OK);
	for (size_t y = 0; y < 16; y++)
		for (size_t x = 0; x < 16; x++)
			assert_int_equal(out[(y * 16 + x) * 3], x < 8 ? 100 : 0);
	map.m[2] = NAN;
	assert_int_equal(image_warp(&p, &map, NULL, 16, 16, out), RC_INVALID);
	image_pyramid_close(&p);
	image_free(&im);
}

/* A level is made only where it is looked at; what is seen does not depend on it. */
static void
parts_of_levels_are_those_of_the_whole(void **state)
{
	struct image im;
	struct image_pyramid part = { 0 }, whole = { 0 };
	struct image_rect all = { 0, 0, 301, 203 };
	const struct image_rect look[] = { { 40, 30, 140, 110 }, { 200, 100, 301, 203 }, { 0, 0, 90, 60 }, { -50, -40, 350, 260 } };
	struct image_map map = image_map_rect(&all, 16, 16);
	uint8_t a[16 * 16 * 3], b[16 * 16 * 3];

	(void)state;
	assert_int_equal(image_make(&im, 301, 203), RC_OK);
	for (size_t i = 0; i < (size_t)301 * 203 * 3; i++)
		im.rgb[i] = (uint8_t)(i * 7919 >> 5);
	assert_int_equal(image_pyramid_show(&whole, &im), RC_OK);
	assert_int_equal(image_warp(&whole, &map, NULL, 16, 16, a), RC_OK);
	assert_int_equal(whole.half[0].x1, 148);	/* what the third halving is made of: 4 x 37 */
	assert_int_equal(image_pyramid_show(&part, &im), RC_OK);
	for (size_t i = 0; i < sizeof look / sizeof look[0]; i++) {
		map = image_map_rect(&look[i], 16, 16);
		assert_int_equal(image_warp(&part, &map, NULL, 16, 16, a), RC_OK);
		assert_int_equal(image_warp(&whole, &map, NULL, 16, 16, b), RC_OK);
		assert_memory_equal(a, b, sizeof a);
		if (i == 0)
			assert_true(part.half[0].x1 > 0 && part.half[0].x1 < 100 && part.half[0].x0 > 10);
	}
	image_pyramid_close(&part);
	image_pyramid_close(&whole);
	image_free(&im);
}

/* Rows of odd lengths, as each kind of processor computes them, and as one number after the other says. */
static void
rows_are_alike_everywhere(void **state)
{
	const struct image_rows *const kind[] = { &image_rows_plain, image_rows_for(cpu_isa_best()) };
	uint8_t a[6 * 301], b[6 * 301], half[3 * 301];
	const image_pixel factor = { 0.5f, 0.25f, 2.0f, 0.0f }, offset = { -1.0f, 3.0f, 0.0f, 9.0f };
	struct image_tap tap[67];
	image_pixel between[67];
	float mixed[6 * 301 + 1], numbers[3 * 67 + 1];
	uint16_t sum[305];

	(void)state;
	for (size_t i = 0; i < sizeof a; i++) {
		a[i] = (uint8_t)(i * 7919 >> 5);
		b[i] = (uint8_t)(i * 104729 >> 7);
	}
	for (size_t i = 0; i < 67; i++)
		tap[i] = (struct image_tap){ .at = 3 * (i * 3 / 2), .right = (float)(i % 8) / 8 };
	for (size_t k = 0; k < 2; k++) {
		mixed[305] = 1.0f;
		kind[k]->mix(a, b, 305, 0.375f, mixed);
		for (size_t i = 0; i < 305; i++)
			assert_true(fabsf(mixed[i] - (0.625f * (float)a[i] + 0.375f * (float)b[i])) < 1e-4f);
		assert_true(mixed[305] == 0.0f);
		kind[k]->between(mixed, tap, 67, between);
		for (size_t i = 0; i < 67; i++)
			for (size_t c = 0; c < 3; c++) {
				const float *p = mixed + tap[i].at + c;

				assert_true(fabsf(between[i][c] - (p[0] + (p[3] - p[0]) * tap[i].right)) < 1e-4f);
			}
		numbers[3 * 67] = 7.0f;
		kind[k]->numbers(mixed, tap, 67, factor, offset, numbers);
		for (size_t i = 0; i < 3 * 67; i++)
			assert_true(fabsf(numbers[i] - (between[i / 3][i % 3] * factor[i % 3] + offset[i % 3])) < 1e-3f);
		assert_true(numbers[3 * 67] == 7.0f);
		kind[k]->pixels(a, 67, factor, offset, numbers);
		for (size_t i = 0; i < 3 * 67; i++)
			assert_true(fabsf(numbers[i] - ((float)a[i] * factor[i % 3] + offset[i % 3])) < 1e-3f);
		assert_true(numbers[3 * 67] == 7.0f);
		memset(sum, 0, sizeof sum);
		kind[k]->add(a, 304, sum);
		kind[k]->add(b, 304, sum);
		for (size_t i = 0; i < 304; i++)
			assert_int_equal(sum[i], a[i] + b[i]);
		assert_int_equal(sum[304], 0);
		kind[k]->halve(a, b, 301, half);
		for (size_t i = 0; i < sizeof half; i++) {
			size_t at = i / 3 * 6 + i % 3;

			assert_int_equal(half[i], (a[at] + a[at + 3] + b[at] + b[at + 3] + 2) / 4);
		}
	}
}

/* The same of a map that turns, against four pixels taken by hand; its last points lie beyond the centres of the last pixels. */
static void
slopes_are_alike_everywhere(void **state)
{
	const struct image_rows *const kind[] = { &image_rows_plain, image_rows_for(cpu_isa_best()) };
	const float m[6] = { 0.9f, 0.3f, 2.0f, -0.2f, 1.1f, 21.0f };
	uint8_t rgb[40 * 33 * 3];
	const struct image_slope s = { rgb, 40, 33, 0.5f, m };
	image_pixel got[77];

	(void)state;
	for (size_t i = 0; i < sizeof rgb; i++)
		rgb[i] = (uint8_t)(i * 7919 >> 5);
	for (size_t k = 0; k < 2; k++) {
		kind[k]->slope(&s, 5, 11, 77, got);
		for (size_t i = 0; i < 77; i++) {
			float x = (m[0] * ((float)i + 5.5f) + m[1] * 11.5f + m[2]) / 2 - 0.5f;
			float y = (m[3] * ((float)i + 5.5f) + m[4] * 11.5f + m[5]) / 2 - 0.5f;
			size_t u = x < 38 ? (size_t)x : 38, v = (size_t)y;
			float right = fminf(x - (float)u, 1.0f), below = y - (float)v;

			assert_true(x > 0.0f && y > 0.0f && y < 31.0f);
			for (size_t c = 0; c < 3; c++) {
				const uint8_t *p = rgb + (v * 40 + u) * 3 + c;
				float top = (float)p[0] + ((float)p[3] - (float)p[0]) * right;
				float bottom = (float)p[120] + ((float)p[123] - (float)p[120]) * right;

				assert_true(fabsf(got[i][c] - (top + (bottom - top) * below)) < 0.02f);
			}
		}
		assert_true((m[0] * 81.5f + m[1] * 11.5f + m[2]) / 2 - 0.5f > 38.0f);
	}
}

/* Bytes, numbers for networks and luma are the same picture. */
static void
warps_agree(void **state)
{
	const struct image_norm norm = { { 117.0f, 114.0f, 97.0f }, 1.0f / 255.0f };
	const struct image_map map[] = { { { 1.3f, 0, -8.2f, 0, 1.4f, 4.1f } }, { { 1.1f, -0.4f, 20, 0.4f, 1.1f, -9 } },
	    { { 1, 0, -7, 0, 1, 40 } } };	/* the last one: pixel by pixel, with a border */
	struct image im = ramp(100, 80);
	struct image_pyramid p = { 0 };
	uint8_t bytes[60 * 60 * 3], luma[60 * 60];
	float numbers[60 * 60 * 3], grey[60 * 60];

	(void)state;
	assert_int_equal(image_pyramid_show(&p, &im), RC_OK);
	for (size_t k = 0; k < 3; k++) {
		assert_int_equal(image_warp(&p, &map[k], NULL, 60, 60, bytes), RC_OK);
		assert_int_equal(image_warp_numbers(&p, &map[k], NULL, 60, 60, &norm, numbers), RC_OK);
		assert_int_equal(image_warp_luma(&p, &map[k], NULL, 60, 60, 1.0f, grey), RC_OK);
		image_luma(bytes, (size_t)60 * 60, luma);
		for (size_t i = 0; i < sizeof bytes; i++)
			assert_true(fabsf(numbers[i] * 255.0f + norm.mean[i % 3] - (float)bytes[i]) < 0.51f);
		for (size_t i = 0; i < sizeof luma; i++)
			assert_true(fabsf(grey[i] - (float)luma[i]) < 1.1f);
	}
	image_pyramid_close(&p);
	image_free(&im);
}

static void
jpeg_comes_smaller(void **state)
{
	struct image im = ramp(121, 90), small = { 0 };
	struct image_jpeg_info info;
	struct image_jpeg *j;
	uint8_t buf[20000], rgb[61 * 45 * 3];
	size_t n;

	(void)state;
	assert_int_equal(image_jpeg_open(&j), RC_OK);
	assert_int_equal(image_jpeg_encode(j, &im, 95, buf, sizeof buf, &n), RC_OK);
	assert_int_equal(image_jpeg_look(buf, n, &info), RC_OK);
	small.rgb = rgb;
	assert_int_equal(image_jpeg_decode_to(j, buf, n, &info, 1, &small, sizeof rgb), RC_OK);
	assert_int_equal(small.width, 61);
	assert_int_equal(small.height, 45);
	assert_int_equal(small.full_width, 121);
	assert_int_equal(small.full_height, 90);
	assert_int_equal(small.halved, 1);
	for (size_t y = 2; y < 43; y++)		/* pixel x of the half stands for 2x and 2x + 1 */
		for (size_t x = 2; x < 58; x++)
			assert_true(abs(rgb[(y * 61 + x) * 3] - (int)(2 * x)) < 12 && abs(rgb[(y * 61 + x) * 3 + 1] - (int)(2 * y)) < 12);
	assert_int_equal(image_jpeg_decode_to(j, buf, n, &info, 1, &small, sizeof rgb - 1), RC_TOO_BIG);
	assert_int_equal(small.width, 0);
	info.width--;
	assert_int_equal(image_jpeg_decode_to(j, buf, n, &info, 1, &small, sizeof rgb), RC_IMAGE_BAD);
	image_jpeg_close(j);
	image_free(&im);
}

static void
jpeg_round_trip(void **state)
{
	struct image im = ramp(120, 90), back;
	struct image_jpeg *j;
	struct image_jpeg_info info;
	uint8_t buf[20000];
	size_t n;

	(void)state;
	assert_int_equal(image_jpeg_open(&j), RC_OK);
	assert_int_equal(image_jpeg_encode(j, &im, 90, buf, sizeof buf, &n), RC_OK);
	assert_int_equal(image_jpeg_look(buf, n, &info), RC_OK);
	assert_int_equal(info.width, 120);
	assert_int_equal(info.height, 90);
	assert_int_equal(info.scans, 1);
	assert_int_equal(image_jpeg_decode(j, buf, n, &back), RC_OK);
	for (size_t i = 0; i < (size_t)120 * 90 * 3; i++)
		assert_true(abs(im.rgb[i] - back.rgb[i]) < 24);
	image_free(&back);
	for (size_t k = 0; k < n - 2; k++) {	/* every prefix */
		assert_int_equal(image_jpeg_decode(j, buf, k, &back), RC_IMAGE_BAD);
		assert_null(back.rgb);
	}
	memmove(buf + n / 2, buf + n - 2, 2);	/* half of the data gone, the end marker there: the decoder would warn */
	assert_int_equal(image_jpeg_look(buf, n / 2 + 2, &info), RC_OK);
	assert_int_equal(image_jpeg_decode(j, buf, n / 2 + 2, &back), RC_IMAGE_BAD);
	assert_int_equal(image_jpeg_encode(j, &im, 90, buf, 100, &n), RC_TOO_BIG);
	image_jpeg_close(j);
	image_free(&im);
}

/* Landmarks that put the five points exactly on the chip, then turned, scaled and moved. */
static void
align_finds_the_similarity(void **state)
{
	static const struct { float scale, degrees, dx, dy; } row[] = {
		{ 1, 0, 0, 0 }, { 2, 0, 30, -7 }, { 1.5f, 25, 100, 50 }, { 0.5f, -120, 300, 200 },
	};
	static const float chip[5][2] = { { 38.0487f, 51.3824f }, { 72.5812f, 51.1914f }, { 55.4247f, 71.0219f },
	    { 41.2383f, 91.2382f }, { 69.8353f, 91.0800f } };

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		float a = row[i].scale * cosf(row[i].degrees / 57.29578f), b = row[i].scale * sinf(row[i].degrees / 57.29578f);
		float lm[VISION_LANDMARKS][2] = { { 0 } };
		struct image_map map;

		for (unsigned k = 36; k < 55; k++) {
			const float *c = k < 42 ? chip[0] : k < 48 ? chip[1] : k == 48 ? chip[3] : chip[4];

			lm[k][0] = a * c[0] - b * c[1] + row[i].dx;
			lm[k][1] = b * c[0] + a * c[1] + row[i].dy;
		}
		lm[30][0] = a * chip[2][0] - b * chip[2][1] + row[i].dx;
		lm[30][1] = b * chip[2][0] + a * chip[2][1] + row[i].dy;
		assert_int_equal(align_map(lm, &map), RC_OK);
		assert_true(fabsf(map.m[0] - a) < 1e-4f && fabsf(map.m[3] - b) < 1e-4f);
		assert_true(fabsf(map.m[2] - row[i].dx) < 2e-2f && fabsf(map.m[5] - row[i].dy) < 2e-2f);
	}
}

static void
align_takes_the_middle_of_two_opinions(void **state)
{
	float a[VISION_LANDMARKS][2], b[VISION_LANDMARKS][2];

	(void)state;
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		a[i][0] = (float)i;
		a[i][1] = 10.0f;
		b[i][0] = (float)i + 4.0f;
		b[i][1] = 8.0f;
	}
	align_mean(a, b, a);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		assert_float_equal(a[i][0], (float)i + 2.0f, 1e-5f);
		assert_float_equal(a[i][1], 9.0f, 1e-5f);
	}
}

static void
align_refuses_a_single_point(void **state)
{
	float lm[VISION_LANDMARKS][2] = { { 0 } };
	struct image_map map;

	(void)state;
	assert_int_equal(align_map(lm, &map), RC_FACE_QUALITY);
	lm[36][0] = NAN;
	assert_int_equal(align_map(lm, &map), RC_FACE_QUALITY);
}

static void
eye_ratio_is_height_over_width(void **state)
{
	const float open[6][2] = { { 0, 0 }, { 10, -5 }, { 20, -5 }, { 30, 0 }, { 20, 5 }, { 10, 5 } };
	const float shut[6][2] = { { 0, 0 }, { 10, 0 }, { 20, 0 }, { 30, 0 }, { 20, 0 }, { 10, 0 } };
	const float none[6][2] = { { 0 } };

	(void)state;
	assert_true(fabsf(eyes_aspect_ratio(open) - 1.0f / 3.0f) < 1e-6f);
	assert_true(eyes_aspect_ratio(shut) == 0.0f);
	assert_true(eyes_aspect_ratio(none) == 0.0f);
}

static void
light_is_measured(void **state)
{
	uint8_t *chip = malloc(ALIGN_BYTES);
	struct vision_features f = { 0 };

	(void)state;
	assert_non_null(chip);
	memset(chip, 77, ALIGN_BYTES);
	quality_light(chip, &f);
	assert_true(fabsf(f.brightness - 77.0f) < 0.6f && f.sharpness < 1e-3f);
	for (size_t i = 0; i < ALIGN_BYTES; i++)
		chip[i] = (uint8_t)((i / 3 + i / 3 / ALIGN_SIDE) % 2 * 255);
	quality_light(chip, &f);
	assert_true(fabsf(f.brightness - 127.5f) < 1.0f && f.sharpness > 1e5f);
	free(chip);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sides_are_bounded),
		cmocka_unit_test(warp_copies_and_shifts),
		cmocka_unit_test(warp_shrinks_without_aliasing),
		cmocka_unit_test(parts_of_levels_are_those_of_the_whole),
		cmocka_unit_test(warps_agree),
		cmocka_unit_test(rows_are_alike_everywhere),
		cmocka_unit_test(slopes_are_alike_everywhere),
		cmocka_unit_test(jpeg_round_trip),
		cmocka_unit_test(jpeg_comes_smaller),
		cmocka_unit_test(align_finds_the_similarity),
		cmocka_unit_test(align_takes_the_middle_of_two_opinions),
		cmocka_unit_test(align_refuses_a_single_point),
		cmocka_unit_test(eye_ratio_is_height_over_width),
		cmocka_unit_test(light_is_measured),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
