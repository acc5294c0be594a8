/*
 * audit_verify.h - reads the whole audit trail and the seal file and says what
 * is wrong and what was checked (AUDIT.md).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Needs the right to read two tables, the seal file and the public key; holds
 * no secret. Memory: one page of records and 48 bytes for each sealed head.
 * Threads: none.
 */
#ifndef DB_AUDIT_VERIFY_H
#define DB_AUDIT_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "db/audit_store.h"
#include "proto/crypto.h"

enum audit_fault {
	AUDIT_FAULT_CONTENT,	/* a record's hash does not fit its content: changed */
	AUDIT_FAULT_CHAIN,	/* a record's prev does not fit the record before: changed, deleted or put in */
	AUDIT_FAULT_GAP,	/* numbers are missing: deleted */
	AUDIT_FAULT_HEAD,	/* the lane's head and its newest record disagree: tail cut, or records put in */
	AUDIT_FAULT_SEALED,	/* a sealed record is there with another hash: the chain was computed anew */
	AUDIT_FAULT_CUT,	/* a sealed record is not there: tail cut */
	AUDIT_FAULT_LANE,	/* a sealed lane is not there, or has another name */
	AUDIT_FAULT_SEAL,	/* the seal file itself was changed */
};

struct audit_finding {
	enum audit_fault fault;
	char     lane[LANE_NAME_BYTES];	/* "" for the seal file */
	uint64_t at;			/* number of the record, or line of the seal file */
	char     text[200];		/* a sentence for the auditor */
};

struct audit_lane_report {
	struct audit_head head;		/* as found in the table */
	uint64_t records;		/* read */
	uint64_t sealed_seq;		/* of the newest seal of this lane, 0: none */
	uint64_t unsealed;		/* records after it: the tail not sealed yet */
};

struct audit_report {
	uint64_t records, seals, heads_sealed, findings, unsealed;
	int64_t  last_seal_ms;		/* 0: none */
	size_t   lanes_n;
	struct audit_lane_report lanes[LANES_MAX];
};

/* Who hears of it. */
struct audit_watch {
	void (*found)(void *ctx, const struct audit_finding *f);	/* NULL: not wanted */
	bool (*goes_on)(void *ctx, uint64_t done, uint64_t total);	/* now and then, in records; false ends it. NULL: to the end */
	void *ctx;
};

/*
 * Checks everything and tells each thing wrong. RC_OK: the trail is whole;
 * RC_AUDIT_BROKEN: it is not; RC_STORE, RC_IO: it could not be read, nothing is
 * known; RC_CLOSED: w->goes_on said no. The report is filled in the first two
 * cases.
 * seals: the seal file, from its start; NULL: the chains alone are checked.
 */
enum rc audit_verify(struct audit_store *s, FILE *seals, const uint8_t pub[SIGN_PUBLIC_BYTES], struct audit_report *report,
    const struct audit_watch *w) MUST_CHECK;

#endif
