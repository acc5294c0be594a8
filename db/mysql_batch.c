/*
 * mysql_batch.c - batches over MySQL: lines saved, a batch opened, imported, dropped.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every change first raises the batch's version by a conditional write, which
 * says who may and locks the batch: two changes never overlap.
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_batch_parts.h"

/* Why a conditional write on a batch of this maker matched nothing. */
enum rc
batch_why_not(struct db *d, uint64_t batch, uint64_t maker)
{
	uint64_t n;
	enum rc r;

	r = db_row(d, "SELECT COUNT(*) FROM batch WHERE id = ? AND maker = ?", DB_IN(db_in_u64(batch), db_in_u64(maker)),
	    DB_OUT(db_out_u64(&n)));
	return r != RC_OK ? r : n == 0 ? RC_NOT_FOUND : RC_EARLY;
}

/* ---- open ---- */

struct open_args {
	uint64_t maker;
	const uint8_t *request;
	enum batch_state state;
	const struct audit_event *ev;
	uint64_t id;
};

/* What the records of a batch are about. */
static void
batch_subject(uint64_t id, char dst[static AUDIT_SUBJECT_BYTES])
{
	snprintf(dst, AUDIT_SUBJECT_BYTES, "batch %llu", (unsigned long long)id);
}

/* Imports of this maker that were given up are thrown away, each with its record. */
static enum rc
stale_drop(struct db *d, const struct open_args *a)
{
	struct audit_event ev = *a->ev;
	uint64_t id;
	enum rc r;

	ev.action = AUDIT_BATCH_DROP;
	for (;;) {
		r = db_row(d, "SELECT COALESCE(MIN(id), 0) FROM batch WHERE maker = ? AND state = 6 AND changed_ms < ?",
		    DB_IN(db_in_u64(a->maker), db_in_i64(a->ev->at_ms - BATCH_IMPORT_STALE_MS)), DB_OUT(db_out_u64(&id)));
		if (r != RC_OK || id == 0)
			return r;
		if ((r = db_exec(d, "UPDATE batch SET state = 5, version = version + 1, changed_ms = ? WHERE id = ?",
		    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(id)), NULL)) != RC_OK)
			return r;
		batch_subject(id, ev.subject);
		snprintf(ev.detail, sizeof ev.detail, "an import that was given up");
		if ((r = audit_append(d, &ev)) != RC_OK)
			return r;
	}
}

static enum rc
open_step(struct db *d, void *arg)
{
	static const uint8_t none[DIGEST_BYTES];
	struct open_args *a = arg;
	struct audit_event ev = *a->ev;
	int64_t now = ev.at_ms;
	enum rc r;

	r = db_exec(d, "INSERT INTO batch (maker, request, state, digest, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(a->maker), db_in_bytes(a->request, ID_BYTES), db_in_u64((uint64_t)a->state),
	    db_in_bytes(none, DIGEST_BYTES), db_in_i64(now), db_in_i64(now)), NULL);
	if (r == RC_EXISTS)
		return db_row(d, "SELECT id FROM batch WHERE maker = ? AND request = ?",
		    DB_IN(db_in_u64(a->maker), db_in_bytes(a->request, ID_BYTES)), DB_OUT(db_out_u64(&a->id)));
	if (r != RC_OK)
		return r;
	a->id = db_insert_id(d);
	batch_subject(a->id, ev.subject);
	if ((r = audit_append(d, &ev)) != RC_OK || a->state != BATCH_IMPORT)
		return r;
	return stale_drop(d, a);
}

static enum rc
batch_open(struct batch_store *s, uint64_t maker, const uint8_t request[ID_BYTES], enum batch_state state,
    const struct audit_event *ev, uint64_t *id)
{
	struct open_args a = { .maker = maker, .request = request, .state = state, .ev = ev };
	enum rc r;

	if (state != BATCH_DRAFT && state != BATCH_IMPORT)
		return RC_INVALID;
	if ((r = db_run(s->ctx, DB_REPEAT, open_step, &a)) == RC_OK)
		*id = a.id;
	return r;
}

/* ---- lines ---- */

struct lines_args {
	uint64_t batch, maker;
	const struct batch_line *l;
	size_t   n;
	uint64_t place;
	int64_t  now_ms;
};

/* The maker may change it, and it has a new version. */
static enum rc
touch(struct db *d, const struct lines_args *a)
{
	uint64_t written;
	enum rc r;

	r = db_exec(d, "UPDATE batch SET version = version + 1, changed_ms = ? WHERE id = ? AND maker = ? AND state IN (1, 3, 6)",
	    DB_IN(db_in_i64(a->now_ms), db_in_u64(a->batch), db_in_u64(a->maker)), &written);
	return r != RC_OK || written == 1 ? r : batch_why_not(d, a->batch, a->maker);
}

/* A line that was kept at this place is over. */
static enum rc
unkeep(struct db *d, uint64_t batch, uint64_t place)
{
	return db_exec(d, "DELETE FROM batch_unfinished WHERE batch = ? AND place = ?", DB_IN(db_in_u64(batch), db_in_u64(place)), NULL);
}

