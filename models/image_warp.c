/*
 * image_warp.c - see image.h: sampling through a map.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The three channels of a pixel lie in the lanes of one vector (compilers turn
 * these vector types into what the machine has). A row of points is sampled
 * into such vectors (image_rows.h) and written out as bytes, numbers or luma.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "models/image.h"

#define TILE  256u			/* destination columns at a time */
#define MIXED (3u * (2u * TILE + 4))	/* bytes of a line that they reach over, less than two pixels apart */

typedef int32_t lanes_i __attribute__((vector_size(16)));

struct warp {
	const struct image *level;
	float shrink;			/* pixels of the level per pixel of the picture */
	struct image_rect in;		/* black outside */
	const struct image_map *map;
};

static float
clamp(float v, float low, float high)
{
	return v < low ? low : v > high ? high : v;
}

/* First and one past the last pixel that bilinear sampling between low and high (pixels of the level) may touch. */
static void
reach(float low, float high, uint32_t side, uint32_t *first, uint32_t *past)
{
	*first = (uint32_t)clamp(low - 2.0f, 0.0f, (float)(side - 2));
	*past = (uint32_t)clamp(high + 3.0f, (float)*first + 2.0f, (float)side);
}

/* The level on which one step of the destination is less than two pixels, filled as far as it will be looked at. */
static void
pick_level(struct image_pyramid *p, struct warp *w, uint32_t width, uint32_t height)
{
	const float *m = w->map->m;
	float step, x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
	uint32_t left, top, right, bottom;
	unsigned levels = 0;

	w->level = p->base;
	w->shrink = 1.0f / (float)(1u << p->base->halved);
	step = sqrtf(fabsf(m[0] * m[4] - m[1] * m[3])) * w->shrink;
	for (; step >= 2.0f && levels < IMAGE_LEVELS - 1; levels++, step /= 2.0f) {
		if (p->half[levels].im.width < 2 || p->half[levels].im.height < 2)
			break;
		w->shrink *= 0.5f;
	}
	if (levels == 0)
		return;
	for (int corner = 0; corner < 4; corner++) {
		float i = corner & 1 ? (float)width : 0.0f, j = corner & 2 ? (float)height : 0.0f;
		float x = m[0] * i + m[1] * j + m[2], y = m[3] * i + m[4] * j + m[5];

		x0 = fminf(x0, x);
		x1 = fmaxf(x1, x);
		y0 = fminf(y0, y);
		y1 = fmaxf(y1, y);
	}
	w->level = &p->half[levels - 1].im;
	reach(fmaxf(x0, w->in.x0) * w->shrink, fminf(x1, w->in.x1) * w->shrink, w->level->width, &left, &right);
	reach(fmaxf(y0, w->in.y0) * w->shrink, fminf(y1, w->in.y1) * w->shrink, w->level->height, &top, &bottom);
	w->level = image_pyramid_level(p, levels - 1, left, top, right, bottom);
}

/* Where column i of row j lies in the picture; false: outside. */
static bool
point_at(const struct warp *w, uint32_t i, uint32_t j, float at[2])
{
	const float *m = w->map->m;
	float di = (float)i + 0.5f, dj = (float)j + 0.5f;

	at[0] = m[0] * di + m[1] * dj + m[2];
	at[1] = m[3] * di + m[4] * dj + m[5];
	return at[0] >= w->in.x0 && at[0] < w->in.x1 && at[1] >= w->in.y0 && at[1] < w->in.y1;
}

/* n points of row j from column i0 on. */
static void
sample_row(const struct image_rows *rows, const struct warp *w, uint32_t i0, uint32_t n, uint32_t j, image_pixel *row)
{
	const struct image_slope s = { w->level->rgb, w->level->width, w->level->height, w->shrink, w->map->m };
	uint32_t first = 0, last = n;
	float at[2];

	/* A straight line crosses the rectangle once. */
	while (first < n && !point_at(w, i0 + first, j, at))
		first++;
	while (last > first && !point_at(w, i0 + last - 1, j, at))
		last--;
	memset(row, 0, first * sizeof *row);
	rows->slope(&s, i0 + first, j, last - first, row + first);
	memset(row + last, 0, (n - last) * sizeof *row);
}

