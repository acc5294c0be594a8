/*
 * capture_track.c - see capture_track.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "server/capture_track.h"

#define TRACK_GAP_MS   250	/* longer without a frame, two of the slowest camera: nobody saw what happened */
#define TRACK_IOU      .10f	/* less overlap from one frame to the next: a jump */
#define TRACK_GROWTH   3.0f	/* of the area */

float
capture_track_iou(const struct vision_box *a, const struct vision_box *b)
{
	float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x);
	float h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);
	float both = w > 0.0f && h > 0.0f ? w * h : 0.0f;
	float all = a->w * a->h + b->w * b->h - both;

	return all > 0.0f ? both / all : 0.0f;
}

static bool
capture_track_same(const struct capture_track *t, const struct vision_features *f)
{
	float before = t->box.w * t->box.h, after = f->face[0].w * f->face[0].h;

	return t->width == f->width && t->height == f->height &&
	    after < TRACK_GROWTH * before && before < TRACK_GROWTH * after &&
	    capture_track_iou(&t->box, &f->face[0]) >= TRACK_IOU;
}

enum capture_track_result
capture_track_feed(struct capture_track *t, const struct vision_features *f, int64_t at_ms)
{
	enum capture_track_result result;

	if (f->faces == 0) {
		t->on = false;
		return CAPTURE_TRACK_NONE;
	}
	if (!t->on || at_ms - t->at_ms > TRACK_GAP_MS)
		result = CAPTURE_TRACK_NEW;
	else
		result = capture_track_same(t, f) ? CAPTURE_TRACK_SAME : CAPTURE_TRACK_JUMP;
	t->jumps += result == CAPTURE_TRACK_JUMP;
	t->on = true;
	t->box = f->face[0];
	t->width = f->width;
	t->height = f->height;
	t->at_ms = at_ms;
	return result;
}
