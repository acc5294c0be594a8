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
texture_part(const struct vision_box *box, float around, uint32_t width, uint32_t height)
{
	float side = fminf(around * fmaxf(box->w, box->h), fminf((float)width, (float)height));
	float x = inside(box->x + box->w / 2, side, (float)width);
	float y = inside(box->y + box->h / 2, side, (float)height);

	return (struct image_rect){ x, y, x + side, y + side };
}

/* ln(e^a + e^b) without overflow. */
static float
log_sum(float a, float b)
{
	return fmaxf(a, b) + log1pf(expf(-fabsf(a - b)));
}

static enum rc
look(struct texture *t, struct image_pyramid *p, const struct image_rect *part, float *logit)
{
	struct image_map map = image_map_rect(part, SIDE, SIDE);
	const float *out;
	enum rc r;

	if ((r = image_warp_numbers(p, &map, NULL, SIDE, SIDE, &norm, net_input(t->net))) != RC_OK)
		return r;
	out = net_run(t->net);
	*logit = out[0] - log_sum(out[1], out[2]);
	return isfinite(*logit) ? RC_OK : RC_FACE_QUALITY;
}

enum rc
texture_run(struct texture *t, struct image_pyramid *p, const struct vision_box *box, float *logit)
{
	static const float around[] = { TEXTURE_AROUND, TEXTURE_NEAR };
	const unsigned n = sizeof around / sizeof around[0];
	float sum = 0.0f, one;
	enum rc r;

	if (!(box->w >= 1.0f) || !(box->h >= 1.0f))
		return RC_FACE_QUALITY;
	for (unsigned i = 0; i < n; i++) {
		struct image_rect part = texture_part(box, around[i], p->width, p->height);

		if ((r = look(t, p, &part, &one)) != RC_OK)
			return r;
		sum += one;
	}
	*logit = sum / (float)n;
	return RC_OK;
}
