/*
 * net_program.c - see net_program.h: order of the steps, place of the tensors.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "models/net_program_op.h"

/* ---- running ---- */

void
net_program_start(struct net_program *p, const float *input)
{
	p->input = input;
	net_workspace_use(p->workspace, p->bytes);
	if (p->narrow != NULL)
		p->direct->narrow(input, p->narrow, p->input_n);
}

void
net_program_step(struct net_program *p, int32_t i)
{
	const struct op *o = &p->op[i];

	if (o->run != NULL)
		o->run(o, p);
}

bool
net_program_idle(const struct net_program *p, int32_t i)
{
	return p->op[i].run == NULL;
}

void
net_program_result(const struct net_program *p, float *to)
{
	const float *from = (const float *)(const void *)p->op[p->graph->n - 1].dst;

	for (size_t i = 0; i < p->last_pixels; i++)
		memcpy(to + i * p->last_c, from + i * p->last_wide, p->last_c * sizeof *to);
}

/* ---- placing tensors ---- */

static void
measure_spans(struct net_program *p)
{
	const struct net_graph *g = p->graph;

	for (int32_t i = 0; i < g->n; i++) {
		const struct net_step *s = &g->step[i], *shape = s->pool != STEP_NONE ? &g->step[s->pool] : s;
		struct net_span *span = &p->span[i], *band = &p->span[g->n + i];

		span->first = band->first = band->last = i;
		span->last = net_graph_last_use(g, i);
		if (!s->gone && s->buffer == i)
			span->bytes = (size_t)shape->out_h * (size_t)shape->out_w * (size_t)net_program_channels(p, i) *
			    net_program_number(p, i);
	}
	p->span[2 * g->n].first = STEP_INPUT;
	for (int32_t i = 0; i < g->n; i++)
		if (!g->step[i].gone && g->step[i].from == STEP_INPUT)
			p->span[2 * g->n].last = i;
	if (p->type == KERNEL_BF16)
		p->span[2 * g->n].bytes = p->input_n * sizeof(uint16_t);
}

static enum rc
place(struct net_program *p)
{
	const struct net_graph *g = p->graph;
	size_t tensors, spans = 2 * (size_t)g->n + 1;
	uint8_t *at;
	enum rc r;

	measure_spans(p);
	if ((tensors = net_workspace_plan(p->span, spans)) == SIZE_MAX)
		return RC_NOMEM;
	p->bytes = tensors + kernels_scratch_bytes(p->kernels);
	if ((r = net_workspace_take(p->workspace, p->bytes, &at)) != RC_OK)
		return r;
	kernels_scratch(p->kernels, at + tensors);
	if (p->type == KERNEL_BF16)
		p->narrow = (uint16_t *)(void *)(at + p->span[2 * g->n].at);
	for (int32_t i = 0; i < g->n; i++) {
		const struct net_step *s = &g->step[i];
		struct op *o = &p->op[i];

		if (s->gone)
			continue;
		o->dst = at + p->span[s->buffer].at;
		o->band = at + p->span[g->n + i].at;
		if (s->from >= 0)
			o->src = at + p->span[g->step[s->from].buffer].at;
		else
			o->src = (const uint8_t *)p->narrow;
		if (s->other >= 0)
			o->other = at + p->span[g->step[s->other].buffer].at;
	}
	return RC_OK;
}

enum rc
net_program_make(struct net_program **out, const struct net_program_setup *setup, int32_t *where, const char **why)
{
	const struct net_graph *g = setup->graph;
	const struct net_step *first = &g->step[0], *last = &g->step[g->n - 1];
	struct net_program *p = calloc(1, sizeof *p);
	enum rc r = RC_NOMEM;

	*where = 0;
	if (p == NULL)
		return RC_NOMEM;
	*p = (struct net_program){ .graph = g, .direct = direct_best(), .type = setup->type, .name = setup->name,
	    .direct_type = setup->type == KERNEL_BF16 ? DIRECT_BF16 : DIRECT_F32, .store = setup->store, .workspace = setup->workspace,
	    .input_n = (size_t)first->in_c * (size_t)first->in_h * (size_t)first->in_w,
	    .op = calloc((size_t)g->n, sizeof *p->op), .span = calloc(2 * (size_t)g->n + 1, sizeof *p->span) };
	p->last_pixels = (size_t)last->out_h * (size_t)last->out_w;
	p->last_c = (size_t)last->out_c;
	p->last_wide = (size_t)net_program_channels(p, g->n - 1);
	if (p->op == NULL || p->span == NULL ||
	    (r = kernels_open(&p->kernels, setup->name, setup->store)) != RC_OK)
		goto fail;
	for (; *where < g->n; (*where)++)
		if (!g->step[*where].gone && (r = net_program_op(p, *where, why)) != RC_OK)
			goto fail;
	if ((r = place(p)) != RC_OK)
		goto fail;
	*out = p;
	return RC_OK;
fail:
	if (weight_store_trouble(setup->store)[0] != '\0')
		*why = weight_store_trouble(setup->store);
	net_program_free(p);
	return r;
}

void
net_program_free(struct net_program *p)
{
	if (p == NULL)
		return;
	for (int32_t i = 0; p->op != NULL && i < p->graph->n; i++) {
		kernel_free(p->op[i].kernel);
		kernel_free(p->op[i].pool);
		kernel_free(p->op[i].tail);
		kernel_free(p->op[i].tail_pool);
	}
	kernels_close(p->kernels);
	free(p->op);
	free(p->span);
	free(p);
}
