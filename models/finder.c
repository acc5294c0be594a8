/*
 * finder.c - see finder.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>

#include "models/finder.h"
#include "models/follow.h"
#include "models/mirror.h"
#include "proto/face_outcome.h"

#define FIRST_LEAST   0.03f	/* score of a box that is looked into, in the first look */
#define MORE_LEAST    0.15f	/* and in the others, where most boxes are not faces */
#define OTHERS_LEAST  0.2f	/* score of any face beside the best */
#define SURE          0.75f	/* score from which a box is hardly doubted */
#define SMALL_APART   1.6f	/* times as far apart may they be where nobody else is and the face can only be called small */
#define SURELY_SMALL  0.75f	/* of FACE_SMALL_PX: stays below it when the landmarks have put it right */
#define TRIED_MAX     6u	/* boxes that are looked into, per look */
#define ASIDE_TRIED   2u	/* ... per look for somebody beside a face */
#define ASIDE_OVERLAP 0.3f	/* part of the smaller box that may lie on the other */

#define TURN_ASIDE    0.44f	/* radians: between them and the first look lie 50 degrees */
#define NEAR_PART     0.667f	/* of a picture that is about square */
#define SMALL_PART    4.0f	/* parts of the longer side */
#define SMALL_LEAST   160.0f	/* pixels */
#define LEAST_PART    6.0f	/* the same of the smallest parts: those above miss one in seven faces of 20 pixels */
#define LEAST_LEAST   100.0f
#define SMALL_OVERLAP 0.2f	/* of such a part */

#define MIRROR_SIDE   640.0f	/* pixels; the longer side of the picture that is mirrored ... */
#define MIRROR_PART   0.25f	/* ... and of it, what is added beyond each border */
#define MIRROR_BESIDE 0.3f	/* score of somebody seen there beside a face: below is mostly clutter */
#define MIRRORED_PART 0.2f	/* of a box's side: beyond a border by more, its middle is in the mirror */

#define JAW           17u	/* landmarks of the outline, where both networks guess */

/*
 * How far the two landmark networks are apart in a box: mean distance of their
 * points but the jaw's, in outer eye corner distances. RC_FACE_QUALITY where
 * they find nothing that could be a face. a: the points of landmarks_run().
 */
static enum rc
networks_apart(const struct finder *f, struct image_pyramid *p, const struct vision_box *box,
    float a[static VISION_LANDMARKS][2], float *apart)
{
	float b[VISION_LANDMARKS][2], left, right, eyes, sum = 0.0f;
	enum rc r;

	if ((r = landmarks_run(f->landmarks, p, box, a)) != RC_OK ||
	    (r = eyes_run(f->eyes, p, box, b, &left, &right)) != RC_OK)
		return r;
	eyes = hypotf(a[45][0] - a[36][0], a[45][1] - a[36][1]);
	if (!(eyes > box->w / 8))
		return RC_FACE_QUALITY;
	for (unsigned i = JAW; i < VISION_LANDMARKS; i++)
		sum += hypotf(a[i][0] - b[i][0], a[i][1] - b[i][1]);
	*apart = sum / (float)(VISION_LANDMARKS - JAW) / eyes;
	return RC_OK;
}

/*
 * Measured on 1,549 photographs of faces, some turned by 30 degrees, and on 828
 * pictures without (tests/bench/RESULTS.md): no face scored below .03 and hardly
 * anything else above .5, and two of those pictures were taken for a face.
 */
static float
most_apart(float score, bool first)
{
	if (score < 0.2f)
		return 0.09f;
	if (score < 0.5f)
		return 0.10f;
	if (score < SURE)
		return first ? 0.3f : 0.2f;
	return first ? INFINITY : 0.3f;
}

