/*
 * net_kernels.c - see net_kernels.h. Written for oneDNN 2.6.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Activations are dense NHWC throughout: other layouts would need a reorder at
 * each sum, and NCHW with NHWC in one primitive ends in reference loops.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/net_kernels_plan.h"
#include "proto/stopwatch.h"

/* With fewer input channels than this, oneDNN's small matrix products are mostly overhead: its direct loops are faster. */
#define FEW_CHANNELS 16

extern void omp_set_num_threads(int n);	/* libgomp's; oneDNN works with it */

void
kernels_use_threads(int n)
{
	omp_set_num_threads(n);
}

enum rc
kernels_open(struct kernels **out, const char *name, struct weight_store *store)
{
	struct kernels *ks;

	if ((ks = calloc(1, sizeof *ks)) == NULL)
		return RC_NOMEM;
	(void)snprintf(ks->name, sizeof ks->name, "%s", name);
	ks->store = store;
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
	free(ks);
}

size_t
kernels_scratch_bytes(const struct kernels *ks)
{
	return ks->scratch_bytes;
}

void
kernels_scratch(struct kernels *ks, void *scratch)
{
	ks->scratch = scratch;
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
	free(k);
}

const char *
kernel_name(const struct kernel *k)
{
	return k->name;
}

/* ---- layers ---- */

static void
window_padding(const struct kernel_window *w, dnnl_dims_t left, dnnl_dims_t right)
{
	left[0] = left[1] = w->pad;
	right[0] = (w->out_h - 1) * w->stride + w->size - w->in_h - w->pad;
	right[1] = (w->out_w - 1) * w->stride + w->size - w->in_w - w->pad;
}

enum rc
kernel_conv_make(struct kernels *ks, int32_t layer, const struct kernel_conv *c, const float *weights,
    const float *bias, struct kernel **out)
{
	const struct kernel_window *w = &c->window;
	dnnl_dims_t left = { 0 }, right = { 0 }, step = { w->stride, w->stride };
	dnnl_dims_t dims = { w->out_c, w->in_c, w->size, w->size };
	dnnl_memory_desc_t src, dst, any, plain, line;
	dnnl_convolution_desc_t desc;
	char key[WEIGHT_KEY_BYTES + 1];
	struct plan p;

	plan_start(&p, ks, c->add, c->act);
	src = plan_picture(&p, c->in, w->in_c, w->in_h, w->in_w);
	dst = plan_picture(&p, c->out, w->out_c, w->out_h, w->out_w);
	any = plan_tensor(&p, c->in, 4, dims, dnnl_format_tag_any);
	plain = plan_tensor(&p, KERNEL_F32, 4, dims, dnnl_oihw);
	line = plan_tensor(&p, KERNEL_F32, 1, dims, dnnl_a);
	window_padding(w, left, right);
	if (!p.failed && dnnl_convolution_forward_desc_init(&desc, dnnl_forward_inference, dnnl_convolution_direct,
	    &src, &any, &line, &dst, step, left, right) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc, w->in_c < FEW_CHANNELS ? "brgconv" : "ref");
	plan_src_dst(&p);
	if (!p.failed)
		(void)snprintf(key, sizeof key, "%.60s:%d%s:%.30s", ks->name, layer, c->tail ? ":tail" : "", p.k->name);
	plan_constant(&p, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, key, &plain, weights);
	plan_constant(&p, DNNL_ARG_BIAS, dnnl_query_undef, key, &line, bias);
	return plan_end(&p, out);
}

enum rc
kernel_pool_make(struct kernels *ks, const struct kernel_window *w, enum kernel_type type, bool mean,
    struct kernel **out)
{
	dnnl_dims_t left = { 0 }, right = { 0 }, step = { w->stride, w->stride }, size = { w->size, w->size };
	dnnl_memory_desc_t src, dst;
	dnnl_pooling_desc_t desc;
	struct plan p;

	plan_start(&p, ks, false, KERNEL_LINEAR);
	src = plan_picture(&p, type, w->in_c, w->in_h, w->in_w);
	dst = plan_picture(&p, type, w->out_c, w->out_h, w->out_w);
	window_padding(w, left, right);
	if (!p.failed && dnnl_pooling_forward_desc_init(&desc, dnnl_forward_inference,
	    mean ? dnnl_pooling_avg_exclude_padding : dnnl_pooling_max, &src, &dst, step, size, left, right) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc, "ref");
	plan_src_dst(&p);
	return plan_end(&p, out);
}

enum rc
kernel_sum_make(struct kernels *ks, int32_t c, int32_t h, int32_t w, enum kernel_type type, enum kernel_act act,
    struct kernel **out)
{
	dnnl_memory_desc_t md;
	dnnl_binary_desc_t desc;
	struct plan p;

	plan_start(&p, ks, false, act);
	md = plan_picture(&p, type, c, h, w);
	if (!p.failed && dnnl_binary_desc_init(&desc, dnnl_binary_add, &md, &md, &md) != dnnl_success)
		p.failed = true;
	plan_choose(&p, &desc, "ref");
	plan_src_dst(&p);
	if (!p.failed)
		p.k->other = plan_argument(&p, DNNL_ARG_SRC_1, dnnl_query_src_md, DNNL_MEMORY_NONE);
	return plan_end(&p, out);
}

/* ---- running ---- */

/* oneDNN's handles are void *; inputs are only read. */
static void
aim(dnnl_memory_t m, const void *data)
{
	union { const void *in; void *out; } p = { .in = data };

	if (m != NULL && dnnl_memory_set_data_handle(m, p.out) != dnnl_success)
		abort();
}

void
kernel_run(struct kernel *k, const void *src, const void *other, void *dst)
{
	aim(k->src, src);
	aim(k->other, other);
	aim(k->dst, dst);
	aim(k->scratch, k->ks->scratch);
	if (dnnl_primitive_execute(k->primitive, k->ks->stream, k->args, k->arg) != dnnl_success)
		abort();
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
