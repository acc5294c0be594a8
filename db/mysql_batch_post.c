/*
 * mysql_batch_post.c - a batch posted: every line in one transaction, or none.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The conditional write on the batch says who may post and locks it; the
 * checker's face and code are spent; all accounts are locked in ascending
 * order, as every other step does, before the first line moves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/mysql_batch_parts.h"
#include "db/mysql_ledger_move.h"

struct post_args {
	uint64_t batch;
	const struct code_use *by;
	const struct audit_event *ev;
	uint64_t failed;		/* out: the place of the line that could not be posted; 0: none */
	uint64_t maker, first, last;	/* journal rows */
	struct batch_line row, *lines;	/* BATCH_LINES_MAX */
	size_t   n;
};

static enum rc
line_each(void *arg)
{
	struct post_args *a = arg;

	a->lines[a->n++] = a->row;
	return RC_OK;
}

/* Not posted by this write: was it, by this very checker, before; or why not? */
static enum rc
post_why_not(struct db *d, struct post_args *a)
{
	const struct code_use *by = a->by;
	uint64_t maker, state, checker;
	uint8_t digest[DIGEST_BYTES];
	enum rc r;

	r = db_row(d, "SELECT maker, state, checker, digest FROM batch WHERE id = ?", DB_IN(db_in_u64(a->batch)),
	    DB_OUT(db_out_u64(&maker), db_out_u64(&state), db_out_u64(&checker), db_out_bytes(digest, DIGEST_BYTES)));
	if (r != RC_OK)
		return r;
	if (state == BATCH_POSTED && checker == by->person && crypto_same(digest, by->digest, DIGEST_BYTES))
		return RC_OK;
	if (state != BATCH_SUBMITTED)
		return RC_EARLY;
	return crypto_same(digest, by->digest, DIGEST_BYTES) ? RC_DENIED : RC_REQUEST_OTHER;
}

static enum rc
locked_each(void *arg)
{
	(void)arg;
	return RC_OK;
}

/* Every account of the batch, ascending. */
static enum rc
accounts_lock(struct db *d, uint64_t batch)
{
	uint64_t id;

	return db_rows(d, "SELECT a.id FROM account a WHERE a.number IN (SELECT l.debit FROM batch_line l WHERE l.batch = ?"
	    " UNION SELECT l.payee FROM batch_line l WHERE l.batch = ?) ORDER BY a.id FOR UPDATE",
	    DB_IN(db_in_u64(batch), db_in_u64(batch)), DB_OUT(db_out_u64(&id)), locked_each, NULL);
}

/* Names one line of one batch for ever: its request and its nonce. */
static void
line_id(const struct post_args *a, const struct batch_line *l, uint8_t id[static ID_BYTES])
{
	uint8_t all[DIGEST_BYTES];
	struct hash h;

	hash_start(&h, "countersign batch line 1");
	hash_u64(&h, a->batch);
	hash_u64(&h, l->place);
	hash_end(&h, all);
	memcpy(id, all, ID_BYTES);
}

static enum rc
line_post(struct db *d, struct post_args *a, const struct batch_line *l)
{
	uint8_t id[ID_BYTES];
	struct txn t = { .kind = TXN_BATCH, .amount = l->amount };
	struct movement m = { .txn = &t, .person = a->maker, .request = id, .intent = id, .now_ms = a->by->now_ms };
	struct account debit, payee;
	bool debit_open, payee_open;
	enum rc r;

	line_id(a, l, id);
	memcpy(t.debit, l->debit, sizeof t.debit);
	memcpy(t.payee, l->payee, sizeof t.payee);
	memcpy(t.payee_name, l->payee_name, sizeof t.payee_name);
	memcpy(t.currency, l->currency, sizeof t.currency);
	memcpy(t.reference, l->reference, sizeof t.reference);
	memcpy(t.nonce, id, sizeof t.nonce);
	txn_digest(&t, m.digest);
	if ((r = account_read(d, l->debit, &debit, &debit_open)) != RC_OK ||
	    (r = account_read(d, l->payee, &payee, &payee_open)) != RC_OK)
		return r;
	if (debit.kind != ACCOUNT_CUSTOMER || payee.kind != ACCOUNT_CUSTOMER)
		return RC_ACCOUNT_UNKNOWN;
	/* Who checks does not check their own money. */
	if (debit.person == a->by->person || payee.person == a->by->person)
		return RC_DENIED;
	if (!debit_open || !payee_open)
		return RC_ACCOUNT_CLOSED;
	if ((r = movement_check(&debit, &payee, &t)) != RC_OK || (r = journal_insert(d, &m)) != RC_OK ||
	    (r = movement_run(d, &m, &debit, &payee)) != RC_OK)
		return r;
	if (a->first == 0)
		a->first = m.journal;
	a->last = m.journal;
	return db_exec(d, "UPDATE batch_line SET journal = ? WHERE batch = ? AND place = ?",
	    DB_IN(db_in_u64(m.journal), db_in_u64(a->batch), db_in_u64(l->place)), NULL);
}

