/*
 * mysql_batch_sign.c - a batch signed by its maker, sent back by a checker.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The digest is computed from the stored lines inside the step, after the
 * conditional write that locks the batch: what is signed is what is there.
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_batch_parts.h"
#include "proto/money.h"
#include "proto/text.h"

/* ---- the digest of the lines as they stand ---- */

struct sum {
	struct batch_digest digest;
	struct batch_line row;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	size_t totals;
};

static enum rc
sum_each(void *arg)
{
	struct sum *s = arg;
	struct batch_total *t = s->total;

	while (t < s->total + s->totals && strcmp(t->currency, s->row.currency) != 0)
		t++;
	if (t == s->total + BATCH_CURRENCIES_MAX)
		return RC_LIMIT;
	if (t == s->total + s->totals) {
		s->totals++;
		memcpy(t->currency, s->row.currency, sizeof t->currency);
	}
	if (t->sum > MONEY_MAX - s->row.amount)
		return RC_LIMIT;
	t->sum += s->row.amount;
	batch_digest_line(&s->digest, &s->row);
	return RC_OK;
}

enum rc
batch_digest_lines(struct db *d, uint64_t batch, uint64_t version, uint64_t maker, uint8_t digest[DIGEST_BYTES])
{
	struct sum s = { .totals = 0 };
	enum rc r;

	batch_digest_start(&s.digest, batch, version, maker);
	if ((r = batch_each_line(d, batch, 0, BATCH_LINES_MAX, &s.row, sum_each, &s)) != RC_OK)
		return r;
	if (s.totals == 0)
		return RC_INVALID;
	batch_digest_end(&s.digest, digest);
	return RC_OK;
}

struct digest_args {
	uint64_t batch, maker;
	uint8_t  digest[DIGEST_BYTES];
};

static enum rc
digest_step(struct db *d, void *arg)
{
	struct digest_args *a = arg;
	uint64_t version;
	enum rc r;

	r = db_row(d, "SELECT version FROM batch WHERE id = ? AND maker = ? AND state IN (1, 3) FOR UPDATE",
	    DB_IN(db_in_u64(a->batch), db_in_u64(a->maker)), DB_OUT(db_out_u64(&version)));
	if (r == RC_NOT_FOUND)
		return batch_why_not(d, a->batch, a->maker);
	return r != RC_OK ? r : batch_digest_lines(d, a->batch, version, a->maker, a->digest);
}

enum rc
batch_digest_now(struct batch_store *s, uint64_t batch, uint64_t maker, uint8_t digest[DIGEST_BYTES])
{
	struct digest_args a = { .batch = batch, .maker = maker };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, digest_step, &a)) == RC_OK)
		memcpy(digest, a.digest, DIGEST_BYTES);
	return r;
}

/* ---- submit ---- */

struct sign_args {
	uint64_t batch;
	const struct code_use *by;
	const struct audit_event *ev;
};

/* Submitted already under this very signature? */
static enum rc
submitted_before(struct db *d, const struct sign_args *a)
{
	uint64_t n;
	enum rc r;

	r = db_row(d, "SELECT COUNT(*) FROM batch WHERE id = ? AND maker = ? AND state = 2 AND digest = ?",
	    DB_IN(db_in_u64(a->batch), db_in_u64(a->by->person), db_in_bytes(a->by->digest, DIGEST_BYTES)),
	    DB_OUT(db_out_u64(&n)));
	return r != RC_OK || n == 1 ? r : batch_why_not(d, a->batch, a->by->person);
}

/* The record names the digest, which covers every line. */
static enum rc
append_submitted(struct db *d, const struct sign_args *a)
{
	struct audit_event e = *a->ev;
	char hex[2 * DIGEST_BYTES + 1];
	size_t n = strlen(e.detail);

	hex_put(a->by->digest, DIGEST_BYTES, hex);
	snprintf(e.detail + n, sizeof e.detail - n, "%sdigest %s", n > 0 ? "; " : "", hex);
	return audit_append(d, &e);
}

static enum rc
submit_step(struct db *d, void *arg)
{
	const struct sign_args *a = arg;
	const struct code_use *by = a->by;
	uint8_t digest[DIGEST_BYTES];
	uint64_t written, version;
	enum rc r;

	r = db_exec(d, "UPDATE batch SET state = 2, digest = ?, submitted_ms = ?, changed_ms = ?, checker = 0, decided_ms = 0,"
	    " reason = '' WHERE id = ? AND maker = ? AND state IN (1, 3)",
	    DB_IN(db_in_bytes(by->digest, DIGEST_BYTES), db_in_i64(by->now_ms), db_in_i64(by->now_ms), db_in_u64(a->batch),
	    db_in_u64(by->person)), &written);
	if (r != RC_OK)
		return r;
	if (written != 1)
		return submitted_before(d, a);
	if ((r = db_row(d, "SELECT version FROM batch WHERE id = ?", DB_IN(db_in_u64(a->batch)), DB_OUT(db_out_u64(&version)))) != RC_OK ||
	    (r = batch_digest_lines(d, a->batch, version, by->person, digest)) != RC_OK)
		return r;
	if (!crypto_same(digest, by->digest, DIGEST_BYTES))
		return RC_REQUEST_OTHER;	/* a line changed since the code was asked for */
	if ((r = code_spend(d, CODE_BATCH, by)) != RC_OK || (r = batch_unkeep(d, a->batch)) != RC_OK)
		return r;
	return append_submitted(d, a);
}

enum rc
batch_submit(struct batch_store *s, uint64_t batch, const struct code_use *by, const struct audit_event *ev)
{
	struct sign_args a = { .batch = batch, .by = by, .ev = ev };

	return db_run(s->ctx, DB_REPEAT, submit_step, &a);
}

/* ---- sent back ---- */

struct back_args {
	uint64_t batch, checker;
	const char *reason;
	const struct audit_event *ev;
};

static enum rc
back_step(struct db *d, void *arg)
{
	const struct back_args *a = arg;
	uint64_t written, maker;
	enum rc r;

	r = db_exec(d, "UPDATE batch SET state = 3, checker = ?, decided_ms = ?, changed_ms = ?, reason = ?, version = version + 1"
	    " WHERE id = ? AND state = 2 AND maker <> ?",
	    DB_IN(db_in_u64(a->checker), db_in_i64(a->ev->at_ms), db_in_i64(a->ev->at_ms), db_in_text(a->reason),
	    db_in_u64(a->batch), db_in_u64(a->checker)), &written);
	if (r != RC_OK)
		return r;
	if (written == 1)
		return audit_append(d, a->ev);
	r = db_row(d, "SELECT maker FROM batch WHERE id = ?", DB_IN(db_in_u64(a->batch)), DB_OUT(db_out_u64(&maker)));
	return r != RC_OK ? r : maker == a->checker ? RC_DENIED : RC_EARLY;
}

enum rc
batch_back(struct batch_store *s, uint64_t batch, uint64_t checker, const char *reason, const struct audit_event *ev)
{
	struct back_args a = { .batch = batch, .checker = checker, .reason = reason, .ev = ev };

	if (!text_is_line(reason, REFERENCE_MAX_BYTES))
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, back_step, &a);
}
