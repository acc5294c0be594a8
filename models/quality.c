/*
 * quality.c - see quality.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "models/quality.h"
#include "proto/crypto.h"

#define HEAD_POINTS 9
#define DEGREES     57.29578f

/*
 * A mean adult head in millimetres: x to the right of the picture, y down, z
 * towards the viewer, origin between the eyes. Round figures from common
 * anthropometric tables; only their proportions matter. The jaw is left out:
 * its landmarks follow the visible outline, not the bone.
 */
static const struct { unsigned at; float x, y, z; } head[HEAD_POINTS] = {
	{ 36, -45, 0, -9 }, { 39, -16, 1, 0 }, { 42, 16, 1, 0 }, { 45, 45, 0, -9 },	/* eye corners */
	{ 27, 0, 1, 9 }, { 30, 0, 39, 31 }, { 33, 0, 51, 15 },				/* nose: root, tip, base */
	{ 48, -26, 72, 4 }, { 54, 26, 72, 4 },						/* mouth corners */
};

static void
middle(const struct vision_features *f, unsigned first, float dst[2])
{
	dst[0] = dst[1] = 0.0f;
	for (unsigned i = first; i < first + 6; i++) {
		dst[0] += f->landmark[i][0] / 6.0f;
		dst[1] += f->landmark[i][1] / 6.0f;
	}
}

/* Solves the 3x3 system a x = b by Cramer's rule; the head is not flat, so a is regular. */
static void
solve3(const float a[3][3], const float b[3], float x[3])
{
	float det = a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) -
	    a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);

	for (int k = 0; k < 3; k++) {
		float m[3][3];

		memcpy(m, a, sizeof m);
		for (int i = 0; i < 3; i++)
			m[i][k] = b[i];
		x[k] = (m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
		    m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
		    m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])) / det;
	}
}

/* Least squares of picture = s R head + t: the two rows of s R. */
static void
fit_head(const struct vision_features *f, float row_x[3], float row_y[3])
{
	float hm[3] = { 0 }, pm[2] = { 0 }, a[3][3] = { { 0 } }, bx[3] = { 0 }, by[3] = { 0 };

	for (int i = 0; i < HEAD_POINTS; i++) {
		hm[0] += head[i].x / HEAD_POINTS;
		hm[1] += head[i].y / HEAD_POINTS;
		hm[2] += head[i].z / HEAD_POINTS;
		pm[0] += f->landmark[head[i].at][0] / HEAD_POINTS;
		pm[1] += f->landmark[head[i].at][1] / HEAD_POINTS;
	}
	for (int i = 0; i < HEAD_POINTS; i++) {
		float h[3] = { head[i].x - hm[0], head[i].y - hm[1], head[i].z - hm[2] };

		for (int k = 0; k < 3; k++) {
			for (int l = 0; l < 3; l++)
				a[k][l] += h[k] * h[l];
			bx[k] += h[k] * (f->landmark[head[i].at][0] - pm[0]);
			by[k] += h[k] * (f->landmark[head[i].at][1] - pm[1]);
		}
	}
	solve3(a, bx, row_x);
	solve3(a, by, row_y);
}

static float
unit3(float v[3])
{
	float n = sqrtf(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);

	for (int i = 0; i < 3; i++)
		v[i] = n > 1e-9f ? v[i] / n : 0.0f;
	return n;
}

static float
clamp1(float v)
{
	return v < -1.0f ? -1.0f : v > 1.0f ? 1.0f : v;
}

/* A number a message may carry, whatever the landmarks were. */
static float
bounded(float v, float low, float high)
{
	return !isfinite(v) ? 0.0f : v < low ? low : v > high ? high : v;
}

void
quality_pose(struct vision_features *f)
{
	float left[2], right[2], mid[2], axis[2], nose[2], apart, x[3], y[3], lips;

	middle(f, 36, left);
	middle(f, 42, right);
	axis[0] = right[0] - left[0];
	axis[1] = right[1] - left[1];
	apart = fmaxf(hypotf(axis[0], axis[1]), 1e-3f);
	for (int k = 0; k < 2; k++) {
		axis[k] /= apart;
		mid[k] = (left[k] + right[k]) / 2;
		nose[k] = f->landmark[30][k] - mid[k];
	}
	f->turn = bounded((nose[0] * axis[0] + nose[1] * axis[1]) / apart, -10.0f, 10.0f);
	f->nod = bounded((nose[1] * axis[0] - nose[0] * axis[1]) / apart, -10.0f, 10.0f);
	lips = hypotf(f->landmark[66][0] - f->landmark[62][0], f->landmark[66][1] - f->landmark[62][1]);
	f->mouth = bounded(lips / apart, 0.0f, 10.0f);
	f->roll = bounded(atan2f(axis[1], axis[0]) * DEGREES, -180.0f, 180.0f);

	fit_head(f, x, y);
	(void)unit3(x);
	(void)unit3(y);
	/* Rows of the rotation: depth reaches the picture through their z parts. */
	f->yaw = bounded(asinf(clamp1(x[2] * axis[0] + y[2] * axis[1])) * DEGREES, -90.0f, 90.0f);
	f->pitch = bounded(asinf(clamp1(y[2] * axis[0] - x[2] * axis[1])) * DEGREES, -90.0f, 90.0f);
}

float
quality_picture(const struct image *im)
{
	uint64_t sum = 0, n = 0;
	uint8_t luma;

	for (size_t y = im->height % 8 / 2; y < im->height; y += 8)
		for (size_t x = im->width % 8 / 2; x < im->width; x += 8, n++) {
			image_luma(im->rgb + (y * im->width + x) * 3, 1, &luma);
			sum += luma;
		}
	return n > 0 ? (float)sum / (float)n : 0.0f;
}

void
quality_light(const uint8_t chip[static ALIGN_BYTES], struct vision_features *f)
{
	uint8_t grey[ALIGN_SIDE * ALIGN_SIDE];
	double n = (double)(ALIGN_SIDE - 2) * (ALIGN_SIDE - 2), mean;
	int64_t sum = 0, lap = 0, lap2 = 0;

	image_luma(chip, sizeof grey, grey);
	for (size_t y = 1; y + 1 < ALIGN_SIDE; y++) {
		const uint8_t *g = &grey[y * ALIGN_SIDE], *above = g - ALIGN_SIDE, *below = g + ALIGN_SIDE;
		int32_t row = 0, row2 = 0;	/* of 110 numbers within +-1,020 */

		for (size_t x = 1; x + 1 < ALIGN_SIDE; x++) {
			int32_t v = g[x - 1] + g[x + 1] + above[x] + below[x] - 4 * g[x];

			row += v;
			row2 += v * v;
		}
		lap += row;
		lap2 += row2;
	}
	for (size_t i = 0; i < sizeof grey; i++)
		sum += grey[i];
	mean = (double)lap / n;
	f->brightness = (float)((double)sum / (double)sizeof grey);
	f->sharpness = (float)((double)lap2 / n - mean * mean);
	crypto_wipe(grey, sizeof grey);
}
