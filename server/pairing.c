/*
 * pairing.c - see pairing.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "server/pairing.h"

void
pairing_free(struct pairing *w)
{
	if (w->words != NULL)
		crypto_wipe(w->words, INVITATIONS_MAX * sizeof *w->words);
	free(w->words);
	free(w->terminals);
	free(w->invitations);
}

enum rc
pairing_load(struct stores *st, const struct vault *v, struct pairing *w)
{
	struct terminal_store *t = &st->terminal;
	enum rc r;

	*w = (struct pairing){ .terminals = calloc(TERMINALS_MAX, sizeof *w->terminals),
	    .invitations = calloc(INVITATIONS_MAX, sizeof *w->invitations), .words = calloc(INVITATIONS_MAX, sizeof *w->words) };
	if (w->terminals == NULL || w->invitations == NULL || w->words == NULL)
		return RC_NOMEM;
	if ((r = t->ops->list(t, w->terminals, TERMINALS_MAX, &w->terminals_n)) != RC_OK ||
	    (r = t->ops->invitations(t, w->invitations, INVITATIONS_MAX, &w->invitations_n)) != RC_OK)
		return r;
	for (size_t i = 0; i < w->invitations_n; i++)
		if (vault_word_get(v, &w->invitations[i], w->words[i]) != RC_OK)
			w->words[i][0] = '\0';
	return RC_OK;
}

/* Compares as typed: any case, with or without dashes. */
static bool
same_fingerprint(const char *made, const char *typed)
{
	for (;; made++, typed++) {
		while (*made == '-')
			made++;
		while (*typed == '-' || *typed == ' ')
			typed++;
		if (*made == '\0' || *typed == '\0')
			return *made == *typed;
		if (*made != (*typed >= 'a' && *typed <= 'z' ? *typed - 'a' + 'A' : *typed))
			return false;
	}
}

void
pairing_fingerprint(const struct pairing *w, size_t terminal, size_t invitation, char dst[static FINGERPRINT_BYTES])
{
	dst[0] = '\0';
	if (w->terminals[terminal].status == TERMINAL_PENDING && w->words[invitation][0] != '\0')
		fingerprint_make(w->terminals[terminal].public_key, w->words[invitation], dst);
}

bool
pairing_find(const struct pairing *w, const char *typed, size_t *terminal, size_t *invitation)
{
	char print[FINGERPRINT_BYTES];

	for (*terminal = 0; *terminal < w->terminals_n; ++*terminal)
		for (*invitation = 0; *invitation < w->invitations_n; ++*invitation) {
			pairing_fingerprint(w, *terminal, *invitation, print);
			if (print[0] != '\0' && same_fingerprint(print, typed))
				return true;
		}
	return false;
}
