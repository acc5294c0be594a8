/*
 * puppet_warp.c - the inner loops of the puppet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/puppet/puppet_motion.h"
#include "tests/puppet/puppet_warp.h"

#define ONE   65536	/* fixed point 16.16 */
#define REST  (1.0f / 64)	/* a cell that moves less is copied */

enum rc
puppet_grid_make(struct puppet_grid *g, uint32_t width, uint32_t height)
{
	g->width = width;
	g->height = height;
	g->columns = (width + PUPPET_CELL - 1) / PUPPET_CELL + 1;
	g->rows = (height + PUPPET_CELL - 1) / PUPPET_CELL + 1;
	g->from = calloc((size_t)g->columns * g->rows, 2 * sizeof *g->from);
	return g->from == NULL ? RC_NOMEM : RC_OK;
}

void
puppet_grid_free(struct puppet_grid *g)
{
	free(g->from);
	memset(g, 0, sizeof *g);
}

float
puppet_grid_at(const struct puppet_grid *g, const float *field, unsigned parts, unsigned part, float x, float y)
{
	float fx = fminf(fmaxf(x / PUPPET_CELL, 0), (float)(g->columns - 1));
	float fy = fminf(fmaxf(y / PUPPET_CELL, 0), (float)(g->rows - 1));
	uint32_t ix = (uint32_t)fx, iy = (uint32_t)fy;
	const float *a, *b;
	float top, low;

	ix = ix > g->columns - 2 ? g->columns - 2 : ix;
	iy = iy > g->rows - 2 ? g->rows - 2 : iy;
	fx -= (float)ix;
	fy -= (float)iy;
	a = field + ((size_t)iy * g->columns + ix) * parts + part;
	b = a + (size_t)g->columns * parts;
	top = a[0] + (a[parts] - a[0]) * fx;
	low = b[0] + (b[parts] - b[0]) * fx;
	return top + (low - top) * fy;
}

/* The source s of a pixel q satisfies s + shift(s) = q. Half steps converge where the picture is
 * stretched up to fourfold, too. */
void
puppet_grid_invert(struct puppet_grid *g, const float *shift, unsigned steps)
{
	for (uint32_t v = 0; v < g->rows * g->columns; v++) {
		float x = (float)(v % g->columns * PUPPET_CELL), y = (float)(v / g->columns * PUPPET_CELL);
		float sx = x, sy = y;

		for (unsigned i = 0; i < steps; i++) {
			float dx = puppet_grid_at(g, shift, 2, 0, sx, sy), dy = puppet_grid_at(g, shift, 2, 1, sx, sy);

			sx += 0.6f * (x - dx - sx);
			sy += 0.6f * (y - dy - sy);
			if (fabsf(x - dx - sx) + fabsf(y - dy - sy) < 0.02f)
				break;
		}
		g->from[2 * v] = sx;
		g->from[2 * v + 1] = sy;
	}
}

/* One pixel from a fixed-point place whose four neighbours exist. */
static inline void
warp_pixel(const uint8_t *src, size_t stride, int x, int y, uint8_t *to)
{
	const uint8_t *a = src + (size_t)(y >> 16) * stride + (size_t)(x >> 16) * 3, *b = a + stride;
	int fx = (x >> 8) & 255, fy = (y >> 8) & 255;

	for (unsigned c = 0; c < 3; c++) {
		int top = a[c] * 256 + (a[c + 3] - a[c]) * fx;
		int low = b[c] * 256 + (b[c + 3] - b[c]) * fx;

		to[c] = (uint8_t)((top * 256 + (low - top) * fy + 32768) >> 16);
	}
}

static inline int
warp_fix(float v)
{
	return (int)(v * ONE);
}

static inline int
warp_clamp(int v, int most)
{
	return v < 0 ? 0 : v > most ? most : v;
}

struct warp_cell { uint32_t x0, y0, w, h; };

static void
warp_cell_copy(const struct warp_cell *c, const struct image *src, struct image *dst)
{
	for (uint32_t y = c->y0; y < c->y0 + c->h; y++) {
		size_t at = ((size_t)y * src->width + c->x0) * 3;

		memcpy(dst->rgb + at, src->rgb + at, (size_t)c->w * 3);
	}
}

/* f: the cell's corners in from, upper left and lower left; the right ones follow. */
static void
warp_cell_bend(const struct warp_cell *c, const float *up, const float *down, const struct image *src,
    struct image *dst)
{
	size_t stride = (size_t)src->width * 3;
	int most_x = (int)(src->width - 1) * ONE - 1, most_y = (int)(src->height - 1) * ONE - 1;

	for (uint32_t j = 0; j < c->h; j++) {
		float t = ((float)j + 0.5f) / PUPPET_CELL;
		float lx = up[0] + (down[0] - up[0]) * t, ly = up[1] + (down[1] - up[1]) * t;
		float rx = up[2] + (down[2] - up[2]) * t, ry = up[3] + (down[3] - up[3]) * t;
		int step_x = warp_fix((rx - lx) / PUPPET_CELL), step_y = warp_fix((ry - ly) / PUPPET_CELL);
		int x = warp_fix(lx - 0.5f) + step_x / 2, y = warp_fix(ly - 0.5f) + step_y / 2;
		uint8_t *to = dst->rgb + ((size_t)(c->y0 + j) * dst->width + c->x0) * 3;

		for (uint32_t i = 0; i < c->w; i++, to += 3, x += step_x, y += step_y)
			warp_pixel(src->rgb, stride, warp_clamp(x, most_x), warp_clamp(y, most_y), to);
	}
}

void
puppet_grid_draw(const struct puppet_grid *g, const struct image *src, struct image *dst)
{
	for (uint32_t r = 0; r + 1 < g->rows; r++)
		for (uint32_t k = 0; k + 1 < g->columns; k++) {
			struct warp_cell c = { k * PUPPET_CELL, r * PUPPET_CELL, PUPPET_CELL, PUPPET_CELL };
			const float *up = g->from + ((size_t)r * g->columns + k) * 2, *down = up + (size_t)g->columns * 2;
			float x0 = (float)c.x0, y0 = (float)c.y0, x1 = x0 + PUPPET_CELL, y1 = y0 + PUPPET_CELL;

			c.w = c.x0 + c.w > g->width ? g->width - c.x0 : c.w;
			c.h = c.y0 + c.h > g->height ? g->height - c.y0 : c.h;
			if (fabsf(up[0] - x0) < REST && fabsf(up[1] - y0) < REST && fabsf(up[2] - x1) < REST &&
			    fabsf(up[3] - y0) < REST && fabsf(down[0] - x0) < REST && fabsf(down[1] - y1) < REST &&
			    fabsf(down[2] - x1) < REST && fabsf(down[3] - y1) < REST)
				warp_cell_copy(&c, src, dst);
			else
				warp_cell_bend(&c, up, down, src, dst);
		}
}
