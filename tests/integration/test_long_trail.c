/*
 * test_long_trail.c - the audit console over a long trail and many people,
 * through the real server: filters, the overview's numbers, and a check of the
 * whole trail that keeps nobody waiting.
 * SPDX-License-Identifier: Apache-2.0
 *
 * COUNTERSIGN_RECORDS: how many records (100000 unless told; deploy/test --long
 * takes a million); a tenth as many people.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/stopwatch.h"
#include "tests/integration/long_trail.h"
#include "tests/integration/staff.h"

#define MOST_MS  500.0f
#define EVERY    100	/* ms between two records: 36,000 in the last hour */
#define FIRST_ID 1000000	/* of made-up people */
#define TERMINAL "long 07"
#define DEEP     50	/* pages */
#define TIMES_MAX 4096

static struct long_trail trail = { .every_ms = EVERY, .person = FIRST_ID - 1, .terminal = 1000, .rare_person = FIRST_ID + 5000, .rare_terminal = 2000 };

static void
sql(struct world *w, const char *text)
{
	assert_int_equal(private_db_sql(w->server->db, "root", text), 0);
}

/* Names as "Person 0004711 of Many", terminals as "long 07". */
static void
make_many(struct world *w)
{
	char text[640];

	snprintf(text, sizeof text, "INSERT INTO person (id, customer, name, status, password_hash, wrapped_key, email, created_ms)"
	    " SELECT %d + seq, 20000000 + seq, CONCAT('Person ', LPAD(seq, 7, '0'), ' of Many'), 2, '', '', '', 0 FROM seq_0_to_%ld",
	    FIRST_ID, trail.records / 10 - 1);
	sql(w, text);
	sql(w, "INSERT INTO terminal (id, public_key, status, name, branch, first_seen_ms, last_seen_ms)"
	    " SELECT 1000 + seq, CONCAT(REPEAT('k', 28), LPAD(seq, 4, '0')), 2, CONCAT('long ', LPAD(seq, 2, '0')), '', 0, 0 FROM seq_1_to_50");
	sql(w, "INSERT INTO terminal (id, public_key, status, name, branch, first_seen_ms, last_seen_ms)"
	    " VALUES (2000, REPEAT('r', 32), 2, 'rare one', '', 0, 0)");
	trail.from_ms = clock_utc_ms(clock_system()) - trail.records * trail.every_ms;
	long_trail_make(w->server->db, &trail);
}

