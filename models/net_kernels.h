/*
 * net_kernels.h - single layers at full speed: float32, [height][width][channels],
 * bias and activation fused, through oneDNN.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A kernel keeps its own copy of the weights in the processor's favourite
 * order; buffers come with each call. oneDNN silently falls back to reference
 * loops that are hundreds of times slower for some layouts: such a kernel is
 * refused here (RC_MODEL_BAD) instead of made.
 *
 * Threads: a set of kernels belongs to one thread at a time (shared scratch).
 */
#ifndef MODELS_NET_KERNELS_H
#define MODELS_NET_KERNELS_H

#include <stdint.h>

#include "proto/rc.h"

struct kernels;		/* engine, stream and scratch memory of one network */
struct kernel;		/* one layer */

enum kernel_act { KERNEL_LINEAR, KERNEL_RELU, KERNEL_LEAKY };

/* A convolution, maximum or mean; groups is 1 or the number of channels. */
struct kernel_window {
	int32_t in_c, in_h, in_w;
	int32_t out_c, out_h, out_w;
	int32_t size, stride;
	int32_t pad;		/* rows and columns before the picture; after it follows from the sizes */
	int32_t groups;
};

enum rc kernels_open(struct kernels **out) MUST_CHECK;
void    kernels_close(struct kernels *ks);	/* after its kernels */

/* weights [out][in / groups][size][size], bias [out]: copied. */
enum rc kernel_conv(struct kernels *ks, const struct kernel_window *w, const float *weights, const float *bias,
    enum kernel_act act, struct kernel **out) MUST_CHECK;
enum rc kernel_maxpool(struct kernels *ks, const struct kernel_window *w, struct kernel **out) MUST_CHECK;
enum rc kernel_meanpool(struct kernels *ks, const struct kernel_window *w, struct kernel **out) MUST_CHECK;
/* weights [out][in], bias [out]. The input is one pixel. */
enum rc kernel_connected(struct kernels *ks, int32_t in, int32_t n, const float *weights, const float *bias,
    struct kernel **out) MUST_CHECK;
/* dst = act(src + other), same shape. */
enum rc kernel_add(struct kernels *ks, int32_t c, int32_t h, int32_t w, enum kernel_act act,
    struct kernel **out) MUST_CHECK;
enum rc kernel_relu(struct kernels *ks, int32_t c, int32_t h, int32_t w, struct kernel **out) MUST_CHECK;
/* x < 0 becomes slope[channel] * x; src and dst may be the same. */
enum rc kernel_prelu(struct kernels *ks, int32_t c, int32_t h, int32_t w, const float *slopes,
    struct kernel **out) MUST_CHECK;
void    kernel_free(struct kernel *k);

/* Call once after the last kernel was made: takes the scratch memory. */
enum rc kernels_ready(struct kernels *ks) MUST_CHECK;

/* other is read by kernel_add() only. Aborts if oneDNN refuses (a broken invariant). */
void    kernel_run(struct kernel *k, const float *src, const float *other, float *dst);

/* Threads that kernels of this process use inside one layer; 1 unless said. */
void    kernels_use_threads(int n);
/* GFLOP/s of one n x n x n float32 matrix product, the best of some tries: the machine's peak. */
double  kernels_peak_gflops(int n);

#endif
