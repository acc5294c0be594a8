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

struct image_rows {
	/* n bytes of row a, `below` of the way to row b; to[n] becomes 0. */
	void (*mix)(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, float below, float *restrict to);
	/* n points of such a row, which has a number behind the last pixel; their `below` is not looked at. */
	void (*between)(const float *restrict mixed, const struct image_tap *restrict tap, size_t n,
	    image_pixel *restrict to);
	/* n pixels of a halved row from two rows of 2 n pixels: rounded means of four. */
	void (*halve)(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, uint8_t *restrict to);
};

const struct image_rows *image_rows_for(enum cpu_isa isa);

extern const struct image_rows image_rows_plain, image_rows_avx2;	/* for image_rows_for() and tests */

#endif
