/*
 * desk_batch.h - what the handlers of batches share.
 * SPDX-License-Identifier: Apache-2.0
 * Threads: the desk's own.
 */
#ifndef SERVER_DESK_BATCH_H
#define SERVER_DESK_BATCH_H

#include "server/desk_parts.h"

/* Answers with the batch; from: lines from this place on, 0 for none; totals unless it goes on from later lines. */
enum rc desk_batch_answer(struct call *c, uint64_t batch, uint64_t from) MUST_CHECK;
/* Words for what a store says of a batch; returns r. */
enum rc desk_batch_words(struct call *c, enum rc r);
/*
 * One batch, if this person may see it: its maker, or a checker once it is
 * submitted; what was sent back, who sent it. total NULL: without totals.
 * RC_NOT_FOUND, worded.
 */
enum rc desk_batch_get_for(struct call *c, uint64_t id, struct batch *b, struct batch_total total[BATCH_CURRENCIES_MAX],
            size_t *totals) MUST_CHECK;
/* What a checker's face proof for this batch is made for. RC_NOT_FOUND, RC_DENIED, RC_EARLY, worded. desk_batch_sign.c */
enum rc desk_batch_face_digest(struct call *c, uint64_t batch, uint8_t digest[static DIGEST_BYTES]) MUST_CHECK;

#endif
