/*
 * net_workspace.h - the memory in which networks compute, one block for all
 * networks of a thread: they run one after the other, so the block stays in
 * the processor's cache.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The block's address never changes; it is reserved at open and its pages are
 * taken when a network that needs them is opened, none while networks run.
 * Threads: a workspace, and the networks in it, belong to one thread at a time.
 */
#ifndef MODELS_NET_WORKSPACE_H
#define MODELS_NET_WORKSPACE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

#define NET_WORKSPACE_MAX (64u << 20)
#define NET_ALIGN         64u	/* of everything that is placed in it */

struct net_workspace;

enum rc net_workspace_open(struct net_workspace **out) MUST_CHECK;
void    net_workspace_close(struct net_workspace *w);	/* after its networks; NULL is fine */

/* The block, of which the first `bytes` may be used from now on; RC_NOMEM above NET_WORKSPACE_MAX. */
enum rc net_workspace_take(struct net_workspace *w, size_t bytes, uint8_t **at) MUST_CHECK;
size_t  net_workspace_bytes(const struct net_workspace *w);	/* taken so far */
/* A run begins that writes to the first `bytes`. */
void    net_workspace_use(struct net_workspace *w, size_t bytes);
/* What pictures left behind: all that was used since the last time. */
void    net_workspace_wipe(struct net_workspace *w);

/* One tensor that lives from the step that writes it to the last that reads it. */
struct net_span {
	size_t bytes;
	int32_t first, last;	/* steps, both inclusive */
	size_t at;		/* found by net_workspace_plan() */
};

/*
 * Places the spans so that those alive at the same step do not overlap, each
 * at a multiple of NET_ALIGN, and returns the bytes needed. Largest first,
 * lowest gap that fits (greedy by size: Pisarchyk and Lee, 2020). SIZE_MAX: out
 * of memory.
 */
size_t  net_workspace_plan(struct net_span *span, size_t n);

#endif
