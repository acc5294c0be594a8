/*
 * cue_depth.h - motion in depth: when the head turns or nods, can one plane
 * explain where the points of the face went?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the mean landmarks of every pose that was seen, each with the
 *               eyes put in the same place, and the homography from the usual
 *               pose to each of the others. What a homography cannot explain
 *               is depth: the nose stands out of the plane of brows and eyes.
 *               A photograph, held at any angle, is a plane, and one that is
 *               bent nearly so.
 * What it isn't: it recognises no screen that shows a turning head.
 *
 * The measure is the residual of the homography over that of no map at all,
 * pooled over all poses that differ enough. It does not depend on how far the
 * head turned. Two landmark networks are averaged; both were made for real
 * heads and see some depth in a photograph too, so it is not nought there.
 * Mouth, chin and lids move for other reasons and stay out of it; so does the
 * outline of the cheeks, which is another line of the head in every pose.
 *
 * Homography: Hartley and Zisserman, "Multiple View Geometry", 2nd ed., 4.1.
 * Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_DEPTH_H
#define SERVER_CUE_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

#define CUE_DEPTH_POINTS 23u	/* brows, nose, corners of the eyes */
#define CUE_DEPTH_POSES  64u

struct cue_depth_pose {
	int32_t  turn, nod;		/* which one: steps of the nose tip across and along the face */
	uint32_t n;			/* frames */
	float    sum[CUE_DEPTH_POINTS][2];	/* of n frames; eyes' middle at 0, their distance 1, level */
};

struct cue_depth {
	uint32_t poses;
	struct cue_depth_pose pose[CUE_DEPTH_POSES];
};

/* One frame; without a face, or with several, it is passed over. */
void cue_depth_feed(struct cue_depth *d, const struct vision_features *f);

/*
 * False: no pose differed enough to tell. *part: what a plane leaves
 * unexplained, 0 (all explained) ... 1. *frames: how many frames tell it.
 */
bool cue_depth_part(const struct cue_depth *d, float *part, uint32_t *frames);
/* > 0: a head. False: not measured. */
bool cue_depth_value(const struct cue_depth *d, float *value);

#endif
