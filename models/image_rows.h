/*
 * image_rows.h - the loops over a picture's rows that take the time of a warp
 * and of a pyramid, compiled once for any processor and once for AVX2.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both give the same numbers, but for the last bit where a compiler fuses a
 * product and a sum. Nothing overlaps anywhere.
 * Threads: pure functions.
 */
#ifndef MODELS_IMAGE_ROWS_H
#define MODELS_IMAGE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "models/cpu_isa.h"

/* A pixel's channels in the first three lanes; the fourth means nothing. */
typedef float image_pixel __attribute__((vector_size(16)));

/* Where a point lies: the first byte of its upper left pixel, and how far right of and below its centre. */
struct image_tap { size_t at; float right, below; };

/* A level of a pyramid, and the map that says where a column and a row lie in the picture. */
struct image_slope {
	const uint8_t *rgb;		/* of the level */
	uint32_t width, height;
	float shrink;			/* pixels of the level per pixel of the picture */
	const float *m;			/* of the map (image.h) */
};

/* Along one axis: the pixel left of (above) continuous v, and how far beyond its centre v lies. Beyond the outermost
 * centres the border goes on. */
static inline uint32_t
image_tap_axis(float v, uint32_t side, float *beyond)
{
	float c = v - 0.5f, most = (float)(side - 1);
	uint32_t i;

	c = c < 0.0f ? 0.0f : c > most ? most : c;
	i = (uint32_t)(int32_t)c;
	if (i > side - 2)
		i = side - 2;
	*beyond = c - (float)(int32_t)i;
	return i;
}

struct image_rows {
	/* Columns i ... i + n - 1 of row j of any map, all inside the picture. */
	void (*slope)(const struct image_slope *s, uint32_t i, uint32_t j, size_t n, image_pixel *restrict to);
	/* n bytes of row a, `below` of the way to row b; to[n] becomes 0. */
	void (*mix)(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, float below, float *restrict to);
	/* n points of such a row, which has a number behind the last pixel; their `below` is not looked at. */
	void (*between)(const float *restrict mixed, const struct image_tap *restrict tap, size_t n,
	    image_pixel *restrict to);
	/* The same, times factor and plus offset, as three numbers a point. */
	void (*numbers)(const float *restrict mixed, const struct image_tap *restrict tap, size_t n, image_pixel factor,
	    image_pixel offset, float *restrict to);
	/* The same of n pixels side by side. */
	void (*pixels)(const uint8_t *restrict a, size_t n, image_pixel factor, image_pixel offset, float *restrict to);
	/* Adds n bytes to as many sums, which stay below 65,536. */
	void (*add)(const uint8_t *restrict a, size_t n, uint16_t *restrict sum);
	/* n pixels of a halved row from two rows of 2 n pixels: rounded means of four. */
	void (*halve)(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, uint8_t *restrict to);
};

const struct image_rows *image_rows_for(enum cpu_isa isa);

extern const struct image_rows image_rows_plain, image_rows_avx2;	/* for image_rows_for() and tests */

#endif
