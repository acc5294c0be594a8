/*
 * ahead.c - a ring of keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/ahead.h"

#include "proto/crypto.h"

bool
ahead_put(struct ahead *q, uint32_t page, struct key k)
{
	if (q->n == AHEAD_KEYS || (q->n > 0 && q->page != page))
		return false;
	q->key[(q->first + q->n) % AHEAD_KEYS] = k;
	q->n++;
	q->page = page;
	return true;
}

bool
ahead_take(struct ahead *q, struct key *k)
{
	if (q->n == 0)
		return false;
	*k = q->key[q->first];
	crypto_wipe(&q->key[q->first], sizeof q->key[0]);
	q->first = (q->first + 1) % AHEAD_KEYS;
	q->n--;
	return true;
}

void
ahead_drop(struct ahead *q)
{
	crypto_wipe(q, sizeof *q);
}
