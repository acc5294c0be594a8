/*
 * mysql_session.c - sessions over MySQL.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

/* ---- create ---- */

struct create_args {
	const struct session *n;
	const uint8_t *token_hash;
	const struct audit_event *ev;
};

static enum rc
create_step(struct db *d, void *arg)
{
	const struct create_args *a = arg;
	const struct session *n = a->n;
	enum rc r;

	r = db_exec(d, "INSERT INTO session (id, token_hash, person, terminal, state, created_ms, seen_ms, currency, console)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_bytes(n->id, ID_BYTES), db_in_bytes(a->token_hash, DIGEST_BYTES), db_in_u64(n->person),
	    db_in_u64(n->terminal), db_in_u64((uint64_t)n->state), db_in_i64(n->created_ms), db_in_i64(n->seen_ms),
	    db_in_text(n->currency), db_in_u64((uint64_t)n->console)), NULL);
	return r != RC_OK ? r : audit_append(d, a->ev);
}

static enum rc
session_create(struct session_store *s, const struct session *n, const uint8_t token_hash[DIGEST_BYTES],
    const struct audit_event *ev)
{
	struct create_args a = { .n = n, .token_hash = token_hash, .ev = ev };

	return db_run(s->ctx, DB_ONCE, create_step, &a);
}

/* ---- by token ---- */

struct find_args {
	const uint8_t *token_hash;
	struct session row;
};

static enum rc
find_step(struct db *d, void *arg)
{
	struct find_args *a = arg;
	uint64_t state, console, roles;
	enum rc r;

	r = db_row(d, "SELECT id, person, terminal, IF((SELECT p.status FROM person p WHERE p.id = session.person) = 3, 5, state), created_ms, seen_ms, currency, console," ROLES_OF("session.person")
	    " FROM session WHERE token_hash = ?",
	    DB_IN(db_in_bytes(a->token_hash, DIGEST_BYTES)),
	    DB_OUT(db_out_bytes(a->row.id, ID_BYTES), db_out_u64(&a->row.person), db_out_u64(&a->row.terminal),
	    db_out_u64(&state), db_out_i64(&a->row.created_ms), db_out_i64(&a->row.seen_ms),
	    db_out_text(a->row.currency, sizeof a->row.currency), db_out_u64(&console), db_out_u64(&roles)));
	if (r == RC_OK) {
		a->row.state = (enum session_state)state;
		a->row.console = (enum console)console;
		a->row.roles = (unsigned)roles;
	}
	return r;
}

static enum rc
session_by_token(struct session_store *s, const uint8_t token_hash[DIGEST_BYTES], struct session *out)
{
	struct find_args a = { .token_hash = token_hash };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, find_step, &a)) == RC_OK)
		*out = a.row;
	return r;
}

/* ---- move ---- */

struct move_args {
	const uint8_t *id, *token_hash;
	enum session_state from, to;
	uint64_t code;
	const uint8_t *digest;		/* of the face proof; NULL: none is asked for */
	const struct audit_event *ev;
};

/* The code that was typed right must still be unspent, and of this session. */
static enum rc
spend_code(struct db *d, const struct move_args *a)
{
	uint64_t spent;
	enum rc r;

	r = db_exec(d, "UPDATE code SET used_ms = ? WHERE id = ? AND session = ? AND used_ms = 0",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->code), db_in_bytes(a->id, ID_BYTES)), &spent);
	return r != RC_OK ? r : spent == 1 ? RC_OK : RC_CODE_USED;
}

static enum rc
spend_face(struct db *d, const struct move_args *a)
{
	uint64_t spent;
	enum rc r;

	r = db_exec(d, "UPDATE proof SET spent_ms = ? WHERE session = ? AND factor = 1 AND digest = ? AND spent_ms = 0"
	    " AND expires_ms > ? AND person = (SELECT person FROM session WHERE id = ?) ORDER BY id LIMIT 1",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_bytes(a->id, ID_BYTES), db_in_bytes(a->digest, DIGEST_BYTES),
	    db_in_i64(a->ev->at_ms), db_in_bytes(a->id, ID_BYTES)), &spent);
	return r != RC_OK ? r : spent == 1 ? RC_OK : RC_PROOF_MISSING;
}

