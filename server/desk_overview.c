/*
 * desk_overview.c - what a customer may look at: accounts, the last transfer,
 * a payee's name, the history.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"

/* What became of a transfer that was to be held. */
static enum rc
desk_overview_held(struct call *c, const struct intent *i, cs_LastTransfer *to)
{
	struct hold_store *s = &c->desk->stores->hold;
	struct hold h;
	enum rc r = s->ops->of_intent(s, i->id, &h);

	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_OK : r;	/* not confirmed yet, or never */
	to->state = h.state == HOLD_OPEN ? cs_TransferState_TRANSFER_HELD : h.state == HOLD_POSTED ? cs_TransferState_TRANSFER_POSTED :
	    h.state == HOLD_REFUSED ? cs_TransferState_TRANSFER_REFUSED : cs_TransferState_TRANSFER_EXPIRED;
	return RC_OK;
}

static enum rc
desk_overview_last(struct call *c, const struct intent *i, cs_LastTransfer *to)
{
	to->state = i->journal != 0 ? cs_TransferState_TRANSFER_POSTED :
	    i->expires_ms <= c->now_ms ? cs_TransferState_TRANSFER_EXPIRED : cs_TransferState_TRANSFER_WAITING;
	to->amount = i->txn.amount;
	memcpy(to->currency, i->txn.currency, sizeof to->currency);
	memcpy(to->payee, i->txn.payee, sizeof to->payee);
	memcpy(to->payee_name, i->txn.payee_name, sizeof to->payee_name);
	to->utc_ms = i->created_ms;
	to->journal = i->journal;
	return i->needs_hold != 0 ? desk_overview_held(c, i, to) : RC_OK;
}

enum rc
desk_overview(struct call *c)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	cs_Overview *to = &c->answer->body.overview;
	struct account a[ACCOUNTS_MAX];
	struct intent last;
	size_t n = 0;
	enum rc r;

	if ((r = l->ops->accounts_of(l, c->session.person, a, ACCOUNTS_MAX, &n)) != RC_OK)
		return r;
	for (size_t i = 0; i < n; i++) {
		cs_Account *row = &to->accounts[i];

		memcpy(row->number, a[i].number, sizeof row->number);
		memcpy(row->currency, a[i].currency, sizeof row->currency);
		row->balance = a[i].balance;
		row->available = a[i].balance - a[i].held;
		row->opened_utc_ms = a[i].opened_ms;
	}
	to->accounts_count = (pb_size_t)n;
	r = l->ops->intent_last(l, c->session.person, &last);
	if (r == RC_OK) {
		to->has_last = true;
		r = desk_overview_last(c, &last, &to->last);
	}
	if (r != RC_OK && r != RC_NOT_FOUND)
		return r;
	c->answer->which_body = cs_Envelope_overview_tag;
	return RC_OK;
}

enum rc
desk_payee(struct call *c)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	cs_Payee *to = &c->answer->body.payee;
	char number[ACCOUNT_MAX_BYTES + 1];
	struct account a;
	enum rc r;

	if (account_number_parse(c->ask->body.payee_get.account, number) != RC_OK)
		return call_refuse(c, RC_ACCOUNT_UNKNOWN, "This is not an account number; please check its digits.");
	r = l->ops->account_by_number(l, number, &a);
	if (r == RC_ACCOUNT_UNKNOWN || (r == RC_OK && a.kind != ACCOUNT_CUSTOMER))
		return call_refuse(c, RC_ACCOUNT_UNKNOWN, "There is no such account; please check the number.");
	if (r != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_payee_tag;
	memcpy(to->account, a.number, sizeof to->account);
	memcpy(to->name, a.name, sizeof to->name);
	memcpy(to->currency, a.currency, sizeof to->currency);
	return RC_OK;
}

enum rc
desk_history(struct call *c)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	const cs_HistoryGet *ask = &c->ask->body.history_get;
	cs_History *to = &c->answer->body.history;
	struct history_row rows[HISTORY_PAGE_MAX];
	size_t max = ask->count == 0 || ask->count > HISTORY_PAGE_MAX ? HISTORY_PAGE_MAX : ask->count, n = 0;
	enum rc r;

	r = l->ops->history(l, c->session.person, ask->account, ask->before, max, rows, &n, to->currency);
	if (r == RC_ACCOUNT_UNKNOWN)
		return call_refuse(c, r, "You have no such account.");
	if (r != RC_OK)
		return r;
	for (size_t i = 0; i < n; i++) {
		cs_HistoryEntry *e = &to->entries[i];

		e->posting = rows[i].posting;
		e->journal = rows[i].journal;
		e->utc_ms = rows[i].at_ms;
		e->amount = rows[i].amount;
		e->balance_after = rows[i].balance_after;
		memcpy(e->other, rows[i].other, sizeof e->other);
		memcpy(e->other_name, rows[i].other_name, sizeof e->other_name);
		memcpy(e->reference, rows[i].reference, sizeof e->reference);
	}
	c->answer->which_body = cs_Envelope_history_tag;
	to->entries_count = (pb_size_t)n;
	to->next_before = n == max ? rows[n - 1].posting : 0;
	memcpy(to->account, ask->account, sizeof to->account);
	return RC_OK;
}
