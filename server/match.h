/*
 * match.h - is this the enrolled face? 1:1 comparison of embeddings.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a template (the normalised mean of a few frames, bound to the
 *               embedder that made it), its bytes for storage, a collector that
 *               keeps the best frames of a capture, and the cosine.
 * What it isn't: it seals nothing and stores nothing; the vault does that.
 *
 * Embeddings are of unit length, float32[dim]. Comparing across embedders,
 * versions or lengths is refused (RC_EMBEDDER_OTHER), never computed.
 * Everything here is biometric data: wipe it with the functions below.
 * Memory is constant, no heap. Threads: none; pure functions on caller's data.
 */
#ifndef SERVER_MATCH_H
#define SERVER_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define MATCH_TEMPLATE_MAX (VISION_EMBED_MAX * 4u)	/* bytes of a stored template */
#define MATCH_FRAMES_MAX   6u				/* frames averaged into one */

struct match_template {
	struct vision_hello by;		/* embedder, version, dim */
	uint32_t frames;		/* averaged */
	float    v[VISION_EMBED_MAX];	/* unit length, by.embed_dim used */
};

/* The best frames of one capture by length of the raw embedding (vision worth). */
struct match_set {
	struct vision_hello by;		/* of the first frame added */
	uint32_t n;			/* kept, at most MATCH_FRAMES_MAX */
	uint32_t seen;			/* added in all */
	float    norm[MATCH_FRAMES_MAX];
	float    v[MATCH_FRAMES_MAX][VISION_EMBED_MAX];
};

/* RC_INVALID when f carries no usable embedding; RC_EMBEDDER_OTHER when by differs from the first frame's. */
enum rc match_set_add(struct match_set *s, const struct vision_hello *by, const struct vision_features *f) MUST_CHECK;
/* The normalised mean. RC_INVALID when the set is empty or its frames cancel out. */
enum rc match_set_template(const struct match_set *s, struct match_template *t) MUST_CHECK;
void    match_set_wipe(struct match_set *s);

/* Cosine in -1 ... 1. RC_EMBEDDER_OTHER when the two were not made by the same embedder. */
enum rc match_cosine(const struct match_template *a, const struct match_template *b, float *cosine) MUST_CHECK;
/* The same against one frame's embedding; RC_INVALID when f carries none. */
enum rc match_frame(const struct match_template *t, const struct vision_hello *by, const struct vision_features *f, float *cosine) MUST_CHECK;
/* RC_OK at or above the threshold, RC_FACE_OTHER below it, RC_EMBEDDER_OTHER. *cosine is for the auditor. */
enum rc match_decide(const struct match_template *enrolled, const struct match_template *probe, float threshold, float *cosine) MUST_CHECK;

/* dst holds MATCH_TEMPLATE_MAX; writes dim float32 little endian and returns the bytes. */
size_t  match_template_put(const struct match_template *t, uint8_t *dst);
/* by and frames come from the columns beside the bytes. RC_MALFORMED: wrong length, not finite, not of unit length. */
enum rc match_template_get(const struct vision_hello *by, uint32_t frames, const uint8_t *src, size_t n, struct match_template *t) MUST_CHECK;
void    match_template_wipe(struct match_template *t);

#endif
