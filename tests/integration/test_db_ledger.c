/*
 * test_db_ledger.c - money against a real MariaDB: what posts, what is refused,
 * what a repeated request does, and many at once.
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
	struct bank_person ann, bob;
};

static int
setup(void **state)
{
	static struct world w;

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/ledger");
	bank_customer(w.s, T0, &w.ann);
	bank_customer(w.s, T0, &w.bob);
	bank_deposit(w.s, T0, &w.ann, 1000000);
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

static int64_t
balance(struct world *w, const struct bank_person *p)
{
	struct account a;

	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p->account, &a), RC_OK);
	return a.balance;
}

static enum rc
post(struct world *w, const struct ledger_step *st, struct receipt *r)
{
	struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, st->now_ms);

	return w->s->ledger.ops->post(&w->s->ledger, st, &ev, r);
}

static void
a_deposit_happens_once(void **state)
{
	struct world *w = *state;
	struct ledger_deposit d = { .account = w->bob.account, .currency = "EUR", .reference = "once", .amount = 500, .now_ms = T0 };
	struct audit_event ev = bank_event(AUDIT_DEPOSIT, T0);
	int64_t before = balance(w, &w->bob);
	struct receipt one, two;

	bank_random(d.request, ID_BYTES);
	assert_int_equal(w->s->ledger.ops->deposit(&w->s->ledger, &d, &ev, &one), RC_OK);
	assert_int_equal(one.balance_after, before + 500);
	assert_int_equal(w->s->ledger.ops->deposit(&w->s->ledger, &d, &ev, &two), RC_OK);
	assert_int_equal(two.journal, one.journal);
	assert_int_equal(balance(w, &w->bob), before + 500);
	d.amount = 501;
	assert_int_equal(w->s->ledger.ops->deposit(&w->s->ledger, &d, &ev, &two), RC_REQUEST_OTHER);
	bank_random(d.request, ID_BYTES);
	d.amount = 0;
	assert_int_equal(w->s->ledger.ops->deposit(&w->s->ledger, &d, &ev, &two), RC_INVALID);
	d.amount = 1;
	d.currency = "USD";
	assert_int_equal(w->s->ledger.ops->deposit(&w->s->ledger, &d, &ev, &two), RC_CURRENCY);
	d.currency = "EUR";
	d.account = "XC00NOBODY";
	assert_int_equal(w->s->ledger.ops->deposit(&w->s->ledger, &d, &ev, &two), RC_ACCOUNT_UNKNOWN);
	assert_int_equal(balance(w, &w->bob), before + 500);
}

static void
a_transfer_spends_its_proofs_and_shows_in_the_history(void **state)
{
	struct world *w = *state;
	int64_t ann = balance(w, &w->ann), bob = balance(w, &w->bob);
	struct history_row h[4];
	char currency[CURRENCY_BYTES + 1];
	struct receipt r, again;
	struct ledger_step st;
	struct intent i, got;
	uint64_t code;
	size_t n;

	bank_intent(w->s, T0, &w->ann, &w->bob, 2500, true, true, &i);
	bank_face(w->s, T0, &w->ann, i.digest);
	code = bank_code(w->s, T0, &w->ann, CODE_TRANSACTION, i.digest);
	st = bank_step(&i, code, T0 + 1);
	assert_int_equal(post(w, &st, &r), RC_OK);
	assert_int_equal(r.balance_after, ann - 2500);
	assert_int_equal(balance(w, &w->ann), ann - 2500);
	assert_int_equal(balance(w, &w->bob), bob + 2500);
	assert_memory_equal(r.digest, i.digest, DIGEST_BYTES);

	/* the same request again: the first receipt, also long after the intent expired */
	st.now_ms = T0 + 10 * INTENT_LIFE_MS;
	assert_int_equal(post(w, &st, &again), RC_OK);
	assert_int_equal(again.journal, r.journal);
	assert_int_equal(again.posted_ms, r.posted_ms);
	assert_int_equal(again.balance_after, r.balance_after);
	assert_string_equal(again.txn.reference, "rent");
	assert_int_equal(balance(w, &w->ann), ann - 2500);

	/* another request for the same intent: it is posted already */
	st = bank_step(&i, code, T0 + 2);
	assert_int_equal(post(w, &st, &again), RC_EXISTS);
	assert_int_equal(w->s->ledger.ops->intent_get(&w->s->ledger, i.id, &got), RC_OK);
	assert_int_equal(got.journal, r.journal);
	assert_int_equal(w->s->ledger.ops->intent_last(&w->s->ledger, w->ann.id, &got), RC_OK);
	assert_memory_equal(got.id, i.id, ID_BYTES);

	assert_int_equal(w->s->ledger.ops->history(&w->s->ledger, w->ann.id, w->ann.account, 0, 4, h, &n, currency), RC_OK);
	assert_true(n >= 2);
	assert_int_equal(h[0].amount, -2500);
	assert_int_equal(h[0].balance_after, ann - 2500);
	assert_string_equal(h[0].other, w->bob.account);
	assert_string_equal(h[0].reference, "rent");
	assert_string_equal(currency, "EUR");
	assert_int_equal(w->s->ledger.ops->history(&w->s->ledger, w->ann.id, w->ann.account, h[0].posting, 4, h, &n, currency), RC_OK);
	assert_int_equal(h[0].amount, 1000000);
	assert_string_equal(h[0].other_name, "Cash EUR");
	assert_int_equal(w->s->ledger.ops->history(&w->s->ledger, w->bob.id, w->ann.account, 0, 4, h, &n, currency), RC_ACCOUNT_UNKNOWN);
}

