/*
 * edges.c - see edges.h. Straight lines are found by trying them all: a small
 * Hough transform (Duda and Hart, 1972) over the places and tilts at which an
 * edge of something held before the camera can be.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The face and what is around it are looked at with PER_FACE pixels for a face,
 * whatever its size, so lengths are in faces. Edges left and right are looked
 * for in the picture, those above and below in the same way in the picture
 * with x and y exchanged.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "models/edges.h"
#include "proto/crypto.h"

#define PER_FACE 24
#define REACH    2.2f			/* faces on each side of the middle */
#define N        105			/* 2 REACH PER_FACE */
#define STEEP    6.0f			/* grey levels a pixel: an edge */
#define TILT     0.3f			/* most: 17 degrees */
#define TILTS    13
#define LINES    36			/* looked at together: as many as lie in 1.35 faces, and to a multiple of 4 */
#define BESIDE   LINES
#define SEEN     0.6f			/* of an edge must lie in the picture */
#define WHOLE    0.8f			/* and so much between its corners */
#define LIKELY   0.4f			/* of an edge that is worth following */

/*
 * closed is above .80 for a fifth of 450 prints held before a webcam, for none
 * of 450 people before the same webcams, and for 3 % of 811 photographs of
 * people (press photographs, many cropped and turned).
 */
#define BETWEEN 0.80f
#define SLOPE   20.0f

/* Slopes across x, from BESIDE on; NAN where the picture ends. */
struct field { float g[N][N + 2 * BESIDE]; };

struct line {
	float at, tilt;		/* x = at + tilt y, in faces from the middle */
	float sign;		/* 1: brighter to the right */
	float there;		/* how much of it was seen, 0: no line */
};

static float
in_faces(int i)
{
	return ((float)i + 0.5f) / (float)PER_FACE - REACH;
}

static int
in_pixels(float faces)
{
	float at = (faces + REACH) * (float)PER_FACE;
	int i = (int)at;

	return i - ((float)i > at);	/* floorf() is a call on some machines */
}

/* Does the picture of this width hold the pixel at i and its neighbours? */
static bool
holds(float middle, float unit, int i, float width)
{
	return middle + in_faces(i - 1) * unit > 0.0f && middle + in_faces(i + 1) * unit < width;
}

/* luma: [N][N] round the face; across: x and y exchanged. */
static void
field_make(struct field *f, const float *luma, const struct image_pyramid *p, const struct vision_box *box, bool across)
{
	float unit = fmaxf(box->w, box->h), x = box->x + box->w / 2, y = box->y + box->h / 2;

	for (int row = 0; row < N; row++) {
		for (int i = 0; i < BESIDE; i++)
			f->g[row][i] = f->g[row][BESIDE + N + i] = NAN;
		for (int col = 0; col < N; col++) {
			int px = across ? row : col, py = across ? col : row;
			int step = across ? N : 1, at = py * N + px;
			bool there = col > 0 && col < N - 1 && holds(x, unit, px, (float)p->width) &&
			    holds(y, unit, py, (float)p->height);

			f->g[row][BESIDE + col] = there ? (luma[at + step] - luma[at - step]) / 2 : NAN;
		}
	}
}

/* Of lines side by side, a pixel between them: how many of their pixels lie in the picture, and how clearly these
 * show an edge that is brighter to its right, or to its left. */
struct lines { float seen[LINES], right[LINES], left[LINES]; };

static float
clear(float g)
{
	float up = g > 0.0f ? g : 0.0f;

	return (g > STEEP ? 0.7f : 0.0f) + 0.15f / STEEP * (up < 2.0f * STEEP ? up : 2.0f * STEEP);	/* most: 1 */
}

/* Lines of this tilt, the first at x0, seen from y0 to y1. No branches and a fixed length: compilers make vectors of it. */
static void
lines_see(const struct field *f, float x0, float tilt, float y0, float y1, struct lines *l)
{
	memset(l, 0, sizeof *l);
	for (int row = in_pixels(y0); row < in_pixels(y1); row++) {
		const float *g = &f->g[row][BESIDE + in_pixels(x0 + tilt * in_faces(row))];

		for (int i = 0; i < LINES; i++) {
			l->seen[i] += g[i] == g[i] ? 1.0f : 0.0f;	/* not NAN */
			l->right[i] += clear(g[i]);
			l->left[i] += clear(-g[i]);
		}
	}
}

