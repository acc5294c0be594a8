/*
 * landmarks.c - see landmarks.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/landmarks.h"
#include "models/net_named.h"

#define NETWORK "face_landmark_68"
#define SIDE    112u
#define JAW     17u	/* landmarks of the outline */

#define ROLL_LEAST 0.31f	/* radians: 18 degrees; the network does well up to there */
#define ROLL_MOST  1.05f	/* 60 degrees: there is no such face */
/* In distances of the eyes' middles, measured on 1,549 detector boxes: */
#define WIDE       3.03f	/* a side of the box */
#define BELOW      0.26f	/* its middle below that of the points, the jaw's left out */

static const struct image_norm norm = { { 122.782f, 117.001f, 104.298f }, 1.0f / 255.0f };

struct landmarks {
	struct net *net;
};

enum rc
landmarks_open(struct landmarks **out, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	static const struct net_named want = { .name = NETWORK, .side = SIDE, .channels = 3, .out_side = 1,
	    .out_channels = 2 * VISION_LANDMARKS };
	struct landmarks *l = calloc(1, sizeof *l);
	enum rc r;

	if (l == NULL) {
		(void)snprintf(err, err_n, "network %s: out of memory", NETWORK);
		return RC_NOMEM;
	}
	if ((r = net_named_open(&l->net, models_dir, &want, setup, NULL, err, err_n)) != RC_OK) {
		landmarks_close(l);
		return r;
	}
	*out = l;
	return RC_OK;
}

void
landmarks_close(struct landmarks *l)
{
	if (l == NULL)
		return;
	net_close(l->net);
	free(l);
}

void
landmarks_wipe(struct landmarks *l)
{
	net_wipe(l->net);
}

/* One look through map, black outside only. */
static enum rc
look(struct landmarks *l, struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    float point[static VISION_LANDMARKS][2])
{
	const float *m = map->m, *out;
	enum rc r;

	if ((r = image_warp_numbers(p, map, only, SIDE, SIDE, &norm, net_input(l->net))) != RC_OK)
		return r;
	out = net_run(l->net);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		float x = out[2 * i] * SIDE, y = out[2 * i + 1] * SIDE;

		point[i][0] = m[0] * x + m[1] * y + m[2];
		point[i][1] = m[3] * x + m[4] * y + m[5];
	}
	return RC_OK;
}

/* From the left eye's middle to the right one's. */
static void
eyes_axis(const float point[static VISION_LANDMARKS][2], float axis[2])
{
	axis[0] = axis[1] = 0.0f;
	for (unsigned i = 36; i < 42; i++)
		for (unsigned k = 0; k < 2; k++)
			axis[k] += (point[i + 6][k] - point[i][k]) / 6.0f;
}

/* The square the detector's box of the same face would have, were the head upright. */
static struct image_map
upright(const float point[static VISION_LANDMARKS][2], const float axis[2])
{
	float x = BELOW * -axis[1], y = BELOW * axis[0], c = WIDE * axis[0] / SIDE, q = WIDE * axis[1] / SIDE;

	for (unsigned i = JAW; i < VISION_LANDMARKS; i++) {
		x += point[i][0] / (VISION_LANDMARKS - JAW);
		y += point[i][1] / (VISION_LANDMARKS - JAW);
	}
	return (struct image_map){ { c, -q, x - (c - q) * SIDE / 2, q, c, y - (c + q) * SIDE / 2 } };
}

enum rc
landmarks_run(struct landmarks *l, struct image_pyramid *p, const struct vision_box *box,
    float point[static VISION_LANDMARKS][2])
{
	/* The network was trained on the box alone, made square with black on two sides. */
	float side = fmaxf(box->w, box->h), axis[2], roll;
	float x0 = box->x + (box->w - side) / 2, y0 = box->y + (box->h - side) / 2;
	struct image_rect square = { x0, y0, x0 + side, y0 + side };
	struct image_rect only = { box->x, box->y, box->x + box->w, box->y + box->h };
	struct image_map map = image_map_rect(&square, SIDE, SIDE);
	enum rc r;

	if ((r = look(l, p, &map, &only, point)) != RC_OK)
		return r;
	eyes_axis(point, axis);
	roll = fabsf(atan2f(axis[1], axis[0]));
	if (!(roll > ROLL_LEAST && roll < ROLL_MOST))
		return RC_OK;
	map = upright(point, axis);
	return look(l, p, &map, NULL, point);
}
