/*
 * digest.h - the transaction digest: what proofs and codes are bound to.
 * SPDX-License-Identifier: Apache-2.0
 *
 * BLAKE2b-256 with domain "countersign transaction 1" over a fixed layout that
 * PROTOCOL.md writes down byte for byte; never over an encoder's output.
 * Threads: none; pure functions.
 */
#ifndef PROTO_DIGEST_H
#define PROTO_DIGEST_H

#include <stdint.h>

#include "proto/limits.h"

/* How the reference of a reversal begins, its reason follows: so its proofs are bound to the journal row that it names. */
#define REVERSAL_REFERENCE       "Reversal of %llu: "
#define REVERSAL_REFERENCE_BYTES 34u	/* at most, with 20 digits */

enum txn_kind { TXN_TRANSFER = 1, TXN_DEPOSIT = 2, TXN_BATCH = 3, TXN_REVERSAL = 4 };

struct txn {
	enum txn_kind kind;
	char     debit[ACCOUNT_MAX_BYTES + 1];
	char     payee[ACCOUNT_MAX_BYTES + 1];
	char     payee_name[NAME_MAX_BYTES + 1];	/* as shown to the person */
	int64_t  amount;				/* minor units */
	char     currency[CURRENCY_BYTES + 1];
	char     reference[REFERENCE_MAX_BYTES + 1];
	uint8_t  nonce[NONCE_BYTES];			/* chosen by the server, per intent */
};

void txn_digest(const struct txn *t, uint8_t out[static DIGEST_BYTES]);

#endif
