/*
 * desk_terminals.c - terminals at the audit console: list, accept, revoke.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The gateway reads the list again within a second and cuts what was revoked.
 */
#include <stdio.h>
#include <string.h>

#include "proto/text.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/pairing.h"

/* The fingerprints that a waiting terminal may show, one for each open invitation. */
static void
desk_terminal_pairs(const struct pairing *w, size_t terminal, cs_TerminalRow *row)
{
	const size_t room = sizeof row->pairs / sizeof row->pairs[0];

	for (size_t v = 0; v < w->invitations_n && row->pairs_count < room; v++) {
		cs_TerminalPair *pair = &row->pairs[row->pairs_count];

		pairing_fingerprint(w, terminal, v, pair->fingerprint);
		if (pair->fingerprint[0] == '\0')
			continue;
		memcpy(pair->invited, w->invitations[v].name, sizeof pair->invited);
		row->pairs_count++;
	}
}

enum rc
desk_terminals_get(struct call *c)
{
	cs_Terminals *to = &c->answer->body.terminals;
	struct pairing w = { 0 };
	enum rc r;

	if ((r = pairing_load(c->desk->stores, c->desk->office->vault, &w)) != RC_OK)
		goto out;
	c->answer->which_body = cs_Envelope_terminals_tag;
	for (size_t i = 0; i < w.terminals_n && to->rows_count < SUPERVISE_PAGE_MAX; i++) {
		const struct terminal *t = &w.terminals[i];
		cs_TerminalRow *row = &to->rows[to->rows_count];

		if (t->id <= c->ask->body.terminals_get.after)
			continue;
		row->id = t->id;
		row->state = (cs_TerminalState)t->status;
		memcpy(row->name, t->name, sizeof row->name);
		memcpy(row->branch, t->branch, sizeof row->branch);
		row->consoles = t->consoles;
		row->first_seen_utc_ms = t->first_seen_ms;
		desk_terminal_pairs(&w, i, row);
		to->rows_count++;
	}
out:
	pairing_free(&w);
	return r;
}

enum rc
desk_terminal_accept(struct call *c)
{
	const cs_TerminalAccept *ask = &c->ask->body.terminal_accept;
	struct terminal_accept to = { .consoles = ask->consoles, .branch = ask->branch[0] != '\0' ? ask->branch : NULL };
	struct stores *st = c->desk->stores;
	char consoles[ROLE_WORDS_BYTES];
	struct pairing w = { 0 };
	size_t t = 0, v = 0;
	enum rc r;

	if ((r = desk_reason(c, ask->reason)) != RC_OK)
		return r;
	if (ask->consoles == 0 || (ask->consoles & ~CONSOLES_ALL) != 0 ||
	    (to.branch != NULL && !text_is_line(to.branch, sizeof ask->branch - 1)))
		return call_refuse(c, RC_INVALID, "Please say which consoles the terminal may open, and its branch in one line.");
	if ((r = pairing_load(st, c->desk->office->vault, &w)) != RC_OK)
		goto out;
	if (!pairing_find(&w, ask->fingerprint, &t, &v)) {
		call_audit(c, AUDIT_TERMINAL_ACCEPT, RC_NOT_FOUND, ask->fingerprint, "no waiting terminal shows it");
		r = call_refuse(c, RC_NOT_FOUND, "No waiting terminal shows this fingerprint; please compare with its screen.");
		goto out;
	}
	to.terminal = w.terminals[t].id;
	to.invitation = w.invitations[v].id;
	consoles_words(to.consoles, consoles);
	r = st->terminal.ops->accept(&st->terminal, &to, call_event(c, AUDIT_TERMINAL_ACCEPT, RC_OK, w.invitations[v].name,
	    "for %s: %s", consoles, ask->reason));
	if (r == RC_OK)
		c->answer->which_body = cs_Envelope_done_tag;
	else if (r == RC_EXISTS)
		r = call_refuse(c, r, "A terminal of this name is accepted already.");
out:
	pairing_free(&w);
	return r;
}

enum rc
desk_terminal_revoke(struct call *c)
{
	const cs_TerminalRevoke *ask = &c->ask->body.terminal_revoke;
	struct stores *st = c->desk->stores;
	char subject[24];
	enum rc r;

	if ((r = desk_reason(c, ask->reason)) != RC_OK)
		return r;
	snprintf(subject, sizeof subject, "terminal %llu", (unsigned long long)ask->terminal);
	if (ask->terminal == c->terminal) {
		call_audit(c, AUDIT_TERMINAL_REVOKE, RC_DENIED, subject, "it is the terminal this was asked at");
		return call_refuse(c, RC_DENIED, "You sit at this terminal; please revoke it from another one.");
	}
	r = st->terminal.ops->revoke(&st->terminal, ask->terminal, call_event(c, AUDIT_TERMINAL_REVOKE, RC_OK, subject, "%s",
	    ask->reason));
	if (r == RC_OK)
		c->answer->which_body = cs_Envelope_done_tag;
	else if (r == RC_NOT_FOUND)
		r = call_refuse(c, r, "There is no such terminal, or it is revoked already.");
	return r;
}
