/*
 * head_pose.c - see head_pose.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "models/head_pose.h"

#define DEGREES   57.29578f
#define EYES_MM   63.0f		/* between the eyes' middles */
#define STEPS     10		/* four do for most faces */
#define SMALL     1e-3f		/* radians: the last step */
#define LEAP      0.35f		/* radians at most, in one step */
#define ANGLE     1.4f		/* radians at most, 80 degrees */
#define DOUBT     0.05f		/* of the eyes' distance: points farther off count less; a face's have .03 */
#define FIRST_YAW 1.2f		/* radians per eyes' distance that the nose tip is off the middle: where the search starts */
#define UNKNOWNS  7		/* yaw, pitch, roll, log of the scale, place, log of the face's height */
#define TALL      6
/*
 * Faces differ in height by width, and a mean face that is too narrow looks
 * turned. So the height is an unknown, too, and its logarithm counts as an
 * error of TALL_KEPT millimetres a unit. With half of that, turns of 30 degrees
 * come out 3 to 5 too small; with a fixed height, raised brows turn the head by 6.
 */
#define TALL_KEPT 80.0f

/*
 * A mean face, millimetres: x to the right of the picture, y down, z to the
 * viewer, origin between the eyes. x and y are the mean of 365 photographs from the front
 * (Labeled Faces in the Wild) as our two landmark networks see them, both halves of the face
 * averaged. z began with round figures of anthropometric tables and was then
 * fitted to all 1,549 photographs, turned ones above all, its spread kept; no
 * eye, nose or brow moved by more than 6 mm. Brows and lips move, so they weigh less.
 */
static const struct { unsigned at; float weight, p[3]; } face[] = {
	{ 17, 0.5f, { -58.1f, -12.8f, -15.8f } }, { 18, 0.5f, { -49.6f, -19.0f, -6.7f } }, { 19, 0.5f, { -37.3f, -21.4f, 0.2f } },
	{ 20, 0.5f, { -25.5f, -20.3f, 5.4f } }, { 21, 0.5f, { -14.7f, -16.5f, 8.6f } }, { 22, 0.5f, { 14.7f, -16.5f, 8.6f } },
	{ 23, 0.5f, { 25.5f, -20.3f, 5.4f } }, { 24, 0.5f, { 37.3f, -21.4f, 0.2f } }, { 25, 0.5f, { 49.6f, -19.0f, -6.7f } },
	{ 26, 0.5f, { 58.1f, -12.8f, -15.8f } }, { 27, 1.0f, { 0.0f, -0.2f, 9.3f } }, { 28, 1.0f, { 0.0f, 12.5f, 16.1f } },
	{ 29, 1.0f, { 0.0f, 25.0f, 23.6f } }, { 30, 1.0f, { 0.0f, 37.0f, 28.0f } }, { 31, 1.0f, { -13.3f, 44.2f, 8.6f } },
	{ 32, 1.0f, { -7.1f, 46.2f, 12.0f } }, { 33, 1.0f, { 0.0f, 47.9f, 13.8f } }, { 34, 1.0f, { 7.1f, 46.2f, 12.0f } },
	{ 35, 1.0f, { 13.3f, 44.2f, 8.6f } }, { 36, 1.0f, { -43.4f, -0.1f, -11.3f } }, { 37, 1.0f, { -36.4f, -3.6f, -5.7f } },
	{ 38, 1.0f, { -27.1f, -3.8f, -4.9f } }, { 39, 1.0f, { -18.9f, 1.1f, -6.1f } }, { 40, 1.0f, { -26.9f, 3.2f, -5.5f } },
	{ 41, 1.0f, { -36.3f, 3.2f, -7.2f } }, { 42, 1.0f, { 18.9f, 1.1f, -6.1f } }, { 43, 1.0f, { 27.1f, -3.8f, -4.9f } },
	{ 44, 1.0f, { 36.4f, -3.6f, -5.7f } }, { 45, 1.0f, { 43.4f, -0.1f, -11.3f } }, { 46, 1.0f, { 36.3f, 3.2f, -7.2f } },
	{ 47, 1.0f, { 26.9f, 3.2f, -5.5f } }, { 48, 0.7f, { -26.2f, 67.3f, -11.6f } }, { 49, 0.7f, { -16.5f, 63.5f, 1.8f } },
	{ 50, 0.7f, { -6.3f, 61.0f, 9.5f } }, { 51, 0.7f, { 0.0f, 62.6f, 10.1f } }, { 52, 0.7f, { 6.3f, 61.0f, 9.5f } },
	{ 53, 0.7f, { 16.5f, 63.5f, 1.8f } }, { 54, 0.7f, { 26.2f, 67.3f, -11.6f } }, { 60, 0.7f, { -23.1f, 67.4f, -10.6f } },
	{ 61, 0.7f, { -7.5f, 67.0f, 5.5f } }, { 62, 0.7f, { 0.0f, 67.3f, 7.2f } }, { 63, 0.7f, { 7.5f, 67.0f, 5.5f } },
	{ 64, 0.7f, { 23.1f, 67.4f, -10.6f } },
};
#define POINTS (sizeof face / sizeof face[0])

