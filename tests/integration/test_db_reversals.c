/*
 * test_db_reversals.c - posted transactions taken back, against a real MariaDB:
 * by whom, how often, out of what, and what the sums say.
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
	int64_t now;		/* each test has its own hour: codes are rationed */
	struct stores *s;
	struct bank_person ann, bob, sue, eve, tom;	/* sue and eve are supervisors, tom is a teller */
};

static int
setup(void **state)
{
	static struct world w;
	struct bank_person *all[] = { &w.ann, &w.bob, &w.sue, &w.eve, &w.tom };

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/reversals");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		bank_customer(w.s, T0, all[i]);
	bank_role(w.db, w.sue.id, ROLE_SUPERVISOR, true);
	bank_role(w.db, w.eve.id, ROLE_SUPERVISOR, true);
	bank_role(w.db, w.tom.id, ROLE_TELLER, true);
	bank_role(w.db, w.bob.id, ROLE_SUPERVISOR, true);	/* a second role: no way round */
	bank_deposit(w.s, T0, &w.ann, 100000);
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

static int
later(void **state)
{
	((struct world *)*state)->now += 3600 * 1000LL;
	return 0;
}

static struct account
account(struct world *w, const struct bank_person *p)
{
	struct account a;

	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p->account, &a), RC_OK);
	return a;
}

/* A transfer from one to another, posted; its journal row. */
static uint64_t
paid(struct world *w, const struct bank_person *from, const struct bank_person *to, int64_t amount)
{
	struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, w->now);
	struct ledger_step st;
	struct receipt r;
	struct intent i;

	bank_intent(w->s, w->now, from, to, amount, false, false, &i);
	st = bank_step(&i, 0, w->now);
	assert_int_equal(w->s->ledger.ops->post(&w->s->ledger, &st, &ev, &r), RC_OK);
	return r.journal;
}

/* What the desk would write when `by` asks for it. */
static void
asked(struct world *w, const struct bank_person *by, uint64_t journal, struct intent *i)
{
	struct audit_event ev = bank_event(AUDIT_REVERSAL_PREPARE, w->now);
	struct posted p;

	assert_int_equal(w->s->ledger.ops->posted(&w->s->ledger, journal, &p), RC_OK);
	*i = (struct intent){ .person = by->id, .needs_face = true, .needs_code = true, .needs_hold = 1, .created_ms = w->now,
	    .expires_ms = w->now + 60000, .reverses = journal };
	bank_random(i->id, ID_BYTES);
	memcpy(i->session, by->session, ID_BYTES);
	i->txn = p.txn;
	i->txn.kind = TXN_REVERSAL;
	memcpy(i->txn.debit, p.txn.payee, sizeof i->txn.debit);
	memcpy(i->txn.payee, p.txn.debit, sizeof i->txn.payee);
	memcpy(i->txn.payee_name, p.debit_name, sizeof i->txn.payee_name);
	snprintf(i->txn.reference, sizeof i->txn.reference, REVERSAL_REFERENCE "paid twice", (unsigned long long)journal);
	bank_random(i->txn.nonce, NONCE_BYTES);
	txn_digest(&i->txn, i->digest);
	assert_int_equal(w->s->ledger.ops->intent_put(&w->s->ledger, i, &ev), RC_OK);
}

/* Held with the proofs of who asked. */
static enum rc
hold(struct world *w, const struct bank_person *by, const struct intent *i, uint64_t *id)
{
	struct audit_event ev = bank_event(AUDIT_HOLD, w->now);
	struct ledger_step st = bank_step(i, 0, w->now);

	bank_face(w->s, w->now, by, i->digest);
	st.code = bank_code(w->s, w->now, by, CODE_TRANSACTION, i->digest);
	return w->s->hold.ops->hold(&w->s->hold, &st, &ev, id);
}

static enum rc
post(struct world *w, const struct bank_person *by, const struct intent *i, uint64_t id, struct receipt *r)
{
	struct audit_event ev = bank_event(AUDIT_HOLD_POST, w->now);
	struct code_use use = { .person = by->id, .now_ms = w->now };

	memcpy(use.session, by->session, ID_BYTES);
	memcpy(use.digest, i->digest, DIGEST_BYTES);
	bank_face(w->s, w->now, by, i->digest);
	use.code = bank_code(w->s, w->now, by, CODE_APPROVAL, i->digest);
	return w->s->hold.ops->post(&w->s->hold, id, &use, &ev, r);
}

static void
sums_agree(struct world *w)
{
	assert_int_equal(private_db_number(w->db, "SELECT CAST(SUM(balance) AS SIGNED) FROM account"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM account a WHERE a.balance <>"
	    " (SELECT COALESCE(SUM(p.amount), 0) FROM posting p WHERE p.account = a.id)"), 0);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM account a WHERE a.held <>"
	    " (SELECT COALESCE(SUM(h.amount), 0) FROM hold h WHERE h.account = a.id AND h.state = 1)"), 0);
}

