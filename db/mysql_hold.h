/*
 * mysql_hold.h - holds over MySQL: what its two files share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DB_MYSQL_HOLD_H
#define DB_MYSQL_HOLD_H

#include "db/mysql_ledger_move.h"

/* Inside a step. RC_NOT_FOUND. */
enum rc hold_read(struct db *d, uint64_t id, struct hold *h) MUST_CHECK;

/* mysql_hold_read.c, for the table in mysql_hold.c. */
enum rc hold_get(struct hold_store *s, uint64_t id, struct hold *h);
enum rc hold_of_intent(struct hold_store *s, const uint8_t intent[ID_BYTES], struct hold *h);
enum rc hold_of_person(struct hold_store *s, uint64_t person, uint64_t before, struct hold *dst, size_t max, size_t *n);
enum rc hold_waiting(struct hold_store *s, uint64_t after, struct hold *dst, size_t max, size_t *n);

#endif
