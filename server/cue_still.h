/*
 * cue_still.h - does anything in the face move by itself?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   how far the points of eyes and brows wander over a capture,
 *               each frame's face first mapped onto the first one by the
 *               affine map that fits best, less what they jump from each frame
 *               to the next. A picture, however it is moved, noisy or held
 *               askew, keeps its lids and brows where they are: what is left is
 *               the noise of the networks, and noise jumps as far in one frame
 *               as in a hundred. A person looks about, blinks and breathes.
 *               (The ratio of both is von Neumann's, "Distribution of the Ratio
 *               of the Mean Square Successive Difference to the Variance",
 *               1941.)
 * What it isn't: it sees no video on a screen, whose face moves. Too short a
 *               capture says nothing.
 *
 * Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_STILL_H
#define SERVER_CUE_STILL_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

#define CUE_STILL_FIRM  23u	/* points that place the face: brows, nose, corners of the eyes */
#define CUE_STILL_FREE  22u	/* points that are watched: brows, eyes */

struct cue_still {
	uint32_t n;		/* frames */
	uint32_t steps;		/* from one of them to the next */
	int64_t  first_ms, last_ms;
	float    first[CUE_STILL_FIRM][2];	/* of the first frame; their middle at 0, the eyes' distance 1 */
	float    last[CUE_STILL_FREE][2];	/* mapped onto it */
	double   sum[CUE_STILL_FREE][2], square, step;
};

/* One frame that came in at at_ms; without one face it is passed over. */
void cue_still_feed(struct cue_still *c, const struct vision_features *f, int64_t at_ms);
/* > 0: the face moves by itself. False: too short to tell. */
bool cue_still_value(const struct cue_still *c, float *value);
/* How far it does, root mean square over eyes and brows, in distances of the eyes. As above. */
bool cue_still_wander(const struct cue_still *c, float *wander);

#endif