static void
what_was_paid_goes_back_by_two_signatures(void **state)
{
	struct world *w = *state;
	uint64_t journal = paid(w, &w->ann, &w->bob, 30000), id;
	struct receipt r;
	struct posted p;
	struct intent i;
	struct hold h;

	asked(w, &w->sue, journal, &i);
	assert_int_equal(hold(w, &w->sue, &i, &id), RC_OK);
	assert_int_equal(account(w, &w->bob).held, 30000);
	assert_int_equal(account(w, &w->bob).balance, 30000);
	assert_int_equal(w->s->hold.ops->get(&w->s->hold, id, 0, &h), RC_OK);
	assert_int_equal(h.reverses, journal);
	assert_int_equal(h.debit_person, w->bob.id);
	assert_int_equal(w->s->ledger.ops->posted(&w->s->ledger, journal, &p), RC_OK);
	assert_int_equal(p.waiting, id);
	assert_int_equal(post(w, &w->sue, &i, id, &r), RC_DENIED);	/* who asked */
	assert_int_equal(post(w, &w->bob, &i, id, &r), RC_DENIED);	/* whose money it is */
	assert_int_equal(post(w, &w->eve, &i, id, &r), RC_OK);
	assert_int_equal(account(w, &w->bob).balance, 0);
	assert_int_equal(account(w, &w->bob).held, 0);
	assert_int_equal(account(w, &w->ann).balance, 100000);
	assert_int_equal(w->s->ledger.ops->posted(&w->s->ledger, journal, &p), RC_OK);
	assert_int_equal(p.reversed_by, r.journal);
	assert_int_equal(p.waiting, 0);
	assert_int_equal(w->s->ledger.ops->posted(&w->s->ledger, r.journal, &p), RC_OK);
	assert_int_equal(p.txn.kind, TXN_REVERSAL);
	sums_agree(w);
}

static void
nothing_goes_back_twice(void **state)
{
	struct world *w = *state;
	uint64_t journal = paid(w, &w->ann, &w->bob, 1000), id, other;
	struct intent first, second;
	struct receipt r;

	asked(w, &w->sue, journal, &first);
	asked(w, &w->eve, journal, &second);
	assert_int_equal(hold(w, &w->sue, &first, &id), RC_OK);
	assert_int_equal(hold(w, &w->eve, &second, &other), RC_EXISTS);	/* one is open */
	assert_int_equal(w->s->hold.ops->refuse(&w->s->hold, id, w->eve.id, "not so",
	    &(struct audit_event){ .action = AUDIT_HOLD_REFUSE, .at_ms = w->now }), RC_OK);
	assert_int_equal(hold(w, &w->eve, &second, &other), RC_OK);	/* refused: it may be asked again */
	assert_int_equal(post(w, &w->sue, &second, other, &r), RC_OK);
	asked(w, &w->sue, journal, &first);
	assert_int_equal(hold(w, &w->sue, &first, &id), RC_EXISTS);	/* gone back */
	asked(w, &w->sue, r.journal, &first);
	assert_int_equal(hold(w, &w->sue, &first, &id), RC_INVALID);	/* a reversal stays */
	sums_agree(w);
}

struct racer {
	struct world *w;
	struct stores *s;
	const struct bank_person *by;
	struct intent i;
	struct ledger_step st;
	enum rc r;
};

static void *
race(void *arg)
{
	struct racer *a = arg;
	struct audit_event ev = bank_event(AUDIT_HOLD, a->w->now);
	uint64_t id;

	a->r = a->s->hold.ops->hold(&a->s->hold, &a->st, &ev, &id);
	return NULL;
}

static void
two_at_once_hold_it_once(void **state)
{
	struct world *w = *state;
	uint64_t journal = paid(w, &w->ann, &w->bob, 700);
	struct racer a[2] = { { .w = w, .by = &w->sue }, { .w = w, .by = &w->eve } };
	pthread_t t[2];

	for (size_t i = 0; i < 2; i++) {
		a[i].s = private_db_open(w->db, "countersign", i == 0 ? "test/race0" : "test/race1");
		asked(w, a[i].by, journal, &a[i].i);
		a[i].st = bank_step(&a[i].i, 0, w->now);
		bank_face(w->s, w->now, a[i].by, a[i].i.digest);
		a[i].st.code = bank_code(w->s, w->now, a[i].by, CODE_TRANSACTION, a[i].i.digest);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, race, &a[i]), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(t[i], NULL), 0);
		stores_close(a[i].s);
	}
	assert_true((a[0].r == RC_OK && a[1].r == RC_EXISTS) || (a[1].r == RC_OK && a[0].r == RC_EXISTS));
	assert_int_equal(account(w, &w->bob).held, 700);
	sums_agree(w);
}

