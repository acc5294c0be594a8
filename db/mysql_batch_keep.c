/*
 * mysql_batch_keep.c - lines of a batch that cannot be saved yet, kept for their
 * maker as they stand.
 * SPDX-License-Identifier: Apache-2.0
 *
 * They are no lines of the batch and change no version. A line saved at the
 * same place ends them (mysql_batch.c), and so do the signature and the end of the
 * batch.
 */
#include "db/mysql_batch_parts.h"

struct keep_args {
	uint64_t batch, maker;
	const struct batch_line *l;
};

static enum rc
keep_step(struct db *d, void *arg)
{
	const struct keep_args *a = arg;
	const struct batch_line *l = a->l;
	uint64_t others, mine;
	enum rc r;

	r = db_row(d, "SELECT id FROM batch WHERE id = ? AND maker = ? AND state IN (1, 3) FOR UPDATE",
	    DB_IN(db_in_u64(a->batch), db_in_u64(a->maker)), DB_OUT(db_out_u64(&mine)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? batch_why_not(d, a->batch, a->maker) : r;
	if ((r = db_row(d, "SELECT COUNT(*) FROM batch_unfinished WHERE batch = ? AND place <> ?",
	    DB_IN(db_in_u64(a->batch), db_in_u64(l->place)), DB_OUT(db_out_u64(&others)))) != RC_OK)
		return r;
	if (others >= BATCH_UNFINISHED_MAX)
		return RC_LIMIT;
	return db_exec(d, "REPLACE INTO batch_unfinished (batch, place, debit, payee, amount, currency, reference)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(a->batch), db_in_u64(l->place), db_in_text(l->debit), db_in_text(l->payee), db_in_i64(l->amount),
	    db_in_text(l->currency), db_in_text(l->reference)), NULL);
}

enum rc
batch_keep(struct batch_store *s, uint64_t batch, uint64_t maker, const struct batch_line *l)
{
	struct keep_args a = { .batch = batch, .maker = maker, .l = l };

	return l->place == 0 ? RC_INVALID : db_run(s->ctx, DB_REPEAT, keep_step, &a);
}

enum rc
batch_unkeep(struct db *d, uint64_t batch)
{
	return db_exec(d, "DELETE FROM batch_unfinished WHERE batch = ?", DB_IN(db_in_u64(batch)), NULL);
}

struct kept_args {
	uint64_t batch;
	struct batch_line row, *dst;
	size_t n;
};

static enum rc
kept_each(void *arg)
{
	struct kept_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
kept_step(struct db *d, void *arg)
{
	struct kept_args *a = arg;
	struct batch_line *l = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT place, debit, payee, amount, currency, reference FROM batch_unfinished WHERE batch = ?"
	    " ORDER BY place LIMIT ?",
	    DB_IN(db_in_u64(a->batch), db_in_u64(BATCH_UNFINISHED_MAX)), DB_OUT(db_out_u64(&l->place), db_out_text(l->debit, sizeof l->debit),
	    db_out_text(l->payee, sizeof l->payee), db_out_i64(&l->amount), db_out_text(l->currency, sizeof l->currency),
	    db_out_text(l->reference, sizeof l->reference)), kept_each, a);
}

enum rc
batch_kept(struct batch_store *s, uint64_t batch, struct batch_line dst[BATCH_UNFINISHED_MAX], size_t *n)
{
	struct kept_args a = { .batch = batch, .dst = dst };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, kept_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}
