/*
 * cue_trace.h - what is remembered of a capture, to notice it when it is played
 * again: what was asked, when each frame came, its hash, and where the face was
 * looking.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the frames with one face, some numbers each, and their codec.
 * What it isn't: no picture and no template: nobody is recognised by it. Still
 *               it is about a person's body, so it is sealed at rest.
 *
 * Bytes: "cst2", u32 asked, u16 frames, then per frame u16 milliseconds since
 * the one before (0 for the first), u64 hash, TRACE_CHANNELS times i16; little endian.
 *
 * A capture of more frames than fit keeps its newest.
 *
 * Threads: none. No heap, may be zeroed. Whoever holds one wipes it.
 */
#ifndef SERVER_CUE_TRACE_H
#define SERVER_CUE_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"
#include "proto/vision_wire.h"

#define TRACE_FRAMES_MAX  460u
#define TRACE_CHANNELS      8u
#define TRACE_HEAD_BYTES   10u
#define TRACE_FRAME_BYTES  (10u + 2u * TRACE_CHANNELS)
#define TRACE_BYTES_MAX    (TRACE_HEAD_BYTES + TRACE_FRAMES_MAX * TRACE_FRAME_BYTES)

/* Channels of a frame. Angles and shapes do not depend on where in the picture the face is, or how large. */
enum trace_channel { TRACE_TURN, TRACE_NOD, TRACE_MOUTH, TRACE_EYES, TRACE_ROLL, TRACE_X, TRACE_Y, TRACE_SIZE };
#define TRACE_SHAPE_UNIT 4000.0f	/* of turn, nod, mouth, eyes (as in vision_wire.h) and roll (radians) */
#define TRACE_PLACE_UNIT 10000.0f	/* of x, y (of the eyes' middle) and size (their distance), widths of the picture */

struct trace_frame {
	uint64_t hash;
	uint16_t after_ms;	/* since the frame before */
	int16_t  value[TRACE_CHANNELS];
};

struct trace {
	uint32_t asked;		/* what the person was asked to do, struct liveness */
	uint32_t n;
	int64_t  last_ms;	/* when the last one came; not kept in bytes */
	struct trace_frame frame[TRACE_FRAMES_MAX];
};

/* Frames in order of arrival; one without exactly one face is passed over. When it is full the oldest is forgotten. */
void trace_add(struct trace *t, const struct vision_features *f, int64_t at_ms, uint64_t hash);

/* dst holds TRACE_BYTES_MAX; returns how many were written. */
size_t  trace_put(const struct trace *t, uint8_t *dst);
/* RC_SHORT, RC_VERSION, RC_MALFORMED; n must be the exact length. *t is untouched on failure. */
enum rc trace_get(const uint8_t *src, size_t n, struct trace *t) MUST_CHECK;

#endif