static enum rc
move_state(struct db *d, const struct move_args *a)
{
	uint64_t moved;
	enum rc r;

	if (a->token_hash != NULL)
		r = db_exec(d, "UPDATE session SET state = ?, seen_ms = ?, token_hash = ? WHERE id = ? AND state = ?",
		    DB_IN(db_in_u64((uint64_t)a->to), db_in_i64(a->ev->at_ms), db_in_bytes(a->token_hash, DIGEST_BYTES),
		    db_in_bytes(a->id, ID_BYTES), db_in_u64((uint64_t)a->from)), &moved);
	else
		r = db_exec(d, "UPDATE session SET state = ?, seen_ms = ? WHERE id = ? AND state = ?",
		    DB_IN(db_in_u64((uint64_t)a->to), db_in_i64(a->ev->at_ms), db_in_bytes(a->id, ID_BYTES),
		    db_in_u64((uint64_t)a->from)), &moved);
	return r != RC_OK ? r : moved == 1 ? RC_OK : RC_EARLY;
}

/* A move under a new token that was committed before is recognised by the token. */
static bool
moved_before(struct db *d, const struct move_args *a)
{
	uint64_t one;

	return a->token_hash != NULL && db_row(d, "SELECT 1 FROM session WHERE id = ? AND state = ? AND token_hash = ?",
	    DB_IN(db_in_bytes(a->id, ID_BYTES), db_in_u64((uint64_t)a->to), db_in_bytes(a->token_hash, DIGEST_BYTES)),
	    DB_OUT(db_out_u64(&one))) == RC_OK;
}

static enum rc
move_step(struct db *d, void *arg)
{
	const struct move_args *a = arg;
	enum rc r;

	if ((r = move_state(d, a)) != RC_OK)
		return r == RC_EARLY && moved_before(d, a) ? RC_OK : r;
	if ((a->code != 0 && (r = spend_code(d, a)) != RC_OK) || (a->digest != NULL && (r = spend_face(d, a)) != RC_OK))
		return r;
	if (a->to == SESSION_SIGNED_ON && (r = db_exec(d,
	    "UPDATE person SET last_login_ms = ? WHERE id = (SELECT person FROM session WHERE id = ?)",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_bytes(a->id, ID_BYTES)), NULL)) != RC_OK)
		return r;
	return audit_append(d, a->ev);
}

static enum rc
session_move(struct session_store *s, const uint8_t id[ID_BYTES], enum session_state from, enum session_state to,
    const uint8_t *new_token_hash, uint64_t code, const struct audit_event *ev)
{
	struct move_args a = { .id = id, .token_hash = new_token_hash, .from = from, .to = to, .code = code, .ev = ev };

	return db_run(s->ctx, new_token_hash != NULL ? DB_REPEAT : DB_ONCE, move_step, &a);
}

static enum rc
session_face(struct session_store *s, const uint8_t id[ID_BYTES], const uint8_t digest[DIGEST_BYTES],
    const uint8_t new_token_hash[DIGEST_BYTES], const struct audit_event *ev)
{
	struct move_args a = { .id = id, .token_hash = new_token_hash, .from = SESSION_SIGN_ON_FACE, .to = SESSION_SIGNED_ON,
	    .digest = digest, .ev = ev };

	return db_run(s->ctx, DB_REPEAT, move_step, &a);
}

/* ---- touch, end ---- */

struct touch_args {
	const uint8_t *id;
	int64_t now_ms;
};

static enum rc
touch_step(struct db *d, void *arg)
{
	const struct touch_args *a = arg;
	uint64_t n;
	enum rc r;

	r = db_exec(d, "UPDATE session SET seen_ms = ? WHERE id = ?",
	    DB_IN(db_in_i64(a->now_ms), db_in_bytes(a->id, ID_BYTES)), &n);
	return r != RC_OK ? r : n == 1 ? RC_OK : RC_NOT_FOUND;
}

static enum rc
session_touch(struct session_store *s, const uint8_t id[ID_BYTES], int64_t now_ms)
{
	struct touch_args a = { .id = id, .now_ms = now_ms };

	return db_run(s->ctx, DB_REPEAT, touch_step, &a);
}

