/*
 * live_level.h - where a measure of a face rests when the person does nothing.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everybody looks into a camera a little differently, and networks add their
 * own share; so movements are judged against the person's own level. It is
 * learned from the first steady frames (their median) and then follows slowly
 * what stays near it, as when somebody sits down more comfortably. What stays
 * away from it for long is learned anew.
 * May be zeroed. Threads: none.
 */
#ifndef SERVER_LIVE_LEVEL_H
#define SERVER_LIVE_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

#define LIVE_LEVEL_FRAMES 5u

struct live_level_rule {
	float spread;		/* of the first frames, at most */
	float most;		/* a level is no further from 0 */
	float near;		/* what it follows */
};

struct live_level {
	uint32_t n, next;
	float    v[LIVE_LEVEL_FRAMES];
	int64_t  at[LIVE_LEVEL_FRAMES];
	bool     known;
	float    value;
	int64_t  fed_ms, near_ms;	/* last frame; last frame near it */
};

/* One frame. True when the level is known, and v can be judged by it. */
bool live_level_feed(struct live_level *l, const struct live_level_rule *rule, float v, int64_t at_ms);

#endif
