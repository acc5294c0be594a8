/*
 * landmarks.c - see landmarks.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "models/landmarks.h"

#define NETWORK "face_landmark_68"
#define SIDE    112u

static const struct image_norm norm = { { 122.782f, 117.001f, 104.298f }, 1.0f / 255.0f };

struct landmarks {
	struct net *net;
};

enum rc
landmarks_open(struct landmarks **out, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	struct landmarks *l = calloc(1, sizeof *l);
	struct model m;
	enum rc r;

	if (l == NULL)
		return RC_NOMEM;
	if ((r = model_find(models_dir, NETWORK, &m, err, err_n)) == RC_OK &&
	    (r = net_open(&l->net, &m, setup, 0, err, err_n)) == RC_OK &&
	    (net_shape_in(l->net).w != SIDE || net_shape_out(l->net).c != 2 * VISION_LANDMARKS))
		r = RC_MODEL_BAD;
	if (r != RC_OK) {
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

struct net *
landmarks_net(struct landmarks *l)
{
	return l->net;
}

enum rc
landmarks_run(struct landmarks *l, struct image_pyramid *p, const struct vision_box *box,
    float point[static VISION_LANDMARKS][2])
{
	/* The network was trained on the box alone, made square with black on two sides. */
	float side = fmaxf(box->w, box->h);
	float x0 = box->x + (box->w - side) / 2, y0 = box->y + (box->h - side) / 2;
	struct image_rect square = { x0, y0, x0 + side, y0 + side };
	struct image_rect only = { box->x, box->y, box->x + box->w, box->y + box->h };
	struct image_map map = image_map_rect(&square, SIDE, SIDE);
	const float *out;
	enum rc r;

	if ((r = image_warp_numbers(p, &map, &only, SIDE, SIDE, &norm, net_input(l->net))) != RC_OK)
		return r;
	out = net_run(l->net);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		point[i][0] = x0 + out[2 * i] * side;
		point[i][1] = y0 + out[2 * i + 1] * side;
	}
	return RC_OK;
}
