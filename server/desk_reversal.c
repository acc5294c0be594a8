/*
 * desk_reversal.c - a posted transaction taken back: asked for by a supervisor
 * with reason, live face and code, then decided by another like a held transfer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It is a transaction of its own, from the payee back to the payer, that names
 * the journal row. What was received is held at once, so that it is not spent
 * while the second signature is waited for (desk_decide.c).
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/apart.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"

/* The row, if this person may ask for it to be taken back. */
static enum rc
reversal_posted(struct call *c, uint64_t journal, const char *subject, struct posted *p)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	char text[MONEY_TEXT_BYTES];
	struct apart apart = { 0 };
	enum rc r;

	r = journal == 0 ? RC_NOT_FOUND : l->ops->posted(l, journal, p);
	if (r == RC_NOT_FOUND)
		return call_refuse(c, r, "There is no transaction with this number.");
	if (r != RC_OK)
		return r;
	apart_add(&apart, p->debit_person);
	apart_add(&apart, p->payee_person);
	if ((r = apart_may(c, &apart, AUDIT_REVERSAL_PREPARE, subject)) != RC_OK)
		return r;
	if (p->txn.kind != TXN_TRANSFER && p->txn.kind != TXN_BATCH)
		return call_refuse(c, RC_INVALID, "Only transfers and payments of a batch can be reversed; this is neither.");
	if (p->reversed_by != 0)
		return call_refuse(c, RC_EXISTS, "It was reversed already, by transaction %llu.", (unsigned long long)p->reversed_by);
	if (p->waiting != 0)
		return call_refuse(c, RC_EXISTS, "Its reversal was asked for already and waits for another supervisor.");
	if (p->available < p->txn.amount) {
		money_format(p->available, p->txn.currency, text);
		return call_refuse(c, RC_FUNDS, "The payee's account has only %s available.", text);
	}
	return RC_OK;
}

static enum rc
reversal_intent(struct call *c, const struct posted *p, const char *reason, struct intent *i)
{
	const struct office *o = c->desk->office;
	int n;

	*i = (struct intent){ .person = c->session.person, .txn = p->txn, .needs_face = true, .needs_code = true, .needs_hold = 1,
	    .created_ms = c->now_ms, .expires_ms = c->now_ms + INTENT_LIFE_MS, .reverses = p->journal };
	rng_fill(o->rng, i->id, sizeof i->id);
	memcpy(i->session, c->session.id, sizeof i->session);
	i->txn.kind = TXN_REVERSAL;
	memcpy(i->txn.debit, p->txn.payee, sizeof i->txn.debit);
	memcpy(i->txn.payee, p->txn.debit, sizeof i->txn.payee);
	memcpy(i->txn.payee_name, p->debit_name, sizeof i->txn.payee_name);
	n = snprintf(i->txn.reference, sizeof i->txn.reference, REVERSAL_REFERENCE "%s", (unsigned long long)p->journal, reason);
	if (n < 0 || (size_t)n >= sizeof i->txn.reference)
		return call_refuse(c, RC_INVALID, "Please give a shorter reason: it becomes the reference of the reversal.");
	rng_fill(o->rng, i->txn.nonce, sizeof i->txn.nonce);
	txn_digest(&i->txn, i->digest);
	return RC_OK;
}

static void
reversal_answer(struct call *c, const struct posted *p, const struct intent *i)
{
	cs_ReversalPrepared *to = &c->answer->body.reversal_prepared;

	c->answer->which_body = cs_Envelope_reversal_prepared_tag;
	*to = (cs_ReversalPrepared){ .journal = p->journal, .posted_utc_ms = p->at_ms, .amount = i->txn.amount,
	    .available = p->available, .expires_utc_ms = i->expires_ms };
	memcpy(to->intent, i->id, sizeof to->intent);
	memcpy(to->digest, i->digest, sizeof to->digest);
	memcpy(to->nonce, i->txn.nonce, sizeof to->nonce);
	memcpy(to->payer, p->debit_name, sizeof to->payer);
	memcpy(to->debit, p->txn.debit, sizeof to->debit);
	memcpy(to->payee, p->txn.payee, sizeof to->payee);
	memcpy(to->payee_name, p->txn.payee_name, sizeof to->payee_name);
	memcpy(to->currency, p->txn.currency, sizeof to->currency);
	memcpy(to->reference, p->txn.reference, sizeof to->reference);
}

enum rc
desk_reversal_prepare(struct call *c)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	const cs_ReversalPrepare *ask = &c->ask->body.reversal_prepare;
	char subject[AUDIT_SUBJECT_BYTES], words[DESK_TRANSFER_WORDS];
	struct posted p = { 0 };
	struct intent i;
	enum rc r;

	snprintf(subject, sizeof subject, "journal %llu", (unsigned long long)ask->journal);
	if ((r = desk_reason(c, ask->reason)) != RC_OK)
		return r;
	if ((r = reversal_posted(c, ask->journal, subject, &p)) != RC_OK || (r = reversal_intent(c, &p, ask->reason, &i)) != RC_OK) {
		if (r != RC_STORE && r != RC_DENIED)
			call_audit(c, AUDIT_REVERSAL_PREPARE, r, subject, "%s", rc_text(r));
		return r;
	}
	hex_put(i.id, sizeof i.id, subject);
	desk_transfer_told(&i.txn, words);
	r = l->ops->intent_put(l, &i, call_event(c, AUDIT_REVERSAL_PREPARE, RC_OK, subject, "of journal %llu, %s: %s",
	    (unsigned long long)p.journal, words, ask->reason));
	if (r == RC_OK)
		reversal_answer(c, &p, &i);
	return r;
}

enum rc
desk_reversal_code_send(struct call *c)
{
	return desk_intent_code_send(c, c->ask->body.reversal_code_send.intent);
}

enum rc
desk_reversal_commit(struct call *c)
{
	return desk_intent_commit(c, &c->ask->body.reversal_commit);
}
