/*
 * net_program.c - see net_program.h. Convolutions, pools and sums are oneDNN's
 * (net_kernels.h); depthwise convolutions, PReLU, gates and conversions our own
 * (kernel_direct.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * A convolution whose result is pooled at once goes band by band, so that the
 * large picture between the two never leaves the cache.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/kernel_direct.h"
#include "models/net_program.h"

#define CHANNEL_STEP 16		/* output channels of the last layer are computed up to a multiple of this */
#define BAND_BYTES   (192u << 10)	/* of the picture between convolution and pool */

struct op {
	void (*run)(const struct op *, const struct net_program *);	/* NULL: gone */
	struct kernel *kernel, *pool;	/* pool: of a band */
	struct kernel *tail, *tail_pool;	/* the last band, if it is lower than the others */
	const void *packed;		/* weights or slopes of our own kernels */
	struct direct_depthwise depthwise;
	const uint8_t *src;		/* NULL: the network's float32 input */
	const uint8_t *other;
	uint8_t *dst, *band;
	int32_t bands;			/* without the tail */
	size_t src_step, dst_step;	/* bytes from band to band */
	size_t pixels, c;
};

struct net_program {
	const struct net_graph *graph;
	const struct direct *direct;
	enum kernel_type type;
	enum direct_type direct_type;
	const char *name;
	struct weight_store *store;
	struct kernels *kernels;
	struct op *op;
	struct net_span *span;		/* [0 ... n-1] outputs, [n ... 2n-1] bands, [2n] the narrowed input */
	const float *input;
	uint16_t *narrow;		/* KERNEL_BF16: the input */
	size_t input_n;
	size_t last_pixels, last_c, last_wide;
};

/* ---- running ---- */

static const void *
op_src(const struct op *o, const struct net_program *p)
{
	return o->src != NULL ? (const void *)o->src : (const void *)p->input;
}

static void
run_kernel(const struct op *o, const struct net_program *p)
{
	kernel_run(o->kernel, op_src(o, p), o->other, o->dst);
}

static void
run_bands(const struct op *o, const struct net_program *p)
{
	const uint8_t *src = op_src(o, p);
	uint8_t *dst = o->dst;

	for (int32_t i = 0; i < o->bands; i++, src += o->src_step, dst += o->dst_step) {
		kernel_run(o->kernel, src, NULL, o->band);
		kernel_run(o->pool, o->band, NULL, dst);
	}
	if (o->tail != NULL) {
		kernel_run(o->tail, src, NULL, o->band);
		kernel_run(o->tail_pool, o->band, NULL, dst);
	}
}

static void
run_depthwise(const struct op *o, const struct net_program *p)
{
	p->direct->depthwise(&o->depthwise, o->packed, op_src(o, p), o->dst);
}

static void
run_prelu(const struct op *o, const struct net_program *p)
{
	p->direct->prelu(p->direct_type, o->dst, o->pixels, o->c, o->packed);
}

static void
run_gate(const struct op *o, const struct net_program *p)
{
	p->direct->gate(p->direct_type, o->dst, o->pixels, o->c, o->other);
}

