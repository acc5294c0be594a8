/*
 * net_kernels.c - see net_kernels.h. Written for oneDNN 2.6.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Activations are dense NHWC throughout: other layouts would need a reorder at
 * each shortcut, and NCHW with NHWC in one primitive ends in reference loops.
 * Output channels that are no multiple of 16 are computed padded with zero
 * filters and copied, for the same reason.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/net_kernels_plan.h"
#include "proto/stopwatch.h"

#define CHANNEL_STEP 16
#define SCRATCH_ALIGN 64u

extern void omp_set_num_threads(int n);	/* libgomp's; oneDNN works with it */

void
kernels_use_threads(int n)
{
	omp_set_num_threads(n);
}

enum rc
kernels_open(struct kernels **out)
{
	struct kernels *ks;

	if ((ks = calloc(1, sizeof *ks)) == NULL)
		return RC_NOMEM;
	if (dnnl_engine_create(&ks->engine, dnnl_cpu, 0) != dnnl_success ||
	    dnnl_stream_create(&ks->stream, ks->engine, dnnl_stream_default_flags) != dnnl_success) {
		kernels_close(ks);
		return RC_NOMEM;
	}
	*out = ks;
	return RC_OK;
}

void
kernels_close(struct kernels *ks)
{
	if (ks == NULL)
		return;
	if (ks->stream != NULL)
		(void)dnnl_stream_destroy(ks->stream);
	if (ks->engine != NULL)
		(void)dnnl_engine_destroy(ks->engine);
	free(ks->scratch);
	free(ks);
}

enum rc
kernels_ready(struct kernels *ks)
{
	size_t n = (ks->scratch_bytes + SCRATCH_ALIGN) / SCRATCH_ALIGN * SCRATCH_ALIGN;

	free(ks->scratch);
	ks->scratch = aligned_alloc(SCRATCH_ALIGN, n);
	return ks->scratch != NULL ? RC_OK : RC_NOMEM;
}

void
kernel_free(struct kernel *k)
{
	if (k == NULL)
		return;
	for (int i = 0; i < k->args; i++)
		(void)dnnl_memory_destroy(k->arg[i].memory);
	if (k->primitive != NULL)
		(void)dnnl_primitive_destroy(k->primitive);
	free(k->wide);
	free(k);
}

/* ---- layers ---- */

static void
window_padding(const struct kernel_window *w, dnnl_dims_t left, dnnl_dims_t right)
{
	left[0] = left[1] = w->pad;
	right[0] = (w->out_h - 1) * w->stride + w->size - w->in_h - w->pad;
	right[1] = (w->out_w - 1) * w->stride + w->size - w->in_w - w->pad;
}

/* Filters and biases with zeros up to out_c; NULL if out of memory. */
static float *
padded_copy(const float *from, size_t n, size_t wide_n)
{
	float *to = calloc(wide_n, sizeof *to);

	if (to != NULL)
		memcpy(to, from, n * sizeof *to);
	return to;
}

