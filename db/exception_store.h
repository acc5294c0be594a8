/*
 * exception_store.h - people who are not asked for some moves of a capture.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One member of staff proposes, another confirms, any ends; none of the first
 * two is the person concerned. The table's own checks say the same. Each act
 * spends the code that was typed for it. Rules for all operations: store.h.
 */
#ifndef DB_EXCEPTION_STORE_H
#define DB_EXCEPTION_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/code_store.h"
#include "proto/limits.h"

#define EXCEPTION_REASON_MAX REFERENCE_MAX_BYTES

enum exception_move {		/* left out; bits */
	EXCEPTION_EYES  = 1u << 0,	/* blinks and closures */
	EXCEPTION_TURN  = 1u << 1,
	EXCEPTION_NOD   = 1u << 2,
	EXCEPTION_MOUTH = 1u << 3,
	EXCEPTION_LIGHT = 1u << 4,	/* colours of the screen; no move, but nobody has to bear them */
};
#define EXCEPTION_CHALLENGES ((uint32_t)EXCEPTION_EYES | EXCEPTION_TURN | EXCEPTION_NOD | EXCEPTION_MOUTH)

struct exception {
	uint64_t id, person;
	uint32_t moves;
	char     reason[EXCEPTION_REASON_MAX + 1];
	uint64_t proposed_by, confirmed_by, ended_by;	/* 0: nobody yet */
	int64_t  proposed_ms, confirmed_ms, ended_ms;
	char     end_reason[EXCEPTION_REASON_MAX + 1];
};

/* It counts: confirmed and not ended. */
static inline bool
exception_active(const struct exception *e)
{
	return e->confirmed_ms != 0 && e->ended_ms == 0;
}

struct exception_store;
struct exception_store_ops {
	/* RC_EXISTS: one is open. RC_DENIED: not staff, or the person's own. RC_INVALID: moves or reason make no sense. */
	enum rc (*propose)(struct exception_store *s, uint64_t person, uint32_t moves, const char *reason,
	    const struct code_use *by, const struct audit_event *ev);
	/*
	 * The open one of this person. RC_NOT_FOUND: none. RC_EXISTS: confirmed
	 * already. RC_DENIED: not staff, the proposer, the person concerned, or the
	 * proposer is no longer staff.
	 */
	enum rc (*confirm)(struct exception_store *s, uint64_t id, const struct code_use *by, const struct audit_event *ev);
	/* RC_NOT_FOUND: not open. RC_DENIED: not staff. */
	enum rc (*end)(struct exception_store *s, uint64_t id, const char *reason, const struct code_use *by,
	    const struct audit_event *ev);
	/* The open one of this person, proposed or active. RC_NOT_FOUND. */
	enum rc (*open_of)(struct exception_store *s, uint64_t person, struct exception *e);
	/* All with an id above after, ascending, at most max. */
	enum rc (*list)(struct exception_store *s, uint64_t after, struct exception *dst, size_t max, size_t *n);
};

struct exception_store {
	const struct exception_store_ops *ops;
	void *ctx;
};

#endif
