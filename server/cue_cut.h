/*
 * cue_cut.h - did one picture take the place of another?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a comparison of each frame's scene (vision_wire.h) with the one
 *               before that showed a face. Nothing that happens before a camera changes the whole
 *               picture within a fifteenth of a second; a spliced stream does.
 * What it isn't: a splice that leaves the background as it is, is not seen
 *               here; the embeddings of drawn frames (capture.h) are for that.
 *
 * Brighter, darker and other contrast do not matter. Threads: none.
 */
#ifndef SERVER_CUE_CUT_H
#define SERVER_CUE_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

/* May be zeroed. */
struct cue_cut {
	bool    any;		/* scene and at_ms are there */
	bool    cut;
	int64_t at_ms;
	struct vision_box face;
	uint8_t scene[VISION_SCENE_H][VISION_SCENE_W];
};

/*
 * As cues_feed(). asked: something has been asked of the person. Before, a
 * frame without a face begins anew: somebody may have to sit down first. After,
 * the last scene with a face is compared with the next one, whatever is between.
 */
void cue_cut_frame(struct cue_cut *c, const struct vision_features *f, int64_t at_ms, bool asked);

#endif
