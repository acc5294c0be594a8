/*
 * batch_digest.c - the layout of PROTOCOL.md, "Batch digest", field by field.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/batch_digest.h"

void
batch_digest_start(struct batch_digest *b, uint64_t batch, uint64_t version, uint64_t maker)
{
	b->lines = 0;
	hash_start(&b->hash, "countersign batch 1");
	hash_u64(&b->hash, batch);
	hash_u64(&b->hash, version);
	hash_u64(&b->hash, maker);
}

void
batch_digest_line(struct batch_digest *b, const struct batch_line *l)
{
	b->lines++;
	hash_u64(&b->hash, l->place);
	hash_text(&b->hash, l->debit);
	hash_text(&b->hash, l->payee);
	hash_text(&b->hash, l->payee_name);
	hash_i64(&b->hash, l->amount);
	hash_text(&b->hash, l->currency);
	hash_text(&b->hash, l->reference);
}

void
batch_digest_end(struct batch_digest *b, uint8_t out[static DIGEST_BYTES])
{
	hash_u32(&b->hash, b->lines);
	hash_end(&b->hash, out);
}
