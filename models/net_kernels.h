/*
 * net_kernels.h - single layers at full speed through oneDNN: convolution,
 * pooling and sum, in float32 or bfloat16, [height][width][channels], with bias,
 * activation and residual sum fused.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights are packed once into the processor's favourite order, in the store
 * that was given; a store that was packed before is only read. oneDNN silently
 * falls back to reference loops that are hundreds of times slower for some
 * layouts: such a kernel is refused (RC_MODEL_BAD) instead of made.
 *
 * Threads: a set of kernels belongs to one thread at a time (shared scratch).
 */
#ifndef MODELS_NET_KERNELS_H
#define MODELS_NET_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/weight_store.h"
#include "proto/rc.h"

struct kernels;		/* engine and stream of one network */
struct kernel;		/* one layer */

enum kernel_type { KERNEL_F32, KERNEL_BF16 };
enum kernel_act  { KERNEL_LINEAR, KERNEL_RELU, KERNEL_LEAKY, KERNEL_LOGISTIC };

/* A convolution or a pool. */
struct kernel_window {
	int32_t in_c, in_h, in_w;
	int32_t out_c, out_h, out_w;
	int32_t size, stride;
	int32_t pad;		/* rows and columns before the picture; after it follows from the sizes */
};

struct kernel_conv {
	struct kernel_window window;
	enum kernel_type in, out;	/* numbers read and written; arithmetic is of in, sums are float32 */
	enum kernel_act act;
	bool add;			/* dst = act(what dst holds + convolution) */
	bool tail;			/* the second kernel of its layer, for the last rows */
};

/* name: the network and its version, for the store's keys; the store outlives the kernels. */
enum rc kernels_open(struct kernels **out, const char *name, struct weight_store *store) MUST_CHECK;
void    kernels_close(struct kernels *ks);	/* after its kernels */

/*
 * weights [out][in][size][size] and bias [out] are copied; NULL if the store
 * is packed. layer: for the store's key. As all of the three: RC_MODEL_BAD if
 * there is no fast kernel or the store has something else, RC_NOMEM.
 */
enum rc kernel_conv_make(struct kernels *ks, int32_t layer, const struct kernel_conv *c, const float *weights,
    const float *bias, struct kernel **out) MUST_CHECK;
/* The mean or the maximum over a window; places outside the picture do not count. */
enum rc kernel_pool_make(struct kernels *ks, const struct kernel_window *w, enum kernel_type type, bool mean,
    struct kernel **out) MUST_CHECK;
/* dst = act(src + other), same shape; dst may be src. */
enum rc kernel_sum_make(struct kernels *ks, int32_t c, int32_t h, int32_t w, enum kernel_type type,
    enum kernel_act act, struct kernel **out) MUST_CHECK;
void    kernel_free(struct kernel *k);

/* Bytes of scratch that the hungriest kernel made so far wants; give them before the first run. */
size_t  kernels_scratch_bytes(const struct kernels *ks);
void    kernels_scratch(struct kernels *ks, void *scratch);	/* aligned to 64; borrowed */

/* other is read by sums only. Aborts if oneDNN refuses (a broken invariant). */
void    kernel_run(struct kernel *k, const void *src, const void *other, void *dst);
/* oneDNN's name for the implementation, for logs and tests. */
const char *kernel_name(const struct kernel *k);

/* Threads that kernels of this process use inside one layer; 1 unless said. */
void    kernels_use_threads(int n);
/* GFLOP/s of one n x n x n float32 matrix product, the best of some tries: the machine's peak, for the bench. */
double  kernels_peak_gflops(int n);

#endif
