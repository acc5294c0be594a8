/*
 * embedder.h - a face as 704 numbers of unit length, from two networks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two MobileFaceNets of different origin look at the same chip. Their outputs,
 * each of unit length and weighted, stand one behind the other, so that one
 * dot product is the weighted mean of both cosines: they seldom err together.
 *
 * What the picture is worth is part of the numbers. The length of a raw
 * embedding falls when a face is blurred, turned or covered; then the scores of
 * genuine pairs fall, those of impostors hardly, and one threshold for all
 * refuses the right person. A quality-aware score (Terhörst et al., "QMagFace",
 * WACV 2023) corrects that. Here one direction of the 704 is given up to carry
 * it: along it lies a part that grows as the worth falls, and the dot product
 * of two such vectors of unit length is the corrected score. It is called the
 * cosine everywhere, for that is what it is of these vectors.
 *
 * Numbers of two embedders, or of two versions, are never comparable: name and
 * version (from MANIFEST) travel with every template. Change the version there
 * with anything here or in align.c that moves the numbers.
 * Threads: one belongs to one thread at a time.
 */
#ifndef MODELS_EMBEDDER_H
#define MODELS_EMBEDDER_H

#include <stddef.h>
#include <stdint.h>

#include "models/align.h"
#include "models/net_darknet.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define EMBEDDER_FIRST  192u	/* numbers of mobilefacenet */
#define EMBEDDER_SECOND 512u	/* numbers of fr_feature */
#define EMBEDDER_DIM    (EMBEDDER_FIRST + EMBEDDER_SECOND)

struct embedder;

enum rc embedder_open(struct embedder **out, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    embedder_close(struct embedder *e);

/* Who made it, for templates; all fields filled. */
void    embedder_describe(const struct embedder *e, struct vision_hello *hello);

/*
 * to: EMBEDDER_DIM floats of unit length. worth: mean length of both raw
 * embeddings, 1 for an ordinary press photograph, less for a worse picture.
 * RC_FACE_QUALITY if a network's output has no length.
 */
enum rc embedder_run(struct embedder *e, const uint8_t chip[static ALIGN_BYTES], float *to, float *worth) MUST_CHECK;

void    embedder_wipe(struct embedder *e);	/* what the last picture left behind */

/* The same from the raw outputs of both networks. */
enum rc embedder_join(const float first[static EMBEDDER_FIRST], const float second[static EMBEDDER_SECOND],
    float to[static EMBEDDER_DIM], float *worth) MUST_CHECK;

#endif
