/*
 * mysql_hold.c - money held, then posted, refused or expired.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The hold's row is the request row of its step. Its end is one conditional
 * write that names who may decide; account.held changes in the same transaction.
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_hold.h"
#include "proto/text.h"

/* ---- hold ---- */

struct hold_args {
	const struct ledger_step *step;
	const struct audit_event *ev;
	uint64_t id;
};

static enum rc
held_before(struct db *d, struct hold_args *a)
{
	const struct ledger_step *st = a->step;
	uint8_t intent[ID_BYTES];
	uint64_t id;
	enum rc r;

	r = db_row(d, "SELECT id, intent FROM hold WHERE person = ? AND request = ?",
	    DB_IN(db_in_u64(st->person), db_in_bytes(st->request, ID_BYTES)), DB_OUT(db_out_u64(&id), db_out_bytes(intent, ID_BYTES)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_EXISTS : r;
	if (memcmp(intent, st->intent, ID_BYTES) != 0)
		return RC_REQUEST_OTHER;
	a->id = id;
	return RC_OK;
}

/* The amount is taken out of what may be spent; the account's row stays locked. */
static enum rc
hold_amount(struct db *d, uint64_t account, int64_t amount)
{
	uint64_t written;
	enum rc r;

	r = db_exec(d, "UPDATE account SET held = held + ? WHERE id = ? AND status = 1 AND kind = 1 AND balance - held >= ?",
	    DB_IN(db_in_i64(amount), db_in_u64(account), db_in_i64(amount)), &written);
	return r != RC_OK ? r : written == 1 ? RC_OK : RC_FUNDS;
}

static enum rc
hold_insert(struct db *d, const struct ledger_step *st, const struct intent *i, uint64_t account, uint64_t payee_person)
{
	return db_exec(d, "INSERT INTO hold (intent, person, request, payee_person, account, amount, digest, held_ms, expires_ms,"
	    " reverses) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0))",
	    DB_IN(db_in_bytes(st->intent, ID_BYTES), db_in_u64(st->person), db_in_bytes(st->request, ID_BYTES),
	    db_in_u64(payee_person), db_in_u64(account), db_in_i64(i->txn.amount), db_in_bytes(i->digest, DIGEST_BYTES),
	    db_in_i64(st->now_ms), db_in_i64(st->now_ms + HOLD_LIFE_MS), db_in_u64(i->reverses)), NULL);
}

/* The record names the hold and the digest. */
static enum rc
hold_append(struct db *d, const struct audit_event *ev, uint64_t id, const uint8_t digest[DIGEST_BYTES])
{
	struct audit_event e = *ev;
	char hex[2 * DIGEST_BYTES + 1];
	size_t n = strlen(e.detail);

	hex_put(digest, DIGEST_BYTES, hex);
	snprintf(e.detail + n, sizeof e.detail - n, "%shold %llu, digest %s", n > 0 ? "; " : "", (unsigned long long)id, hex);
	return audit_append(d, &e);
}

static enum rc
hold_step(struct db *d, void *arg)
{
	struct hold_args *a = arg;
	const struct ledger_step *st = a->step;
	struct movement m = { .now_ms = st->now_ms };
	struct account debit, payee;
	bool debit_open, payee_open;
	struct intent i;
	enum rc r;

	if ((r = intent_read(d, st->intent, &i)) != RC_OK)
		return r;
	if (i.person != st->person || memcmp(i.session, st->session, ID_BYTES) != 0)
		return RC_NOT_FOUND;
	if (!i.needs_hold)
		return RC_INVALID;
	txn_digest(&i.txn, m.digest);
	if (!crypto_same(m.digest, i.digest, DIGEST_BYTES))
		return RC_FORGED;	/* the stored intent was changed */
	if ((r = account_read(d, i.txn.debit, &debit, &debit_open)) != RC_OK ||
	    (r = account_read(d, i.txn.payee, &payee, &payee_open)) != RC_OK)
		return r;
	if ((r = i.reverses != 0 ? reversal_check(d, &i, &debit, &payee) :
	    debit.person != st->person || debit.kind != ACCOUNT_CUSTOMER ? RC_ACCOUNT_UNKNOWN : RC_OK) != RC_OK ||
	    (r = hold_insert(d, st, &i, debit.id, payee.person)) != RC_OK)
		return r == RC_EXISTS ? held_before(d, a) : r;
	a->id = db_insert_id(d);
	if (st->now_ms >= i.expires_ms)
		return RC_EXPIRED;
	if (!debit_open || !payee_open)
		return RC_ACCOUNT_CLOSED;
	if ((i.needs_face && (r = step_face(d, st, &m)) != RC_OK) ||
	    (i.needs_code && (r = step_code(d, st, &m)) != RC_OK) ||
	    (i.needs_approval && (r = step_approval(d, st, &m, payee.person)) != RC_OK) ||
	    (r = movement_check(&debit, &payee, &i.txn)) != RC_OK ||
	    (r = hold_amount(d, debit.id, i.txn.amount)) != RC_OK || (r = step_day(d, st, debit.id)) != RC_OK)
		return r;
	return hold_append(d, a->ev, a->id, m.digest);
}

static enum rc
hold_hold(struct hold_store *s, const struct ledger_step *step, const struct audit_event *ev, uint64_t *id)
{
	struct hold_args a = { .step = step, .ev = ev };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, hold_step, &a)) == RC_OK)
		*id = a.id;
	return r;
}

