/*
 * mysql_staff.c - roles and approvals over MySQL.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

/* ---- roles ---- */

struct role_args {
	uint64_t person;
	enum person_role role;
	const struct audit_event *ev;
};

static enum rc
grant_step(struct db *d, void *arg)
{
	const struct role_args *a = arg;
	uint64_t n;
	enum rc r;

	if ((r = db_row(d, "SELECT COUNT(*) FROM person WHERE id = ? AND status = 2", DB_IN(db_in_u64(a->person)),
	    DB_OUT(db_out_u64(&n)))) != RC_OK || n != 1)
		return r != RC_OK ? r : RC_NOT_FOUND;
	r = db_exec(d, "INSERT INTO person_role (person, role, granted_ms) VALUES (?, ?, ?)",
	    DB_IN(db_in_u64(a->person), db_in_u64((uint64_t)a->role), db_in_i64(a->ev->at_ms)), NULL);
	if (r == RC_EXISTS) {
		/* Held, or held once and given again. */
		r = db_exec(d, "UPDATE person_role SET granted_ms = ?, ended_ms = 0 WHERE person = ? AND role = ? AND ended_ms <> 0",
		    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->person), db_in_u64((uint64_t)a->role)), &n);
		if (r == RC_OK && n != 1)
			return RC_EXISTS;
	}
	return r != RC_OK ? r : audit_append(d, a->ev);
}

static enum rc
staff_grant(struct staff_store *s, uint64_t person, enum person_role role, const struct audit_event *ev)
{
	struct role_args a = { .person = person, .role = role, .ev = ev };

	return db_run(s->ctx, DB_ONCE, grant_step, &a);
}

static enum rc
remove_step(struct db *d, void *arg)
{
	const struct role_args *a = arg;
	uint64_t n;
	enum rc r;

	r = db_exec(d, "UPDATE person_role SET ended_ms = ? WHERE person = ? AND role = ? AND ended_ms = 0",
	    DB_IN(db_in_i64(a->ev->at_ms), db_in_u64(a->person), db_in_u64((uint64_t)a->role)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_NOT_FOUND;
}

static enum rc
staff_remove(struct staff_store *s, uint64_t person, enum person_role role, const struct audit_event *ev)
{
	struct role_args a = { .person = person, .role = role, .ev = ev };

	return db_run(s->ctx, DB_ONCE, remove_step, &a);
}

static enum rc
check_step(struct db *d, void *arg)
{
	const struct role_args *a = arg;
	uint64_t n;
	enum rc r;

	r = db_row(d, "SELECT COUNT(*) FROM person_role WHERE person = ? AND role = ? AND ended_ms = 0",
	    DB_IN(db_in_u64(a->person), db_in_u64((uint64_t)a->role)), DB_OUT(db_out_u64(&n)));
	return r != RC_OK ? r : n == 1 ? RC_OK : RC_DENIED;
}

static enum rc
staff_check(struct staff_store *s, uint64_t person, enum person_role role)
{
	struct role_args a = { .person = person, .role = role };

	return db_run(s->ctx, DB_REPEAT, check_step, &a);
}

struct list_args {
	uint64_t after, role;
	struct role_row row, *dst;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.role = (enum person_role)a->role;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;
	struct role_row *m = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT r.person, COALESCE(p.customer, ''), p.name, r.role, r.granted_ms FROM person_role r"
	    " JOIN person p ON p.id = r.person WHERE r.person > ? AND r.ended_ms = 0 ORDER BY r.person, r.role LIMIT ?",
	    DB_IN(db_in_u64(a->after), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&m->person), db_out_text(m->customer, sizeof m->customer), db_out_text(m->name, sizeof m->name),
	    db_out_u64(&a->role), db_out_i64(&m->granted_ms)), list_each, a);
}

static enum rc
staff_list(struct staff_store *s, uint64_t after, struct role_row *dst, size_t max, size_t *n)
{
	struct list_args a = { .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

/* ---- approve ---- */

struct approve_args {
	const struct staff_approval *a;
	const struct audit_event *ev;
};

/* May this intent still be approved, and is it what the approver saw? */
static enum rc
check_intent(const struct intent *i, const struct code_use *by)
{
	uint8_t digest[DIGEST_BYTES];

	if (memcmp(i->session, by->session, ID_BYTES) != 0)
		return RC_NOT_FOUND;
	txn_digest(&i->txn, digest);
	if (!crypto_same(digest, i->digest, DIGEST_BYTES) || !crypto_same(digest, by->digest, DIGEST_BYTES))
		return RC_FORGED;
	if (i->journal != 0)
		return RC_REQUEST_OTHER;
	if (by->now_ms >= i->expires_ms)
		return RC_EXPIRED;
	return i->needs_approval ? RC_OK : RC_EARLY;
}

static enum rc
approve_step(struct db *d, void *arg)
{
	static const uint8_t none[ID_BYTES];
	const struct approve_args *x = arg;
	const struct code_use *by = &x->a->by;
	struct intent i;
	uint64_t written;
	enum rc r;

	if ((r = intent_read(d, x->a->intent, &i)) != RC_OK || (r = check_intent(&i, by)) != RC_OK ||
	    (r = code_spend(d, CODE_APPROVAL, by)) != RC_OK)
		return r;
	r = db_exec(d, "INSERT INTO proof (person, session, factor, digest, capture, created_ms, expires_ms)"
	    " SELECT r.person, ?, 3, ?, ?, ?, ? FROM person_role r WHERE r.person = ? AND r.role = 1 AND r.ended_ms = 0"
	    " AND r.person <> ? AND NOT EXISTS (SELECT 1 FROM account a WHERE a.number = ? AND a.person = r.person)",
	    DB_IN(db_in_bytes(by->session, ID_BYTES), db_in_bytes(by->digest, DIGEST_BYTES), db_in_bytes(none, ID_BYTES),
	    db_in_i64(by->now_ms), db_in_i64(x->a->expires_ms), db_in_u64(by->person), db_in_u64(i.person),
	    db_in_text(i.txn.payee)), &written);
	if (r != RC_OK)
		return r;
	return written == 1 ? audit_append(d, x->ev) : RC_DENIED;
}

static enum rc
staff_approve(struct staff_store *s, const struct staff_approval *a, const struct audit_event *ev)
{
	struct approve_args x = { .a = a, .ev = ev };

	return db_run(s->ctx, DB_ONCE, approve_step, &x);
}

const struct staff_store_ops mysql_staff_ops = {
	.grant = staff_grant,
	.remove = staff_remove,
	.check = staff_check,
	.list = staff_list,
	.approve = staff_approve,
};