/* Each case changes one thing of a good transfer; nothing may move and nothing may be spent. */
static void
each_missing_proof_refuses(void **state)
{
	static const struct {
		const char *what;
		bool face, code, other_face, other_code, other_session;
		int64_t late_ms, amount;
		enum rc want;
	} t[] = {
		{ "no face",                 false, true,  false, false, false, 0, 100, RC_PROOF_MISSING },
		{ "no code",                 true,  false, false, false, false, 0, 100, RC_PROOF_MISSING },
		{ "face for another amount", true,  true,  true,  false, false, 0, 100, RC_PROOF_MISSING },
		{ "code for another amount", true,  true,  false, true,  false, 0, 100, RC_PROOF_MISSING },
		{ "another session",         true,  true,  false, false, true,  0, 100, RC_NOT_FOUND },
		{ "proof too old",           true,  true,  false, false, false, PROOF_LIFE_MS, 100, RC_PROOF_MISSING },
		{ "intent too old",          true,  true,  false, false, false, INTENT_LIFE_MS, 100, RC_EXPIRED },
		{ "not enough money",        true,  true,  false, false, false, 0, 900000000, RC_FUNDS },
	};
	struct world *w = *state;

	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		int64_t now = T0 + (int64_t)(k + 1) * 2 * CODE_SENDS_WINDOW_MS, ann = balance(w, &w->ann);
		uint8_t other[DIGEST_BYTES] = { 1 };
		struct ledger_step st;
		struct receipt r;
		struct intent i;
		uint64_t code = 0;

		print_message("case: %s\n", t[k].what);
		bank_intent(w->s, now, &w->ann, &w->bob, t[k].amount, true, true, &i);
		if (t[k].face)
			bank_face(w->s, now, &w->ann, t[k].other_face ? other : i.digest);
		if (t[k].code)
			code = bank_code(w->s, now, &w->ann, CODE_TRANSACTION, t[k].other_code ? other : i.digest);
		st = bank_step(&i, code, now + t[k].late_ms);
		if (t[k].other_session)
			bank_random(st.session, ID_BYTES);
		assert_int_equal(post(w, &st, &r), t[k].want);
		assert_int_equal(balance(w, &w->ann), ann);
		assert_int_equal(w->s->ledger.ops->receipt_by_request(&w->s->ledger, w->ann.id, st.request, &r), RC_NOT_FOUND);
		if (t[k].want == RC_FUNDS) {	/* nothing was spent: with money in the account the same step goes through */
			bank_deposit(w->s, now, &w->ann, t[k].amount);
			assert_int_equal(post(w, &st, &r), RC_OK);
		}
	}
}

