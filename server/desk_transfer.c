/*
 * desk_transfer.c - a transfer: prepared as an intent, its code sent, posted,
 * asked for again.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing moves here: ledger_store.post() spends the proofs, moves the money
 * and appends the record in one database transaction, or does nothing.
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/exceptions.h"
#include "server/otp.h"

/* One of the customer's own accounts. */
static enum rc
desk_transfer_debit(struct call *c, const char *number, struct account *a)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	struct account own[ACCOUNTS_MAX];
	size_t n = 0;
	enum rc r;

	if ((r = l->ops->accounts_of(l, c->session.person, own, ACCOUNTS_MAX, &n)) != RC_OK)
		return r;
	for (size_t i = 0; i < n; i++)
		if (strcmp(own[i].number, number) == 0) {
			*a = own[i];
			return RC_OK;
		}
	return call_refuse(c, RC_ACCOUNT_UNKNOWN, "You have no such account to pay from.");
}

static enum rc
desk_transfer_payee(struct call *c, const char *number, struct account *a)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	char clean[ACCOUNT_MAX_BYTES + 1];
	enum rc r = RC_ACCOUNT_UNKNOWN;

	if (account_number_parse(number, clean) == RC_OK)
		r = l->ops->account_by_number(l, clean, a);
	if (r == RC_ACCOUNT_UNKNOWN || (r == RC_OK && a->kind != ACCOUNT_CUSTOMER))
		return call_refuse(c, RC_ACCOUNT_UNKNOWN, "The payee's account does not exist; please check the number.");
	return r;
}

/* What the policy asks for this amount. */
static enum rc
desk_transfer_policy(struct call *c, int64_t amount, const char *currency, struct policy_answer *a)
{
	enum rc r = policy_decide(&c->desk->office->config->policy, POLICY_TRANSFER, amount, currency, a);
	char text[MONEY_TEXT_BYTES];

	if (r == RC_CURRENCY)
		return call_refuse(c, r, "This bank makes no transfers in %s.", currency);
	if (r != RC_LIMIT)
		return r;
	money_format(a->up_to, currency, text);
	return call_refuse(c, r, "The amount is above the limit of %s for one transfer.", text);
}

static enum rc
desk_transfer_check(struct call *c, const cs_TransferPrepare *ask, const struct account *debit, const struct account *payee,
    struct policy_answer *needs)
{
	char text[MONEY_TEXT_BYTES];
	enum rc r;

	if (strcmp(debit->number, payee->number) == 0)
		return call_refuse(c, RC_SAME_ACCOUNT, "Payee and own account are the same; please give another payee.");
	if (strcmp(ask->currency, debit->currency) != 0 || strcmp(debit->currency, payee->currency) != 0)
		return call_refuse(c, RC_CURRENCY, "Both accounts and the amount must be in one currency; this one pays %s, the payee's is in %s.",
		    debit->currency, payee->currency);
	if (ask->amount <= 0)
		return call_refuse(c, RC_INVALID, "The amount must be more than zero.");
	if (ask->amount > MONEY_MAX)
		return call_refuse(c, RC_INVALID, "The amount is larger than any account can hold.");
	if ((r = desk_transfer_policy(c, ask->amount, debit->currency, needs)) != RC_OK)
		return r;
	if (ask->amount > debit->balance - debit->held) {
		money_format(debit->balance - debit->held, debit->currency, text);
		return call_refuse(c, RC_FUNDS, "Not enough money in the account; %s are available.", text);
	}
	if (ask->reference[0] != '\0' && !text_is_line(ask->reference, REFERENCE_MAX_BYTES))
		return call_refuse(c, RC_INVALID, "The reference has characters that cannot be used.");
	return RC_OK;
}

void
desk_transfer_told(const struct txn *t, char dst[static DESK_TRANSFER_WORDS])
{
	char amount[MONEY_TEXT_BYTES];

	money_format(t->amount, t->currency, amount);
	snprintf(dst, DESK_TRANSFER_WORDS, "%s from %s to %s", amount, t->debit, t->payee);
}

