/*
 * align.c - see align.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "models/align.h"

#define POINTS 5

/*
 * Where the five points lie on the chip: ArcFace's places, seen through what was measured to suit both embedders best
 * with our landmarks (tests/bench/RESULTS.md), whose points differ a little from those they were trained with.
 */
#define FIT_SCALE 0.98f
#define FIT_X     -0.6f
#define FIT_Y     -0.4f
#define PLACE(x, y) { (x - 56.0f) * FIT_SCALE + 56.0f + FIT_X, (y - 56.0f) * FIT_SCALE + 56.0f + FIT_Y }

static const float target[POINTS][2] = {
	PLACE(38.2946f, 51.6963f), PLACE(73.5318f, 51.5014f), PLACE(56.0252f, 71.7366f),
	PLACE(41.5493f, 92.3655f), PLACE(70.7299f, 92.2041f),
};

void
align_mean(const float a[static VISION_LANDMARKS][2], const float b[static VISION_LANDMARKS][2],
    float mean[static VISION_LANDMARKS][2])
{
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		for (unsigned k = 0; k < 2; k++)
			mean[i][k] = (a[i][k] + b[i][k]) / 2;
}

static void
mean_of(const float landmark[static VISION_LANDMARKS][2], unsigned first, unsigned n, float dst[2])
{
	dst[0] = dst[1] = 0.0f;
	for (unsigned i = first; i < first + n; i++) {
		dst[0] += landmark[i][0] / (float)n;
		dst[1] += landmark[i][1] / (float)n;
	}
}

enum rc
align_map(const float landmark[static VISION_LANDMARKS][2], struct image_map *map)
{
	float from[POINTS][2], fm[2] = { 0 }, tm[2] = { 0 };
	float spread = 0.0f, along = 0.0f, across = 0.0f, a, b;

	mean_of(landmark, 36, 6, from[0]);
	mean_of(landmark, 42, 6, from[1]);
	mean_of(landmark, 30, 1, from[2]);
	mean_of(landmark, 48, 1, from[3]);
	mean_of(landmark, 54, 1, from[4]);
	for (int i = 0; i < POINTS; i++)
		for (int k = 0; k < 2; k++) {
			fm[k] += from[i][k] / POINTS;
			tm[k] += target[i][k] / POINTS;
		}
	/* In the plane the least-squares similarity from chip to picture, x' = ax - by, y' = bx + ay,
	 * has this closed form. */
	for (int i = 0; i < POINTS; i++) {
		float x = target[i][0] - tm[0], y = target[i][1] - tm[1];
		float u = from[i][0] - fm[0], v = from[i][1] - fm[1];

		spread += x * x + y * y;
		along += x * u + y * v;
		across += x * v - y * u;
	}
	a = along / spread;
	b = across / spread;
	if (!isfinite(a) || !isfinite(b) || hypotf(a, b) < 1e-2f)
		return RC_FACE_QUALITY;
	*map = (struct image_map){ { a, -b, fm[0] - a * tm[0] + b * tm[1], b, a, fm[1] - b * tm[0] - a * tm[1] } };
	return RC_OK;
}

enum rc
align_chip(struct image_pyramid *p, const float landmark[static VISION_LANDMARKS][2], uint8_t chip[static ALIGN_BYTES])
{
	struct image_map map;
	enum rc r;

	if ((r = align_map(landmark, &map)) != RC_OK)
		return r;
	return image_warp(p, &map, NULL, ALIGN_SIDE, ALIGN_SIDE, chip);
}
