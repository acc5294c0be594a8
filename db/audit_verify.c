/*
 * audit_verify.c - the auditor's check of the whole trail (audit_verify.h).
 * SPDX-License-Identifier: Apache-2.0
 *
 * The seal file is read first, and only then the heads of the lanes: records
 * and seals are written all the time, and a trail read after the seals always
 * holds what they name. Of a lane no record after its head is read for the
 * same reason.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "db/audit_verify.h"
#include "db/seal_file.h"

#define PAGE_RECORDS 256u

/* One head as some seal named it. */
struct mark {
	uint64_t lane, seq, seal;
	uint8_t  hash[DIGEST_BYTES];
};

struct check {
	struct audit_store *store;
	struct audit_report *report;
	const struct audit_watch *watch;
	uint64_t done, total;		/* records */
	struct mark *marks;		/* in the order of the file, then by lane */
	size_t marks_n, marks_max;
	struct audit_head sealed[LANES_MAX];	/* newest sealed head of each lane, for its name */
	size_t sealed_n;
	struct audit_record page[PAGE_RECORDS];
};

static void __attribute__((format(printf, 5, 6)))
tell(struct check *c, enum audit_fault fault, const char *lane, uint64_t at, const char *fmt, ...)
{
	struct audit_finding f = { .fault = fault, .at = at };
	va_list ap;

	snprintf(f.lane, sizeof f.lane, "%s", lane);
	va_start(ap, fmt);
	vsnprintf(f.text, sizeof f.text, fmt, ap);
	va_end(ap);
	c->report->findings++;
	if (c->watch->found != NULL)
		c->watch->found(c->watch->ctx, &f);
}

/* ---- the seal file ---- */

static struct audit_head *
sealed_lane(struct check *c, uint64_t lane)
{
	for (size_t i = 0; i < c->sealed_n; i++)
		if (c->sealed[i].lane == lane)
			return &c->sealed[i];
	return NULL;
}

static enum rc
on_head(void *ctx, const struct seal *s, const struct audit_head *h)
{
	struct check *c = ctx;
	struct audit_head *lane = sealed_lane(c, h->lane);

	if (c->marks_n == c->marks_max) {
		size_t max = c->marks_max == 0 ? 1024 : c->marks_max * 2;
		struct mark *grown = realloc(c->marks, max * sizeof *grown);

		if (grown == NULL)
			return RC_NOMEM;
		c->marks = grown;
		c->marks_max = max;
	}
	c->marks[c->marks_n] = (struct mark){ .lane = h->lane, .seq = h->seq, .seal = s->number };
	memcpy(c->marks[c->marks_n++].hash, h->hash, DIGEST_BYTES);
	if (lane == NULL && c->sealed_n == LANES_MAX)
		return RC_TOO_BIG;
	if (lane == NULL)
		lane = &c->sealed[c->sealed_n++];
	else if (strcmp(lane->name, h->name) != 0)
		tell(c, AUDIT_FAULT_LANE, h->name, h->seq, "seal %" PRIu64 " names lane %" PRIu64 " \"%s\", an earlier one \"%s\"",
		    s->number, h->lane, h->name, lane->name);
	else if (h->seq < lane->seq)
		tell(c, AUDIT_FAULT_CUT, h->name, h->seq, "seal %" PRIu64 " has record %" PRIu64 " as the newest, an earlier one had %"
		    PRIu64 ": the tail was cut", s->number, h->seq, lane->seq);
	*lane = *h;
	c->report->heads_sealed++;
	return RC_OK;
}

static enum rc
on_seal(void *ctx, const struct seal *s)
{
	struct check *c = ctx;

	c->report->seals++;
	c->report->last_seal_ms = s->at_ms;
	return RC_OK;
}

static enum rc
on_fault(void *ctx, uint64_t line, enum rc why, const char *text)
{
	(void)why;
	tell(ctx, AUDIT_FAULT_SEAL, "", line, "line %" PRIu64 " of the seal file: %s", line, text);
	return RC_OK;
}

static int
by_lane(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->lane != y->lane)
		return x->lane < y->lane ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->seal < y->seal ? -1 : x->seal > y->seal;
}

/* ---- one lane ---- */

struct walk {
	const struct audit_head *head;
	uint64_t seq;			/* of the record before */
	uint8_t  hash[DIGEST_BYTES];	/* of the record before; the root at the start */
	const struct mark *mark, *marks_end;	/* those of this lane not reached yet */
	bool     sealed_told;		/* one finding for a chain computed anew, not one per seal */
};

