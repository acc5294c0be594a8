/*
 * mysql_hold_read.c - holds read: one, and those that wait.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "db/mysql_hold.h"

/* The first value that goes in: whose approval is told. */
#define HOLD_COLUMNS "SELECT h.id, h.intent, h.person, h.payee_person, p.name, i.kind, i.debit, i.payee, i.payee_name, i.amount," \
	" i.currency, i.reference, i.nonce, h.digest, h.state, h.held_ms, h.expires_ms, h.decided_by, h.decided_ms, h.reason," \
	" a.balance, a.held, a.person, a.name," \
	" COALESCE(h.reverses, 0), h.approvals, (SELECT COUNT(*)" HOLD_APPROVALS ")," \
	" COALESCE((SELECT GROUP_CONCAT((SELECT q.name FROM person q WHERE q.id = g.person) ORDER BY g.given_ms SEPARATOR ', ')" \
	HOLD_APPROVALS "), ''), EXISTS (SELECT 1 FROM hold_approval g WHERE g.hold = h.id AND g.person = ?)," \
	" i.needs_face, i.needs_code, COALESCE((SELECT t.name FROM session s JOIN terminal t ON t.id = s.terminal" \
	" WHERE s.id = i.session), '')" \
	" FROM hold h JOIN intent i ON i.id = h.intent JOIN person p ON p.id = h.person" \
	" JOIN account a ON a.id = h.account"

struct hold_row {
	struct hold h;
	uint64_t kind, state, approvals, given, approved, by_face, by_code;
};

#define HOLD_OUT(r) DB_OUT(db_out_u64(&(r)->h.id), db_out_bytes((r)->h.intent, ID_BYTES), db_out_u64(&(r)->h.person), \
	db_out_u64(&(r)->h.payee_person), db_out_text((r)->h.person_name, sizeof (r)->h.person_name), db_out_u64(&(r)->kind), \
	db_out_text((r)->h.txn.debit, sizeof (r)->h.txn.debit), db_out_text((r)->h.txn.payee, sizeof (r)->h.txn.payee), \
	db_out_text((r)->h.txn.payee_name, sizeof (r)->h.txn.payee_name), db_out_i64(&(r)->h.txn.amount), \
	db_out_text((r)->h.txn.currency, sizeof (r)->h.txn.currency), \
	db_out_text((r)->h.txn.reference, sizeof (r)->h.txn.reference), db_out_bytes((r)->h.txn.nonce, NONCE_BYTES), \
	db_out_bytes((r)->h.digest, DIGEST_BYTES), db_out_u64(&(r)->state), db_out_i64(&(r)->h.held_ms), \
	db_out_i64(&(r)->h.expires_ms), db_out_u64(&(r)->h.decided_by), db_out_i64(&(r)->h.decided_ms), \
	db_out_text((r)->h.reason, sizeof (r)->h.reason), db_out_i64(&(r)->h.balance), db_out_i64(&(r)->h.held), \
	db_out_u64(&(r)->h.debit_person), db_out_text((r)->h.debit_name, sizeof (r)->h.debit_name), \
	db_out_u64(&(r)->h.reverses), db_out_u64(&(r)->approvals), db_out_u64(&(r)->given), \
	db_out_text((r)->h.approvers, sizeof (r)->h.approvers), db_out_u64(&(r)->approved), db_out_u64(&(r)->by_face), \
	db_out_u64(&(r)->by_code), db_out_text((r)->h.terminal, sizeof (r)->h.terminal))

static void
hold_from_row(const struct hold_row *row, struct hold *h)
{
	*h = row->h;
	h->state = (enum hold_state)row->state;
	h->txn.kind = (enum txn_kind)row->kind;
	h->approvals = (unsigned)row->approvals;
	h->given = (unsigned)row->given;
	h->approved = row->approved != 0;
	h->by_face = row->by_face != 0;
	h->by_code = row->by_code != 0;
}

struct get_args {
	uint64_t id, by;
	const uint8_t *intent;
	struct hold h;
};

enum rc
hold_read(struct db *d, uint64_t id, uint64_t by, struct hold *h)
{
	struct hold_row row = { 0 };
	enum rc r;

	if ((r = db_row(d, HOLD_COLUMNS " WHERE h.id = ?", DB_IN(db_in_u64(by), db_in_u64(id)), HOLD_OUT(&row))) == RC_OK)
		hold_from_row(&row, h);
	return r;
}

static enum rc
get_step(struct db *d, void *arg)
{
	struct get_args *a = arg;

	return hold_read(d, a->id, a->by, &a->h);
}

enum rc
hold_get(struct hold_store *s, uint64_t id, uint64_t by, struct hold *h)
{
	struct get_args a = { .id = id, .by = by };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, get_step, &a)) == RC_OK)
		*h = a.h;
	return r;
}

static enum rc
of_intent_step(struct db *d, void *arg)
{
	struct get_args *a = arg;
	struct hold_row row = { 0 };
	enum rc r;

	if ((r = db_row(d, HOLD_COLUMNS " WHERE h.intent = ?", DB_IN(db_in_u64(0), db_in_bytes(a->intent, ID_BYTES)), HOLD_OUT(&row))) == RC_OK)
		hold_from_row(&row, &a->h);
	return r;
}

enum rc
hold_of_intent(struct hold_store *s, const uint8_t intent[ID_BYTES], struct hold *h)
{
	struct get_args a = { .intent = intent };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, of_intent_step, &a)) == RC_OK)
		*h = a.h;
	return r;
}

struct list_args {
	uint64_t person, from, by;
	struct hold_row row;
	struct hold *dst;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	hold_from_row(&a->row, &a->dst[a->n++]);
	return RC_OK;
}

static enum rc
list(struct hold_store *s, enum rc (*step)(struct db *d, void *arg), struct list_args *a, size_t *n)
{
	enum rc r = db_run(s->ctx, DB_REPEAT, step, a);

	if (r == RC_OK)
		*n = a->n;
	return r;
}

static enum rc
waiting_step(struct db *d, void *arg)
{
	struct list_args *a = arg;

	a->n = 0;
	return db_rows(d, HOLD_COLUMNS " WHERE h.state = 1 AND h.id > ? ORDER BY h.id LIMIT ?",
	    DB_IN(db_in_u64(a->by), db_in_u64(a->from), db_in_u64(a->max)), HOLD_OUT(&a->row), list_each, a);
}

enum rc
hold_waiting(struct hold_store *s, uint64_t by, uint64_t after, struct hold *dst, size_t max, size_t *n)
{
	return list(s, waiting_step, &(struct list_args){ .by = by, .from = after, .dst = dst, .max = max }, n);
}

static enum rc
of_person_step(struct db *d, void *arg)
{
	struct list_args *a = arg;

	a->n = 0;
	return db_rows(d, HOLD_COLUMNS " WHERE a.person = ? AND h.id < ? ORDER BY h.id DESC LIMIT ?",
	    DB_IN(db_in_u64(0), db_in_u64(a->person), db_in_u64(a->from), db_in_u64(a->max)), HOLD_OUT(&a->row), list_each, a);
}

enum rc
hold_of_person(struct hold_store *s, uint64_t person, uint64_t before, struct hold *dst, size_t max, size_t *n)
{
	return list(s, of_person_step, &(struct list_args){ .person = person, .from = before == 0 ? UINT64_MAX : before,
	    .dst = dst, .max = max }, n);
}
