/*
 * puppet_head.c - depth of a mean head, turned and projected on a coarse grid.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Head coordinates: origin between the eyes, x along the eyes to the picture's
 * right, y down the face, z to the camera; unit: the distance of the eyes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/puppet/puppet_head.h"
#include "tests/puppet/puppet_warp.h"

#define EYE_DISTANCE_MM 63.0f
#define NECK_Y     0.60f	/* the axes of turning and nodding, in the neck */
#define NECK_Z    -1.35f
#define CAMERA_Z   9.5f		/* 60 cm */
#define DEPTH_FLOOR -1.45f
#define DEPTH_CREST  0.60f
#define SLOPE_MOST   1.5f	/* of the surface: a steeper one would fold before the largest turn is reached */
#define EXTRA_MAX  28u
#define KNOTS_MAX (VISION_LANDMARKS + EXTRA_MAX)
#define REST_PER_TURN 50.0f	/* degrees per unit of turn: a head photographed half from the side is */
#define REST_MOST      9.0f	/* brought about half way to the front */
#define ROUND      0.35	/* of the multiquadric, eye distances */
#define INVERSE_STEPS 20u

/* Millimetres in front of the eyes. */
static const signed char head_mean_mm[VISION_LANDMARKS] = {
	-85, -83, -79, -71, -57, -38, -20, -6, 0, -6, -20, -38, -57, -71, -79, -83, -85,	/* jaw */
	-14, -3, 4, 8, 9, 9, 8, 4, -3, -14,	/* brows */
	8, 15, 23, 30, 10, 15, 18, 15, 10,	/* nose */
	-15, -5, -3, -6, -5, -6, -6, -3, -5, -15, -6, -5,	/* eyes */
	-2, 8, 13, 14, 13, 8, -2, 8, 12, 13, 12, 8,	/* lips, outside */
	0, 10, 11, 10, 0, 10, 11, 10,	/* lips, inside */
};

struct head_knot { float x, y, z; };

struct puppet_head {
	float ox, oy, ux, uy, unit;	/* origin, direction of the x axis, pixels per eye distance */
	float mid_y, rx, ry;		/* the ellipse around the skull */
	float rest_yaw;			/* degrees added to every pose */
	float chin_y;
	struct puppet_grid grid;
	float *depth, *weight;		/* [rows][columns] */
	float *shift;			/* [rows][columns][2], scratch: pixels moved */
};

static void
head_to_local(const struct puppet_head *h, float x, float y, float *a, float *b)
{
	float dx = (x - h->ox) / h->unit, dy = (y - h->oy) / h->unit;

	*a = dx * h->ux + dy * h->uy;
	*b = dy * h->ux - dx * h->uy;
}

/* What no landmark covers, in eye distances from the middle of the eyes; y counts from the chin for the neck. */
static unsigned
head_knots(const struct puppet_head *h, const float point[static VISION_LANDMARKS][2], struct head_knot *k)
{
	static const struct head_knot above[] = {
		{ -0.75f, -0.75f, -0.20f }, { -0.3f, -0.8f, 0.08f }, { 0.3f, -0.8f, 0.08f }, { 0.75f, -0.75f, -0.20f },
		{ -0.6f, -1.3f, -0.50f }, { 0, -1.35f, -0.30f }, { 0.6f, -1.3f, -0.50f },
		{ 0, -1.85f, -1.2f }, { -0.8f, -1.7f, -1.35f }, { 0.8f, -1.7f, -1.35f },
		{ -1.3f, -0.7f, -1.35f }, { 1.3f, -0.7f, -1.35f }, { -1.4f, 0.1f, -1.4f }, { 1.4f, 0.1f, -1.4f },
		{ -1.4f, 0.9f, -1.4f }, { 1.4f, 0.9f, -1.4f },
		{ -2.6f, 0, -1.4f }, { 2.6f, 0, -1.4f }, { 0, -2.9f, -1.4f }, { -2.2f, -2.2f, -1.4f }, { 2.2f, -2.2f, -1.4f },
	};
	static const struct head_knot neck[] = {
		{ 0, 0.45f, -0.75f }, { -0.6f, 0.3f, -1.0f }, { 0.6f, 0.3f, -1.0f }, { 0, 1.2f, -1.1f },
		{ -1.6f, 0.9f, -1.3f }, { 1.6f, 0.9f, -1.3f },
	};
	float chin_x, chin_y;
	unsigned n = 0;

	for (unsigned i = 0; i < VISION_LANDMARKS; i++, n++) {
		head_to_local(h, point[i][0], point[i][1], &k[n].x, &k[n].y);
		k[n].z = (float)head_mean_mm[i] / EYE_DISTANCE_MM;
	}
	chin_x = k[8].x;
	chin_y = k[8].y;
	for (size_t i = 0; i < sizeof above / sizeof above[0]; i++)
		k[n++] = above[i];
	for (size_t i = 0; i < sizeof neck / sizeof neck[0]; i++)
		k[n++] = (struct head_knot){ chin_x + neck[i].x, chin_y + neck[i].y, neck[i].z };
	return n;
}

