/*
 * mysql_reversal.c - a posted transaction that is to be taken back: read, and
 * asked whether it may be.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A reversal is an intent of its own kind that names the journal row, held and
 * posted like a large transfer (mysql_hold.c). That it happens once is kept by
 * unique keys of hold and journal, not by what is read here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "db/mysql_ledger_move.h"

/* ---- reading ---- */

struct posted_args {
	uint64_t journal;
	struct posted p;
};

static enum rc
posted_step(struct db *d, void *arg)
{
	struct posted_args *a = arg;
	struct posted *p = &a->p;
	uint64_t kind;
	enum rc r;

	r = db_row(d, "SELECT j.id, j.at_ms, j.kind, j.debit, j.payee, j.payee_name, j.amount, j.currency, j.reference, j.nonce,"
	    " j.digest, f.person, f.name, t.person, t.balance - t.held, COALESCE(b.id, 0),"
	    " COALESCE((SELECT MAX(h.id) FROM hold h WHERE h.reversing = j.id AND h.state = 1), 0)"
	    " FROM journal j JOIN account f ON f.number = j.debit JOIN account t ON t.number = j.payee"
	    " LEFT JOIN journal b ON b.reverses = j.id WHERE j.id = ?",
	    DB_IN(db_in_u64(a->journal)),
	    DB_OUT(db_out_u64(&p->journal), db_out_i64(&p->at_ms), db_out_u64(&kind), db_out_text(p->txn.debit, sizeof p->txn.debit),
	    db_out_text(p->txn.payee, sizeof p->txn.payee), db_out_text(p->txn.payee_name, sizeof p->txn.payee_name),
	    db_out_i64(&p->txn.amount), db_out_text(p->txn.currency, sizeof p->txn.currency),
	    db_out_text(p->txn.reference, sizeof p->txn.reference), db_out_bytes(p->txn.nonce, NONCE_BYTES),
	    db_out_bytes(p->digest, DIGEST_BYTES), db_out_u64(&p->debit_person), db_out_text(p->debit_name, sizeof p->debit_name),
	    db_out_u64(&p->payee_person), db_out_i64(&p->available), db_out_u64(&p->reversed_by),
	    db_out_u64(&p->waiting)));
	if (r == RC_OK)
		p->txn.kind = (enum txn_kind)kind;
	return r;
}

enum rc
ledger_posted(struct ledger_store *s, uint64_t journal, struct posted *p)
{
	struct posted_args a = { .journal = journal };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, posted_step, &a)) == RC_OK)
		*p = a.p;
	return r;
}

struct linked_args {
	const char *thing;
	char row[LINKED_BYTES];
	char (*dst)[LINKED_BYTES];
	size_t n;
};

static enum rc
linked_each(void *arg)
{
	struct linked_args *a = arg;

	memcpy(a->dst[a->n++], a->row, sizeof a->row);
	return RC_OK;
}

/* A line of a batch is found by its maker's batches of that moment: the journal names none, and lines are many. */
static enum rc
linked_step(struct db *d, void *arg)
{
	struct linked_args *a = arg;
	const struct db_out out = db_out_text(a->row, sizeof a->row);
	uint64_t batch;

	a->n = 0;
	if (sscanf(a->thing, "batch %" SCNu64, &batch) == 1)
		return db_rows(d, "SELECT LOWER(HEX(r.id)) FROM batch_line l JOIN intent r ON r.reverses = l.journal"
		    " WHERE l.batch = ? AND l.journal > 0 ORDER BY r.seq LIMIT ?",
		    DB_IN(db_in_u64(batch), db_in_u64(LINKED_MAX)), DB_OUT(out), linked_each, a);
	return db_rows(d, "SELECT LOWER(HEX(j.intent)) FROM intent i JOIN journal j ON j.id = i.reverses AND j.kind <> 3"
	    " WHERE i.id = UNHEX(?) UNION ALL SELECT CONCAT('batch ', l.batch) FROM intent i JOIN journal j ON j.id = i.reverses"
	    " AND j.kind = 3 JOIN batch b ON b.maker = j.person AND b.decided_ms = j.at_ms JOIN batch_line l ON l.batch = b.id"
	    " AND l.journal = j.id WHERE i.id = UNHEX(?) UNION ALL SELECT LOWER(HEX(r.id)) FROM journal j JOIN intent r ON r.reverses = j.id"
	    " WHERE j.intent = UNHEX(?) LIMIT ?",
	    DB_IN(db_in_text(a->thing), db_in_text(a->thing), db_in_text(a->thing), db_in_u64(LINKED_MAX)), DB_OUT(out),
	    linked_each, a);
}

enum rc
ledger_linked(struct ledger_store *s, const char *thing, char dst[LINKED_MAX][LINKED_BYTES], size_t *n)
{
	struct linked_args a = { .thing = thing, .dst = dst };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, linked_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

/* ---- the check inside a step ---- */

enum rc
reversal_check(struct db *d, const struct intent *i, const struct account *debit, const struct account *payee)
{
	struct posted_args a = { .journal = i->reverses };
	const struct posted *p = &a.p;
	uint8_t digest[DIGEST_BYTES];
	char words[REFERENCE_MAX_BYTES + 1];
	uint64_t supervisor;
	int n;
	enum rc r;

	if ((r = posted_step(d, &a)) != RC_OK)
		return r;
	n = snprintf(words, sizeof words, REVERSAL_REFERENCE, (unsigned long long)i->reverses);
	txn_digest(&p->txn, digest);
	if (i->txn.kind != TXN_REVERSAL || !crypto_same(digest, p->digest, DIGEST_BYTES))
		return RC_FORGED;
	if (p->txn.kind != TXN_TRANSFER && p->txn.kind != TXN_BATCH)
		return RC_INVALID;	/* deposits and reversals stay */
	if (strcmp(debit->number, p->txn.payee) != 0 || strcmp(payee->number, p->txn.debit) != 0 ||
	    i->txn.amount != p->txn.amount || strcmp(i->txn.currency, p->txn.currency) != 0 ||
	    strncmp(i->txn.reference, words, (size_t)n) != 0)
		return RC_FORGED;
	if (p->reversed_by != 0)
		return RC_EXISTS;
	if (debit->kind != ACCOUNT_CUSTOMER || payee->kind != ACCOUNT_CUSTOMER)
		return RC_ACCOUNT_UNKNOWN;
	if (i->person == debit->person || i->person == payee->person)
		return RC_DENIED;
	r = db_row(d, "SELECT 1 FROM DUAL WHERE" HOLDS_ROLE("?", ROLES_SUPERVISOR_SQL), DB_IN(db_in_u64(i->person)),
	    DB_OUT(db_out_u64(&supervisor)));
	return r == RC_NOT_FOUND ? RC_DENIED : r;
}
