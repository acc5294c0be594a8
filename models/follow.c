/*
 * follow.c - see follow.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "models/follow.h"

#define FIRST 17u	/* brows, nose, eyes and mouth; the jaw follows the visible outline */
#define USED  (VISION_LANDMARKS - FIRST)

/* In units of the points' spread: the detector's box is WIDE by HIGH of it, its middle BELOW that of the points,
 * and it stays with the head when the nose turns away or the head rolls. */
#define WIDE      4.187f
#define HIGH      3.789f
#define BELOW     0.336f
#define WITH_TURN 1.706f
#define WITH_ROLL 0.880f

/*
 * Faces (259 of 11 cameras): spread over box width .185-.31, the networks
 * apart by .05-.12 of the spread. No faces (353 parts of the same pictures):
 * nine of ten below .18 or more than .6 apart.
 */
#define SPREAD_LEAST   0.17f
#define APART_MOST     0.30f
#define TURN_MOST      1.0f	/* of the eyes' distance; a full profile */
#define DARKEST        8.0f
#define FLATTEST       4.0f	/* variance of the Laplacian */
#define INSIDE_LEAST   0.6f	/* of the box, in the picture */
#define MOVE_MOST      0.5f	/* of the box's side, in one frame */
#define GROW_MOST      1.5f
#define AGAIN_SIZE     1.15f	/* of the box, for the second look */

struct shape { float x, y, spread; };

static struct shape
shape_of(const float point[static VISION_LANDMARKS][2])
{
	struct shape s = { 0 };

	for (unsigned i = FIRST; i < VISION_LANDMARKS; i++) {
		s.x += point[i][0] / USED;
		s.y += point[i][1] / USED;
	}
	for (unsigned i = FIRST; i < VISION_LANDMARKS; i++) {
		float dx = point[i][0] - s.x, dy = point[i][1] - s.y;

		s.spread += (dx * dx + dy * dy) / USED;
	}
	s.spread = sqrtf(s.spread);
	return s;
}

static void
mean6(const float point[static VISION_LANDMARKS][2], unsigned first, float to[2])
{
	to[0] = to[1] = 0.0f;
	for (unsigned i = first; i < first + 6; i++) {
		to[0] += point[i][0] / 6.0f;
		to[1] += point[i][1] / 6.0f;
	}
}

struct vision_box
follow_box(const float landmark[static VISION_LANDMARKS][2], float score)
{
	struct shape s = shape_of(landmark);
	float left[2], right[2], apart, ax, ay, turn;
	struct vision_box b = { .w = WIDE * s.spread, .h = HIGH * s.spread, .score = score };

	mean6(landmark, 36, left);
	mean6(landmark, 42, right);
	apart = fmaxf(hypotf(right[0] - left[0], right[1] - left[1]), 1e-3f);
	ax = (right[0] - left[0]) / apart;
	ay = (right[1] - left[1]) / apart;
	turn = (landmark[30][0] - (left[0] + right[0]) / 2) * ax + (landmark[30][1] - (left[1] + right[1]) / 2) * ay;
	b.x = s.x - WITH_TURN * turn + WITH_ROLL * atan2f(ay, ax) * s.spread - b.w / 2;
	b.y = s.y + BELOW * s.spread - b.h / 2;
	return b;
}

/* How far the two networks are from each other, root mean square, in units of the spread. */
static float
apart_by(const float a[static VISION_LANDMARKS][2], const float b[static VISION_LANDMARKS][2], float spread)
{
	float sum = 0.0f;

	for (unsigned i = FIRST; i < VISION_LANDMARKS; i++) {
		float dx = a[i][0] - b[i][0], dy = a[i][1] - b[i][1];

		sum += (dx * dx + dy * dy) / USED;
	}
	return sqrtf(sum) / fmaxf(spread, 1e-3f);
}

static float
part_inside(const struct vision_box *b, float width, float height)
{
	float w = fminf(b->x + b->w, width) - fmaxf(b->x, 0.0f), h = fminf(b->y + b->h, height) - fmaxf(b->y, 0.0f);

	return w > 0.0f && h > 0.0f ? w * h / (b->w * b->h) : 0.0f;
}

bool
follow_holds(const struct vision_box *from, const struct vision_features *f)
{
	const struct vision_box *now = &f->face[0];
	struct shape s = shape_of(f->landmark);
	float dx = now->x + now->w / 2 - from->x - from->w / 2, dy = now->y + now->h / 2 - from->y - from->h / 2;

	/* Written so that a number that is none counts as lost. */
	return s.spread >= SPREAD_LEAST * from->w && apart_by(f->landmark, f->second, s.spread) <= APART_MOST &&
	    fabsf(f->turn) <= TURN_MOST && f->brightness >= DARKEST && f->sharpness >= FLATTEST &&
	    part_inside(now, (float)f->width, (float)f->height) >= INSIDE_LEAST &&
	    fabsf(dx) <= MOVE_MOST * from->w && fabsf(dy) <= MOVE_MOST * from->h &&
	    now->w <= GROW_MOST * from->w && now->w * GROW_MOST >= from->w;
}

bool
follow_again(const struct vision_box *from, const struct vision_features *f, struct vision_box *again)
{
	float x = f->face[0].x + f->face[0].w / 2, y = f->face[0].y + f->face[0].h / 2;

	*again = *from;
	again->w *= AGAIN_SIZE;
	again->h *= AGAIN_SIZE;
	again->x = x - again->w / 2;
	again->y = y - again->h / 2;
	/* Landmarks that left the box altogether were none. */
	return x > from->x && x < from->x + from->w && y > from->y && y < from->y + from->h;
}
