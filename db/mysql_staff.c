/*
 * mysql_staff.c - approvals over MySQL.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

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
	    " SELECT p.id, ?, 3, ?, ?, ?, ? FROM person p WHERE p.id = ? AND" HOLDS_ROLE("p.id", ROLES_COUNTER_SQL)
	    " AND p.id <> ? AND NOT EXISTS (SELECT 1 FROM account a WHERE a.number = ? AND a.person = p.id)",
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
	.approve = staff_approve,
};
