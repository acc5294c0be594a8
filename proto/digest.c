/*
 * digest.c - the layout of PROTOCOL.md, "Transaction digest", field by field.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/crypto.h"
#include "proto/digest.h"

void
txn_digest(const struct txn *t, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, "countersign transaction 1");
	hash_u8(&h, (uint8_t)t->kind);
	hash_text(&h, t->debit);
	hash_text(&h, t->payee);
	hash_text(&h, t->payee_name);
	hash_i64(&h, t->amount);
	hash_text(&h, t->currency);
	hash_text(&h, t->reference);
	hash_bytes(&h, t->nonce, sizeof t->nonce);
	hash_end(&h, out);
}