/* ---- maps whose rows are parallel to the picture's ---- */

/* Columns i0 + first ... i0 + last - 1 are inside; their taps lie in `bytes` bytes of a line from `from` on. */
struct columns {
	struct image_tap tap[TILE];		/* only at (less from) and right */
	uint32_t first, last;
	size_t from, bytes;
	bool straight;				/* they are pixels side by side */
};

/* false: rows are not parallel, or reach too far for one line of `mixed`. */
static bool
columns_make(const struct warp *w, uint32_t i0, uint32_t n, struct columns *c)
{
	const float *m = w->map->m;
	size_t past = 0;

	c->first = c->last = 0;
	c->from = SIZE_MAX;
	c->bytes = 0;
	for (uint32_t i = 0; i < n; i++) {
		float x = m[0] * ((float)(i0 + i) + 0.5f) + m[2];
		struct image_tap *t = &c->tap[i];

		if (!(x >= w->in.x0 && x < w->in.x1))
			continue;
		t->at = (size_t)image_tap_axis(x * w->shrink, w->level->width, &t->right) * 3;
		if (c->last == 0)
			c->first = i;
		c->last = i + 1;
		c->from = t->at < c->from ? t->at : c->from;
		past = t->at + 6 > past ? t->at + 6 : past;
	}
	if (c->last > 0)
		c->bytes = past - c->from;
	c->straight = true;
	for (uint32_t i = c->first; i < c->last; i++) {
		c->tap[i].at -= c->from;
		c->straight &= c->tap[i].right == 0.0f && c->tap[i].at == (size_t)(i - c->first) * 3;
	}
	return m[1] == 0.0f && m[3] == 0.0f && c->bytes <= MIXED;
}

/* The line of the level above row j, from c->from on, and how far below it the row lies. NULL: row j is outside. */
static const uint8_t *
line_of(const struct warp *w, const struct columns *c, uint32_t j, float *below)
{
	float y = w->map->m[4] * ((float)j + 0.5f) + w->map->m[5];
	size_t stride = (size_t)w->level->width * 3;

	if (c->bytes == 0 || !(y >= w->in.y0 && y < w->in.y1))
		return NULL;
	return w->level->rgb + image_tap_axis(y * w->shrink, w->level->height, below) * stride + c->from;
}

/* Between two lines first, where all bytes are alike, then between two pixels. */
static void
sample_level_row(const struct image_rows *rows, const struct warp *w, const struct columns *c, uint32_t n, uint32_t j,
    image_pixel *row)
{
	float mixed[MIXED + 1], below;
	const uint8_t *line = line_of(w, c, j, &below);

	if (line == NULL) {
		memset(row, 0, n * sizeof *row);
		return;
	}
	rows->mix(line, line + (size_t)w->level->width * 3, c->bytes, below, mixed);
	memset(row, 0, c->first * sizeof *row);
	rows->between(mixed, c->tap + c->first, c->last - c->first, row + c->first);
	memset(row + c->last, 0, (n - c->last) * sizeof *row);
}

/* What becomes of a row of points: n of them, to be written at place `at` of the destination. */
struct finish {
	void (*row)(const struct finish *f, const image_pixel *row, uint32_t n, size_t at);
	image_pixel factor, offset;
	void *dst;
};

static void
finish_numbers(const struct finish *f, const image_pixel *row, uint32_t n, size_t at)
{
	float *to = (float *)f->dst + 3 * at;
	image_pixel v;
	uint32_t i;

	/* The fourth lane is overwritten by the next pixel. */
	for (i = 0; i + 1 < n; i++, to += 3) {
		v = row[i] * f->factor + f->offset;
		memcpy(to, &v, sizeof v);
	}
	v = row[i] * f->factor + f->offset;
	memcpy(to, &v, 3 * sizeof *to);
}

/* n points of black. */
static void
black_numbers(const struct finish *f, uint32_t n, float *to)
{
	for (uint32_t i = 0; i < n; i++, to += 3)
		memcpy(to, &f->offset, 3 * sizeof *to);
}

/*
 * What sample_level_row() and finish_numbers() do, at once: most points of a
 * frame come this way, and nearly half of them lie on the pixels of a level.
 */
