/*
 * cue_feed.h - is this the stream of a camera? Times, sizes, repetitions, noise.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   what every sensor does and who injects pictures forgets: two
 *               pictures are never the same, byte for byte or cell for cell,
 *               because light and sensor are noisy; they come in one size, and
 *               at a pace that is steady but not exact.
 * What it isn't: a good imitation of a camera passes. See SECURITY.md.
 *
 * Only frames with a face count for repetitions: a covered lens gives the same
 * black picture again and again.
 *
 * Noise is looked for where nothing moves: cells of the scene away from head
 * and shoulders. Compression and means over a hundred pixels take most of it
 * out, so only whole blocks of cells of which not one changes in many frames,
 * in most of the still picture and all the time, are held against it. A border
 * of one grey that somebody drew round a picture is no part of it.
 *
 * The newest frames are remembered: all of a capture at the fastest pace that
 * is believed. What is faster or longer pushes out the oldest, one by one, and
 * is looked at like the rest.
 *
 * Threads: none. No heap, may be zeroed.
 */
#ifndef SERVER_CUE_FEED_H
#define SERVER_CUE_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"
#include "server/liveness.h"

#define CUE_FEED_FRAMES 1365u	/* that are remembered: 20 s, and one that frames may wait, at 65 a second */

struct cue_feed {
	uint32_t width, height;
	bool     resized;
	/* the newest frames with a face, in order */
	uint32_t n;
	int64_t  at_ms[CUE_FEED_FRAMES], camera_us[CUE_FEED_FRAMES];
	uint64_t hash[CUE_FEED_FRAMES];
	uint8_t  scene[VISION_SCENE_H][VISION_SCENE_W];	/* of the last one */
	struct vision_box face;				/* in it */
	uint32_t same;		/* frames in a row that equal the one before */
	int64_t  same_ms;	/* since when */
	bool     frozen;
	uint32_t repeats;	/* frames seen before, some time ago */
	uint32_t backwards;	/* times that did not grow */
	uint32_t pairs;		/* of frames whose still parts could be compared */
	float    equal;		/* sum over pairs: part of the still cells that stayed equal */
	/* since a window began */
	uint32_t window;	/* frames; 0: none began */
	uint8_t  first[VISION_SCENE_H][VISION_SCENE_W];
	bool     stirred[VISION_SCENE_H][VISION_SCENE_W];	/* cells that changed */
	bool     person[VISION_SCENE_H][VISION_SCENE_W];	/* that showed the person, or had no room for noise */
	uint32_t windows, silent;	/* that are over; of them, without noise */
};

/* As cues_feed(). */
void cue_feed_frame(struct cue_feed *c, const struct vision_features *f, int64_t at_ms, int64_t camera_us, uint64_t hash);

/* What needs no longer look: LIVENESS_SIZE, _FROZEN, _LOOP, or LIVENESS_FINE. */
enum liveness_reason cue_feed_alarm(const struct cue_feed *c);
/*
 * The above, or LIVENESS_TIMING (if timed: camera_us is a camera's), _NO_NOISE,
 * or LIVENESS_FINE. fps_most: pictures a second, more are not believed.
 */
enum liveness_reason cue_feed_reason(const struct cue_feed *c, bool timed, float fps_most);
/* > 0: noisy as a camera. False: no still part was seen. */
bool cue_feed_value(const struct cue_feed *c, float *value);

/*
 * How far the times are off an even beat with beats left out, root mean square
 * in microseconds; *period: of the beat. False: too few frames. For tools.
 */
bool cue_feed_beat(const struct cue_feed *c, float *off_us, float *period_us);

#endif
