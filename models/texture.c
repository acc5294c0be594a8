/*
 * texture.c - see texture.h. A small MobileFaceNet with gates, after the
 * networks of the Silent-Face-Anti-Spoofing project (Minivision, 2020).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/net_named.h"
#include "models/texture.h"

#define NETWORK "fr_liveness"
#define SIDE    128u
#define CLASSES 3u	/* live, and two kinds of pictures */

static const struct image_norm norm = { { 0.0f, 0.0f, 0.0f }, 1.0f };

struct texture {
	struct net *net;
};

enum rc
texture_open(struct texture **out, const char *models_dir, const struct net_setup *setup, char *err, size_t err_n)
{
	static const struct net_named want = { .name = NETWORK, .side = SIDE, .channels = 3, .out_side = 1,
	    .out_channels = CLASSES };
	struct texture *t = calloc(1, sizeof *t);
	enum rc r;

	if (t == NULL) {
		(void)snprintf(err, err_n, "network %s: out of memory", NETWORK);
		return RC_NOMEM;
	}
	if ((r = net_named_open(&t->net, models_dir, &want, setup, NULL, err, err_n)) != RC_OK) {
		texture_close(t);
		return r;
	}
	*out = t;
	return RC_OK;
}

void
texture_close(struct texture *t)
{
	if (t == NULL)
		return;
	net_close(t->net);
	free(t);
}

void
texture_wipe(struct texture *t)
{
	net_wipe(t->net);
}

/* The first coordinate of n pixels round a centre, moved inside 0 ... whole. */
static float
inside(float centre, float n, float whole)
{
	return fmaxf(0.0f, fminf(centre - n / 2, whole - n));
}

struct image_rect
texture_part(const struct vision_box *box, uint32_t width, uint32_t height)
{
	float most = fminf((float)width / box->w, (float)height / box->h);
	float times = fminf(TEXTURE_AROUND, most), w = box->w * times, h = box->h * times;
	float x = inside(box->x + box->w / 2, w, (float)width), y = inside(box->y + box->h / 2, h, (float)height);

	return (struct image_rect){ x, y, x + w, y + h };
}

/* ln(e^a + e^b) without overflow. */
static float
log_sum(float a, float b)
{
	return fmaxf(a, b) + log1pf(expf(-fabsf(a - b)));
}

enum rc
texture_run(struct texture *t, struct image_pyramid *p, const struct vision_box *box, float *logit)
{
	struct image_rect part;
	struct image_map map;
	const float *out;
	float odds;
	enum rc r;

	if (!(box->w >= 1.0f) || !(box->h >= 1.0f))
		return RC_FACE_QUALITY;
	part = texture_part(box, p->width, p->height);
	map = image_map_rect(&part, SIDE, SIDE);
	if ((r = image_warp_numbers(p, &map, NULL, SIDE, SIDE, &norm, net_input(t->net))) != RC_OK)
		return r;
	out = net_run(t->net);
	odds = out[0] - log_sum(out[1], out[2]);
	if (!isfinite(odds))
		return RC_FACE_QUALITY;
	*logit = odds;
	return RC_OK;
}
