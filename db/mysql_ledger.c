/*
 * mysql_ledger.c - money moves: intents, posting, deposits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One step is one transaction: the journal row (which is the request row, so a
 * second run of the same step collides with it), the proofs, the accounts in
 * ascending order, the postings, the audit record. Every decision is a
 * conditional write that must match one row; nothing depends on an earlier
 * read staying true.
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_ledger_move.h"
#include "proto/money.h"
#include "proto/text.h"

/* ---- intents ---- */

struct put_args {
	const struct intent *i;
	const struct audit_event *ev;
};

static enum rc
put_step(struct db *d, void *arg)
{
	const struct put_args *a = arg;
	const struct intent *i = a->i;
	enum rc r;

	r = db_exec(d, "INSERT INTO intent (id, person, session, kind, debit, payee, payee_name, amount, currency, reference,"
	    " nonce, digest, needs_face, needs_code, needs_approval, needs_hold, created_ms, expires_ms, reverses)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0))",
	    DB_IN(db_in_bytes(i->id, ID_BYTES), db_in_u64(i->person), db_in_bytes(i->session, ID_BYTES),
	    db_in_u64((uint64_t)i->txn.kind), db_in_text(i->txn.debit), db_in_text(i->txn.payee), db_in_text(i->txn.payee_name),
	    db_in_i64(i->txn.amount), db_in_text(i->txn.currency), db_in_text(i->txn.reference),
	    db_in_bytes(i->txn.nonce, NONCE_BYTES), db_in_bytes(i->digest, DIGEST_BYTES), db_in_u64(i->needs_face),
	    db_in_u64(i->needs_code), db_in_u64(i->needs_approval), db_in_u64(i->needs_hold),
	    db_in_i64(i->created_ms), db_in_i64(i->expires_ms), db_in_u64(i->reverses)), NULL);
	return r != RC_OK ? r : audit_append(d, a->ev);
}

static enum rc
ledger_intent_put(struct ledger_store *s, const struct intent *i, const struct audit_event *ev)
{
	struct put_args a = { .i = i, .ev = ev };

	return db_run(s->ctx, DB_ONCE, put_step, &a);
}

/* ---- post ---- */

static void
fill_receipt(const struct movement *m, int64_t balance_after, struct receipt *r)
{
	*r = (struct receipt){ .journal = m->journal, .posted_ms = m->now_ms, .txn = *m->txn, .balance_after = balance_after };
	memcpy(r->digest, m->digest, DIGEST_BYTES);
}

struct post_args {
	const struct ledger_step *step;
	const struct audit_event *ev;
	struct receipt receipt;
};

/* The journal refused the row: the same step again, another one under the same id, or the intent is posted already. */
static enum rc
posted_before(struct db *d, struct post_args *a)
{
	uint8_t intent[ID_BYTES];
	struct receipt got;
	enum rc r;

	if ((r = receipt_read(d, a->step->person, a->step->request, intent, &got)) != RC_OK)
		return r == RC_NOT_FOUND ? RC_EXISTS : r;
	if (memcmp(intent, a->step->intent, ID_BYTES) != 0)
		return RC_REQUEST_OTHER;
	a->receipt = got;
	return RC_OK;
}