/* moves: what an exception leaves out of this person's captures. */
static void
desk_transfer_intent(struct call *c, const cs_TransferPrepare *ask, const struct account *debit,
    const struct account *payee, uint32_t moves, const struct policy_rule *needs, struct intent *i)
{
	const struct office *o = c->desk->office;

	memset(i, 0, sizeof *i);
	rng_fill(o->rng, i->id, sizeof i->id);
	i->person = c->session.person;
	memcpy(i->session, c->session.id, sizeof i->session);
	i->txn.kind = TXN_TRANSFER;
	memcpy(i->txn.debit, debit->number, sizeof i->txn.debit);
	memcpy(i->txn.payee, payee->number, sizeof i->txn.payee);
	memcpy(i->txn.payee_name, payee->name, sizeof i->txn.payee_name);
	i->txn.amount = ask->amount;
	memcpy(i->txn.currency, debit->currency, sizeof i->txn.currency);
	snprintf(i->txn.reference, sizeof i->txn.reference, "%s", ask->reference);
	rng_fill(o->rng, i->txn.nonce, sizeof i->txn.nonce);
	txn_digest(&i->txn, i->digest);
	i->needs_face = needs->face;
	i->needs_code = needs->otp;
	i->needs_hold = needs->hold ? needs->approvals : 0;
	i->needs_approval = (needs->approvals > 0 && !needs->hold) || (i->needs_face && exceptions_weaken(moves));
	i->created_ms = c->now_ms;
	i->expires_ms = c->now_ms + INTENT_LIFE_MS;
}

enum rc
desk_transfer_prepare(struct call *c)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	const cs_TransferPrepare *ask = &c->ask->body.transfer_prepare;
	cs_TransferPrepared *to = &c->answer->body.transfer_prepared;
	struct policy_answer needs;
	struct account debit, payee;
	uint32_t moves = 0;
	char words[DESK_TRANSFER_WORDS], hex[2 * ID_BYTES + 1];
	struct intent i;
	enum rc r;

	if ((r = desk_transfer_debit(c, ask->debit, &debit)) != RC_OK ||
	    (r = desk_transfer_payee(c, ask->payee, &payee)) != RC_OK ||
	    (r = desk_transfer_check(c, ask, &debit, &payee, &needs)) != RC_OK) {
		if (r != RC_STORE)
			call_audit(c, AUDIT_TRANSFER_REFUSE, r, ask->debit, "not prepared: to %s", ask->payee);
		return r;
	}
	if ((r = exceptions_active(c->desk->stores, c->session.person, &moves)) != RC_OK)
		return r;
	desk_transfer_intent(c, ask, &debit, &payee, moves, needs.rule, &i);
	hex_put(i.id, sizeof i.id, hex);
	desk_transfer_told(&i.txn, words);
	r = l->ops->intent_put(l, &i, call_event(c, AUDIT_TRANSFER_PREPARE, RC_OK, hex, "%s", words));
	if (r != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_transfer_prepared_tag;
	memcpy(to->intent, i.id, sizeof to->intent);
	memcpy(to->nonce, i.txn.nonce, sizeof to->nonce);
	memcpy(to->digest, i.digest, sizeof to->digest);
	memcpy(to->payee_name, i.txn.payee_name, sizeof to->payee_name);
	to->needs_face = i.needs_face;
	to->needs_code = i.needs_code;
	to->needs_approval = i.needs_approval;
	to->needs_hold = i.needs_hold != 0;
	to->expires_utc_ms = i.expires_ms;
	return RC_OK;
}

