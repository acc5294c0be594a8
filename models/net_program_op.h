/*
 * net_program_op.h - what a program is made of; private to net_program*.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MODELS_NET_PROGRAM_OP_H
#define MODELS_NET_PROGRAM_OP_H

#include "models/kernel_direct.h"
#include "models/net_program.h"

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
	struct net_workspace *workspace;
	size_t bytes;			/* of the workspace */
	struct net_span *span;		/* [0 ... n-1] outputs, [n ... 2n-1] bands, [2n] the narrowed input */
	const float *input;
	uint16_t *narrow;		/* KERNEL_BF16: the input */
	size_t input_n;
	size_t last_pixels, last_c, last_wide;
};

/*
 * The kernel and constants of step i, without its place in memory; scratch of
 * bands goes into the spans. RC_MODEL_BAD: *why it cannot be done; RC_NOMEM.
 */
enum rc net_program_op(struct net_program *p, int32_t i, const char **why) MUST_CHECK;
/* Bytes of one number of what step i writes. */
size_t  net_program_number(const struct net_program *p, int32_t i);
/* Channels that step i writes: the last layer's are filled up for its kernel. */
int32_t net_program_channels(const struct net_program *p, int32_t i);

#endif
