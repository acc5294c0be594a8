/*
 * test_db_batch_crash.c - a batch is posted in time, and whole or not at all
 * when whoever posts it, or the database, is killed at any moment.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL
#define POST_MOST_MS 5000	/* for POST_LINES lines */
#define POST_LINES   1000u
#define KILL_LINES   200u
#define KILLS        30
#define DB_KILL_EACH 5		/* every fifth kill is the database's */
#define GIVE_UP_MS   60000

struct world {
	struct private_db *db;
	struct stores *s;
	struct bank_person ann, bob, max, eve;	/* max makes, eve checks */
	int64_t now;
};

static int
setup(void **state)
{
	static struct world w;
	struct bank_person *const all[] = { &w.ann, &w.bob, &w.max, &w.eve };

	w.now = T0;
	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/batch crash");
	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
		bank_customer(w.s, T0, all[k]);
	bank_deposit(w.s, T0, &w.ann, 1000000000);
	bank_role(w.db, w.eve.id, ROLE_CHECKER, true);
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

static struct code_use
typed(struct world *w, const struct bank_person *p, const uint8_t digest[DIGEST_BYTES])
{
	struct code_use by = { .person = p->id };

	w->now += CODE_SENDS_WINDOW_MS;
	by.now_ms = w->now;
	memcpy(by.session, p->session, ID_BYTES);
	memcpy(by.digest, digest, DIGEST_BYTES);
	by.code = bank_code(w->s, w->now, p, CODE_BATCH, digest);
	return by;
}

/* A submitted batch of n lines of one cent; *by: the checker's face and code for it. */
static uint64_t
submitted(struct world *w, uint64_t n, struct code_use *by)
{
	struct batch_store *b = &w->s->batch;
	struct batch_line *l = calloc(n, sizeof *l);
	struct audit_event ev = bank_event(AUDIT_BATCH_OPEN, w->now);
	uint8_t request[ID_BYTES], digest[DIGEST_BYTES];
	struct code_use maker;
	uint64_t id = 0;

	assert_non_null(l);
	for (uint64_t i = 0; i < n; i++) {
		l[i] = (struct batch_line){ .place = i + 1, .amount = 1, .currency = "EUR", .payee_name = "Bob" };
		memcpy(l[i].debit, w->ann.account, sizeof l[i].debit);
		memcpy(l[i].payee, w->bob.account, sizeof l[i].payee);
	}
	bank_random(request, sizeof request);
	assert_int_equal(b->ops->open(b, w->max.id, request, BATCH_DRAFT, &ev, &id), RC_OK);
	assert_int_equal(b->ops->lines_put(b, id, w->max.id, l, n, w->now), RC_OK);
	free(l);
	assert_int_equal(b->ops->digest(b, id, w->max.id, digest), RC_OK);
	maker = typed(w, &w->max, digest);
	ev = bank_event(AUDIT_BATCH_SUBMIT, w->now);
	assert_int_equal(b->ops->submit(b, id, &maker, &ev), RC_OK);
	*by = typed(w, &w->eve, digest);
	bank_face(w->s, w->now, &w->eve, digest);
	return id;
}

static enum rc
post(struct stores *s, uint64_t id, const struct code_use *by)
{
	struct audit_event ev = bank_event(AUDIT_BATCH_POST, by->now_ms);
	uint64_t failed = 0;

	return s->batch.ops->post(&s->batch, id, by, &ev, &failed);
}

/* Lines of the batch that are booked; asserts that it is all or none, with its state, in one look. */
static int64_t
booked(struct world *w, uint64_t id, int64_t n)
{
	char sql[400];
	int64_t both;

	snprintf(sql, sizeof sql, "SELECT b.state * 1000000 + (SELECT COUNT(*) FROM batch_line l JOIN journal j ON j.id = l.journal"
	    " WHERE l.batch = b.id) FROM batch b WHERE b.id = %llu", (unsigned long long)id);
	both = private_db_number(w->db, sql);
	if (both != BATCH_SUBMITTED * 1000000 && both != BATCH_POSTED * 1000000 + n)
		fail_msg("a batch of %lld lines is in state %lld with %lld lines booked", (long long)n, (long long)(both / 1000000),
		    (long long)(both % 1000000));
	return both % 1000000;
}

static int64_t
balance(struct world *w, const struct bank_person *p)
{
	struct account a;

	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p->account, &a), RC_OK);
	return a.balance;
}

