/*
 * test_db_approvals.c - a held amount that several others have to approve,
 * against a real MariaDB: nobody twice, nobody late, none of those concerned.
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

#define T0     1800000000000LL
#define AMOUNT 1000

struct world {
	struct private_db *db;
	struct stores *s;
	struct bank_person ann, bob, sue, tom, eve;	/* ann pays bob; the others decide */
	int64_t now;					/* of the test: codes are rationed */
};

static int
setup(void **state)
{
	static struct world w;
	struct bank_person *staff[] = { &w.sue, &w.tom, &w.eve };

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/approvals");
	bank_customer(w.s, T0, &w.ann);
	bank_customer(w.s, T0, &w.bob);
	for (size_t i = 0; i < 3; i++) {
		bank_customer(w.s, T0, staff[i]);
		bank_role(w.db, staff[i]->id, ROLE_SUPERVISOR, true);
	}
	bank_deposit(w.s, T0, &w.ann, 100 * AMOUNT);
	w.now = T0;
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

/* A new hold that needs so many, an hour after the last one. */
static uint64_t
holds(struct world *w, unsigned needs, struct hold *h)
{
	struct audit_event ev;
	struct ledger_step st;
	struct intent i;
	uint64_t id;

	w->now += 3600 * 1000;
	ev = bank_event(AUDIT_HOLD, w->now);
	bank_intent(w->s, w->now, &w->ann, &w->bob, AMOUNT, false, false, &i);
	bank_random(i.id, ID_BYTES);
	i.needs_hold = needs;
	assert_int_equal(w->s->ledger.ops->intent_put(&w->s->ledger, &i, &ev), RC_OK);
	st = bank_step(&i, 0, w->now);
	assert_int_equal(w->s->hold.ops->hold(&w->s->hold, &st, &ev, &id), RC_OK);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, 0, h), RC_OK);
	assert_int_equal(h->approvals, needs);
	return id;
}

/* Fresh proofs of this person for the hold. */
static struct code_use
proofs(struct stores *s, int64_t at, const struct bank_person *who, const struct hold *h)
{
	struct code_use by = { .person = who->id, .now_ms = at };

	memcpy(by.session, who->session, ID_BYTES);
	memcpy(by.digest, h->digest, DIGEST_BYTES);
	bank_face(s, at, who, h->digest);
	by.code = bank_code(s, at, who, CODE_APPROVAL, h->digest);
	return by;
}

static enum rc
post(struct stores *s, const struct hold *h, const struct code_use *by, struct receipt *r)
{
	struct audit_event ev = bank_event(AUDIT_HOLD_POST, by->now_ms);

	return s->hold.ops->post(&s->hold, h->id, by, &ev, r);
}

static enum rc
approves(struct world *w, const struct bank_person *who, const struct hold *h, struct receipt *r)
{
	struct code_use by = proofs(w->s, w->now, who, h);

	return post(w->s, h, &by, r);
}

static int64_t
balance(struct world *w, const struct bank_person *p)
{
	struct account a;

	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p->account, &a), RC_OK);
	return a.balance;
}

static int64_t
audited(struct world *w, enum audit_action action)
{
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_record WHERE action = %d", (int)action);
	return private_db_number(w->db, sql);
}

static void
the_last_of_three_posts_it(void **state)
{
	struct world *w = *state;
	const struct bank_person *staff[] = { &w->sue, &w->tom, &w->eve };
	int64_t before = balance(w, &w->bob), kept = audited(w, AUDIT_HOLD_APPROVE);
	struct hold h, now;
	struct receipt r;
	uint64_t id = holds(w, 3, &h);

	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(approves(w, staff[i], &h, &r), RC_OK);
		assert_int_equal(r.journal, 0);
		assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, staff[i]->id, &now), RC_OK);
		assert_int_equal(now.given, i + 1);
		assert_true(now.approved);
		assert_int_equal(now.state, HOLD_OPEN);
		assert_int_equal(balance(w, &w->bob), before);
	}
	assert_int_equal(audited(w, AUDIT_HOLD_APPROVE), kept + 2);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, w->eve.id, &now), RC_OK);
	assert_false(now.approved);
	assert_non_null(strstr(now.approvers, ", "));
	assert_int_equal(approves(w, &w->eve, &h, &r), RC_OK);
	assert_true(r.journal > 0);
	assert_int_equal(balance(w, &w->bob), before + AMOUNT);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM proof WHERE factor = 1 AND spent_ms = 0"), 0);
}

