/*
 * answers.h - the last answers of a desk, for requests that come twice.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A terminal that hears nothing sends the same bytes again. For requests that
 * must not happen twice the first answer is given again, to the same terminal
 * and for the same bytes only (their hash is the key; token and request id are
 * among them). A convenience over a lossy moment, not the guarantee: that a
 * transfer happens once is the ledger's business.
 *
 * Ownership:    answers are copied in and wiped when they are pushed out.
 * Threads:      none; one table belongs to one desk.
 */
#ifndef SERVER_ANSWERS_H
#define SERVER_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

struct answers;

struct answers *answers_new(void);	/* NULL: out of memory */
void            answers_free(struct answers *a);	/* NULL is fine */

/* The key of a request. */
void            answers_key(uint64_t terminal, const uint8_t *request, size_t n, uint8_t key[static DIGEST_BYTES]);
/* The answer given before, or NULL; it dies at the next answers_put(). */
const uint8_t  *answers_get(const struct answers *a, const uint8_t key[static DIGEST_BYTES], size_t *n);
/* Out of memory means not remembered. */
void            answers_put(struct answers *a, const uint8_t key[static DIGEST_BYTES], const uint8_t *answer, size_t n);

#endif
