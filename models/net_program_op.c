/*
 * net_program_op.c - see net_program_op.h. Convolutions, pools and sums are
 * oneDNN's (net_kernels.h); depthwise convolutions, PReLU, gates and the
 * narrowing of the input our own (kernel_direct.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * A convolution whose result is pooled at once goes band by band, so that the
 * large picture between the two never leaves the cache.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/net_program_op.h"

#define CHANNEL_STEP 16		/* output channels of the last layer are computed up to a multiple of this */
#define BAND_BYTES   (192u << 10)	/* of the picture between convolution and pool */

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

/* ---- making: one function for each kind of step; RC_MODEL_BAD: *why ---- */

static bool
is_last(const struct net_program *p, int32_t i)
{
	return i == p->graph->n - 1;
}

size_t
net_program_number(const struct net_program *p, int32_t i)
{
	return p->type == KERNEL_BF16 && !is_last(p, i) ? sizeof(uint16_t) : sizeof(float);
}

int32_t
net_program_channels(const struct net_program *p, int32_t i)
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
	c->tail = conv == &p->op[i].tail;
	if ((r = kernel_conv_make(p->kernels, i, c, weights, bias, conv)) == RC_OK)
		r = kernel_pool_make(p->kernels, &w, p->type, false, pool);
	return r;
}

