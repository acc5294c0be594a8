/*
 * mysql_role.c - roles over MySQL: proposed, confirmed, ended.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each act is one conditional write that names who may do it; a read after it
 * only tells why it was refused. The first two and the lists: mysql_role_list.c.
 */
#include <string.h>

#include "db/mysql_role.h"
#include "proto/text.h"

#define IS_ADMINISTRATOR(who) HOLDS_ROLE(who, "6")

struct act_args {
	uint64_t person;
	enum role role;
	const char *reason;
	const struct code_use *by;
	const struct audit_event *ev;
};

/* Is there such a row? what is a constant of this file. */
static enum rc
count(struct db *d, const char *what, const struct act_args *a, uint64_t *n)
{
	return db_row(d, what, DB_IN(db_in_u64(a->person), db_in_u64(role_number(a->role))), DB_OUT(db_out_u64(n)));
}

static enum rc
active(struct db *d, uint64_t person)
{
	uint64_t n;
	enum rc r = db_row(d, "SELECT COUNT(*) FROM person WHERE id = ? AND status = 2", DB_IN(db_in_u64(person)),
	    DB_OUT(db_out_u64(&n)));

	return r != RC_OK ? r : n == 1 ? RC_OK : RC_NOT_FOUND;
}

static enum rc
propose_step(struct db *d, void *arg)
{
	const struct act_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t n;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK || (r = active(d, a->person)) != RC_OK)
		return r;
	if ((r = count(d, "SELECT COUNT(*) FROM person_role WHERE person = ? AND role = ? AND ended_ms = 0", a, &n)) != RC_OK || n != 0)
		return r != RC_OK ? r : RC_EXISTS;
	r = db_exec(d, "INSERT INTO role_grant (person, role, reason, proposed_by, proposed_ms)"
	    " SELECT p.id, ?, ?, ?, ? FROM person p WHERE p.id = ? AND p.id <> ? AND" IS_ADMINISTRATOR("?"),
	    DB_IN(db_in_u64(role_number(a->role)), db_in_text(a->reason), db_in_u64(by->person), db_in_i64(by->now_ms),
	    db_in_u64(a->person), db_in_u64(by->person), db_in_u64(by->person)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_DENIED;
}

static enum rc
role_propose(struct role_store *s, uint64_t person, enum role role, const char *reason, const struct code_use *by,
    const struct audit_event *ev)
{
	struct act_args a = { .person = person, .role = role, .reason = reason, .by = by, .ev = ev };

	if ((role & ROLES_GRANTED) == 0 || !text_is_line(reason, ROLE_REASON_MAX))
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, propose_step, &a);
}

/* Held from now on, or held again. */
static enum rc
hold(struct db *d, const struct act_args *a)
{
	return db_exec(d, "INSERT INTO person_role (person, role, granted_ms) VALUES (?, ?, ?)"
	    " ON DUPLICATE KEY UPDATE granted_ms = VALUES(granted_ms), ended_ms = 0",
	    DB_IN(db_in_u64(a->person), db_in_u64(role_number(a->role)), db_in_i64(a->by->now_ms)), NULL);
}

static enum rc
confirm_step(struct db *d, void *arg)
{
	const struct act_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t n;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK)
		return r;
	r = db_exec(d, "UPDATE role_grant SET confirmed_by = ?, confirmed_ms = ? WHERE role_grant.person = ? AND role_grant.role = ?"
	    " AND ended_ms = 0 AND confirmed_by = 0 AND proposed_by <> ? AND role_grant.person <> ? AND" IS_ADMINISTRATOR("?")
	    " AND EXISTS (SELECT 1 FROM person_role r WHERE r.person = proposed_by AND r.role = 6 AND r.ended_ms = 0)"
	    " AND EXISTS (SELECT 1 FROM person p WHERE p.id = role_grant.person AND p.status = 2)",
	    DB_IN(db_in_u64(by->person), db_in_i64(by->now_ms), db_in_u64(a->person), db_in_u64(role_number(a->role)),
	    db_in_u64(by->person), db_in_u64(by->person), db_in_u64(by->person)), &n);
	if (r == RC_OK && n == 1)
		return (r = hold(d, a)) != RC_OK ? r : audit_append(d, a->ev);
	if (r == RC_OK)
		r = count(d, "SELECT COUNT(*) FROM role_grant WHERE person = ? AND role = ? AND ended_ms = 0 AND confirmed_by = 0", a, &n);
	return r != RC_OK ? r : n == 0 ? RC_NOT_FOUND : RC_DENIED;
}

