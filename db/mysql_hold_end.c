/*
 * mysql_hold_end.c - a held amount is approved, by one or more, and posted by
 * the last of them; or refused; or its time is over.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The row of the hold is locked first. An approval is one conditional write that
 * names who may give it, and so is the end; account.held changes in the same
 * transaction. Proofs of an approval that is not the last are spent with it.
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_hold.h"
#include "proto/text.h"

enum rc
hold_append(struct db *d, const struct audit_event *ev, uint64_t id, const uint8_t digest[DIGEST_BYTES])
{
	struct audit_event e = *ev;
	char hex[2 * DIGEST_BYTES + 1];
	size_t n = strlen(e.detail);

	hex_put(digest, DIGEST_BYTES, hex);
	snprintf(e.detail + n, sizeof e.detail - n, "%shold %llu, digest %s", n > 0 ? "; " : "", (unsigned long long)id, hex);
	return audit_append(d, &e);
}

struct end_args {
	uint64_t id, by;
	const struct code_use *use;	/* of a posting */
	const char *reason;
	int64_t now_ms;
	const struct audit_event *ev;
	struct receipt receipt;
};

/* Of a hold h: open and in time, and this person is staff of the counter who neither asked nor pays nor is paid. */
#define MAY_DECIDE " h.id = ? AND h.state = 1 AND h.expires_ms > ? AND ? NOT IN (h.person, h.payee_person," \
	" (SELECT owned.person FROM account owned WHERE owned.id = h.account)) AND" HOLDS_ROLE("?", ROLES_COUNTER_SQL)
#define MAY_DECIDE_IN(a) db_in_u64((a)->id), db_in_i64((a)->now_ms), db_in_u64((a)->by), db_in_u64((a)->by)

static enum rc
approve(struct db *d, const struct end_args *a, uint64_t *written)
{
	return db_exec(d, "INSERT INTO hold_approval (hold, person, digest, given_ms) SELECT h.id, ?, h.digest, ? FROM hold h WHERE"
	    MAY_DECIDE, DB_IN(db_in_u64(a->by), db_in_i64(a->now_ms), MAY_DECIDE_IN(a)), written);
}

/* Posted only if as many approved as it needs. */
static enum rc
decide(struct db *d, const struct end_args *a, enum hold_state state, uint64_t *written)
{
	return db_exec(d, "UPDATE hold h SET h.state = ?, h.decided_by = ?, h.decided_ms = ?, h.reason = ? WHERE (? <> 2 OR h.approvals <="
	    " (SELECT COUNT(*)" HOLD_APPROVALS ")) AND" MAY_DECIDE,
	    DB_IN(db_in_u64((uint64_t)state), db_in_u64(a->by), db_in_i64(a->now_ms), db_in_text(a->reason),
	    db_in_u64((uint64_t)state), MAY_DECIDE_IN(a)), written);
}

/* Not decided by this write: was it, the same way by the same person, before; or why not? */
static enum rc
why_not(const struct end_args *a, const struct hold *h, enum hold_state state)
{
	if (h->state == state && h->decided_by == a->by)
		return RC_OK;
	if (h->state == HOLD_EXPIRED || (h->state == HOLD_OPEN && a->now_ms >= h->expires_ms))
		return RC_EXPIRED;
	return h->state != HOLD_OPEN ? RC_EARLY : RC_DENIED;
}

/* What was held may be spent again. Both rows are locked in ascending order first. */
static enum rc
release(struct db *d, const struct hold *h, const struct account *debit)
{
	uint64_t written;
	enum rc r;

	r = db_exec(d, "UPDATE account SET held = held - ? WHERE id = ? AND held >= ?",
	    DB_IN(db_in_i64(h->txn.amount), db_in_u64(debit->id), db_in_i64(h->txn.amount)), &written);
	return r != RC_OK ? r : written == 1 ? RC_OK : RC_FORGED;
}

static enum rc
locked_each(void *arg)
{
	(void)arg;
	return RC_OK;
}

/* Moves the held money, with the last approver's proofs spent. */
static enum rc
held_move(struct db *d, struct end_args *a, const struct hold *h, const uint8_t request[ID_BYTES])
{
	struct movement m = { .txn = &h->txn, .person = h->person, .request = request, .intent = h->intent, .reverses = h->reverses,
	    .now_ms = a->now_ms };
	struct account debit, payee;
	bool debit_open, payee_open;
	uint64_t id;
	enum rc r;

	memcpy(m.digest, h->digest, DIGEST_BYTES);
	if ((r = journal_insert(d, &m)) != RC_OK)
		return r == RC_EXISTS ? RC_REQUEST_OTHER : r;
	if ((r = face_spend(d, a->use, m.journal)) != RC_OK || (r = code_spend(d, CODE_APPROVAL, a->use)) != RC_OK ||
	    (r = account_read(d, h->txn.debit, &debit, &debit_open)) != RC_OK ||
	    (r = account_read(d, h->txn.payee, &payee, &payee_open)) != RC_OK)
		return r;
	if (!debit_open || !payee_open)
		return RC_ACCOUNT_CLOSED;
	if ((r = db_rows(d, "SELECT id FROM account WHERE id IN (?, ?) ORDER BY id FOR UPDATE",
	    DB_IN(db_in_u64(debit.id), db_in_u64(payee.id)), DB_OUT(db_out_u64(&id)), locked_each, NULL)) != RC_OK ||
	    (r = release(d, h, &debit)) != RC_OK || (r = movement_run(d, &m, &debit, &payee)) != RC_OK)
		return r;
	a->receipt = (struct receipt){ .journal = m.journal, .posted_ms = a->now_ms, .txn = h->txn, .balance_after = m.debit_after };
	memcpy(a->receipt.digest, h->digest, DIGEST_BYTES);
	return movement_append(d, &m, a->ev);
}

