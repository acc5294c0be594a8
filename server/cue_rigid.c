/*
 * cue_rigid.c - see cue_rigid.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "server/cue_rigid.h"
#include "server/cue_solve.h"

#define PAIR_MS        250	/* from one frame to the next that is compared */
#define PAIR_LATE_MS  1000	/* later: another beginning */
#define CELLS_LEAST    150u	/* of background */
#define ROUNDS           8u	/* of Gauss-Newton */
#define DONE          .003	/* cells: a step that ends it */
#define REACH          3.0	/* cells: a larger shift was not followed but lost */
#define TURN_MOST      .2	/* between two frames; more is no motion of a sheet held by hand */
#define OUTLIER        6.0f	/* grey levels: cells off by more count less (Cauchy) */
#define ROUNDING       .08	/* square of a grey level */
#define ERROR_MOST     .10	/* cells: a less certain background says nothing */
#define PAIRS_LEAST      6u
#define MOVED_LEAST    .15	/* cells, root mean square, of face and background: 1.5 pixels of 640 */
/*
 * What the background leaves unexplained of the face's motion, as squares: two
 * clips of persons before a camera held by hand .27 and more than 1; a sheet
 * with its own background some .03, by what landmarks and coarse scene waver.
 */
#define APART_ZERO     .12f
#define VALUE_LEAST  -3.0f
#define VALUE_MOST    1.0f	/* that not all is one sheet says little: a print may be smaller than the picture */

enum { SHIFT_X, SHIFT_Y, SCALE, TURN, GAIN, OFFSET, MOTIONS };

/* ---- background ---- */

/* Is this cell away from head and shoulders, and off the border? */
static bool
is_back(const struct vision_box *b, float sx, float sy, int x, int y)
{
	float cx = ((float)x + .5f) * sx, cy = ((float)y + .5f) * sy;

	if (x == 0 || y == 0 || x >= (int)VISION_SCENE_W - 1 || y >= (int)VISION_SCENE_H - 1 || cy > b->y + 1.1f * b->h)
		return false;
	return cy < b->y - .55f * b->h || cx < b->x - .45f * b->w || cx > b->x + 1.45f * b->w;
}

static uint32_t
mark_back(const struct cue_rigid *c, const struct vision_features *f, bool back[VISION_SCENE_H][VISION_SCENE_W])
{
	const float sx = (float)f->width / (float)VISION_SCENE_W, sy = (float)f->height / (float)VISION_SCENE_H;
	uint32_t n = 0;

	for (int y = 0; y < (int)VISION_SCENE_H; y++)
		for (int x = 0; x < (int)VISION_SCENE_W; x++)
			n += back[y][x] = is_back(&c->face, sx, sy, x, y) && is_back(&f->face[0], sx, sy, x, y);
	return n;
}

/* Value and slopes of a scene at x, y in cells, bilinear; false outside. */
static inline bool
scene_at(const uint8_t s[VISION_SCENE_H][VISION_SCENE_W], float x, float y, float at[static 3])
{
	float fx, fy, a, b, c, d;
	int xi, yi;

	if (!(x >= 0 && y >= 0 && x < VISION_SCENE_W - 1 && y < VISION_SCENE_H - 1))
		return false;
	xi = (int)x;
	yi = (int)y;
	fx = x - (float)xi;
	fy = y - (float)yi;
	a = s[yi][xi];
	b = s[yi][xi + 1];
	c = s[yi + 1][xi];
	d = s[yi + 1][xi + 1];
	at[1] = (b - a) + (d - c - b + a) * fy;
	at[2] = (c - a) + (d - c - b + a) * fx;
	at[0] = a + (b - a) * fx + at[2] * fy;
	return true;
}

/* Of a cell, in its widths: cells of upright pictures are not square. */
static inline float
cell_height(const struct vision_features *f)
{
	return ((float)f->height / (float)VISION_SCENE_H) / ((float)f->width / (float)VISION_SCENE_W);
}

/* Sums of the weighted products of an equation's parts, the last its right side; the upper half. */
struct sums { double of[MOTIONS + 1][MOTIONS + 1]; };

