/*
 * otp.h - one-time codes: made, sent, checked.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   six random digits, kept as a keyed hash over purpose, person,
 *               session, transaction digest and salt, so that a code proves
 *               only what it was made for; the message says amount and payee.
 * What it isn't: it sends nothing itself: the message is sealed into the outbox
 *               in the transaction that issues the code.
 *
 * Spending a code is the business of the step it allows (session_store.move,
 * ledger_store.post). Threads: none; each desk with its own stores.
 */
#ifndef SERVER_OTP_H
#define SERVER_OTP_H

#include "db/store.h"
#include "proto/crypto.h"
#include "server/vault.h"

struct otp_order {
	enum code_purpose purpose;
	const struct person *person;
	const uint8_t *session;		/* ID_BYTES */
	const struct txn *txn;		/* CODE_TRANSACTION, CODE_APPROVAL: what the message says, else NULL */
	const uint8_t *digest;		/* of txn, or of the act; NULL for registration and log-in */
	const char *about;		/* CODE_APPROVAL: the payer's name; CODE_STAFF, CODE_BATCH: the act in words; else NULL */
	const char *bank;
	int64_t now_ms, life_ms;
};

/* masked gets the address as it may be shown, "a***@example.org". RC_CODE_RATE: too many in a short time. */
enum rc otp_send(struct stores *st, const struct vault *v, const struct rng *g, const struct otp_order *o,
            const struct audit_event *ev, char masked[static EMAIL_MAX_BYTES + 1]) MUST_CHECK;

struct otp_try {
	enum code_purpose purpose;
	uint64_t person;
	const uint8_t *session;		/* ID_BYTES */
	const uint8_t *digest;		/* NULL: none */
	const char *code;
	int64_t now_ms;
};

/*
 * RC_OK: right, *row is the code to spend. RC_NOT_FOUND: none was sent for
 * this. RC_CODE_WRONG (the try is counted), RC_CODE_EXPIRED, RC_CODE_USED,
 * RC_CODE_TRIES, RC_STORE.
 */
enum rc otp_check(struct stores *st, const struct vault *v, const struct otp_try *t, uint64_t *row) MUST_CHECK;

/* "a***@example.org" of "anna@example.org". */
void    otp_mask_email(const char *email, char dst[static EMAIL_MAX_BYTES + 1]);

#endif
