/*
 * cue_rigid.h - do face and background move as one sheet?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the motion of the scene away from head and shoulders (shift,
 *               scale, turn and exposure, Lucas and Kanade 1981, by Gauss-Newton on a
 *               coarse picture) against the motion of the eyes, a few times a
 *               second. A photograph or tablet that is held up brings its own
 *               background along: all of the face's motion is then explained.
 * What it isn't: where face or background stands still, or the background has
 *               no texture, it says nothing. A person before a camera that is
 *               itself held by hand moves with the background too, but not only.
 *
 * Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_RIGID_H
#define SERVER_CUE_RIGID_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

struct cue_rigid {
	bool     any;		/* the rest is of an earlier frame */
	int64_t  at_ms;
	uint8_t  scene[VISION_SCENE_H][VISION_SCENE_W];
	struct vision_box face;
	float    eyes[2][2];	/* middle of each eye, cells */
	/* over pairs of frames whose background could be followed */
	uint32_t pairs;
	double   moved, back;	/* sums of squares of the face's motion, and the background's there, cells */
	double   apart;		/* of what the background's motion leaves of it */
};

/* One frame; without one face it is passed over. */
void cue_rigid_feed(struct cue_rigid *c, const struct vision_features *f, int64_t at_ms);
/* > 0: the face moves by itself. False: not both moved, or there is nothing to see beside the face. */
bool cue_rigid_value(const struct cue_rigid *c, float *value);

#endif
