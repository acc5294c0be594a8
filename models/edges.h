/*
 * edges.h - does a paper's or a device's edge run round the face?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a search for four straight edges, left and right of the face,
 *               above and below it, up to two faces away, each followed from
 *               corner to corner. What counts is the weakest of the four.
 * What it isn't: a finder of rectangles. Doors, pictures and windows behind a
 *               person have no edge across the chest, so three edges, however
 *               clear, say nothing.
 *
 * Where no such edge is seen nothing is said either: a picture that is held
 * near shows none.
 * Threads: none; no state.
 */
#ifndef MODELS_EDGES_H
#define MODELS_EDGES_H

#include "models/image.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

/* Edges round the face as a logit: < 0 speaks for an edge round the face, and so against a person; at most EDGES_NONE.
 * RC_FACE_QUALITY if the box has no size. */
#define EDGES_NONE 1.0f
enum rc edges_run(struct image_pyramid *p, const struct vision_box *box, float *logit) MUST_CHECK;

#endif