static void
a_code_and_a_face_serve_one_transfer(void **state)
{
	struct world *w = *state;
	int64_t now = T0 + 100 * CODE_SENDS_WINDOW_MS;
	struct ledger_step st;
	struct intent one, two;
	struct receipt r;
	uint64_t code;

	bank_intent(w->s, now, &w->ann, &w->bob, 100, false, true, &one);
	code = bank_code(w->s, now, &w->ann, CODE_TRANSACTION, one.digest);
	st = bank_step(&one, code, now);
	assert_int_equal(post(w, &st, &r), RC_OK);
	/* the same payload as a new intent has another nonce, so another digest */
	bank_intent(w->s, now, &w->ann, &w->bob, 100, false, true, &two);
	st = bank_step(&two, code, now);
	assert_int_equal(post(w, &st, &r), RC_CODE_USED);
	/* the request id of the first for the second */
	bank_intent(w->s, now, &w->ann, &w->bob, 100, false, false, &one);
	st = bank_step(&one, 0, now);
	assert_int_equal(post(w, &st, &r), RC_OK);
	memcpy(st.intent, two.id, ID_BYTES);
	assert_int_equal(post(w, &st, &r), RC_REQUEST_OTHER);
}

static void
changed_intents_and_foreign_accounts_are_refused(void **state)
{
	struct world *w = *state;
	int64_t now = T0 + 200 * CODE_SENDS_WINDOW_MS;
	struct ledger_step st;
	struct receipt r;
	struct intent i;

	bank_intent(w->s, now, &w->ann, &w->bob, 100, false, false, &i);
	assert_int_equal(private_db_sql(w->db, "root", "UPDATE intent SET amount = 99999 ORDER BY seq DESC LIMIT 1"), 0);
	st = bank_step(&i, 0, now);
	assert_int_equal(post(w, &st, &r), RC_FORGED);

	struct bank_person thief = w->ann;
	memcpy(thief.account, w->bob.account, sizeof thief.account);
	bank_intent(w->s, now, &thief, &w->ann, 100, false, false, &i);
	st = bank_step(&i, 0, now);
	assert_int_equal(post(w, &st, &r), RC_ACCOUNT_UNKNOWN);

	bank_intent(w->s, now, &w->ann, &w->ann, 100, false, false, &i);
	st = bank_step(&i, 0, now);
	assert_int_equal(post(w, &st, &r), RC_SAME_ACCOUNT);

	bank_intent(w->s, now, &w->ann, &w->bob, 100, false, false, &i);
	char sql[160];
	snprintf(sql, sizeof sql, "UPDATE account SET status = 2 WHERE number = '%s'", w->bob.account);
	assert_int_equal(private_db_sql(w->db, "root", sql), 0);
	st = bank_step(&i, 0, now);
	assert_int_equal(post(w, &st, &r), RC_ACCOUNT_CLOSED);
	snprintf(sql, sizeof sql, "UPDATE account SET status = 1 WHERE number = '%s'", w->bob.account);
	assert_int_equal(private_db_sql(w->db, "root", sql), 0);
	assert_int_equal(post(w, &st, &r), RC_OK);
}

/* ---- many at once ---- */

#define THREADS  4
#define ACCOUNTS 10
#define ROUNDS   60

struct hammer {
	struct world *w;
	struct bank_person *people;
	unsigned seed;
	int posted, refused, broken, again_differs;
};

static void *
hammer_run(void *arg)
{
	struct hammer *h = arg;
	char lane[32];
	struct stores *s;

	snprintf(lane, sizeof lane, "test/hammer-%u", h->seed);
	s = private_db_open(h->w->db, "countersign", lane);
	for (int k = 0; k < ROUNDS; k++) {
		uint32_t from = rng_below(rng_system(), ACCOUNTS), to = (from + 1 + rng_below(rng_system(), ACCOUNTS - 1)) % ACCOUNTS;
		struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, T0);
		struct receipt r, again;
		struct ledger_step st;
		struct intent i;
		enum rc rc;

		bank_intent(s, T0, &h->people[from], &h->people[to], 1 + rng_below(rng_system(), 3000), false, false, &i);
		st = bank_step(&i, 0, T0);
		rc = s->ledger.ops->post(&s->ledger, &st, &ev, &r);
		h->posted += rc == RC_OK;
		h->refused += rc == RC_FUNDS;
		h->broken += rc != RC_OK && rc != RC_FUNDS;
		if (rc == RC_OK && (s->ledger.ops->post(&s->ledger, &st, &ev, &again) != RC_OK || again.journal != r.journal))
			h->again_differs++;
	}
	stores_close(s);
	return NULL;
}

