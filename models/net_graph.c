/*
 * net_graph.c - see net_graph.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "models/net_graph.h"

#define BAND_WORTH 65536	/* numbers; smaller pictures stay in the cache anyway */

/* ---- who reads what ---- */

static bool
reads(const struct net_step *s, int32_t i)
{
	return !s->gone && (s->from == i || s->other == i || s->sum == i);
}

static int32_t
readers(const struct net_graph *g, int32_t i, int32_t *reader)
{
	int32_t n = 0;

	for (int32_t k = 0; k < g->n; k++)
		if (reads(&g->step[k], i)) {
			*reader = k;
			n++;
		}
	return n;
}

static int32_t
last_reader(const struct net_graph *g, int32_t i)
{
	int32_t last = i == g->n - 1 ? g->n : i;

	for (int32_t k = 0; k < g->n; k++)
		if (reads(&g->step[k], i) && k > last)
			last = k;
	return last;
}

/* Whoever reads the output of step i finds it with step to. */
static void
lead_past(struct net_graph *g, int32_t i, int32_t to)
{
	for (int32_t k = i + 1; k < g->n; k++) {
		if (g->step[k].from == i)
			g->step[k].from = to;
		if (g->step[k].other == i)
			g->step[k].other = to;
	}
	g->step[i].gone = true;
}

/* ---- one rule per kind of step; NULL or what it would need ---- */

/* The function of step i while its only reader, a depthwise convolution, reads. */
static bool
fuse_into_reader(struct net_graph *g, int32_t i)
{
	int32_t k;

	if (readers(g, i, &k) != 1 || g->step[k].kind != STEP_DEPTHWISE)
		return false;
	g->step[k].in_act = i;
	g->step[k].from = g->step[i].from;
	g->step[i].gone = true;
	return true;
}

static const char *
fuse_prelu(struct net_graph *g, int32_t i)
{
	int32_t from = g->step[i].from, k;
	struct net_step *before;

	if (from < 0 || last_reader(g, from) > i)
		return "PReLU needs an input that nothing later reads";
	before = &g->step[from];
	if (before->kind == STEP_DEPTHWISE && before->act == ACT_LINEAR && before->out_act == STEP_NONE &&
	    readers(g, from, &k) == 1) {
		before->out_act = i;
		lead_past(g, i, from);
	} else if (!fuse_into_reader(g, i)) {
		g->step[i].buffer = before->buffer;	/* by itself, in place */
	}
	return NULL;
}

static const char *
fuse_sum(struct net_graph *g, int32_t i)
{
	struct net_step *s = &g->step[i];
	int32_t from = s->from, other = s->other, k;
	struct net_step *before;

	if (from < 0 || other < 0)
		return "a sum needs two layers";
	before = &g->step[from];
	if (from != i - 1 || before->kind != STEP_CONV || before->act != ACT_LINEAR || before->sum != STEP_NONE ||
	    readers(g, from, &k) != 1 || last_reader(g, other) > i || before->from < 0 ||
	    g->step[before->from].buffer == g->step[other].buffer)
		return NULL;		/* by itself */
	before->sum = other;
	before->sum_act = s->act;
	before->buffer = g->step[other].buffer;
	lead_past(g, i, from);
	return NULL;
}

static const char *
fuse_gate(struct net_graph *g, int32_t i)
{
	struct net_step *s = &g->step[i];

	if (s->from < 0 || s->other < 0 || last_reader(g, s->from) > i)
		return "a gate needs an input that nothing later reads";
	s->buffer = g->step[s->from].buffer;
	return NULL;
}

