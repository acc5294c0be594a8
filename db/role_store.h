/*
 * role_store.h - who holds which role, and how it was given.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One administrator proposes, another confirms, one ends; neither of the first
 * two is the person. The table's own checks say the same, and each act spends
 * the code that was typed for it. Only the owner of the schema may write any of
 * it (schema/grants.sql): a server that was taken over makes no staff.
 * Rules for all operations: store.h.
 */
#ifndef DB_ROLE_STORE_H
#define DB_ROLE_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/code_store.h"
#include "db/person_store.h"
#include "proto/limits.h"
#include "proto/role.h"

#define ROLE_REASON_MAX REFERENCE_MAX_BYTES

/* A role that is held, or proposed and not confirmed yet. */
struct role_row {
	uint64_t person;
	char     customer[CUSTOMER_BYTES + 1];
	char     name[NAME_MAX_BYTES + 1];
	enum role role;
	uint64_t proposed_by;		/* 0: of the first two, or given before there were proposals */
	char     reason[ROLE_REASON_MAX + 1];
	int64_t  granted_ms;		/* 0: proposed only */
};

struct role_store;
struct role_store_ops {
	/*
	 * The first two administrators, active people without a face, with new
	 * customer numbers. RC_EXISTS: it was done before, or there is an
	 * administrator. One record for each, subject the number.
	 */
	enum rc (*first)(struct role_store *s, const struct person_new p[2], const struct audit_event *ev,
	    char customer[2][CUSTOMER_BYTES + 1]);
	/* RC_EXISTS: held or proposed. RC_DENIED: no administrator, or the person's own. RC_NOT_FOUND: not active. RC_INVALID: the reason. */
	enum rc (*propose)(struct role_store *s, uint64_t person, enum role role, const char *reason, const struct code_use *by,
	    const struct audit_event *ev);
	/*
	 * RC_NOT_FOUND: not proposed. RC_DENIED: no administrator, the proposer, the
	 * person, or the proposer is no longer an administrator. Held from here on.
	 */
	enum rc (*confirm)(struct role_store *s, uint64_t person, enum role role, const struct code_use *by, const struct audit_event *ev);
	/*
	 * Held or proposed only. RC_NOT_FOUND: neither. RC_DENIED: no administrator.
	 * RC_EARLY: of the last two administrators, without whom nobody could grant any more.
	 */
	enum rc (*end)(struct role_store *s, uint64_t person, enum role role, const char *reason, const struct code_use *by,
	    const struct audit_event *ev);
	/* Bits of what is held now, ROLE_CUSTOMER among them. */
	enum rc (*held)(struct role_store *s, uint64_t person, unsigned *roles);
	/* The proposal that waits for this person and role. RC_NOT_FOUND. */
	enum rc (*proposal)(struct role_store *s, uint64_t person, enum role role, struct role_row *row);
	/* Rows above (after_person, after_role number), ascending, at most max; held before proposed. */
	enum rc (*list)(struct role_store *s, uint64_t after_person, unsigned after_role, struct role_row *dst, size_t max, size_t *n);
};

struct role_store {
	const struct role_store_ops *ops;
	void *ctx;
};

#endif
