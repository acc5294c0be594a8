/*
 * live_event.h - what a face before the camera does: blinks, turns, nods.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One movement is told twice: when it has gone far enough to be one, and when
 * it is over. Times are those of the frames, milliseconds of one monotonic
 * clock. Left and right are as seen in the picture.
 */
#ifndef SERVER_LIVE_EVENT_H
#define SERVER_LIVE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum live_kind {
	LIVE_BLINK,
	LIVE_CLOSURE,		/* eyes shut for longer than a blink */
	LIVE_TURN_LEFT,
	LIVE_TURN_RIGHT,
	LIVE_NOD,
	LIVE_MOUTH,		/* open wide */
	LIVE_KINDS
};

struct live_event {
	enum live_kind kind;
	bool    over;			/* false: it is one now, and goes on */
	int64_t start_ms, peak_ms, end_ms;	/* end_ms: the last frame so far */
	float   angle;			/* turn, nod: degrees off the person's own level at the peak; else 0 */
};

#endif