/* ---- the end of a hold ---- */

struct end_args {
	uint64_t id, by;
	const struct code_use *use;	/* of a posting */
	const char *reason;
	int64_t now_ms;
	const struct audit_event *ev;
	struct receipt receipt;
};

/* Only what is open and in time, by staff of the counter who neither asked nor pay nor are paid. */
static enum rc
decide(struct db *d, const struct end_args *a, enum hold_state state, uint64_t *written)
{
	return db_exec(d, "UPDATE hold SET state = ?, decided_by = ?, decided_ms = ?, reason = ? WHERE id = ? AND state = 1"
	    " AND expires_ms > ? AND ? NOT IN (hold.person, hold.payee_person,"
	    " (SELECT owned.person FROM account owned WHERE owned.id = hold.account)) AND" HOLDS_ROLE("?", ROLES_COUNTER_SQL),
	    DB_IN(db_in_u64((uint64_t)state), db_in_u64(a->by), db_in_i64(a->now_ms), db_in_text(a->reason), db_in_u64(a->id),
	    db_in_i64(a->now_ms), db_in_u64(a->by), db_in_u64(a->by)), written);
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

/* Moves the held money, with the approver's proofs spent. */
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

static enum rc
post_step(struct db *d, void *arg)
{
	struct end_args *a = arg;
	uint8_t digest[DIGEST_BYTES], request[ID_BYTES], intent[ID_BYTES];
	struct hold h;
	uint64_t written;
	enum rc r;

	if ((r = decide(d, a, HOLD_POSTED, &written)) != RC_OK || (r = hold_read(d, a->id, &h)) != RC_OK ||
	    (r = db_row(d, "SELECT request FROM hold WHERE id = ?", DB_IN(db_in_u64(a->id)),
	    DB_OUT(db_out_bytes(request, ID_BYTES)))) != RC_OK)
		return r;
	if (!crypto_same(h.digest, a->use->digest, DIGEST_BYTES))
		return RC_REQUEST_OTHER;
	if (written != 1)
		return (r = why_not(a, &h, HOLD_POSTED)) != RC_OK ? r : receipt_read(d, h.person, request, intent, &a->receipt);
	txn_digest(&h.txn, digest);
	if (!crypto_same(digest, h.digest, DIGEST_BYTES))
		return RC_FORGED;	/* the stored intent was changed */
	return held_move(d, a, &h, request);
}

static enum rc
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

	if ((r = decide(d, a, HOLD_REFUSED, &written)) != RC_OK || (r = hold_read(d, a->id, &h)) != RC_OK)
		return r;
	if (written != 1)
		return why_not(a, &h, HOLD_REFUSED);
	if ((r = account_read(d, h.txn.debit, &debit, &open)) != RC_OK || (r = release(d, &h, &debit)) != RC_OK)
		return r;
	return hold_append(d, a->ev, h.id, h.digest);
}

static enum rc
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
	    (r = hold_read(d, id, &h)) != RC_OK || (r = account_read(d, h.txn.debit, &debit, &open)) != RC_OK ||
	    (r = release(d, &h, &debit)) != RC_OK)
		return r;
	hex_put(h.intent, ID_BYTES, e.subject);
	snprintf(e.detail, sizeof e.detail, "nobody decided in time");
	return hold_append(d, &e, h.id, h.digest);
}

static enum rc
hold_expire(struct hold_store *s, const struct audit_event *ev)
{
	struct end_args a = { .ev = ev };

	return db_run(s->ctx, DB_REPEAT, expire_step, &a);
}

const struct hold_store_ops mysql_hold_ops = {
	.hold = hold_hold,
	.post = hold_post,
	.refuse = hold_refuse,
	.expire = hold_expire,
	.get = hold_get,
	.of_intent = hold_of_intent,
	.of_person = hold_of_person,
	.waiting = hold_waiting,
};