static void
money_is_neither_made_nor_lost(void **state)
{
	struct world *w = *state;
	struct bank_person people[ACCOUNTS];
	struct hammer h[THREADS];
	pthread_t t[THREADS];
	int posted = 0;

	for (int k = 0; k < ACCOUNTS; k++) {
		bank_customer(w->s, T0, &people[k]);
		bank_deposit(w->s, T0, &people[k], 5000);
	}
	int64_t journals = private_db_number(w->db, "SELECT COUNT(*) FROM journal WHERE kind = 1");
	for (unsigned k = 0; k < THREADS; k++) {
		h[k] = (struct hammer){ .w = w, .people = people, .seed = k };
		assert_int_equal(pthread_create(&t[k], NULL, hammer_run, &h[k]), 0);
	}
	for (unsigned k = 0; k < THREADS; k++) {
		pthread_join(t[k], NULL);
		assert_int_equal(h[k].broken, 0);
		assert_int_equal(h[k].again_differs, 0);
		assert_int_equal(h[k].posted + h[k].refused, ROUNDS);
		posted += h[k].posted;
	}
	assert_true(posted > ROUNDS);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM journal WHERE kind = 1"), journals + posted);
	assert_int_equal(private_db_number(w->db, "SELECT CAST(SUM(balance) AS SIGNED) FROM account"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT CAST(SUM(amount) AS SIGNED) FROM posting"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM (SELECT a.id FROM account a LEFT JOIN posting p ON p.account = a.id"
	    " GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(SUM(p.amount), 0)) t"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM account WHERE kind = 1 AND balance < 0"), 0);
}

struct twin {
	struct world *w;
	const struct ledger_step *st;
	const char *lane;
	pthread_barrier_t *start;
	enum rc rc;
	struct receipt r;
};

static void *
twin_run(void *arg)
{
	struct twin *t = arg;
	struct stores *s = private_db_open(t->w->db, "countersign", t->lane);
	struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, T0);

	pthread_barrier_wait(t->start);
	t->rc = s->ledger.ops->post(&s->ledger, t->st, &ev, &t->r);
	stores_close(s);
	return NULL;
}

static void
one_request_twice_at_once_posts_once(void **state)
{
	struct world *w = *state;
	pthread_barrier_t start;
	struct twin t[2];
	pthread_t id[2];

	pthread_barrier_init(&start, NULL, 2);
	for (int round = 0; round < 20; round++) {
		int64_t ann = balance(w, &w->ann);
		struct ledger_step st;
		struct intent i;

		bank_intent(w->s, T0, &w->ann, &w->bob, 7, false, false, &i);
		st = bank_step(&i, 0, T0);
		for (int k = 0; k < 2; k++) {
			t[k] = (struct twin){ .w = w, .st = &st, .lane = k == 0 ? "test/twin-0" : "test/twin-1", .start = &start, .rc = RC_BUG };
			assert_int_equal(pthread_create(&id[k], NULL, twin_run, &t[k]), 0);
		}
		for (int k = 0; k < 2; k++)
			pthread_join(id[k], NULL);
		assert_int_equal(t[0].rc, RC_OK);
		assert_int_equal(t[1].rc, RC_OK);
		assert_int_equal(t[0].r.journal, t[1].r.journal);
		assert_int_equal(balance(w, &w->ann), ann - 7);
	}
	pthread_barrier_destroy(&start);
}

/* Two desks, two transfers, each of which is within the day's limit alone. */
static void
two_at_once_do_not_pass_the_limit_of_a_day_together(void **state)
{
	struct world *w = *state;
	pthread_barrier_t start;
	struct bank_person eve;
	struct ledger_step st[2];
	struct twin t[2];
	pthread_t id[2];
	struct receipt r;
	struct intent i;

	pthread_barrier_init(&start, NULL, 2);
	for (int round = 0; round < 10; round++) {
		bank_customer(w->s, T0, &eve);
		bank_deposit(w->s, T0, &eve, 10000);
		for (int k = 0; k < 2; k++) {
			bank_intent(w->s, T0, &eve, &w->bob, 60, false, false, &i);
			st[k] = bank_step(&i, 0, T0);
			st[k].day_most = 100;
			t[k] = (struct twin){ .w = w, .st = &st[k], .lane = k == 0 ? "test/twin-0" : "test/twin-1", .start = &start, .rc = RC_BUG };
			assert_int_equal(pthread_create(&id[k], NULL, twin_run, &t[k]), 0);
		}
		for (int k = 0; k < 2; k++)
			pthread_join(id[k], NULL);
		assert_true((t[0].rc == RC_OK && t[1].rc == RC_LIMIT) || (t[0].rc == RC_LIMIT && t[1].rc == RC_OK));
		assert_int_equal(balance(w, &eve), 10000 - 60);
	}
	/* what is left of the day, to the cent; and after a day all of it again */
	bank_intent(w->s, T0, &eve, &w->bob, 41, false, false, &i);
	st[0] = bank_step(&i, 0, T0);
	st[0].day_most = 100;
	assert_int_equal(post(w, &st[0], &r), RC_LIMIT);
	bank_intent(w->s, T0, &eve, &w->bob, 40, false, false, &i);
	st[0] = bank_step(&i, 0, T0);
	st[0].day_most = 100;
	assert_int_equal(post(w, &st[0], &r), RC_OK);
	bank_intent(w->s, T0 + LEDGER_DAY_MS, &eve, &w->bob, 100, false, false, &i);
	st[0] = bank_step(&i, 0, T0 + LEDGER_DAY_MS);
	st[0].day_most = 100;
	assert_int_equal(post(w, &st[0], &r), RC_OK);
	pthread_barrier_destroy(&start);
}

/* Random payments at random times: wherever a period is cut, opening + postings = closing = the next opening. */
static void
a_statement_equals_its_postings(void **state)
{
	struct world *w = *state;
	struct ledger_store *l = &w->s->ledger;
	int64_t total = 0, opening;
	struct bank_person eve;
	struct history_row h[7];
	struct ledger_step st;
	struct account a;
	struct receipt r;
	struct intent i;
	size_t n;

	bank_customer(w->s, T0, &eve);
	bank_deposit(w->s, T0, &eve, 100000);
	for (int k = 0; k < 40; k++) {
		bool in = rng_below(rng_system(), 2) == 0;
		int64_t at = T0 + 1 + (int64_t)rng_below(rng_system(), 1000);

		bank_intent(w->s, at, in ? &w->ann : &eve, in ? &eve : &w->bob, 1 + rng_below(rng_system(), 50), false, false, &i);
		st = bank_step(&i, 0, at);
		assert_int_equal(post(w, &st, &r), RC_OK);
	}
	for (int64_t from = T0 - 100; from < T0 + 1100; from += 100) {
		uint64_t after = 0;

		assert_int_equal(l->ops->statement_open(l, eve.account, from, &a, &opening), RC_OK);
		assert_int_equal(opening, total);
		do {
			assert_int_equal(l->ops->statement_lines(l, eve.account, from, from + 100, after, h, 7, &n), RC_OK);
			for (size_t k = 0; k < n; k++) {
				assert_true(h[k].at_ms >= from && h[k].at_ms < from + 100 && h[k].posting > after);
				total += h[k].amount;
				after = h[k].posting;
			}
		} while (n == 7);
	}
	assert_int_equal(total, balance(w, &eve));
	assert_int_equal(l->ops->statement_open(l, "XC00NOBODY", 0, &a, &opening), RC_ACCOUNT_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deposit_happens_once),
		cmocka_unit_test(a_transfer_spends_its_proofs_and_shows_in_the_history),
		cmocka_unit_test(each_missing_proof_refuses),
		cmocka_unit_test(a_code_and_a_face_serve_one_transfer),
		cmocka_unit_test(changed_intents_and_foreign_accounts_are_refused),
		cmocka_unit_test(money_is_neither_made_nor_lost),
		cmocka_unit_test(one_request_twice_at_once_posts_once),
		cmocka_unit_test(a_statement_equals_its_postings),
		cmocka_unit_test(two_at_once_do_not_pass_the_limit_of_a_day_together),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
