/*
 * net_kernels_plan.c - see net_kernels_plan.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/net_kernels_plan.h"

#define LEAKY_SLOPE  0.1f	/* Darknet's */

dnnl_memory_desc_t
plan_tensor(struct plan *p, enum kernel_type type, int n, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
	dnnl_memory_desc_t md = { 0 };

	if (dnnl_memory_desc_init_by_tag(&md, n, dims, type == KERNEL_BF16 ? dnnl_bf16 : dnnl_f32, tag) != dnnl_success)
		p->failed = true;
	return md;
}

dnnl_memory_desc_t
plan_picture(struct plan *p, enum kernel_type type, int32_t c, int32_t h, int32_t w)
{
	return plan_tensor(p, type, 4, (dnnl_dims_t){ 1, c, h, w }, dnnl_nhwc);
}

static bool
append_act(dnnl_post_ops_t ops, enum kernel_act act)
{
	if (act == KERNEL_LINEAR)
		return true;
	if (act == KERNEL_LOGISTIC)
		return dnnl_post_ops_append_eltwise(ops, 1.0f, dnnl_eltwise_logistic, 0.0f, 0.0f) == dnnl_success;
	return dnnl_post_ops_append_eltwise(ops, 1.0f, dnnl_eltwise_relu, act == KERNEL_LEAKY ? LEAKY_SLOPE : 0.0f,
	    0.0f) == dnnl_success;
}

void
plan_start(struct plan *p, struct kernels *ks, bool add, enum kernel_act act)
{
	dnnl_post_ops_t ops = NULL;

	*p = (struct plan){ .ks = ks, .k = calloc(1, sizeof *p->k) };
	p->starved = p->k == NULL;
	p->failed = p->starved || dnnl_primitive_attr_create(&p->attr) != dnnl_success ||
	    dnnl_primitive_attr_set_scratchpad_mode(p->attr, dnnl_scratchpad_mode_user) != dnnl_success ||
	    dnnl_post_ops_create(&ops) != dnnl_success ||
	    (add && dnnl_post_ops_append_sum(ops, 1.0f) != dnnl_success) || !append_act(ops, act) ||
	    dnnl_primitive_attr_set_post_ops(p->attr, ops) != dnnl_success;
	if (ops != NULL)
		(void)dnnl_post_ops_destroy(ops);
}

/* The first implementation whose name holds none of the two words. */
static bool
choose_without(struct plan *p, const void *op_desc, const char *word, const char *other)
{
	dnnl_primitive_desc_iterator_t it = NULL;
	const char *name;

	if (dnnl_primitive_desc_iterator_create(&it, op_desc, p->attr, p->ks->engine, NULL) != dnnl_success)
		return false;
	do {
		p->pd = dnnl_primitive_desc_iterator_fetch(it);
		if (p->pd == NULL || dnnl_primitive_desc_query(p->pd, dnnl_query_impl_info_str, 0, &name) !=
		    dnnl_success)
			break;
		if (strstr(name, word) == NULL && strstr(name, other) == NULL) {
			(void)snprintf(p->k->name, sizeof p->k->name, "%s", name);
			(void)dnnl_primitive_desc_iterator_destroy(it);
			return true;
		}
		(void)dnnl_primitive_desc_destroy(p->pd);
		p->pd = NULL;
	} while (dnnl_primitive_desc_iterator_next(it) == dnnl_success);
	(void)dnnl_primitive_desc_iterator_destroy(it);
	return false;
}

void
plan_choose(struct plan *p, const void *op_desc, const char *rather_not)
{
	if (p->failed)
		return;
	p->failed = (!choose_without(p, op_desc, "ref", rather_not) && !choose_without(p, op_desc, "ref", "ref")) ||
	    dnnl_primitive_create(&p->k->primitive, p->pd) != dnnl_success;
}

dnnl_memory_t
plan_argument(struct plan *p, int slot, dnnl_query_t what, void *data)
{
	const dnnl_memory_desc_t *md;
	dnnl_memory_t m = NULL;

	if (p->failed)
		return NULL;
	md = dnnl_primitive_desc_query_md(p->pd, what, 0);
	assert(p->k->args < SLOTS);
	if (md == NULL || dnnl_memory_create(&m, md, p->ks->engine, data) != dnnl_success) {
		p->failed = true;
		return NULL;
	}
	p->k->arg[p->k->args++] = (dnnl_exec_arg_t){ slot, m };
	return m;
}