static void
plan_conv(struct plan *p, const struct kernel_window *w, int32_t out_c, const float *weights, const float *bias)
{
	dnnl_dims_t left = { 0 }, right = { 0 }, step = { w->stride, w->stride };
	dnnl_dims_t plain_dims = { out_c, w->in_c, w->size, w->size };
	dnnl_dims_t group_dims = { w->groups, out_c / w->groups, w->in_c / w->groups, w->size, w->size };
	bool grouped = w->groups > 1;
	int n = grouped ? 5 : 4;
	const dnnl_dim_t *d = grouped ? group_dims : plain_dims;
	dnnl_memory_desc_t src = plan_picture(p, w->in_c, w->in_h, w->in_w);
	dnnl_memory_desc_t dst = plan_picture(p, out_c, w->out_h, w->out_w);
	dnnl_memory_desc_t any = plan_tensor(p, n, d, dnnl_format_tag_any);
	dnnl_memory_desc_t plain = plan_tensor(p, n, d, grouped ? dnnl_goihw : dnnl_oihw);
	dnnl_memory_desc_t line = plan_tensor(p, 1, (dnnl_dims_t){ out_c }, dnnl_a);
	dnnl_convolution_desc_t desc;
	dnnl_memory_t line_memory = NULL;
	void *to = NULL;

	window_padding(w, left, right);
	if (p->failed || dnnl_convolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_convolution_direct,
	    &src, &any, &line, &dst, step, left, right) != dnnl_success) {
		p->failed = true;
		return;
	}
	plan_choose(p, &desc);
	plan_src_dst(p);
	plan_constant(p, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, &plain, weights);
	if (p->failed)
		return;
	p->failed = dnnl_memory_create(&line_memory, &line, p->ks->engine, DNNL_MEMORY_ALLOCATE) != dnnl_success ||
	    dnnl_memory_get_data_handle(line_memory, &to) != dnnl_success;
	if (line_memory != NULL)
		p->k->arg[p->k->args++] = (dnnl_exec_arg_t){ DNNL_ARG_BIAS, line_memory };
	if (!p->failed)
		memcpy(to, bias, (size_t)out_c * sizeof *bias);
}

enum rc
kernel_conv(struct kernels *ks, const struct kernel_window *w, const float *weights, const float *bias,
    enum kernel_act act, struct kernel **out)
{
	size_t per = (size_t)(w->in_c / w->groups) * (size_t)(w->size * w->size);
	int32_t wide = (w->out_c + CHANNEL_STEP - 1) / CHANNEL_STEP * CHANNEL_STEP;
	float *weights_wide = NULL, *bias_wide = NULL;
	struct plan p;
	enum rc r;

	if (w->groups > 1)
		wide = w->out_c;
	plan_start(&p, ks, act);
	if (!p.failed && wide != w->out_c) {
		weights_wide = padded_copy(weights, per * (size_t)w->out_c, per * (size_t)wide);
		bias_wide = padded_copy(bias, (size_t)w->out_c, (size_t)wide);
		p.k->pixels = (size_t)w->out_h * (size_t)w->out_w;
		p.k->dst_c = (size_t)w->out_c;
		p.k->wide_c = (size_t)wide;
		p.k->wide = calloc(p.k->pixels * p.k->wide_c, sizeof *p.k->wide);
		p.failed = weights_wide == NULL || bias_wide == NULL || p.k->wide == NULL;
	}
	if (!p.failed)
		plan_conv(&p, w, wide, weights_wide != NULL ? weights_wide : weights, bias_wide != NULL ? bias_wide : bias);
	r = plan_end(&p, out);
	free(weights_wide);
	free(bias_wide);
	return r;
}

static enum rc
kernel_pool(struct kernels *ks, const struct kernel_window *w, dnnl_alg_kind_t kind, struct kernel **out)
{
	dnnl_dims_t left = { 0 }, right = { 0 }, step = { w->stride, w->stride }, size = { w->size, w->size };
	dnnl_memory_desc_t src, dst;
	dnnl_pooling_desc_t desc;
	struct plan p;

	plan_start(&p, ks, KERNEL_LINEAR);
	src = plan_picture(&p, w->in_c, w->in_h, w->in_w);
	dst = plan_picture(&p, w->out_c, w->out_h, w->out_w);
	window_padding(w, left, right);
	if (!p.failed && dnnl_pooling_forward_desc_init(&desc, dnnl_forward_inference, kind, &src, &dst, step, size,
	    left, right) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc);
	plan_src_dst(&p);
	return plan_end(&p, out);
}

enum rc
kernel_maxpool(struct kernels *ks, const struct kernel_window *w, struct kernel **out)
{
	return kernel_pool(ks, w, dnnl_pooling_max, out);
}

enum rc
kernel_meanpool(struct kernels *ks, const struct kernel_window *w, struct kernel **out)
{
	return kernel_pool(ks, w, dnnl_pooling_avg_exclude_padding, out);
}

enum rc
kernel_connected(struct kernels *ks, int32_t in, int32_t n, const float *weights, const float *bias,
    struct kernel **out)
{
	struct kernel_window w = { in, 1, 1, n, 1, 1, 1, 1, 0, 1 };

