/*
 * fake_audit.h - an audit store in memory whose rows a test can reach.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef UNIT_FAKE_AUDIT_H
#define UNIT_FAKE_AUDIT_H

#include "db/audit_store.h"

#define FAKE_LANES   4u
#define FAKE_RECORDS 700u

struct fake_audit {
	struct audit_store store;
	size_t lanes;
	struct audit_head head[FAKE_LANES];
	size_t n[FAKE_LANES];
	struct audit_record rec[FAKE_LANES][FAKE_RECORDS];
};

/* Lanes 10, 20 and 30 with this many records each; the caller frees it. */
struct fake_audit *fake_audit_new(size_t a, size_t b, size_t c);
void fake_audit_append(struct fake_audit *f, size_t lane);
/* Computes the hashes of a lane anew from record index from on, and its head: what a forger with the database does. */
void fake_audit_recompute(struct fake_audit *f, size_t lane, size_t from);
/* Takes a record out without touching anything else. */
void fake_audit_take_out(struct fake_audit *f, size_t lane, size_t index);

#endif
