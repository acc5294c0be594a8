/*
 * detector.c - see detector.h. Decoding is YOLOv2's (Redmon and Farhadi, 2016).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/detector.h"
#include "models/net_named.h"

#define NETWORK     "tiny_face_detector"
#define SHIPPED     320u	/* side of the input */
#define CELL        32u		/* pixels of the input per cell of the output */
#define ANCHORS     5u
#define PER_ANCHOR  5u		/* x, y, w, h, objectness */

/* Widths and heights in cells. */
static const float anchor[ANCHORS][2] = {
	{ 1.603231f, 2.094468f }, { 6.041143f, 7.080126f }, { 2.882459f, 3.518061f },
	{ 4.266906f, 5.178857f }, { 9.041765f, 10.66308f },
};

static const struct image_norm norm = { { 117.001f, 114.697f, 97.404f }, 1.0f / 255.0f };

struct detector {
	struct net *net;
	uint32_t side;		/* of the square input */
};

enum rc
detector_open(struct detector **out, const char *models_dir, const struct net_setup *setup, uint32_t side,
    char *err, size_t err_n)
{
	struct net_named want = { .name = NETWORK, .side = side != 0 ? side : SHIPPED, .channels = 3,
	    .out_channels = ANCHORS * PER_ANCHOR, .resized = side != 0 };
	struct detector *d = calloc(1, sizeof *d);
	enum rc r;

	if (d == NULL) {
		(void)snprintf(err, err_n, "network %s: out of memory", NETWORK);
		return RC_NOMEM;
	}
	d->side = want.side;
	want.out_side = d->side / CELL;
	if ((r = net_named_open(&d->net, models_dir, &want, setup, NULL, err, err_n)) != RC_OK) {
		detector_close(d);
		return r;
	}
	*out = d;
	return RC_OK;
}

void
detector_close(struct detector *d)
{
	if (d == NULL)
		return;
	net_close(d->net);
	free(d);
}

void
detector_wipe(struct detector *d)
{
	net_wipe(d->net);
}

static float
sigmoid(float x)
{
	return 1.0f / (1.0f + expf(-x));
}

/* Keeps the list sorted by score, best first; the worst falls off a full list. */
static void
keep_best(struct vision_box *box, uint32_t *n, const struct vision_box *b)
{
	uint32_t at = *n;

	if (at == DETECTOR_BOXES_MAX && b->score <= box[at - 1].score)
		return;
	if (at == DETECTOR_BOXES_MAX)
		at--;
	else
		(*n)++;
	for (; at > 0 && box[at - 1].score < b->score; at--)
		box[at] = box[at - 1];
	box[at] = *b;
}

/* Intersection over union, 0 ... 1. */
static float
overlap(const struct vision_box *a, const struct vision_box *b)
{
	float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x);
	float h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);
	float both = w > 0.0f && h > 0.0f ? w * h : 0.0f;

	return both / (a->w * a->h + b->w * b->h - both);
}

/* Boxes in pixels of a square of this side. */
static uint32_t
decode(const float *out, uint32_t cells, float side, float least, struct vision_box *box)
{
	float cell_side = side / (float)cells;
	uint32_t n = 0;

	for (uint32_t cell = 0; cell < cells * cells; cell++) {
		for (uint32_t a = 0; a < ANCHORS; a++, out += PER_ANCHOR) {
			struct vision_box b;
			float score = sigmoid(out[4]);

			if (!(score >= least))
				continue;
			b.w = fminf(expf(out[2]) * anchor[a][0] * cell_side, 4.0f * side);
			b.h = fminf(expf(out[3]) * anchor[a][1] * cell_side, 4.0f * side);
			b.x = ((float)(cell % cells) + sigmoid(out[0])) * cell_side - b.w / 2;
			b.y = ((float)(cell / cells) + sigmoid(out[1])) * cell_side - b.h / 2;
			b.score = score;
			if (b.w >= 1.0f && b.h >= 1.0f)
				keep_best(box, &n, &b);
		}
	}
	return n;
}

/* Greedy non-maximum suppression; box is sorted by score. */
static uint32_t
suppress(struct vision_box *box, uint32_t n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++) {
		bool fresh = true;

		for (uint32_t k = 0; fresh && k < kept; k++)
			fresh = overlap(&box[i], &box[k]) <= DETECTOR_NMS_IOU;
		if (fresh)
			box[kept++] = box[i];
	}
	return kept;
}

/* A point of the view's square, as the picture has it. */
static struct image_map
map_of(const struct detector_view *v, float size)
{
	float c = cosf(v->turn) * v->side / size, q = sinf(v->turn) * v->side / size;

	return (struct image_map){ { c, -q, v->x - (c - q) * size / 2, q, c, v->y - (c + q) * size / 2 } };
}

static void
to_picture(struct vision_box *b, const struct image_map *map)
{
	float x = b->x + b->w / 2, y = b->y + b->h / 2;

	b->x = map->m[0] * x + map->m[1] * y + map->m[2] - b->w / 2;
	b->y = map->m[3] * x + map->m[4] * y + map->m[5] - b->h / 2;
}

struct detector_view
detector_whole(const struct image_pyramid *p)
{
	float side = (float)(p->width > p->height ? p->width : p->height);

	return (struct detector_view){ side / 2, side / 2, side, 0.0f };
}

enum rc
detector_look(struct detector *d, struct image_pyramid *p, const struct detector_view *v, float least,
    struct vision_box box[static DETECTOR_BOXES_MAX], uint32_t *found)
{
	struct image_map map = map_of(v, (float)d->side), upright = map_of(v, v->side);
	enum rc r;

	if ((r = image_warp_numbers(p, &map, NULL, d->side, d->side, &norm, net_input(d->net))) != RC_OK)
		return r;
	*found = suppress(box, decode(net_run(d->net), d->side / CELL, v->side, least, box));
	for (uint32_t i = 0; i < *found; i++)
		to_picture(&box[i], &upright);
	return RC_OK;
}

static int
by_area(const void *a, const void *b)
{
	const struct vision_box *x = a, *y = b;
	float p = x->w * x->h, q = y->w * y->h;

	return (p < q) - (p > q);
}

void
detector_largest_first(struct vision_box *box, uint32_t n)
{
	qsort(box, n, sizeof *box, by_area);
}

enum rc
detector_run(struct detector *d, struct image_pyramid *p, float least, struct vision_box *box, uint32_t cap,
    uint32_t *found)
{
	struct detector_view whole = detector_whole(p);
	struct vision_box all[DETECTOR_BOXES_MAX];
	uint32_t n;
	enum rc r;

	if ((r = detector_look(d, p, &whole, least, all, &n)) != RC_OK)
		return r;
	detector_largest_first(all, n);
	*found = n < cap ? n : cap;
	for (uint32_t i = 0; i < *found; i++)
		box[i] = all[i];
	return RC_OK;
}
