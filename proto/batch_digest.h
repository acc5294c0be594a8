/*
 * batch_digest.h - the digest of a batch of payments: what its maker and its
 * checker sign.
 * SPDX-License-Identifier: Apache-2.0
 *
 * BLAKE2b-256 with domain "countersign batch 1" over a fixed layout that
 * PROTOCOL.md writes down byte for byte: batch, version, maker, then each line
 * in order of place, then the number of lines. Begun once, a line at a time,
 * ended once. Threads: none.
 */
#ifndef PROTO_BATCH_DIGEST_H
#define PROTO_BATCH_DIGEST_H

#include <stdint.h>

#include "proto/crypto.h"
#include "proto/limits.h"

struct batch_line {
	uint64_t place;					/* order, with gaps; unique in the batch */
	char     debit[ACCOUNT_MAX_BYTES + 1];
	char     payee[ACCOUNT_MAX_BYTES + 1];
	char     payee_name[NAME_MAX_BYTES + 1];	/* as shown to the maker */
	int64_t  amount;				/* minor units */
	char     currency[CURRENCY_BYTES + 1];
	char     reference[REFERENCE_MAX_BYTES + 1];
};

struct batch_digest {
	struct hash hash;
	uint32_t lines;
};

void batch_digest_start(struct batch_digest *b, uint64_t batch, uint64_t version, uint64_t maker);
void batch_digest_line(struct batch_digest *b, const struct batch_line *l);
void batch_digest_end(struct batch_digest *b, uint8_t out[static DIGEST_BYTES]);

#endif
