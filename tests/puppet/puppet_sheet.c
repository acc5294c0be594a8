/*
 * puppet_sheet.c - see puppet_sheet.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "tests/puppet/puppet_sheet.h"

#define DISTANCE   1.15f	/* of the camera, picture widths: an angle of view of 47 degrees */
#define BEND_STEPS 4u
#define RADIAN     0.017453293f

enum rc
puppet_sheet_make(struct puppet_sheet *s, uint32_t width, uint32_t height, const struct image_rect *rect)
{
	s->rect = *rect;
	return puppet_grid_make(&s->grid, width, height);
}

void
puppet_sheet_free(struct puppet_sheet *s)
{
	puppet_grid_free(&s->grid);
}

struct sheet_axes { float x[3], y[3], z[3]; };	/* of the sheet, in the camera's space */

static struct sheet_axes
sheet_axes(const struct puppet_sheet_pose *p)
{
	float cy = cosf(p->yaw * RADIAN), sy = sinf(p->yaw * RADIAN);
	float cp = cosf(p->pitch * RADIAN), sp = sinf(p->pitch * RADIAN);
	float cr = cosf(p->roll * RADIAN), sr = sinf(p->roll * RADIAN);

	/* Turned, then nodded, then tilted; z to the camera. */
	return (struct sheet_axes){
		{ cr * cy + sr * sp * sy, sr * cy - cr * sp * sy, -cp * sy },
		{ -sr * cp, cr * cp, -sp },
		{ cr * sy - sr * sp * cy, sr * sy + cr * sp * cy, cp * cy },
	};
}

static float
sheet_dot(const float a[static 3], const float b[static 3])
{
	return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void
puppet_sheet_place(struct puppet_sheet *s, const struct puppet_sheet_pose *pose)
{
	float w = (float)s->grid.width, h = (float)s->grid.height, far = DISTANCE * w;
	float mid_x = (s->rect.x0 + s->rect.x1) / 2, mid_y = (s->rect.y0 + s->rect.y1) / 2;
	float half = (s->rect.x1 - s->rect.x0) / 2;
	struct sheet_axes ax = sheet_axes(pose);
	/* From the middle of the sheet to the camera. */
	float to[3] = { w / 2 - mid_x - pose->dx, h / 2 - mid_y - pose->dy, far / fmaxf(pose->scale, 0.1f) };
	float o[3] = { sheet_dot(ax.x, to), sheet_dot(ax.y, to), sheet_dot(ax.z, to) };

	for (uint32_t v = 0; v < s->grid.rows * s->grid.columns; v++) {
		float ray[3] = { (float)(v % s->grid.columns * PUPPET_CELL) - w / 2,
		    (float)(v / s->grid.columns * PUPPET_CELL) - h / 2, -far };
		float d[3] = { sheet_dot(ax.x, ray), sheet_dot(ax.y, ray), sheet_dot(ax.z, ray) };
		float a = 0, b = 0, height = 0;

		for (unsigned i = 0; i <= BEND_STEPS; i++) {
			float t = (height - o[2]) / fminf(d[2], -1e-3f);

			a = o[0] + t * d[0];
			b = o[1] + t * d[1];
			height = pose->bend * (fminf(a * a / (half * half), 2) - 0.33f) * half;
		}
		s->grid.from[2 * v] = mid_x + a;
		s->grid.from[2 * v + 1] = mid_y + b;
	}
}

/* How many pixels of the sheet's picture (x, y) lies inside the sheet; < 0: outside. */
static float
sheet_inside(const struct puppet_sheet *s, float x, float y)
{
	return fminf(fminf(x - s->rect.x0, s->rect.x1 - x), fminf(y - s->rect.y0, s->rect.y1 - y));
}

/* Puts the room where the sheet is not, in one cell. */
static void
sheet_cell(const struct puppet_sheet *s, uint32_t column, uint32_t row, const struct image *room, struct image *to)
{
	uint32_t x0 = column * PUPPET_CELL, y0 = row * PUPPET_CELL;

	for (uint32_t y = y0; y < y0 + PUPPET_CELL && y < to->height; y++)
		for (uint32_t x = x0; x < x0 + PUPPET_CELL && x < to->width; x++) {
			float u = puppet_grid_at(&s->grid, s->grid.from, 2, 0, (float)x + 0.5f, (float)y + 0.5f);
			float v = puppet_grid_at(&s->grid, s->grid.from, 2, 1, (float)x + 0.5f, (float)y + 0.5f);
			float share = fminf(fmaxf(sheet_inside(s, u, v) + 0.5f, 0), 1);
			size_t at = ((size_t)y * to->width + x) * 3;

			for (unsigned c = 0; c < 3; c++)
				to->rgb[at + c] = (uint8_t)((float)room->rgb[at + c] +
				    ((float)to->rgb[at + c] - (float)room->rgb[at + c]) * share + 0.5f);
		}
}

void
puppet_sheet_draw(const struct puppet_sheet *s, const struct image *on, const struct image *room, struct image *to)
{
	puppet_grid_draw(&s->grid, on, to);
	for (uint32_t r = 0; r + 1 < s->grid.rows; r++)
		for (uint32_t k = 0; k + 1 < s->grid.columns; k++) {
			const float *up = s->grid.from + ((size_t)r * s->grid.columns + k) * 2;
			const float *down = up + (size_t)s->grid.columns * 2;

			if (sheet_inside(s, up[0], up[1]) < 2 || sheet_inside(s, up[2], up[3]) < 2 ||
			    sheet_inside(s, down[0], down[1]) < 2 || sheet_inside(s, down[2], down[3]) < 2)
				sheet_cell(s, k, r, room, to);
		}
}

void
puppet_sheet_lit(const struct puppet_sheet *s, float share, float *lit)
{
	for (uint32_t v = 0; v < s->grid.rows * s->grid.columns; v++)
		lit[v] = sheet_inside(s, s->grid.from[2 * v], s->grid.from[2 * v + 1]) > 0 ? share : 0;
}