/* A weak box lies badly, and is up to half too wide round a small face: the landmarks put it right. forgiven: as above. */
static enum rc
is_face(const struct finder *f, struct image_pyramid *p, struct vision_box *box, bool first, float forgiven, bool *yes)
{
	float most = forgiven * most_apart(box->score, first), apart, point[VISION_LANDMARKS][2];
	enum rc r = RC_OK;

	*yes = isinf(most);
	if (!*yes && (r = networks_apart(f, p, box, point, &apart)) == RC_OK && (*yes = apart <= most))
		*box = follow_box(point, box->score);
	return r == RC_FACE_QUALITY ? RC_OK : r;
}

/* A box around the middle of another one shows the same face, larger or smaller. */
static bool
same_face(const struct vision_box *a, const struct vision_box *b)
{
	float dx = fabsf(a->x + a->w / 2 - b->x - b->w / 2), dy = fabsf(a->y + a->h / 2 - b->y - b->h / 2);

	return dx < fmaxf(a->w, b->w) / 4 && dy < fmaxf(a->h, b->h) / 4;
}

static enum rc
look(const struct finder *f, struct image_pyramid *p, const struct detector_view *v, bool first, struct vision_box *box,
    uint32_t cap, uint32_t *found)
{
	struct vision_box all[DETECTOR_BOXES_MAX];
	uint32_t n, tried = 0;
	enum rc r;

	*found = 0;
	if ((r = detector_look(f->detector, p, v, first ? FIRST_LEAST : MORE_LEAST, all, &n)) != RC_OK)
		return r;
	for (uint32_t i = 0; i < n && *found < cap && tried < TRIED_MAX; i++) {
		bool yes = *found == 0 || all[i].score >= OTHERS_LEAST, small;

		for (uint32_t k = 0; yes && k < *found; k++)
			yes = !same_face(&all[i], &box[k]);
		if (!yes)
			continue;
		tried += all[i].score < SURE || !first;
		small = !first && *found == 0 && fmaxf(all[i].w, all[i].h) < SURELY_SMALL * FACE_SMALL_PX;
		if ((r = is_face(f, p, &all[i], first, small ? SMALL_APART : 1.0f, &yes)) != RC_OK)
			return r;
		if (yes)
			box[(*found)++] = all[i];
	}
	detector_largest_first(box, *found);
	return RC_OK;
}

/* ---- the other looks ---- */

struct grid { uint32_t across, down; float side; };

/* Squares of this side that cover the picture, each reaching a part of its side into the next. */
static struct grid
cover(const struct image_pyramid *p, float side, float overlap)
{
	float step = side * (1.0f - overlap);

	return (struct grid){ 1 + (uint32_t)ceilf(fmaxf((float)p->width - side, 0.0f) / step),
	    1 + (uint32_t)ceilf(fmaxf((float)p->height - side, 0.0f) / step), side };
}

static struct grid
near_grid(const struct image_pyramid *p)
{
	float w = (float)p->width, h = (float)p->height, l = fmaxf(w, h), s = fminf(w, h);

	return cover(p, s > 0.8f * l ? NEAR_PART * l : fmaxf(s, l / 2), 0.0f);
}

static float
longer_side(const struct image_pyramid *p)
{
	return (float)(p->width > p->height ? p->width : p->height);
}

static struct grid
small_grid(const struct image_pyramid *p)
{
	return cover(p, fmaxf(longer_side(p) / SMALL_PART, SMALL_LEAST), SMALL_OVERLAP);
}

static struct grid
least_grid(const struct image_pyramid *p)
{
	return cover(p, fmaxf(longer_side(p) / LEAST_PART, LEAST_LEAST), SMALL_OVERLAP);
}

static struct detector_view
grid_view(const struct image_pyramid *p, const struct grid *g, uint32_t at)
{
	float x = (float)(at % g->across), y = (float)(at / g->across), half = g->side / 2;
	float dx = g->across > 1 ? ((float)p->width - g->side) / (float)(g->across - 1) : 0.0f;
	float dy = g->down > 1 ? ((float)p->height - g->side) / (float)(g->down - 1) : 0.0f;

	return (struct detector_view){ half + x * dx, half + y * dy, g->side, 0.0f };
}

