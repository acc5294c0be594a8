/*
 * staff_store.h - who is a member of staff, and their approvals.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A role is given to a registered person and taken away again; its row stays.
 * Only the owner of the schema may do either (schema/grants.sql): a server
 * that was taken over makes no staff. Rules for all operations: store.h.
 */
#ifndef DB_STAFF_STORE_H
#define DB_STAFF_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/code_store.h"
#include "proto/limits.h"

enum person_role { PERSON_ROLE_STAFF = 1 };

struct role_row {
	uint64_t person;
	char     customer[CUSTOMER_BYTES + 1];
	char     name[NAME_MAX_BYTES + 1];
	enum person_role role;
	int64_t  granted_ms;
};

struct staff_approval {
	uint8_t  intent[ID_BYTES];
	struct code_use by;		/* session and digest: the intent's */
	int64_t  expires_ms;		/* of the proof */
};

struct staff_store;
struct staff_store_ops {
	/* RC_NOT_FOUND: no active person has this id. RC_EXISTS: held already. */
	enum rc (*grant)(struct staff_store *s, uint64_t person, enum person_role role, const struct audit_event *ev);
	/* RC_NOT_FOUND: not held. */
	enum rc (*remove)(struct staff_store *s, uint64_t person, enum person_role role, const struct audit_event *ev);
	/* RC_OK: held now. RC_DENIED. */
	enum rc (*check)(struct staff_store *s, uint64_t person, enum person_role role);
	/* Roles held by people with an id above after, ascending, at most max. */
	enum rc (*list)(struct staff_store *s, uint64_t after, struct role_row *dst, size_t max, size_t *n);
	/*
	 * Spends the code and writes an approval proof for the intent's digest.
	 * RC_DENIED: the approver is no member of staff, is the payer, or owns the
	 * payee's account. RC_NOT_FOUND, RC_EXPIRED, RC_REQUEST_OTHER (posted
	 * already), RC_EARLY (needs no approval), RC_FORGED: about the intent.
	 * RC_CODE_USED, RC_PROOF_MISSING: about the code. Nothing was spent then.
	 */
	enum rc (*approve)(struct staff_store *s, const struct staff_approval *a, const struct audit_event *ev);
};

struct staff_store {
	const struct staff_store_ops *ops;
	void *ctx;
};

#endif
