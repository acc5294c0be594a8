/*
 * staff_store.h - approvals by members of staff: tellers and supervisors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who holds which role: role_store.h. Rules for all operations: store.h.
 */
#ifndef DB_STAFF_STORE_H
#define DB_STAFF_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/code_store.h"
#include "proto/limits.h"

struct staff_approval {
	uint8_t  intent[ID_BYTES];
	struct code_use by;		/* session and digest: the intent's */
	int64_t  expires_ms;		/* of the proof */
};

struct staff_store;
struct staff_store_ops {
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
