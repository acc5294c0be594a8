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

/* ---- a face that the border cuts ---- */

#define MIDDLE   27u	/* bridge of the nose to the eyes: landmarks that no network squeezes ... */
#define MIDDLE_N 21u

/*
 * ... and where they and the outline lie in the mean of 1,457 photographs of
 * faces (LFW), in distances of the eyes, from the middle of the former.
 */
static const float mean_middle[MIDDLE_N][2] = {
	{ -0.004f, -0.217f }, { 0.003f, -0.008f }, { 0.008f, 0.188f }, { 0.009f, 0.371f }, { -0.183f, 0.486f },
	{ -0.095f, 0.518f }, { 0.014f, 0.537f }, { 0.124f, 0.503f }, { 0.211f, 0.482f }, { -0.694f, -0.240f },
	{ -0.589f, -0.281f }, { -0.442f, -0.288f }, { -0.314f, -0.221f }, { -0.425f, -0.170f }, { -0.579f, -0.180f },
	{ 0.291f, -0.229f }, { 0.423f, -0.307f }, { 0.577f, -0.306f }, { 0.676f, -0.248f }, { 0.570f, -0.191f },
	{ 0.418f, -0.200f },
};
static const float mean_outline[FACE_OUTLINE][2] = {
	{ -1.214f, -0.190f }, { -1.187f, 0.130f }, { -1.127f, 0.433f }, { -1.062f, 0.699f }, { -0.953f, 1.001f },
	{ -0.782f, 1.232f }, { -0.581f, 1.397f }, { -0.330f, 1.563f }, { 0.041f, 1.657f }, { 0.405f, 1.551f },
	{ 0.637f, 1.384f }, { 0.824f, 1.220f }, { 0.981f, 0.967f }, { 1.089f, 0.663f }, { 1.136f, 0.383f },
	{ 1.171f, 0.089f }, { 1.179f, -0.232f },
};

static bool
is_outside(const struct vision_features *f, float x, float y)
{
	return x < 0.0f || x > (float)f->width || y < 0.0f || y > (float)f->height;
}

/* Adds how many landmarks of one network lie outside. */
static void
count_outside(const struct vision_features *f, const float point[static VISION_LANDMARKS][2], uint32_t *outline,
    uint32_t *inner)
{
	for (unsigned i = 0; i < VISION_LANDMARKS; i++)
		*(i < FACE_OUTLINE ? outline : inner) += is_outside(f, point[i][0], point[i][1]);
}

/*
 * Where a border cuts cheeks or chin off, both networks squeeze the outline
 * into the picture. So the mean face is laid over eyes and nose, by the
 * similarity with the least squared error, and its outline is asked.
 */
static uint32_t
mean_outside(const struct vision_features *f)
{
	float x = 0.0f, y = 0.0f, re = 0.0f, im = 0.0f, sum = 0.0f;
	uint32_t n = 0;

	for (unsigned i = 0; i < MIDDLE_N; i++) {
		const float *p = f->landmark[MIDDLE + i], *m = mean_middle[i];

		x += p[0] / (float)MIDDLE_N;
		y += p[1] / (float)MIDDLE_N;
		re += m[0] * p[0] + m[1] * p[1];
		im += m[0] * p[1] - m[1] * p[0];
		sum += m[0] * m[0] + m[1] * m[1];
	}
	re /= sum;
	im /= sum;
	for (unsigned i = 0; i < FACE_OUTLINE; i++) {
		const float *m = mean_outline[i];

		n += is_outside(f, x + re * m[0] - im * m[1], y + im * m[0] + re * m[1]);
	}
	return n;
}

/* The detector's box keeps to what it sees of a cut face; the landmarks lie where the face would go on. */
static bool
landmarks_outside(const struct vision_features *f)
{
	uint32_t outline = 0, inner = 0;

	count_outside(f, f->landmark, &outline, &inner);
	if (f->has_eyes != 0)
		count_outside(f, f->second, &outline, &inner);
	return outline >= FACE_OUTLINE_CUT || inner > 0 || mean_outside(f) >= FACE_MEAN_CUT;
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