void
net_program_start(struct net_program *p, const float *input)
{
	p->input = input;
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

/* ---- making: one function for each kind of step; NULL or why not ---- */

static bool
is_last(const struct net_program *p, int32_t i)
{
	return i == p->graph->n - 1;
}

static size_t
number_bytes(const struct net_program *p, int32_t i)
{
	return p->type == KERNEL_BF16 && !is_last(p, i) ? sizeof(uint16_t) : sizeof(float);
}

static int32_t
wide_channels(const struct net_program *p, int32_t i)
{
	int32_t c = p->graph->step[i].out_c;

	return is_last(p, i) ? (c + CHANNEL_STEP - 1) / CHANNEL_STEP * CHANNEL_STEP : c;
}

/* Filters without their edge of zeros, and zero filters up to out_c; the caller frees them. */
static float *
trimmed_weights(const struct net_step *s, int32_t edge, int32_t out_c)
{
	int32_t k = s->size, less = k - edge, per_filter = s->kind == STEP_DEPTHWISE ? 1 : s->in_c;
	float *to = calloc((size_t)out_c * (size_t)per_filter * (size_t)(less * less), sizeof *to), *at = to;

	if (to == NULL)
		return NULL;
	for (int32_t f = 0; f < s->out_c * per_filter; f++)
		for (int32_t y = edge; y < k; y++, at += less)
			memcpy(at, s->weights + ((ptrdiff_t)f * k + y) * k + edge, (size_t)less * sizeof *to);
	return to;
}

static float *
wide_line(const float *from, int32_t n, int32_t wide_n)
{
	float *to = calloc((size_t)wide_n, sizeof *to);

	if (to != NULL)
		memcpy(to, from, (size_t)n * sizeof *to);
	return to;
}

static enum kernel_act
kernel_act_of(enum step_act a)
{
	switch (a) {
	case ACT_RELU:
		return KERNEL_RELU;
	case ACT_LEAKY:
		return KERNEL_LEAKY;
	case ACT_LOGISTIC:
		return KERNEL_LOGISTIC;
	case ACT_LINEAR:
		break;
	}
	return KERNEL_LINEAR;
}

/* How many rows of the result a band has: an even number. */
static int32_t
band_rows(const struct net_program *p, const struct net_step *s)
{
	size_t row = (size_t)s->out_w * (size_t)s->out_c * (p->type == KERNEL_BF16 ? 2 : 4);
	int32_t rows = (int32_t)(BAND_BYTES / row) / 2 * 2;

	return rows < 2 ? 2 : rows > s->out_h ? s->out_h / 2 * 2 : rows;
}

/* Convolution and pool of a band of so many rows. */
static enum rc
make_band(struct net_program *p, int32_t i, struct kernel_conv *c, int32_t rows, const float *weights,
    const float *bias, struct kernel **conv, struct kernel **pool)
{
	const struct net_step *s = &p->graph->step[i], *max = &p->graph->step[s->pool];
	struct kernel_window w = { s->out_c, rows, s->out_w, s->out_c, (rows + 1) / 2, max->out_w, 2, 2, 0 };
	enum rc r;

	c->window.out_h = rows;
	c->window.in_h = (rows - 1) * s->stride + c->window.size;
	if ((r = kernel_conv_make(p->kernels, i, c, weights, bias, conv)) == RC_OK)
		r = kernel_pool_make(p->kernels, &w, p->type, false, pool);
	return r;
}

static enum rc
make_bands(struct net_program *p, int32_t i, struct kernel_conv *c, const float *weights, const float *bias)
{
	const struct net_step *s = &p->graph->step[i], *pool = &p->graph->step[s->pool];
	int32_t rows = band_rows(p, s), covered = s->out_h < 2 * pool->out_h ? s->out_h : 2 * pool->out_h, left;
	size_t number = number_bytes(p, i);
	struct op *o = &p->op[i];
	enum rc r;

	o->bands = covered / rows;
	left = covered - o->bands * rows;
	o->src_step = (size_t)(rows * s->stride) * (size_t)s->in_w * (size_t)s->in_c *
	    (s->from == STEP_INPUT && p->type == KERNEL_F32 ? sizeof(float) : number);
	o->dst_step = (size_t)(rows / 2) * (size_t)pool->out_w * (size_t)s->out_c * number;
	o->run = run_bands;
	p->span[p->graph->n + i].bytes = (size_t)rows * (size_t)s->out_w * (size_t)s->out_c * number;
	if ((r = make_band(p, i, c, rows, weights, bias, &o->kernel, &o->pool)) == RC_OK && left > 0)
		r = make_band(p, i, c, left, weights, bias, &o->tail, &o->tail_pool);
	return r;
}

static const char *
make_conv(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i];
	int32_t edge = net_step_zero_edge(s), wide = wide_channels(p, i);
	struct kernel_conv c = { { s->in_c, s->in_h, s->in_w, wide, s->out_h, s->out_w, s->size - edge, s->stride,
	    s->pad - edge }, p->type, is_last(p, i) ? KERNEL_F32 : p->type,
	    kernel_act_of(s->sum != STEP_NONE ? s->sum_act : s->act), s->sum != STEP_NONE };
	float *weights = trimmed_weights(s, edge, wide), *bias = wide_line(s->bias, s->out_c, wide);
	enum rc r = RC_NOMEM;

	p->op[i].run = run_kernel;
	if (weights != NULL && bias != NULL)
		r = s->pool != STEP_NONE ? make_bands(p, i, &c, weights, bias) :
		    kernel_conv_make(p->kernels, i, &c, weights, bias, &p->op[i].kernel);
	free(weights);
	free(bias);
	return r == RC_OK ? NULL : r == RC_NOMEM ? "out of memory" : "no fast convolution on this processor";
}

