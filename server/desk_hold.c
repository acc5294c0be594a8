/*
 * desk_hold.c - what a customer sees of money that is held: the answer to a
 * transfer that waits, and the list of all that waited.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/desk_parts.h"
#include "server/dispatch.h"

static cs_HoldState
hold_state_number(enum hold_state s)
{
	switch (s) {
	case HOLD_POSTED:
		return cs_HoldState_HOLD_STATE_POSTED;
	case HOLD_REFUSED:
		return cs_HoldState_HOLD_STATE_REFUSED;
	case HOLD_EXPIRED:
		return cs_HoldState_HOLD_STATE_EXPIRED;
	default:
		return cs_HoldState_HOLD_STATE_OPEN;
	}
}

void
desk_hold_put(const struct hold *h, bool for_decider, cs_Hold *to)
{
	*to = (cs_Hold){ .hold = h->id, .state = hold_state_number(h->state), .amount = h->txn.amount, .held_utc_ms = h->held_ms,
	    .expires_utc_ms = h->expires_ms, .decided_utc_ms = h->decided_ms, .approvals = h->approvals, .given = h->given };
	memcpy(to->intent, h->intent, sizeof to->intent);
	memcpy(to->debit, h->txn.debit, sizeof to->debit);
	memcpy(to->payee, h->txn.payee, sizeof to->payee);
	memcpy(to->payee_name, h->txn.payee_name, sizeof to->payee_name);
	memcpy(to->currency, h->txn.currency, sizeof to->currency);
	memcpy(to->reference, h->txn.reference, sizeof to->reference);
	memcpy(to->digest, h->digest, sizeof to->digest);
	memcpy(to->reason, h->reason, sizeof to->reason);
	if (!for_decider)
		return;
	memcpy(to->payer, h->debit_name, sizeof to->payer);
	to->reverses = h->reverses;
	if (h->reverses != 0)
		memcpy(to->asked_by, h->person_name, sizeof to->asked_by);
	memcpy(to->approvers, h->approvers, sizeof to->approvers);
	to->approved = h->approved;
	to->by_face = h->by_face;
	to->by_code = h->by_code;
	memcpy(to->terminal, h->terminal, sizeof to->terminal);
	to->balance = h->balance;
	to->available = h->balance - h->held;
}

static void
hold_answer(struct call *c, const struct hold *h)
{
	c->answer->which_body = cs_Envelope_held_tag;
	desk_hold_put(h, false, &c->answer->body.held);
}

enum rc
desk_hold_make(struct call *c, const struct ledger_step *step, const struct audit_event *ev)
{
	struct hold_store *s = &c->desk->stores->hold;
	struct hold h;
	uint64_t id;
	enum rc r;

	if ((r = s->ops->hold(s, step, ev, &id)) == RC_OK && (r = s->ops->get(s, id, 0, &h)) == RC_OK)
		hold_answer(c, &h);
	return r;
}

enum rc
desk_hold_again(struct call *c, const uint8_t intent[static ID_BYTES])
{
	struct stores *st = c->desk->stores;
	struct intent i;
	struct hold h;
	enum rc r;

	if ((r = st->ledger.ops->intent_get(&st->ledger, intent, &i)) != RC_OK)
		return r;
	if (i.needs_hold == 0 || i.person != c->session.person)
		return RC_NOT_FOUND;
	if ((r = st->hold.ops->of_intent(&st->hold, intent, &h)) == RC_OK)
		hold_answer(c, &h);
	return r;
}

enum rc
desk_holds_get(struct call *c)
{
	struct hold_store *s = &c->desk->stores->hold;
	cs_Holds *to = &c->answer->body.holds;
	struct hold list[HOLDS_PAGE_MAX];
	size_t n = 0;
	enum rc r;

	if ((r = s->ops->of_person(s, c->session.person, c->ask->body.holds_get.before, list, HOLDS_PAGE_MAX, &n)) != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_holds_tag;
	to->rows_count = (pb_size_t)n;
	to->more = n == HOLDS_PAGE_MAX;
	for (size_t i = 0; i < n; i++)
		desk_hold_put(&list[i], false, &to->rows[i]);
	return RC_OK;
}
