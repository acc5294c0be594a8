/*
 * capture_store.h - captures and the face proofs they yield.
 * SPDX-License-Identifier: Apache-2.0
 * Rules for all operations: store.h.
 */
#ifndef DB_CAPTURE_STORE_H
#define DB_CAPTURE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "db/evidence_store.h"
#include "db/person_store.h"
#include "proto/limits.h"

#define SEALED_TRACE_MAX 12288u
#define TRACES_KEPT         20u	/* of a person, the newest */

enum proof_factor { PROOF_FACE = 1, PROOF_APPROVAL = 3, PROOF_SYSTEM = 4, PROOF_ENROL = 5 };

struct capture_row {
	uint8_t  id[ID_BYTES];
	uint64_t person;
	uint8_t  session[ID_BYTES];
	uint8_t  digest[DIGEST_BYTES];	/* what its proof will be bound to; zero for enrolment */
	bool     enrol;
	int64_t  started_ms;
};

/* What is remembered of a capture's movement, sealed under the person's key. */
struct capture_trace {
	uint8_t capture[ID_BYTES];
	size_t  sealed_n;
	uint8_t sealed[SEALED_TRACE_MAX];
};

struct capture_result {
	enum rc  verdict;
	int64_t  ended_ms;
	int64_t  proof_expires_ms;	/* when verdict is RC_OK: a proof is written with this expiry */
	bool     counts;		/* this failure counts against the person (another face, not live) */
	const struct face_template *enrol;	/* RC_OK of an enrolment: kept until activation; else NULL */
	const struct capture_trace *trace;	/* kept whatever the verdict; NULL: nothing to keep */
	const struct evidence_new *evidence;	/* the same */
};

struct capture_store;
struct capture_store_ops {
	/* RC_LOCKED / RC_DISABLED: the person's face counters forbid it now. */
	enum rc (*begin)(struct capture_store *s, const struct capture_row *c, const struct audit_event *ev);
	/*
	 * Ends a capture once: proof, template, trace, picture, counters and audit in one
	 * transaction. RC_EARLY if it was ended before. RC_LOCKED, RC_DISABLED for a
	 * verdict RC_OK: other captures failed meanwhile and locked the person; it
	 * was ended and recorded with that code, and there is no proof.
	 */
	enum rc (*finish)(struct capture_store *s, const uint8_t id[ID_BYTES], const struct capture_result *r, const struct audit_event *ev);
	/* The person's traces, the newest first, at most max. */
	enum rc (*traces)(struct capture_store *s, uint64_t person, struct capture_trace *dst, size_t max, size_t *n);
};

struct capture_store {
	const struct capture_store_ops *ops;
	void *ctx;
};

#endif
