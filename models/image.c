/*
 * image.c - see image.h.
 * SPDX-License-Identifier: Apache-2.0
 */
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
	im->width = im->full_width = width;
	im->height = im->full_height = height;
	im->halved = 0;
	return RC_OK;
}

void
image_wipe(struct image *im)
{
	if (im->rgb != NULL)
		crypto_wipe(im->rgb, (size_t)im->width * im->height * 3);
}

void
image_free(struct image *im)
{
	image_wipe(im);
	free(im->rgb);
	*im = (struct image){ 0 };
}

/* All halvings of a picture together are less than a third of it. */
static size_t
pyramid_bytes(size_t pixels)
{
	return pixels + 1;
}

static enum rc
pyramid_reserve(struct image_pyramid *p, size_t pixels)
{
	uint8_t *store;

	if (pyramid_bytes(pixels) <= p->cap)
		return RC_OK;
	if ((store = malloc(pyramid_bytes(pixels))) == NULL)
		return RC_NOMEM;
	free(p->store);	/* was wiped when its last picture went */
	p->store = store;
	p->cap = pyramid_bytes(pixels);
	return RC_OK;
}

enum rc
image_pyramid_open(struct image_pyramid *p, size_t pixels)
{
	*p = (struct image_pyramid){ 0 };
	return pyramid_reserve(p, pixels);
}

void
image_pyramid_close(struct image_pyramid *p)
{
	image_pyramid_clear(p);
	free(p->store);
	*p = (struct image_pyramid){ 0 };
}

enum rc
image_pyramid_show(struct image_pyramid *p, const struct image *base)
{
	uint8_t *at;
	enum rc r;

	image_pyramid_clear(p);
	if (base->width < 2 || base->height < 2)
		return RC_INVALID;
	if ((r = pyramid_reserve(p, (size_t)base->width * base->height)) != RC_OK)
		return r;
	if (p->rows == NULL)
		p->rows = image_rows_for(cpu_isa_best());
	p->base = base;
	p->width = base->full_width != 0 ? base->full_width : base->width;
	p->height = base->full_height != 0 ? base->full_height : base->height;
	at = p->store;
	for (unsigned i = 0; i < IMAGE_LEVELS - 1; i++) {
		uint32_t w = base->width >> (i + 1), h = base->height >> (i + 1);

		p->half[i] = (struct image_level){ .im = { .width = w, .height = h, .rgb = at } };
		at += (size_t)w * h * 3;
	}
	return RC_OK;
}

void
image_pyramid_clear(struct image_pyramid *p)
{
	for (unsigned i = 0; i < IMAGE_LEVELS - 1; i++) {
		struct image_level *l = &p->half[i];
		size_t row = (size_t)l->im.width * 3;

		if (l->x1 > 0)
			crypto_wipe(l->im.rgb + l->y0 * row, (l->y1 - l->y0) * row);
		*l = (struct image_level){ 0 };
	}
	p->base = NULL;
}

const struct image *
image_pyramid_level(struct image_pyramid *p, unsigned level, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1)
{
	struct image_level *l = &p->half[level];
	const struct image *from;

	if (l->x1 > 0 && x0 >= l->x0 && y0 >= l->y0 && x1 <= l->x1 && y1 <= l->y1)
		return &l->im;
	if (l->x1 > 0) {	/* one rectangle that holds both */
		x0 = x0 < l->x0 ? x0 : l->x0;
		y0 = y0 < l->y0 ? y0 : l->y0;
		x1 = x1 > l->x1 ? x1 : l->x1;
		y1 = y1 > l->y1 ? y1 : l->y1;
	}
	from = level == 0 ? p->base : image_pyramid_level(p, level - 1, 2 * x0, 2 * y0, 2 * x1, 2 * y1);
	for (uint32_t y = y0; y < y1; y++) {
		const uint8_t *a = from->rgb + ((size_t)2 * y * from->width + 2 * x0) * 3;

		p->rows->halve(a, a + (size_t)from->width * 3, x1 - x0, l->im.rgb + ((size_t)y * l->im.width + x0) * 3);
	}
	l->x0 = x0;
	l->y0 = y0;
	l->x1 = x1;
	l->y1 = y1;
	return &l->im;
}

void
image_luma(const uint8_t *rgb, size_t n, uint8_t *dst)
{
	for (size_t i = 0; i < n; i++, rgb += 3)
		dst[i] = (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u) >> 16);
}
