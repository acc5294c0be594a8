/*
 * image.c - see image.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/image.h"
#include "proto/crypto.h"
#include "proto/limits.h"

enum rc
image_make(struct image *im, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0 || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return RC_INVALID;
	if ((im->rgb = calloc((size_t)width * height, 3)) == NULL)
		return RC_NOMEM;
	im->width = width;
	im->height = height;
	return RC_OK;
}

void
image_free(struct image *im)
{
	if (im->rgb != NULL)
		crypto_wipe(im->rgb, (size_t)im->width * im->height * 3);
	free(im->rgb);
	*im = (struct image){ 0 };
}

void
image_pyramid_start(struct image_pyramid *p, const struct image *base)
{
	*p = (struct image_pyramid){ .base = base };
}

void
image_pyramid_end(struct image_pyramid *p)
{
	for (unsigned i = 0; i < IMAGE_LEVELS - 1; i++)
		image_free(&p->half[i]);
	p->base = NULL;
}

/* Means of 2x2 pixels; an odd last row or column is left out. */
static enum rc
image_halve(const struct image *from, struct image *to)
{
	uint32_t w = from->width / 2, h = from->height / 2;
	size_t stride = (size_t)from->width * 3;
	enum rc r;

	if ((r = image_make(to, w, h)) != RC_OK)
		return r;
	for (uint32_t y = 0; y < h; y++) {
		const uint8_t *a = from->rgb + 2 * y * stride, *b = a + stride;
		uint8_t *d = to->rgb + (size_t)y * w * 3;

		for (uint32_t x = 0; x < w; x++, a += 6, b += 6, d += 3) {
			d[0] = (uint8_t)((a[0] + a[3] + b[0] + b[3] + 2) / 4);
			d[1] = (uint8_t)((a[1] + a[4] + b[1] + b[4] + 2) / 4);
			d[2] = (uint8_t)((a[2] + a[5] + b[2] + b[5] + 2) / 4);
		}
	}
	return RC_OK;
}

/* The level on which one step of the destination is less than two pixels. */
static enum rc
pyramid_level(struct image_pyramid *p, const struct image_map *map, const struct image **level, float *shrink)
{
	float step = sqrtf(fabsf(map->m[0] * map->m[4] - map->m[1] * map->m[3]));
	unsigned want = 0;
	enum rc r;

	*level = p->base;
	*shrink = 1.0f;
	for (; step >= 2.0f && want < IMAGE_LEVELS - 1; want++, step /= 2.0f) {
		struct image *next = &p->half[want];

		if ((*level)->width < 2 || (*level)->height < 2)
			break;
		if (next->rgb == NULL && (r = image_halve(*level, next)) != RC_OK)
			return r;
		*level = next;
		*shrink *= 0.5f;
	}
	return RC_OK;
}

static float
clamp(float v, float low, float high)
{
	return v < low ? low : v > high ? high : v;
}

/* Bilinear at continuous x, y of im; beyond the outermost centres the border goes on. */
static void
sample(const struct image *im, float x, float y, uint8_t dst[3])
{
	float cx = clamp(x - 0.5f, 0.0f, (float)(im->width - 1)), cy = clamp(y - 0.5f, 0.0f, (float)(im->height - 1));
	uint32_t x0 = (uint32_t)cx, y0 = (uint32_t)cy;
	int fx = (int)((cx - (float)x0) * 256.0f + 0.5f), fy = (int)((cy - (float)y0) * 256.0f + 0.5f);
	size_t right = x0 + 1 < im->width ? 3 : 0, below = y0 + 1 < im->height ? (size_t)im->width * 3 : 0;
	const uint8_t *p = im->rgb + ((size_t)y0 * im->width + x0) * 3;

	for (int c = 0; c < 3; c++, p++) {
		int top = p[0] * (256 - fx) + p[right] * fx;
		int bottom = p[below] * (256 - fx) + p[below + right] * fx;

		dst[c] = (uint8_t)((top * (256 - fy) + bottom * fy + 32768) >> 16);
	}
}

enum rc
image_warp(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, uint8_t *dst)
{
	struct image_rect in = { 0.0f, 0.0f, (float)p->base->width, (float)p->base->height };
	const struct image *level;
	const float *m = map->m;
	float shrink;
	enum rc r;

	for (int i = 0; i < 6; i++)
		if (!isfinite(m[i]))
			return RC_INVALID;
	if ((r = pyramid_level(p, map, &level, &shrink)) != RC_OK)
		return r;
	if (only != NULL) {
		in.x0 = fmaxf(in.x0, only->x0);
		in.y0 = fmaxf(in.y0, only->y0);
		in.x1 = fminf(in.x1, only->x1);
		in.y1 = fminf(in.y1, only->y1);
	}
	for (uint32_t j = 0; j < height; j++) {
		for (uint32_t i = 0; i < width; i++, dst += 3) {
			float dx = (float)i + 0.5f, dy = (float)j + 0.5f;
			float x = m[0] * dx + m[1] * dy + m[2], y = m[3] * dx + m[4] * dy + m[5];

			if (x >= in.x0 && x < in.x1 && y >= in.y0 && y < in.y1)
				sample(level, x * shrink, y * shrink, dst);
			else
				dst[0] = dst[1] = dst[2] = 0;
		}
	}
	return RC_OK;
}

struct image_map
image_map_rect(const struct image_rect *rect, uint32_t width, uint32_t height)
{
	return (struct image_map){ {
		(rect->x1 - rect->x0) / (float)width, 0.0f, rect->x0,
		0.0f, (rect->y1 - rect->y0) / (float)height, rect->y0,
	} };
}

void
image_luma(const uint8_t *rgb, size_t n, uint8_t *dst)
{
	for (size_t i = 0; i < n; i++, rgb += 3)
		dst[i] = (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u) >> 16);
}
