/*
 * live_swing.h - a measure that leaves its level, goes far enough and comes
 * back: a turn of the head, a nod, an open mouth.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two lines with room between them (a Schmitt trigger): what does not pass the
 * outer one is no movement, and one is over only within the inner one. May be
 * zeroed. Threads: none.
 */
#ifndef SERVER_LIVE_SWING_H
#define SERVER_LIVE_SWING_H

#include <stdbool.h>
#include <stdint.h>

struct live_swing_rule {
	float home;		/* within: at rest */
	float far;		/* beyond: a movement, */
	uint32_t frames;	/* seen in so many frames */
};

struct live_swing {
	int      side;		/* of the running one: 1, -1; 0: at rest */
	bool     reached;
	uint32_t beyond;	/* frames */
	int64_t  start_ms, peak_ms, last_ms;
	float    peak;		/* with its sign */
};

enum live_swing_news {
	LIVE_SWING_NONE,
	LIVE_SWING_REACHED,	/* it is a movement now */
	LIVE_SWING_OVER,	/* it is over; `was` has it */
};

/* One frame, off: v less its level. was: on LIVE_SWING_OVER, the swing as it was. */
enum live_swing_news live_swing_feed(struct live_swing *s, const struct live_swing_rule *rule, float off, int64_t at_ms,
    struct live_swing *was);

#endif
