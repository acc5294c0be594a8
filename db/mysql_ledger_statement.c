/*
 * mysql_ledger_statement.c - an account's postings of a period, and what it held before.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

struct statement_args {
	const char *number;
	int64_t from_ms, to_ms, opening;
	uint64_t after;
	struct account account;
	struct history_row row, *dst;
	size_t max, n;
};

static enum rc
opening_step(struct db *d, void *arg)
{
	struct statement_args *a = arg;
	bool open;
	enum rc r;

	if ((r = account_read(d, a->number, &a->account, &open)) != RC_OK)
		return r;
	return db_row(d, "SELECT CAST(COALESCE(SUM(amount), 0) AS SIGNED) FROM posting WHERE account = ? AND at_ms < ?",
	    DB_IN(db_in_u64(a->account.id), db_in_i64(a->from_ms)), DB_OUT(db_out_i64(&a->opening)));
}

enum rc
ledger_statement_open(struct ledger_store *s, const char *number, int64_t from_ms, struct account *account, int64_t *opening)
{
	struct statement_args a = { .number = number, .from_ms = from_ms };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, opening_step, &a)) == RC_OK) {
		*account = a.account;
		*opening = a.opening;
	}
	return r;
}

static enum rc
line_each(void *arg)
{
	struct statement_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
lines_step(struct db *d, void *arg)
{
	struct statement_args *a = arg;
	struct history_row *h = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT p.id, p.journal, p.at_ms, p.amount, p.balance_after, o.number, o.name, j.reference"
	    " FROM posting p JOIN account m ON m.id = p.account JOIN journal j ON j.id = p.journal"
	    " JOIN account o ON o.number = IF(p.amount < 0, j.payee, j.debit)"
	    " WHERE m.number = ? AND p.id > ? AND p.at_ms >= ? AND p.at_ms < ? ORDER BY p.id LIMIT ?",
	    DB_IN(db_in_text(a->number), db_in_u64(a->after), db_in_i64(a->from_ms), db_in_i64(a->to_ms), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&h->posting), db_out_u64(&h->journal), db_out_i64(&h->at_ms), db_out_i64(&h->amount),
	    db_out_i64(&h->balance_after), db_out_text(h->other, sizeof h->other), db_out_text(h->other_name, sizeof h->other_name),
	    db_out_text(h->reference, sizeof h->reference)), line_each, a);
}

enum rc
ledger_statement_lines(struct ledger_store *s, const char *number, int64_t from_ms, int64_t to_ms, uint64_t after,
    struct history_row *dst, size_t max, size_t *n)
{
	struct statement_args a = { .number = number, .from_ms = from_ms, .to_ms = to_ms, .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, lines_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}
