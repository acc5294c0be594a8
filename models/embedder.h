/*
 * embedder.h - a face as 192 numbers of unit length: MobileFaceNet.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of two embedders, or of two versions, are never comparable: name and
 * version (from MANIFEST) travel with every template.
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

/*
 * Cosine of two single pictures at which one of 10,000 impostor pairs passes:
 * measured with this code on 1,165,668 impostor pairs of Labeled Faces in the
 * Wild (tests/bench/RESULTS.md). Means of several pictures need about .02 more.
 */
#define EMBEDDER_COSINE_FMR_1E4 0.540f

struct embedder;

enum rc embedder_open(struct embedder **out, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    embedder_close(struct embedder *e);

/* Who made it, for templates; all fields filled. */
void    embedder_describe(const struct embedder *e, struct vision_hello *hello);

/* to: embed_dim floats of unit length; norm: length before. RC_FACE_QUALITY if it has none. */
enum rc embedder_run(struct embedder *e, const uint8_t chip[static ALIGN_BYTES], float *to, float *norm) MUST_CHECK;

/* Cosine of two unit vectors. */
float   embedder_cosine(const float *a, const float *b, uint32_t dim);

struct net *embedder_net(struct embedder *e);

#endif