static enum direct_act
direct_act_of(const struct net_program *p, int32_t carrier, enum step_act otherwise)
{
	if (carrier != STEP_NONE)
		return p->graph->step[carrier].kind == STEP_PRELU ? DIRECT_PRELU : DIRECT_RELU;
	return otherwise == ACT_RELU ? DIRECT_RELU : otherwise == ACT_LEAKY ? DIRECT_LEAKY : DIRECT_LINEAR;
}

/* The next constant of our own kernels; *fresh: it is to be filled. */
static const char *
own_constant(struct net_program *p, int32_t i, const char *what, size_t bytes, void **at, bool *fresh)
{
	char key[WEIGHT_KEY_BYTES + 1];

	(void)snprintf(key, sizeof key, "%.60s:%d:%s", p->name, i, what);
	*fresh = !weight_store_packed(p->store);
	return weight_store_next(p->store, key, bytes, at) == RC_OK ? NULL : "its constants are not there";
}

static const char *
make_depthwise(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i], *step = p->graph->step;
	int32_t edge = net_step_zero_edge(s);
	struct op *o = &p->op[i];
	const char *why;
	float *weights;
	void *packed;
	bool fresh;

	o->depthwise = (struct direct_depthwise){ .c = s->out_c, .in_h = s->in_h, .in_w = s->in_w, .out_h = s->out_h,
	    .out_w = s->out_w, .size = s->size - edge, .stride = s->stride, .top = s->pad - edge,
	    .left = s->pad - edge, .in_act = direct_act_of(p, s->in_act, ACT_LINEAR),
	    .out_act = direct_act_of(p, s->out_act, s->act), .type = p->direct_type };
	if (!direct_depthwise_ok(&o->depthwise) || s->act == ACT_LOGISTIC)
		return "no fast depthwise convolution of this kind";
	if ((why = own_constant(p, i, "depthwise", direct_depthwise_bytes(&o->depthwise), &packed, &fresh)) != NULL)
		return why;
	if (fresh) {
		if ((weights = trimmed_weights(s, edge, s->out_c)) == NULL)
			return "out of memory";
		direct_depthwise_pack(&o->depthwise, weights, s->bias,
		    s->in_act != STEP_NONE ? step[s->in_act].slopes : NULL,
		    s->out_act != STEP_NONE ? step[s->out_act].slopes : NULL, packed);
		free(weights);
	}
	o->packed = packed;
	o->run = run_depthwise;
	return NULL;
}

static const char *
make_prelu(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i];
	size_t bytes = (size_t)s->out_c * sizeof *s->slopes;
	const char *why;
	void *slopes;
	bool fresh;

	if ((why = own_constant(p, i, "slopes", bytes, &slopes, &fresh)) != NULL)
		return why;
	if (fresh)
		memcpy(slopes, s->slopes, bytes);
	p->op[i].packed = slopes;
	p->op[i].run = run_prelu;
	return NULL;
}