struct end_args {
	const uint8_t *id;
	const struct audit_event *ev;
};

static enum rc
end_step(struct db *d, void *arg)
{
	const struct end_args *a = arg;
	uint64_t ended;
	enum rc r;

	r = db_exec(d, "UPDATE session SET state = 5, seen_ms = ? WHERE id = ? AND state <> 5",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_bytes(a->id, ID_BYTES)), &ended);
	return r != RC_OK || ended == 0 ? r : audit_append(d, a->ev);
}

static enum rc
session_end(struct session_store *s, const uint8_t id[ID_BYTES], const struct audit_event *ev)
{
	struct end_args a = { .id = id, .ev = ev };

	return db_run(s->ctx, DB_REPEAT, end_step, &a);
}

/* ---- for supervisors ---- */

struct list_args {
	int64_t since_ms, before_ms;
	const uint8_t *before;
	struct session_row row, *dst;
	uint64_t console, state;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.console = (enum console)a->console;
	a->row.state = (enum session_state)a->state;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;
	struct session_row *m = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT s.id, COALESCE(p.customer, ''), p.name, COALESCE(t.name, ''), s.console, s.state, s.created_ms, s.seen_ms"
	    " FROM session s JOIN person p ON p.id = s.person LEFT JOIN terminal t ON t.id = s.terminal"
	    " WHERE s.state IN (1, 2, 3, 4, 6) AND s.seen_ms >= ? AND (s.created_ms < ? OR (s.created_ms = ? AND s.id < ?))"
	    " ORDER BY s.created_ms DESC, s.id DESC LIMIT ?",
	    DB_IN(db_in_i64(a->since_ms), db_in_i64(a->before_ms), db_in_i64(a->before_ms), db_in_bytes(a->before, ID_BYTES),
	    db_in_u64(a->max)),
	    DB_OUT(db_out_bytes(m->id, ID_BYTES), db_out_text(m->customer, sizeof m->customer), db_out_text(m->name, sizeof m->name),
	    db_out_text(m->terminal, sizeof m->terminal), db_out_u64(&a->console), db_out_u64(&a->state), db_out_i64(&m->created_ms),
	    db_out_i64(&m->seen_ms)), list_each, a);
}

static enum rc
session_list(struct session_store *s, int64_t since_ms, int64_t before_ms, const uint8_t *before, struct session_row *dst,
    size_t max, size_t *n)
{
	static const uint8_t none[ID_BYTES];
	struct list_args a = { .since_ms = since_ms, .before_ms = before_ms != 0 ? before_ms : INT64_MAX,
	    .before = before != NULL ? before : none, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

struct end_by_args {
	const uint8_t *id;
	uint64_t by;
	const struct audit_event *ev;
};

static enum rc
end_by_step(struct db *d, void *arg)
{
	const struct end_by_args *a = arg;
	uint64_t n;
	enum rc r;

	r = db_exec(d, "UPDATE session SET state = 5 WHERE id = ? AND state <> 5 AND person <> ?",
	    DB_IN(db_in_bytes(a->id, ID_BYTES), db_in_u64(a->by)), &n);
	if (r != RC_OK || n == 1)
		return r != RC_OK ? r : audit_append(d, a->ev);
	r = db_row(d, "SELECT COUNT(*) FROM session WHERE id = ? AND state <> 5", DB_IN(db_in_bytes(a->id, ID_BYTES)),
	    DB_OUT(db_out_u64(&n)));
	return r != RC_OK ? r : n == 0 ? RC_NOT_FOUND : RC_DENIED;
}

static enum rc
session_end_by(struct session_store *s, const uint8_t id[ID_BYTES], uint64_t by, const struct audit_event *ev)
{
	struct end_by_args a = { .id = id, .by = by, .ev = ev };

	return db_run(s->ctx, DB_ONCE, end_by_step, &a);
}

const struct session_store_ops mysql_session_ops = {
	.create = session_create,
	.by_token = session_by_token,
	.move = session_move,
	.face = session_face,
	.touch = session_touch,
	.end = session_end,
	.list = session_list,
	.end_by = session_end_by,
};
