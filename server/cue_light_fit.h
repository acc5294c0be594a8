/*
 * cue_light_fit.h - how like what the camera saw is to a lamp; for cue_light.c
 * and cue_lamp.c only.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A hue is the pair of logarithms of red and of blue over green, in linear
 * light. The gain of a lamp is what its full white adds to the light of the
 * room; a faint one adds to the hue in proportion to its own red less green and
 * blue less green. Threads: none; pure functions.
 */
#ifndef SERVER_CUE_LIGHT_FIT_H
#define SERVER_CUE_LIGHT_FIT_H

#include "server/cue_light.h"

/* Hues frame by frame; n as many as there are times. */
struct cue_light_row {
	uint32_t n;
	int64_t  at_ms[CUE_LIGHT_FRAMES];
	float    hue[CUE_LIGHT_FRAMES][2];
};

struct cue_light_fit { float likeness, gain; };		/* -1 ... 1; of a pure colour */

/* False: too dark to tell. */
bool cue_light_hue(const float rgb[static 3], float hue[static 2]);
/* What light of this colour adds to a hue for each part of gain, at this gain (0: faint); black: nothing. */
void cue_light_adds(uint32_t rgb, float gain, float hue[static 2]);
/* Takes mean and slope over time out. */
void cue_light_detrend(struct cue_light_row *row);
/* How like y, which has no trend, the colours rgb (of the times in c) are at the best delay up to late_ms. */
struct cue_light_fit cue_light_likeness(const struct cue_light *c, const uint32_t *rgb, const struct cue_light_row *y,
    int64_t late_ms);

#endif