static uint32_t
near_looks(const struct image_pyramid *p)
{
	struct grid g = near_grid(p);

	return 2 + g.across * g.down;
}

/* How many looks there are after the first, for a frame of a stream. */
static uint32_t
other_looks(const struct image_pyramid *p)
{
	struct grid g = small_grid(p);

	return near_looks(p) + g.across * g.down;
}

/* ... and for a picture that stands alone. */
static uint32_t
all_looks(const struct image_pyramid *p)
{
	struct grid g = least_grid(p);

	return other_looks(p) + g.across * g.down;
}

/* Two turned, then the near ones, then the small ones, then the smallest. */
static struct detector_view
view_at(const struct image_pyramid *p, uint32_t at)
{
	struct detector_view v = detector_whole(p);
	struct grid g = near_grid(p);

	if (at < 2)
		return (struct detector_view){ (float)p->width / 2, (float)p->height / 2, v.side,
		    at == 0 ? TURN_ASIDE : -TURN_ASIDE };
	if (at < near_looks(p))
		return grid_view(p, &g, at - 2);
	if (at < other_looks(p)) {
		g = small_grid(p);
		return grid_view(p, &g, at - near_looks(p));
	}
	g = least_grid(p);
	return grid_view(p, &g, at - other_looks(p));
}

/* A frame's second look: every other one turned or near, as people come; between them the small ones. */
static uint32_t
look_of_turn(const struct image_pyramid *p, uint64_t turn)
{
	uint32_t few = near_looks(p), all = other_looks(p);

	return turn % 2 == 0 ? (uint32_t)(turn / 2 % few) : few + (uint32_t)(turn / 2 % (all - few));
}

/* ---- somebody beside ---- */

/* A part of one box lies on the other. */
static bool
overlap(const struct vision_box *a, const struct vision_box *b)
{
	float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x), h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);

	return w > 0.0f && h > 0.0f && w * h > ASIDE_OVERLAP * fminf(a->w * a->h, b->w * b->h);
}

/* A larger box beside the face, half outside the picture as a rule, does not become the first. */
static struct vision_box
no_larger(struct vision_box a, const struct vision_box *b)
{
	float part = 0.99f * sqrtf(b->w * b->h / (a.w * a.h));

	if (part < 1.0f) {
		a.x += a.w * (1.0f - part) / 2;
		a.y += a.h * (1.0f - part) / 2;
		a.w *= part;
		a.h *= part;
	}
	return a;
}

/*
 * Another face than box[0], found alone, in a view. A closer look cuts box[0]
 * anywhere, so what lies on a part of it is taken for it.
 */
static enum rc
look_aside(const struct finder *f, struct image_pyramid *p, const struct detector_view *v, struct vision_box *box,
    uint32_t *found)
{
	struct vision_box all[DETECTOR_BOXES_MAX];
	uint32_t n, tried = 0;
	enum rc r = detector_look(f->detector, p, v, OTHERS_LEAST, all, &n);

	for (uint32_t i = 0; r == RC_OK && i < n && *found == 1 && tried < ASIDE_TRIED; i++) {
		bool yes = false;

		if (overlap(&all[i], &box[0]))
			continue;
		tried++;
		if ((r = is_face(f, p, &all[i], false, 1.0f, &yes)) == RC_OK && yes && !overlap(&all[i], &box[0]))
			box[(*found)++] = no_larger(all[i], &box[0]);
	}
	return r;
}

/* The closer parts, at most four; in a stream the one whose turn it is, in every other frame. */
static enum rc
find_aside(const struct finder *f, struct image_pyramid *p, uint64_t turn, struct vision_box *box, uint32_t *found)
{
	struct grid g = near_grid(p);
	uint32_t parts = g.across * g.down, at = turn == FINDER_ALL ? 0 : (uint32_t)(turn / 2 % parts);
	uint32_t end = turn == FINDER_ALL ? parts : turn % 2 == 0 ? at + 1 : at;
	enum rc r = RC_OK;

	for (; r == RC_OK && *found == 1 && at < end; at++) {
		struct detector_view v = grid_view(p, &g, at);

		r = look_aside(f, p, &v, box, found);
	}
	return r;
}