enum rc
desk_intent_get(struct call *c, const uint8_t id[static ID_BYTES], struct intent *i)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	enum rc r = l->ops->intent_get(l, id, i);

	if (r == RC_NOT_FOUND || (r == RC_OK && i->person != c->session.person))
		return call_refuse(c, RC_NOT_FOUND, "There is no such transfer; please prepare it again.");
	if (r != RC_OK)
		return r;
	if (memcmp(i->session, c->session.id, ID_BYTES) != 0 || i->expires_ms <= c->now_ms)
		return call_refuse(c, RC_EXPIRED, "The transfer was not confirmed in time; please prepare it again.");
	if (i->journal != 0)
		return call_refuse(c, RC_REQUEST_OTHER, "This transfer was made already.");
	return RC_OK;
}

enum rc
desk_intent_code_send(struct call *c, const uint8_t intent[static ID_BYTES])
{
	const struct office *o = c->desk->office;
	struct otp_order order = {
		.purpose = CODE_TRANSACTION, .session = c->session.id, .bank = o->config->bank,
		.now_ms = c->now_ms, .life_ms = o->config->code.life_ms,
	};
	char words[DESK_TRANSFER_WORDS], hex[2 * ID_BYTES + 1];
	struct person p = { 0 };
	struct intent i;
	enum rc r = RC_BUG;

	if ((r = desk_intent_get(c, intent, &i)) != RC_OK ||
	    (r = call_person(c, &p)) != RC_OK)
		goto out;
	order.person = &p;
	order.txn = &i.txn;
	order.digest = i.digest;
	hex_put(i.id, sizeof i.id, hex);
	desk_transfer_told(&i.txn, words);
	r = desk_code_send(c, &order, hex, call_event(c, AUDIT_CODE_SEND, RC_OK, hex, "code for %s", words));
out:
	crypto_wipe(&p, sizeof p);
	return r;
}

enum rc
desk_transfer_code_send(struct call *c)
{
	return desk_intent_code_send(c, c->ask->body.transfer_code_send.intent);
}

void
desk_transfer_receipt(struct call *c, const struct receipt *r)
{
	cs_Receipt *to = &c->answer->body.receipt;

	c->answer->which_body = cs_Envelope_receipt_tag;
	to->journal = r->journal;
	to->utc_ms = r->posted_ms;
	memcpy(to->debit, r->txn.debit, sizeof to->debit);
	memcpy(to->payee, r->txn.payee, sizeof to->payee);
	memcpy(to->payee_name, r->txn.payee_name, sizeof to->payee_name);
	to->amount = r->txn.amount;
	memcpy(to->currency, r->txn.currency, sizeof to->currency);
	memcpy(to->reference, r->txn.reference, sizeof to->reference);
	to->balance_after = r->balance_after;
	memcpy(to->digest, r->digest, sizeof to->digest);
}

static enum rc
desk_transfer_words(struct call *c, enum rc r)
{
	switch (r) {
	case RC_PROOF_MISSING:
		return call_refuse(c, r, "A live face for this transfer is missing or too old; please look into the camera again.");
	case RC_APPROVAL_MISSING:
		return call_refuse(c, r, "The approval of a member of staff is missing or too old; please prepare the transfer again.");
	case RC_FUNDS:
		return call_refuse(c, r, "Not enough money in the account; nothing was moved.");
	case RC_LIMIT:
		return call_refuse(c, r, "This is more than may leave the account within 24 hours; nothing was moved.");
	case RC_EXPIRED:
		return call_refuse(c, r, "The transfer was not confirmed in time; please prepare it again.");
	case RC_REQUEST_OTHER:
		return call_refuse(c, r, "This request number was used for another transfer; please prepare it again.");
	case RC_EXISTS:
		return call_refuse(c, r, "Somebody else has asked for this already, or it was made; nothing was moved.");
	case RC_DENIED:
		return call_refuse(c, r, "You may not do this: your role has ended, or the money is yours.");
	case RC_STORE:
		return call_refuse(c, r, "The database cannot be reached; the same request may be sent again and moves nothing twice.");
	default:
		return desk_code_refuse(c, r);
	}
}