/* The clearest line that crosses the middle's height between x0 and x1, seen from y0 to y1. */
static struct line
line_find(const struct field *f, float x0, float x1, float y0, float y1)
{
	const float least = SEEN * (float)(in_pixels(y1) - in_pixels(y0));
	struct line best = { .sign = 1.0f };
	struct lines l;

	for (int k = 0; k < TILTS; k++) {
		float tilt = TILT * (2.0f * (float)k / (float)(TILTS - 1) - 1.0f);

		lines_see(f, x0, tilt, y0, y1, &l);
		for (int i = 0; i < LINES && x0 + (float)i / (float)PER_FACE < x1; i++) {
			float most = fmaxf(l.left[i], l.right[i]) / fmaxf(l.seen[i], 1.0f);

			if (l.seen[i] >= least && most > best.there)
				best = (struct line){ x0 + (float)i / (float)PER_FACE, tilt, l.right[i] > l.left[i] ? 1.0f : -1.0f,
				    most };
		}
	}
	return best;
}

/* What part of the line is an edge between the corners at y0 and y1; one pixel to either side is forgiven. */
static float
line_between(const struct field *f, const struct line *l, float y0, float y1)
{
	int first = in_pixels(y0 + 0.1f), end = in_pixels(y1 - 0.1f), seen = 0, steep = 0;

	if (l->there < LIKELY)
		return 0.0f;
	for (int row = first; row < end; row++) {
		int col = in_pixels(l->at + l->tilt * in_faces(row));
		bool edge = false;

		if (row < 0 || row >= N || col < 1 || col > N - 2 || isnan(f->g[row][BESIDE + col]))
			continue;
		seen++;
		for (int i = -1; i <= 1; i++)
			edge |= f->g[row][BESIDE + col + i] * l->sign > STEEP;
		steep += edge;
	}
	return (float)seen >= WHOLE * (float)(end - first) ? (float)steep / (float)(end - first) : 0.0f;
}

/* *closed: what part of the weakest edge is there, 0 ... 1. RC_FACE_QUALITY if the box has no size. */
static enum rc
edges_closed(struct image_pyramid *p, const struct vision_box *box, float *closed)
{
	float unit = fmaxf(box->w, box->h), luma[N * N], part;
	float x = box->x + box->w / 2, y = box->y + box->h / 2, half = unit * (float)N / (2.0f * (float)PER_FACE);
	const struct image_rect rect = { x - half, y - half, x + half, y + half };
	struct line left, right, above, below;
	struct field upright, across;
	struct image_map map;
	enum rc r;

	if (!(box->w >= 1.0f) || !(box->h >= 1.0f))
		return RC_FACE_QUALITY;
	map = image_map_rect(&rect, N, N);
	if ((r = image_warp_luma(p, &map, NULL, N, N, 1.0f, luma)) != RC_OK)
		return r;
	field_make(&upright, luma, p, box, false);
	field_make(&across, luma, p, box, true);
	/* Sides pass the cheeks and reach below the chin, where shoulders would cut what is behind. */
	left = line_find(&upright, -1.9f, -0.55f, -0.5f, 0.9f);
	right = line_find(&upright, 0.55f, 1.9f, -0.5f, 0.9f);
	above = line_find(&across, -2.0f, -0.7f, -0.55f, 0.55f);
	below = line_find(&across, 0.75f, 2.1f, -0.55f, 0.55f);
	part = fminf(fminf(line_between(&upright, &left, above.at, below.at),
	    line_between(&upright, &right, above.at, below.at)),
	    fminf(line_between(&across, &above, left.at, right.at), line_between(&across, &below, left.at, right.at)));
	crypto_wipe(luma, sizeof luma);
	crypto_wipe(&upright, sizeof upright);
	crypto_wipe(&across, sizeof across);
	*closed = part;
	return RC_OK;
}

enum rc
edges_run(struct image_pyramid *p, const struct vision_box *box, float *logit)
{
	float closed;
	enum rc r;

	if ((r = edges_closed(p, box, &closed)) == RC_OK)
		*logit = fminf(SLOPE * (BETWEEN - closed), EDGES_NONE);
	return r;
}