static const char *
make_pool(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i];
	struct kernel_window max = { s->in_c, s->in_h, s->in_w, s->out_c, s->out_h, s->out_w, s->size, s->stride, s->pad };
	struct kernel_window mean = { s->in_c, s->in_h, s->in_w, s->out_c, 1, 1, s->in_h, 1, 0 };
	bool all = s->kind == STEP_MEANPOOL;

	if (all && s->in_h != s->in_w)
		return "the mean needs a square picture";
	p->op[i].run = run_kernel;
	return kernel_pool_make(p->kernels, all ? &mean : &max, p->type, all, &p->op[i].kernel) == RC_OK ? NULL :
	    "no fast pool on this processor";
}

static const char *
make_sum(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i];

	p->op[i].run = run_kernel;
	return kernel_sum_make(p->kernels, s->out_c, s->out_h, s->out_w, p->type, kernel_act_of(s->act),
	    &p->op[i].kernel) == RC_OK ? NULL : "no fast sum on this processor";
}

static const char *
make_op(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i];

	p->op[i].pixels = (size_t)s->out_h * (size_t)s->out_w;
	p->op[i].c = (size_t)s->out_c;
	switch (s->kind) {
	case STEP_CONV:
	case STEP_CONNECTED:
		return make_conv(p, i);
	case STEP_DEPTHWISE:
		return make_depthwise(p, i);
	case STEP_MAXPOOL:
	case STEP_MEANPOOL:
		return make_pool(p, i);
	case STEP_SUM:
		return make_sum(p, i);
	case STEP_PRELU:
		return make_prelu(p, i);
	case STEP_GATE:
		p->op[i].run = run_gate;
		return NULL;
	case STEP_RELU:
	case STEP_ROUTE:
		break;
	}
	return "no kernel for it";
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
			span->bytes = (size_t)shape->out_h * (size_t)shape->out_w * (size_t)wide_channels(p, i) *
			    number_bytes(p, i);
	}
	p->span[2 * g->n].first = STEP_INPUT;
	for (int32_t i = 0; i < g->n; i++)
		if (!g->step[i].gone && g->step[i].from == STEP_INPUT)
			p->span[2 * g->n].last = i;
	if (p->type == KERNEL_BF16)
		p->span[2 * g->n].bytes = p->input_n * sizeof(uint16_t);
}

static enum rc
place(struct net_program *p, struct net_workspace *w)
{
	const struct net_graph *g = p->graph;
	size_t tensors, spans = 2 * (size_t)g->n + 1;
	uint8_t *at;
	enum rc r;

	measure_spans(p);
	tensors = net_workspace_plan(p->span, spans);
	if ((r = net_workspace_take(w, tensors + kernels_scratch_bytes(p->kernels), &at)) != RC_OK)
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
	*why = "out of memory";
	if (p == NULL)
		return RC_NOMEM;
	*p = (struct net_program){ .graph = g, .direct = direct_best(), .type = setup->type, .name = setup->name,
	    .direct_type = setup->type == KERNEL_BF16 ? DIRECT_BF16 : DIRECT_F32, .store = setup->store,
	    .input_n = (size_t)first->in_c * (size_t)first->in_h * (size_t)first->in_w,
	    .op = calloc((size_t)g->n, sizeof *p->op), .span = calloc(2 * (size_t)g->n + 1, sizeof *p->span) };
	p->last_pixels = (size_t)last->out_h * (size_t)last->out_w;
	p->last_c = (size_t)last->out_c;
	p->last_wide = (size_t)wide_channels(p, g->n - 1);
	if (p->op == NULL || p->span == NULL ||
	    (r = kernels_open(&p->kernels, setup->name, setup->store)) != RC_OK)
		goto fail;
	for (r = RC_MODEL_BAD; *where < g->n; (*where)++)
		if (!g->step[*where].gone && (*why = make_op(p, *where)) != NULL)
			goto fail;
	*why = "out of memory";
	if ((r = place(p, setup->workspace)) != RC_OK)
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
