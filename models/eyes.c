/*
 * eyes.c - see eyes.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/eyes.h"
#include "models/net_named.h"

#define POINTS    "fr_landmark"
#define SIDE      64u
#define SHUT      "fr_eye"
#define EYE_SIDE  24u
#define EYE_WIDE  1.6f	/* of the distance of its corners, a side of what fr_eye is shown */
#define LEFT_EYE  36u	/* first of six points; left in the picture */
#define RIGHT_EYE 42u

struct eyes {
	struct net *points, *shut;
};

enum rc
eyes_open(struct eyes **out, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	static const struct net_named points = { .name = POINTS, .side = SIDE, .channels = 1, .out_side = 1,
	    .out_channels = 2 * VISION_LANDMARKS };
	static const struct net_named shut = { .name = SHUT, .side = EYE_SIDE, .channels = 1, .out_side = 1,
	    .out_channels = 2 };
	struct eyes *e = calloc(1, sizeof *e);
	enum rc r;

	if (e == NULL) {
		(void)snprintf(err, err_n, "network %s: out of memory", POINTS);
		return RC_NOMEM;
	}
	if ((r = net_named_open(&e->points, models_dir, &points, setup, NULL, err, err_n)) != RC_OK ||
	    (r = net_named_open(&e->shut, models_dir, &shut, setup, NULL, err, err_n)) != RC_OK) {
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
	net_close(e->points);
	net_close(e->shut);
	free(e);
}

void
eyes_wipe(struct eyes *e)
{
	net_wipe(e->points);
	net_wipe(e->shut);
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
	if ((r = image_warp_luma(p, &map, NULL, SIDE, SIDE, 1.0f / 256.0f, net_input(e->points))) != RC_OK)
		return r;
	out = net_run(e->points);
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		point[i][0] = rect.x0 + out[2 * i] * (rect.x1 - rect.x0);
		point[i][1] = rect.y0 + out[2 * i + 1] * (rect.y1 - rect.y0);
	}
	*left = eyes_aspect_ratio(point + LEFT_EYE);
	*right = eyes_aspect_ratio(point + RIGHT_EYE);
	return RC_OK;
}

/* eye: its six points; what is shown stands upright on the line of its corners. */
static enum rc
shut_one(struct eyes *e, struct image_pyramid *p, const float (*eye)[2], float *shut)
{
	float ax = EYE_WIDE * (eye[3][0] - eye[0][0]) / EYE_SIDE, ay = EYE_WIDE * (eye[3][1] - eye[0][1]) / EYE_SIDE;
	float x = (eye[1][0] + eye[2][0] + eye[4][0] + eye[5][0]) / 4, half = EYE_SIDE / 2.0f;
	float y = (eye[1][1] + eye[2][1] + eye[4][1] + eye[5][1]) / 4;
	struct image_map map = { { ax, -ay, x - (ax - ay) * half, ay, ax, y - (ay + ax) * half } };
	const float *out;
	enum rc r;

	*shut = 0.0f;
	if (!(hypotf(ax, ay) > 1.0f / EYE_SIDE))
		return RC_OK;
	if ((r = image_warp_luma(p, &map, NULL, EYE_SIDE, EYE_SIDE, 1.0f / 255.0f, net_input(e->shut))) != RC_OK)
		return r;
	out = net_run(e->shut);
	*shut = 1.0f / (1.0f + expf(out[1] - out[0]));
	return RC_OK;
}

enum rc
eyes_shut(struct eyes *e, struct image_pyramid *p, const float point[static VISION_LANDMARKS][2], float *left,
    float *right)
{
	enum rc r;

	if ((r = shut_one(e, p, point + LEFT_EYE, left)) != RC_OK)
		return r;
	return shut_one(e, p, point + RIGHT_EYE, right);
}