/* The seals that name a record up to this one. */
static void
check_marks(struct check *c, struct walk *w, const struct audit_record *r)
{
	for (; w->mark < w->marks_end && w->mark->seq <= r->seq; w->mark++) {
		if (w->mark->seq < r->seq || memcmp(w->mark->hash, r->hash, DIGEST_BYTES) == 0 || w->sealed_told)
			continue;	/* missing numbers are told as a gap */
		w->sealed_told = true;
		tell(c, AUDIT_FAULT_SEALED, w->head->name, r->seq, "record %" PRIu64 " is not the one that seal %" PRIu64
		    " vouches for: the chain was computed anew", r->seq, w->mark->seal);
	}
}

static void
check_record(struct check *c, struct walk *w, const struct audit_record *r)
{
	uint8_t hash[DIGEST_BYTES];

	if (r->seq != w->seq + 1)
		tell(c, AUDIT_FAULT_GAP, w->head->name, w->seq + 1, "records %" PRIu64 " to %" PRIu64 " are missing: deleted",
		    w->seq + 1, r->seq - 1);
	else if (memcmp(r->prev, w->hash, DIGEST_BYTES) != 0)
		tell(c, AUDIT_FAULT_CHAIN, w->head->name, r->seq, "record %" PRIu64 " does not follow the record before it: "
		    "one of them was changed, put in or exchanged", r->seq);
	audit_record_hash(r, hash);
	if (memcmp(hash, r->hash, DIGEST_BYTES) != 0)
		tell(c, AUDIT_FAULT_CONTENT, w->head->name, r->seq, "the hash of record %" PRIu64 " does not fit its content: changed",
		    r->seq);
	check_marks(c, w, r);
	w->seq = r->seq;
	memcpy(w->hash, r->hash, DIGEST_BYTES);
}

/* After the last record: what the head and the seals still expect. */
static void
check_end(struct check *c, struct walk *w)
{
	const struct audit_head *h = w->head;

	if (w->seq < h->seq)
		tell(c, AUDIT_FAULT_HEAD, h->name, h->seq, "records %" PRIu64 " to %" PRIu64 " are missing at the end: tail cut",
		    w->seq + 1, h->seq);
	else if (h->seq > 0 && memcmp(w->hash, h->hash, DIGEST_BYTES) != 0)
		tell(c, AUDIT_FAULT_HEAD, h->name, h->seq, "the newest record %" PRIu64 " is not the one the lane's head names: "
		    "changed or put in", h->seq);
	for (; w->mark < w->marks_end; w->mark++)
		if (w->mark + 1 == w->marks_end && w->mark->seq > w->seq)
			tell(c, AUDIT_FAULT_CUT, h->name, w->mark->seq, "seal %" PRIu64 " vouches for record %" PRIu64
			    ", the newest one there is %" PRIu64 ": tail cut", w->mark->seal, w->mark->seq, w->seq);
}

/* Records that somebody put behind the head; the writer may have moved on meanwhile, so the head is read again. */
static enum rc
check_behind(struct check *c, const struct audit_head *h)
{
	struct audit_head now[LANES_MAX];
	size_t n = 0, heads = 0;
	enum rc r;

	if ((r = c->store->ops->scan(c->store, h->lane, h->seq, c->page, 1, &n)) == RC_MALFORMED) {
		tell(c, AUDIT_FAULT_HEAD, h->name, h->seq + 1, "a record behind the lane's head %" PRIu64 " cannot be read: put in", h->seq);
		return RC_OK;
	}
	if (r != RC_OK || n == 0)
		return r;
	if ((r = c->store->ops->heads(c->store, now, LANES_MAX, &heads)) != RC_OK)
		return r;
	for (size_t i = 0; i < heads; i++)
		if (now[i].lane == h->lane && now[i].seq < c->page[0].seq)
			tell(c, AUDIT_FAULT_HEAD, h->name, c->page[0].seq, "record %" PRIu64 " stands behind the lane's head %" PRIu64
			    ": put in", c->page[0].seq, now[i].seq);
	return RC_OK;
}

/*
 * The records up to the head; RC_MALFORMED after one that cannot be read, which
 * has been told. A page with such a record is read again one by one.
 */
