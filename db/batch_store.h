/*
 * batch_store.h - payments entered from paper: drafts, submitted, checked, posted.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A maker saves lines as they are typed and signs the whole; a checker, who is
 * somebody else, sends it back or posts it. Posting moves every line in one
 * transaction with the checker's proofs, or none. Who may do what is part of
 * each conditional write. Rules for all operations: store.h.
 */
#ifndef DB_BATCH_STORE_H
#define DB_BATCH_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/code_store.h"
#include "proto/batch_digest.h"
#include "proto/limits.h"

enum batch_state {
	BATCH_DRAFT = 1, BATCH_SUBMITTED = 2, BATCH_SENT_BACK = 3, BATCH_POSTED = 4, BATCH_DROPPED = 5,
	BATCH_IMPORT = 6,	/* lines of a file arrive; in no queue until all are there */
};

struct batch {
	uint64_t id, maker, checker;		/* checker 0: nobody yet */
	char     maker_name[NAME_MAX_BYTES + 1], checker_name[NAME_MAX_BYTES + 1];
	enum batch_state state;
	uint64_t version;			/* raised by every change of a line */
	uint64_t lines;
	uint8_t  digest[DIGEST_BYTES];		/* as signed by the maker; zero before */
	int64_t  created_ms, changed_ms, submitted_ms, decided_ms;
	char     reason[REFERENCE_MAX_BYTES + 1];	/* why it was sent back */
};

struct batch_total {
	char     currency[CURRENCY_BYTES + 1];
	uint64_t lines;
	int64_t  sum;				/* minor units */
};

enum batch_queue {
	BATCHES_MINE = 1,	/* drafts of this maker */
	BATCHES_TO_CHECK,	/* submitted by others */
	BATCHES_BACK,		/* of this maker, sent back */
	BATCHES_POSTED,		/* posted since a time, made or checked by this person */
};

#define BATCH_IMPORT_STALE_MS (60 * 60 * 1000LL)	/* an import takes seconds; this one was given up */

struct batch_store;
struct batch_store_ops {
	/*
	 * A new batch of this maker, in state BATCH_DRAFT or BATCH_IMPORT; ev's subject
	 * is written here. The same request again: the same batch. With a new import, the maker's imports in
	 * which nothing was done for BATCH_IMPORT_STALE_MS are thrown away, audited.
	 */
	enum rc (*open)(struct batch_store *s, uint64_t maker, const uint8_t request[ID_BYTES], enum batch_state state,
	    const struct audit_event *ev, uint64_t *id);
	/*
	 * Saves lines, all or none; a line at a place that is taken replaces it.
	 * RC_NOT_FOUND: no such batch of this maker. RC_EARLY: it is submitted,
	 * posted or dropped. RC_LIMIT: above BATCH_LINES_MAX.
	 */
	enum rc (*lines_put)(struct batch_store *s, uint64_t batch, uint64_t maker, const struct batch_line *l, size_t n,
	    int64_t now_ms);
	/*
	 * Keeps a line as it stands that is not complete or not right, any part of it
	 * may be empty; it is no line of the batch. One at the same place is replaced;
	 * lines_put() and line_drop() at its place end it, submit() and drop() all.
	 * RC_LIMIT: above BATCH_UNFINISHED_MAX. Else as lines_put().
	 */
	enum rc (*keep)(struct batch_store *s, uint64_t batch, uint64_t maker, const struct batch_line *l);
	/* Those, in the order of their places. */
	enum rc (*kept)(struct batch_store *s, uint64_t batch, struct batch_line dst[BATCH_UNFINISHED_MAX], size_t *n);
	/* The newest batches, at most max, with a line from or to this account. */
	enum rc (*of_account)(struct batch_store *s, const char *account, uint64_t *dst, size_t max, size_t *n);
	/* RC_OK also when there is no such line. Else as lines_put(). */
	enum rc (*line_drop)(struct batch_store *s, uint64_t batch, uint64_t maker, uint64_t place, int64_t now_ms);
	/* An import is whole: it becomes a draft. RC_NOT_FOUND, RC_EARLY. */
	enum rc (*imported)(struct batch_store *s, uint64_t batch, uint64_t maker, const struct audit_event *ev);
	/* A draft, or one that was sent back, is thrown away. RC_NOT_FOUND, RC_EARLY. */
	enum rc (*drop)(struct batch_store *s, uint64_t batch, uint64_t maker, const struct audit_event *ev);

	/* One batch, and its totals per currency in the order of the currencies' names; total NULL: without them. RC_NOT_FOUND. */
	enum rc (*get)(struct batch_store *s, uint64_t batch, struct batch *b, struct batch_total total[BATCH_CURRENCIES_MAX],
	    size_t *totals);
	/* Lines from place on, ascending, at most max. */
	enum rc (*lines)(struct batch_store *s, uint64_t batch, uint64_t from, struct batch_line *dst, size_t max, size_t *n);
	/* Newest first, ids below before (0: all), at most max; since_ms: of BATCHES_POSTED. */
	enum rc (*list)(struct batch_store *s, enum batch_queue q, uint64_t person, int64_t since_ms, uint64_t before,
	    struct batch *dst, size_t max, size_t *n);

	/*
	 * The digest of a draft as it stands, for its maker to sign. RC_NOT_FOUND,
	 * RC_EARLY, RC_INVALID: there is no line. RC_LIMIT: more than
	 * BATCH_CURRENCIES_MAX currencies, or sums that no integer holds.
	 */
	enum rc (*digest)(struct batch_store *s, uint64_t batch, uint64_t maker, uint8_t digest[DIGEST_BYTES]);
	/*
	 * The maker signs: spends the code that was made for the digest. The same
	 * submission again is RC_OK. RC_REQUEST_OTHER: a line was changed since the
	 * code was asked for. RC_CODE_USED, RC_PROOF_MISSING, RC_NOT_FOUND, RC_EARLY.
	 */
	enum rc (*submit)(struct batch_store *s, uint64_t batch, const struct code_use *by, const struct audit_event *ev);
	/* Sent back by a checker who is not the maker. RC_NOT_FOUND, RC_EARLY (not submitted), RC_DENIED, RC_INVALID: the reason. */
	enum rc (*back)(struct batch_store *s, uint64_t batch, uint64_t checker, const char *reason, const struct audit_event *ev);
	/*
	 * Posts: every line in one transaction with the checker's face proof and
	 * code, or nothing. The same again is RC_OK. *failed: the place of the line
	 * that stopped it, 0 if none did. RC_NOT_FOUND, RC_EARLY (not submitted),
	 * RC_DENIED (the maker, no checker, or a line moves the checker's own
	 * money), RC_REQUEST_OTHER (not the digest that was submitted), RC_FORGED
	 * (a stored line was changed), RC_PROOF_MISSING, RC_CODE_USED; of a line:
	 * RC_FUNDS, RC_ACCOUNT_UNKNOWN, RC_ACCOUNT_CLOSED, RC_CURRENCY, RC_SAME_ACCOUNT.
	 */
	enum rc (*post)(struct batch_store *s, uint64_t batch, const struct code_use *by, const struct audit_event *ev,
	    uint64_t *failed);
};

struct batch_store {
	const struct batch_store_ops *ops;
	void *ctx;
};

#endif