static enum rc
post_step(struct db *d, void *arg)
{
	struct post_args *a = arg;
	const struct ledger_step *st = a->step;
	struct movement m = { .person = st->person, .request = st->request, .intent = st->intent, .now_ms = st->now_ms };
	struct account debit, payee;
	bool debit_open, payee_open;
	struct intent i;
	enum rc r;

	if ((r = intent_read(d, st->intent, &i)) != RC_OK)
		return r;
	if (i.person != st->person || memcmp(i.session, st->session, ID_BYTES) != 0)
		return RC_NOT_FOUND;
	if (i.needs_hold != 0)
		return RC_APPROVAL_MISSING;	/* posted through its hold only */
	m.txn = &i.txn;
	txn_digest(&i.txn, m.digest);
	if (!crypto_same(m.digest, i.digest, DIGEST_BYTES))
		return RC_FORGED;	/* the stored intent was changed */
	if ((r = journal_insert(d, &m)) != RC_OK)
		return r == RC_EXISTS ? posted_before(d, a) : r;
	if (st->now_ms >= i.expires_ms)
		return RC_EXPIRED;
	if ((i.needs_face && (r = step_face(d, st, &m)) != RC_OK) ||
	    (i.needs_code && (r = step_code(d, st, &m)) != RC_OK) ||
	    (r = account_read(d, i.txn.debit, &debit, &debit_open)) != RC_OK ||
	    (r = account_read(d, i.txn.payee, &payee, &payee_open)) != RC_OK)
		return r;
	if (debit.person != st->person || debit.kind != ACCOUNT_CUSTOMER)
		return RC_ACCOUNT_UNKNOWN;
	if (!debit_open || !payee_open)
		return RC_ACCOUNT_CLOSED;
	if ((i.needs_approval && (r = step_approval(d, st, &m, payee.person)) != RC_OK) ||
	    (r = movement_check(&debit, &payee, &i.txn)) != RC_OK ||
	    (r = movement_run(d, &m, &debit, &payee)) != RC_OK ||
	    (r = step_day(d, st, debit.id)) != RC_OK)
		return r;
	fill_receipt(&m, m.debit_after, &a->receipt);
	return movement_append(d, &m, a->ev);
}

static enum rc
ledger_post(struct ledger_store *s, const struct ledger_step *step, const struct audit_event *ev, struct receipt *r)
{
	struct post_args a = { .step = step, .ev = ev };
	enum rc rc;

	if ((rc = db_run(s->ctx, DB_REPEAT, post_step, &a)) == RC_OK)
		*r = a.receipt;
	return rc;
}

/* ---- deposit ---- */

struct deposit_args {
	const struct ledger_deposit *dep;
	const struct audit_event *ev;
	struct receipt receipt;
};

/* The bank's own cash account of a currency: branch 0, its serial spells the currency. Made when first needed. */
static enum rc
cash_account(struct db *d, const char *currency, int64_t now_ms, struct account *a)
{
	char number[ACCOUNT_MAX_BYTES + 1], name[NAME_MAX_BYTES + 1];
	uint64_t serial = 0;
	bool open;
	enum rc r;

	for (const char *c = currency; *c != '\0'; c++)
		serial = serial * 100 + (uint64_t)(*c - 'A' + 10);
	account_number_make(0, serial, number);
	if ((r = account_read(d, number, a, &open)) != RC_ACCOUNT_UNKNOWN)
		return r;
	snprintf(name, sizeof name, "Cash %s", currency);
	r = db_exec(d, "INSERT INTO account (number, name, kind, currency, opened_ms) VALUES (?, ?, 2, ?, ?)",
	    DB_IN(db_in_text(number), db_in_text(name), db_in_text(currency), db_in_i64(now_ms)), NULL);
	if (r != RC_OK && r != RC_EXISTS)
		return r;
	return account_read(d, number, a, &open);
}

/* The same deposit again, or another one under its id. */
static enum rc
deposited_before(struct db *d, struct deposit_args *a)
{
	const struct ledger_deposit *dep = a->dep;
	uint8_t intent[ID_BYTES];
	struct receipt got;
	enum rc r;

	if ((r = receipt_read(d, 0, dep->request, intent, &got)) != RC_OK)
		return r == RC_NOT_FOUND ? RC_REQUEST_OTHER : r;
	if (got.txn.amount != dep->amount || strcmp(got.txn.payee, dep->account) != 0 ||
	    strcmp(got.txn.currency, dep->currency) != 0)
		return RC_REQUEST_OTHER;
	a->receipt = got;
	return RC_OK;
}