static enum rc
role_confirm(struct role_store *s, uint64_t person, enum role role, const struct code_use *by, const struct audit_event *ev)
{
	struct act_args a = { .person = person, .role = role, .by = by, .ev = ev };

	return db_run(s->ctx, DB_ONCE, confirm_step, &a);
}

/* Counted under locks: of two ends at once the second sees the first. */
static enum rc
administrators_each(void *arg)
{
	uint64_t *n = arg;

	++*n;
	return RC_OK;
}

static enum rc
enough_without(struct db *d, const struct act_args *a)
{
	uint64_t person, left = 0, held = 0;
	enum rc r;

	if (a->role != ROLE_ADMINISTRATOR)
		return RC_OK;
	r = db_rows(d, "SELECT person FROM person_role WHERE role = 6 AND ended_ms = 0 AND person <> ? ORDER BY person FOR UPDATE",
	    DB_IN(db_in_u64(a->person)), DB_OUT(db_out_u64(&person)), administrators_each, &left);
	if (r == RC_OK)
		r = count(d, "SELECT COUNT(*) FROM person_role WHERE person = ? AND role = ? AND ended_ms = 0", a, &held);
	return r != RC_OK ? r : held == 0 || left >= 2 ? RC_OK : RC_EARLY;
}

static enum rc
end_step(struct db *d, void *arg)
{
	const struct act_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t held, granted, n;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK)
		return r;
	if ((r = db_row(d, "SELECT COUNT(*) FROM person_role WHERE person = ? AND role = 6 AND ended_ms = 0",
	    DB_IN(db_in_u64(by->person)), DB_OUT(db_out_u64(&n)))) != RC_OK || n != 1)
		return r != RC_OK ? r : RC_DENIED;
	if ((r = enough_without(d, a)) != RC_OK)
		return r;
	r = db_exec(d, "UPDATE person_role SET ended_ms = ? WHERE person = ? AND role = ? AND ended_ms = 0",
	    DB_IN(db_in_i64(by->now_ms), db_in_u64(a->person), db_in_u64(role_number(a->role))), &held);
	if (r == RC_OK)
		r = db_exec(d, "UPDATE role_grant SET ended_by = ?, ended_ms = ?, end_reason = ? WHERE person = ? AND role = ? AND ended_ms = 0",
		    DB_IN(db_in_u64(by->person), db_in_i64(by->now_ms), db_in_text(a->reason), db_in_u64(a->person),
		    db_in_u64(role_number(a->role))), &granted);
	if (r != RC_OK)
		return r;
	return held + granted > 0 ? audit_append(d, a->ev) : RC_NOT_FOUND;
}

static enum rc
role_end(struct role_store *s, uint64_t person, enum role role, const char *reason, const struct code_use *by,
    const struct audit_event *ev)
{
	struct act_args a = { .person = person, .role = role, .reason = reason, .by = by, .ev = ev };

	if (!text_is_line(reason, ROLE_REASON_MAX))
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, end_step, &a);
}

const struct role_store_ops mysql_role_ops = {
	.first = role_first,
	.propose = role_propose,
	.confirm = role_confirm,
	.end = role_end,
	.held = role_held,
	.proposal = role_proposal,
	.list = role_list,
};
