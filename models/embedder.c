/*
 * embedder.c - see embedder.h. MobileFaceNets: Chen et al., 2018.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/embedder.h"

#define NETWORK "mobilefacenet"

struct embedder {
	struct net *net;
	struct vision_hello who;
};

enum rc
embedder_open(struct embedder **out, const char *models_dir, const struct net_setup *setup, char *err,
    size_t err_n)
{
	struct embedder *e = calloc(1, sizeof *e);
	struct model m;
	enum rc r;

	if (e == NULL)
		return RC_NOMEM;
	if ((r = model_find(models_dir, NETWORK, &m, err, err_n)) != RC_OK ||
	    (r = net_open(&e->net, &m, setup, 0, err, err_n)) != RC_OK)
		goto fail;
	memcpy(e->who.embedder, m.embedder, sizeof e->who.embedder);
	e->who.embedder_version = m.embedder_version;
	e->who.embed_dim = net_shape_out(e->net).c;
	r = RC_MODEL_BAD;
	if (m.embedder[0] == '\0' || net_shape_in(e->net).w != ALIGN_SIDE || e->who.embed_dim > VISION_EMBED_MAX) {
		(void)snprintf(err, err_n, "MANIFEST does not say which embedder %s is; install the models again",
		    NETWORK);
		goto fail;
	}
	*out = e;
	return RC_OK;
fail:
	embedder_close(e);
	return r;
}

void
embedder_close(struct embedder *e)
{
	if (e == NULL)
		return;
	net_close(e->net);
	free(e);
}

void
embedder_describe(const struct embedder *e, struct vision_hello *hello)
{
	*hello = e->who;
}

struct net *
embedder_net(struct embedder *e)
{
	return e->net;
}

enum rc
embedder_run(struct embedder *e, const uint8_t chip[static ALIGN_BYTES], float *to, float *norm)
{
	float *in = net_input(e->net), square = 0.0f, length;
	const float *out;

	for (size_t i = 0; i < ALIGN_BYTES; i++)
		in[i] = ((float)chip[i] - 127.5f) / 128.0f;
	out = net_run(e->net);
	for (uint32_t i = 0; i < e->who.embed_dim; i++)
		square += out[i] * out[i];
	length = sqrtf(square);
	if (!isfinite(length) || length < 1e-6f)
		return RC_FACE_QUALITY;
	for (uint32_t i = 0; i < e->who.embed_dim; i++)
		to[i] = out[i] / length;
	*norm = length;
	return RC_OK;
}

float
embedder_cosine(const float *a, const float *b, uint32_t dim)
{
	float sum = 0.0f;

	for (uint32_t i = 0; i < dim; i++)
		sum += a[i] * b[i];
	return sum;
}
