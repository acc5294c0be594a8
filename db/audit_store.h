/*
 * audit_store.h - the audit trail: append, heads of lanes, and reading it back.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A lane is a chain of records of one writer: record n holds the hash of
 * record n-1. Byte layout of what is hashed: db/AUDIT.md. Rules: store.h.
 */
#ifndef DB_AUDIT_STORE_H
#define DB_AUDIT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "proto/limits.h"

#define LANE_NAME_BYTES 48u	/* with NUL */
#define LANES_MAX       256u

struct audit_head {
	uint64_t lane;
	char     name[LANE_NAME_BYTES];
	uint64_t seq;			/* of the newest record; 0: empty */
	uint8_t  hash[DIGEST_BYTES];	/* of the newest record; zero: empty */
};

struct audit_record {
	uint64_t lane, seq;
	struct audit_event event;
	uint8_t  prev[DIGEST_BYTES], hash[DIGEST_BYTES];
};

/* A record as a person reads it: with the names of who and where. */
struct audit_line {
	uint64_t lane, seq;
	struct audit_event event;
	char person_name[NAME_MAX_BYTES + 1], customer[CUSTOMER_BYTES + 1], terminal_name[TERMINAL_NAME_BYTES + 1];
};

/* A place in the order of all records: by time, then lane, then number. */
struct audit_place {
	int64_t  at_ms;
	uint64_t lane, seq;
};

/* What an index can choose; 0: not asked. */
struct audit_where {
	uint64_t person;
	uint64_t terminal;		/* only if person is 0 */
	int64_t  from_ms;
	struct audit_place before;	/* strictly older than this */
};

#define AUDIT_MINUTES    60
#define AUDIT_DAY_HOURS  26	/* of the longest local day, and one */
#define AUDIT_COUNTS_MAX  8u
#define AUDIT_HOURS_MAX 104u	/* hours of four currencies */

struct audit_count {
	enum rc outcome;
	uint64_t n;
};

struct audit_hour {
	uint32_t hour;			/* after the begin of the day */
	char     currency[CURRENCY_BYTES + 1];
	uint64_t count;
	int64_t  volume;
};

/* How much happened. */
struct audit_numbers {
	uint64_t minute[AUDIT_MINUTES];		/* records of the last 60 minutes, the newest last */
	struct audit_count refusal[AUDIT_COUNTS_MAX], liveness[AUDIT_COUNTS_MAX];	/* of these minutes, the most frequent first */
	size_t refusals, livenesses;
	struct audit_hour hour[AUDIT_HOURS_MAX];	/* transfers of a day, by hour and currency; hours without any are left out */
	size_t hours;
};

/* BLAKE2b-256 over the fixed layout of db/AUDIT.md; ignores r->hash. */
void audit_record_hash(const struct audit_record *r, uint8_t out[static DIGEST_BYTES]);

/* What stands as prev in the first record of a lane: binds the lane's number and name. */
void audit_lane_root(uint64_t lane, const char *name, uint8_t out[static DIGEST_BYTES]);

struct audit_store;
struct audit_store_ops {
	enum rc (*append)(struct audit_store *s, const struct audit_event *ev);
	enum rc (*heads)(struct audit_store *s, struct audit_head *dst, size_t max, size_t *n);
	/* Records of one lane with seq > after, ascending, at most max. */
	enum rc (*scan)(struct audit_store *s, uint64_t lane, uint64_t after, struct audit_record *dst, size_t max, size_t *n);
	/* The same as lines. */
	enum rc (*tail)(struct audit_store *s, uint64_t lane, uint64_t after, struct audit_line *dst, size_t max, size_t *n);
	/* Records of all lanes, the newest first, at most max. */
	enum rc (*look)(struct audit_store *s, const struct audit_where *where, struct audit_line *dst, size_t max, size_t *n);
	/* Records of one session, of one subject, after a place, the oldest first, at most max. */
	enum rc (*of_session)(struct audit_store *s, const uint8_t session[ID_BYTES], const struct audit_place *after,
	    struct audit_line *dst, size_t max, size_t *n);
	enum rc (*of_subject)(struct audit_store *s, const char *subject, const struct audit_place *after,
	    struct audit_line *dst, size_t max, size_t *n);
	/* The same of a session, but only how it was opened: password, code, face. */
	enum rc (*of_sign_on)(struct audit_store *s, const uint8_t session[ID_BYTES], const struct audit_place *after,
	    struct audit_line *dst, size_t max, size_t *n);
	/* Ids of people whose name has this part or whose customer number this is; of terminals by a part of the name. */
	enum rc (*people)(struct audit_store *s, const char *text, uint64_t *dst, size_t max, size_t *n);
	enum rc (*terminals)(struct audit_store *s, const char *text, uint64_t *dst, size_t max, size_t *n);
	/* Of the 60 minutes before now, and of the day from_ms <= at < to_ms. */
	enum rc (*numbers)(struct audit_store *s, int64_t now_ms, int64_t from_ms, int64_t to_ms, struct audit_numbers *dst);
};

struct audit_store {
	const struct audit_store_ops *ops;
	void *ctx;
};

#endif
