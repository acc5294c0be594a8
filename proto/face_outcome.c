/*
 * face_outcome.c - see face_outcome.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/face_outcome.h"

bool
face_crowded(const struct vision_features *f)
{
	for (uint32_t i = 1; i < f->faces; i++)
		if (f->face[i].score >= FACE_OTHER_SCORE &&
		    f->face[i].w * f->face[i].h >= FACE_OTHER_AREA * f->face[0].w * f->face[0].h)
			return true;
	return false;
}

/* The detector's box keeps to what it sees of a cut face; the landmarks lie where the face would go on. */
static bool
landmarks_outside(const struct vision_features *f)
{
	uint32_t outline = 0, inner = 0;

	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		if (f->landmark[i][0] < 0.0f || f->landmark[i][0] > (float)f->width ||
		    f->landmark[i][1] < 0.0f || f->landmark[i][1] > (float)f->height)
			*(i < FACE_OUTLINE ? &outline : &inner) += 1;
	return outline >= FACE_OUTLINE_CUT || inner > 0;
}

bool
face_cut(const struct vision_features *f)
{
	const struct vision_box *b = &f->face[0];
	float left = -b->x, right = b->x + b->w - (float)f->width;
	float top = -b->y, bottom = b->y + b->h - (float)f->height;

	return f->faces > 0 && (left > FACE_CUT_PART * b->w || right > FACE_CUT_PART * b->w ||
	    top > FACE_CUT_PART * b->h || bottom > FACE_CUT_PART * b->h || landmarks_outside(f));
}

enum face_outcome
face_outcome(const struct vision_features *f)
{
	if (f->faces == 0)
		return f->light < FACE_BLACK_LUMA ? FACE_DARK : FACE_NONE;
	if (face_crowded(f))
		return FACE_SEVERAL;
	if (face_cut(f))
		return FACE_CUT;
	if (f->face[0].w < FACE_SMALL_PX || f->face[0].h < FACE_SMALL_PX)
		return FACE_SMALL;
	return f->brightness < FACE_DARK_LUMA ? FACE_DARK : FACE_OK;
}

const char *
face_outcome_text(enum face_outcome o)
{
	static const char *const text[FACE_OUTCOMES] = { "ok", "none", "several", "small", "cut", "dark" };

	return (unsigned)o < FACE_OUTCOMES ? text[o] : "?";
}
