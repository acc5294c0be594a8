/*
 * mysql_ledger_move.h - the parts of every step that moves money: journal row,
 * both balances, both postings, the audit record that vouches for them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All are used inside a step of db_run, in this order; who may move the money
 * and which proofs it spends is the step's business, between the first two.
 */
#ifndef DB_MYSQL_LEDGER_MOVE_H
#define DB_MYSQL_LEDGER_MOVE_H

#include "db/mysql_store.h"

/* What moves, between which accounts, for whom. */
struct movement {
	const struct txn *txn;
	uint8_t  digest[DIGEST_BYTES];
	uint64_t person;		/* 0: the bank itself */
	const uint8_t *request, *intent;
	uint64_t reverses;		/* journal row that this one takes back; 0: none */
	int64_t  now_ms;
	uint64_t journal;		/* out */
	int64_t  debit_after, payee_after;
};

/* RC_EXISTS: this request, or this intent under another request, was posted before; or what it reverses was reversed before. */
enum rc journal_insert(struct db *d, struct movement *m) MUST_CHECK;
/* RC_SAME_ACCOUNT, RC_CURRENCY. */
enum rc movement_check(const struct account *debit, const struct account *payee, const struct txn *t) MUST_CHECK;
/*
 * Both balances, ascending by account so that two movements never wait for each
 * other in a ring, then both postings. RC_FUNDS, RC_ACCOUNT_CLOSED.
 */
enum rc movement_run(struct db *d, struct movement *m, const struct account *debit, const struct account *payee) MUST_CHECK;
/* The audit record names the journal row and the digest. */
enum rc movement_append(struct db *d, const struct movement *m, const struct audit_event *ev) MUST_CHECK;

/* The proofs of a step, over the movement's digest. RC_PROOF_MISSING; of the code also RC_CODE_USED. */
enum rc step_face(struct db *d, const struct ledger_step *st, const struct movement *m) MUST_CHECK;
enum rc step_code(struct db *d, const struct ledger_step *st, const struct movement *m) MUST_CHECK;
/* By somebody who is a member of staff to this moment, and neither pays nor is paid. RC_APPROVAL_MISSING. */
enum rc step_approval(struct db *d, const struct ledger_step *st, const struct movement *m, uint64_t payee) MUST_CHECK;
/*
 * What left the account within a day, and what is held. After the movement, while
 * its account's row is locked: nobody else adds to the sum before this step ends. RC_LIMIT.
 */
enum rc step_day(struct db *d, const struct ledger_step *st, uint64_t account) MUST_CHECK;

/*
 * May this intent take back what it names, from debit to payee? mysql_reversal.c.
 * RC_EXISTS: reversed already. RC_DENIED: whoever asks has a part in it, or is no
 * supervisor. RC_INVALID: neither transfer nor payment of a batch. RC_FORGED,
 * RC_NOT_FOUND, RC_ACCOUNT_UNKNOWN.
 */
enum rc reversal_check(struct db *d, const struct intent *i, const struct account *debit, const struct account *payee) MUST_CHECK;

#endif
