/*
 * mysql_ledger_read.c - the ledger read: accounts, intents, receipts, history.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

/* ---- accounts ---- */

#define ACCOUNT_COLUMNS "SELECT id, number, person, name, kind, status, currency, balance, held, opened_ms FROM account"

struct account_row {
	struct account a;
	uint64_t kind, status;
};

#define ACCOUNT_OUT(r) DB_OUT(db_out_u64(&(r)->a.id), db_out_text((r)->a.number, sizeof (r)->a.number), \
	db_out_u64(&(r)->a.person), db_out_text((r)->a.name, sizeof (r)->a.name), db_out_u64(&(r)->kind), \
	db_out_u64(&(r)->status), db_out_text((r)->a.currency, sizeof (r)->a.currency), db_out_i64(&(r)->a.balance), \
	db_out_i64(&(r)->a.held), db_out_i64(&(r)->a.opened_ms))

enum rc
account_read(struct db *d, const char *number, struct account *a, bool *open)
{
	struct account_row row;
	enum rc r;

	r = db_row(d, ACCOUNT_COLUMNS " WHERE number = ?", DB_IN(db_in_text(number)), ACCOUNT_OUT(&row));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_ACCOUNT_UNKNOWN : r;
	*a = row.a;
	a->kind = (enum account_kind)row.kind;
	*open = row.status == 1;
	return RC_OK;
}

struct accounts_args {
	uint64_t person;
	struct account_row row;
	struct account *dst;
	size_t max, n;
};

static enum rc
accounts_each(void *arg)
{
	struct accounts_args *a = arg;

	a->row.a.kind = (enum account_kind)a->row.kind;
	a->dst[a->n++] = a->row.a;
	return RC_OK;
}

static enum rc
accounts_step(struct db *d, void *arg)
{
	struct accounts_args *a = arg;

	a->n = 0;
	return db_rows(d, ACCOUNT_COLUMNS " WHERE person = ? AND kind = 1 ORDER BY id LIMIT ?",
	    DB_IN(db_in_u64(a->person), db_in_u64(a->max)), ACCOUNT_OUT(&a->row), accounts_each, a);
}

/* For the tools. */
static enum rc
accounts_all_step(struct db *d, void *arg)
{
	struct accounts_args *a = arg;

	a->n = 0;
	return db_rows(d, ACCOUNT_COLUMNS " ORDER BY id LIMIT ?", DB_IN(db_in_u64(a->max)), ACCOUNT_OUT(&a->row), accounts_each, a);
}

enum rc
ledger_accounts_of(struct ledger_store *s, uint64_t person, struct account *dst, size_t max, size_t *n)
{
	struct accounts_args a = { .person = person, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, person != 0 ? accounts_step : accounts_all_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

struct number_args {
	const char *number;
	struct account a;
};

static enum rc
number_step(struct db *d, void *arg)
{
	struct number_args *a = arg;
	bool open;

	return account_read(d, a->number, &a->a, &open);
}

enum rc
ledger_account_by_number(struct ledger_store *s, const char *number, struct account *dst)
{
	struct number_args a = { .number = number };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, number_step, &a)) == RC_OK)
		*dst = a.a;
	return r;
}

/* ---- intents ---- */

#define INTENT_COLUMNS "SELECT i.id, i.person, i.session, i.kind, i.debit, i.payee, i.payee_name, i.amount, i.currency," \
	" i.reference, i.nonce, i.digest, i.needs_face, i.needs_code, i.needs_approval, i.needs_hold, i.created_ms, i.expires_ms," \
	" COALESCE(j.id, 0), COALESCE(i.reverses, 0)" \
	" FROM intent i LEFT JOIN journal j ON j.intent = i.id"

struct intent_row {
	struct intent i;
	uint64_t kind, face, code, approval, hold;
};

#define INTENT_OUT(r) DB_OUT(db_out_bytes((r)->i.id, ID_BYTES), db_out_u64(&(r)->i.person), \
	db_out_bytes((r)->i.session, ID_BYTES), db_out_u64(&(r)->kind), \
	db_out_text((r)->i.txn.debit, sizeof (r)->i.txn.debit), db_out_text((r)->i.txn.payee, sizeof (r)->i.txn.payee), \
	db_out_text((r)->i.txn.payee_name, sizeof (r)->i.txn.payee_name), db_out_i64(&(r)->i.txn.amount), \
	db_out_text((r)->i.txn.currency, sizeof (r)->i.txn.currency), \
	db_out_text((r)->i.txn.reference, sizeof (r)->i.txn.reference), db_out_bytes((r)->i.txn.nonce, NONCE_BYTES), \
	db_out_bytes((r)->i.digest, DIGEST_BYTES), db_out_u64(&(r)->face), db_out_u64(&(r)->code), \
	db_out_u64(&(r)->approval), db_out_u64(&(r)->hold), \
	db_out_i64(&(r)->i.created_ms), db_out_i64(&(r)->i.expires_ms), db_out_u64(&(r)->i.journal), \
	db_out_u64(&(r)->i.reverses))

static void
intent_from_row(const struct intent_row *row, struct intent *i)
{
	*i = row->i;
	i->txn.kind = (enum txn_kind)row->kind;
	i->needs_face = row->face != 0;
	i->needs_code = row->code != 0;
	i->needs_approval = row->approval != 0;
	i->needs_hold = (unsigned)row->hold;
}

enum rc
intent_read(struct db *d, const uint8_t id[ID_BYTES], struct intent *i)
{
	struct intent_row row = { 0 };
	enum rc r;

	if ((r = db_row(d, INTENT_COLUMNS " WHERE i.id = ?", DB_IN(db_in_bytes(id, ID_BYTES)), INTENT_OUT(&row))) == RC_OK)
		intent_from_row(&row, i);
	return r;
}

