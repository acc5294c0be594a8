/*
 * net_darknet.h - one loaded network: floats in, floats out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Darknet owns cfg, weights and graph. With NET_F32 and NET_BF16 each layer's
 * forward function runs a step of net_program.h, or nothing where another step
 * does its work (net_graph.h); weights are then packed in the store, tensors
 * lie in the workspace, and Darknet's own are freed. With NET_STOCK Darknet's
 * functions run, 20 to 40 times slower, for comparison. Inputs and outputs are
 * [height][width][channels] either way. A network that was opened for speed
 * has been checked against Darknet's own layers (net_check.h), and takes no
 * memory of ours while it runs (net_program.h).
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
 * is not the one MANIFEST names, shapes differ, a layer kind is unknown, there
 * is no fast kernel for a layer, the store holds something else, the processor
 * has no bfloat16 for NET_BF16, or the built-in picture gives wrong numbers.
 */
enum rc net_open(struct net **out, const struct model *m, const struct net_setup *setup, uint32_t side,
    char *err, size_t err_n) MUST_CHECK;
void    net_close(struct net *n);	/* wiped; NULL is fine */

struct model_shape net_shape_in(const struct net *n);
struct model_shape net_shape_out(const struct net *n);
/* 2 x multiply-adds of one run in 1e9; zeros that a cfg writes around filters as padding do not count. */
double  net_gflop(const struct net *n);
enum net_backend net_backend_used(const struct net *n);	/* never NET_AUTO */

/* Where the caller writes the input before net_run(). */
float  *net_input(struct net *n);
/* [h][w][c] to [c][h][w], for what wants planes. */
void    net_planes(const float *from, struct model_shape s, float *to);
/* The output, owned by the network, overwritten by the next run. */
const float *net_run(struct net *n);
/*
 * What the runs so far left behind: input, output, and what lies between where
 * the network has that to itself. A shared workspace is its owner's to wipe.
 */
void    net_wipe(struct net *n);

#endif