static int
setup(void **state)
{
	static struct world w;
	const char *records = getenv("COUNTERSIGN_RECORDS");
	struct client_key key;
	cs_Envelope a;

	trail.records = records != NULL ? strtol(records, NULL, 10) : 100000;
	assert_true(trail.records >= 100000);
	w.server = server_make("code { life_ms = 60000 }\npolicy { audit_face = false }\n");
	w.at.server = w.server;
	w.ada = (struct somebody){ .name = "Ada Auditor", .email = "ada@example.org" };
	admin_hired(&w.at, &w.ada, "10000001");
	bank_role(w.server->db, w.ada.id, ROLE_AUDITOR, true);
	make_many(&w);
	server_start(w.server);
	w.server->consoles = CONSOLE_AUDIT;
	server_accept(w.server, "office 1", &key);
	w.office = server_client(w.server, &key);
	assert_int_equal(staff_hello(w.office, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_int_equal(staff_signs_on(&w, w.office, &w.ada, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->office);
	server_drop(w->server);
	return 0;
}

/*
 * How long requests took. The machine may have other work for a moment, so what
 * must be in time is the 95th of a hundred; the slowest is told.
 */
struct times {
	float ms[TIMES_MAX];
	size_t n;
};

static int
by_time(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static float
times_at(struct times *t, size_t percent)
{
	assert_true(t->n > 0);
	qsort(t->ms, t->n, sizeof t->ms[0], by_time);
	return t->ms[(t->n - 1) * percent / 100];
}

static void
ask(struct world *w, cs_Envelope *q, cs_Envelope *a, struct times *t)
{
	int64_t began = stopwatch_us();

	assert_int_equal(client_ask(w->office, q, a, ASK_MS), RC_OK);
	if (t->n < TIMES_MAX)
		t->ms[t->n++] = stopwatch_ms_since(began);
}

/* Asks on until there are no more, or so many pages with rows have come; how many rows. */
static long
search(struct world *w, cs_EventFilter f, int pages, struct times *t)
{
	static cs_Envelope q, a;
	int64_t last = INT64_MAX;
	long found = 0;

	q = (cs_Envelope){ .which_body = cs_Envelope_events_find_tag };
	q.body.events_find.has_filter = q.body.events_find.has_before = true;
	q.body.events_find.filter = f;
	for (int came = 0; came < pages; came += a.body.events.rows_count > 0) {
		ask(w, &q, &a, t);
		for (pb_size_t i = 0; i < a.body.events.rows_count; i++) {
			assert_true(a.body.events.rows[i].utc_ms <= last);
			last = a.body.events.rows[i].utc_ms;
		}
		found += a.body.events.rows_count;
		if (!a.body.events.more)
			break;
		q.body.events_find.before_utc_ms = a.body.events.next_utc_ms;
		q.body.events_find.before = a.body.events.next;
	}
	return found;
}

/* The first page, the best of three tries, and pages down to a deep one. */
static long
in_time(struct world *w, const char *what, cs_EventFilter f)
{
	struct times first = { .n = 0 }, all = { .n = 0 };
	long found;

	for (int i = 0; i < 3; i++)
		(void)search(w, f, 1, &first);
	found = search(w, f, DEEP, &all);
	print_message("%s: the first page %.1f ms; %ld in %zu pages, median %.1f, 95 %% %.1f, slowest %.1f ms\n", what,
	    (double)times_at(&first, 0), found, all.n, (double)times_at(&all, 50), (double)times_at(&all, 95), (double)times_at(&all, 100));
	assert_true(times_at(&first, 0) <= MOST_MS && times_at(&all, 95) <= MOST_MS);
	return found;
}

static void
filters_answer_in_time(void **state)
{
	struct world *w = *state;
	int64_t from = trail.from_ms;

	assert_int_equal(in_time(w, "all", (cs_EventFilter){ 0 }), DEEP * 16);
	assert_int_equal(in_time(w, "a person by name, the oldest", (cs_EventFilter){ .person = "person 0005000" }), LONG_FEW);
	assert_true(in_time(w, "a person by name", (cs_EventFilter){ .person = "0000499 OF" }) >= trail.records / LONG_PEOPLE / 2);
	assert_int_equal(in_time(w, "ten people, one of whom did something", (cs_EventFilter){ .person = "person 000500" }), LONG_FEW);
	assert_true(in_time(w, "ten people", (cs_EventFilter){ .person = "person 000049" }) >= DEEP * 16);
	assert_true(in_time(w, "a person by number", (cs_EventFilter){ .person = "20000499" }) >= trail.records / LONG_PEOPLE / 2);
	assert_int_equal(in_time(w, "nobody", (cs_EventFilter){ .person = "nobody of this name" }), 0);
	assert_int_equal(in_time(w, "a part of all names", (cs_EventFilter){ .person = "of many" }), DEEP * 16);
	assert_int_equal(in_time(w, "a terminal", (cs_EventFilter){ .terminal = TERMINAL }), DEEP * 16);
	assert_int_equal(in_time(w, "a terminal, the oldest", (cs_EventFilter){ .terminal = "RARE" }), LONG_FEW);
	assert_int_equal(in_time(w, "a person at a terminal", (cs_EventFilter){ .person = "person 0005000", .terminal = "rare" }), LONG_FEW);
	assert_int_equal(in_time(w, "an action", (cs_EventFilter){ .action = "transfer" }), DEEP * 16);
	assert_int_equal(in_time(w, "refused", (cs_EventFilter){ .outcome = cs_EventOutcome_EVENT_OUTCOME_REFUSED }), DEEP * 16);
	assert_int_equal(in_time(w, "an hour in the middle", (cs_EventFilter){ .from_utc_ms = from + trail.records / 2 * EVERY,
	    .to_utc_ms = from + trail.records / 2 * EVERY + 3600000 }), DEEP * 16);
	assert_int_equal(in_time(w, "the first second", (cs_EventFilter){ .to_utc_ms = from + 1000 }), 1000 / EVERY);
}

/* What no index finds is looked through in steps: each of them is short. */
static void
a_search_through_all_stays_answerable(void **state)
{
	struct world *w = *state;
	struct times t = { .n = 0 };
	int64_t began = stopwatch_us();

	assert_int_equal(search(w, (cs_EventFilter){ .action = "trail-verify" }, INT_MAX, &t), trail.records / LONG_SELDOM);
	print_message("an action that is rare: %zu requests in %.1f s, median %.0f, 95 %% %.0f, slowest %.0f ms\n", t.n,
	    (double)stopwatch_ms_since(began) / 1000, (double)times_at(&t, 50), (double)times_at(&t, 95), (double)times_at(&t, 100));
	assert_true(times_at(&t, 95) <= MOST_MS);
}

static void
numbers_come_in_time(void **state)
{
	struct world *w = *state;
	static cs_Envelope q, a;
	struct times t = { .n = 0 };
	int64_t records = 0;

	q = (cs_Envelope){ .which_body = cs_Envelope_numbers_get_tag };
	q.body.numbers_get.from_utc_ms = clock_utc_ms(clock_system()) - 86400000 / 2;
	q.body.numbers_get.to_utc_ms = q.body.numbers_get.from_utc_ms + 86400000;
	for (int i = 0; i < 3; i++)
		ask(w, &q, &a, &t);
	for (pb_size_t i = 0; i < a.body.numbers.minutes_count; i++)
		records += a.body.numbers.minutes[i];
	print_message("numbers of an hour with %lld records: %.0f ms, slowest of three %.0f\n", (long long)records,
	    (double)times_at(&t, 0), (double)times_at(&t, 100));
	assert_true(records > 30000);
	assert_true(times_at(&t, 0) <= MOST_MS);
}

/* The whole trail is checked; meanwhile searches by name are answered as ever, and the check is seen to go on. */
static void
a_check_keeps_nobody_waiting(void **state)
{
	struct world *w = *state;
	static cs_Envelope q, a;
	struct times t = { .n = 0 };
	int64_t began = stopwatch_us();
	uint64_t done = 0;
	int steps = 0;

	assert_int_equal(staff_asks(w->office, cs_Envelope_trail_verify_tag, &a), RC_OK);
	do {
		q = (cs_Envelope){ .which_body = cs_Envelope_events_find_tag };
		q.body.events_find.has_filter = true;
		q.body.events_find.filter = (cs_EventFilter){ .person = "person 0005000" };
		ask(w, &q, &a, &t);
		q = (cs_Envelope){ .which_body = cs_Envelope_trail_get_tag };
		ask(w, &q, &a, &t);
		assert_true(a.body.trail.done >= done || !a.body.trail.verifying);
		steps += a.body.trail.verifying && a.body.trail.done > done && a.body.trail.done < a.body.trail.total;
		done = a.body.trail.done;
	} while (a.body.trail.verifying);
	print_message("%lld records checked in %.1f s, seen to go on %d times; requests meanwhile: median %.1f, 95 %% %.1f, slowest %.1f ms\n",
	    (long long)a.body.trail.verified, (double)stopwatch_ms_since(began) / 1000, steps, (double)times_at(&t, 50),
	    (double)times_at(&t, 95), (double)times_at(&t, 100));
	assert_int_equal(a.body.trail.outcome, RC_OK);
	assert_true(a.body.trail.verified >= (uint64_t)trail.records);
	assert_true(steps >= 3);
	assert_true(times_at(&t, 95) <= MOST_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_answer_in_time),
		cmocka_unit_test(a_search_through_all_stays_answerable),
		cmocka_unit_test(numbers_come_in_time),
		cmocka_unit_test(a_check_keeps_nobody_waiting),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