/* The same post again until there is an answer, as a client does. */
static enum rc
post_until(struct world *w, uint64_t id, const struct code_use *by)
{
	int64_t end = clock_mono_ms(clock_system()) + GIVE_UP_MS;
	enum rc r;

	while ((r = post(w->s, id, by)) == RC_STORE && clock_mono_ms(clock_system()) < end)
		sched_yield();
	return r;
}

/* Once the database is back, and nobody else works on the batch any more. */
static int64_t
look_until(struct world *w, uint64_t id, int64_t n)
{
	int64_t end = clock_mono_ms(clock_system()) + GIVE_UP_MS;
	struct account a;

	while (w->s->ledger.ops->account_by_number(&w->s->ledger, w->bob.account, &a) == RC_STORE && clock_mono_ms(clock_system()) < end)
		sched_yield();
	/* Our own connection alone: a statement of the killed one may still be running. */
	while (private_db_number(w->db, "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'countersign'") > 1 &&
	    clock_mono_ms(clock_system()) < end)
		sched_yield();
	return booked(w, id, n);
}

static void
a_thousand_lines_are_posted_in_time(void **state)
{
	struct world *w = *state;
	struct code_use by;
	uint64_t id = submitted(w, POST_LINES, &by);
	int64_t begin = clock_mono_ms(clock_system()), ms;

	assert_int_equal(post(w->s, id, &by), RC_OK);
	ms = clock_mono_ms(clock_system()) - begin;
	print_message("%u lines posted in %lld ms\n", POST_LINES, (long long)ms);
	assert_int_equal(booked(w, id, POST_LINES), POST_LINES);
	assert_true(ms <= POST_MOST_MS);
}

/* Posts in a process of its own, and kills it, or else the database: then the process ends by itself. */
static void
post_and_kill(struct world *w, uint64_t id, const struct code_use *by, bool process, int64_t after_us)
{
	struct timespec t = { after_us / 1000000, after_us % 1000000 * 1000 };
	int begun[2], status;
	char go;
	pid_t p;

	assert_int_equal(pipe(begun), 0);
	if ((p = fork()) == 0) {
		struct stores *s = private_db_open(w->db, "countersign", "test/poster");
		struct batch b;
		struct batch_total total[BATCH_CURRENCIES_MAX];
		size_t n;

		/* Connected before the clock runs. */
		if (s->batch.ops->get(&s->batch, id, &b, total, &n) != RC_OK || write(begun[1], "x", 1) != 1)
			_exit(2);
		_exit(post(s, id, by) == RC_OK ? 0 : 1);
	}
	assert_true(p > 0);
	close(begun[1]);
	assert_int_equal(read(begun[0], &go, 1), 1);
	close(begun[0]);
	nanosleep(&t, NULL);		/* the moment of the kill */
	if (process)
		kill(p, SIGKILL);
	else
		private_db_kill(w->db);
	assert_int_equal(waitpid(p, &status, 0), p);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 2);
}

static void
killed_at_any_moment_it_is_all_or_nothing(void **state)
{
	struct world *w = *state;
	int64_t whole_us, begin, bob, n;
	int posted = 0;
	unsigned seed = (unsigned)clock_mono_ms(clock_system());
	struct code_use by;
	uint64_t id = submitted(w, KILL_LINES, &by);

	print_message("seed %u\n", seed);
	begin = clock_mono_ms(clock_system());
	assert_int_equal(post(w->s, id, &by), RC_OK);
	whole_us = (clock_mono_ms(clock_system()) - begin) * 1000;
	for (int k = 0; k < KILLS; k++) {
		int64_t at = (int64_t)((double)rand_r(&seed) / RAND_MAX * 1.2 * (double)whole_us);

		id = submitted(w, KILL_LINES, &by);
		bob = balance(w, &w->bob);
		post_and_kill(w, id, &by, k % DB_KILL_EACH != 0, at);
		n = look_until(w, id, KILL_LINES);
		posted += n > 0;
		assert_int_equal(balance(w, &w->bob), bob + n);
		/* The same proofs again: once, whoever had done it. */
		assert_int_equal(post_until(w, id, &by), RC_OK);
		assert_int_equal(booked(w, id, KILL_LINES), KILL_LINES);
		assert_int_equal(balance(w, &w->bob), bob + KILL_LINES);
	}
	print_message("%d kills: %d batches were posted all the same\n", KILLS, posted);
	assert_int_equal(private_db_number(w->db, "SELECT COALESCE(SUM(amount), 0) FROM posting"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_lines_are_posted_in_time),
		cmocka_unit_test(killed_at_any_moment_it_is_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