static double
head_kernel(double dx, double dy)
{
	return sqrt(dx * dx + dy * dy + ROUND * ROUND);
}

/* Solves a x = b of n rows by Gauss with row exchange; a has n + 1 columns, the last is b, then x. */
static enum rc
head_solve(double *a, unsigned n)
{
	unsigned m = n + 1;

	for (unsigned i = 0; i < n; i++) {
		unsigned best = i;

		for (unsigned r = i + 1; r < n; r++)
			if (fabs(a[r * m + i]) > fabs(a[best * m + i]))
				best = r;
		if (fabs(a[best * m + i]) < 1e-9)
			return RC_FACE_QUALITY;
		for (unsigned c = i; c < m && best != i; c++) {
			double t = a[i * m + c];

			a[i * m + c] = a[best * m + c];
			a[best * m + c] = t;
		}
		for (unsigned r = 0; r < n; r++) {
			double f = a[r * m + i] / a[i * m + i];

			for (unsigned c = i; c < m && r != i; c++)
				a[r * m + c] -= f * a[i * m + c];
		}
	}
	for (unsigned i = 0; i < n; i++)
		a[i * m + n] /= a[i * m + i];
	return RC_OK;
}

/* The surface through the knots, at every vertex of the grid. */
static enum rc
head_surface(struct puppet_head *h, const struct head_knot *k, unsigned n)
{
	double *a = calloc((size_t)n * (n + 1), sizeof *a);
	enum rc r;

	if (a == NULL)
		return RC_NOMEM;
	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 0; j < n; j++)
			a[i * (n + 1) + j] = head_kernel((double)(k[i].x - k[j].x), (double)(k[i].y - k[j].y));
		/* A little slack: landmarks scatter, the surface must not follow each of them. */
		a[i * (n + 1) + i] -= 0.02;
		a[i * (n + 1) + n] = (double)k[i].z;
	}
	if ((r = head_solve(a, n)) != RC_OK)
		goto out;
	for (uint32_t v = 0; v < h->grid.rows * h->grid.columns; v++) {
		float x = (float)(v % h->grid.columns * PUPPET_CELL), y = (float)(v / h->grid.columns * PUPPET_CELL);
		float p, q, at;
		double z = 0;

		head_to_local(h, x, y, &p, &q);
		for (unsigned i = 0; i < n; i++)
			z += a[i * (n + 1) + n] * head_kernel((double)(p - k[i].x), (double)(q - k[i].y));
		h->depth[v] = fminf(fmaxf((float)z, DEPTH_FLOOR), DEPTH_CREST);
		/* Whole inside the skull's ellipse, nothing at twice its size. */
		at = hypotf(p / h->rx, (q - h->mid_y) / h->ry);
		at = fminf(fmaxf((at - 1.0f) / 1.0f, 0), 1);
		h->weight[v] = 1 - at * at * (3 - 2 * at);
	}