/* The equations of row y of the background. */
static void
sum_row(const struct cue_rigid *c, const struct vision_features *f, const bool back[static VISION_SCENE_W], int y,
    const double motion[static MOTIONS], struct sums *sums)
{
	const float mx = (VISION_SCENE_W - 1) / 2.0f, dy = (float)y - (VISION_SCENE_H - 1) / 2.0f, zoom = (float)motion[SCALE];
	const float high = cell_height(f), turn_x = (float)motion[TURN] * high, turn_y = (float)motion[TURN] / high;
	const float sx = (float)motion[SHIFT_X] - turn_x * dy, sy = (float)y + (float)motion[SHIFT_Y] + zoom * dy;
	const float gain = 1.0f + (float)motion[GAIN], offset = (float)motion[OFFSET];
	float sum[MOTIONS + 1][MOTIONS + 1] = { { 0.0f } };

	for (int x = 0; x < (int)VISION_SCENE_W; x++) {
		float dx = (float)x - mx, at[3], e, w;

		if (!back[x] || !scene_at(f->scene, (float)x + zoom * dx + sx, sy + turn_y * dx, at))
			continue;
		e = (float)c->scene[y][x] - (gain * at[0] + offset);
		w = OUTLIER * OUTLIER / (OUTLIER * OUTLIER + e * e);
		const float row[MOTIONS + 1] = { at[1], at[2], at[1] * dx + at[2] * dy, at[2] * dx / high - at[1] * dy * high,
		    at[0], 1.0f, e };

		for (unsigned i = 0; i <= MOTIONS; i++)
			for (unsigned k = i; k <= MOTIONS; k++)
				sum[i][k] += w * row[i] * row[k];
	}
	for (unsigned i = 0; i <= MOTIONS; i++)
		for (unsigned k = i; k <= MOTIONS; k++)
			sums->of[i][k] += (double)sum[i][k];
}

/* One step of Gauss-Newton on motion; *error: how uncertain the shift is. False: nothing to hold on to. */
static bool
step_back(const struct cue_rigid *c, const struct vision_features *f, bool back[VISION_SCENE_H][VISION_SCENE_W],
    double motion[static MOTIONS], double *step, double *error)
{
	double m[CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1], d[CUE_UNKNOWNS_MAX], weights, noise, firm;
	struct sums sums = { { { 0.0 } } };

	for (int y = 0; y < (int)VISION_SCENE_H; y++)
		sum_row(c, f, back[y], y, motion, &sums);
	weights = sums.of[OFFSET][OFFSET];	/* the part that is 1 */
	if (!(weights >= CELLS_LEAST / 2.0))
		return false;
	for (unsigned i = 0; i < MOTIONS; i++)
		for (unsigned k = 0; k <= MOTIONS; k++)
			m[i][k] = sums.of[i < k ? i : k][i < k ? k : i];
	noise = sums.of[MOTIONS][MOTIONS] / weights + ROUNDING;
	firm = fmin(m[SHIFT_X][SHIFT_X], m[SHIFT_Y][SHIFT_Y]) - weights * noise;	/* slopes of the noise itself hold nothing */
	*error = firm > weights * noise ? sqrt(noise / firm) : HUGE_VAL;
	if (!cue_solve(m, MOTIONS, d))
		return false;
	for (unsigned i = 0; i < MOTIONS; i++)
		motion[i] += d[i];
	*step = fmax(fabs(d[SHIFT_X]), fabs(d[SHIFT_Y]));
	return true;
}

/* How the background moved from c to f; motion: where to begin. */
static bool
follow_back(const struct cue_rigid *c, const struct vision_features *f, double motion[static MOTIONS])
{
	bool back[VISION_SCENE_H][VISION_SCENE_W];
	double step = 1.0, error = 1.0;

	if (mark_back(c, f, back) < CELLS_LEAST)
		return false;
	for (unsigned i = 0; i < ROUNDS && step > DONE; i++)
		if (!step_back(c, f, back, motion, &step, &error) || !(fabs(motion[SHIFT_X]) < REACH) ||
		    !(fabs(motion[SHIFT_Y]) < REACH))
			return false;
	return error <= ERROR_MOST;
}

/* ---- face ---- */

/* Middle of the corners of each eye, in cells. */
static void
eyes_at(const struct vision_features *f, float at[static 2][2])
{
	static const uint8_t corner[4] = { 36, 39, 42, 45 };

	memset(at, 0, 2 * sizeof at[0]);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < 2; k++)
			at[i / 2][k] += (f->has_eyes != 0 ? (f->landmark[corner[i]][k] + f->second[corner[i]][k]) / 2 :
			    f->landmark[corner[i]][k]) / 2;
	for (unsigned i = 0; i < 2; i++) {
		at[i][0] *= (float)VISION_SCENE_W / (float)f->width;
		at[i][1] *= (float)VISION_SCENE_H / (float)f->height;
	}
}

