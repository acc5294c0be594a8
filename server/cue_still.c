/*
 * cue_still.c - see cue_still.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "server/cue_solve.h"
#include "server/cue_still.h"

#define FRAMES_LEAST  30u
#define SPAN_MS     4500	/* people go without a blink for longer, but not without a look */
#define STEP_MS      250	/* frames further apart are no neighbours */
#define FAR         4.0f	/* eye distances: a point that is further off was not seen */
#define AFFINE        3u
/*
 * In thousandths of the eyes' distance: 7 people on video, 28 kinds of altered
 * clips each, 5 s long, 2.6 and more; the calmest 4.7 s of a clip slowed down to
 * half its speed 2.1. One picture with noise, of each of the 7, 0 to 1.6; moved and turned,
 * too, 1.3 to 5.5, for networks find a face a little otherwise wherever it is. A
 * telephone's screen that hardly moves, filmed: 1.7.
 */
#define WANDER_ZERO  .0020f
#define WANDER_STEP  .00015f
#define VALUE_LEAST -6.0f
#define VALUE_MOST   6.0f

static const uint8_t firm[CUE_STILL_FIRM] = { 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
	36, 39, 42, 45 };
static const uint8_t loose[CUE_STILL_FREE] = { 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 36, 37, 38, 39, 40, 41, 42, 43, 44,
	45, 46, 47 };
#define LEFT_EYE   36u
#define RIGHT_EYE  42u
#define EYE_POINTS  6u

static void
mean_points(const struct vision_features *f, float p[static VISION_LANDMARKS][2])
{
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		for (unsigned k = 0; k < 2; k++)
			p[i][k] = f->has_eyes != 0 ? (f->landmark[i][k] + f->second[i][k]) / 2 : f->landmark[i][k];
}

/* The middle of the firm points goes to 0, the eyes' distance becomes 1. False: there is no such face. */
static bool
normalise(float p[static VISION_LANDMARKS][2])
{
	float middle[2] = { 0.0f, 0.0f }, apart[2] = { 0.0f, 0.0f }, size;

	for (unsigned k = 0; k < 2; k++) {
		for (unsigned i = 0; i < CUE_STILL_FIRM; i++)
			middle[k] += p[firm[i]][k] / (float)CUE_STILL_FIRM;
		for (unsigned i = 0; i < EYE_POINTS; i++)
			apart[k] += (p[RIGHT_EYE + i][k] - p[LEFT_EYE + i][k]) / (float)EYE_POINTS;
	}
	if (!((size = hypotf(apart[0], apart[1])) >= 1.0f))
		return false;
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		for (unsigned k = 0; k < 2; k++)
			if (!(fabsf(p[i][k] = (p[i][k] - middle[k]) / size) < FAR))
				return false;
	return true;
}

/* The affine map of p onto the first frame's points: map[k] takes x, y, 1 to coordinate k. */
static bool
fit(const struct cue_still *c, const float p[static VISION_LANDMARKS][2], double map[static 2][CUE_UNKNOWNS_MAX])
{
	for (unsigned k = 0; k < 2; k++) {
		double m[CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1] = { { 0.0 } };

		for (unsigned i = 0; i < CUE_STILL_FIRM; i++)
			cue_equation(m, AFFINE, (double[]){ (double)p[firm[i]][0], (double)p[firm[i]][1], 1.0,
			    (double)c->first[i][k] }, 1.0);
		if (!cue_solve(m, AFFINE, map[k]))
			return false;
	}
	return true;
}

void
cue_still_feed(struct cue_still *c, const struct vision_features *f, int64_t at_ms)
{
	double map[2][CUE_UNKNOWNS_MAX];
	float p[VISION_LANDMARKS][2];
	bool next;

	if (f->faces != 1)
		return;
	mean_points(f, p);
	if (!normalise(p))
		return;
	if (c->n == 0) {
		c->first_ms = at_ms;
		for (unsigned i = 0; i < CUE_STILL_FIRM; i++)
			memcpy(c->first[i], p[firm[i]], sizeof c->first[i]);
	}
	if (!fit(c, p, map))
		return;
	next = c->n > 0 && at_ms - c->last_ms <= STEP_MS;
	for (unsigned i = 0; i < CUE_STILL_FREE; i++)
		for (unsigned k = 0; k < 2; k++) {
			const double x = (double)p[loose[i]][0], y = (double)p[loose[i]][1];
			const double to = map[k][0] * x + map[k][1] * y + map[k][2], step = to - (double)c->last[i][k];

			c->sum[i][k] += to;
			c->square += to * to;
			c->step += next ? step * step : 0.0;
			c->last[i][k] = (float)to;
		}
	c->n++;
	c->steps += next;
	c->last_ms = at_ms;
}

bool
cue_still_wander(const struct cue_still *c, float *wander)
{
	double spread = c->square;

	if (c->n < FRAMES_LEAST || c->steps < FRAMES_LEAST / 2 || c->last_ms - c->first_ms < SPAN_MS)
		return false;
	for (unsigned i = 0; i < CUE_STILL_FREE; i++)
		for (unsigned k = 0; k < 2; k++)
			spread -= c->sum[i][k] * c->sum[i][k] / c->n;
	*wander = (float)sqrt(fmax(0.0, (spread / c->n - c->step / (2.0 * c->steps)) / CUE_STILL_FREE));
	return true;
}

bool
cue_still_value(const struct cue_still *c, float *value)
{
	float wander;

	if (!cue_still_wander(c, &wander))
		return false;
	*value = fmaxf(VALUE_LEAST, fminf(VALUE_MOST, (wander - WANDER_ZERO) / WANDER_STEP));
	return true;
}
