/*
 * eval_outcome.c - see eval_outcome.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "eval_outcome.h"

#define SMALL_SIDE 64.0f	/* pixels; smaller faces are recognised worse */
#define CUT_PART   0.15f	/* of the box's side, beyond the border */

const char *
eval_outcome_name(enum eval_outcome o)
{
	static const char *const name[EVAL_OUTCOMES] = { "ok", "none", "several", "small", "cut", "unreadable" };

	return name[o];
}

enum eval_outcome
eval_outcome(const struct vision_features *f)
{
	const struct vision_box *b = &f->face[0];
	float left = -b->x, top = -b->y;
	float right = b->x + b->w - (float)f->width, bottom = b->y + b->h - (float)f->height;

	if (f->faces == 0)
		return EVAL_NONE;
	if (f->faces > 1)
		return EVAL_SEVERAL;
	if (left > CUT_PART * b->w || right > CUT_PART * b->w || top > CUT_PART * b->h || bottom > CUT_PART * b->h)
		return EVAL_CUT;
	return (b->w < b->h ? b->w : b->h) < SMALL_SIDE ? EVAL_SMALL : EVAL_OK;
}
