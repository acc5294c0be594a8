/*
 * cue_loop.h - does what the picture shows come again, movement for movement?
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a capture compared with itself. How the scene changes over a
 *               fifth of a second is one vector, at every beat; a video that
 *               is played again and again repeats a whole run of these at
 *               one lag, however it was compressed, scaled or made noisy
 *               since, and also where the head hardly moves, for every cell of
 *               the picture adds a little. Nobody who is alive moves twice in
 *               the same way for longer than a second.
 * What it isn't: stillness never matches, for what is left of it is noise, and
 *               noise does not repeat. Movement that runs backwards is not
 *               looked for: a head that turns and returns does just that. A
 *               loop longer than half of the capture is not seen, nor a screen
 *               that is moved about in the hand; for the latter see
 *               cue_recall.h, which follows the head.
 *
 * Only frames with a face count. Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_LOOP_H
#define SERVER_CUE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

#define CUE_LOOP_BEATS 300u	/* of a capture: 20 s, as long as one may last; later ones are not looked at */
#define CUE_LOOP_OVER    3u	/* beats from a scene to the one it is compared with */
#define CUE_LOOP_W      (VISION_SCENE_W / 2)
#define CUE_LOOP_H      (VISION_SCENE_H / 2)
#define CUE_LOOP_CELLS  (CUE_LOOP_W * CUE_LOOP_H)

struct cue_loop {
	bool     began;
	int64_t  last_ms, beat_ms;		/* the last frame; the next beat */
	float    last[CUE_LOOP_CELLS];		/* its scene, mean taken out */
	float    before[CUE_LOOP_OVER][CUE_LOOP_CELLS];	/* of the last beats, a ring */
	uint32_t known;				/* beats in a row without a gap */
	uint32_t n;				/* beats so far */
	int16_t  change[CUE_LOOP_BEATS][CUE_LOOP_CELLS];	/* of the scene, in quarters of a grey level */
	float    length[CUE_LOOP_BEATS];	/* of that vector */
	/* by the lag in beats, older ones fading: cosines between the changes now and then, and how many they are */
	float    cosines[CUE_LOOP_BEATS], beats[CUE_LOOP_BEATS];
	float    most;				/* the greatest mean of them so far */
};

/* One frame that came in at at_ms, in the order of arrival. */
void cue_loop_feed(struct cue_loop *c, const struct vision_features *f, int64_t at_ms);
/* It is a loop. */
bool cue_loop_seen(const struct cue_loop *c);

#endif
