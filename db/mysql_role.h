/*
 * mysql_role.h - roles over MySQL: what its two files share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DB_MYSQL_ROLE_H
#define DB_MYSQL_ROLE_H

#include "db/mysql_store.h"

/* mysql_role_list.c, for the table in mysql_role.c. */
enum rc role_first(struct role_store *s, const struct person_new p[2], const struct audit_event *ev,
    char customer[2][CUSTOMER_BYTES + 1]);
enum rc role_held(struct role_store *s, uint64_t person, unsigned *roles);
enum rc role_proposal(struct role_store *s, uint64_t person, enum role role, struct role_row *row);
enum rc role_list(struct role_store *s, uint64_t after_person, unsigned after_role, struct role_row *dst, size_t max, size_t *n);

#endif
