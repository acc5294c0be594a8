/*
 * match.c - see match.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The template is the mean of the kept embeddings, scaled to unit length. The
 * length of the raw embedding before scaling says how much a frame is worth,
 * so the frames with the longest ones are kept (the norm as quality measure:
 * Meng et al., "MagFace", CVPR 2021; measured for the embedder used here).
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "proto/crypto.h"
#include "proto/vector.h"
#include "server/match.h"

#define UNIT_SLACK 1e-2f	/* of the squared length of stored and received vectors */

_Static_assert(sizeof(float) == 4, "templates are IEEE 754 binary32");

static bool
match_same_embedder(const struct vision_hello *a, const struct vision_hello *b)
{
	return a->embed_dim == b->embed_dim && a->embedder_version == b->embedder_version &&
	    strncmp(a->embedder, b->embedder, sizeof a->embedder) == 0;
}

static bool
match_is_unit(const float *v, uint32_t n)
{
	float square = vector_dot(v, v, n);

	return isfinite(square) && fabsf(square - 1.0f) <= UNIT_SLACK;
}

static enum rc
match_usable(const struct vision_hello *by, const struct vision_features *f)
{
	if (f->embed_dim == 0 || f->embed_dim > VISION_EMBED_MAX || f->faces == 0)
		return RC_INVALID;
	if (f->embed_dim != by->embed_dim)
		return RC_EMBEDDER_OTHER;
	return match_is_unit(f->embedding, f->embed_dim) ? RC_OK : RC_INVALID;
}

/* Where a frame of this norm goes: a free place, the worst one kept, or nowhere (MATCH_FRAMES_MAX). */
static uint32_t
match_set_place(const struct match_set *s, float norm)
{
	uint32_t worst = 0;

	if (s->n < MATCH_FRAMES_MAX)
		return s->n;
	for (uint32_t i = 1; i < s->n; i++)
		if (s->norm[i] < s->norm[worst])
			worst = i;
	return norm > s->norm[worst] ? worst : MATCH_FRAMES_MAX;
}

enum rc
match_set_add(struct match_set *s, const struct vision_hello *by, const struct vision_features *f)
{
	enum rc r = match_usable(by, f);
	uint32_t place;

	if (r != RC_OK)
		return r;
	if (s->seen > 0 && !match_same_embedder(&s->by, by))
		return RC_EMBEDDER_OTHER;
	s->by = *by;
	s->seen++;
	if ((place = match_set_place(s, f->embed_norm)) == MATCH_FRAMES_MAX)
		return RC_OK;
	s->norm[place] = f->embed_norm;
	memcpy(s->v[place], f->embedding, f->embed_dim * sizeof f->embedding[0]);
	if (place == s->n)
		s->n++;
	return RC_OK;
}

enum rc
match_set_template(const struct match_set *s, struct match_template *t)
{
	double sum[VISION_EMBED_MAX] = { 0 }, square = 0;
	uint32_t dim = s->by.embed_dim;
	enum rc r = RC_BUG;

	if (s->n == 0) {
		r = RC_INVALID;
		goto out;
	}
	for (uint32_t k = 0; k < s->n; k++)
		for (uint32_t i = 0; i < dim; i++)
			sum[i] += (double)s->v[k][i];
	for (uint32_t i = 0; i < dim; i++)
		square += sum[i] * sum[i];
	if (square < 1e-6) {
		r = RC_INVALID;
		goto out;
	}
	match_template_wipe(t);
	t->by = s->by;
	t->frames = s->n;
	for (uint32_t i = 0; i < dim; i++)
		t->v[i] = (float)(sum[i] / sqrt(square));
	r = RC_OK;
out:
	crypto_wipe(sum, sizeof sum);
	return r;
}

void
match_set_wipe(struct match_set *s)
{
	crypto_wipe(s, sizeof *s);
}

enum rc
match_cosine(const struct match_template *a, const struct match_template *b, float *cosine)
{
	if (!match_same_embedder(&a->by, &b->by) || a->by.embed_dim == 0 || a->by.embed_dim > VISION_EMBED_MAX)
		return RC_EMBEDDER_OTHER;
	*cosine = vector_dot(a->v, b->v, a->by.embed_dim);
	return RC_OK;
}

enum rc
match_frame(const struct match_template *t, const struct vision_hello *by, const struct vision_features *f, float *cosine)
{
	enum rc r;

	if (!match_same_embedder(&t->by, by))
		return RC_EMBEDDER_OTHER;
	if ((r = match_usable(by, f)) != RC_OK)
		return r;
	*cosine = vector_dot(t->v, f->embedding, f->embed_dim);
	return RC_OK;
}

enum rc
match_decide(const struct match_template *enrolled, const struct match_template *probe, float threshold, float *cosine)
{
	enum rc r = match_cosine(enrolled, probe, cosine);

	if (r != RC_OK)
		return r;
	return *cosine >= threshold ? RC_OK : RC_FACE_OTHER;	/* NaN is below */
}

size_t
match_template_put(const struct match_template *t, uint8_t *dst)
{
	for (uint32_t i = 0; i < t->by.embed_dim; i++) {
		uint32_t bits;

		memcpy(&bits, &t->v[i], sizeof bits);
		for (unsigned k = 0; k < 4; k++)
			*dst++ = (uint8_t)(bits >> (8 * k));
	}
	return (size_t)t->by.embed_dim * 4;
}

enum rc
match_template_get(const struct vision_hello *by, uint32_t frames, const uint8_t *src, size_t n, struct match_template *t)
{
	struct match_template got = { .by = *by, .frames = frames };
	enum rc r = RC_BUG;

	if (by->embed_dim == 0 || by->embed_dim > VISION_EMBED_MAX || n != (size_t)by->embed_dim * 4) {
		r = RC_MALFORMED;
		goto out;
	}
	for (uint32_t i = 0; i < by->embed_dim; i++) {
		uint32_t bits = 0;

		for (unsigned k = 0; k < 4; k++)
			bits |= (uint32_t)*src++ << (8 * k);
		memcpy(&got.v[i], &bits, sizeof bits);
	}
	if (!match_is_unit(got.v, by->embed_dim)) {
		r = RC_MALFORMED;
		goto out;
	}
	*t = got;
	r = RC_OK;
out:
	match_template_wipe(&got);
	return r;
}

void
match_template_wipe(struct match_template *t)
{
	crypto_wipe(t, sizeof *t);
}
