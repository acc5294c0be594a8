/*
 * terminals.h - the gateway's copy of the list of terminals.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the allow-list, read again from the database every
 *               TERMINAL_RELOAD_MS, seldom while that fails; answers who a key belongs to and whether a
 *               terminal id is still accepted; notes unknown keys as pending,
 *               bounded in rate.
 * What it isn't: a cache of last resort: while the database cannot be reached,
 *               the list that was read last goes on.
 *
 * Threads: the gateway's own.
 */
#ifndef SERVER_TERMINALS_H
#define SERVER_TERMINALS_H

#include "db/store.h"

struct terminals;

struct terminals *terminals_new(void);	/* NULL: out of memory */
void              terminals_free(struct terminals *t);	/* NULL is fine */

/* Reads the list again. RC_STORE: the old one stands. */
enum rc terminals_load(struct terminals *t, struct stores *st) MUST_CHECK;
/* By key or by id; NULL: unknown. Dies at the next load. */
const struct terminal *terminals_by_key(const struct terminals *t, const uint8_t key[static KEY_BYTES]);
const struct terminal *terminals_by_id(const struct terminals *t, uint64_t id);
/* An accepted terminal by the User-Id that the ZAP handler gave it, or NULL. */
const struct terminal *terminals_by_user(const struct terminals *t, const char *user);
/*
 * An unknown key knocked: kept for the staff as pending, at most one a second
 * and not again while it is in the list. RC_STORE: not kept; it knocks again.
 */
enum rc terminals_note(struct terminals *t, struct stores *st, const uint8_t key[static KEY_BYTES], const char *address,
            int64_t now_ms) MUST_CHECK;

#endif
