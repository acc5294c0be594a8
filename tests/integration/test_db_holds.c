/*
 * test_db_holds.c - transfers in two steps against a real MariaDB: held, then
 * posted, refused or expired; who may decide; two at once; sums.
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
	struct bank_person ann, bob, sue, tom;	/* sue and tom decide */
};

static int
setup(void **state)
{
	static struct world w;

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/holds");
	bank_customer(w.s, T0, &w.ann);
	bank_customer(w.s, T0, &w.bob);
	bank_customer(w.s, T0, &w.sue);
	bank_customer(w.s, T0, &w.tom);
	bank_role(w.db, w.sue.id, ROLE_SUPERVISOR, true);
	bank_role(w.db, w.tom.id, ROLE_TELLER, true);
	bank_deposit(w.s, T0, &w.ann, 100000);
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

static struct account
account(struct world *w, const struct bank_person *p)
{
	struct account a;

	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p->account, &a), RC_OK);
	return a;
}

static void
intent(struct stores *s, int64_t at, const struct bank_person *from, const struct bank_person *to, int64_t amount, bool proofs,
    struct intent *i)
{
	struct audit_event ev = bank_event(AUDIT_TRANSFER_PREPARE, at);

	bank_intent(s, at, from, to, amount, proofs, proofs, i);
	bank_random(i->id, ID_BYTES);	/* the same again, to be held */
	i->needs_hold = 1;
	assert_int_equal(s->ledger.ops->intent_put(&s->ledger, i, &ev), RC_OK);
}

static enum rc
hold(struct stores *s, const struct ledger_step *st, uint64_t *id)
{
	struct audit_event ev = bank_event(AUDIT_HOLD, st->now_ms);

	return s->hold.ops->hold(&s->hold, st, &ev, id);
}

static struct code_use
proofs(struct stores *s, int64_t at, const struct bank_person *who, const uint8_t digest[DIGEST_BYTES])
{
	struct code_use by = { .person = who->id, .now_ms = at };

	memcpy(by.session, who->session, ID_BYTES);
	memcpy(by.digest, digest, DIGEST_BYTES);
	bank_face(s, at, who, digest);
	by.code = bank_code(s, at, who, CODE_APPROVAL, digest);
	return by;
}

static enum rc
post(struct stores *s, uint64_t id, const struct code_use *by, struct receipt *r)
{
	struct audit_event ev = bank_event(AUDIT_HOLD_POST, by->now_ms);

	return s->hold.ops->post(&s->hold, id, by, &ev, r);
}

static enum rc
refuse(struct stores *s, int64_t at, uint64_t id, uint64_t by, const char *reason)
{
	struct audit_event ev = bank_event(AUDIT_HOLD_REFUSE, at);

	return s->hold.ops->refuse(&s->hold, id, by, reason, &ev);
}

static enum rc
expire(struct stores *s, int64_t at)
{
	struct audit_event ev = bank_event(AUDIT_HOLD_EXPIRE, at);

	return s->hold.ops->expire(&s->hold, &ev);
}

