/*
 * ahead.h - keys that were typed while a page waited for the server.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A queue that belongs to one page and is wiped as it empties: keys may be
 * parts of secrets. Threads: none.
 */
#ifndef CLIENT_AHEAD_H
#define CLIENT_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "client/keymap.h"

#define AHEAD_KEYS 1024

struct ahead {
	struct key key[AHEAD_KEYS];
	int first, n;
	uint32_t page;		/* whose they are, if there are any */
};

/* False: there is no room, or keys of another page wait. */
bool ahead_put(struct ahead *q, uint32_t page, struct key k);
/* The oldest; false: there is none. */
bool ahead_take(struct ahead *q, struct key *k);
void ahead_drop(struct ahead *q);

#endif
