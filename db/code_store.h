/*
 * code_store.h - where one-time codes wait.
 * SPDX-License-Identifier: Apache-2.0
 * Rules for all operations: store.h.
 */
#ifndef DB_CODE_STORE_H
#define DB_CODE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/outbox_store.h"
#include "proto/limits.h"

enum code_purpose { CODE_REGISTER = 1, CODE_LOGIN = 2, CODE_TRANSACTION = 3, CODE_APPROVAL = 4, CODE_STAFF = 5, CODE_BATCH = 6 };

struct code_row {
	uint64_t id;
	uint64_t person;
	uint8_t  session[ID_BYTES];
	enum code_purpose purpose;
	uint8_t  digest[DIGEST_BYTES];	/* of what it is for; zero for registration and log-in */
	uint8_t  salt[NONCE_BYTES];
	uint8_t  hash[DIGEST_BYTES];	/* keyed BLAKE2b over purpose, person, session, digest, salt and code */
	uint32_t tries;			/* used up, this one included */
	int64_t  created_ms, expires_ms;
	int64_t  used_ms;		/* 0: not yet */
};

/* A code that somebody typed right: who, and what it was made for. Spent in the step that it allows. */
struct code_use {
	uint64_t person;
	uint64_t code;			/* its row */
	uint8_t  session[ID_BYTES];
	uint8_t  digest[DIGEST_BYTES];
	int64_t  now_ms;
};

struct code_store;
struct code_store_ops {
	/*
	 * Issues a code and queues its message in one transaction; earlier codes of
	 * the same session, purpose and digest die. RC_CODE_RATE after CODE_SENDS_MAX
	 * in CODE_SENDS_WINDOW_MS for this person that were not answered right: a
	 * customer with many transfers is not stopped, whoever floods a mailbox is.
	 */
	enum rc (*issue)(struct code_store *s, const struct code_row *c, const struct outbox_new *message, const struct audit_event *ev);
	/*
	 * Counts one try on the newest code of this session, purpose and digest and
	 * returns the row, in one atomic step. The try stays counted whatever comes
	 * of it, also when the code was right and the step it was for then failed.
	 * RC_NOT_FOUND: none was issued. RC_CODE_TRIES, RC_CODE_EXPIRED,
	 * RC_CODE_USED: no try was counted.
	 */
	enum rc (*take)(struct code_store *s, const uint8_t session[ID_BYTES], enum code_purpose purpose,
	    const uint8_t digest[DIGEST_BYTES], int64_t now_ms, struct code_row *row);
};

struct code_store {
	const struct code_store_ops *ops;
	void *ctx;
};

#endif
