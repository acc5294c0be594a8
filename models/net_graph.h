/*
 * net_graph.h - a network as a list of steps, and which of them are done
 * together: the function of a layer inside the layer before or after it, a sum
 * where the second summand lies, a pool while its input is in the cache.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Step i is layer i of the cfg. Pure bookkeeping: no arithmetic on pictures,
 * no foreign library. Weights are the loader's, and only read.
 */
#ifndef MODELS_NET_GRAPH_H
#define MODELS_NET_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "models/net_workspace.h"
#include "proto/rc.h"

enum step_kind {
	STEP_CONV,		/* every output channel from every input channel */
	STEP_DEPTHWISE,		/* each channel by itself */
	STEP_CONNECTED,		/* as STEP_CONV, of one pixel */
	STEP_MAXPOOL,
	STEP_MEANPOOL,		/* of the whole picture */
	STEP_SUM,
	STEP_GATE,		/* every pixel times one pixel */
	STEP_PRELU,
	STEP_RELU,
	STEP_ROUTE		/* another name for an earlier output */
};

enum step_act { ACT_LINEAR, ACT_RELU, ACT_LEAKY, ACT_LOGISTIC };

#define STEP_INPUT (-1)		/* "from": the network's input */
#define STEP_NONE  (-2)

struct net_step {
	enum step_kind kind;
	enum step_act act;
	int32_t from, other;	/* steps whose output is read; other: STEP_SUM and STEP_GATE */
	int32_t in_c, in_h, in_w, out_c, out_h, out_w;
	int32_t size, stride;
	int32_t pad;		/* rows and columns before the picture; after it follows from the sizes */
	const float *weights;	/* [out][in or 1][size][size] */
	const float *bias, *slopes;

	/* from net_graph_fuse() */
	bool gone;		/* done by another step */
	int32_t in_act;		/* PReLU or ReLU step done while reading, STEP_NONE */
	int32_t out_act;	/* PReLU step done while writing, STEP_NONE */
	int32_t sum;		/* step whose output is added, in its place, STEP_NONE */
	enum step_act sum_act;	/* after the sum */
	int32_t pool;		/* maximum that is taken of the result at once, STEP_NONE */
	int32_t buffer;		/* step that first wrote to the buffer of the output */
};

struct net_graph {
	struct net_step *step;
	int32_t n;
};

/*
 * Sets the fields of the second half and leads "from" and "other" past the
 * steps that are gone. RC_MODEL_BAD: step *where cannot be done, *why says
 * what it would need.
 */
enum rc net_graph_fuse(struct net_graph *g, int32_t *where, const char **why) MUST_CHECK;

/* Last step that reads the buffer of step i, or i itself; the last step's buffer lives until g->n. */
int32_t net_graph_last_use(const struct net_graph *g, int32_t i);

/* 2 x multiply-adds of one run in 1e9, without rows and columns of zeros around a filter. */
double  net_graph_gflop(const struct net_graph *g);

/*
 * How many rows and columns of zeros begin every filter of this step. Darknet
 * pads all sides alike, so a cfg writes padding on one side as such zeros.
 */
int32_t net_step_zero_edge(const struct net_step *s);

#endif
