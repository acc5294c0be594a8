/*
 * cue_depth.c - see cue_depth.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "server/cue_depth.h"
#include "server/cue_solve.h"

#define STEP        .06f	/* of a pose, eye distances: some 5 degrees */
#define APART       .07f	/* eye distances, root mean square: poses nearer to the usual one tell nothing */
#define FRAMES_LEAST  3u	/* in poses that tell */
#define FRAMES_MOST   8u	/* of one pose count: a head held turned is no more depth */
#define UNKNOWNS      8u	/* of a homography whose last element is 1 */
/*
 * Measured as unexplained part: 2 persons on video who turn, in pieces of 3 to
 * 4 s, .38 and more; 7 faces on a head in space, turning .36 to .45, nodding to
 * .66. 31 photographs turned by up to 55 degrees, flat or bent over an arc of
 * 57 to 150 degrees: .09 to .29.
 */
#define PART_ZERO   .32f
#define PART_STEP   .015f	/* as much more for each unit of the value */
#define VALUE_MOST  6.0f

static const uint8_t skull[CUE_DEPTH_POINTS] = { 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
	33, 34, 35, 36, 39, 42, 45 };
#define NOSE_TIP   30u
#define LEFT_EYE   36u
#define RIGHT_EYE  42u
#define EYE_POINTS  6u

/* ---- poses ---- */

static void
mean_points(const struct vision_features *f, float p[static VISION_LANDMARKS][2])
{
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		for (unsigned k = 0; k < 2; k++)
			p[i][k] = f->has_eyes != 0 ? (f->landmark[i][k] + f->second[i][k]) / 2 : f->landmark[i][k];
}

static void
eye_middle(const float p[static VISION_LANDMARKS][2], unsigned first, float at[static 2])
{
	at[0] = at[1] = 0.0f;
	for (unsigned i = first; i < first + EYE_POINTS; i++)
		for (unsigned k = 0; k < 2; k++)
			at[k] += p[i][k] / (float)EYE_POINTS;
}

/* Puts the eyes' middle at 0, their distance at 1, their axis level. False: they are in one place. */
static bool
normalise(float p[static VISION_LANDMARKS][2])
{
	float a[2], b[2], x, y, dx, dy, square;

	eye_middle(p, LEFT_EYE, a);
	eye_middle(p, RIGHT_EYE, b);
	dx = b[0] - a[0];
	dy = b[1] - a[1];
	if (!((square = dx * dx + dy * dy) >= 1.0f))
		return false;
	for (unsigned i = 0; i < VISION_LANDMARKS; i++) {
		x = p[i][0] - (a[0] + b[0]) / 2;
		y = p[i][1] - (a[1] + b[1]) / 2;
		p[i][0] = (x * dx + y * dy) / square;
		p[i][1] = (y * dx - x * dy) / square;
	}
	return true;
}

static struct cue_depth_pose *
find_pose(struct cue_depth *d, int32_t turn, int32_t nod)
{
	for (uint32_t i = 0; i < d->poses; i++)
		if (d->pose[i].turn == turn && d->pose[i].nod == nod)
			return &d->pose[i];
	if (d->poses == CUE_DEPTH_POSES)
		return NULL;
	d->pose[d->poses] = (struct cue_depth_pose){ .turn = turn, .nod = nod };
	return &d->pose[d->poses++];
}

void
cue_depth_feed(struct cue_depth *d, const struct vision_features *f)
{
	float p[VISION_LANDMARKS][2];
	struct cue_depth_pose *pose;

	if (f->faces != 1)
		return;
	mean_points(f, p);
	if (!normalise(p) || !(fabsf(p[NOSE_TIP][0]) < 4.0f && fabsf(p[NOSE_TIP][1]) < 4.0f))
		return;
	pose = find_pose(d, (int32_t)lrintf(p[NOSE_TIP][0] / STEP), (int32_t)lrintf(p[NOSE_TIP][1] / STEP));
	if (pose == NULL)
		return;
	pose->n++;
	for (unsigned i = 0; i < CUE_DEPTH_POINTS; i++)
		for (unsigned k = 0; k < 2; k++)
			pose->sum[i][k] += p[skull[i]][k];
}