/* ---- half a face at the border ---- */

/* As face_cut() has it, of a box. */
static bool
box_cut(const struct image_pyramid *p, const struct vision_box *b)
{
	float left = -b->x, right = b->x + b->w - (float)p->width, top = -b->y, bottom = b->y + b->h - (float)p->height;

	return fmaxf(left, right) > FACE_CUT_PART * b->w || fmaxf(top, bottom) > FACE_CUT_PART * b->h;
}

/* Its middle lies so far beyond a border that it is the mirror image of another box. */
static bool
mirrored(const struct image_pyramid *p, const struct vision_box *b)
{
	float x = b->x + b->w / 2, y = b->y + b->h / 2, dx = MIRRORED_PART * b->w, dy = MIRRORED_PART * b->h;

	return x < -dx || x > (float)p->width + dx || y < -dy || y > (float)p->height + dy;
}

/*
 * A face of which the border leaves a part only: its mirror image makes it
 * whole enough for the detector and for both landmark networks. Only what the
 * border cuts is taken from here, so no template can come of it. Where box[0]
 * was found already this is somebody else, of any size: one who stands close,
 * before a passer-by. Or it is box[0], which had slid onto what the border left
 * and is seen better now.
 */
static enum rc
find_cut(const struct finder *f, struct image_pyramid *p, struct vision_box *box, uint32_t *found)
{
	float l = longer_side(p), scale = fmaxf(l / MIRROR_SIDE, 1.0f);
	uint32_t margin = (uint32_t)(MIRROR_PART * l / scale), n = 0, before = *found;
	struct vision_box all[DETECTOR_BOXES_MAX];
	struct image_pyramid wide = { 0 };
	struct image im = { 0 };
	struct detector_view v;
	enum rc r;

	if ((r = mirror_make(p, scale, margin, &im)) != RC_OK || (r = image_pyramid_show(&wide, &im)) != RC_OK)
		goto out;
	v = detector_whole(&wide);
	r = look(f, &wide, &v, false, all, DETECTOR_BOXES_MAX, &n);
	for (uint32_t i = 0; r == RC_OK && i < n && *found == before; i++) {
		struct vision_box b = { .x = (all[i].x - (float)margin) * scale, .y = (all[i].y - (float)margin) * scale,
		    .w = all[i].w * scale, .h = all[i].h * scale, .score = all[i].score };

		if (!box_cut(p, &b) || mirrored(p, &b))
			continue;
		if (before == 0)
			box[(*found)++] = b;
		else if (overlap(&b, &box[0]) && b.score > box[0].score)
			box[0] = b;
		else if (!overlap(&b, &box[0]) && b.score >= MIRROR_BESIDE)
			box[(*found)++] = no_larger(b, &box[0]);
	}
out:
	image_pyramid_close(&wide);
	image_free(&im);
	return r;
}

enum rc
finder_find(const struct finder *f, struct image_pyramid *p, uint64_t turn, struct vision_box *box, uint32_t cap,
    uint32_t *found)
{
	struct detector_view v = detector_whole(p);
	uint32_t at = 0, end = all_looks(p);
	enum rc r;

	if (turn != FINDER_ALL) {
		at = look_of_turn(p, turn);
		end = at + 1;
	}
	r = look(f, p, &v, true, box, cap, found);
	if (r == RC_OK && *found == 1 && cap > 1)
		r = find_aside(f, p, turn, box, found);
	for (; r == RC_OK && *found == 0 && at < end; at++) {
		v = view_at(p, at);
		r = look(f, p, &v, false, box, cap, found);
	}
	if (r == RC_OK && *found <= 1 && *found < cap && turn == FINDER_ALL)
		r = find_cut(f, p, box, found);
	return r;
}
