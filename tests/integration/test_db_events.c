/*
 * test_db_events.c - searching a long audit trail in a real MariaDB: a page by
 * person or terminal comes in time, wherever its records lie.
 * SPDX-License-Identifier: Apache-2.0
 *
 * COUNTERSIGN_RECORDS: how many records (100000 unless told; deploy/test --long
 * takes a million). The records are no chain: only reading is measured.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "proto/stopwatch.h"
#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0      1800000000000LL
#define PAGE    16u
#define MOST_MS 500
#define CHUNK   10000	/* records in one statement */
#define PEOPLE  1000		/* who share the records evenly */
#define RARE    777777u		/* has ten, the oldest of all */

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
	char sql[640];

	w.records = records != NULL ? strtol(records, NULL, 10) : 100000;
	assert_true(w.records > 0 && w.records % CHUNK == 0);
	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/long");
	for (long from = 1; from < w.records; from += CHUNK) {
		snprintf(sql, sizeof sql, "INSERT INTO audit_record SELECT (SELECT MIN(id) FROM audit_lane), 100 + seq, %lld + seq * 10, 32, seq MOD 7 = 0,"
		    " IF(seq <= 10, %u, seq MOD %d + 1), IF(seq <= 10, %u, seq MOD 50 + 1), REPEAT(CHAR(seq MOD 251), 16),"
		    " CONCAT('subject ', seq), 'words for the auditor', REPEAT('a', 32), REPEAT('b', 32) FROM seq_%ld_to_%ld", T0, RARE, PEOPLE,
		    RARE, from, from + CHUNK - 1);
		assert_int_equal(private_db_sql(w.db, "root", sql), 0);
	}
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

/* All pages of a filter, or the first `pages`; the slowest must be in time. Returns how many records came. */
static size_t
pages_of(struct world *w, const char *what, struct audit_where where, int pages)
{
	struct audit_line lines[PAGE];
	struct audit_place last;
	float slowest = 0, ms;
	size_t n = PAGE, all = 0;

	where.before = (struct audit_place){ INT64_MAX, INT64_MAX, INT64_MAX };
	for (int i = 0; i < pages && n == PAGE; i++, all += n) {
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
	print_message("%s: %zu of %ld records, slowest page %.1f ms\n", what, all, w->records, (double)slowest);
	assert_true(slowest <= MOST_MS);
	return all;
}

static void
pages_come_in_time(void **state)
{
	struct world *w = *state;

	assert_int_equal(pages_of(w, "a person with few records, the oldest", (struct audit_where){ .person = RARE }, 10), 10);
	assert_int_equal(pages_of(w, "a person with many", (struct audit_where){ .person = 500 }, 1000), (size_t)w->records / PEOPLE);
	assert_int_equal(pages_of(w, "a terminal with few, the oldest", (struct audit_where){ .terminal = RARE }, 10), 10);
	assert_int_equal(pages_of(w, "a terminal with many", (struct audit_where){ .terminal = 7 }, 100), 100 * PAGE);
	assert_int_equal(pages_of(w, "all by time", (struct audit_where){ 0 }, 100), 100 * PAGE);
	assert_int_equal(pages_of(w, "all since a time", (struct audit_where){ .from_ms = T0 + w->records * 10 - 95 }, 10), 10);
	assert_int_equal(pages_of(w, "a person who did nothing", (struct audit_where){ .person = 888888 }, 10), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_come_in_time),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