out:
	free(a);
	return r;
}

/* Raises what falls off too steeply beside its neighbours: two sweeps of a distance transform. */
static void
head_slope(struct puppet_head *h)
{
	float step = SLOPE_MOST * (float)PUPPET_CELL / h->unit;
	int columns = (int)h->grid.columns, n = columns * (int)h->grid.rows;

	for (int v = 0; v < n; v++) {
		if (v % columns > 0)
			h->depth[v] = fmaxf(h->depth[v], h->depth[v - 1] - step);
		if (v >= columns)
			h->depth[v] = fmaxf(h->depth[v], h->depth[v - columns] - step);
	}
	for (int v = n - 1; v >= 0; v--) {
		if (v % columns < columns - 1)
			h->depth[v] = fmaxf(h->depth[v], h->depth[v + 1] - step);
		if (v < n - columns)
			h->depth[v] = fmaxf(h->depth[v], h->depth[v + columns] - step);
	}
}

/* Where the face stands in the plate and how large it is. */
static enum rc
head_place(struct puppet_head *h, const float p[static VISION_LANDMARKS][2])
{
	float lx = (p[36][0] + p[39][0]) / 2, ly = (p[36][1] + p[39][1]) / 2;
	float rx = (p[42][0] + p[45][0]) / 2, ry = (p[42][1] + p[45][1]) / 2;
	float chin_x, chin_y, nose_x, nose_y;

	h->unit = hypotf(rx - lx, ry - ly);
	if (!(h->unit >= 8))
		return RC_FACE_QUALITY;
	h->ox = (lx + rx) / 2;
	h->oy = (ly + ry) / 2;
	h->ux = (rx - lx) / h->unit;
	h->uy = (ry - ly) / h->unit;
	head_to_local(h, p[8][0], p[8][1], &chin_x, &chin_y);
	if (!(chin_y > 0.5f))
		return RC_FACE_QUALITY;
	h->chin_y = chin_y;
	head_to_local(h, p[30][0], p[30][1], &nose_x, &nose_y);
	h->rest_yaw = fminf(fmaxf(-REST_PER_TURN * nose_x, -REST_MOST), REST_MOST);
	h->rx = fmaxf(1.2f, 0.58f * hypotf(p[16][0] - p[0][0], p[16][1] - p[0][1]) / h->unit);
	h->mid_y = (chin_y - 1.75f) / 2;
	h->ry = (chin_y + 1.75f) / 2 * 1.04f;
	return RC_OK;
}

enum rc
puppet_head_open(struct puppet_head **out, const float point[static VISION_LANDMARKS][2],
    uint32_t width, uint32_t height)
{
	struct head_knot knots[KNOTS_MAX];
	struct puppet_head *h = calloc(1, sizeof *h);
	size_t vertices;
	enum rc r;

	if (h == NULL)
		return RC_NOMEM;
	if ((r = head_place(h, point)) != RC_OK || (r = puppet_grid_make(&h->grid, width, height)) != RC_OK)
		goto fail;
	vertices = (size_t)h->grid.columns * h->grid.rows;
	h->depth = calloc(vertices, sizeof *h->depth);
	h->weight = calloc(vertices, sizeof *h->weight);
	h->shift = calloc(vertices, 2 * sizeof *h->shift);
	if (h->depth == NULL || h->weight == NULL || h->shift == NULL) {
		r = RC_NOMEM;
		goto fail;
	}
	if ((r = head_surface(h, knots, head_knots(h, point, knots))) != RC_OK)
		goto fail;
	head_slope(h);
	*out = h;
	return RC_OK;
fail:
	puppet_head_close(h);
	return r;
}

void
puppet_head_close(struct puppet_head *h)
{
	if (h == NULL)
		return;
	puppet_grid_free(&h->grid);
	free(h->depth);
	free(h->weight);
	free(h->shift);
	free(h);
}