/* From a plain layout into the one the primitive wants. */
static bool
pack(struct plan *p, const dnnl_memory_desc_t *plain, const float *data, const dnnl_memory_desc_t *md,
    dnnl_memory_t to)
{
	dnnl_primitive_desc_t pd = NULL;
	dnnl_primitive_t reorder = NULL;
	dnnl_memory_t from = NULL;
	size_t n = dnnl_memory_desc_get_size(plain);
	float *copy = malloc(n);	/* oneDNN takes no pointer to const */
	bool ok;

	p->starved = copy == NULL;
	ok = copy != NULL && dnnl_memory_create(&from, plain, p->ks->engine, memcpy(copy, data, n)) == dnnl_success &&
	    dnnl_reorder_primitive_desc_create(&pd, plain, p->ks->engine, md, p->ks->engine, NULL) == dnnl_success &&
	    dnnl_primitive_create(&reorder, pd) == dnnl_success && dnnl_primitive_execute(reorder, p->ks->stream, 2,
	    (dnnl_exec_arg_t[]){ { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } }) == dnnl_success &&
	    dnnl_stream_wait(p->ks->stream) == dnnl_success;
	if (reorder != NULL)
		(void)dnnl_primitive_destroy(reorder);
	if (pd != NULL)
		(void)dnnl_primitive_desc_destroy(pd);
	if (from != NULL)
		(void)dnnl_memory_destroy(from);
	free(copy);
	return ok;
}

void
plan_constant(struct plan *p, int slot, dnnl_query_t what, const char *key, const dnnl_memory_desc_t *plain,
    const float *data)
{
	const dnnl_memory_desc_t *md;
	char full[WEIGHT_KEY_BYTES + 1];
	dnnl_memory_t to;
	void *at = NULL;

	if (p->failed)
		return;
	(void)snprintf(full, sizeof full, "%.*s:%s", (int)WEIGHT_KEY_BYTES - 2, key, slot == DNNL_ARG_BIAS ? "b" : "w");
	md = what == dnnl_query_undef ? plain : dnnl_primitive_desc_query_md(p->pd, what, 0);
	p->failed = md == NULL ||
	    weight_store_next(p->ks->store, full, dnnl_memory_desc_get_size(md), &at) != RC_OK ||
	    dnnl_memory_create(&to, md, p->ks->engine, at) != dnnl_success;
	if (p->failed)
		return;
	assert(p->k->args < SLOTS);
	p->k->arg[p->k->args++] = (dnnl_exec_arg_t){ slot, to };
	if (!weight_store_packed(p->ks->store))
		p->failed = data == NULL || !pack(p, plain, data, md, to);
}

void
plan_src_dst(struct plan *p)
{
	dnnl_memory_t src = plan_argument(p, DNNL_ARG_SRC, dnnl_query_src_md, DNNL_MEMORY_NONE);
	dnnl_memory_t dst = plan_argument(p, DNNL_ARG_DST, dnnl_query_dst_md, DNNL_MEMORY_NONE);

	if (p->failed)
		return;
	p->k->src = src;
	p->k->dst = dst;
}

/* The scratch memory is given by the caller; a kernel that wants none has no such argument. */
static void
plan_scratch(struct plan *p)
{
	size_t n;

	if (p->failed)
		return;
	n = dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(p->pd, dnnl_query_scratchpad_md, 0));
	if (n == 0)
		return;
	p->k->scratch = plan_argument(p, DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, DNNL_MEMORY_NONE);
	if (n > p->ks->scratch_bytes)
		p->ks->scratch_bytes = n;
}

enum rc
plan_end(struct plan *p, struct kernel **out)
{
	plan_scratch(p);
	if (p->pd != NULL)
		(void)dnnl_primitive_desc_destroy(p->pd);
	if (p->attr != NULL)
		(void)dnnl_primitive_attr_destroy(p->attr);
	if (p->failed) {
		kernel_free(p->k);
		return p->starved ? RC_NOMEM : RC_MODEL_BAD;
	}
	p->k->ks = p->ks;
	*out = p->k;
	return RC_OK;
}
