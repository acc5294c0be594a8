/*
 * ledger_store.h - accounts, intents, journal and postings.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The invariant: money moves only inside the transaction that spends the proofs
 * of that step and appends its audit record. Lock order: request row, proofs,
 * accounts ascending, lane head. Rules for all operations: store.h.
 */
#ifndef DB_LEDGER_STORE_H
#define DB_LEDGER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "proto/digest.h"
#include "proto/limits.h"

#define LEDGER_DAY_MS (24 * 3600 * 1000LL)

enum account_kind { ACCOUNT_CUSTOMER = 1, ACCOUNT_INTERNAL = 2 };

struct account {
	uint64_t id;
	char     number[ACCOUNT_MAX_BYTES + 1];
	uint64_t person;			/* 0 for internal accounts */
	char     name[NAME_MAX_BYTES + 1];	/* of the person, or what the internal account is for */
	enum account_kind kind;
	char     currency[CURRENCY_BYTES + 1];
	int64_t  balance;			/* minor units */
	int64_t  held;				/* of it, by open holds (hold_store.h): may not be spent */
	int64_t  opened_ms;
};

struct intent {
	uint8_t  id[ID_BYTES];
	uint64_t person;
	uint8_t  session[ID_BYTES];
	struct txn txn;
	uint8_t  digest[DIGEST_BYTES];		/* txn_digest(&txn) */
	bool     needs_face, needs_code;
	bool     needs_approval;		/* by a member of staff who is neither payer nor payee */
	unsigned needs_hold;			/* held first, posted by so many others (hold_store.h); 0: posted at once */
	int64_t  created_ms, expires_ms;
	uint64_t journal;			/* 0: not posted */
	uint64_t reverses;			/* TXN_REVERSAL: the journal row that it takes back; else 0 */
};

/* One step: post an intent. */
struct ledger_step {
	uint8_t  intent[ID_BYTES];
	uint64_t person;
	uint8_t  session[ID_BYTES];
	uint8_t  request[ID_BYTES];		/* client-made, unique per person */
	uint64_t code;				/* row of the code that was typed right; spent here; 0 if none is needed */
	int64_t  day_most;			/* may leave the account within 24 hours, this step included; 0: no limit */
	int64_t  now_ms;
};

struct receipt {
	uint64_t journal;
	int64_t  posted_ms;
	struct txn txn;
	uint8_t  digest[DIGEST_BYTES];
	int64_t  balance_after;			/* of the debit account; of the payee's after a deposit */
};

/* A journal row, with what somebody needs to know who is asked to take it back. */
struct posted {
	uint64_t journal;
	int64_t  at_ms;
	struct txn txn;
	uint8_t  digest[DIGEST_BYTES];
	uint64_t debit_person, payee_person;	/* 0: the bank itself */
	char     debit_name[NAME_MAX_BYTES + 1];
	int64_t  available;			/* of the payee's account, which a reversal is taken from */
	uint64_t reversed_by;			/* journal row, or 0 */
	uint64_t waiting;			/* hold of a reversal asked for and not yet decided, or 0 */
};

#define LINKED_MAX   4u
#define LINKED_BYTES 40u	/* an intent in hex, or "batch 17" */

struct history_row {
	uint64_t posting, journal;
	int64_t  at_ms;
	int64_t  amount;			/* signed: negative leaves the account */
	int64_t  balance_after;
	char     other[ACCOUNT_MAX_BYTES + 1];
	char     other_name[NAME_MAX_BYTES + 1];
	char     reference[REFERENCE_MAX_BYTES + 1];
};

struct ledger_deposit {
	const char *account, *currency, *reference;
	int64_t  amount;
	uint8_t  request[ID_BYTES];
	int64_t  now_ms;
};

struct ledger_store;
struct ledger_store_ops {
	/* Ordered by id; person 0: all accounts, the bank's own too (for the tools). */
	enum rc (*accounts_of)(struct ledger_store *s, uint64_t person, struct account *dst, size_t max, size_t *n);
	enum rc (*account_by_number)(struct ledger_store *s, const char *number, struct account *a);	/* RC_ACCOUNT_UNKNOWN */
	enum rc (*intent_put)(struct ledger_store *s, const struct intent *i, const struct audit_event *ev);
	enum rc (*intent_get)(struct ledger_store *s, const uint8_t id[ID_BYTES], struct intent *i);	/* RC_NOT_FOUND */
	/* The newest transfer of this person: for "what became of the last transfer". RC_NOT_FOUND. */
	enum rc (*intent_last)(struct ledger_store *s, uint64_t person, struct intent *i);
	/*
	 * Posts. RC_OK also when the same request was committed before (same intent):
	 * the first receipt again, nothing moved twice. RC_REQUEST_OTHER: the request
	 * id was used for another intent. RC_PROOF_MISSING, RC_APPROVAL_MISSING,
	 * RC_CODE_USED, RC_EXPIRED, RC_FUNDS, RC_LIMIT (of the day), RC_ACCOUNT_UNKNOWN, RC_ACCOUNT_CLOSED, RC_SAME_ACCOUNT, RC_CURRENCY:
	 * nothing happened and nothing was spent. RC_EXISTS: the intent was posted
	 * before under another request id. RC_FORGED: the stored intent was changed.
	 */
	enum rc (*post)(struct ledger_store *s, const struct ledger_step *step, const struct audit_event *ev, struct receipt *r);
	enum rc (*receipt_by_request)(struct ledger_store *s, uint64_t person, const uint8_t request[ID_BYTES], struct receipt *r);	/* RC_NOT_FOUND */
	enum rc (*posted)(struct ledger_store *s, uint64_t journal, struct posted *p);	/* RC_NOT_FOUND */
	/*
	 * What an intent (in hex) or a batch is tied to by reversals, as audit
	 * records name it: what it takes back, and what takes it, or a line of it,
	 * back, the first LINKED_MAX. Of anything else nothing.
	 */
	enum rc (*linked)(struct ledger_store *s, const char *thing, char dst[LINKED_MAX][LINKED_BYTES], size_t *n);
	/* Newest first, postings below before (0: all). The account must be the person's: RC_ACCOUNT_UNKNOWN. */
	enum rc (*history)(struct ledger_store *s, uint64_t person, const char *account, uint64_t before, size_t max,
	    struct history_row *dst, size_t *n, char currency[CURRENCY_BYTES + 1]);
	/*
	 * For the tools: what the account held before from_ms (the sum of its
	 * postings), and its postings of from_ms <= at < to_ms, oldest first, those
	 * above `after` (0: all). RC_ACCOUNT_UNKNOWN.
	 */
	enum rc (*statement_open)(struct ledger_store *s, const char *number, int64_t from_ms, struct account *a, int64_t *opening);
	enum rc (*statement_lines)(struct ledger_store *s, const char *number, int64_t from_ms, int64_t to_ms, uint64_t after,
	    struct history_row *dst, size_t max, size_t *n);
	/* Opening deposit from the internal cash account with a system proof; idempotent by request. */
	enum rc (*deposit)(struct ledger_store *s, const struct ledger_deposit *d, const struct audit_event *ev, struct receipt *r);
};

struct ledger_store {
	const struct ledger_store_ops *ops;
	void *ctx;
};

#endif
