/*
 * cue_lamp.h - does the face shine in the colours of some lamp like a
 * terminal's, whichever they are?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the best explanation of the face's hue by colours of the
 *               palette, one after another, each for as long as they stand, at
 *               moments of their own (a segmentation by dynamic programming,
 *               after Bellman, "On the approximation of curves by line segments
 *               using dynamic programming", 1961).
 * What it isn't: a comparison with what was shown (cue_light.h). It finds what
 *               a recording carries that was made before another lamp.
 *
 * Threads: none; a pure function.
 */
#ifndef SERVER_CUE_LAMP_H
#define SERVER_CUE_LAMP_H

#include "server/cue_light_fit.h"

struct cue_lamp {
	float    explained;	/* part of the variance of the hue, 0 ... 1 */
	float    gain;		/* of a pure colour */
	uint32_t colours;	/* different ones in it */
};

/* y: hues of frames that can be compared. A slow trend of them is none of a lamp's. */
struct cue_lamp cue_lamp_find(const struct cue_light_row *y);

#endif
