/*
 * cue_light.h - do the terminal's colours come back from the skin?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the hue of the skin against that of the background, frame by
 *               frame, compared with the colours that the terminal was told to
 *               show (light.h), at every delay that terminal, camera and network
 *               may have; and with colours that it might have been told but was
 *               not. Only a likeness to the first that the second do not have
 *               counts.
 * What it isn't: in a bright room the screen adds next to nothing to the skin
 *               and there is nothing to see: then it says nothing. From the
 *               skin alone a bright room cannot be told from a recording that
 *               knows of no colours, so their absence is not held against
 *               anybody. Held against the capture is what no honest one shows:
 *               that the face shines in a lamp's colours which are not those
 *               shown (cue_lamp.h), or that the room behind does shine in those
 *               shown and the face, nearer to the screen, does not.
 *
 * Skin over background takes the camera's exposure and white balance out;
 * ratios of red and blue to green take out how near and how turned the face is.
 *
 * Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_LIGHT_H
#define SERVER_CUE_LIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"
#include "server/light.h"

#define CUE_LIGHT_FRAMES  192u	/* 6 s at 30 a second */
#define CUE_LIGHT_CHANGES (LIGHT_COLOURS_MOST + 1u)	/* colours, and the end of the last */

struct cue_light {
	uint32_t changes;
	uint32_t rgb[CUE_LIGHT_CHANGES];
	int64_t  since_ms[CUE_LIGHT_CHANGES];
	uint32_t n;
	struct cue_light_frame {
		int64_t at_ms;
		float   skin[2], back[2];	/* hues: logarithm of red, of blue over green */
		float   bright[2];		/* green of skin and of background, 0 ... 255 */
		float   yaw;
		bool    has_back;
	} frame[CUE_LIGHT_FRAMES];
};

/* From since_ms on this colour was to be shown; 0: none. Others than the first few are passed over. */
void cue_light_show(struct cue_light *c, uint32_t rgb, int64_t since_ms);
/* One frame; without one face, or before the first colour, it is passed over. */
void cue_light_feed(struct cue_light *c, const struct vision_features *f, int64_t at_ms);
/* > 0: the colours came back; < 0: others did, or they came back from everything but the face. False: not measurable. */
bool cue_light_value(const struct cue_light *c, float *value);

#endif
