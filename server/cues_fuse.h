/*
 * cues_fuse.h - one verdict of all passive cues.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a sum of what was measured, each cue with a weight and no
 *               larger than it deserves, above 0 for a person; and floors, below
 *               which a single cue refuses whatever the others say.
 * What it isn't: trained. There is too little data from too few cameras to
 *               learn weights that would hold elsewhere; each has a reason.
 *
 * A cue that was not measured adds nothing. What speaks for a person, all of it
 * together, does not outweigh the network's clear opinion that it sees a picture,
 * nor the clear absence of depth: the floors keep it so.
 * Threads: none; a pure function.
 */
#ifndef SERVER_CUES_FUSE_H
#define SERVER_CUES_FUSE_H

#include "server/cues.h"

/* LIVENESS_FINE, or the reason for which the capture is refused: the cue that speaks loudest against it. */
enum liveness_reason cues_fuse(const struct cue_value v[static CUES], float *fused);

/* Below this value the cue refuses alone; -INFINITY: it never does. */
float cues_floor(unsigned cue);

#endif
