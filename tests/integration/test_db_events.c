/*
 * test_db_events.c - searching a long audit trail in a real MariaDB: a page by
 * person or terminal comes in time, wherever its records lie.
 * SPDX-License-Identifier: Apache-2.0
 *
 * COUNTERSIGN_RECORDS: how many records (100000 unless told; deploy/test --long
 * takes a million).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "proto/stopwatch.h"
#include "tests/integration/bank.h"
#include "tests/integration/long_trail.h"
#include "tests/integration/private_db.h"

#define T0      1800000000000LL
#define EVERY   10	/* ms between two records */
#define PAGE    16u
#define MOST_MS 500
#define RARE    777777u	/* has few, the oldest of all */

struct world {
	struct private_db *db;
	struct stores *s;
	long records;
};

static int
setup(void **state)
{
	static struct world w;
	const char *records = getenv("COUNTERSIGN_RECORDS");
	int64_t began;

	w.records = records != NULL ? strtol(records, NULL, 10) : 100000;
	assert_true(w.records >= 100000);
	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/long");
	began = stopwatch_us();
	long_trail_make(w.db, &(struct long_trail){ .records = w.records, .from_ms = T0, .every_ms = EVERY,
	    .rare_person = RARE, .rare_terminal = RARE });
	print_message("%ld records made in %.1f s\n", w.records, (double)stopwatch_ms_since(began) / 1000);
	assert_int_equal(private_db_sql(w.db, "root", "SET GLOBAL userstat = 1"), 0);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	stores_close(w->s);
	private_db_stop(w->db);
	return 0;
}

/* How many records the server has read of the trail, through this index; NULL: in any way. */
static int64_t
rows_read(struct world *w, const char *index)
{
	char sql[320];

	if (index == NULL)
		snprintf(sql, sizeof sql, "SELECT CAST(COALESCE(SUM(rows_read), 0) AS SIGNED) FROM information_schema.table_statistics"
		    " WHERE table_name = 'audit_record'");
	else
		snprintf(sql, sizeof sql, "SELECT CAST(COALESCE(SUM(rows_read), 0) AS SIGNED) FROM information_schema.index_statistics"
		    " WHERE table_name = 'audit_record' AND index_name = '%s'", index);
	return private_db_number(w->db, sql);
}

/*
 * All pages of a filter, or the first `pages`: the slowest must be in time, and a page reads no record but its own
 * and perhaps one to see where it begins and one to see where it ends, all through this index. Returns how many records came.
 */
static size_t
pages_of(struct world *w, const char *what, const char *index, struct audit_where where, int pages)
{
	struct audit_line lines[PAGE];
	struct audit_place last;
	float slowest = 0, ms;
	size_t n = PAGE, all = 0;
	int64_t any = rows_read(w, NULL), by_index = rows_read(w, index), asked = 0;

	where.before = (struct audit_place){ INT64_MAX, INT64_MAX, INT64_MAX };
	for (int i = 0; i < pages && n == PAGE; i++, all += n, asked++) {
		int64_t began = stopwatch_us();

		last = where.before;
		assert_int_equal(w->s->audit.ops->look(&w->s->audit, &where, lines, PAGE, &n), RC_OK);
		ms = stopwatch_ms_since(began);
		slowest = ms > slowest ? ms : slowest;
		for (size_t k = 0; k < n; k++) {
			assert_true(lines[k].event.at_ms < last.at_ms);
			assert_true(where.person == 0 || lines[k].event.person == where.person);
			assert_true(where.terminal == 0 || lines[k].event.terminal == where.terminal);
			last = (struct audit_place){ lines[k].event.at_ms, lines[k].lane, lines[k].seq };
		}
		where.before = last;
	}
	any = rows_read(w, NULL) - any;
	by_index = rows_read(w, index) - by_index;
	print_message("%s: %zu of %ld records, slowest of %lld pages %.1f ms, %lld records read\n", what, all, w->records,
	    (long long)asked, (double)slowest, (long long)any);
	assert_true(slowest <= MOST_MS);
	assert_in_range(any, all, all + 2 * (size_t)asked);
	assert_int_equal(by_index, any);
	return all;
}

static void
pages_come_in_time(void **state)
{
	struct world *w = *state;

	const char *at = "audit_record_at", *person = "audit_record_person", *terminal = "audit_record_terminal";

	assert_int_equal(pages_of(w, "a person with few records, the oldest", person, (struct audit_where){ .person = RARE }, 10), LONG_FEW);
	assert_int_equal(pages_of(w, "a person with many", person, (struct audit_where){ .person = 500 }, 1000), (size_t)w->records / LONG_PEOPLE);
	assert_int_equal(pages_of(w, "a terminal with few, the oldest", terminal, (struct audit_where){ .terminal = RARE }, 10), LONG_FEW);
	assert_int_equal(pages_of(w, "a terminal with many", terminal, (struct audit_where){ .terminal = 7 }, 100), 100 * PAGE);
	assert_int_equal(pages_of(w, "all by time", at, (struct audit_where){ 0 }, 100), 100 * PAGE);
	assert_int_equal(pages_of(w, "all since a time", at, (struct audit_where){ .from_ms = T0 + w->records * EVERY - 95 }, 10), 10);
	assert_int_equal(pages_of(w, "a person who did nothing", person, (struct audit_where){ .person = 888888 }, 10), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_come_in_time),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
