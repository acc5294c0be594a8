/*
 * mysql_ledger_move.c - money moved between two accounts, inside a step.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_ledger_move.h"

enum rc
journal_insert(struct db *d, struct movement *m)
{
	const struct txn *t = m->txn;
	enum rc r;

	r = db_exec(d, "INSERT INTO journal (person, request, intent, kind, debit, payee, payee_name, amount, currency, reference,"
	    " nonce, digest, at_ms, reverses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0))",
	    DB_IN(db_in_u64(m->person), db_in_bytes(m->request, ID_BYTES), db_in_bytes(m->intent, ID_BYTES),
	    db_in_u64((uint64_t)t->kind), db_in_text(t->debit), db_in_text(t->payee), db_in_text(t->payee_name),
	    db_in_i64(t->amount), db_in_text(t->currency), db_in_text(t->reference), db_in_bytes(t->nonce, NONCE_BYTES),
	    db_in_bytes(m->digest, DIGEST_BYTES), db_in_i64(m->now_ms), db_in_u64(m->reverses)), NULL);
	if (r == RC_OK)
		m->journal = db_insert_id(d);
	return r;
}

enum rc
movement_check(const struct account *debit, const struct account *payee, const struct txn *t)
{
	if (debit->id == payee->id)
		return RC_SAME_ACCOUNT;
	if (strcmp(debit->currency, t->currency) != 0 || strcmp(payee->currency, t->currency) != 0)
		return RC_CURRENCY;
	return RC_OK;
}

/* One side of a movement; RC_FUNDS or RC_ACCOUNT_CLOSED if the account does not allow it. */
static enum rc
move_balance(struct db *d, const struct account *a, int64_t amount)
{
	uint64_t moved, status;
	enum rc r;

	r = db_exec(d, "UPDATE account SET balance = balance + ? WHERE id = ? AND status = 1 AND (kind = 2 OR balance - held + ? >= 0)",
	    DB_IN(db_in_i64(amount), db_in_u64(a->id), db_in_i64(amount)), &moved);
	if (r != RC_OK || moved == 1)
		return r;
	if ((r = db_row(d, "SELECT status FROM account WHERE id = ?", DB_IN(db_in_u64(a->id)), DB_OUT(db_out_u64(&status)))) != RC_OK)
		return r;
	return status != 1 ? RC_ACCOUNT_CLOSED : RC_FUNDS;
}

static enum rc
insert_posting(struct db *d, const struct movement *m, const struct account *a, int64_t amount, int64_t *after)
{
	enum rc r;

	if ((r = db_row(d, "SELECT balance FROM account WHERE id = ?", DB_IN(db_in_u64(a->id)), DB_OUT(db_out_i64(after)))) != RC_OK)
		return r;
	return db_exec(d, "INSERT INTO posting (journal, account, amount, currency, balance_after, at_ms) VALUES (?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(m->journal), db_in_u64(a->id), db_in_i64(amount), db_in_text(m->txn->currency), db_in_i64(*after),
	    db_in_i64(m->now_ms)), NULL);
}

enum rc
movement_run(struct db *d, struct movement *m, const struct account *debit, const struct account *payee)
{
	const int64_t amount = m->txn->amount;
	bool debit_first = debit->id < payee->id;
	enum rc r;

	if ((r = move_balance(d, debit_first ? debit : payee, debit_first ? -amount : amount)) != RC_OK ||
	    (r = move_balance(d, debit_first ? payee : debit, debit_first ? amount : -amount)) != RC_OK ||
	    (r = insert_posting(d, m, debit, -amount, &m->debit_after)) != RC_OK)
		return r;
	return insert_posting(d, m, payee, amount, &m->payee_after);
}

enum rc
movement_append(struct db *d, const struct movement *m, const struct audit_event *ev)
{
	struct audit_event e = *ev;
	char hex[2 * DIGEST_BYTES + 1];
	size_t n = strlen(e.detail);

	hex_put(m->digest, DIGEST_BYTES, hex);
	snprintf(e.detail + n, sizeof e.detail - n, "%sjournal %llu, digest %s", n > 0 ? "; " : "",
	    (unsigned long long)m->journal, hex);
	return audit_append(d, &e);
}

/* ---- the proofs of a step ---- */

/* Both proofs of a step are of one person, in one session, over one digest. */
static struct code_use
step_use(const struct ledger_step *st, const struct movement *m)
{
	struct code_use by = { .person = st->person, .code = st->code, .now_ms = st->now_ms };

	memcpy(by.session, st->session, ID_BYTES);
	memcpy(by.digest, m->digest, DIGEST_BYTES);
	return by;
}

enum rc
step_face(struct db *d, const struct ledger_step *st, const struct movement *m)
{
	struct code_use by = step_use(st, m);

	return face_spend(d, &by, m->journal);
}

enum rc
step_code(struct db *d, const struct ledger_step *st, const struct movement *m)
{
	struct code_use by = step_use(st, m);

	return code_spend(d, CODE_TRANSACTION, &by);
}

enum rc
step_approval(struct db *d, const struct ledger_step *st, const struct movement *m, uint64_t payee)
{
	uint64_t spent;
	enum rc r;

	r = db_exec(d, "UPDATE proof SET spent_ms = ?, journal = ? WHERE session = ? AND factor = 3 AND digest = ?"
	    " AND spent_ms = 0 AND expires_ms > ? AND person NOT IN (?, ?)"
	    " AND" HOLDS_ROLE("proof.person", ROLES_COUNTER_SQL) " ORDER BY id LIMIT 1",
	    DB_IN(db_in_i64(st->now_ms), db_in_u64(m->journal), db_in_bytes(st->session, ID_BYTES),
	    db_in_bytes(m->digest, DIGEST_BYTES), db_in_i64(st->now_ms), db_in_u64(st->person), db_in_u64(payee)), &spent);
	return r != RC_OK ? r : spent == 1 ? RC_OK : RC_APPROVAL_MISSING;
}

enum rc
step_day(struct db *d, const struct ledger_step *st, uint64_t account)
{
	int64_t left, held;
	enum rc r;

	if (st->day_most == 0)
		return RC_OK;
	r = db_row(d, "SELECT CAST(COALESCE(SUM(-p.amount), 0) AS SIGNED) FROM posting p JOIN journal j ON j.id = p.journal"
	    " WHERE p.account = ? AND p.at_ms > ? AND p.amount < 0 AND j.reverses IS NULL",
	    DB_IN(db_in_u64(account), db_in_i64(st->now_ms - LEDGER_DAY_MS)), DB_OUT(db_out_i64(&left)));
	if (r == RC_OK)
		r = db_row(d, "SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED) FROM hold WHERE account = ? AND state = 1"
		    " AND reverses IS NULL",
		    DB_IN(db_in_u64(account)), DB_OUT(db_out_i64(&held)));
	return r != RC_OK ? r : left <= st->day_most - held ? RC_OK : RC_LIMIT;
}
