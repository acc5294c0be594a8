/*
 * audit_hash.c - the hash of an audit record, as db/AUDIT.md lays it out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/audit_store.h"
#include "proto/crypto.h"

#define RECORD_DOMAIN "countersign audit 1"
#define LANE_DOMAIN   "countersign lane 1"

void
audit_record_hash(const struct audit_record *r, uint8_t out[static DIGEST_BYTES])
{
	const struct audit_event *e = &r->event;
	struct hash h;

	hash_start(&h, RECORD_DOMAIN);
	hash_u64(&h, r->lane);
	hash_u64(&h, r->seq);
	hash_i64(&h, e->at_ms);
	hash_u32(&h, (uint32_t)e->action);
	hash_i64(&h, e->outcome);
	hash_u64(&h, e->person);
	hash_u64(&h, e->terminal);
	hash_bytes(&h, e->session, sizeof e->session);
	hash_text(&h, e->subject);
	hash_text(&h, e->detail);
	hash_bytes(&h, r->prev, sizeof r->prev);
	hash_end(&h, out);
}

void
audit_lane_root(uint64_t lane, const char *name, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, LANE_DOMAIN);
	hash_u64(&h, lane);
	hash_text(&h, name);
	hash_end(&h, out);
}

const char *
audit_action_word(enum audit_action a)
{
	switch (a) {
#define X(name, num, word) case name: return word;
	AUDIT_ACTION_LIST(X)
#undef X
	}
	return "?";
}
