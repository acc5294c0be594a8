/*
 * net_darknet.h - one loaded network: floats in, floats out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Darknet owns the graph, the weights and the buffers; with NET_F32 and
 * NET_BF16 each layer's forward function is one of net_kernels.h, with
 * NET_STOCK Darknet's own (8 to 25 times slower; for comparison). Tensors are
 * [height][width][channels] either way. oneDNN has fast kernels from SSE4.1 on.
 *
 * Linking Darknet's library makes the whole process flush denormal floats to
 * zero. Inference is glad of it; code that needs denormals must not live in
 * the same process.
 *
 * Threads: open and close all networks in one thread (stderr is turned off
 * for a moment while Darknet loads). Afterwards a network belongs to one
 * thread at a time; different networks may run at the same time.
 */
#ifndef MODELS_NET_DARKNET_H
#define MODELS_NET_DARKNET_H

#include <stddef.h>
#include <stdint.h>

#include "models/model_file.h"
#include "proto/rc.h"

struct net;
struct net_workspace;
struct weight_store;

/*
 * NET_AUTO: the fastest that keeps the network's accuracy: NET_BF16 (16-bit
 * numbers between layers) where the processor multiplies them and MANIFEST
 * allows it, else NET_F32.
 */
enum net_backend { NET_AUTO, NET_F32, NET_BF16, NET_STOCK };

struct net_setup {
	enum net_backend backend;
	struct net_workspace *workspace;	/* shared by the networks of a thread; NULL: one of its own */
	struct weight_store *store;		/* shared by the networks of a process; NULL: one of its own */
};

/*
 * side 0: the input size of the cfg; otherwise width and height (the network
 * must be fully convolutional). RC_MODEL_BAD with a sentence in err: a file
 * is not the one MANIFEST names, shapes differ, a layer kind is unknown, or
 * there is no fast kernel for a layer.
 */
enum rc net_open(struct net **out, const struct model *m, const struct net_setup *setup, uint32_t side,
    char *err, size_t err_n) MUST_CHECK;
void    net_close(struct net *n);	/* NULL is fine */

struct model_shape net_shape_in(const struct net *n);
struct model_shape net_shape_out(const struct net *n);
double  net_gflop(const struct net *n);	/* 2 x multiply-adds of one run, in 1e9 */

/* Where the caller writes the input before net_run(). */
float  *net_input(struct net *n);
/* The output, owned by the network, overwritten by the next run. */
const float *net_run(struct net *n);

#endif
