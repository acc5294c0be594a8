/*
 * hold_store.h - transfers in two steps: held by the customer, posted by
 * somebody else.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   between both steps the money stays in the account and cannot
 *               be spent: available = balance - held. An open hold ends once:
 *               posted with an approver's proofs over the same digest, refused
 *               with a reason, or expired. Where it needs the approval of
 *               several, each gives it with proofs of their own, and the last
 *               one's posts it. Who may decide is part of each conditional
 *               write: staff of the counter, neither payer nor payee nor who
 *               asked, and nobody twice. A transfer is asked for by its payer; a
 *               reversal by a supervisor, and takes back what was posted.
 * What it isn't: an approval beside the customer at the terminal, which is a
 *               proof of the posting itself (staff_store.approve).
 * Lock order: hold, proofs, accounts ascending, lane head. Rules for all
 * operations: store.h.
 */
#ifndef DB_HOLD_STORE_H
#define DB_HOLD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/code_store.h"
#include "db/ledger_store.h"
#include "proto/digest.h"
#include "proto/limits.h"

#define HOLD_LIFE_MS (24 * 3600 * 1000LL)
#define HOLD_APPROVERS_BYTES (APPROVALS_MAX * (NAME_MAX_BYTES + 2u) + 1u)

enum hold_state { HOLD_OPEN = 1, HOLD_POSTED = 2, HOLD_REFUSED = 3, HOLD_EXPIRED = 4 };

/* A hold, and what somebody needs to decide about it. */
struct hold {
	uint64_t id;
	uint8_t  intent[ID_BYTES];
	uint64_t person;			/* who asked: the payer, or a supervisor for a reversal */
	uint64_t debit_person, payee_person;	/* whose accounts these are; none of the three may decide */
	uint64_t reverses;			/* journal row that is to be taken back; 0: a transfer */
	char     person_name[NAME_MAX_BYTES + 1];	/* of who asked */
	char     debit_name[NAME_MAX_BYTES + 1];	/* of whose account is debited */
	struct txn txn;
	uint8_t  digest[DIGEST_BYTES];		/* what the proofs of both sides are bound to */
	enum hold_state state;
	unsigned approvals, given;		/* by how many others it is posted, and by how many it is approved so far */
	char     approvers[HOLD_APPROVERS_BYTES];	/* the names of those, in their order, ", " between them */
	bool     approved;			/* by the person whom the question named */
	bool     by_face, by_code;		/* what whoever asked gave for it, */
	char     terminal[TERMINAL_NAME_BYTES + 1];	/* and where */
	int64_t  held_ms, expires_ms;
	uint64_t decided_by;			/* 0: nobody */
	int64_t  decided_ms;			/* 0: open */
	char     reason[REFERENCE_MAX_BYTES + 1];	/* why it was refused */
	int64_t  balance, held;			/* of the debit account now; held: by all open holds */
};

struct hold_store;
struct hold_store_ops {
	/*
	 * Holds an intent that needs it, with the customer's proofs. The same request
	 * again: the same hold. RC_INVALID: the intent is to be posted at once.
	 * RC_LIMIT counts open holds. Else as post() of ledger_store.h. Of a reversal
	 * also RC_EXISTS: reversed, or about to be; RC_DENIED: by no supervisor, or one
	 * with a part in it; RC_INVALID: not a transaction that can be taken back.
	 */
	enum rc (*hold)(struct hold_store *s, const struct ledger_step *step, const struct audit_event *ev, uint64_t *id);
	/*
	 * Approves with the approver's face proof and code for by->digest
	 * (CODE_APPROVAL), and posts if it is the last that is needed; else r->journal
	 * is 0 and the record's action is AUDIT_HOLD_APPROVE. The same approver again:
	 * the same answer, counted once. RC_NOT_FOUND, RC_EARLY: decided
	 * before, RC_EXPIRED, RC_DENIED: may not decide this one, RC_REQUEST_OTHER: not
	 * this digest, RC_FORGED, RC_PROOF_MISSING, RC_CODE_USED, RC_ACCOUNT_CLOSED:
	 * nothing happened and nothing was spent.
	 */
	enum rc (*post)(struct hold_store *s, uint64_t id, const struct code_use *by, const struct audit_event *ev,
	    struct receipt *r);
	/* The money is free again. The same again is RC_OK. RC_INVALID: the reason. Else as post(). */
	enum rc (*refuse)(struct hold_store *s, uint64_t id, uint64_t by, const char *reason, const struct audit_event *ev);
	/* Expires the oldest hold that is due at ev->at_ms; ev's subject and detail are written here. RC_NOT_FOUND: none is. */
	enum rc (*expire)(struct hold_store *s, const struct audit_event *ev);

	/* h->approved is about the person `by`, 0: nobody; so it is of waiting(). RC_NOT_FOUND. */
	enum rc (*get)(struct hold_store *s, uint64_t id, uint64_t by, struct hold *h);
	enum rc (*of_intent)(struct hold_store *s, const uint8_t intent[ID_BYTES], struct hold *h);	/* RC_NOT_FOUND */
	/* Out of one person's accounts, the newest first, below `before` (0: all), at most max. */
	enum rc (*of_person)(struct hold_store *s, uint64_t person, uint64_t before, struct hold *dst, size_t max, size_t *n);
	/* Open holds above `after` (0: all), oldest first, at most max. */
	enum rc (*waiting)(struct hold_store *s, uint64_t by, uint64_t after, struct hold *dst, size_t max, size_t *n);
};

struct hold_store {
	const struct hold_store_ops *ops;
	void *ctx;
};

#endif