static void
nobody_counts_twice(void **state)
{
	struct world *w = *state;
	struct bank_person again = w->sue;
	struct hold h, now;
	struct receipt r, same;
	struct code_use by;
	uint64_t id = holds(w, 2, &h);

	assert_int_equal(approves(w, &w->sue, &h, &r), RC_OK);
	assert_int_equal(approves(w, &w->sue, &h, &r), RC_OK);	/* with other proofs, which stay unspent */
	assert_int_equal(r.journal, 0);
	bank_random(again.session, ID_BYTES);
	by = (struct code_use){ .person = again.id, .now_ms = w->now };
	memcpy(by.session, again.session, ID_BYTES);
	memcpy(by.digest, h.digest, DIGEST_BYTES);
	assert_int_equal(post(w->s, &h, &by, &r), RC_OK);		/* from another session */
	assert_int_equal(r.journal, 0);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, 0, &now), RC_OK);
	assert_int_equal(now.given, 1);
	assert_int_equal(now.state, HOLD_OPEN);
	by = proofs(w->s, w->now, &w->tom, &h);
	assert_int_equal(post(w->s, &h, &by, &r), RC_OK);
	assert_true(r.journal > 0);
	assert_int_equal(post(w->s, &h, &by, &same), RC_OK);
	assert_int_equal(same.journal, r.journal);
	by.person = w->sue.id;						/* the first one learns of it as well */
	assert_int_equal(post(w->s, &h, &by, &same), RC_OK);
	assert_int_equal(same.journal, r.journal);
	by.person = w->eve.id;
	assert_int_equal(post(w->s, &h, &by, &same), RC_EARLY);
}

static void
whose_money_it_is_counts_for_nothing(void **state)
{
	struct world *w = *state;
	struct hold h, now;
	struct receipt r;
	uint64_t id = holds(w, 2, &h);

	assert_int_equal(approves(w, &w->sue, &h, &r), RC_OK);
	bank_role(w->db, w->ann.id, ROLE_SUPERVISOR, true);
	bank_role(w->db, w->bob.id, ROLE_SUPERVISOR, true);
	assert_int_equal(approves(w, &w->ann, &h, &r), RC_DENIED);
	assert_int_equal(approves(w, &w->bob, &h, &r), RC_DENIED);
	bank_role(w->db, w->ann.id, ROLE_SUPERVISOR, false);
	bank_role(w->db, w->bob.id, ROLE_SUPERVISOR, false);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, 0, &now), RC_OK);
	assert_int_equal(now.given, 1);
}

static void
an_approval_lapses_with_the_role(void **state)
{
	struct world *w = *state;
	struct hold h, now;
	struct receipt r;
	uint64_t id = holds(w, 2, &h);

	assert_int_equal(approves(w, &w->sue, &h, &r), RC_OK);
	bank_role(w->db, w->sue.id, ROLE_SUPERVISOR, false);
	assert_int_equal(approves(w, &w->tom, &h, &r), RC_OK);
	assert_int_equal(r.journal, 0);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, 0, &now), RC_OK);
	assert_int_equal(now.given, 1);
	assert_int_equal(approves(w, &w->eve, &h, &r), RC_OK);
	assert_true(r.journal > 0);
	bank_role(w->db, w->sue.id, ROLE_SUPERVISOR, true);
}

