/*
 * mysql_batch_parts.h - what the files mysql_batch*.c share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DB_MYSQL_BATCH_PARTS_H
#define DB_MYSQL_BATCH_PARTS_H

#include "db/mysql_store.h"

/* Inside a step: RC_NOT_FOUND if the batch is not this maker's, else RC_EARLY: it is in another state. */
enum rc batch_why_not(struct db *d, uint64_t batch, uint64_t maker) MUST_CHECK;
/* Inside a step: each line in order of place. */
enum rc batch_each_line(struct db *d, uint64_t batch, uint64_t from, uint64_t max, struct batch_line *row,
    enum rc (*each)(void *arg), void *arg) MUST_CHECK;

/* Inside a step: the digest of the lines as they stand. RC_INVALID: none. RC_LIMIT: sums or currencies. mysql_batch_sign.c */
enum rc batch_digest_lines(struct db *d, uint64_t batch, uint64_t version, uint64_t maker, uint8_t digest[DIGEST_BYTES]) MUST_CHECK;

/* mysql_batch_read.c, for the table in mysql_batch.c */
enum rc batch_get(struct batch_store *s, uint64_t batch, struct batch *b, struct batch_total total[BATCH_CURRENCIES_MAX],
    size_t *totals);
enum rc batch_lines(struct batch_store *s, uint64_t batch, uint64_t from, struct batch_line *dst, size_t max, size_t *n);
enum rc batch_list(struct batch_store *s, enum batch_queue q, uint64_t person, int64_t since_ms, uint64_t before,
    struct batch *dst, size_t max, size_t *n);
enum rc batch_of_account(struct batch_store *s, const char *account, uint64_t *dst, size_t max, size_t *n);
/* mysql_batch_keep.c, for the table in mysql_batch.c */
enum rc batch_keep(struct batch_store *s, uint64_t batch, uint64_t maker, const struct batch_line *l);
enum rc batch_kept(struct batch_store *s, uint64_t batch, struct batch_line dst[BATCH_UNFINISHED_MAX], size_t *n);
/* No line of this batch is kept any more. For a step of a transaction. */
enum rc batch_unkeep(struct db *d, uint64_t batch);
/* mysql_batch_sign.c, for the table in mysql_batch.c */
enum rc batch_digest_now(struct batch_store *s, uint64_t batch, uint64_t maker, uint8_t digest[DIGEST_BYTES]);
enum rc batch_submit(struct batch_store *s, uint64_t batch, const struct code_use *by, const struct audit_event *ev);
enum rc batch_back(struct batch_store *s, uint64_t batch, uint64_t checker, const char *reason, const struct audit_event *ev);
/* mysql_batch_post.c, for the table in mysql_batch.c */
enum rc batch_post(struct batch_store *s, uint64_t batch, const struct code_use *by, const struct audit_event *ev, uint64_t *failed);

#endif