/* ---- what a plane explains ---- */

typedef float points[CUE_DEPTH_POINTS][2];

static void
mean_pose(const struct cue_depth_pose *p, points at)
{
	for (unsigned i = 0; i < CUE_DEPTH_POINTS; i++)
		for (unsigned k = 0; k < 2; k++)
			at[i][k] = p->sum[i][k] / (float)p->n;
}

/* Mean square of the distances. */
static double
apart(const points a, const points b)
{
	double sum = 0.0;

	for (unsigned i = 0; i < CUE_DEPTH_POINTS; i++)
		for (unsigned k = 0; k < 2; k++)
			sum += ((double)a[i][k] - (double)b[i][k]) * ((double)a[i][k] - (double)b[i][k]);
	return sum / CUE_DEPTH_POINTS;
}

/*
 * Where the plane's map that fits best takes the points a, which should land on
 * b. Coordinates are of order one, so they need no conditioning.
 */
static bool
map_plane(const points a, const points b, points to)
{
	double m[CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1] = { { 0.0 } }, h[CUE_UNKNOWNS_MAX];

	for (unsigned i = 0; i < CUE_DEPTH_POINTS; i++) {
		const double x = (double)a[i][0], y = (double)a[i][1], u = (double)b[i][0], v = (double)b[i][1];

		cue_equation(m, UNKNOWNS, (double[]){ x, y, 1, 0, 0, 0, -u * x, -u * y, u }, 1.0);
		cue_equation(m, UNKNOWNS, (double[]){ 0, 0, 0, x, y, 1, -v * x, -v * y, v }, 1.0);
	}
	if (!cue_solve(m, UNKNOWNS, h))
		return false;
	for (unsigned i = 0; i < CUE_DEPTH_POINTS; i++) {
		const double x = (double)a[i][0], y = (double)a[i][1], w = h[6] * x + h[7] * y + 1.0;

		if (!(w > .1))
			return false;
		to[i][0] = (float)((h[0] * x + h[1] * y + h[2]) / w);
		to[i][1] = (float)((h[3] * x + h[4] * y + h[5]) / w);
	}
	return true;
}

/* The pose that was seen most. */
static const struct cue_depth_pose *
usual_pose(const struct cue_depth *d)
{
	const struct cue_depth_pose *usual = &d->pose[0];

	for (uint32_t i = 1; i < d->poses; i++)
		if (d->pose[i].n > usual->n)
			usual = &d->pose[i];
	return usual;
}

bool
cue_depth_part(const struct cue_depth *d, float *part, uint32_t *frames)
{
	const struct cue_depth_pose *usual;
	double all = 0.0, unexplained = 0.0;
	points a, b, to;
	uint32_t n = 0;

	if (d->poses < 2)
		return false;
	usual = usual_pose(d);
	mean_pose(usual, a);
	for (uint32_t i = 0; i < d->poses; i++) {
		uint32_t weight = d->pose[i].n < FRAMES_MOST ? d->pose[i].n : FRAMES_MOST;
		double moved;

		mean_pose(&d->pose[i], b);
		if ((moved = apart(a, b)) < (double)(APART * APART) || !map_plane(a, b, to))
			continue;
		all += weight * moved;
		unexplained += weight * apart(to, b);
		n += weight;
	}
	if (n < FRAMES_LEAST)
		return false;
	*part = (float)sqrt(fmin(1.0, unexplained / all));
	*frames = n;
	return true;
}

bool
cue_depth_value(const struct cue_depth *d, float *value)
{
	uint32_t frames;
	float part;

	if (!cue_depth_part(d, &part, &frames))
		return false;
	*value = fmaxf(-VALUE_MOST, fminf(VALUE_MOST, (part - PART_ZERO) / PART_STEP));
	return true;
}
