/*
 * pick.h - a list to choose from, which becomes shorter as one types.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A window over the page. Items stay with the page and come through a
 * callback; the list keeps which of them fit, the first PICK_MATCHES.
 * Threads: none.
 */
#ifndef CLIENT_PICK_H
#define CLIENT_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/table.h"

#define PICK_MATCHES 500

struct pick_items {
	const char *title;
	size_t n;
	/* What stands in the line of item i; the filter looks at all of it, and at no blanks. */
	void (*text)(const void *ctx, size_t i, char text[static TABLE_CELL_BYTES]);
	const void *ctx;
};

struct pick {
	bool open;
	bool more;		/* there are more that fit */
	struct field filter;
	struct table table;
	size_t matches;
	size_t match[PICK_MATCHES];
};

enum pick_did { PICK_GOES_ON, PICK_CHOSEN, PICK_LEFT };

void pick_open(struct pick *p, const struct pick_items *items);
/* Takes every key while it is open. PICK_CHOSEN: *chosen is the item; then, and after PICK_LEFT, it is closed. */
enum pick_did pick_key(struct pick *p, const struct pick_items *items, struct key k, size_t *chosen);
void pick_draw(const struct pick *p, const struct pick_items *items, struct cells *c);

#endif
