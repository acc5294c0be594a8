/*
 * mysql_code.c - one-time codes over MySQL: issuing within the rate, counting
 * tries in one atomic step.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

/* ---- issue ---- */

struct issue_args {
	const struct code_row *c;
	const struct outbox_new *message;
	const struct audit_event *ev;
};

/* The person's row is locked first: two issues for one person follow each other. */
static enum rc
check_rate(struct db *d, const struct code_row *c)
{
	uint64_t id, sent;
	enum rc r;

	if ((r = db_row(d, "SELECT id FROM person WHERE id = ? FOR UPDATE", DB_IN(db_in_u64(c->person)),
	    DB_OUT(db_out_u64(&id)))) != RC_OK ||
	    (r = db_row(d, "SELECT COUNT(*) FROM code WHERE person = ? AND created_ms > ? AND used_ms = 0",
	    DB_IN(db_in_u64(c->person), db_in_i64(c->created_ms - CODE_SENDS_WINDOW_MS)), DB_OUT(db_out_u64(&sent)))) != RC_OK)
		return r;
	return sent >= CODE_SENDS_MAX ? RC_CODE_RATE : RC_OK;
}

static enum rc
issue_step(struct db *d, void *arg)
{
	const struct issue_args *a = arg;
	const struct code_row *c = a->c;
	enum rc r;

	if ((r = check_rate(d, c)) != RC_OK)
		return r;
	if ((r = db_exec(d, "UPDATE code SET expires_ms = 0 WHERE session = ? AND purpose = ? AND digest = ? AND used_ms = 0",
	    DB_IN(db_in_bytes(c->session, ID_BYTES), db_in_u64((uint64_t)c->purpose), db_in_bytes(c->digest, DIGEST_BYTES)),
	    NULL)) != RC_OK)
		return r;
	if ((r = db_exec(d, "INSERT INTO code (person, session, purpose, digest, salt, hash, created_ms, expires_ms)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(c->person), db_in_bytes(c->session, ID_BYTES), db_in_u64((uint64_t)c->purpose),
	    db_in_bytes(c->digest, DIGEST_BYTES), db_in_bytes(c->salt, NONCE_BYTES), db_in_bytes(c->hash, DIGEST_BYTES),
	    db_in_i64(c->created_ms), db_in_i64(c->expires_ms)), NULL)) != RC_OK)
		return r;
	if ((r = outbox_put(d, a->message, c->created_ms)) != RC_OK)
		return r;
	return audit_append(d, a->ev);
}

static enum rc
code_issue(struct code_store *s, const struct code_row *c, const struct outbox_new *message, const struct audit_event *ev)
{
	struct issue_args a = { .c = c, .message = message, .ev = ev };

	return db_run(s->ctx, DB_ONCE, issue_step, &a);
}

/* ---- take ---- */

struct take_args {
	const uint8_t *session, *digest;
	enum code_purpose purpose;
	int64_t now_ms;
	struct code_row row;
};

static enum rc
read_newest(struct db *d, struct take_args *a)
{
	struct code_row *c = &a->row;
	uint64_t tries;
	enum rc r;

	r = db_row(d, "SELECT id, person, salt, hash, tries, created_ms, expires_ms, used_ms FROM code"
	    " WHERE session = ? AND purpose = ? AND digest = ? ORDER BY id DESC LIMIT 1",
	    DB_IN(db_in_bytes(a->session, ID_BYTES), db_in_u64((uint64_t)a->purpose), db_in_bytes(a->digest, DIGEST_BYTES)),
	    DB_OUT(db_out_u64(&c->id), db_out_u64(&c->person), db_out_bytes(c->salt, NONCE_BYTES),
	    db_out_bytes(c->hash, DIGEST_BYTES), db_out_u64(&tries), db_out_i64(&c->created_ms), db_out_i64(&c->expires_ms),
	    db_out_i64(&c->used_ms)));
	if (r == RC_OK)
		c->tries = (uint32_t)tries;
	return r;
}

static enum rc
take_step(struct db *d, void *arg)
{
	struct take_args *a = arg;
	uint64_t counted;
	enum rc r;

	if ((r = read_newest(d, a)) != RC_OK)
		return r;
	if ((r = db_exec(d, "UPDATE code SET tries = tries + 1 WHERE id = ? AND used_ms = 0 AND tries < ? AND expires_ms > ?",
	    DB_IN(db_in_u64(a->row.id), db_in_u64(CODE_TRIES), db_in_i64(a->now_ms)), &counted)) != RC_OK ||
	    (r = read_newest(d, a)) != RC_OK)
		return r;
	if (counted == 1)
		return RC_OK;
	return a->row.used_ms != 0 ? RC_CODE_USED : a->row.tries >= CODE_TRIES ? RC_CODE_TRIES : RC_CODE_EXPIRED;
}

static enum rc
code_take(struct code_store *s, const uint8_t session[ID_BYTES], enum code_purpose purpose,
    const uint8_t digest[DIGEST_BYTES], int64_t now_ms, struct code_row *row)
{
	struct take_args a = { .session = session, .purpose = purpose, .digest = digest, .now_ms = now_ms };
	enum rc r;

	if ((r = db_run(s->ctx, DB_ONCE, take_step, &a)) == RC_OK) {
		*row = a.row;
		memcpy(row->session, session, ID_BYTES);
		memcpy(row->digest, digest, DIGEST_BYTES);
		row->purpose = purpose;
	}
	crypto_wipe(&a.row, sizeof a.row);
	return r;
}

/* ---- spend ---- */

enum rc
code_spend(struct db *d, enum code_purpose purpose, const struct code_use *by)
{
	uint64_t spent;
	int64_t used_ms;
	enum rc r;

	r = db_exec(d, "UPDATE code SET used_ms = ? WHERE id = ? AND person = ? AND session = ? AND purpose = ? AND digest = ?"
	    " AND used_ms = 0 AND expires_ms > ?",
	    DB_IN(db_in_i64(by->now_ms), db_in_u64(by->code), db_in_u64(by->person), db_in_bytes(by->session, ID_BYTES),
	    db_in_u64((uint64_t)purpose), db_in_bytes(by->digest, DIGEST_BYTES), db_in_i64(by->now_ms)), &spent);
	if (r != RC_OK || spent == 1)
		return r;
	r = db_row(d, "SELECT used_ms FROM code WHERE id = ? AND session = ?",
	    DB_IN(db_in_u64(by->code), db_in_bytes(by->session, ID_BYTES)), DB_OUT(db_out_i64(&used_ms)));
	if (r != RC_OK && r != RC_NOT_FOUND)
		return r;
	return r == RC_OK && used_ms != 0 ? RC_CODE_USED : RC_PROOF_MISSING;
}

const struct code_store_ops mysql_code_ops = {
	.issue = code_issue,
	.take = code_take,
};