static enum rc
lines_post(struct db *d, struct post_args *a)
{
	enum rc r;

	a->n = 0;
	a->first = a->failed = 0;
	if ((r = accounts_lock(d, a->batch)) != RC_OK ||
	    (r = batch_each_line(d, a->batch, 0, BATCH_LINES_MAX, &a->row, line_each, a)) != RC_OK)
		return r;
	for (size_t i = 0; i < a->n; i++)
		if ((r = line_post(d, a, &a->lines[i])) != RC_OK) {
			a->failed = a->lines[i].place;
			return r;
		}
	return RC_OK;
}

/* The record names the digest, which covers every line, and the first and last journal row. */
static enum rc
append_posted(struct db *d, const struct post_args *a)
{
	struct audit_event e = *a->ev;
	char hex[2 * DIGEST_BYTES + 1];
	size_t n = strlen(e.detail);

	hex_put(a->by->digest, DIGEST_BYTES, hex);
	snprintf(e.detail + n, sizeof e.detail - n, "%sjournal %llu to %llu, digest %s", n > 0 ? "; " : "",
	    (unsigned long long)a->first, (unsigned long long)a->last, hex);
	return audit_append(d, &e);
}

static enum rc
post_step(struct db *d, void *arg)
{
	struct post_args *a = arg;
	const struct code_use *by = a->by;
	uint8_t digest[DIGEST_BYTES];
	uint64_t written, version;
	enum rc r;

	r = db_exec(d, "UPDATE batch SET state = 4, checker = ?, decided_ms = ?, changed_ms = ? WHERE id = ? AND state = 2"
	    " AND maker <> ? AND digest = ?"
	    " AND EXISTS (SELECT 1 FROM person_role r WHERE r.person = ? AND r.role = 3 AND r.ended_ms = 0)",
	    DB_IN(db_in_u64(by->person), db_in_i64(by->now_ms), db_in_i64(by->now_ms), db_in_u64(a->batch),
	    db_in_u64(by->person), db_in_bytes(by->digest, DIGEST_BYTES), db_in_u64(by->person)), &written);
	if (r != RC_OK || written != 1)
		return r != RC_OK ? r : post_why_not(d, a);
	if ((r = db_row(d, "SELECT maker, version FROM batch WHERE id = ?", DB_IN(db_in_u64(a->batch)),
	    DB_OUT(db_out_u64(&a->maker), db_out_u64(&version)))) != RC_OK ||
	    (r = batch_digest_lines(d, a->batch, version, a->maker, digest)) != RC_OK)
		return r;
	if (!crypto_same(digest, by->digest, DIGEST_BYTES))
		return RC_FORGED;	/* a stored line was changed after it was signed */
	if ((r = face_spend(d, by, 0)) != RC_OK || (r = code_spend(d, CODE_BATCH, by)) != RC_OK ||
	    (r = lines_post(d, a)) != RC_OK)
		return r;
	return append_posted(d, a);
}

enum rc
batch_post(struct batch_store *s, uint64_t batch, const struct code_use *by, const struct audit_event *ev, uint64_t *failed)
{
	struct post_args a = { .batch = batch, .by = by, .ev = ev };
	enum rc r;

	if ((a.lines = calloc(BATCH_LINES_MAX, sizeof *a.lines)) == NULL)
		return RC_NOMEM;
	r = db_run(s->ctx, DB_REPEAT, post_step, &a);
	*failed = r != RC_OK && r != RC_STORE ? a.failed : 0;
	free(a.lines);
	return r;
}