static void
sums_agree(struct world *w)
{
	assert_int_equal(private_db_number(w->db, "SELECT CAST(SUM(balance) AS SIGNED) FROM account"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM account a WHERE a.balance <>"
	    " (SELECT COALESCE(SUM(p.amount), 0) FROM posting p WHERE p.account = a.id)"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM account a WHERE a.held <>"
	    " (SELECT COALESCE(SUM(h.amount), 0) FROM hold h WHERE h.account = a.id AND h.state = 1)"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM account WHERE kind = 1 AND balance - held < 0"), 0);
}

static void
held_money_waits_and_is_posted_by_somebody_else(void **state)
{
	struct world *w = *state;
	struct account before = account(w, &w->ann), after;
	struct ledger_step st, plain;
	struct code_use by;
	struct receipt r, again;
	struct intent i, j;
	struct hold h;
	uint64_t id, same;
	size_t n;

	intent(w->s, T0, &w->ann, &w->bob, 90000, true, &i);
	st = bank_step(&i, 0, T0);
	assert_int_equal(w->s->ledger.ops->post(&w->s->ledger, &st, &(struct audit_event){ .action = AUDIT_TRANSFER_POST }, &r),
	    RC_APPROVAL_MISSING);
	assert_int_equal(hold(w->s, &st, &id), RC_PROOF_MISSING);
	bank_face(w->s, T0, &w->ann, i.digest);
	st.code = bank_code(w->s, T0, &w->ann, CODE_TRANSACTION, i.digest);
	assert_int_equal(hold(w->s, &st, &id), RC_OK);
	assert_int_equal(hold(w->s, &st, &same), RC_OK);	/* a lost answer */
	assert_int_equal(same, id);
	after = account(w, &w->ann);
	assert_int_equal(after.balance, before.balance);
	assert_int_equal(after.held, 90000);

	/* what is held cannot be spent */
	bank_intent(w->s, T0, &w->ann, &w->bob, 10001, false, false, &j);
	plain = bank_step(&j, 0, T0);
	assert_int_equal(w->s->ledger.ops->post(&w->s->ledger, &plain, &(struct audit_event){ .action = AUDIT_TRANSFER_POST }, &r),
	    RC_FUNDS);
	assert_int_equal(w->s->hold.ops->waiting(&w->s->hold, 0, 0, &h, 1, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(h.id, id);
	assert_string_equal(h.txn.payee, w->bob.account);

	/* neither payer nor payee, with a role or without, nor anybody without one */
	bank_role(w->db, w->ann.id, ROLE_SUPERVISOR, true);
	bank_role(w->db, w->bob.id, ROLE_SUPERVISOR, true);
	by = proofs(w->s, T0 + 1, &w->ann, i.digest);
	assert_int_equal(post(w->s, id, &by, &r), RC_DENIED);
	by = proofs(w->s, T0 + 1, &w->bob, i.digest);
	assert_int_equal(post(w->s, id, &by, &r), RC_DENIED);
	bank_role(w->db, w->ann.id, ROLE_SUPERVISOR, false);
	bank_role(w->db, w->bob.id, ROLE_SUPERVISOR, false);
	by = proofs(w->s, T0 + 1, &w->sue, i.digest);
	bank_role(w->db, w->sue.id, ROLE_SUPERVISOR, false);
	assert_int_equal(post(w->s, id, &by, &r), RC_DENIED);
	bank_role(w->db, w->sue.id, ROLE_SUPERVISOR, true);
	by.digest[0] ^= 1;
	assert_int_equal(post(w->s, id, &by, &r), RC_REQUEST_OTHER);
	by.digest[0] ^= 1;
	assert_int_equal(post(w->s, id, &by, &r), RC_OK);
	assert_int_equal(post(w->s, id, &by, &again), RC_OK);
	assert_int_equal(again.journal, r.journal);
	by = proofs(w->s, T0 + 2, &w->tom, i.digest);
	assert_int_equal(post(w->s, id, &by, &again), RC_EARLY);
	assert_int_equal(refuse(w->s, T0 + 2, id, w->tom.id, "late"), RC_EARLY);
	after = account(w, &w->ann);
	assert_int_equal(after.balance, before.balance - 90000);
	assert_int_equal(after.held, 0);
	assert_int_equal(w->s->ledger.ops->receipt_by_request(&w->s->ledger, w->ann.id, st.request, &again), RC_OK);
	sums_agree(w);
}

static void
a_refusal_has_a_reason_and_a_day_ends_the_rest(void **state)
{
	struct world *w = *state;
	struct account before = account(w, &w->ann);
	struct ledger_step st;
	struct code_use by;
	struct receipt r;
	struct intent i;
	struct hold h;
	uint64_t id;

	intent(w->s, T0, &w->ann, &w->bob, 100, false, &i);
	st = bank_step(&i, 0, T0);
	assert_int_equal(hold(w->s, &st, &id), RC_OK);
	assert_int_equal(refuse(w->s, T0, id, w->sue.id, ""), RC_INVALID);
	assert_int_equal(refuse(w->s, T0, id, w->bob.id, "mine"), RC_DENIED);
	assert_int_equal(refuse(w->s, T0, id, w->sue.id, "no such invoice"), RC_OK);
	assert_int_equal(refuse(w->s, T0, id, w->sue.id, "no such invoice"), RC_OK);
	assert_int_equal(w->s->hold.ops->of_intent(&w->s->hold, i.id, &h), RC_OK);
	assert_int_equal(h.state, HOLD_REFUSED);
	assert_string_equal(h.reason, "no such invoice");
	by = proofs(w->s, T0, &w->sue, i.digest);
	assert_int_equal(post(w->s, id, &by, &r), RC_EARLY);

	intent(w->s, T0, &w->ann, &w->bob, 60, false, &i);
	st = bank_step(&i, 0, T0);
	st.day_most = 90159;	/* 90000 left today, 100 were refused */
	assert_int_equal(hold(w->s, &st, &id), RC_OK);
	intent(w->s, T0, &w->ann, &w->bob, 100, false, &i);
	st = bank_step(&i, 0, T0);
	st.day_most = 90159;
	assert_int_equal(hold(w->s, &st, &id), RC_LIMIT);
	assert_int_equal(expire(w->s, T0 + HOLD_LIFE_MS - 1), RC_NOT_FOUND);
	by.now_ms = T0 + HOLD_LIFE_MS;
	assert_int_equal(w->s->hold.ops->waiting(&w->s->hold, 0, 0, &h, 1, &(size_t){ 0 }), RC_OK);
	memcpy(by.digest, h.digest, DIGEST_BYTES);
	assert_int_equal(post(w->s, h.id, &by, &r), RC_EXPIRED);
	assert_int_equal(expire(w->s, T0 + HOLD_LIFE_MS), RC_OK);
	assert_int_equal(expire(w->s, T0 + HOLD_LIFE_MS), RC_NOT_FOUND);
	assert_int_equal(post(w->s, h.id, &by, &r), RC_EXPIRED);
	assert_int_equal(account(w, &w->ann).held, 0);
	assert_int_equal(account(w, &w->ann).balance, before.balance);
	sums_agree(w);
}

/* ---- many at once ---- */

#define ROUNDS 60

struct hammer {
	struct world *w;
	struct bank_person *people, *staff;
	unsigned seed;
	int decided, broken;
};

/* Anything at random; only what the state of the world explains may come back. */
static void *
hammer_run(void *arg)
{
	struct hammer *m = arg;
	struct stores *s;
	char lane[32];

	snprintf(lane, sizeof lane, "test/holds-%u", m->seed);
	s = private_db_open(m->w->db, "countersign", lane);
	for (int k = 0; k < ROUNDS; k++) {
		uint32_t from = rng_below(rng_system(), 4), what = rng_below(rng_system(), 4);
		int64_t at = T0 + (int64_t)(k + 1) * CODE_SENDS_WINDOW_MS / 2;
		struct hold h[8];
		struct receipt r;
		enum rc rc = RC_OK;
		size_t n = 0;

		if (what < 2) {
			struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, at);
			const struct bank_person *to = &m->people[(from + 1) % 4];
			int64_t amount = 1 + rng_below(rng_system(), 2000);
			struct ledger_step st;
			struct intent i;
			uint64_t id;

			if (what == 0)
				intent(s, at, &m->people[from], to, amount, false, &i);
			else
				bank_intent(s, at, &m->people[from], to, amount, false, false, &i);
			st = bank_step(&i, 0, at);
			rc = what == 0 ? hold(s, &st, &id) : s->ledger.ops->post(&s->ledger, &st, &ev, &r);
		} else if (s->hold.ops->waiting(&s->hold, 0, 0, h, 8, &n) == RC_OK && n > 0) {
			const struct hold *one = &h[rng_below(rng_system(), (uint32_t)n)];

			if (what == 2) {
				struct code_use by = proofs(s, at, m->staff, one->digest);

				rc = post(s, one->id, &by, &r);
			} else {
				rc = refuse(s, at, one->id, m->staff->id, "not today");
			}
			m->decided += rc == RC_OK;
		}
		m->broken += rc != RC_OK && rc != RC_FUNDS && rc != RC_EARLY && rc != RC_EXPIRED;
	}
	stores_close(s);
	return NULL;
}

static void
holds_neither_make_nor_lose_money(void **state)
{
	struct world *w = *state;
	struct bank_person people[4];
	struct hammer m[2];
	pthread_t t[2];

	for (int k = 0; k < 4; k++) {
		bank_customer(w->s, T0, &people[k]);
		bank_deposit(w->s, T0, &people[k], 5000);
	}
	for (unsigned k = 0; k < 2; k++) {
		m[k] = (struct hammer){ .w = w, .people = people, .staff = k == 0 ? &w->sue : &w->tom, .seed = k };
		assert_int_equal(pthread_create(&t[k], NULL, hammer_run, &m[k]), 0);
	}
	for (unsigned k = 0; k < 2; k++) {
		pthread_join(t[k], NULL);
		assert_int_equal(m[k].broken, 0);
		assert_true(m[k].decided > 0);
	}
	sums_agree(w);
	while (expire(w->s, T0 + 100 * HOLD_LIFE_MS) == RC_OK)
		;
	sums_agree(w);
	assert_int_equal(private_db_number(w->db, "SELECT CAST(SUM(held) AS SIGNED) FROM account"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(held_money_waits_and_is_posted_by_somebody_else),
		cmocka_unit_test(a_refusal_has_a_reason_and_a_day_ends_the_rest),
		cmocka_unit_test(holds_neither_make_nor_lose_money),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
