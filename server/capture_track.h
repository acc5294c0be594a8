/*
 * capture_track.h - is the face in this frame the one of the frame before?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a follower of the largest face box; notices a jump, a cut and
 *               a face that grew or shrank at once.
 * What it isn't: it compares no embeddings and judges no picture.
 *
 * No heap, may be zeroed. Threads: none.
 */
#ifndef SERVER_CAPTURE_TRACK_H
#define SERVER_CAPTURE_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

struct capture_track {
	bool     on;		/* box is of a face that is being followed */
	struct vision_box box;
	uint32_t width, height;	/* of the picture it was in */
	int64_t  at_ms;
	uint32_t jumps;		/* in all */
};

enum capture_track_result {
	CAPTURE_TRACK_NONE,	/* no face in this frame */
	CAPTURE_TRACK_NEW,	/* first face, or the first after a frame without one or a pause */
	CAPTURE_TRACK_SAME,
	CAPTURE_TRACK_JUMP,	/* another place or size than a person can move to in that time */
};

/* Frames in order of arrival at_ms. A jump is followed: the next frame is compared with this one. */
enum capture_track_result capture_track_feed(struct capture_track *t, const struct vision_features *f, int64_t at_ms);
/* Overlap of two boxes, intersection over union, 0 ... 1. */
float capture_track_iou(const struct vision_box *a, const struct vision_box *b);

#endif
