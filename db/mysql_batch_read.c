/*
 * mysql_batch_read.c - batches read: one, its lines, its totals, the queues.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>

#include "db/mysql_batch_parts.h"

#define BATCH_COLUMNS "SELECT b.id, b.maker, b.checker, m.name, COALESCE(c.name, ''), b.state, b.version," \
	" (SELECT COUNT(*) FROM batch_line l WHERE l.batch = b.id), b.digest, b.created_ms, b.changed_ms, b.submitted_ms," \
	" b.decided_ms, b.reason FROM batch b JOIN person m ON m.id = b.maker LEFT JOIN person c ON c.id = b.checker"

#define BATCH_OUT(b, state) DB_OUT(db_out_u64(&(b)->id), db_out_u64(&(b)->maker), db_out_u64(&(b)->checker), \
	db_out_text((b)->maker_name, sizeof (b)->maker_name), db_out_text((b)->checker_name, sizeof (b)->checker_name), \
	db_out_u64(state), db_out_u64(&(b)->version), db_out_u64(&(b)->lines), db_out_bytes((b)->digest, DIGEST_BYTES), \
	db_out_i64(&(b)->created_ms), db_out_i64(&(b)->changed_ms), db_out_i64(&(b)->submitted_ms), \
	db_out_i64(&(b)->decided_ms), db_out_text((b)->reason, sizeof (b)->reason))

/* ---- one batch ---- */

struct get_args {
	uint64_t id, state;
	struct batch b;
	struct batch_total row, *total;	/* NULL: without totals */
	size_t totals;
};

static enum rc
total_each(void *arg)
{
	struct get_args *a = arg;

	a->total[a->totals++] = a->row;
	return RC_OK;
}

static enum rc
get_step(struct db *d, void *arg)
{
	struct get_args *a = arg;
	enum rc r;

	a->totals = 0;
	if ((r = db_row(d, BATCH_COLUMNS " WHERE b.id = ?", DB_IN(db_in_u64(a->id)), BATCH_OUT(&a->b, &a->state))) != RC_OK)
		return r;
	a->b.state = (enum batch_state)a->state;
	if (a->total == NULL)
		return RC_OK;
	return db_rows(d, "SELECT currency, COUNT(*), CAST(SUM(amount) AS SIGNED) FROM batch_line WHERE batch = ?"
	    " GROUP BY currency ORDER BY currency LIMIT ?", DB_IN(db_in_u64(a->id), db_in_u64(BATCH_CURRENCIES_MAX)),
	    DB_OUT(db_out_text(a->row.currency, sizeof a->row.currency), db_out_u64(&a->row.lines), db_out_i64(&a->row.sum)),
	    total_each, a);
}

enum rc
batch_get(struct batch_store *s, uint64_t batch, struct batch *b, struct batch_total total[BATCH_CURRENCIES_MAX], size_t *totals)
{
	struct batch_total kept[BATCH_CURRENCIES_MAX];
	struct get_args a = { .id = batch, .total = total != NULL ? kept : NULL };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, get_step, &a)) != RC_OK)
		return r;
	*b = a.b;
	if (total != NULL)
		memcpy(total, kept, a.totals * sizeof *kept);
	*totals = a.totals;
	return RC_OK;
}

/* ---- lines ---- */

enum rc
batch_each_line(struct db *d, uint64_t batch, uint64_t from, uint64_t max, struct batch_line *row,
    enum rc (*each)(void *arg), void *arg)
{
	return db_rows(d, "SELECT place, debit, payee, payee_name, amount, currency, reference FROM batch_line"
	    " WHERE batch = ? AND place >= ? ORDER BY place LIMIT ?",
	    DB_IN(db_in_u64(batch), db_in_u64(from), db_in_u64(max)),
	    DB_OUT(db_out_u64(&row->place), db_out_text(row->debit, sizeof row->debit), db_out_text(row->payee, sizeof row->payee),
	    db_out_text(row->payee_name, sizeof row->payee_name), db_out_i64(&row->amount),
	    db_out_text(row->currency, sizeof row->currency), db_out_text(row->reference, sizeof row->reference)), each, arg);
}

struct lines_args {
	uint64_t batch, from;
	struct batch_line row, *dst;
	size_t max, n;
};

static enum rc
lines_each(void *arg)
{
	struct lines_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
lines_step(struct db *d, void *arg)
{
	struct lines_args *a = arg;

	a->n = 0;
	return batch_each_line(d, a->batch, a->from, a->max, &a->row, lines_each, a);
}

enum rc
batch_lines(struct batch_store *s, uint64_t batch, uint64_t from, struct batch_line *dst, size_t max, size_t *n)
{
	struct lines_args a = { .batch = batch, .from = from, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, lines_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

/* ---- queues ---- */

struct list_args {
	const char *sql;
	uint64_t person, before, state;
	int64_t  since_ms;
	struct batch row, *dst;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.state = (enum batch_state)a->state;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;

	a->n = 0;
	return db_rows(d, a->sql, DB_IN(db_in_u64(a->before), db_in_i64(a->since_ms), db_in_u64(a->person),
	    db_in_u64(a->person), db_in_u64(a->max)), BATCH_OUT(&a->row, &a->state), list_each, a);
}

#define QUEUE(what) BATCH_COLUMNS " WHERE b.id < ? AND b.decided_ms >= ? AND " what " ORDER BY b.id DESC LIMIT ?"

enum rc
batch_list(struct batch_store *s, enum batch_queue q, uint64_t person, int64_t since_ms, uint64_t before,
    struct batch *dst, size_t max, size_t *n)
{
	static const char *const sql[] = {
		[BATCHES_MINE] = QUEUE("b.state = 1 AND ? = b.maker AND ? = b.maker"),
		[BATCHES_TO_CHECK] = QUEUE("b.state = 2 AND ? <> b.maker AND ? <> b.maker"),
		[BATCHES_BACK] = QUEUE("b.state = 3 AND ? = b.maker AND ? = b.maker"),
		[BATCHES_POSTED] = QUEUE("b.state = 4 AND (? = b.maker OR ? = b.checker)"),
	};
	struct list_args a = { .person = person, .before = before != 0 ? before : INT64_MAX, .dst = dst, .max = max };
	enum rc r;

	if (q < BATCHES_MINE || q > BATCHES_POSTED)
		return RC_INVALID;
	a.sql = sql[q];
	a.since_ms = q == BATCHES_POSTED ? since_ms : 0;
	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

struct account_args {
	const char *account;
	uint64_t row, *dst;
	size_t max, n;
};

static enum rc
account_each(void *arg)
{
	struct account_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
of_account_step(struct db *d, void *arg)
{
	struct account_args *a = arg;

	a->n = 0;
	return db_rows(d, "SELECT batch FROM batch_line WHERE debit = ? UNION SELECT batch FROM batch_line WHERE payee = ?"
	    " ORDER BY batch DESC LIMIT ?", DB_IN(db_in_text(a->account), db_in_text(a->account), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&a->row)), account_each, a);
}

enum rc
batch_of_account(struct batch_store *s, const char *account, uint64_t *dst, size_t max, size_t *n)
{
	struct account_args a = { .account = account, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, of_account_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}
