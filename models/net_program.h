/*
 * net_program.h - a network made ready to run: one kernel for each step that
 * is left after fusing, its constants in the store, its tensors placed in the
 * workspace. Running allocates nothing of ours; oneDNN 2.6 makes a few lists of
 * arguments in each of its calls, of at most 120 bytes, and frees them: 600 to
 * 1,600 calls to malloc() for one picture.
 * SPDX-License-Identifier: Apache-2.0
 *
 * KERNEL_BF16: tensors between layers are bfloat16, sums inside a layer,
 * biases, the network's input and its output float32.
 * Threads: as the workspace.
 */
#ifndef MODELS_NET_PROGRAM_H
#define MODELS_NET_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "models/net_graph.h"
#include "models/net_kernels.h"
#include "models/net_workspace.h"
#include "models/weight_store.h"
#include "proto/rc.h"

struct net_program;

struct net_program_setup {
	const char *name;	/* of network, version and size, for the store's keys */
	const struct net_graph *graph;	/* fused; needed while the program lives, its weights only for making it */
	enum kernel_type type;
	struct net_workspace *workspace;
	struct weight_store *store;
};

/* RC_MODEL_BAD: *where and *why (may be borrowed from the store) say which step cannot be done. */
enum rc net_program_make(struct net_program **out, const struct net_program_setup *setup, int32_t *where,
    const char **why) MUST_CHECK;
void    net_program_free(struct net_program *p);	/* NULL is fine */

/* Before step 0: the input, [h][w][c], which stays as it is. */
void    net_program_start(struct net_program *p, const float *input);
/* Steps in order, each once; a step that is gone does nothing. */
void    net_program_step(struct net_program *p, int32_t i);
bool    net_program_idle(const struct net_program *p, int32_t i);	/* step i does nothing */
/* After the last step: copies [h][w][c] to `to`. */
void    net_program_result(const struct net_program *p, float *to);

#endif