struct head_turn { float cy, sy, cp, sp, cr, sr; };

static struct head_turn
head_turn_of(const struct puppet_pose *pose, float rest_yaw)
{
	const float rad = 0.017453293f;
	float yaw = pose->yaw + rest_yaw;

	return (struct head_turn){ cosf(yaw * rad), sinf(yaw * rad), cosf(pose->pitch * rad),
	    sinf(pose->pitch * rad), cosf(pose->roll * rad), sinf(pose->roll * rad) };
}

/* How far the point (a, b) of the plate at depth z moves, in eye distances. */
static void
head_move(const struct head_turn *t, const struct puppet_pose *pose, float a, float b, float z, float to[static 2])
{
	float near = (CAMERA_Z - z) / CAMERA_Z;
	float x = a * near, y = b * near - NECK_Y, d = z - NECK_Z;
	float x1 = x * t->cy + d * t->sy, d1 = d * t->cy - x * t->sy;
	float y2 = y * t->cp + d1 * t->sp, d2 = d1 * t->cp - y * t->sp;
	float x3 = x1 * t->cr - y2 * t->sr, y3 = x1 * t->sr + y2 * t->cr + NECK_Y;
	float far = pose->scale * CAMERA_Z / (CAMERA_Z - (d2 + NECK_Z));

	to[0] = x3 * far + pose->dx - a;
	to[1] = y3 * far + pose->dy - b;
}

static void
head_shift(struct puppet_head *h, const struct puppet_pose *pose)
{
	struct head_turn t = head_turn_of(pose, h->rest_yaw);

	for (uint32_t v = 0; v < h->grid.rows * h->grid.columns; v++) {
		float x = (float)(v % h->grid.columns * PUPPET_CELL), y = (float)(v / h->grid.columns * PUPPET_CELL);
		float a, b, to[2] = { 0, 0 }, w = h->weight[v];

		if (w > 0) {
			head_to_local(h, x, y, &a, &b);
			head_move(&t, pose, a, b, h->depth[v], to);
		}
		h->shift[2 * v] = w * (to[0] * h->ux - to[1] * h->uy) * h->unit;
		h->shift[2 * v + 1] = w * (to[0] * h->uy + to[1] * h->ux) * h->unit;
	}
}

static void
head_sheet(struct puppet_head *h, const struct puppet_pose *pose)
{
	for (uint32_t v = 0; v < h->grid.rows * h->grid.columns; v++) {
		h->grid.from[2 * v] = (float)(v % h->grid.columns * PUPPET_CELL) - pose->dx * h->unit;
		h->grid.from[2 * v + 1] = (float)(v / h->grid.columns * PUPPET_CELL) - pose->dy * h->unit;
	}
}

void
puppet_head_draw(struct puppet_head *h, const struct puppet_pose *pose, const struct image *src, struct image *dst)
{
	if (pose->sheet) {
		head_sheet(h, pose);
	} else {
		head_shift(h, pose);
		puppet_grid_invert(&h->grid, h->shift, INVERSE_STEPS);
	}
	puppet_grid_draw(&h->grid, src, dst);
}

void
puppet_head_lit(const struct puppet_head *h, float room, float *lit)
{
	for (uint32_t v = 0; v < h->grid.rows * h->grid.columns; v++) {
		float x = h->grid.from[2 * v], y = h->grid.from[2 * v + 1], a, b, head, body;

		head_to_local(h, x, y, &a, &b);
		head = (puppet_grid_at(&h->grid, h->weight, 1, 0, x, y) - 0.35f) / 0.45f;
		body = b < h->chin_y ? 0 : (1.2f + 1.2f * (b - h->chin_y) - fabsf(a)) / 0.3f;
		lit[v] = fmaxf(room, fmaxf(fminf(fmaxf(head, 0), 1), 0.7f * fminf(fmaxf(body, 0), 1)));
	}
}