static const char *
fuse_maxpool(struct net_graph *g, int32_t i)
{
	struct net_step *s = &g->step[i], *before;
	int32_t k;

	if (s->from < 0)
		return NULL;
	before = &g->step[s->from];
	if (s->size != 2 || s->stride != 2 || s->pad != 0 || before->kind != STEP_CONV || before->sum != STEP_NONE ||
	    before->pad != 0 || before->out_h != (before->in_h - before->size) / before->stride + 1 ||
	    before->out_w != (before->in_w - before->size) / before->stride + 1 ||
	    before->out_c * before->out_h * before->out_w < BAND_WORTH || readers(g, s->from, &k) != 1)
		return NULL;
	before->pool = i;
	lead_past(g, i, s->from);
	return NULL;
}

static const char *
fuse_step(struct net_graph *g, int32_t i)
{
	struct net_step *s = &g->step[i];

	switch (s->kind) {
	case STEP_ROUTE:
		if (s->from < 0)
			return "a route needs a layer";
		lead_past(g, i, s->from);
		return NULL;
	case STEP_PRELU:
		return fuse_prelu(g, i);
	case STEP_RELU:
		return fuse_into_reader(g, i) ? NULL : "ReLU by itself needs a depthwise convolution after it";
	case STEP_SUM:
		return fuse_sum(g, i);
	case STEP_GATE:
		return fuse_gate(g, i);
	case STEP_MAXPOOL:
		return fuse_maxpool(g, i);
	case STEP_CONV:
	case STEP_DEPTHWISE:
	case STEP_CONNECTED:
	case STEP_MEANPOOL:
		return NULL;
	}
	return "unknown kind of layer";
}

enum rc
net_graph_fuse(struct net_graph *g, int32_t *where, const char **why)
{
	const struct net_step *last = &g->step[g->n - 1];

	for (int32_t i = 0; i < g->n; i++) {
		struct net_step *s = &g->step[i];

		s->gone = false;
		s->in_act = s->out_act = s->sum = s->pool = STEP_NONE;
		s->sum_act = ACT_LINEAR;
		s->buffer = i;
	}
	for (*where = 0; *where < g->n; (*where)++)
		if ((*why = fuse_step(g, *where)) != NULL)
			return RC_MODEL_BAD;
	*where = g->n - 1;
	*why = "the last layer must be a convolution or a connected one";
	if (last->gone || (last->kind != STEP_CONV && last->kind != STEP_CONNECTED) || last->sum != STEP_NONE)
		return RC_MODEL_BAD;
	*why = NULL;
	return RC_OK;
}

int32_t
net_graph_last_use(const struct net_graph *g, int32_t i)
{
	int32_t last = i;

	for (int32_t k = i; k < g->n; k++)
		if (!g->step[k].gone && g->step[k].buffer == g->step[i].buffer && last_reader(g, k) > last)
			last = last_reader(g, k);
	return last;
}

int32_t
net_step_zero_edge(const struct net_step *s)
{
	int32_t filters = s->out_c * (s->kind == STEP_CONV ? s->in_c : 1), k = s->size;

	if ((s->kind != STEP_CONV && s->kind != STEP_DEPTHWISE) || s->weights == NULL || s->pad < 1 || k < 2)
		return 0;
	for (int32_t f = 0; f < filters; f++)
		for (int32_t i = 0; i < k; i++) {
			const float *w = s->weights + (ptrdiff_t)f * k * k;

			if (w[i] < 0.0f || w[i] > 0.0f || w[i * k] < 0.0f || w[i * k] > 0.0f)
				return 0;
		}
	return 1;
}

double
net_graph_gflop(const struct net_graph *g)
{
	double flop = 0.0;

	for (int32_t i = 0; i < g->n; i++) {
		const struct net_step *s = &g->step[i];
		double k = s->size - net_step_zero_edge(s), pixels = (double)s->out_h * s->out_w;

		if (s->kind == STEP_CONV)
			flop += 2.0 * pixels * s->out_c * s->in_c * k * k;
		else if (s->kind == STEP_DEPTHWISE)
			flop += 2.0 * pixels * s->out_c * k * k;
		else if (s->kind == STEP_CONNECTED)
			flop += 2.0 * s->in_c * s->out_c;
	}
	return flop / 1e9;
}
