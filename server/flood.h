/*
 * flood.h - how much one sender may make us write.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A few events of one key per window are let through, the rest is counted, so
 * that a refused message can be audited without a way to fill the disk. Zeroed
 * at first, or with a window and a number of its own. Threads: none.
 */
#ifndef SERVER_FLOOD_H
#define SERVER_FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLOOD_KEYS      64u
#define FLOOD_WINDOW_MS 60000
#define FLOOD_EVENTS    60u	/* of one key in one window */

struct flood {
	int64_t  window_ms;	/* 0: FLOOD_WINDOW_MS */
	uint32_t events;	/* 0: FLOOD_EVENTS */
	struct flood_key {
		uint64_t key;
		int64_t  since_ms;	/* 0: free */
		uint32_t events, hidden;
	} key[FLOOD_KEYS], pushed_out;	/* the newest key that lost its place with a count untold */
};

/* May this event be written? *hidden: how many of this key were not since the last that was. */
bool flood_allow(struct flood *f, uint64_t key, int64_t now_ms, uint32_t *hidden);
/*
 * What was held back and has not been told: of a key that lost its place to
 * another, or whose window has ended. False: nothing (more). Ask after each
 * flood_allow() and from time to time, where counts must not be lost.
 */
bool flood_rest(struct flood *f, int64_t now_ms, uint64_t *key, uint32_t *hidden);

#endif
