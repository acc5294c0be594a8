/*
 * image_rows_body.h - image_rows.h, once for each file that includes it with
 * ROWS_TABLE defined and compiler options of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "models/image_rows.h"

#define PART 256u	/* destination pixels at a time */
#define WIDE 8u		/* ... of which each channel fills a vector */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pixels are loaded as little endian words");

typedef int32_t lanes_i __attribute__((vector_size(16)));

/* Four bytes as the lanes r, 256 g, 65536 b, 0. */
static image_pixel
spread(uint32_t four)
{
	lanes_i v = { (int32_t)four, (int32_t)four, (int32_t)four, (int32_t)four };

	return __builtin_convertvector(v & (lanes_i){ 0xff, 0xff00, 0xff0000, 0 }, image_pixel);
}

/* Two neighbours, `right` of the way from one to the other. The second is loaded from the byte before it, so that no
 * load ends behind it. */
static image_pixel
neighbours(const uint8_t *p, image_pixel right)
{
	uint32_t a, b;
	image_pixel from;

	memcpy(&a, p, sizeof a);
	memcpy(&b, p + 2, sizeof b);
	from = spread(a);
	return from + (spread(b >> 8) - from) * right;
}

/* Brings the lanes of spread() to 0 ... 255. */
static const image_pixel byte = { 1.0f, 1.0f / 256, 1.0f / 65536, 0.0f };

/* p: the upper left of four pixels, rows `stride` bytes apart. */
static inline image_pixel
sample(const uint8_t *p, size_t stride, float r, float b)
{
	image_pixel right = { r, r, r, r }, below = { b, b, b, b };
	image_pixel top = neighbours(p, right), bottom = neighbours(p + stride, right);

	return (top + (bottom - top) * below) * byte;
}

/* A point costs four loads of four bytes. */
static void
slope(const struct image_slope *s, uint32_t i, uint32_t j, size_t n, image_pixel *restrict to)
{
	const float *m = s->m, dj = (float)j + 0.5f;
	size_t stride = (size_t)s->width * 3;

	for (size_t k = 0; k < n; k++) {
		float di = (float)(i + (uint32_t)k) + 0.5f, right, below;
		uint32_t x = image_tap_axis((m[0] * di + m[1] * dj + m[2]) * s->shrink, s->width, &right);
		uint32_t y = image_tap_axis((m[3] * di + m[4] * dj + m[5]) * s->shrink, s->height, &below);

		to[k] = sample(s->rgb + y * stride + (size_t)x * 3, stride, right, below);
	}
}

static void
mix(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, float below, float *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (float)a[i] + (float)(b[i] - a[i]) * below;
	to[n] = 0.0f;
}

static void
between(const float *restrict mixed, const struct image_tap *restrict tap, size_t n, image_pixel *restrict to)
{
	for (size_t i = 0; i < n; i++) {
		float right = tap[i].right;
		image_pixel a, b;

		memcpy(&a, mixed + tap[i].at, sizeof a);
		memcpy(&b, mixed + tap[i].at + 3, sizeof b);
		to[i] = a + (b - a) * (image_pixel){ right, right, right, right };
	}
}

static void
numbers(const float *restrict mixed, const struct image_tap *restrict tap, size_t n, image_pixel factor,
    image_pixel offset, float *restrict to)
{
	for (size_t i = 0; i < n; i++, to += 3) {
		float right = tap[i].right;
		image_pixel a, b;

		memcpy(&a, mixed + tap[i].at, sizeof a);
		memcpy(&b, mixed + tap[i].at + 3, sizeof b);
		a = (a + (b - a) * (image_pixel){ right, right, right, right }) * factor + offset;
		/* The fourth lane is overwritten by the next pixel. */
		memcpy(to, &a, i + 1 < n ? sizeof a : 3 * sizeof *to);
	}
}

static void
pixels(const uint8_t *restrict a, size_t n, image_pixel factor, image_pixel offset, float *restrict to)
{
	float f[3 * WIDE], o[3 * WIDE];

	for (size_t i = 0; i < 3 * WIDE; i++) {
		f[i] = factor[i % 3];
		o[i] = offset[i % 3];
	}
	for (; n >= WIDE; n -= WIDE, a += 3 * WIDE, to += 3 * WIDE)
		for (size_t i = 0; i < 3 * WIDE; i++)
			to[i] = (float)a[i] * f[i] + o[i];
	for (size_t i = 0; i < 3 * n; i++)
		to[i] = (float)a[i] * f[i] + o[i];
}

static void
add(const uint8_t *restrict a, size_t n, uint16_t *restrict sum)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = (uint16_t)(sum[i] + a[i]);
}

/* The mean of each byte and the one that is three on, of which every other three are wanted. */
static void
halve(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, uint8_t *restrict to)
{
	uint16_t sum[6 * PART];
	uint8_t mean[6 * PART];

	for (size_t part; n > 0; n -= part, a += 6 * part, b += 6 * part, to += 3 * part) {
		part = n < PART ? n : PART;
		for (size_t i = 0; i < 6 * part; i++)
			sum[i] = (uint16_t)(a[i] + b[i] + 1);
		for (size_t i = 0; i < 6 * part - 3; i++)
			mean[i] = (uint8_t)((sum[i] + sum[i + 3]) >> 2);
		for (size_t i = 0; i + 1 < part; i++)
			memcpy(to + 3 * i, mean + 6 * i, 4);	/* the fourth byte is overwritten by the next pixel */
		memcpy(to + 3 * (part - 1), mean + 6 * (part - 1), 3);
	}
}

const struct image_rows ROWS_TABLE = { slope, mix, between, numbers, pixels, add, halve };
