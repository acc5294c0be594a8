/*
 * mysql_face.c - who may enrol a face although registered already: allowed by
 * an administrator, used once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "db/mysql_store.h"
#include "db/role_store.h"
#include "proto/text.h"

#define IS_ADMINISTRATOR(who) HOLDS_ROLE(who, "6")
/* Takes a person; an allowance is not looked at where there is a face. */
#define HAS_FACE(who) " EXISTS (SELECT 1 FROM face_template t WHERE t.active = 1 AND t.person = " who ")"

struct allow_args {
	uint64_t person;
	const char *reason;
	const struct code_use *by;
	const struct audit_event *ev;
};

static enum rc
allow_step(struct db *d, void *arg)
{
	const struct allow_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t n;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK)
		return r;
	if ((r = db_row(d, "SELECT COUNT(*) FROM person p WHERE p.id = ? AND p.status = 2 AND NOT" HAS_FACE("p.id"),
	    DB_IN(db_in_u64(a->person)), DB_OUT(db_out_u64(&n)))) != RC_OK || n != 1)
		return r != RC_OK ? r : RC_EXISTS;
	r = db_exec(d, "INSERT INTO face_allowance (person, reason, allowed_by, allowed_ms)"
	    " SELECT p.id, ?, ?, ? FROM person p WHERE p.id = ? AND p.id <> ? AND" IS_ADMINISTRATOR("?"),
	    DB_IN(db_in_text(a->reason), db_in_u64(by->person), db_in_i64(by->now_ms), db_in_u64(a->person), db_in_u64(by->person),
	    db_in_u64(by->person)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_DENIED;
}

enum rc
person_face_allow(struct person_store *s, uint64_t id, const char *reason, const struct code_use *by, const struct audit_event *ev)
{
	struct allow_args a = { .person = id, .reason = reason, .by = by, .ev = ev };

	if (!text_is_line(reason, ROLE_REASON_MAX))
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, allow_step, &a);
}

struct allowed_args {
	uint64_t person;
	int64_t now_ms;
};

static enum rc
allowed_step(struct db *d, void *arg)
{
	const struct allowed_args *a = arg;
	uint64_t n;
	enum rc r = db_row(d, "SELECT COUNT(*) FROM face_allowance a WHERE a.person = ? AND a.used_ms = 0 AND a.allowed_ms > ?"
	    " AND NOT" HAS_FACE("a.person"), DB_IN(db_in_u64(a->person), db_in_i64(a->now_ms - FACE_ALLOW_LIFE_MS)),
	    DB_OUT(db_out_u64(&n)));

	return r != RC_OK ? r : n > 0 ? RC_OK : RC_NOT_FOUND;
}

enum rc
person_face_allowed(struct person_store *s, uint64_t id, int64_t now_ms)
{
	struct allowed_args a = { id, now_ms };

	return db_run(s->ctx, DB_REPEAT, allowed_step, &a);
}

enum rc
face_allowance_spend(struct db *d, uint64_t person, int64_t now_ms)
{
	uint64_t n;
	enum rc r = db_exec(d, "UPDATE face_allowance SET used_ms = ? WHERE person = ? AND used_ms = 0 AND allowed_ms > ?",
	    DB_IN(db_in_i64(now_ms), db_in_u64(person), db_in_i64(now_ms - FACE_ALLOW_LIFE_MS)), &n);

	return r != RC_OK ? r : n > 0 ? RC_OK : RC_DENIED;
}
