/*
 * desk_approval.c - a member of staff approves a transfer at the customer's
 * terminal: number and password, then a code made for exactly this transfer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The session stays the customer's. Nothing is decided here for good: the
 * approval is a proof that staff_store.approve() writes and ledger_store.post()
 * spends, and both ask again who the approver is.
 */
#include <string.h>

#include "proto/money.h"
#include "server/apart.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/otp.h"

/* An intent of this session that waits for an approval. */
static enum rc
desk_approval_intent(struct call *c, const uint8_t id[static ID_BYTES], struct intent *i)
{
	enum rc r = desk_intent_get(c, id, i);

	if (r == RC_OK && !i->needs_approval)
		return call_refuse(c, RC_EARLY, "This transfer needs no approval.");
	return r;
}

static enum rc
desk_approval_denied(struct call *c, const char *customer)
{
	call_audit(c, AUDIT_TRANSFER_APPROVE, RC_DENIED, customer, "may not approve this transfer");
	return call_refuse(c, RC_DENIED, "Only a member of staff who neither pays nor is paid can approve this transfer.");
}

/* The rule of the store, asked before a code is sent. */
static enum rc
desk_approval_may(struct call *c, const struct person *by, const struct intent *i)
{
	struct stores *st = c->desk->stores;
	struct apart apart = { 0 };
	struct account payee;
	unsigned roles = 0;
	enum rc r;

	if ((r = st->role.ops->held(&st->role, by->id, &roles)) != RC_OK)
		return r;
	if ((r = st->ledger.ops->account_by_number(&st->ledger, i->txn.payee, &payee)) != RC_OK)
		return r;
	apart_add(&apart, i->person);
	apart_add(&apart, payee.person);
	return (roles & ROLES_COUNTER) == 0 || apart_check(&apart, by->id) != RC_OK ? desk_approval_denied(c, by->customer) : RC_OK;
}

static enum rc
desk_approval_send(struct call *c, const struct person *by, const struct intent *i)
{
	const struct office *o = c->desk->office;
	struct otp_order order = {
		.purpose = CODE_APPROVAL, .person = by, .session = c->session.id, .txn = &i->txn, .digest = i->digest,
		.bank = o->config->bank, .now_ms = c->now_ms, .life_ms = o->config->code.life_ms,
	};
	struct person payer = { 0 };
	enum rc r;

	if ((r = call_person(c, &payer)) != RC_OK)
		goto out;
	order.about = payer.name;
	r = desk_code_send(c, &order, by->customer, call_event(c, AUDIT_CODE_SEND, RC_OK, by->customer,
	    "code to approve a transfer to %s", i->txn.payee));
out:
	crypto_wipe(&payer, sizeof payer);
	return r;
}

enum rc
desk_approval_start(struct call *c)
{
	const cs_ApprovalStart *ask = &c->ask->body.approval_start;
	struct desk *d = c->desk;
	struct person by = { 0 };
	bool recorded = false;
	int64_t until = 0;
	struct intent i;
	enum rc r;

	if ((r = desk_approval_intent(c, ask->intent, &i)) != RC_OK)
		return r;
	r = auth_login(&d->auth, d->stores, c->now_ms, ask->customer, ask->password,
	    call_event(c, AUDIT_LOGIN_PASSWORD, RC_OK, ask->customer, "password, to approve a transfer"), &by, &until, &recorded);
	if (r != RC_OK)
		r = desk_login_refuse(c, ask->customer, r, until, recorded);
	else if ((r = desk_approval_may(c, &by, &i)) == RC_OK)
		r = desk_approval_send(c, &by, &i);
	crypto_wipe(&by, sizeof by);
	return r;
}

/* The code is right: it is spent, and the proof stands. */
static enum rc
desk_approval_sign(struct call *c, const struct person *by, const struct intent *i, uint64_t code)
{
	struct staff_store *s = &c->desk->stores->staff;
	struct staff_approval a = { .by = { .person = by->id, .code = code, .now_ms = c->now_ms },
	    .expires_ms = c->now_ms + PROOF_LIFE_MS };
	char amount[MONEY_TEXT_BYTES], hex[2 * DIGEST_BYTES + 1];
	struct audit_event ev;

	memcpy(a.intent, i->id, sizeof a.intent);
	memcpy(a.by.session, c->session.id, sizeof a.by.session);
	memcpy(a.by.digest, i->digest, sizeof a.by.digest);
	money_format(i->txn.amount, i->txn.currency, amount);
	hex_put(i->digest, DIGEST_BYTES, hex);
	ev = *call_event(c, AUDIT_TRANSFER_APPROVE, RC_OK, i->txn.debit, "%s approves %s to %s, digest %s", by->customer, amount,
	    i->txn.payee, hex);
	ev.person = by->id;
	return s->ops->approve(s, &a, &ev);
}

enum rc
desk_approval_code(struct call *c)
{
	const cs_ApprovalCode *ask = &c->ask->body.approval_code;
	struct stores *st = c->desk->stores;
	struct person by = { 0 };
	struct intent i;
	uint64_t code = 0;
	enum rc r;

	if ((r = desk_approval_intent(c, ask->intent, &i)) != RC_OK)
		return r;
	if ((r = st->person.ops->by_customer(&st->person, ask->customer, &by)) == RC_OK) {
		struct otp_try t = {
			.purpose = CODE_APPROVAL, .person = by.id, .session = c->session.id, .digest = i.digest,
			.code = ask->code, .now_ms = c->now_ms,
		};

		r = otp_check(st, c->desk->office->vault, &t, &code);
	}
	if (r == RC_OK)
		r = desk_approval_sign(c, &by, &i, code);
	if (r == RC_DENIED) {
		r = desk_approval_denied(c, ask->customer);
	} else if (r != RC_OK) {
		if (r != RC_STORE)
			call_audit(c, AUDIT_TRANSFER_APPROVE, r, ask->customer, "code refused");
		r = desk_code_refuse(c, r);
	} else {
		c->answer->which_body = cs_Envelope_approved_tag;
		memcpy(c->answer->body.approved.name, by.name, sizeof c->answer->body.approved.name);
	}
	crypto_wipe(&by, sizeof by);
	return r;
}
