/*
 * desk_terminals.c - terminals at the audit console: list, accept, revoke.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The gateway reads the list again within a second and cuts what was revoked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/text.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/pairing.h"

enum rc
desk_terminals_get(struct call *c)
{
	struct terminal *list = calloc(TERMINALS_MAX, sizeof *list);
	cs_Terminals *to = &c->answer->body.terminals;
	struct stores *st = c->desk->stores;
	size_t n = 0;
	enum rc r;

	if (list == NULL)
		return RC_NOMEM;
	if ((r = st->terminal.ops->list(&st->terminal, list, TERMINALS_MAX, &n)) != RC_OK)
		goto out;
	c->answer->which_body = cs_Envelope_terminals_tag;
	for (size_t i = 0; i < n && to->rows_count < SUPERVISE_PAGE_MAX; i++) {
		cs_TerminalRow *row = &to->rows[to->rows_count];

		if (list[i].id <= c->ask->body.terminals_get.after)
			continue;
		row->id = list[i].id;
		row->state = (cs_TerminalState)list[i].status;
		memcpy(row->name, list[i].name, sizeof row->name);
		memcpy(row->branch, list[i].branch, sizeof row->branch);
		row->consoles = list[i].consoles;
		row->first_seen_utc_ms = list[i].first_seen_ms;
		to->rows_count++;
	}
out:
	free(list);
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
