/*
 * image_rows_body.h - image_rows.h, once for each file that includes it with
 * ROWS_TABLE defined and compiler options of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "models/image_rows.h"

#define PART 256u	/* destination pixels at a time */

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
halve(const uint8_t *restrict a, const uint8_t *restrict b, size_t n, uint8_t *restrict to)
{
	uint16_t sum[6 * PART];

	for (size_t part; n > 0; n -= part, a += 6 * part, b += 6 * part, to += 3 * part) {
		part = n < PART ? n : PART;
		for (size_t i = 0; i < 6 * part; i++)
			sum[i] = (uint16_t)(a[i] + b[i] + 1);
		for (size_t i = 0; i < part; i++)
			for (size_t c = 0; c < 3; c++)
				to[3 * i + c] = (uint8_t)((sum[6 * i + c] + sum[6 * i + 3 + c]) >> 2);
	}
}

const struct image_rows ROWS_TABLE = { mix, between, halve };
