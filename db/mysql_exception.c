/*
 * mysql_exception.c - exceptions over MySQL: proposed, confirmed, ended.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each act is one conditional write that names who may do it; a read before it
 * only tells why it was refused.
 */
#include <string.h>

#include "db/mysql_store.h"
#include "proto/text.h"

#define IS_STAFF(who) HOLDS_ROLE(who, ROLES_COUNTER_SQL)

#define EXCEPTION_COLUMNS "SELECT id, person, moves, reason, proposed_by, confirmed_by, ended_by, proposed_ms, confirmed_ms," \
	" ended_ms, end_reason FROM liveness_exception"

#define EXCEPTION_OUT(e, m) DB_OUT(db_out_u64(&(e)->id), db_out_u64(&(e)->person), db_out_u64(m), \
	db_out_text((e)->reason, sizeof (e)->reason), db_out_u64(&(e)->proposed_by), db_out_u64(&(e)->confirmed_by), \
	db_out_u64(&(e)->ended_by), db_out_i64(&(e)->proposed_ms), db_out_i64(&(e)->confirmed_ms), \
	db_out_i64(&(e)->ended_ms), db_out_text((e)->end_reason, sizeof (e)->end_reason))

struct act_args {
	uint64_t id, person;		/* of the exception, or of whom it is for */
	uint32_t moves;
	const char *reason;
	const struct code_use *by;
	const struct audit_event *ev;
};

static enum rc
propose_step(struct db *d, void *arg)
{
	const struct act_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t written;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK)
		return r;
	r = db_exec(d, "INSERT INTO liveness_exception (person, moves, reason, proposed_by, proposed_ms)"
	    " SELECT p.id, ?, ?, ?, ? FROM person p WHERE p.id = ? AND p.id <> ? AND" IS_STAFF("?"),
	    DB_IN(db_in_u64(a->moves), db_in_text(a->reason), db_in_u64(by->person), db_in_i64(by->now_ms),
	    db_in_u64(a->person), db_in_u64(by->person), db_in_u64(by->person)), &written);
	if (r != RC_OK)
		return r;
	return written == 1 ? audit_append(d, a->ev) : RC_DENIED;
}

static enum rc
exception_propose(struct exception_store *s, uint64_t person, uint32_t moves, const char *reason,
    const struct code_use *by, const struct audit_event *ev)
{
	struct act_args a = { .person = person, .moves = moves, .reason = reason, .by = by, .ev = ev };

	if (moves == 0 || (moves & ~(EXCEPTION_CHALLENGES | EXCEPTION_LIGHT)) != 0 ||
	    (moves & EXCEPTION_CHALLENGES) == EXCEPTION_CHALLENGES || !text_is_line(reason, EXCEPTION_REASON_MAX))
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, propose_step, &a);
}

/* Why an open exception was not confirmed. */
static enum rc
why_not(struct db *d, uint64_t id)
{
	int64_t confirmed_ms;
	enum rc r;

	r = db_row(d, "SELECT confirmed_ms FROM liveness_exception WHERE id = ? AND ended_ms = 0", DB_IN(db_in_u64(id)),
	    DB_OUT(db_out_i64(&confirmed_ms)));
	return r != RC_OK ? r : confirmed_ms != 0 ? RC_EXISTS : RC_DENIED;
}

static enum rc
confirm_step(struct db *d, void *arg)
{
	const struct act_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t written;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK)
		return r;
	r = db_exec(d, "UPDATE liveness_exception SET confirmed_by = ?, confirmed_ms = ? WHERE id = ? AND ended_ms = 0"
	    " AND confirmed_by = 0 AND proposed_by <> ? AND liveness_exception.person <> ? AND" IS_STAFF("?")
	    " AND" IS_STAFF("liveness_exception.proposed_by"),
	    DB_IN(db_in_u64(by->person), db_in_i64(by->now_ms), db_in_u64(a->id), db_in_u64(by->person),
	    db_in_u64(by->person), db_in_u64(by->person)), &written);
	if (r != RC_OK)
		return r;
	return written == 1 ? audit_append(d, a->ev) : why_not(d, a->id);
}

static enum rc
exception_confirm(struct exception_store *s, uint64_t id, const struct code_use *by, const struct audit_event *ev)
{
	struct act_args a = { .id = id, .by = by, .ev = ev };

	return db_run(s->ctx, DB_ONCE, confirm_step, &a);
}

static enum rc
end_step(struct db *d, void *arg)
{
	const struct act_args *a = arg;
	const struct code_use *by = a->by;
	uint64_t written, there;
	enum rc r;

	if ((r = code_spend(d, CODE_STAFF, by)) != RC_OK)
		return r;
	r = db_exec(d, "UPDATE liveness_exception SET ended_by = ?, ended_ms = ?, end_reason = ? WHERE id = ? AND ended_ms = 0 AND"
	    IS_STAFF("?"),
	    DB_IN(db_in_u64(by->person), db_in_i64(by->now_ms), db_in_text(a->reason), db_in_u64(a->id), db_in_u64(by->person)),
	    &written);
	if (r != RC_OK)
		return r;
	if (written == 1)
		return audit_append(d, a->ev);
	r = db_row(d, "SELECT COUNT(*) FROM liveness_exception WHERE id = ? AND ended_ms = 0", DB_IN(db_in_u64(a->id)),
	    DB_OUT(db_out_u64(&there)));
	return r != RC_OK ? r : there == 0 ? RC_NOT_FOUND : RC_DENIED;
}

static enum rc
exception_end(struct exception_store *s, uint64_t id, const char *reason, const struct code_use *by,
    const struct audit_event *ev)
{
	struct act_args a = { .id = id, .reason = reason, .by = by, .ev = ev };

	if (!text_is_line(reason, EXCEPTION_REASON_MAX))
		return RC_INVALID;
	return db_run(s->ctx, DB_ONCE, end_step, &a);
}

/* ---- reading ---- */

struct open_args {
	uint64_t person;
	struct exception row;
};

static enum rc
open_step(struct db *d, void *arg)
{
	struct open_args *a = arg;
	uint64_t moves;
	enum rc r;

	r = db_row(d, EXCEPTION_COLUMNS " WHERE open_for = ?", DB_IN(db_in_u64(a->person)), EXCEPTION_OUT(&a->row, &moves));
	if (r == RC_OK)
		a->row.moves = (uint32_t)moves;
	return r;
}

static enum rc
exception_open_of(struct exception_store *s, uint64_t person, struct exception *e)
{
	struct open_args a = { .person = person };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, open_step, &a)) == RC_OK)
		*e = a.row;
	return r;
}

struct list_args {
	uint64_t after, moves;
	struct exception row, *dst;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.moves = (uint32_t)a->moves;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;

	a->n = 0;
	return db_rows(d, EXCEPTION_COLUMNS " WHERE id > ? ORDER BY id LIMIT ?", DB_IN(db_in_u64(a->after), db_in_u64(a->max)),
	    EXCEPTION_OUT(&a->row, &a->moves), list_each, a);
}

static enum rc
exception_list(struct exception_store *s, uint64_t after, struct exception *dst, size_t max, size_t *n)
{
	struct list_args a = { .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

const struct exception_store_ops mysql_exception_ops = {
	.propose = exception_propose,
	.confirm = exception_confirm,
	.end = exception_end,
	.open_of = exception_open_of,
	.list = exception_list,
};
