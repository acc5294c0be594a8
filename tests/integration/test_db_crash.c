/*
 * test_db_crash.c - kill -9 of MariaDB while money moves: each transfer is
 * there entirely or not at all, and sending it again changes nothing twice.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL
#define WRITERS   3
#define TRANSFERS 150
#define KILLS     3
#define GIVE_UP_MS 60000

static atomic_int progress;

struct writer {
	struct private_db *db;
	struct bank_person ann, bob;
	const char *lane;
	struct intent i[TRANSFERS];
	struct ledger_step st[TRANSFERS];
	uint64_t journal[TRANSFERS];
	int doubts, failed;
};

/* Posts everything, and each transfer as often as it takes to hear that it is posted. */
static void *
write_all(void *arg)
{
	struct writer *w = arg;
	struct stores *s = private_db_open(w->db, "countersign", w->lane);
	int64_t end = clock_mono_ms(clock_system()) + GIVE_UP_MS;
	struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, T0);
	struct receipt r;

	for (int k = 0; k < TRANSFERS; k++) {
		enum rc rc;

		while ((rc = s->ledger.ops->post(&s->ledger, &w->st[k], &ev, &r)) == RC_STORE && clock_mono_ms(clock_system()) < end) {
			w->doubts++;
			sched_yield();
		}
		if (rc != RC_OK)
			w->failed++;
		else
			w->journal[k] = r.journal;
		atomic_fetch_add(&progress, 1);
	}
	stores_close(s);
	return NULL;
}

static void
wait_for_progress(int want)
{
	int64_t end = clock_mono_ms(clock_system()) + GIVE_UP_MS;
	struct timespec t = { .tv_nsec = 1000000 };

	while (atomic_load(&progress) < want && clock_mono_ms(clock_system()) < end)
		nanosleep(&t, NULL);
	assert_true(atomic_load(&progress) >= want);
}

static void
prepare(struct stores *s, struct writer *w)
{
	bank_customer(s, T0, &w->ann);
	bank_customer(s, T0, &w->bob);
	bank_deposit(s, T0, &w->ann, 1000000);
	for (int k = 0; k < TRANSFERS; k++) {
		bank_intent(s, T0, &w->ann, &w->bob, 10, false, false, &w->i[k]);
		w->st[k] = bank_step(&w->i[k], 0, T0);
	}
}

static void
a_killed_database_loses_and_doubles_nothing(void **state)
{
	static const char *lanes[WRITERS] = { "test/w0", "test/w1", "test/w2" };
	static struct writer w[WRITERS];
	struct private_db *db = private_db_start(true);
	struct stores *s = private_db_open(db, "countersign", "test/crash");
	pthread_t t[WRITERS];
	struct account a;

	(void)state;
	for (int k = 0; k < WRITERS; k++) {
		w[k] = (struct writer){ .db = db, .lane = lanes[k] };
		prepare(s, &w[k]);
	}
	for (int k = 0; k < WRITERS; k++)
		assert_int_equal(pthread_create(&t[k], NULL, write_all, &w[k]), 0);
	for (int k = 1; k <= KILLS; k++) {
		wait_for_progress(k * WRITERS * TRANSFERS / (KILLS + 1));
		private_db_kill(db);
	}
	for (int k = 0; k < WRITERS; k++) {
		pthread_join(t[k], NULL);
		print_message("writer %d: %d answers without an outcome\n", k, w[k].doubts);
		assert_int_equal(w[k].failed, 0);
	}
	for (int k = 0; k < WRITERS; k++) {
		assert_int_equal(s->ledger.ops->account_by_number(&s->ledger, w[k].bob.account, &a), RC_OK);
		assert_int_equal(a.balance, 10 * TRANSFERS);
		for (int j = 0; j < TRANSFERS; j++) {
			struct receipt r;

			assert_int_equal(s->ledger.ops->receipt_by_request(&s->ledger, w[k].ann.id, w[k].st[j].request, &r), RC_OK);
			assert_int_equal(r.journal, w[k].journal[j]);
		}
	}
	assert_int_equal(private_db_number(db, "SELECT COUNT(*) FROM journal WHERE kind = 1"), WRITERS * TRANSFERS);
	assert_int_equal(private_db_number(db, "SELECT COUNT(*) FROM posting p JOIN journal j ON j.id = p.journal WHERE j.kind = 1"),
	    2 * WRITERS * TRANSFERS);
	assert_int_equal(private_db_number(db, "SELECT COUNT(*) FROM audit_record WHERE action = 61"), WRITERS * TRANSFERS);
	stores_close(s);
	private_db_stop(db);
}

/* A database that is away is an answer, not a wait; and it is noticed when it is back. */
static void
a_stopped_database_is_an_error_and_comes_back(void **state)
{
	struct private_db *db = private_db_start(true);
	struct stores *s = private_db_open(db, "countersign", "test/away");
	int64_t begin = clock_mono_ms(clock_system());
	struct person p;
	enum rc r;

	(void)state;
	assert_int_equal(private_db_script(db, "stop"), 0);
	assert_int_equal(private_db_script(db, "status"), 3);
	begin = clock_mono_ms(clock_system());
	for (int k = 0; k < 100; k++)
		assert_int_equal(s->person.ops->by_id(&s->person, 1, &p), RC_STORE);
	assert_true(clock_mono_ms(clock_system()) - begin < 2000);
	assert_int_equal(private_db_script(db, "start"), 0);
	begin = clock_mono_ms(clock_system());
	while ((r = s->person.ops->by_id(&s->person, 1, &p)) == RC_STORE && clock_mono_ms(clock_system()) - begin < GIVE_UP_MS)
		sched_yield();
	assert_int_equal(r, RC_NOT_FOUND);
	assert_true(clock_mono_ms(clock_system()) - begin < 3 * STORE_RETRY_MS);
	stores_close(s);
	private_db_stop(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_database_loses_and_doubles_nothing),
		cmocka_unit_test(a_stopped_database_is_an_error_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
