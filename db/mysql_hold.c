/*
 * mysql_hold.c - money held by the proofs of who asks for it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hold's row is the request row of its step; account.held changes in the
 * same transaction. Its end: mysql_hold_end.c.
 */
#include <string.h>

#include "db/mysql_hold.h"

struct hold_args {
	const struct ledger_step *step;
	const struct audit_event *ev;
	uint64_t id;
};

static enum rc
held_before(struct db *d, struct hold_args *a)
{
	const struct ledger_step *st = a->step;
	uint8_t intent[ID_BYTES];
	uint64_t id;
	enum rc r;

	r = db_row(d, "SELECT id, intent FROM hold WHERE person = ? AND request = ?",
	    DB_IN(db_in_u64(st->person), db_in_bytes(st->request, ID_BYTES)), DB_OUT(db_out_u64(&id), db_out_bytes(intent, ID_BYTES)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_EXISTS : r;
	if (memcmp(intent, st->intent, ID_BYTES) != 0)
		return RC_REQUEST_OTHER;
	a->id = id;
	return RC_OK;
}

/* The amount is taken out of what may be spent; the account's row stays locked. */
static enum rc
hold_amount(struct db *d, uint64_t account, int64_t amount)
{
	uint64_t written;
	enum rc r;

	r = db_exec(d, "UPDATE account SET held = held + ? WHERE id = ? AND status = 1 AND kind = 1 AND balance - held >= ?",
	    DB_IN(db_in_i64(amount), db_in_u64(account), db_in_i64(amount)), &written);
	return r != RC_OK ? r : written == 1 ? RC_OK : RC_FUNDS;
}

static enum rc
hold_insert(struct db *d, const struct ledger_step *st, const struct intent *i, uint64_t account, uint64_t payee_person)
{
	return db_exec(d, "INSERT INTO hold (intent, person, request, payee_person, account, amount, digest, held_ms, expires_ms,"
	    " reverses, approvals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0), ?)",
	    DB_IN(db_in_bytes(st->intent, ID_BYTES), db_in_u64(st->person), db_in_bytes(st->request, ID_BYTES),
	    db_in_u64(payee_person), db_in_u64(account), db_in_i64(i->txn.amount), db_in_bytes(i->digest, DIGEST_BYTES),
	    db_in_i64(st->now_ms), db_in_i64(st->now_ms + HOLD_LIFE_MS), db_in_u64(i->reverses),
	    db_in_u64(i->needs_hold)), NULL);
}

static enum rc
hold_step(struct db *d, void *arg)
{
	struct hold_args *a = arg;
	const struct ledger_step *st = a->step;
	struct movement m = { .now_ms = st->now_ms };
	struct account debit, payee;
	bool debit_open, payee_open;
	struct intent i;
	enum rc r;

	if ((r = intent_read(d, st->intent, &i)) != RC_OK)
		return r;
	if (i.person != st->person || memcmp(i.session, st->session, ID_BYTES) != 0)
		return RC_NOT_FOUND;
	if (i.needs_hold == 0)
		return RC_INVALID;
	txn_digest(&i.txn, m.digest);
	if (!crypto_same(m.digest, i.digest, DIGEST_BYTES))
		return RC_FORGED;	/* the stored intent was changed */
	if ((r = account_read(d, i.txn.debit, &debit, &debit_open)) != RC_OK ||
	    (r = account_read(d, i.txn.payee, &payee, &payee_open)) != RC_OK)
		return r;
	if ((r = i.reverses != 0 ? reversal_check(d, &i, &debit, &payee) :
	    debit.person != st->person || debit.kind != ACCOUNT_CUSTOMER ? RC_ACCOUNT_UNKNOWN : RC_OK) != RC_OK ||
	    (r = hold_insert(d, st, &i, debit.id, payee.person)) != RC_OK)
		return r == RC_EXISTS ? held_before(d, a) : r;
	a->id = db_insert_id(d);
	if (st->now_ms >= i.expires_ms)
		return RC_EXPIRED;
	if (!debit_open || !payee_open)
		return RC_ACCOUNT_CLOSED;
	if ((i.needs_face && (r = step_face(d, st, &m)) != RC_OK) ||
	    (i.needs_code && (r = step_code(d, st, &m)) != RC_OK) ||
	    (i.needs_approval && (r = step_approval(d, st, &m, payee.person)) != RC_OK) ||
	    (r = movement_check(&debit, &payee, &i.txn)) != RC_OK ||
	    (r = hold_amount(d, debit.id, i.txn.amount)) != RC_OK || (r = step_day(d, st, debit.id)) != RC_OK)
		return r;
	return hold_append(d, a->ev, a->id, m.digest);
}

static enum rc
hold_hold(struct hold_store *s, const struct ledger_step *step, const struct audit_event *ev, uint64_t *id)
{
	struct hold_args a = { .step = step, .ev = ev };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, hold_step, &a)) == RC_OK)
		*id = a.id;
	return r;
}

const struct hold_store_ops mysql_hold_ops = {
	.hold = hold_hold,
	.post = hold_post,
	.refuse = hold_refuse,
	.expire = hold_expire,
	.get = hold_get,
	.of_intent = hold_of_intent,
	.of_person = hold_of_person,
	.waiting = hold_waiting,
};
