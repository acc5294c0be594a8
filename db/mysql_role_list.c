/*
 * mysql_role_list.c - the first two administrators, and reading roles.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_role.h"

/* ---- the first two ---- */

struct first_args {
	const struct person_new *p;
	const struct audit_event *ev;
	char customer[2][CUSTOMER_BYTES + 1];
};

static enum rc
first_one(struct db *d, struct first_args *a, size_t i)
{
	const struct person_new *p = &a->p[i];
	struct audit_event ev = *a->ev;
	enum rc r;

	if ((r = db_exec(d, "INSERT INTO person (name, status, password_hash, wrapped_key, email, created_ms) VALUES (?, 1, ?, ?, ?, ?)",
	    DB_IN(db_in_text(p->name), db_in_text(p->password_hash), db_in_bytes(p->wrapped_key, WRAPPED_KEY_BYTES),
	    db_in_bytes(p->email, p->email_n), db_in_i64(ev.at_ms)), NULL)) != RC_OK)
		return r;
	ev.person = db_insert_id(d);
	if ((r = person_number(d, ev.person, a->customer[i])) != RC_OK ||
	    (r = db_exec(d, "INSERT INTO person_role (person, role, granted_ms) VALUES (?, 6, ?)",
	    DB_IN(db_in_u64(ev.person), db_in_i64(ev.at_ms)), NULL)) != RC_OK)
		return r;
	snprintf(ev.subject, sizeof ev.subject, "%s", a->customer[i]);
	return audit_append(d, &ev);
}

static enum rc
first_step(struct db *d, void *arg)
{
	struct first_args *a = arg;
	uint64_t n;
	enum rc r;

	if ((r = db_exec(d, "INSERT INTO role_first (one, made_ms) VALUES (1, ?)", DB_IN(db_in_i64(a->ev->at_ms)), NULL)) != RC_OK)
		return r;
	if ((r = db_row(d, "SELECT COUNT(*) FROM person_role WHERE role = 6", DB_NO_IN, DB_OUT(db_out_u64(&n)))) != RC_OK || n != 0)
		return r != RC_OK ? r : RC_EXISTS;
	for (size_t i = 0; i < 2 && r == RC_OK; i++)
		r = first_one(d, a, i);
	return r;
}

enum rc
role_first(struct role_store *s, const struct person_new p[2], const struct audit_event *ev, char customer[2][CUSTOMER_BYTES + 1])
{
	struct first_args a = { .p = p, .ev = ev };
	enum rc r;

	if ((r = db_run(s->ctx, DB_ONCE, first_step, &a)) == RC_OK)
		memcpy(customer, a.customer, sizeof a.customer);
	return r;
}

/* ---- reading ---- */

struct held_args {
	uint64_t person, roles;
};

static enum rc
held_step(struct db *d, void *arg)
{
	struct held_args *a = arg;

	return db_row(d, "SELECT" ROLES_OF("?"), DB_IN(db_in_u64(a->person)), DB_OUT(db_out_u64(&a->roles)));
}

enum rc
role_held(struct role_store *s, uint64_t person, unsigned *roles)
{
	struct held_args a = { .person = person };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, held_step, &a)) == RC_OK)
		*roles = (unsigned)a.roles;
	return r;
}

struct list_args {
	uint64_t after, person, number;
	unsigned role;
	struct role_row row, *dst;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.role = (enum role)role_of_number((unsigned)a->number);
	a->dst[a->n++] = a->row;
	return RC_OK;
}

#define ROW_OUT(a) DB_OUT(db_out_u64(&(a)->row.person), db_out_text((a)->row.customer, sizeof (a)->row.customer), \
	db_out_text((a)->row.name, sizeof (a)->row.name), db_out_u64(&(a)->number), db_out_u64(&(a)->row.proposed_by), \
	db_out_text((a)->row.reason, sizeof (a)->row.reason), db_out_i64(&(a)->row.granted_ms))

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;

	a->n = 0;
	return db_rows(d, "SELECT r.person, COALESCE(p.customer, ''), p.name, r.role, COALESCE(g.proposed_by, 0),"
	    " COALESCE(g.reason, ''), r.granted_ms FROM person_role r JOIN person p ON p.id = r.person"
	    " LEFT JOIN role_grant g ON g.open_for = r.person * 16 + r.role WHERE r.ended_ms = 0 AND r.person * 16 + r.role > ?"
	    " UNION ALL SELECT g.person, COALESCE(p.customer, ''), p.name, g.role, g.proposed_by, g.reason, 0 FROM role_grant g"
	    " JOIN person p ON p.id = g.person WHERE g.ended_ms = 0 AND g.confirmed_ms = 0 AND g.open_for > ?"
	    " ORDER BY 1, 4 LIMIT ?",
	    DB_IN(db_in_u64(a->after), db_in_u64(a->after), db_in_u64(a->max)), ROW_OUT(a), list_each, a);
}

enum rc
role_list(struct role_store *s, uint64_t after_person, unsigned after_role, struct role_row *dst, size_t max, size_t *n)
{
	struct list_args a = { .after = after_person * 16 + after_role, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

static enum rc
proposal_step(struct db *d, void *arg)
{
	struct list_args *a = arg;

	return db_row(d, "SELECT g.person, COALESCE(p.customer, ''), p.name, g.role, g.proposed_by, g.reason, 0 FROM role_grant g"
	    " JOIN person p ON p.id = g.person WHERE g.open_for = ? AND g.confirmed_ms = 0",
	    DB_IN(db_in_u64(a->person * 16 + role_number((enum role)a->role))), ROW_OUT(a));
}

enum rc
role_proposal(struct role_store *s, uint64_t person, enum role role, struct role_row *row)
{
	struct list_args a = { .person = person, .role = role };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, proposal_step, &a)) == RC_OK) {
		*row = a.row;
		row->role = role;
	}
	return r;
}