static void
level_numbers(const struct image_rows *rows, const struct warp *w, const struct columns *c, uint32_t n, uint32_t j,
    const struct finish *f, float *to)
{
	float mixed[MIXED + 1], below, *inside = to + (size_t)c->first * 3;
	const uint8_t *line = line_of(w, c, j, &below);

	if (line == NULL) {
		black_numbers(f, n, to);
		return;
	}
	black_numbers(f, c->first, to);
	if (c->straight && below == 0.0f) {
		rows->pixels(line, c->last - c->first, f->factor, f->offset, inside);
	} else {
		rows->mix(line, line + (size_t)w->level->width * 3, c->bytes, below, mixed);
		rows->numbers(mixed, c->tap + c->first, c->last - c->first, f->factor, f->offset, inside);
	}
	black_numbers(f, n - c->last, to + (size_t)c->last * 3);
}

static enum rc
warp_run(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, const struct finish *f)
{
	struct warp w = { .in = { 0.0f, 0.0f, (float)p->width, (float)p->height }, .map = map };
	bool level;
	struct columns columns;
	image_pixel row[TILE];

	for (int i = 0; i < 6; i++)
		if (!isfinite(map->m[i]))
			return RC_INVALID;
	if (only != NULL) {
		w.in.x0 = fmaxf(w.in.x0, only->x0);
		w.in.y0 = fmaxf(w.in.y0, only->y0);
		w.in.x1 = fminf(w.in.x1, only->x1);
		w.in.y1 = fminf(w.in.y1, only->y1);
	}
	pick_level(p, &w, width, height);
	for (uint32_t i = 0, n; i < width; i += n) {
		n = width - i < TILE ? width - i : TILE;
		level = columns_make(&w, i, n, &columns);
		for (uint32_t j = 0; j < height; j++) {
			size_t at = (size_t)j * width + i;

			if (level && f->row == finish_numbers) {
				level_numbers(p->rows, &w, &columns, n, j, f, (float *)f->dst + 3 * at);
				continue;
			}
			if (level)
				sample_level_row(p->rows, &w, &columns, n, j, row);
			else
				sample_row(p->rows, &w, i, n, j, row);
			f->row(f, row, n, at);
		}
	}
	return RC_OK;
}

static void
finish_bytes(const struct finish *f, const image_pixel *row, uint32_t n, size_t at)
{
	uint8_t *to = (uint8_t *)f->dst + 3 * at;

	for (uint32_t i = 0; i < n; i++, to += 3) {
		lanes_i v = __builtin_convertvector(row[i] + f->offset, lanes_i);

		to[0] = (uint8_t)v[0];
		to[1] = (uint8_t)v[1];
		to[2] = (uint8_t)v[2];
	}
}

static void
finish_luma(const struct finish *f, const image_pixel *row, uint32_t n, size_t at)
{
	float *to = (float *)f->dst + at;

	for (uint32_t i = 0; i < n; i++) {
		image_pixel v = row[i] * f->factor;

		to[i] = v[0] + v[1] + v[2];
	}
}

enum rc
image_warp(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, uint8_t *dst)
{
	const struct finish f = { .row = finish_bytes, .offset = { 0.5f, 0.5f, 0.5f }, .dst = dst };

	return warp_run(p, map, only, width, height, &f);
}

enum rc
image_warp_numbers(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, const struct image_norm *norm, float *dst)
{
	const float *mean = norm->mean, s = norm->scale;
	const struct finish f = { .row = finish_numbers, .factor = { s, s, s },
	    .offset = { -mean[0] * s, -mean[1] * s, -mean[2] * s }, .dst = dst };

	return warp_run(p, map, only, width, height, &f);
}

enum rc
image_warp_luma(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, float scale, float *dst)
{
	const struct finish f = { .row = finish_luma, .factor = { 0.299f * scale, 0.587f * scale, 0.114f * scale },
	    .dst = dst };

	return warp_run(p, map, only, width, height, &f);
}

struct image_map
image_map_rect(const struct image_rect *rect, uint32_t width, uint32_t height)
{
	return (struct image_map){ {
		(rect->x1 - rect->x0) / (float)width, 0.0f, rect->x0,
		0.0f, (rect->y1 - rect->y0) / (float)height, rect->y0,
	} };
}
