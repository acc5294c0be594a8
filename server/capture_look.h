/*
 * capture_look.h - search the picture for faces, or follow the one from the
 * frame before?
 * SPDX-License-Identifier: Apache-2.0
 *
 * Following costs a fraction of a search, but sees one face only. So it begins
 * with a search that found one face alone, is broken off by anything else, and
 * a search comes about three times a second all the same, at moments that are
 * drawn, so that nobody outside can foresee when a second face would be seen.
 *
 * Threads: none. May be zeroed; no heap.
 */
#ifndef SERVER_CAPTURE_LOOK_H
#define SERVER_CAPTURE_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/crypto.h"
#include "proto/vision_wire.h"

struct capture_look {
	bool     follow;	/* one face, alone when it was searched for, and followed since */
	struct vision_box box;	/* where it was last ... */
	int64_t  box_ms;	/* ... in the frame that arrived then */
	int64_t  search_ms;	/* the next search is due */
};

/* What the frame of at_ms showed; alone: no jump, nothing else speaks against following. */
void capture_look_saw(struct capture_look *l, const struct vision_features *f, int64_t at_ms, bool alone);
/* For the frame of `now`: the box to follow, or NULL: search. late_ms: a due search may wait so long. */
const struct vision_box *capture_look_next(struct capture_look *l, const struct rng *g, int64_t now, int64_t late_ms);

#endif