/* Who approved before hears the same again: the receipt, or that others are waited for. */
static enum rc
approved_before(struct db *d, struct end_args *a, const struct hold *h, const uint8_t request[ID_BYTES])
{
	uint8_t intent[ID_BYTES];

	if (h->state == HOLD_POSTED)
		return receipt_read(d, h->person, request, intent, &a->receipt);
	return h->state == HOLD_OPEN && a->now_ms < h->expires_ms ? RC_OK : why_not(a, h, HOLD_POSTED);
}

/* One of several, not the last: its proofs are spent, nothing moves. */
static enum rc
approval_keep(struct db *d, const struct end_args *a, const struct hold *h)
{
	struct audit_event e = *a->ev;
	size_t n = strlen(e.detail);
	enum rc r;

	if ((r = face_spend(d, a->use, 0)) != RC_OK || (r = code_spend(d, CODE_APPROVAL, a->use)) != RC_OK)
		return r;
	e.action = AUDIT_HOLD_APPROVE;
	snprintf(e.detail + n, sizeof e.detail - n, "%sapproval %u of %u", n > 0 ? "; " : "", h->given + 1, h->approvals);
	return hold_append(d, &e, h->id, h->digest);
}

static enum rc
post_step(struct db *d, void *arg)
{
	struct end_args *a = arg;
	uint8_t digest[DIGEST_BYTES], request[ID_BYTES];
	struct hold h;
	uint64_t written;
	enum rc r;

	a->receipt = (struct receipt){ 0 };
	if ((r = db_row(d, "SELECT request FROM hold WHERE id = ? FOR UPDATE", DB_IN(db_in_u64(a->id)),
	    DB_OUT(db_out_bytes(request, ID_BYTES)))) != RC_OK || (r = hold_read(d, a->id, a->by, &h)) != RC_OK)
		return r;
	if (!crypto_same(h.digest, a->use->digest, DIGEST_BYTES))
		return RC_REQUEST_OTHER;
	if (h.approved)
		return approved_before(d, a, &h, request);
	if ((r = approve(d, a, &written)) != RC_OK || written != 1)
		return r != RC_OK ? r : why_not(a, &h, HOLD_POSTED);
	txn_digest(&h.txn, digest);
	if (!crypto_same(digest, h.digest, DIGEST_BYTES))
		return RC_FORGED;	/* the stored intent was changed */
	if (h.given + 1 < h.approvals)
		return approval_keep(d, a, &h);
	if ((r = decide(d, a, HOLD_POSTED, &written)) != RC_OK || written != 1)
		return r != RC_OK ? r : RC_BUG;	/* the lock is ours, and the same was asked for the approval */
	return held_move(d, a, &h, request);
}

enum rc
hold_post(struct hold_store *s, uint64_t id, const struct code_use *by, const struct audit_event *ev, struct receipt *dst)
{
	struct end_args a = { .id = id, .by = by->person, .use = by, .reason = "", .now_ms = by->now_ms, .ev = ev };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, post_step, &a)) == RC_OK)
		*dst = a.receipt;
	return r;
}

static enum rc
refuse_step(struct db *d, void *arg)
{
	struct end_args *a = arg;
	struct account debit;
	uint64_t written;
	struct hold h;
	bool open;
	enum rc r;

	if ((r = decide(d, a, HOLD_REFUSED, &written)) != RC_OK || (r = hold_read(d, a->id, a->by, &h)) != RC_OK)
		return r;
	if (written != 1)
		return why_not(a, &h, HOLD_REFUSED);
	if ((r = account_read(d, h.txn.debit, &debit, &open)) != RC_OK || (r = release(d, &h, &debit)) != RC_OK)
		return r;
	return hold_append(d, a->ev, h.id, h.digest);
}

enum rc
hold_refuse(struct hold_store *s, uint64_t id, uint64_t by, const char *reason, const struct audit_event *ev)
{
	struct end_args a = { .id = id, .by = by, .reason = reason, .now_ms = ev->at_ms, .ev = ev };

	if (!text_is_line(reason, REFERENCE_MAX_BYTES))
		return RC_INVALID;
	return db_run(s->ctx, DB_REPEAT, refuse_step, &a);
}

static enum rc
expire_step(struct db *d, void *arg)
{
	struct end_args *a = arg;
	struct audit_event e = *a->ev;
	struct account debit;
	struct hold h;
	uint64_t id;
	bool open;
	enum rc r;

	if ((r = db_row(d, "SELECT id FROM hold WHERE state = 1 AND expires_ms <= ? ORDER BY expires_ms LIMIT 1 FOR UPDATE",
	    DB_IN(db_in_i64(e.at_ms)), DB_OUT(db_out_u64(&id)))) != RC_OK ||
	    (r = db_exec(d, "UPDATE hold SET state = 4, decided_ms = ? WHERE id = ? AND state = 1",
	    DB_IN(db_in_i64(e.at_ms), db_in_u64(id)), NULL)) != RC_OK ||
	    (r = hold_read(d, id, 0, &h)) != RC_OK || (r = account_read(d, h.txn.debit, &debit, &open)) != RC_OK ||
	    (r = release(d, &h, &debit)) != RC_OK)
		return r;
	hex_put(h.intent, ID_BYTES, e.subject);
	snprintf(e.detail, sizeof e.detail, "nobody decided in time");
	return hold_append(d, &e, h.id, h.digest);
}

enum rc
hold_expire(struct hold_store *s, const struct audit_event *ev)
{
	struct end_args a = { .ev = ev };

	return db_run(s->ctx, DB_REPEAT, expire_step, &a);
}
