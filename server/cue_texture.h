/*
 * cue_texture.h - what single pictures say about skin, over a capture.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the means of the three opinions that a vision worker has on the
 *               frames it was asked for (texture, pattern, edge in
 *               proto/vision_wire.h), from the front where there are such
 *               frames, else from all.
 * What it isn't: it chooses no frames (capture_look.h).
 *
 * Means of logits and not of probabilities: one frame of eight that is
 * quite sure must not outvote the others, and thresholds move less from camera
 * to camera.
 * Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_TEXTURE_H
#define SERVER_CUE_TEXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

/* Sums over frames of one kind. */
struct cue_texture_sum {
	uint32_t n;
	float    texture, pattern, edge;
};

struct cue_texture {
	struct cue_texture_sum front, turned;
};

/* About logarithms of odds; > 0 speaks for a person, at the shipped thresholds. */
struct cue_texture_value {
	float texture, pattern, edge;
	bool  noisy;	/* pattern sees noise rather than skin, and says nothing */
};

/* One frame; without texture it is passed over. */
void cue_texture_feed(struct cue_texture *t, const struct vision_features *f);
/* False: no frame was looked at. */
bool cue_texture_value(const struct cue_texture *t, struct cue_texture_value *v);

#endif