static enum rc
put_step(struct db *d, void *arg)
{
	const struct lines_args *a = arg;
	uint64_t lines;
	enum rc r;

	if ((r = touch(d, a)) != RC_OK)
		return r;
	for (size_t i = 0; i < a->n; i++) {
		const struct batch_line *l = &a->l[i];

		r = db_exec(d, "INSERT INTO batch_line (batch, place, debit, payee, payee_name, amount, currency, reference, saved_ms)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE debit = VALUES(debit), payee = VALUES(payee),"
		    " payee_name = VALUES(payee_name), amount = VALUES(amount), currency = VALUES(currency),"
		    " reference = VALUES(reference), saved_ms = VALUES(saved_ms)",
		    DB_IN(db_in_u64(a->batch), db_in_u64(l->place), db_in_text(l->debit), db_in_text(l->payee),
		    db_in_text(l->payee_name), db_in_i64(l->amount), db_in_text(l->currency), db_in_text(l->reference),
		    db_in_i64(a->now_ms)), NULL);
		if (r != RC_OK || (r = unkeep(d, a->batch, l->place)) != RC_OK)
			return r;
	}
	r = db_row(d, "SELECT COUNT(*) FROM batch_line WHERE batch = ?", DB_IN(db_in_u64(a->batch)), DB_OUT(db_out_u64(&lines)));
	return r != RC_OK ? r : lines <= BATCH_LINES_MAX ? RC_OK : RC_LIMIT;
}

static enum rc
batch_lines_put(struct batch_store *s, uint64_t batch, uint64_t maker, const struct batch_line *l, size_t n, int64_t now_ms)
{
	struct lines_args a = { .batch = batch, .maker = maker, .l = l, .n = n, .now_ms = now_ms };

	for (size_t i = 0; i < n; i++)
		if (l[i].place == 0 || l[i].amount <= 0)
			return RC_INVALID;
	return db_run(s->ctx, DB_REPEAT, put_step, &a);
}

static enum rc
line_drop_step(struct db *d, void *arg)
{
	const struct lines_args *a = arg;
	enum rc r;

	if ((r = touch(d, a)) != RC_OK || (r = unkeep(d, a->batch, a->place)) != RC_OK)
		return r;
	return db_exec(d, "DELETE FROM batch_line WHERE batch = ? AND place = ?", DB_IN(db_in_u64(a->batch), db_in_u64(a->place)),
	    NULL);
}

static enum rc
batch_line_drop(struct batch_store *s, uint64_t batch, uint64_t maker, uint64_t place, int64_t now_ms)
{
	struct lines_args a = { .batch = batch, .maker = maker, .place = place, .now_ms = now_ms };

	return db_run(s->ctx, DB_REPEAT, line_drop_step, &a);
}

/* ---- imported, dropped ---- */

struct state_args {
	uint64_t batch, maker;
	const struct audit_event *ev;
};

static enum rc
imported_step(struct db *d, void *arg)
{
	const struct state_args *a = arg;
	uint64_t written;
	enum rc r;

	r = db_exec(d, "UPDATE batch SET state = 1, changed_ms = ? WHERE id = ? AND maker = ? AND state = 6",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->batch), db_in_u64(a->maker)), &written);
	if (r != RC_OK)
		return r;
	return written == 1 ? audit_append(d, a->ev) : batch_why_not(d, a->batch, a->maker);
}

static enum rc
batch_imported(struct batch_store *s, uint64_t batch, uint64_t maker, const struct audit_event *ev)
{
	struct state_args a = { .batch = batch, .maker = maker, .ev = ev };

	return db_run(s->ctx, DB_ONCE, imported_step, &a);
}

static enum rc
drop_step(struct db *d, void *arg)
{
	const struct state_args *a = arg;
	uint64_t written;
	enum rc r;

	r = db_exec(d, "UPDATE batch SET state = 5, changed_ms = ? WHERE id = ? AND maker = ? AND state IN (1, 3, 6)",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->batch), db_in_u64(a->maker)), &written);
	if (r != RC_OK || written != 1)
		return r != RC_OK ? r : batch_why_not(d, a->batch, a->maker);
	return (r = batch_unkeep(d, a->batch)) != RC_OK ? r : audit_append(d, a->ev);
}

static enum rc
batch_drop(struct batch_store *s, uint64_t batch, uint64_t maker, const struct audit_event *ev)
{
	struct state_args a = { .batch = batch, .maker = maker, .ev = ev };

	return db_run(s->ctx, DB_ONCE, drop_step, &a);
}

const struct batch_store_ops mysql_batch_ops = {
	.open = batch_open,
	.lines_put = batch_lines_put,
	.keep = batch_keep,
	.kept = batch_kept,
	.of_account = batch_of_account,
	.line_drop = batch_line_drop,
	.imported = batch_imported,
	.drop = batch_drop,
	.get = batch_get,
	.lines = batch_lines,
	.list = batch_list,
	.digest = batch_digest_now,
	.submit = batch_submit,
	.back = batch_back,
	.post = batch_post,
};
