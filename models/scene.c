/*
 * scene.c - see scene.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "models/area.h"
#include "models/scene.h"

#define CELLS (VISION_SCENE_W * VISION_SCENE_H)

/* Head and shoulders round a box, in its sides. */
#define HEAD_WIDE    1.0f	/* to each side of its middle */
#define HEAD_ABOVE   0.6f
#define BODY_WIDE    2.2f
#define BODY_FROM    0.8f	/* of its height, from its top on */
#define BACK_LEAST   (CELLS / 32)

/* Parts of the chip: both cheeks, the forehead. */
static const struct { unsigned x0, x1, y0, y1; } skin_part[] = {
	{ 30, 44, 64, 80 }, { 68, 82, 64, 80 }, { 44, 68, 22, 34 },
};

void
scene_look(const struct image *im, struct scene *s, struct vision_features *f)
{
	uint32_t sum = 0;

	_Static_assert(IMAGE_SIDE_MAX / VISION_SCENE_H < AREA_CELL_MOST, "no cell is too high");
	area_cells(im, VISION_SCENE_W, VISION_SCENE_H, s->rgb[0][0]);
	image_luma(s->rgb[0][0], CELLS, f->scene[0]);
	for (size_t y = 0; y < VISION_SCENE_H; y++)
		for (size_t x = 0; x < VISION_SCENE_W; x++)
			sum += f->scene[y][x];
	f->light = (float)sum / CELLS;
}

static bool
in_body(const struct vision_box *b, float x, float y)
{
	float aside = fabsf(x - b->x - b->w / 2), below = y - b->y;

	return (below > -HEAD_ABOVE * b->h && aside < HEAD_WIDE * b->w) ||
	    (below > BODY_FROM * b->h && aside < BODY_WIDE * b->w);
}

static bool
in_any_body(const struct vision_features *f, size_t cx, size_t cy)
{
	float x = ((float)cx + 0.5f) * (float)f->width / VISION_SCENE_W;
	float y = ((float)cy + 0.5f) * (float)f->height / VISION_SCENE_H;

	for (uint32_t i = 0; i < f->faces; i++)
		if (in_body(&f->face[i], x, y))
			return true;
	return false;
}

static void
mean_of(const uint32_t sum[3], uint32_t n, float to[3])
{
	for (int k = 0; k < 3; k++)
		to[k] = (float)sum[k] / (float)n;
}

void
scene_colours(const struct scene *s, const uint8_t chip[static ALIGN_BYTES], struct vision_features *f)
{
	uint32_t back[3] = { 0 }, skin[3] = { 0 }, backs = 0, skins = 0;

	for (size_t y = 0; y < VISION_SCENE_H; y++)
		for (size_t x = 0; x < VISION_SCENE_W; x++) {
			if (in_any_body(f, x, y))
				continue;
			for (size_t k = 0; k < 3; k++)
				back[k] += s->rgb[y][x][k];
			backs++;
		}
	for (size_t i = 0; i < sizeof skin_part / sizeof skin_part[0]; i++)
		for (size_t y = skin_part[i].y0; y < skin_part[i].y1; y++)
			for (size_t x = skin_part[i].x0; x < skin_part[i].x1; x++, skins++)
				for (size_t k = 0; k < 3; k++)
					skin[k] += chip[(y * ALIGN_SIDE + x) * 3 + k];
	mean_of(skin, skins, f->skin);
	if (backs >= BACK_LEAST)
		mean_of(back, backs, f->back);
	else
		memset(f->back, 0, sizeof f->back);
}
