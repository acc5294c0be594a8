/*
 * test_db_codes.c - one-time codes against a real MariaDB: one row, five
 * tries, one use, an end, and a rate.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <pthread.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL

struct world {
	struct private_db *db;
	struct stores *s;
	struct bank_person p;
};

static const uint8_t digest[DIGEST_BYTES] = { 1, 2, 3 };
static const uint8_t other_digest[DIGEST_BYTES] = { 3, 2, 1 };

static int
setup(void **state)
{
	static struct world w;

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/codes");
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

static enum rc
issue(struct world *w, int64_t now, const uint8_t d[DIGEST_BYTES])
{
	struct code_row c = { .person = w->p.id, .purpose = CODE_TRANSACTION, .created_ms = now, .expires_ms = now + 1000 };
	struct outbox_new m = { .person = w->p.id, .sealed_n = 80, .expires_ms = now + 1000 };
	struct audit_event ev = bank_event(AUDIT_CODE_SEND, now);

	memcpy(c.session, w->p.session, ID_BYTES);
	memcpy(c.digest, d, DIGEST_BYTES);
	return w->s->code.ops->issue(&w->s->code, &c, &m, &ev);
}

static enum rc
take(struct world *w, int64_t now, const uint8_t d[DIGEST_BYTES], struct code_row *row)
{
	return w->s->code.ops->take(&w->s->code, w->p.session, CODE_TRANSACTION, d, now, row);
}

static void
five_tries_then_no_more(void **state)
{
	struct world *w = *state;
	struct code_row row = { 0 };

	bank_customer(w->s, T0, &w->p);
	assert_int_equal(take(w, T0, digest, &row), RC_NOT_FOUND);
	assert_int_equal(issue(w, T0, digest), RC_OK);
	for (uint32_t k = 1; k <= CODE_TRIES; k++) {
		assert_int_equal(take(w, T0, digest, &row), RC_OK);
		assert_int_equal(row.tries, k);
	}
	row.tries = 77;
	assert_int_equal(take(w, T0, digest, &row), RC_CODE_TRIES);
	assert_int_equal(row.tries, 77);	/* untouched */
}

static void
a_code_is_bound_to_purpose_session_and_digest(void **state)
{
	struct world *w = *state;
	uint8_t session[ID_BYTES] = { 5 };
	struct code_row row;

	bank_customer(w->s, T0, &w->p);
	assert_int_equal(issue(w, T0, digest), RC_OK);
	assert_int_equal(take(w, T0, other_digest, &row), RC_NOT_FOUND);
	assert_int_equal(w->s->code.ops->take(&w->s->code, w->p.session, CODE_LOGIN, digest, T0, &row), RC_NOT_FOUND);
	assert_int_equal(w->s->code.ops->take(&w->s->code, session, CODE_TRANSACTION, digest, T0, &row), RC_NOT_FOUND);
	assert_int_equal(take(w, T0, digest, &row), RC_OK);
	assert_int_equal(row.tries, 1);
}

static void
a_code_ends_and_a_newer_one_kills_it(void **state)
{
	struct world *w = *state;
	struct code_row first, row;

	bank_customer(w->s, T0, &w->p);
	assert_int_equal(issue(w, T0, digest), RC_OK);
	assert_int_equal(take(w, T0 + 999, digest, &first), RC_OK);
	assert_int_equal(take(w, T0 + 1000, digest, &row), RC_CODE_EXPIRED);
	assert_int_equal(issue(w, T0, digest), RC_OK);
	assert_int_equal(issue(w, T0, digest), RC_OK);
	assert_int_equal(take(w, T0, digest, &row), RC_OK);
	assert_true(row.id > first.id + 1);
	assert_int_equal(row.tries, 1);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM code WHERE expires_ms > 0 AND person = (SELECT MAX(id) FROM person)"), 1);
}

static void
a_used_code_is_used(void **state)
{
	struct world *w = *state;
	struct ledger_step st;
	struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, T0);
	struct bank_person other;
	struct code_row row;
	struct receipt r;
	struct intent i;
	uint64_t code;

	bank_customer(w->s, T0, &w->p);
	bank_customer(w->s, T0, &other);
	bank_deposit(w->s, T0, &w->p, 1000);
	bank_intent(w->s, T0, &w->p, &other, 10, false, true, &i);
	code = bank_code(w->s, T0, &w->p, CODE_TRANSACTION, i.digest);
	st = bank_step(&i, code, T0);
	assert_int_equal(w->s->ledger.ops->post(&w->s->ledger, &st, &ev, &r), RC_OK);
	assert_int_equal(take(w, T0, i.digest, &row), RC_CODE_USED);
}

static void
sending_has_a_rate_per_person(void **state)
{
	struct world *w = *state;

	bank_customer(w->s, T0, &w->p);
	for (int k = 0; k < CODE_SENDS_MAX; k++)
		assert_int_equal(issue(w, T0 + k, digest), RC_OK);
	assert_int_equal(issue(w, T0 + 10, other_digest), RC_CODE_RATE);
	assert_int_equal(issue(w, T0 + CODE_SENDS_WINDOW_MS - 1, digest), RC_CODE_RATE);
	assert_int_equal(issue(w, T0 + CODE_SENDS_WINDOW_MS, digest), RC_OK);
	assert_int_equal(issue(w, T0 + CODE_SENDS_WINDOW_MS, digest), RC_CODE_RATE);
}

struct guesser {
	struct world *w;
	const char *lane;
	int taken;
};

static void *
guess(void *arg)
{
	struct guesser *g = arg;
	struct stores *s = private_db_open(g->w->db, "countersign", g->lane);
	struct code_row row;

	for (int k = 0; k < 10; k++)
		g->taken += s->code.ops->take(&s->code, g->w->p.session, CODE_TRANSACTION, digest, T0, &row) == RC_OK;
	stores_close(s);
	return NULL;
}

static void
guessing_in_parallel_gains_no_try(void **state)
{
	struct world *w = *state;
	struct guesser g[4];
	pthread_t t[4];
	static const char *lanes[] = { "test/g0", "test/g1", "test/g2", "test/g3" };
	int taken = 0;

	bank_customer(w->s, T0, &w->p);
	assert_int_equal(issue(w, T0, digest), RC_OK);
	for (int k = 0; k < 4; k++) {
		g[k] = (struct guesser){ .w = w, .lane = lanes[k] };
		assert_int_equal(pthread_create(&t[k], NULL, guess, &g[k]), 0);
	}
	for (int k = 0; k < 4; k++) {
		pthread_join(t[k], NULL);
		taken += g[k].taken;
	}
	assert_int_equal(taken, CODE_TRIES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_tries_then_no_more),
		cmocka_unit_test(a_code_is_bound_to_purpose_session_and_digest),
		cmocka_unit_test(a_code_ends_and_a_newer_one_kills_it),
		cmocka_unit_test(a_used_code_is_used),
		cmocka_unit_test(sending_has_a_rate_per_person),
		cmocka_unit_test(guessing_in_parallel_gains_no_try),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
