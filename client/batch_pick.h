/*
 * batch_pick.h - accounts and currencies to choose from while a batch is typed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a window over the grid (pick.h). Accounts are those of the
 *               lines of this batch and of the batches before it since the
 *               person logged in, with their holders as the server named them:
 *               first those that stood in the same column, the latest first.
 * What it isn't: a search among the bank's accounts; it asks no server, so
 *               nobody learns of an account that was not on their own paper.
 *
 * Ownership: the list is its own while it is open, and wiped with it. Threads: none.
 */
#ifndef CLIENT_BATCH_PICK_H
#define CLIENT_BATCH_PICK_H

#include "client/batch_lines.h"
#include "client/pick.h"

struct batch_pick {
	struct pick pick;		/* its open says whether it is there */
	struct known_account *item;	/* or currencies: the code as number */
	size_t n;
	bool currencies;
};

/* Opens the list for the cell being typed, or says why there is none. */
void batch_pick_open(struct batch_pick *p, const struct batch_lines *b, struct visit *v);
/* Takes every key while it is open. True: what was chosen stands in the cell being typed, and it is closed. */
bool batch_pick_key(struct batch_pick *p, struct grid *g, struct key k);
void batch_pick_draw(const struct batch_pick *p, struct cells *c);
void batch_pick_close(struct batch_pick *p);

/* Keeps the accounts of this batch for the next one: v->known, the latest first. */
void batch_pick_learn(const struct batch_lines *b, struct visit *v);

#endif
