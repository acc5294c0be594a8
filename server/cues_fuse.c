/*
 * cues_fuse.c - see cues_fuse.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "server/cues_fuse.h"

/*
 * weight: what a cue's value counts. least, most: bounds of what it adds.
 * floor: below, it refuses alone.
 *
 * texture carries most: it is right on every camera seen, if not by much on
 * all. pattern knows the camera better than the attack, so it only tips what
 * hangs in the balance. A whole edge round the face speaks against a person,
 * and refuses alone when all frames show it (no person of 450 before webcams,
 * 1.5 % of press photographs); that none is seen says next to nothing, for
 * near pictures have none. depth and rigid refuse alone: nothing flat is a
 * head; but a screen that shows a turning head has depth, and a cut-out no
 * background that moves with it, so their praise is worth much less than their
 * blame. So it is with still: a face that never moves is a picture of one, and
 * one that moves may be a video's. light praises strongly (a recording cannot
 * know the colours); it is below 0 only where the face answers to a lamp and not to this one, and then
 * refuses alone. feed has its own alarms
 * (cues_alarm()).
 */
static const struct fuse {
	float weight, least, most, floor;
	enum liveness_reason reason;
} fuse[CUES] = {
	[CUE_TEXTURE] = { 1.0f,  -6.0f,  6.0f, -3.5f, LIVENESS_FLAT },
	[CUE_PATTERN] = { 0.25f, -1.0f,  1.0f, -INFINITY, LIVENESS_FLAT },
	[CUE_EDGE]    = { 0.5f,  -2.0f,  0.25f, -3.0f, LIVENESS_DEVICE },
	[CUE_DEPTH]   = { 1.0f,  -4.0f,  1.0f, -2.0f, LIVENESS_SHEET },
	[CUE_RIGID]   = { 1.0f,  -4.0f,  0.25f, -2.0f, LIVENESS_SHEET },
	[CUE_STILL]   = { 1.0f,  -4.0f,  0.25f, -2.0f, LIVENESS_STILL },
	[CUE_LIGHT]   = { 1.0f,  -6.0f,  3.0f, -1.0f, LIVENESS_LIGHT },
	[CUE_FEED]    = { 0.5f,  -2.0f,  0.25f, -INFINITY, LIVENESS_NO_NOISE },
};

enum liveness_reason
cues_fuse(const struct cue_value v[static CUES], float *fused)
{
	enum liveness_reason loudest = LIVENESS_FINE;
	float sum = 0.0f, lowest = 0.0f;
	bool refused = false;

	for (unsigned i = 0; i < CUES; i++) {
		float adds = v[i].measured ? fminf(fmaxf(fuse[i].weight * v[i].value, fuse[i].least), fuse[i].most) : 0.0f;

		sum += adds;
		if (adds < lowest) {
			lowest = adds;
			loudest = fuse[i].reason;
		}
		refused = refused || (v[i].measured && v[i].value < fuse[i].floor);
	}
	*fused = sum;
	return refused || sum < 0.0f ? loudest : LIVENESS_FINE;
}

float
cues_floor(unsigned cue)
{
	return cue < CUES ? fuse[cue].floor : -INFINITY;
}
