/*
 * mysql_audit_numbers.c - how much happened: counts for the overview.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of it is read through indexes by time, and none of it over more than an
 * hour of records or a day of transfers.
 */
#include <string.h>

#include "db/mysql_store.h"
#include "proto/digest.h"


struct numbers_args {
	int64_t now_ms, from_ms, to_ms;
	struct audit_numbers *to;
	struct audit_count *list;	/* refusals or liveness */
	size_t *list_n;
	int64_t key;
	uint64_t count;
	struct audit_hour hour;
};

static enum rc
minute_each(void *arg)
{
	struct numbers_args *a = arg;

	if (a->key >= 0 && a->key < AUDIT_MINUTES)
		a->to->minute[a->key] = a->count;
	return RC_OK;
}

static enum rc
count_each(void *arg)
{
	struct numbers_args *a = arg;

	if (*a->list_n < AUDIT_COUNTS_MAX)
		a->list[(*a->list_n)++] = (struct audit_count){ (enum rc)a->key, a->count };
	return RC_OK;
}

static enum rc
hour_each(void *arg)
{
	struct numbers_args *a = arg;

	if (a->key < 0 || a->key >= AUDIT_DAY_HOURS || a->to->hours == AUDIT_HOURS_MAX)
		return RC_OK;
	a->hour.hour = (uint32_t)a->key;
	a->to->hour[a->to->hours++] = a->hour;
	return RC_OK;
}

static enum rc
numbers_step(struct db *d, void *arg)
{
	struct numbers_args *a = arg;
	int64_t since = a->now_ms - AUDIT_MINUTES * 60000LL;
	enum rc r;

	memset(a->to, 0, sizeof *a->to);
	r = db_rows(d, "SELECT CAST((at_ms - ?) DIV 60000 AS SIGNED), COUNT(*) FROM audit_record FORCE INDEX (audit_record_at)"
	    " WHERE at_ms >= ? AND at_ms < ? GROUP BY 1", DB_IN(db_in_i64(since), db_in_i64(since), db_in_i64(a->now_ms)),
	    DB_OUT(db_out_i64(&a->key), db_out_u64(&a->count)), minute_each, a);
	a->list = a->to->refusal;
	a->list_n = &a->to->refusals;
	if (r == RC_OK)
		r = db_rows(d, "SELECT outcome, COUNT(*) FROM audit_record FORCE INDEX (audit_record_at) WHERE at_ms >= ? AND at_ms < ?"
		    " AND outcome <> 0 GROUP BY outcome ORDER BY 2 DESC, 1", DB_IN(db_in_i64(since), db_in_i64(a->now_ms)),
		    DB_OUT(db_out_i64(&a->key), db_out_u64(&a->count)), count_each, a);
	a->list = a->to->liveness;
	a->list_n = &a->to->livenesses;
	if (r == RC_OK)
		r = db_rows(d, "SELECT outcome, COUNT(*) FROM audit_record FORCE INDEX (audit_record_at) WHERE at_ms >= ? AND at_ms < ?"
		    " AND action = ? GROUP BY outcome ORDER BY 2 DESC, 1",
		    DB_IN(db_in_i64(since), db_in_i64(a->now_ms), db_in_u64(AUDIT_CAPTURE_VERDICT)),
		    DB_OUT(db_out_i64(&a->key), db_out_u64(&a->count)), count_each, a);
	if (r == RC_OK)
		r = db_rows(d, "SELECT CAST((at_ms - ?) DIV 3600000 AS SIGNED), currency, COUNT(*), CAST(SUM(amount) AS SIGNED) FROM journal"
		    " FORCE INDEX (journal_at) WHERE at_ms >= ? AND at_ms < ? AND kind <> ? GROUP BY 1, 2 ORDER BY 1, 2",
		    DB_IN(db_in_i64(a->from_ms), db_in_i64(a->from_ms), db_in_i64(a->to_ms), db_in_u64(TXN_DEPOSIT)),
		    DB_OUT(db_out_i64(&a->key), db_out_text(a->hour.currency, sizeof a->hour.currency), db_out_u64(&a->hour.count),
		    db_out_i64(&a->hour.volume)), hour_each, a);
	return r;
}

enum rc
audit_count_numbers(struct audit_store *s, int64_t now_ms, int64_t from_ms, int64_t to_ms, struct audit_numbers *dst)
{
	struct numbers_args a = { .now_ms = now_ms, .from_ms = from_ms, .to_ms = to_ms, .to = dst };

	return db_run(s->ctx, DB_REPEAT, numbers_step, &a);
}