/* How a sheet would have moved on which the eyes went from c to these places. */
static void
as_a_sheet(const struct cue_rigid *c, const float eyes[static 2][2], float high, double motion[static MOTIONS])
{
	const double ax = (double)(c->eyes[1][0] - c->eyes[0][0]), ay = (double)((c->eyes[1][1] - c->eyes[0][1]) * high);
	const double bx = (double)(eyes[1][0] - eyes[0][0]), by = (double)((eyes[1][1] - eyes[0][1]) * high);
	const double turn = fmin(fmax(atan2(ax * by - ay * bx, ax * bx + ay * by), -TURN_MOST), TURN_MOST);
	const double mx = (double)(c->eyes[0][0] + c->eyes[1][0]) / 2 - VISION_SCENE_W / 2.0;
	const double my = (double)(c->eyes[0][1] + c->eyes[1][1]) / 2 - VISION_SCENE_H / 2.0;

	motion[TURN] = turn;
	motion[SHIFT_X] = (double)(eyes[0][0] + eyes[1][0] - c->eyes[0][0] - c->eyes[1][0]) / 2 + turn * (double)high * my;
	motion[SHIFT_Y] = (double)(eyes[0][1] + eyes[1][1] - c->eyes[0][1] - c->eyes[1][1]) / 2 - turn / (double)high * mx;
}

static void
compare(struct cue_rigid *c, const struct vision_features *f, const float eyes[static 2][2])
{
	const double x = (double)(c->eyes[0][0] + c->eyes[1][0]) / 2, y = (double)(c->eyes[0][1] + c->eyes[1][1]) / 2;
	const double fx = (double)(eyes[0][0] + eyes[1][0]) / 2 - x, fy = (double)(eyes[0][1] + eyes[1][1]) / 2 - y;
	const double dx = x - VISION_SCENE_W / 2.0, dy = y - VISION_SCENE_H / 2.0, high = (double)cell_height(f);
	double motion[MOTIONS] = { 0.0 }, bx, by;

	/* What moved far is found only from near where it went. */
	if (!follow_back(c, f, motion)) {
		memset(motion, 0, sizeof motion);
		as_a_sheet(c, eyes, (float)high, motion);
		if (!follow_back(c, f, motion))
			return;
	}
	bx = motion[SHIFT_X] + motion[SCALE] * dx - motion[TURN] * high * dy;
	by = motion[SHIFT_Y] + motion[SCALE] * dy + motion[TURN] / high * dx;
	c->pairs++;
	c->moved += fx * fx + fy * fy;
	c->back += bx * bx + by * by;
	c->apart += (fx - bx) * (fx - bx) + (fy - by) * (fy - by);
}

void
cue_rigid_feed(struct cue_rigid *c, const struct vision_features *f, int64_t at_ms)
{
	float eyes[2][2];

	if (f->faces != 1 || f->width == 0 || f->height == 0 || (c->any && at_ms - c->at_ms < PAIR_MS))
		return;
	eyes_at(f, eyes);
	for (unsigned i = 0; i < 2; i++)
		if (!(fabsf(eyes[i][0]) < 1000.0f && fabsf(eyes[i][1]) < 1000.0f))
			return;
	if (c->any && at_ms - c->at_ms <= PAIR_LATE_MS)
		compare(c, f, eyes);
	c->any = true;
	c->at_ms = at_ms;
	memcpy(c->scene, f->scene, sizeof c->scene);
	c->face = f->face[0];
	memcpy(c->eyes, eyes, sizeof c->eyes);
}

bool
cue_rigid_value(const struct cue_rigid *c, float *value)
{
	const double least = c->pairs * MOVED_LEAST * MOVED_LEAST;

	if (c->pairs < PAIRS_LEAST || c->moved < least || c->back < least)
		return false;
	*value = fminf(VALUE_MOST, fmaxf(VALUE_LEAST, logf(fmaxf(1e-6f, (float)(c->apart / c->moved)) / APART_ZERO)));
	return true;
}