/* The same request again: the first receipt, if it was for this intent. RC_NOT_FOUND: it is new. */
static enum rc
desk_transfer_again(struct call *c, const cs_TransferCommit *ask, struct receipt *done)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	struct intent i;
	enum rc r;

	if ((r = l->ops->receipt_by_request(l, c->session.person, ask->request, done)) != RC_OK)
		return r;
	if ((r = l->ops->intent_get(l, ask->intent, &i)) != RC_OK && r != RC_NOT_FOUND)
		return r;
	return r == RC_OK && memcmp(i.digest, done->digest, DIGEST_BYTES) == 0 ? RC_OK : RC_REQUEST_OTHER;
}

/* Checks the code, then posts, or holds; the answer is filled in. */
static enum rc
desk_transfer_post(struct call *c, const cs_TransferCommit *ask, const struct intent *i)
{
	struct desk *d = c->desk;
	struct otp_try t = {
		.purpose = CODE_TRANSACTION, .person = c->session.person, .session = c->session.id,
		.digest = i->digest, .code = ask->code, .now_ms = c->now_ms,
	};
	struct ledger_step step = { .person = c->session.person, .now_ms = c->now_ms };
	char words[DESK_TRANSFER_WORDS], hex[2 * ID_BYTES + 1];
	struct policy_answer needs;
	struct receipt done;
	enum rc r;

	if (i->reverses == 0) {
		if ((r = desk_transfer_policy(c, i->txn.amount, i->txn.currency, &needs)) != RC_OK)
			return r;
		step.day_most = needs.day_most;
	}
	if (i->needs_code && (r = otp_check(d->stores, d->office->vault, &t, &step.code)) != RC_OK)
		return r;
	memcpy(step.intent, i->id, sizeof step.intent);
	memcpy(step.session, c->session.id, sizeof step.session);
	memcpy(step.request, ask->request, sizeof step.request);
	hex_put(i->id, sizeof i->id, hex);
	desk_transfer_told(&i->txn, words);
	if (i->needs_hold != 0)
		return desk_hold_make(c, &step, call_event(c, AUDIT_HOLD, RC_OK, hex, "%s", words));
	r = d->stores->ledger.ops->post(&d->stores->ledger, &step, call_event(c, AUDIT_TRANSFER_POST, RC_OK, hex, "%s", words), &done);
	if (r == RC_OK)
		desk_transfer_receipt(c, &done);
	return r;
}

enum rc
desk_intent_commit(struct call *c, const cs_TransferCommit *ask)
{
	static const uint8_t none[ID_BYTES];
	char intent[2 * ID_BYTES + 1];
	struct receipt done;
	struct intent i;
	enum rc r;

	if (memcmp(ask->request, none, sizeof none) == 0)
		return call_refuse(c, RC_INVALID, "The request has no number.");
	r = desk_transfer_again(c, ask, &done);
	if (r == RC_OK)
		desk_transfer_receipt(c, &done);
	if (r == RC_NOT_FOUND)
		r = desk_hold_again(c, ask->intent);
	if (r == RC_NOT_FOUND && (r = desk_intent_get(c, ask->intent, &i)) == RC_OK)
		r = desk_transfer_post(c, ask, &i);
	if (r == RC_OK)
		return r;
	hex_put(ask->intent, sizeof ask->intent, intent);
	if (r != RC_STORE)
		call_audit(c, AUDIT_TRANSFER_REFUSE, r, intent, "%s", rc_text(r));
	return c->answer->detail[0] != '\0' ? r : desk_transfer_words(c, r);
}

enum rc
desk_transfer_commit(struct call *c)
{
	return desk_intent_commit(c, &c->ask->body.transfer_commit);
}

enum rc
desk_transfer_status(struct call *c)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	struct receipt done;
	enum rc r;

	r = l->ops->receipt_by_request(l, c->session.person, c->ask->body.transfer_status_get.request, &done);
	if (r == RC_NOT_FOUND)
		return call_refuse(c, r, "No transfer was made under this request; it may be sent again.");
	if (r == RC_OK)
		desk_transfer_receipt(c, &done);
	return r;
}
