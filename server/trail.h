/*
 * trail.h - the server's own check of the audit trail, on request.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   one thread with its own database bundle that reads the whole
 *               trail and the seal file (db/audit_verify.h), one check at a
 *               time, and records what it found and who asked.
 * What it isn't: proof. Whoever has the server has its word, too; the
 *               independent check is countersign-admin audit verify.
 *
 * Threads: trail_start() and trail_stop() belong to main; the rest is for any.
 */
#ifndef SERVER_TRAIL_H
#define SERVER_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "server/desk.h"

#define TRAIL_FAULT_BYTES 256u

struct trail_state {
	bool     running;
	uint64_t done, total;		/* records, of the check that runs */
	/* of the last check that has ended; at_ms 0: none since the start of the server */
	int64_t  at_ms;
	enum rc  outcome;		/* RC_OK: whole; RC_AUDIT_BROKEN; else it could not be read, nothing is known */
	uint64_t records, faults;
	char     fault[TRAIL_FAULT_BYTES];	/* the first one, a sentence; "" if there is none */
	bool     sealed;		/* the seals were checked, too */
	int64_t  sealed_ms;		/* of the newest of them, 0: none */
};

/* Takes st on success. */
enum rc trail_start(const struct office *o, struct stores *st, struct trail **out, char *err, size_t err_n) MUST_CHECK;
/* A check that runs is given up. After the desks, before the sealer. NULL is fine. */
void    trail_stop(struct trail *t);

void    trail_look(struct trail *t, struct trail_state *dst);
/* Begins a check unless one runs. asked: who did it where; it is recorded at the end, with what was found. */
void    trail_verify(struct trail *t, const struct audit_event *asked);

#endif