struct intent_args {
	const uint8_t *id;
	uint64_t person;
	struct intent i;
};

static enum rc
intent_get_step(struct db *d, void *arg)
{
	struct intent_args *a = arg;

	return intent_read(d, a->id, &a->i);
}

enum rc
ledger_intent_get(struct ledger_store *s, const uint8_t id[ID_BYTES], struct intent *i)
{
	struct intent_args a = { .id = id };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, intent_get_step, &a)) == RC_OK)
		*i = a.i;
	return r;
}

static enum rc
intent_last_step(struct db *d, void *arg)
{
	struct intent_args *a = arg;
	struct intent_row row = { 0 };
	enum rc r;

	if ((r = db_row(d, INTENT_COLUMNS " WHERE i.person = ? AND i.kind = 1 ORDER BY i.seq DESC LIMIT 1", DB_IN(db_in_u64(a->person)),
	    INTENT_OUT(&row))) == RC_OK)
		intent_from_row(&row, &a->i);
	return r;
}

enum rc
ledger_intent_last(struct ledger_store *s, uint64_t person, struct intent *i)
{
	struct intent_args a = { .person = person };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, intent_last_step, &a)) == RC_OK)
		*i = a.i;
	return r;
}

/* ---- receipts ---- */

/* The balance is that of the customer's side: the debit account, or the payee of a deposit. */
enum rc
receipt_read(struct db *d, uint64_t person, const uint8_t request[ID_BYTES], uint8_t intent[ID_BYTES], struct receipt *dst)
{
	struct receipt row = { 0 };
	uint64_t kind;
	enum rc r;

	r = db_row(d, "SELECT j.id, j.at_ms, j.intent, j.kind, j.debit, j.payee, j.payee_name, j.amount, j.currency, j.reference,"
	    " j.nonce, j.digest, p.balance_after FROM journal j"
	    " JOIN account a ON a.number = IF(j.kind = 2, j.payee, j.debit)"
	    " JOIN posting p ON p.journal = j.id AND p.account = a.id WHERE j.person = ? AND j.request = ?",
	    DB_IN(db_in_u64(person), db_in_bytes(request, ID_BYTES)),
	    DB_OUT(db_out_u64(&row.journal), db_out_i64(&row.posted_ms), db_out_bytes(intent, ID_BYTES), db_out_u64(&kind),
	    db_out_text(row.txn.debit, sizeof row.txn.debit), db_out_text(row.txn.payee, sizeof row.txn.payee),
	    db_out_text(row.txn.payee_name, sizeof row.txn.payee_name), db_out_i64(&row.txn.amount),
	    db_out_text(row.txn.currency, sizeof row.txn.currency), db_out_text(row.txn.reference, sizeof row.txn.reference),
	    db_out_bytes(row.txn.nonce, NONCE_BYTES), db_out_bytes(row.digest, DIGEST_BYTES), db_out_i64(&row.balance_after)));
	if (r != RC_OK)
		return r;
	row.txn.kind = (enum txn_kind)kind;
	*dst = row;
	return RC_OK;
}

struct receipt_args {
	uint64_t person;
	const uint8_t *request;
	struct receipt r;
};

static enum rc
receipt_step(struct db *d, void *arg)
{
	struct receipt_args *a = arg;
	uint8_t intent[ID_BYTES];

	return receipt_read(d, a->person, a->request, intent, &a->r);
}

enum rc
ledger_receipt_by_request(struct ledger_store *s, uint64_t person, const uint8_t request[ID_BYTES], struct receipt *dst)
{
	struct receipt_args a = { .person = person, .request = request };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, receipt_step, &a)) == RC_OK)
		*dst = a.r;
	return r;
}

/* ---- history ---- */

struct history_args {
	uint64_t person, before;
	const char *number;
	struct account account;
	struct history_row row, *dst;
	size_t max, n;
};

static enum rc
history_each(void *arg)
{
	struct history_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
history_step(struct db *d, void *arg)
{
	struct history_args *a = arg;
	struct history_row *h = &a->row;
	bool open;
	enum rc r;

	a->n = 0;
	if ((r = account_read(d, a->number, &a->account, &open)) != RC_OK)
		return r;
	if (a->account.person != a->person || a->person == 0)
		return RC_ACCOUNT_UNKNOWN;
	return db_rows(d, "SELECT p.id, p.journal, p.at_ms, p.amount, p.balance_after, o.number, o.name, j.reference"
	    " FROM posting p JOIN journal j ON j.id = p.journal"
	    " JOIN account o ON o.number = IF(p.amount < 0, j.payee, j.debit)"
	    " WHERE p.account = ? AND p.id < ? ORDER BY p.id DESC LIMIT ?",
	    DB_IN(db_in_u64(a->account.id), db_in_u64(a->before != 0 ? a->before : UINT64_MAX), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&h->posting), db_out_u64(&h->journal), db_out_i64(&h->at_ms), db_out_i64(&h->amount),
	    db_out_i64(&h->balance_after), db_out_text(h->other, sizeof h->other), db_out_text(h->other_name, sizeof h->other_name),
	    db_out_text(h->reference, sizeof h->reference)), history_each, a);
}

enum rc
ledger_history(struct ledger_store *s, uint64_t person, const char *account, uint64_t before, size_t max,
    struct history_row *dst, size_t *n, char currency[CURRENCY_BYTES + 1])
{
	struct history_args a = { .person = person, .number = account, .before = before, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, history_step, &a)) == RC_OK) {
		*n = a.n;
		memcpy(currency, a.account.currency, sizeof a.account.currency);
	}
	return r;
}