struct fit {
	float v[UNKNOWNS];
	float a[UNKNOWNS][UNKNOWNS], b[UNKNOWNS];	/* normal equations of a step */
	float error;
};

struct turned { float sy, cy, sp, cp, sr, cr, scale, tall; };

static float
square(float v)
{
	return v * v;
}

static struct turned
turned_by(const float v[UNKNOWNS])
{
	return (struct turned){ sinf(v[0]), cosf(v[0]), sinf(v[1]), cosf(v[1]), sinf(v[2]), cosf(v[2]), expf(v[3]),
	    expf(v[TALL]) };
}

/* One point: adds both of its equations to the step; returns its squared distance, in the eyes' distance. */
static float
add_point(struct fit *f, const struct turned *t, const float p[3], float weight, const float at[2])
{
	float a = p[0] * t->cy + p[2] * t->sy, depth = p[2] * t->cy - p[0] * t->sy, down = p[1] * t->tall;
	float b = down * t->cp + depth * t->sp, far = depth * t->cp - down * t->sp, by_tall = t->scale * down * t->cp;
	float x = t->scale * (a * t->cr - b * t->sr), y = t->scale * (a * t->sr + b * t->cr);
	float off[2] = { at[0] - x - f->v[4], at[1] - y - f->v[5] };
	float apart = sqrtf(square(off[0]) + square(off[1])) / (EYES_MM * t->scale);
	/* Derivatives of both coordinates by the unknowns. */
	float by[2][UNKNOWNS] = {
		{ t->scale * (depth * t->cr + a * t->sp * t->sr), -t->scale * far * t->sr, -y, x, 1, 0, -by_tall * t->sr },
		{ t->scale * (depth * t->sr - a * t->sp * t->cr), t->scale * far * t->cr, x, y, 0, 1, by_tall * t->cr },
	};

	if (apart > DOUBT)
		weight *= DOUBT / apart;
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < UNKNOWNS; i++) {
			for (int j = 0; j <= i; j++)
				f->a[i][j] += weight * by[k][i] * by[k][j];
			f->b[i] += weight * by[k][i] * off[k];
		}
	return apart * apart;
}

/* a x = b in place by Cholesky's way; false: a is not positive definite. */
static bool
solve(float a[UNKNOWNS][UNKNOWNS], float x[UNKNOWNS])
{
	for (int i = 0; i < UNKNOWNS; i++) {
		for (int j = 0; j <= i; j++) {
			float sum = a[i][j];

			for (int k = 0; k < j; k++)
				sum -= a[i][k] * a[j][k];
			if (i > j)
				a[i][j] = sum / a[j][j];
			else if (sum > 0.0f)
				a[i][i] = sqrtf(sum);
			else
				return false;
		}
		for (int k = 0; k < i; k++)
			x[i] -= a[i][k] * x[k];
		x[i] /= a[i][i];
	}
	for (int i = UNKNOWNS - 1; i >= 0; i--) {
		for (int k = i + 1; k < UNKNOWNS; k++)
			x[i] -= a[k][i] * x[k];
		x[i] /= a[i][i];
	}
	return true;
}