static enum rc
check_records(struct check *c, struct walk *w, uint64_t *records)
{
	const struct audit_head *h = w->head;
	size_t most = PAGE_RECORDS, n = most;
	enum rc r;

	while (n == most && w->seq < h->seq) {
		if (c->watch->goes_on != NULL && !c->watch->goes_on(c->watch->ctx, c->done, c->total))
			return RC_CLOSED;
		r = c->store->ops->scan(c->store, h->lane, w->seq, c->page, most, &n);
		if (r == RC_MALFORMED && most > 1) {
			n = most = 1;
			continue;
		}
		if (r == RC_MALFORMED)
			tell(c, AUDIT_FAULT_CONTENT, h->name, w->seq + 1, "the record after number %" PRIu64 " cannot be read, it is "
			    "larger than any that was written: changed; the lane's later records were not checked", w->seq);
		if (r != RC_OK)
			return r;
		for (size_t i = 0; i < n && c->page[i].seq <= h->seq; i++) {
			check_record(c, w, &c->page[i]);
			++*records;
			c->done++;
		}
		if (n > 0 && c->page[n - 1].seq > h->seq)
			break;
	}
	return RC_OK;
}

static enum rc
check_lane(struct check *c, struct audit_lane_report *lane)
{
	struct walk w = { .head = &lane->head, .mark = c->marks, .marks_end = c->marks + c->marks_n };
	const struct audit_head *sealed = sealed_lane(c, lane->head.lane);
	enum rc r;

	while (w.mark < w.marks_end && w.mark->lane != lane->head.lane)
		w.mark++;
	for (w.marks_end = w.mark; w.marks_end < c->marks + c->marks_n && w.marks_end->lane == lane->head.lane;)
		w.marks_end++;
	if (sealed != NULL && strcmp(sealed->name, lane->head.name) != 0)
		tell(c, AUDIT_FAULT_LANE, lane->head.name, 0, "the lane was sealed as \"%s\": renamed", sealed->name);
	audit_lane_root(lane->head.lane, lane->head.name, w.hash);
	if ((r = check_records(c, &w, &lane->records)) != RC_OK && r != RC_MALFORMED)
		return r;
	if (r == RC_OK)
		check_end(c, &w);
	lane->sealed_seq = sealed != NULL ? sealed->seq : 0;
	lane->unsealed = lane->head.seq > lane->sealed_seq ? lane->head.seq - lane->sealed_seq : 0;
	c->report->records += lane->records;
	c->report->unsealed += lane->unsealed;
	return r == RC_OK ? check_behind(c, &lane->head) : RC_OK;
}

/* ---- all of it ---- */

static enum rc
read_heads(struct check *c)
{
	struct audit_head *heads;
	size_t n = 0;
	enum rc r;

	if ((heads = calloc(LANES_MAX, sizeof *heads)) == NULL)
		return RC_NOMEM;
	if ((r = c->store->ops->heads(c->store, heads, LANES_MAX, &n)) == RC_OK) {
		c->report->lanes_n = n;
		for (size_t i = 0; i < n; i++)
			c->total += (c->report->lanes[i].head = heads[i]).seq;
	} else if (r == RC_MALFORMED) {
		tell(c, AUDIT_FAULT_LANE, "", 0, "the list of lanes cannot be read, a name or hash in it has the wrong size: changed");
		r = RC_AUDIT_BROKEN;
	}
	free(heads);
	return r;
}

static void
find_missing_lanes(struct check *c)
{
	for (size_t i = 0; i < c->sealed_n; i++) {
		bool there = false;

		for (size_t k = 0; k < c->report->lanes_n && !there; k++)
			there = c->report->lanes[k].head.lane == c->sealed[i].lane;
		if (!there)
			tell(c, AUDIT_FAULT_LANE, c->sealed[i].name, c->sealed[i].seq, "lane %" PRIu64
			    " was sealed and is not there: deleted", c->sealed[i].lane);
	}
}

enum rc
audit_verify(struct audit_store *s, FILE *seals, const uint8_t pub[SIGN_PUBLIC_BYTES], struct audit_report *report,
    const struct audit_watch *w)
{
	struct seal_reader reader = { .head = on_head, .seal = on_seal, .fault = on_fault };
	struct check *c;
	enum rc r;

	memset(report, 0, sizeof *report);
	if ((c = calloc(1, sizeof *c)) == NULL)
		return RC_NOMEM;
	c->store = s;
	c->report = report;
	c->watch = w;
	reader.ctx = c;
	if ((seals != NULL && (r = seal_file_read(seals, pub, &reader)) != RC_OK) || (r = read_heads(c)) != RC_OK)
		goto out;
	if (c->marks_n > 0)
		qsort(c->marks, c->marks_n, sizeof *c->marks, by_lane);
	for (size_t i = 0; i < report->lanes_n && r == RC_OK; i++)
		r = check_lane(c, &report->lanes[i]);
	if (r != RC_OK)
		goto out;
	find_missing_lanes(c);
	r = report->findings == 0 ? RC_OK : RC_AUDIT_BROKEN;
out:
	free(c->marks);
	free(c);
	return r;
}
