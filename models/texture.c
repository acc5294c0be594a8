/*
 * texture.c - see texture.h. A small MobileFaceNet with gates, after the
 * networks of the Silent-Face-Anti-Spoofing project (Minivision, 2020).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/net_named.h"
#include "models/texture.h"

#define NETWORK "fr_liveness"
#define SIDE    128u
#define CLASSES 3u	/* live, and two kinds of pictures */
#define COVERED_LEAST 16u	/* pixels of SIDE that show the picture */

static const struct image_norm norm = { { 0.0f, 0.0f, 0.0f }, 1.0f };

struct texture {
	struct net *net;
};

struct looks { float sum, n; };	/* logits */

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

/* The square that is wanted, be it in the picture or not. */
static struct image_rect
texture_square(const struct vision_box *box, float around)
{
	float half = around * fmaxf(box->w, box->h) / 2, x = box->x + box->w / 2, y = box->y + box->h / 2;

	return (struct image_rect){ x - half, y - half, x + half, y + half };
}

static bool
same_rect(const struct image_rect *a, const struct image_rect *b)
{
	const float less = 0.01f;	/* pixels */

	return fabsf(a->x0 - b->x0) < less && fabsf(a->y0 - b->y0) < less && fabsf(a->x1 - b->x1) < less &&
	    fabsf(a->y1 - b->y1) < less;
}

/* ln(e^a + e^b) without overflow. */
static float
log_sum(float a, float b)
{
	return fmaxf(a, b) + log1pf(expf(-fabsf(a - b)));
}

/* The first and the end of n pixels between from and to that lie in the picture, whole wide. */
static void
covered(float from, float to, float whole, unsigned *first, unsigned *end)
{
	const float step = (to - from) / (float)SIDE;
	const float lo = ceilf(-from / step), hi = floorf((whole - from) / step);

	*first = (unsigned)fminf(fmaxf(lo, 0.0f), (float)SIDE);
	*end = (unsigned)fminf(fmaxf(hi, 0.0f), (float)SIDE);
}

/* Where a pixel before first or from end on is seen in mirrors that stand there. */
static unsigned
mirrored(unsigned i, unsigned first, unsigned end)
{
	const int n = (int)(end - first), turn = 2 * n, at = (((int)i - (int)first) % turn + turn) % turn;

	return first + (unsigned)(at < n ? at : turn - 1 - at);
}

/* Fills what lies outside the picture with what is seen in mirrors at its borders. False: hardly any of it lies inside. */
static bool
mirror(float *in, const struct image_rect *part, uint32_t width, uint32_t height)
{
	unsigned x0, x1, y0, y1, column[SIDE];

	covered(part->x0, part->x1, (float)width, &x0, &x1);
	covered(part->y0, part->y1, (float)height, &y0, &y1);
	if (x1 < x0 + COVERED_LEAST || y1 < y0 + COVERED_LEAST)
		return false;
	for (unsigned x = 0; x < SIDE; x++)
		column[x] = mirrored(x, x0, x1);
	for (unsigned y = y0; y < y1; y++) {
		float *row = in + (size_t)y * SIDE * 3;

		for (unsigned x = 0; x < SIDE; x++)
			if (column[x] != x)
				memcpy(row + (size_t)x * 3, row + (size_t)column[x] * 3, 3 * sizeof *in);
	}
	for (unsigned y = 0; y < SIDE; y++)
		if (y < y0 || y >= y1)
			memcpy(in + (size_t)y * SIDE * 3, in + (size_t)mirrored(y, y0, y1) * SIDE * 3, SIDE * 3 * sizeof *in);
	return true;
}

/* part may reach beyond the picture. *seen: added to, and counted. */
static enum rc
look(struct texture *t, struct image_pyramid *p, const struct image_rect *part, struct looks *seen)
{
	struct image_map map = image_map_rect(part, SIDE, SIDE);
	float *in = net_input(t->net), logit;
	const float *out;
	enum rc r;

	if ((r = image_warp_numbers(p, &map, NULL, SIDE, SIDE, &norm, in)) != RC_OK)
		return r;
	if (!mirror(in, part, p->width, p->height))
		return RC_OK;
	out = net_run(t->net);
	logit = out[0] - log_sum(out[1], out[2]);
	seen->sum += logit;
	seen->n++;
	return isfinite(logit) ? RC_OK : RC_FACE_QUALITY;
}

enum rc
texture_run(struct texture *t, struct image_pyramid *p, const struct vision_box *box, float *logit)
{
	static const float around[] = { TEXTURE_AROUND, TEXTURE_NEAR };
	struct looks seen = { 0.0f, 0.0f }, here;
	enum rc r;

	if (!(box->w >= 1.0f) || !(box->h >= 1.0f))
		return RC_FACE_QUALITY;
	for (unsigned i = 0; i < sizeof around / sizeof around[0]; i++) {
		const struct image_rect inside_it = texture_part(box, around[i], p->width, p->height);
		const struct image_rect whole = texture_square(box, around[i]);

		here = (struct looks){ 0.0f, 0.0f };
		if ((r = look(t, p, &inside_it, &here)) != RC_OK)
			return r;
		if (!same_rect(&inside_it, &whole) && (r = look(t, p, &whole, &here)) != RC_OK)
			return r;
		if (here.n > 0.0f) {
			seen.sum += here.sum / here.n;
			seen.n++;
		}
	}
	if (!(seen.n > 0.0f))
		return RC_FACE_QUALITY;
	*logit = seen.sum / seen.n;
	return RC_OK;
}
