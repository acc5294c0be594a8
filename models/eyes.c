/*
 * eyes.c - see eyes.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/eyes.h"
#include "models/net_named.h"

#define NETWORK   "fr_landmark"
#define SIDE      64u
#define LEFT_EYE  36u	/* first of six points; left in the picture */
#define RIGHT_EYE 42u

struct eyes {
	struct net *net;
};

enum rc
eyes_open(struct eyes **out, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	static const struct net_named want = { .name = NETWORK, .side = SIDE, .channels = 1, .out_side = 1,
	    .out_channels = 2 * VISION_LANDMARKS };
	struct eyes *e = calloc(1, sizeof *e);
	enum rc r;

	if (e == NULL) {
		(void)snprintf(err, err_n, "network %s: out of memory", NETWORK);
		return RC_NOMEM;
	}
	if ((r = net_named_open(&e->net, models_dir, &want, setup, NULL, err, err_n)) != RC_OK) {
		eyes_close(e);
		return r;
	}
	*out = e;
	return RC_OK;
}

void
eyes_close(struct eyes *e)
{
	if (e == NULL)
		return;
	net_close(e->net);
	free(e);
}

void
eyes_wipe(struct eyes *e)
{
	net_wipe(e->net);
}

float
eyes_aspect_ratio(const float (*eye)[2])
{
	float across = hypotf(eye[3][0] - eye[0][0], eye[3][1] - eye[0][1]);
	float up = hypotf(eye[5][0] - eye[1][0], eye[5][1] - eye[1][1]) +
	    hypotf(eye[4][0] - eye[2][0], eye[4][1] - eye[2][1]);

	return across > 1e-3f ? fminf(up / (2.0f * across), 2.0f) : 0.0f;
}

/* The part of the box inside the picture, as the network was trained. */
static struct image_rect
inside(const struct vision_box *box, const struct image_pyramid *p)
{
	return (struct image_rect){ fmaxf(box->x, 0.0f), fmaxf(box->y, 0.0f),
	    fminf(box->x + box->w, (float)p->width), fminf(box->y + box->h, (float)p->height) };
}

enum rc
eyes_run(struct eyes *e, struct image_pyramid *p, const struct vision_box *box,
    float point[static VISION_LANDMARKS][2], float *left, float *right)
{
	struct image_rect rect = inside(box, p);
	struct image_map map = image_map_rect(&rect, SIDE, SIDE);
	const float *out;
	enum rc r;

	if (rect.x1 - rect.x0 < 1.0f || rect.y1 - rect.y0 < 1.0f)
		return RC_FACE_QUALITY;
	if ((r = image_warp_luma(p, &map, NULL, SIDE, SIDE, 1.0f / 256.0f, net_input(e->net))) != RC_OK)
		return r;
	out = net_run(e->net);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		point[i][0] = rect.x0 + out[2 * i] * (rect.x1 - rect.x0);
		point[i][1] = rect.y0 + out[2 * i + 1] * (rect.y1 - rect.y0);
	}
	*left = eyes_aspect_ratio(point + LEFT_EYE);
	*right = eyes_aspect_ratio(point + RIGHT_EYE);
	return RC_OK;
}