static float
clamp(float v, float most)
{
	return v < -most ? -most : v > most ? most : v;
}

/* From the eyes: roll, scale and place; from the nose tip: yaw. False: there are no eyes. */
static bool
begin(struct fit *f, const float point[static VISION_LANDMARKS][2])
{
	float eye[2][2] = { { 0 } }, axis[2], mid[2], apart, aside;

	for (unsigned e = 0; e < 2; e++)
		for (unsigned i = 36 + 6 * e; i < 42 + 6 * e; i++)
			for (unsigned k = 0; k < 2; k++)
				eye[e][k] += point[i][k] / 6.0f;
	for (unsigned k = 0; k < 2; k++) {
		axis[k] = eye[1][k] - eye[0][k];
		mid[k] = (eye[0][k] + eye[1][k]) / 2;
	}
	apart = hypotf(axis[0], axis[1]);
	if (!(apart > 1e-3f) || !isfinite(apart))
		return false;
	aside = ((point[30][0] - mid[0]) * axis[0] + (point[30][1] - mid[1]) * axis[1]) / (apart * apart);
	f->v[0] = clamp(FIRST_YAW * aside, 0.9f);
	f->v[1] = 0.0f;
	f->v[2] = atan2f(axis[1], axis[0]);
	f->v[3] = logf(apart / EYES_MM / cosf(f->v[0]));
	f->v[4] = mid[0];
	f->v[5] = mid[1];
	f->v[TALL] = 0.0f;
	return true;
}

/* False: the equations have no solution, f->v is as before. *moved: radians. */
static bool
step(struct fit *f, const float point[static VISION_LANDMARKS][2], float *moved)
{
	struct turned t = turned_by(f->v);
	float sum = 0.0f, weights = 0.0f;

	memset(f->a, 0, sizeof f->a);
	memset(f->b, 0, sizeof f->b);
	for (size_t i = 0; i < POINTS; i++) {
		sum += face[i].weight * add_point(f, &t, face[i].p, face[i].weight, point[face[i].at]);
		weights += face[i].weight;
	}
	f->error = sqrtf(sum / weights);
	f->a[TALL][TALL] += square(TALL_KEPT * t.scale);
	f->b[TALL] -= square(TALL_KEPT * t.scale) * f->v[TALL];
	if (!solve(f->a, f->b))
		return false;
	*moved = 0.0f;
	for (int i = 0; i < UNKNOWNS; i++) {
		float by = i < 4 || i == TALL ? clamp(f->b[i], LEAP) : f->b[i];

		f->v[i] += by;
		if (i < 3)
			*moved = fmaxf(*moved, fabsf(by));
		if (!isfinite(f->v[i]))
			return false;
	}
	f->v[0] = clamp(f->v[0], ANGLE);
	f->v[1] = clamp(f->v[1], ANGLE);
	return true;
}

struct head_pose
head_pose_fit(const float point[static VISION_LANDMARKS][2])
{
	struct fit f = { 0 };
	float moved = 1.0f;

	if (!begin(&f, point))
		return (struct head_pose){ 0 };
	for (int i = 0; i < STEPS && moved > SMALL; i++)
		if (!step(&f, point, &moved))
			break;
	for (int i = 0; i < UNKNOWNS; i++)
		if (!isfinite(f.v[i]) || !isfinite(f.error))
			return (struct head_pose){ 0 };
	return (struct head_pose){ f.v[0] * DEGREES, f.v[1] * DEGREES, remainderf(f.v[2], 6.2831853f) * DEGREES, f.error };
}