/* Money that enters the bank has a proof too: the system's, spent by this very step. */
static enum rc
insert_system_proof(struct db *d, const struct movement *m)
{
	static const uint8_t none[ID_BYTES];

	return db_exec(d, "INSERT INTO proof (person, session, factor, digest, capture, created_ms, expires_ms, spent_ms, journal)"
	    " VALUES (0, ?, 4, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_bytes(none, ID_BYTES), db_in_bytes(m->digest, DIGEST_BYTES), db_in_bytes(none, ID_BYTES),
	    db_in_i64(m->now_ms), db_in_i64(m->now_ms), db_in_i64(m->now_ms), db_in_u64(m->journal)), NULL);
}

static enum rc
deposit_txn(const struct ledger_deposit *dep, const struct account *cash, const struct account *payee, struct txn *t)
{
	t->kind = TXN_DEPOSIT;
	t->amount = dep->amount;
	memcpy(t->debit, cash->number, sizeof t->debit);
	memcpy(t->payee, payee->number, sizeof t->payee);
	memcpy(t->payee_name, payee->name, sizeof t->payee_name);
	memcpy(t->currency, payee->currency, sizeof t->currency);
	memcpy(t->nonce, dep->request, NONCE_BYTES);
	return text_copy(t->reference, sizeof t->reference, dep->reference);
}

static enum rc
deposit_step(struct db *d, void *arg)
{
	struct deposit_args *a = arg;
	const struct ledger_deposit *dep = a->dep;
	struct movement m = { .request = dep->request, .intent = dep->request, .now_ms = dep->now_ms };
	struct account cash, payee;
	struct txn t = { 0 };
	bool open;
	enum rc r;

	if ((r = account_read(d, dep->account, &payee, &open)) != RC_OK)
		return r;
	if (payee.kind != ACCOUNT_CUSTOMER)
		return RC_ACCOUNT_UNKNOWN;
	if (!open)
		return RC_ACCOUNT_CLOSED;
	if (strcmp(payee.currency, dep->currency) != 0)
		return RC_CURRENCY;
	if ((r = cash_account(d, dep->currency, dep->now_ms, &cash)) != RC_OK ||
	    (r = deposit_txn(dep, &cash, &payee, &t)) != RC_OK)
		return r;
	m.txn = &t;
	txn_digest(&t, m.digest);
	if ((r = journal_insert(d, &m)) != RC_OK)
		return r == RC_EXISTS ? deposited_before(d, a) : r;
	if ((r = insert_system_proof(d, &m)) != RC_OK ||
	    (r = movement_run(d, &m, &cash, &payee)) != RC_OK)
		return r;
	fill_receipt(&m, m.payee_after, &a->receipt);
	return movement_append(d, &m, a->ev);
}

static enum rc
ledger_deposit(struct ledger_store *s, const struct ledger_deposit *dep, const struct audit_event *ev, struct receipt *r)
{
	struct deposit_args a = { .dep = dep, .ev = ev };
	enum rc rc;

	if (dep->amount <= 0 || dep->amount > MONEY_MAX)
		return RC_INVALID;
	if (money_exponent(dep->currency) < 0)
		return RC_CURRENCY;
	if ((rc = db_run(s->ctx, DB_REPEAT, deposit_step, &a)) == RC_OK)
		*r = a.receipt;
	return rc;
}

const struct ledger_store_ops mysql_ledger_ops = {
	.accounts_of = ledger_accounts_of,
	.account_by_number = ledger_account_by_number,
	.intent_put = ledger_intent_put,
	.intent_get = ledger_intent_get,
	.intent_last = ledger_intent_last,
	.post = ledger_post,
	.receipt_by_request = ledger_receipt_by_request,
	.posted = ledger_posted,
	.linked = ledger_linked,
	.history = ledger_history,
	.statement_open = ledger_statement_open,
	.statement_lines = ledger_statement_lines,
	.deposit = ledger_deposit,
};
