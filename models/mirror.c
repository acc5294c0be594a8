/*
 * mirror.c - see mirror.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "models/mirror.h"

/* Pixel i of a row of n that goes on as its own mirror image, on both sides. */
static uint32_t
mirrored(int64_t i, uint32_t n)
{
	int64_t period = 2 * (int64_t)n;

	i = (i % period + period) % period;
	return (uint32_t)(i < (int64_t)n ? i : period - 1 - i);
}

enum rc
mirror_make(struct image_pyramid *p, float scale, uint32_t margin, struct image *out)
{
	struct image_map map = { { scale, 0.0f, 0.0f, 0.0f, scale, 0.0f } };
	struct image small = { 0 };
	enum rc r;

	if ((r = image_make(&small, (uint32_t)fmaxf((float)p->width / scale, 1.0f),
	    (uint32_t)fmaxf((float)p->height / scale, 1.0f))) != RC_OK ||
	    (r = image_warp(p, &map, NULL, small.width, small.height, small.rgb)) != RC_OK ||
	    (r = image_make(out, small.width + 2 * margin, small.height + 2 * margin)) != RC_OK)
		goto out;
	for (uint32_t y = 0; y < out->height; y++) {
		const uint8_t *from = small.rgb + (size_t)mirrored((int64_t)y - margin, small.height) * small.width * 3;
		uint8_t *to = out->rgb + (size_t)y * out->width * 3;

		for (uint32_t x = 0; x < out->width; x++)
			memcpy(to + (size_t)x * 3, from + (size_t)mirrored((int64_t)x - margin, small.width) * 3, 3);
	}
out:
	image_free(&small);
	return r;
}
