/*
 * mysql_terminal.c - terminals and invitations over MySQL.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "db/mysql_store.h"

/* ---- lists ---- */

struct list_args {
	struct terminal row, *dst;
	uint64_t status, consoles;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.status = (enum terminal_status)a->status;
	a->row.consoles = (unsigned)a->consoles;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;
	struct terminal *t = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT id, public_key, status, name, branch, consoles, first_seen_ms FROM terminal ORDER BY id LIMIT ?",
	    DB_IN(db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&t->id), db_out_bytes(t->public_key, KEY_BYTES), db_out_u64(&a->status),
	    db_out_text(t->name, sizeof t->name), db_out_text(t->branch, sizeof t->branch), db_out_u64(&a->consoles),
	    db_out_i64(&t->first_seen_ms)), list_each, a);
}

static enum rc
terminal_list(struct terminal_store *s, struct terminal *dst, size_t max, size_t *n)
{
	struct list_args a = { .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

struct invitations_args {
	struct invitation_row row, *dst;
	size_t max, n;
};

static enum rc
invitations_each(void *arg)
{
	struct invitations_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
invitations_step(struct db *d, void *arg)
{
	struct invitations_args *a = arg;
	struct invitation_row *v = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT id, name, branch, sealed_word, created_ms, used_ms FROM invitation WHERE used_ms = 0"
	    " ORDER BY id LIMIT ?", DB_IN(db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&v->id), db_out_text(v->name, sizeof v->name), db_out_text(v->branch, sizeof v->branch),
	    db_out_bytes(v->sealed_word, sizeof v->sealed_word), db_out_i64(&v->created_ms), db_out_i64(&v->used_ms)),
	    invitations_each, a);
}

static enum rc
terminal_invitations(struct terminal_store *s, struct invitation_row *dst, size_t max, size_t *n)
{
	struct invitations_args a = { .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, invitations_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

/* ---- an unknown key knocked ---- */

struct pending_args {
	const uint8_t *key;
	int64_t now_ms;
	const struct audit_event *ev;
};

static enum rc
pending_step(struct db *d, void *arg)
{
	const struct pending_args *a = arg;
	uint64_t known, waiting, gone;
	enum rc r;

	if ((r = db_exec(d, "UPDATE terminal SET last_seen_ms = ? WHERE public_key = ?",
	    DB_IN(db_in_i64(a->now_ms), db_in_bytes(a->key, KEY_BYTES)), &known)) != RC_OK || known == 1)
		return r;
	if ((r = db_row(d, "SELECT COUNT(*) FROM terminal WHERE status = 1", DB_NO_IN, DB_OUT(db_out_u64(&waiting)))) != RC_OK)
		return r;
	if (waiting >= PENDING_TERMINALS_MAX && (r = db_exec(d,
	    "DELETE FROM terminal WHERE status = 1 ORDER BY last_seen_ms, id LIMIT 1", DB_NO_IN, &gone)) != RC_OK)
		return r;
	r = db_exec(d, "INSERT INTO terminal (public_key, status, first_seen_ms, last_seen_ms) VALUES (?, 1, ?, ?)",
	    DB_IN(db_in_bytes(a->key, KEY_BYTES), db_in_i64(a->now_ms), db_in_i64(a->now_ms)), NULL);
	if (r == RC_EXISTS)
		return RC_OK;	/* noted by another node just now */
	/* A flood of new keys fills the list once and the audit trail no further. */
	return r != RC_OK || waiting >= PENDING_TERMINALS_MAX ? r : audit_append(d, a->ev);
}

static enum rc
terminal_note_pending(struct terminal_store *s, const uint8_t public_key[KEY_BYTES], int64_t now_ms, const struct audit_event *ev)
{
	struct pending_args a = { .key = public_key, .now_ms = now_ms, .ev = ev };

	return db_run(s->ctx, DB_REPEAT, pending_step, &a);
}

/* ---- invite, accept, revoke ---- */

struct invite_args {
	const struct invitation_row *v;
	const struct audit_event *ev;
	uint64_t id;
};

static enum rc
invite_step(struct db *d, void *arg)
{
	struct invite_args *a = arg;
	enum rc r;

	r = db_exec(d, "INSERT INTO invitation (name, branch, sealed_word, created_ms) VALUES (?, ?, ?, ?)",
	    DB_IN(db_in_text(a->v->name), db_in_text(a->v->branch), db_in_bytes(a->v->sealed_word, sizeof a->v->sealed_word),
	    db_in_i64(a->v->created_ms)), NULL);
	if (r != RC_OK)
		return r;
	a->id = db_insert_id(d);
	return audit_append(d, a->ev);
}

static enum rc
terminal_invite(struct terminal_store *s, const struct invitation_row *v, const struct audit_event *ev, uint64_t *id)
{
	struct invite_args a = { .v = v, .ev = ev };
	enum rc r;

	if ((r = db_run(s->ctx, DB_ONCE, invite_step, &a)) == RC_OK)
		*id = a.id;
	return r;
}

struct accept_args {
	const struct terminal_accept *to;
	const struct audit_event *ev;
};

static enum rc
accept_step(struct db *d, void *arg)
{
	const struct accept_args *a = arg;
	struct terminal t;
	uint64_t n;
	enum rc r;

	/* The word has served: it is erased with its use. */
	if ((r = db_exec(d, "UPDATE invitation SET used_ms = ?, sealed_word = '' WHERE id = ? AND used_ms = 0",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->to->invitation)), &n)) != RC_OK || n != 1)
		return r != RC_OK ? r : RC_NOT_FOUND;
	if ((r = db_row(d, "SELECT name, branch FROM invitation WHERE id = ?", DB_IN(db_in_u64(a->to->invitation)),
	    DB_OUT(db_out_text(t.name, sizeof t.name), db_out_text(t.branch, sizeof t.branch)))) != RC_OK)
		return r;
	if ((r = db_row(d, "SELECT COUNT(*) FROM terminal WHERE status = 2 AND name = ?", DB_IN(db_in_text(t.name)),
	    DB_OUT(db_out_u64(&n)))) != RC_OK || n != 0)
		return r != RC_OK ? r : RC_EXISTS;
	if ((r = db_exec(d, "UPDATE terminal SET status = 2, name = ?, branch = ?, consoles = ? WHERE id = ? AND status = 1",
	    DB_IN(db_in_text(t.name), db_in_text(a->to->branch != NULL ? a->to->branch : t.branch), db_in_u64(a->to->consoles),
	    db_in_u64(a->to->terminal)), &n)) != RC_OK || n != 1)
		return r != RC_OK ? r : RC_NOT_FOUND;
	return audit_append(d, a->ev);
}

static enum rc
terminal_accept(struct terminal_store *s, const struct terminal_accept *to, const struct audit_event *ev)
{
	struct accept_args a = { .to = to, .ev = ev };

	if (to->consoles == 0 || (to->consoles & ~CONSOLES_ALL) != 0)
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, accept_step, &a);
}

struct revoke_args {
	uint64_t terminal;
	const struct audit_event *ev;
};

static enum rc
revoke_step(struct db *d, void *arg)
{
	const struct revoke_args *a = arg;
	uint64_t n;
	enum rc r;

	r = db_exec(d, "UPDATE terminal SET status = 3 WHERE id = ? AND status <> 3", DB_IN(db_in_u64(a->terminal)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_NOT_FOUND;
}

static enum rc
terminal_revoke(struct terminal_store *s, uint64_t terminal, const struct audit_event *ev)
{
	struct revoke_args a = { .terminal = terminal, .ev = ev };

	return db_run(s->ctx, DB_ONCE, revoke_step, &a);
}

const struct terminal_store_ops mysql_terminal_ops = {
	.list = terminal_list,
	.note_pending = terminal_note_pending,
	.invite = terminal_invite,
	.invitations = terminal_invitations,
	.accept = terminal_accept,
	.revoke = terminal_revoke,
};
