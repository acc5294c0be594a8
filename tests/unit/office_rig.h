/*
 * office_rig.h - the back office before a fake server: signed on, with queues,
 * lines and batches as answers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each answers the last request and fails the test if it was another one.
 */
#ifndef TESTS_OFFICE_RIG_H
#define TESTS_OFFICE_RIG_H

#include "screen_rig.h"

#define OFFICE_DEBIT "XC6100010000004711"
#define OFFICE_PAYEE "XC1800010000005000"

/* Opens the rig, signed on with these roles; a face is asked for if it says so. */
void office_signed_on(struct rig *r, unsigned roles, bool face);
/* A queue of n batches, numbered down from 40. */
void office_queue(struct rig *r, cs_BatchState state, size_t n);
/* Signed on as a maker, in batch 40 without lines. */
void office_new_batch(struct rig *r);
/* What the server thinks of one line; it is saved if right and complete, else kept. */
void office_saved(struct rig *r, enum rc rc, cs_BatchField field, const char *detail);
/* Batch 40; of its lines each is n times 1,250.75. */
void office_batch(struct rig *r, cs_BatchState state, uint32_t lines, int64_t sum, bool with_lines);
/* Three lines of which one is not as it was signed. */
void office_batch_changed(struct rig *r);
void office_code(struct rig *r);

#endif
