/*
 * mysql_hold.h - holds over MySQL: what its three files share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DB_MYSQL_HOLD_H
#define DB_MYSQL_HOLD_H

#include "db/mysql_ledger_move.h"

/* The approvals of a hold h that count: whoever lost the role since has given none. */
#define HOLD_APPROVALS " FROM hold_approval g WHERE g.hold = h.id AND" HOLDS_ROLE("g.person", ROLES_COUNTER_SQL)

/* Inside a step; h->approved is about `by`. RC_NOT_FOUND. */
enum rc hold_read(struct db *d, uint64_t id, uint64_t by, struct hold *h) MUST_CHECK;
/* The record names the hold and the digest. */
enum rc hold_append(struct db *d, const struct audit_event *ev, uint64_t id, const uint8_t digest[DIGEST_BYTES]) MUST_CHECK;

/* mysql_hold_end.c and mysql_hold_read.c, for the table in mysql_hold.c. */
enum rc hold_post(struct hold_store *s, uint64_t id, const struct code_use *by, const struct audit_event *ev, struct receipt *dst);
enum rc hold_refuse(struct hold_store *s, uint64_t id, uint64_t by, const char *reason, const struct audit_event *ev);
enum rc hold_expire(struct hold_store *s, const struct audit_event *ev);
enum rc hold_get(struct hold_store *s, uint64_t id, uint64_t by, struct hold *h);
enum rc hold_of_intent(struct hold_store *s, const uint8_t intent[ID_BYTES], struct hold *h);
enum rc hold_of_person(struct hold_store *s, uint64_t person, uint64_t before, struct hold *dst, size_t max, size_t *n);
enum rc hold_waiting(struct hold_store *s, uint64_t by, uint64_t after, struct hold *dst, size_t max, size_t *n);

#endif
