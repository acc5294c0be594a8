/*
 * embedder.c - see embedder.h. MobileFaceNets: Chen et al., 2018.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/embedder.h"
#include "models/net_named.h"
#include "proto/crypto.h"

#define BRANCHES     2u

/* Measured on Labeled Faces in the Wild (tests/bench/RESULTS.md); flat around these values. */
#define FIRST_SHARE  0.55f	/* of mobilefacenet in the score */
#define FIRST_USUAL  70.7f	/* median length of its raw outputs */
#define SECOND_USUAL 3.56f	/* of fr_feature's */
#define WORTH_LEAST  0.75f	/* the worst hundredth: nothing below is helped further */
#define WORTH_MOST   1.30f
#define QUALITY_PART 0.30f	/* of the vector, at worth 1 */
#define QUALITY_FALL -1.5f	/* power of the worth with which the part changes */

_Static_assert(EMBEDDER_DIM <= VISION_EMBED_MAX, "a frame's features carry an embedding");

struct branch {
	const char *network;
	uint32_t dim;
	float mean;		/* subtracted from a pixel before dividing by 128 */
};

static const struct branch branch[BRANCHES] = {
	{ "mobilefacenet", EMBEDDER_FIRST, 127.5f }, { "fr_feature", EMBEDDER_SECOND, 127.0f },
};

struct embedder {
	struct net *net[BRANCHES];
	struct vision_hello who;
};

static enum rc
embedder_open_branch(struct embedder *e, unsigned i, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n)
{
	const struct branch *b = &branch[i];
	const struct net_named want = { .name = b->network, .side = ALIGN_SIDE, .channels = 3, .out_side = 1,
	    .out_channels = b->dim };
	struct model m;
	enum rc r;

	if ((r = net_named_open(&e->net[i], models_dir, &want, setup, &m, err, err_n)) != RC_OK)
		return r;
	if (m.embedder[0] == '\0' ||
	    (i > 0 && (strcmp(m.embedder, e->who.embedder) != 0 || m.embedder_version != e->who.embedder_version))) {
		(void)snprintf(err, err_n, "MANIFEST does not name one embedder for %s and %s; install the models again",
		    branch[0].network, branch[1].network);
		return RC_MODEL_BAD;
	}
	memcpy(e->who.embedder, m.embedder, sizeof e->who.embedder);
	e->who.embedder_version = m.embedder_version;
	return RC_OK;
}

enum rc
embedder_open(struct embedder **out, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	struct embedder *e = calloc(1, sizeof *e);
	enum rc r = RC_OK;

	if (e == NULL) {
		(void)snprintf(err, err_n, "the embedder: out of memory");
		return RC_NOMEM;
	}
	for (unsigned i = 0; r == RC_OK && i < BRANCHES; i++)
		r = embedder_open_branch(e, i, models_dir, setup, err, err_n);
	if (r != RC_OK) {
		embedder_close(e);
		return r;
	}
	e->who.embed_dim = EMBEDDER_DIM;
	*out = e;
	return RC_OK;
}

void
embedder_close(struct embedder *e)
{
	if (e == NULL)
		return;
	for (unsigned i = 0; i < BRANCHES; i++)
		net_close(e->net[i]);
	free(e);
}

void
embedder_wipe(struct embedder *e)
{
	for (unsigned i = 0; i < BRANCHES; i++)
		net_wipe(e->net[i]);
}

void
embedder_describe(const struct embedder *e, struct vision_hello *hello)
{
	*hello = e->who;
}

static float
length_of(const float *v, size_t n)
{
	float square = 0.0f;

	for (size_t i = 0; i < n; i++)
		square += v[i] * v[i];
	return sqrtf(square);
}

static bool
usable(float length)
{
	return isfinite(length) && length >= 1e-6f;
}

/* v: the two outputs, already joined. Its part along (1, 1, ..., 1) gives way to the quality. */
static void
put_quality(float v[static EMBEDDER_DIM], float worth)
{
	float part = QUALITY_PART * powf(fminf(fmaxf(worth, WORTH_LEAST), WORTH_MOST), QUALITY_FALL);
	float mean = 0.0f, scale, along = part / sqrtf((float)EMBEDDER_DIM);

	for (size_t i = 0; i < EMBEDDER_DIM; i++)
		mean += v[i] / (float)EMBEDDER_DIM;
	for (size_t i = 0; i < EMBEDDER_DIM; i++)
		v[i] -= mean;
	scale = sqrtf(1.0f - part * part) / fmaxf(length_of(v, EMBEDDER_DIM), 1e-6f);
	for (size_t i = 0; i < EMBEDDER_DIM; i++)
		v[i] = v[i] * scale + along;
}

enum rc
embedder_join(const float first[static EMBEDDER_FIRST], const float second[static EMBEDDER_SECOND],
    float to[static EMBEDDER_DIM], float *worth)
{
	float a = length_of(first, EMBEDDER_FIRST), b = length_of(second, EMBEDDER_SECOND);
	float first_worth = a / FIRST_USUAL, second_worth = b / SECOND_USUAL;

	if (!usable(a) || !usable(b))
		return RC_FACE_QUALITY;
	for (size_t i = 0; i < EMBEDDER_FIRST; i++)
		to[i] = first[i] * (sqrtf(FIRST_SHARE) / a);
	for (size_t i = 0; i < EMBEDDER_SECOND; i++)
		to[EMBEDDER_FIRST + i] = second[i] * (sqrtf(1.0f - FIRST_SHARE) / b);
	*worth = sqrtf(FIRST_SHARE * first_worth * first_worth + (1.0f - FIRST_SHARE) * second_worth * second_worth);
	put_quality(to, *worth);
	return RC_OK;
}

static const float *
embedder_look(struct embedder *e, unsigned i, const uint8_t chip[static ALIGN_BYTES])
{
	float *in = net_input(e->net[i]);

	for (size_t k = 0; k < ALIGN_BYTES; k++)
		in[k] = ((float)chip[k] - branch[i].mean) / 128.0f;
	return net_run(e->net[i]);
}

enum rc
embedder_run(struct embedder *e, const uint8_t chip[static ALIGN_BYTES], float *to, float *worth)
{
	float first[EMBEDDER_FIRST];	/* the next network works in the same memory */
	enum rc r;

	memcpy(first, embedder_look(e, 0, chip), sizeof first);
	r = embedder_join(first, embedder_look(e, 1, chip), to, worth);
	crypto_wipe(first, sizeof first);
	return r;
}
