/*
 * pairing.h - which waiting terminal shows this fingerprint?
 * SPDX-License-Identifier: Apache-2.0
 *
 * A fingerprint is made of a terminal's key and the word of its invitation.
 * This finds the pair of waiting key and open invitation that makes the one
 * that was read off the terminal's screen. Threads: none.
 */
#ifndef SERVER_PAIRING_H
#define SERVER_PAIRING_H

#include <stdbool.h>

#include "db/store.h"
#include "proto/invitation.h"
#include "server/vault.h"

#define INVITATIONS_MAX 256u

struct pairing {
	struct terminal *terminals;	/* all of them, owned like the rest */
	struct invitation_row *invitations;	/* open ones */
	char   (*words)[WORD_BYTES];	/* of the invitations, "" if one cannot be opened */
	size_t terminals_n, invitations_n;
};

/* All terminals and open invitations. Whatever it returns, pairing_free() it. */
enum rc pairing_load(struct stores *st, const struct vault *v, struct pairing *w) MUST_CHECK;
/* Wipes the words; all zero is fine. */
void    pairing_free(struct pairing *w);
/* What this terminal shows if it was given this invitation; "" if it does not wait, or the word cannot be read. */
void    pairing_fingerprint(const struct pairing *w, size_t terminal, size_t invitation, char dst[static FINGERPRINT_BYTES]);
/* Finds the pair for a fingerprint as typed: any case, with or without dashes. */
bool    pairing_find(const struct pairing *w, const char *typed, size_t *terminal, size_t *invitation);

#endif
