/*
 * mysql_outbox.c - messages waiting to be sent, over MySQL.
 * SPDX-License-Identifier: Apache-2.0
 *
 * States: 1 waiting, 2 sent, 3 given up. A lease is a due time in the future,
 * taken by a conditional write, so two notifiers never hold one message.
 */
#include "db/mysql_store.h"

#define CLAIM_TRIES 8

enum rc
outbox_put(struct db *d, const struct outbox_new *m, int64_t now_ms)
{
	if (m->sealed_n > OUTBOX_SEALED_MAX)
		return RC_TOO_BIG;
	return db_exec(d, "INSERT INTO outbox (person, sealed, created_ms, due_ms, expires_ms) VALUES (?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(m->person), db_in_bytes(m->sealed, m->sealed_n), db_in_i64(now_ms), db_in_i64(now_ms),
	    db_in_i64(m->expires_ms)), NULL);
}

struct claim_args {
	int64_t now_ms, lease_until;
	struct outbox_row row;
};

static enum rc
claim_step(struct db *d, void *arg)
{
	struct claim_args *a = arg;
	uint64_t attempts, leased = 0;
	enum rc r;

	for (int i = 0; i < CLAIM_TRIES && leased == 0; i++) {
		if ((r = db_row(d, "SELECT id FROM outbox WHERE state = 1 AND due_ms <= ? ORDER BY due_ms, id LIMIT 1",
		    DB_IN(db_in_i64(a->now_ms)), DB_OUT(db_out_u64(&a->row.id)))) != RC_OK)
			return r;
		if ((r = db_exec(d, "UPDATE outbox SET due_ms = ?, attempts = attempts + 1 WHERE id = ? AND state = 1 AND due_ms <= ?",
		    DB_IN(db_in_i64(a->lease_until), db_in_u64(a->row.id), db_in_i64(a->now_ms)), &leased)) != RC_OK)
			return r;
	}
	if (leased == 0)
		return RC_NOT_FOUND;	/* others were always faster: nothing left for this one */
	r = db_row(d, "SELECT person, sealed, attempts, expires_ms FROM outbox WHERE id = ?", DB_IN(db_in_u64(a->row.id)),
	    DB_OUT(db_out_u64(&a->row.person), db_out_blob(a->row.sealed, sizeof a->row.sealed, &a->row.sealed_n),
	    db_out_u64(&attempts), db_out_i64(&a->row.expires_ms)));
	if (r == RC_OK)
		a->row.attempts = (uint32_t)attempts;
	return r;
}

static enum rc
outbox_claim(struct outbox_store *s, int64_t now_ms, int64_t lease_until, struct outbox_row *row)
{
	struct claim_args a = { .now_ms = now_ms, .lease_until = lease_until };
	enum rc r;

	if ((r = db_run(s->ctx, DB_ONCE, claim_step, &a)) == RC_OK)
		*row = a.row;
	return r;
}

struct end_args {
	uint64_t id;
	int64_t next_ms;
	const struct audit_event *ev;
};

static enum rc
sent_step(struct db *d, void *arg)
{
	const struct end_args *a = arg;
	uint64_t n;
	enum rc r;

	r = db_exec(d, "UPDATE outbox SET state = 2, sealed = '' WHERE id = ? AND state = 1", DB_IN(db_in_u64(a->id)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_NOT_FOUND;
}

static enum rc
outbox_sent(struct outbox_store *s, uint64_t id, const struct audit_event *ev)
{
	struct end_args a = { .id = id, .ev = ev };

	return db_run(s->ctx, DB_ONCE, sent_step, &a);
}

static enum rc
failed_step(struct db *d, void *arg)
{
	const struct end_args *a = arg;
	uint64_t n;
	enum rc r;

	if (a->next_ms == 0)
		r = db_exec(d, "UPDATE outbox SET state = 3, sealed = '' WHERE id = ? AND state = 1", DB_IN(db_in_u64(a->id)), &n);
	else
		r = db_exec(d, "UPDATE outbox SET due_ms = ? WHERE id = ? AND state = 1",
		    DB_IN(db_in_i64(a->next_ms), db_in_u64(a->id)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_NOT_FOUND;
}

static enum rc
outbox_failed(struct outbox_store *s, uint64_t id, int64_t next_ms, const struct audit_event *ev)
{
	struct end_args a = { .id = id, .next_ms = next_ms, .ev = ev };

	return db_run(s->ctx, DB_ONCE, failed_step, &a);
}

const struct outbox_store_ops mysql_outbox_ops = {
	.claim = outbox_claim,
	.sent = outbox_sent,
	.failed = outbox_failed,
};
