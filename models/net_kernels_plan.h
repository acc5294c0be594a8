/*
 * net_kernels_plan.h - how a kernel is put together from oneDNN's parts;
 * private to net_kernels*.c, the only files that know oneDNN.
 * SPDX-License-Identifier: Apache-2.0
 *
 * plan_start(), descriptions of tensors, plan_choose(), arguments and
 * constants, plan_end(). After a failure the calls in between do nothing.
 */
#ifndef MODELS_NET_KERNELS_PLAN_H
#define MODELS_NET_KERNELS_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include <oneapi/dnnl/dnnl.h>

#include "models/net_kernels.h"

#define SLOTS      6		/* arguments of a primitive */
#define NAME_BYTES 64

struct kernels {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	struct weight_store *store;
	char name[NAME_BYTES];
	size_t scratch_bytes;
	void *scratch;
};

struct kernel {
	struct kernels *ks;
	dnnl_primitive_t primitive;
	dnnl_exec_arg_t arg[SLOTS];
	int args;
	dnnl_memory_t src, other, dst, scratch;	/* borrowed from arg[], NULL if unused */
	char name[NAME_BYTES];
};

/* A kernel under construction; the first failure sticks and plan_end() reports it. */
struct plan {
	struct kernels *ks;
	struct kernel *k;
	dnnl_primitive_attr_t attr;
	dnnl_primitive_desc_t pd;
	bool failed;
	bool starved;		/* of memory */
};

void    plan_start(struct plan *p, struct kernels *ks, bool add, enum kernel_act act);
dnnl_memory_desc_t plan_tensor(struct plan *p, enum kernel_type type, int n, const dnnl_dims_t dims,
    dnnl_format_tag_t tag);
/* One picture, [h][w][c]. */
dnnl_memory_desc_t plan_picture(struct plan *p, enum kernel_type type, int32_t c, int32_t h, int32_t w);
/* The first implementation that is no reference loop; one whose name has rather_not in it only if there is no other. */
void    plan_choose(struct plan *p, const void *op_desc, const char *rather_not);
/* One argument; data DNNL_MEMORY_NONE: set at each run. */
dnnl_memory_t plan_argument(struct plan *p, int slot, dnnl_query_t what, void *data);
void    plan_src_dst(struct plan *p);
/*
 * A constant from the store; unless it is packed, from data in a plain float32
 * layout. key: of the kernel; weights and bias each get their own from it.
 */
void    plan_constant(struct plan *p, int slot, dnnl_query_t what, const char *key,
    const dnnl_memory_desc_t *plain, const float *data);
enum rc plan_end(struct plan *p, struct kernel **out) MUST_CHECK;

#endif
