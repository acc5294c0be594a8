/*
 * fake_audit.c - an audit store in memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake_audit.h"

static enum rc
fake_heads(struct audit_store *s, struct audit_head *dst, size_t max, size_t *n)
{
	struct fake_audit *f = s->ctx;

	for (*n = 0; *n < f->lanes && *n < max; ++*n)
		dst[*n] = f->head[*n];
	return RC_OK;
}

static enum rc
fake_scan(struct audit_store *s, uint64_t lane, uint64_t after, struct audit_record *dst, size_t max, size_t *n)
{
	struct fake_audit *f = s->ctx;

	*n = 0;
	for (size_t l = 0; l < f->lanes; l++)
		for (size_t i = 0; f->head[l].lane == lane && i < f->n[l] && *n < max; i++)
			if (f->rec[l][i].seq > after)
				dst[(*n)++] = f->rec[l][i];
	return RC_OK;
}

static const struct audit_store_ops ops = { .heads = fake_heads, .scan = fake_scan };

void
fake_audit_recompute(struct fake_audit *f, size_t lane, size_t from)
{
	struct audit_head *h = &f->head[lane];

	for (size_t i = from; i < f->n[lane]; i++) {
		struct audit_record *r = &f->rec[lane][i];

		r->seq = i + 1;
		if (i == 0)
			audit_lane_root(h->lane, h->name, r->prev);
		else
			memcpy(r->prev, f->rec[lane][i - 1].hash, DIGEST_BYTES);
		audit_record_hash(r, r->hash);
	}
	h->seq = f->n[lane];
	memset(h->hash, 0, DIGEST_BYTES);
	if (f->n[lane] > 0)
		memcpy(h->hash, f->rec[lane][f->n[lane] - 1].hash, DIGEST_BYTES);
}

void
fake_audit_append(struct fake_audit *f, size_t lane)
{
	size_t i = f->n[lane]++;

	f->rec[lane][i] = (struct audit_record){ .lane = f->head[lane].lane,
	    .event = { .action = AUDIT_LOGOUT, .at_ms = 1800000000000LL + (int64_t)i, .person = lane } };
	snprintf(f->rec[lane][i].event.subject, AUDIT_SUBJECT_BYTES, "record %zu", i + 1);
	fake_audit_recompute(f, lane, i);
}

void
fake_audit_take_out(struct fake_audit *f, size_t lane, size_t index)
{
	memmove(&f->rec[lane][index], &f->rec[lane][index + 1], (f->n[lane] - index - 1) * sizeof f->rec[lane][0]);
	f->n[lane]--;
}

struct fake_audit *
fake_audit_new(size_t a, size_t b, size_t c)
{
	const size_t want[] = { a, b, c };
	struct fake_audit *f = calloc(1, sizeof *f);

	if (f == NULL)
		abort();
	f->store = (struct audit_store){ .ops = &ops, .ctx = f };
	f->lanes = 3;
	for (size_t l = 0; l < f->lanes; l++) {
		f->head[l].lane = 10 * (l + 1);
		snprintf(f->head[l].name, LANE_NAME_BYTES, "node1/lane-%zu", l);
		for (size_t i = 0; i < want[l]; i++)
			fake_audit_append(f, l);
	}
	return f;
}