static enum rc
make_bands(struct net_program *p, int32_t i, struct kernel_conv *c, const float *weights, const float *bias)
{
	const struct net_step *s = &p->graph->step[i], *pool = &p->graph->step[s->pool];
	int32_t rows = band_rows(p, s), covered = s->out_h < 2 * pool->out_h ? s->out_h : 2 * pool->out_h, left;
	size_t number = net_program_number(p, i);
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

static enum rc
make_conv(struct net_program *p, int32_t i, const char **why)
{
	const struct net_step *s = &p->graph->step[i];
	int32_t edge = net_step_zero_edge(s), wide = net_program_channels(p, i);
	struct kernel_conv c = { { s->in_c, s->in_h, s->in_w, wide, s->out_h, s->out_w, s->size - edge, s->stride,
	    s->pad - edge }, p->type, is_last(p, i) ? KERNEL_F32 : p->type,
	    kernel_act_of(s->sum != STEP_NONE ? s->sum_act : s->act), s->sum != STEP_NONE, false };
	float *weights = trimmed_weights(s, edge, wide), *bias = wide_line(s->bias, s->out_c, wide);
	enum rc r = RC_NOMEM;

	p->op[i].run = run_kernel;
	if (weights != NULL && bias != NULL)
		r = s->pool != STEP_NONE ? make_bands(p, i, &c, weights, bias) :
		    kernel_conv_make(p->kernels, i, &c, weights, bias, &p->op[i].kernel);
	free(weights);
	free(bias);
	*why = "no fast convolution on this processor";
	return r;
}

static enum direct_act
direct_act_of(const struct net_program *p, int32_t carrier, enum step_act otherwise)
{
	if (carrier != STEP_NONE)
		return p->graph->step[carrier].kind == STEP_PRELU ? DIRECT_PRELU : DIRECT_RELU;
	return otherwise == ACT_RELU ? DIRECT_RELU : otherwise == ACT_LEAKY ? DIRECT_LEAKY : DIRECT_LINEAR;
}

/* The next constant of our own kernels; *fresh: it is to be filled. */
static enum rc
own_constant(struct net_program *p, int32_t i, const char *what, size_t bytes, void **at, bool *fresh)
{
	char key[WEIGHT_KEY_BYTES + 1];

	(void)snprintf(key, sizeof key, "%.60s:%d:%s", p->name, i, what);
	*fresh = !weight_store_packed(p->store);
	return weight_store_next(p->store, key, bytes, at);
}

static enum rc
make_depthwise(struct net_program *p, int32_t i, const char **why)
{
	const struct net_step *s = &p->graph->step[i], *step = p->graph->step;
	int32_t edge = net_step_zero_edge(s);
	struct op *o = &p->op[i];
	float *weights;
	void *packed;
	bool fresh;
	enum rc r;

	o->depthwise = (struct direct_depthwise){ .c = s->out_c, .in_h = s->in_h, .in_w = s->in_w, .out_h = s->out_h,
	    .out_w = s->out_w, .size = s->size - edge, .stride = s->stride, .top = s->pad - edge,
	    .left = s->pad - edge, .in_act = direct_act_of(p, s->in_act, ACT_LINEAR),
	    .out_act = direct_act_of(p, s->out_act, s->act), .type = p->direct_type };
	*why = "no fast depthwise convolution of this kind";
	if (!direct_depthwise_ok(&o->depthwise) || s->act == ACT_LOGISTIC)
		return RC_MODEL_BAD;
	if ((r = own_constant(p, i, "depthwise", direct_depthwise_bytes(&o->depthwise), &packed, &fresh)) != RC_OK)
		return r;
	if (fresh) {
		if ((weights = trimmed_weights(s, edge, s->out_c)) == NULL)
			return RC_NOMEM;
		direct_depthwise_pack(&o->depthwise, weights, s->bias,
		    s->in_act != STEP_NONE ? step[s->in_act].slopes : NULL,
		    s->out_act != STEP_NONE ? step[s->out_act].slopes : NULL, packed);
		free(weights);
	}
	o->packed = packed;
	o->run = run_depthwise;
	return RC_OK;
}

static enum rc
make_prelu(struct net_program *p, int32_t i)
{
	const struct net_step *s = &p->graph->step[i];
	size_t bytes = (size_t)s->out_c * sizeof *s->slopes;
	void *slopes;
	bool fresh;
	enum rc r;

	if ((r = own_constant(p, i, "slopes", bytes, &slopes, &fresh)) != RC_OK)
		return r;
	if (fresh)
		memcpy(slopes, s->slopes, bytes);
	p->op[i].packed = slopes;
	p->op[i].run = run_prelu;
	return RC_OK;
}

static enum rc
make_pool(struct net_program *p, int32_t i, const char **why)
{
	const struct net_step *s = &p->graph->step[i];
	struct kernel_window max = { s->in_c, s->in_h, s->in_w, s->out_c, s->out_h, s->out_w, s->size, s->stride, s->pad };
	struct kernel_window mean = { s->in_c, s->in_h, s->in_w, s->out_c, 1, 1, s->in_h, 1, 0 };
	bool all = s->kind == STEP_MEANPOOL;

	*why = "the mean needs a square picture";
	if (all && s->in_h != s->in_w)
		return RC_MODEL_BAD;
	p->op[i].run = run_kernel;
	*why = "no fast pool on this processor";
	return kernel_pool_make(p->kernels, all ? &mean : &max, p->type, all, &p->op[i].kernel);
}

static enum rc
make_sum(struct net_program *p, int32_t i, const char **why)
{
	const struct net_step *s = &p->graph->step[i];

	p->op[i].run = run_kernel;
	*why = "no fast sum on this processor";
	return kernel_sum_make(p->kernels, s->out_c, s->out_h, s->out_w, p->type, kernel_act_of(s->act),
	    &p->op[i].kernel);
}

enum rc
net_program_op(struct net_program *p, int32_t i, const char **why)
{
	const struct net_step *s = &p->graph->step[i];

	p->op[i].pixels = (size_t)s->out_h * (size_t)s->out_w;
	p->op[i].c = (size_t)s->out_c;
	switch (s->kind) {
	case STEP_CONV:
	case STEP_CONNECTED:
		return make_conv(p, i, why);
	case STEP_DEPTHWISE:
		return make_depthwise(p, i, why);
	case STEP_MAXPOOL:
	case STEP_MEANPOOL:
		return make_pool(p, i, why);
	case STEP_SUM:
		return make_sum(p, i, why);
	case STEP_PRELU:
		return make_prelu(p, i);
	case STEP_GATE:
		p->op[i].run = run_gate;
		return RC_OK;
	case STEP_RELU:
	case STEP_ROUTE:
		break;
	}
	*why = "no kernel for it";
	return RC_MODEL_BAD;
}