	return kernel_conv(ks, &w, weights, bias, KERNEL_LINEAR, out);	/* of one pixel */
}

enum rc
kernel_add(struct kernels *ks, int32_t c, int32_t h, int32_t w, enum kernel_act act, struct kernel **out)
{
	dnnl_memory_desc_t md;
	dnnl_binary_desc_t desc;
	struct plan p;

	plan_start(&p, ks, act);
	md = plan_picture(&p, c, h, w);
	if (!p.failed && dnnl_binary_desc_init(&desc, dnnl_binary_add, &md, &md, &md) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc);
	plan_src_dst(&p);
	if (!p.failed)
		p.k->other = plan_argument(&p, DNNL_ARG_SRC_1, dnnl_query_src_md, DNNL_MEMORY_NONE);
	return plan_end(&p, out);
}

enum rc
kernel_relu(struct kernels *ks, int32_t c, int32_t h, int32_t w, struct kernel **out)
{
	dnnl_memory_desc_t md;
	dnnl_eltwise_desc_t desc;
	struct plan p;

	plan_start(&p, ks, KERNEL_LINEAR);
	md = plan_picture(&p, c, h, w);
	if (!p.failed && dnnl_eltwise_forward_desc_init(&desc, dnnl_forward_inference, dnnl_eltwise_relu, &md, 0.0f,
	    0.0f) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc);
	plan_src_dst(&p);
	return plan_end(&p, out);
}

enum rc
kernel_prelu(struct kernels *ks, int32_t c, int32_t h, int32_t w, const float *slopes, struct kernel **out)
{
	dnnl_memory_desc_t md, slope;
	dnnl_prelu_desc_t desc;
	struct plan p;

	plan_start(&p, ks, KERNEL_LINEAR);
	md = plan_picture(&p, c, h, w);
	slope = plan_picture(&p, c, 1, 1);
	if (!p.failed && dnnl_prelu_forward_desc_init(&desc, dnnl_forward_inference, &md, &slope) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc);
	plan_src_dst(&p);
	plan_constant(&p, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, &slope, slopes);
	return plan_end(&p, out);
}

/* ---- running ---- */

/* oneDNN's handles are void *; inputs are only read. */
static void
aim(dnnl_memory_t m, const float *data)
{
	union { const float *in; void *out; } p = { .in = data };

	if (m != NULL && dnnl_memory_set_data_handle(m, p.out) != dnnl_success)
		abort();
}

void
kernel_run(struct kernel *k, const float *src, const float *other, float *dst)
{
	aim(k->src, src);
	aim(k->other, other);
	aim(k->dst, k->wide != NULL ? k->wide : dst);
	if (dnnl_memory_set_data_handle(k->arg[k->args - 1].memory, k->ks->scratch) != dnnl_success ||
	    dnnl_primitive_execute(k->primitive, k->ks->stream, k->args, k->arg) != dnnl_success)
		abort();
	for (size_t i = 0; k->wide != NULL && i < k->pixels; i++)
		memcpy(dst + i * k->dst_c, k->wide + i * k->wide_c, k->dst_c * sizeof *dst);
}

double
kernels_peak_gflops(int n)
{
	size_t count = (size_t)n * (size_t)n;
	float *a = calloc(count, sizeof *a), *b = calloc(count, sizeof *b), *c = calloc(count, sizeof *c);
	double best = 0.0;

	for (int i = 0; a != NULL && b != NULL && c != NULL && i < 20; i++) {
		int64_t start = stopwatch_us();
		double us, gflops;

		if (dnnl_sgemm('N', 'N', n, n, n, 1.0f, a, n, b, n, 0.0f, c, n) != dnnl_success)
			break;
		us = (double)(stopwatch_us() - start);
		gflops = us > 0 ? 2.0 * n * n * n / us / 1e3 : 0.0;
		best = gflops > best ? gflops : best;
	}
	free(a);
	free(b);
	free(c);
	return best;
}