static void
between_two_it_may_be_refused_or_expire(void **state)
{
	struct world *w = *state;
	struct audit_event ev;
	struct code_use by;
	struct receipt r;
	struct hold h;
	uint64_t id = holds(w, 2, &h);

	assert_int_equal(approves(w, &w->sue, &h, &r), RC_OK);
	ev = bank_event(AUDIT_HOLD_REFUSE, w->now);
	assert_int_equal(w->s->hold.ops->refuse(&w->s->hold, id, w->tom.id, "no such invoice", &ev), RC_OK);
	by = proofs(w->s, w->now, &w->eve, &h);
	assert_int_equal(post(w->s, &h, &by, &r), RC_EARLY);

	id = holds(w, 2, &h);
	assert_int_equal(approves(w, &w->sue, &h, &r), RC_OK);
	w->now = h.expires_ms;
	assert_int_equal(approves(w, &w->tom, &h, &r), RC_EXPIRED);
	by.person = w->sue.id;
	by.now_ms = w->now;
	memcpy(by.digest, h.digest, DIGEST_BYTES);
	assert_int_equal(post(w->s, &h, &by, &r), RC_EXPIRED);
}

/* Proofs of one hold, and of another session, are none for this one. */
static void
proofs_are_for_one_hold_and_one_session(void **state)
{
	struct world *w = *state;
	struct hold a, b, now;
	struct receipt r;
	struct code_use by;

	holds(w, 2, &a);
	holds(w, 2, &b);
	by = proofs(w->s, w->now, &w->sue, &a);
	memcpy(by.digest, b.digest, DIGEST_BYTES);
	assert_int_equal(post(w->s, &b, &by, &r), RC_PROOF_MISSING);
	memcpy(by.digest, a.digest, DIGEST_BYTES);
	assert_int_equal(post(w->s, &b, &by, &r), RC_REQUEST_OTHER);
	by.session[0] ^= 1;
	assert_int_equal(post(w->s, &a, &by, &r), RC_PROOF_MISSING);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, a.id, w->sue.id, &now), RC_OK);
	assert_int_equal(now.given, 0);
	by.session[0] ^= 1;
	assert_int_equal(post(w->s, &a, &by, &r), RC_OK);
	assert_int_equal(r.journal, 0);
}

/* ---- at the same moment ---- */

struct rival {
	struct stores *s;
	const struct hold *h;
	struct code_use by;
	struct receipt r;
	enum rc rc;
};

static void *
rival_run(void *arg)
{
	struct rival *m = arg;

	m->rc = post(m->s, m->h, &m->by, &m->r);
	return NULL;
}

static void
two_at_once_post_it_once(void **state)
{
	struct world *w = *state;
	const struct bank_person *who[] = { &w->sue, &w->tom };
	struct rival m[2];
	pthread_t t[2];
	struct hold h;

	for (int round = 0; round < 8; round++) {
		int64_t before = balance(w, &w->bob);

		holds(w, 2, &h);
		for (size_t i = 0; i < 2; i++) {
			m[i] = (struct rival){ .s = private_db_open(w->db, "countersign", i == 0 ? "test/rival-0" : "test/rival-1"), .h = &h };
			m[i].by = proofs(w->s, w->now, who[i], &h);
		}
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(pthread_create(&t[i], NULL, rival_run, &m[i]), 0);
		for (size_t i = 0; i < 2; i++) {
			pthread_join(t[i], NULL);
			assert_int_equal(m[i].rc, RC_OK);
			stores_close(m[i].s);
		}
		assert_int_equal((m[0].r.journal != 0) + (m[1].r.journal != 0), 1);
		assert_int_equal(balance(w, &w->bob), before + AMOUNT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_of_three_posts_it),
		cmocka_unit_test(nobody_counts_twice),
		cmocka_unit_test(whose_money_it_is_counts_for_nothing),
		cmocka_unit_test(an_approval_lapses_with_the_role),
		cmocka_unit_test(proofs_are_for_one_hold_and_one_session),
		cmocka_unit_test(two_at_once_post_it_once),
		cmocka_unit_test(between_two_it_may_be_refused_or_expire),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