static void
only_by_whom_and_what_it_may(void **state)
{
	struct world *w = *state;
	uint64_t journal = paid(w, &w->ann, &w->bob, 2000), id;
	struct audit_event ev = bank_event(AUDIT_REVERSAL_PREPARE, w->now);
	struct intent i;

	asked(w, &w->tom, journal, &i);
	assert_int_equal(hold(w, &w->tom, &i, &id), RC_DENIED);		/* no supervisor */
	asked(w, &w->bob, journal, &i);
	assert_int_equal(hold(w, &w->bob, &i, &id), RC_DENIED);		/* paid by it */
	asked(w, &w->sue, journal, &i);
	bank_role(w->db, w->sue.id, ROLE_SUPERVISOR, false);
	assert_int_equal(hold(w, &w->sue, &i, &id), RC_DENIED);		/* no longer */
	bank_role(w->db, w->sue.id, ROLE_SUPERVISOR, true);
	/* Another amount, and another row than the one that was signed for. */
	bank_random(i.id, ID_BYTES);
	i.txn.amount--;
	txn_digest(&i.txn, i.digest);
	assert_int_equal(w->s->ledger.ops->intent_put(&w->s->ledger, &i, &ev), RC_OK);
	assert_int_equal(hold(w, &w->sue, &i, &id), RC_FORGED);
	bank_random(i.id, ID_BYTES);
	i.txn.amount++;
	txn_digest(&i.txn, i.digest);
	i.reverses = paid(w, &w->ann, &w->bob, 2000);
	assert_int_equal(w->s->ledger.ops->intent_put(&w->s->ledger, &i, &ev), RC_OK);
	assert_int_equal(hold(w, &w->sue, &i, &id), RC_FORGED);
	sums_agree(w);
}

static void
what_was_spent_cannot_go_back(void **state)
{
	struct world *w = *state;
	uint64_t journal = paid(w, &w->ann, &w->bob, 5000), id;
	struct account bob = account(w, &w->bob);
	struct intent i;

	paid(w, &w->bob, &w->tom, bob.balance - bob.held);
	asked(w, &w->sue, journal, &i);
	assert_int_equal(hold(w, &w->sue, &i, &id), RC_FUNDS);
	assert_int_equal(account(w, &w->bob).held, bob.held);
	sums_agree(w);
}

static bool
linked(struct world *w, const char *thing, const char *to)
{
	char dst[LINKED_MAX][LINKED_BYTES];
	bool found = false;
	size_t n = 99;

	assert_int_equal(w->s->ledger.ops->linked(&w->s->ledger, thing, dst, &n), RC_OK);
	assert_true(n <= LINKED_MAX);
	for (size_t i = 0; i < n; i++)
		found = found || strcmp(dst[i], to) == 0;
	return found;
}

/* A reversal and what it takes back know each other, be it a transfer or a line of a batch. */
static void
both_sides_are_linked(void **state)
{
	struct world *w = *state;
	uint64_t journal = paid(w, &w->ann, &w->bob, 100);
	char sql[512], transfer[2 * ID_BYTES + 1], reversal[2 * ID_BYTES + 1];
	struct intent i;

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM intent i JOIN journal j ON j.intent = i.id WHERE j.id = %llu",
	    (unsigned long long)journal);
	assert_int_equal(private_db_number(w->db, sql), 1);
	for (unsigned k = 0; k < ID_BYTES; k++) {
		snprintf(sql, sizeof sql, "SELECT ORD(SUBSTR(intent, %u, 1)) FROM journal WHERE id = %llu", k + 1, (unsigned long long)journal);
		snprintf(transfer + (size_t)2 * k, 3, "%02x", (unsigned)private_db_number(w->db, sql));
	}
	asked(w, &w->sue, journal, &i);
	hex_put(i.id, ID_BYTES, reversal);
	assert_true(linked(w, reversal, transfer));
	assert_true(linked(w, transfer, reversal));
	assert_false(linked(w, transfer, transfer));
	snprintf(sql, sizeof sql, "INSERT INTO batch (id, maker, request, state, digest, created_ms, changed_ms, decided_ms)"
	    " SELECT 77, person, REPEAT('r', 16), 1, REPEAT('d', 32), 1, 1, at_ms FROM journal WHERE id = %llu",
	    (unsigned long long)journal);
	assert_int_equal(private_db_sql(w->db, "root", sql), 0);
	snprintf(sql, sizeof sql, "INSERT INTO batch_line SELECT 77, 1, debit, payee, payee_name, amount, currency, reference, 1, id"
	    " FROM journal WHERE id = %llu", (unsigned long long)journal);
	assert_int_equal(private_db_sql(w->db, "root", sql), 0);
	snprintf(sql, sizeof sql, "UPDATE journal SET kind = 3 WHERE id = %llu", (unsigned long long)journal);
	assert_int_equal(private_db_sql(w->db, "root", sql), 0);
	assert_true(linked(w, reversal, "batch 77"));
	assert_true(linked(w, "batch 77", reversal));
	assert_false(linked(w, "batch 78", reversal));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_paid_goes_back_by_two_signatures, later),
		cmocka_unit_test_setup(nothing_goes_back_twice, later),
		cmocka_unit_test_setup(two_at_once_hold_it_once, later),
		cmocka_unit_test_setup(only_by_whom_and_what_it_may, later),
		cmocka_unit_test_setup(what_was_spent_cannot_go_back, later),
		cmocka_unit_test(both_sides_are_linked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
