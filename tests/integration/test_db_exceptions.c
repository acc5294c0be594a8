/*
 * test_db_exceptions.c - staff, exceptions and approvals against a real
 * MariaDB: two people for everything, and nobody about themselves.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL
#define ER_TABLE_RIGHT 1142u
#define ER_COLUMN_RIGHT 1143u
#define ER_CHECK 4025u
#define ER_TWICE 1062u

struct world {
	struct private_db *db;
	struct stores *s;
	struct bank_person ann, bob, sue, tom, eve;	/* sue and tom are staff */
	int64_t now;			/* moves on, so that codes are never too many */
};

static int
setup(void **state)
{
	static struct world w;
	struct bank_person *const all[] = { &w.ann, &w.bob, &w.sue, &w.tom, &w.eve };

	w.now = T0;
	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/exceptions");
	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
		bank_customer(w.s, T0, all[k]);
	bank_deposit(w.s, T0, &w.ann, 1000000);
	bank_role(w.db, w.sue.id, ROLE_TELLER, true);
	bank_role(w.db, w.tom.id, ROLE_SUPERVISOR, true);
	bank_role(w.db, w.eve.id, ROLE_MAKER, true);	/* of the bank, but neither of the two */
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

/* A code of this person for this purpose and digest, in this session, typed right. */
static struct code_use
typed(struct world *w, const struct bank_person *p, const uint8_t session[ID_BYTES], enum code_purpose purpose,
    const uint8_t digest[DIGEST_BYTES])
{
	struct code_use by = { .person = p->id };
	struct bank_person at = { .id = p->id };

	w->now += CODE_SENDS_WINDOW_MS;
	by.now_ms = w->now;
	memcpy(at.session, session, ID_BYTES);
	memcpy(by.session, session, ID_BYTES);
	memcpy(by.digest, digest, DIGEST_BYTES);
	by.code = bank_code(w->s, w->now, &at, purpose, digest);
	return by;
}

static struct code_use
staff_code(struct world *w, const struct bank_person *p)
{
	uint8_t session[ID_BYTES], digest[DIGEST_BYTES];

	bank_random(session, sizeof session);
	bank_random(digest, sizeof digest);
	return typed(w, p, session, CODE_STAFF, digest);
}

static enum rc
propose(struct world *w, const struct bank_person *whom, uint32_t moves, const char *reason, const struct bank_person *who)
{
	struct code_use by = staff_code(w, who);
	struct audit_event ev = bank_event(AUDIT_EXCEPTION_PROPOSE, w->now);

	return w->s->exception.ops->propose(&w->s->exception, whom->id, moves, reason, &by, &ev);
}

static enum rc
confirm(struct world *w, uint64_t id, const struct bank_person *who)
{
	struct code_use by = staff_code(w, who);
	struct audit_event ev = bank_event(AUDIT_EXCEPTION_CONFIRM, w->now);

	return w->s->exception.ops->confirm(&w->s->exception, id, &by, &ev);
}

static enum rc
end(struct world *w, uint64_t id, const char *reason, const struct bank_person *who)
{
	struct code_use by = staff_code(w, who);
	struct audit_event ev = bank_event(AUDIT_EXCEPTION_END, w->now);

	return w->s->exception.ops->end(&w->s->exception, id, reason, &by, &ev);
}

static struct exception
open_of(struct world *w, const struct bank_person *p)
{
	struct exception e = { 0 };

	assert_int_equal(w->s->exception.ops->open_of(&w->s->exception, p->id, &e), RC_OK);
	return e;
}

static void
an_exception_takes_two_and_neither_is_the_person(void **state)
{
	struct world *w = *state;
	struct exception e;
	uint64_t id;

	assert_int_equal(propose(w, &w->ann, 0, "no reason", &w->sue), RC_INVALID);
	assert_int_equal(propose(w, &w->ann, EXCEPTION_EYES, "", &w->sue), RC_INVALID);
	assert_int_equal(propose(w, &w->ann, EXCEPTION_CHALLENGES, "cannot move", &w->sue), RC_INVALID);
	assert_int_equal(propose(w, &w->ann, EXCEPTION_EYES, "wears a patch", &w->bob), RC_DENIED);
	assert_int_equal(propose(w, &w->ann, EXCEPTION_EYES, "wears a patch", &w->eve), RC_DENIED);
	assert_int_equal(propose(w, &w->sue, EXCEPTION_EYES, "myself", &w->sue), RC_DENIED);
	assert_int_equal(w->s->exception.ops->open_of(&w->s->exception, w->ann.id, &e), RC_NOT_FOUND);

	assert_int_equal(propose(w, &w->ann, EXCEPTION_EYES | EXCEPTION_TURN, "stiff neck, eyelids paralysed", &w->sue), RC_OK);
	assert_int_equal(propose(w, &w->ann, EXCEPTION_EYES, "again", &w->tom), RC_EXISTS);
	e = open_of(w, &w->ann);
	id = e.id;
	assert_false(exception_active(&e));
	assert_int_equal(e.moves, EXCEPTION_EYES | EXCEPTION_TURN);
	assert_string_equal(e.reason, "stiff neck, eyelids paralysed");
	assert_int_equal(confirm(w, id, &w->sue), RC_DENIED);		/* who proposed it */
	assert_int_equal(confirm(w, id, &w->ann), RC_DENIED);		/* no staff */
	bank_role(w->db, w->ann.id, ROLE_TELLER, true);
	assert_int_equal(confirm(w, id, &w->ann), RC_DENIED);		/* staff, but about herself */
	bank_role(w->db, w->ann.id, ROLE_TELLER, false);
	bank_role(w->db, w->sue.id, ROLE_TELLER, false);
	assert_int_equal(confirm(w, id, &w->tom), RC_DENIED);		/* the proposer is no longer staff */
	bank_role(w->db, w->sue.id, ROLE_TELLER, true);
	assert_int_equal(confirm(w, id + 1, &w->tom), RC_NOT_FOUND);
	assert_int_equal(confirm(w, id, &w->tom), RC_OK);
	e = open_of(w, &w->ann);
	assert_true(exception_active(&e));
	assert_int_equal(e.confirmed_by, w->tom.id);
	assert_int_equal(confirm(w, id, &w->tom), RC_EXISTS);

	assert_int_equal(end(w, id, "", &w->tom), RC_INVALID);
	assert_int_equal(end(w, id, "healed", &w->bob), RC_DENIED);
	assert_int_equal(end(w, id, "healed", &w->tom), RC_OK);
	assert_int_equal(end(w, id, "healed", &w->tom), RC_NOT_FOUND);
	assert_int_equal(w->s->exception.ops->open_of(&w->s->exception, w->ann.id, &e), RC_NOT_FOUND);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM audit_record WHERE action IN (73, 74, 75)"), 3);
}

static void
a_code_signs_one_act(void **state)
{
	struct world *w = *state;
	struct code_use by = staff_code(w, &w->sue), other;
	struct audit_event ev = bank_event(AUDIT_EXCEPTION_PROPOSE, w->now);
	struct exception_store *x = &w->s->exception;
	uint64_t id;

	assert_int_equal(x->ops->propose(x, w->bob.id, EXCEPTION_NOD, "one", &by, &ev), RC_OK);
	id = open_of(w, &w->bob).id;
	assert_int_equal(x->ops->end(x, id, "two", &by, &ev), RC_CODE_USED);
	other = staff_code(w, &w->sue);
	other.digest[0] ^= 1;						/* made for something else */
	assert_int_equal(x->ops->end(x, id, "two", &other, &ev), RC_PROOF_MISSING);
	other = staff_code(w, &w->sue);
	other.person = w->tom.id;					/* somebody else's code */
	assert_int_equal(x->ops->end(x, id, "two", &other, &ev), RC_PROOF_MISSING);
	assert_int_equal(end(w, id, "three", &w->tom), RC_OK);
}

/* What the store checks the table checks too, whoever writes; the server changes nothing that was said. */
static void
the_table_itself_wants_two_people(void **state)
{
	struct world *w = *state;
	static const struct { const char *user, *sql; unsigned want; } t[] = {
		{ "root", "UPDATE liveness_exception SET confirmed_by = proposed_by, confirmed_ms = 1 WHERE ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE liveness_exception SET confirmed_by = person, confirmed_ms = 1 WHERE ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE liveness_exception SET proposed_by = person WHERE ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE liveness_exception SET moves = 15 WHERE ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE liveness_exception SET reason = '' WHERE ended_ms = 0", ER_CHECK },
		{ "root", "INSERT INTO liveness_exception (person, moves, reason, proposed_by, proposed_ms)"
		    " SELECT person, 1, 'x', proposed_by, 1 FROM liveness_exception WHERE ended_ms = 0", ER_TWICE },
		{ "countersign", "UPDATE liveness_exception SET moves = 1", ER_COLUMN_RIGHT },
		{ "countersign", "UPDATE liveness_exception SET proposed_by = 1", ER_COLUMN_RIGHT },
		{ "countersign", "DELETE FROM liveness_exception", ER_TABLE_RIGHT },
	};

	assert_int_equal(propose(w, &w->bob, EXCEPTION_TURN, "stiff neck", &w->sue), RC_OK);
	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		unsigned got = private_db_sql(w->db, t[k].user, t[k].sql);

		if (got != t[k].want)
			print_message("%s: %s: error %u\n", t[k].user, t[k].sql, got);
		assert_int_equal(got, t[k].want);
	}
	assert_int_equal(end(w, open_of(w, &w->bob).id, "done", &w->sue), RC_OK);
}

/* ---- approvals ---- */

static enum rc
approve(struct world *w, const struct intent *i, const struct bank_person *who)
{
	struct staff_approval a = { .by = typed(w, who, i->session, CODE_APPROVAL, i->digest) };
	struct audit_event ev = bank_event(AUDIT_TRANSFER_APPROVE, w->now);

	memcpy(a.intent, i->id, ID_BYTES);
	a.by.now_ms = i->created_ms + 1;	/* the codes' times run ahead */
	a.expires_ms = i->created_ms + PROOF_LIFE_MS;
	return w->s->staff.ops->approve(&w->s->staff, &a, &ev);
}

/* An intent of ann's for bob, with face and code proven; what is missing is the approval. */
static struct ledger_step
wanting(struct world *w, bool approval, struct intent *i)
{
	struct audit_event ev = bank_event(AUDIT_TRANSFER_PREPARE, w->now);
	uint64_t code;

	w->now += CODE_SENDS_WINDOW_MS;
	bank_intent(w->s, w->now, &w->ann, &w->bob, 2500, true, true, i);
	bank_random(i->id, ID_BYTES);
	bank_random(i->txn.nonce, NONCE_BYTES);
	txn_digest(&i->txn, i->digest);
	i->needs_approval = approval;
	assert_int_equal(w->s->ledger.ops->intent_put(&w->s->ledger, i, &ev), RC_OK);
	bank_face(w->s, w->now, &w->ann, i->digest);
	code = bank_code(w->s, w->now, &w->ann, CODE_TRANSACTION, i->digest);
	return bank_step(i, code, i->created_ms + 2);
}

static enum rc
post(struct world *w, const struct ledger_step *st)
{
	struct audit_event ev = bank_event(AUDIT_TRANSFER_POST, st->now_ms);
	struct receipt r;

	return w->s->ledger.ops->post(&w->s->ledger, st, &ev, &r);
}

static int64_t
approvals(struct world *w, const char *where)
{
	char sql[160];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM proof WHERE factor = 3 AND %s", where);
	return private_db_number(w->db, sql);
}

static void
an_approval_is_spent_with_the_money_it_moves(void **state)
{
	struct world *w = *state;
	struct intent i, other, plain;
	struct ledger_step st = wanting(w, true, &i), st2 = wanting(w, true, &other), st3 = wanting(w, false, &plain);

	assert_int_equal(post(w, &st), RC_APPROVAL_MISSING);
	assert_int_equal(approve(w, &other, &w->sue), RC_OK);		/* of another transfer */
	assert_int_equal(post(w, &st), RC_APPROVAL_MISSING);
	assert_int_equal(approvals(w, "spent_ms = 0"), 1);
	assert_int_equal(approve(w, &i, &w->sue), RC_OK);
	assert_int_equal(post(w, &st), RC_OK);
	assert_int_equal(approvals(w, "spent_ms > 0 AND journal > 0"), 1);
	assert_int_equal(approve(w, &i, &w->tom), RC_REQUEST_OTHER);	/* posted */
	assert_int_equal(approve(w, &plain, &w->tom), RC_EARLY);	/* needs none */
	assert_int_equal(post(w, &st3), RC_OK);
	st2.now_ms = other.created_ms + PROOF_LIFE_MS;			/* the approval is too old, and the face's proof */
	assert_int_equal(post(w, &st2), RC_PROOF_MISSING);
	assert_int_equal(approvals(w, "spent_ms = 0"), 1);
}

static void
nobody_approves_what_is_theirs(void **state)
{
	struct world *w = *state;
	struct bank_person *const parties[] = { &w->ann, &w->bob };
	struct intent i;
	struct ledger_step st = wanting(w, true, &i);

	assert_int_equal(approve(w, &i, &w->eve), RC_DENIED);		/* no staff */
	for (size_t k = 0; k < 2; k++) {
		bank_role(w->db, parties[k]->id, ROLE_TELLER, true);
		assert_int_equal(approve(w, &i, parties[k]), RC_DENIED);
	}
	/* also when the proof is there by another way */
	for (size_t k = 0; k < 2; k++) {
		char sql[400], session[2 * ID_BYTES + 1], digest[2 * DIGEST_BYTES + 1];

		hex_put(i.session, ID_BYTES, session);
		hex_put(i.digest, DIGEST_BYTES, digest);
		snprintf(sql, sizeof sql, "INSERT INTO proof (person, session, factor, digest, capture, created_ms, expires_ms)"
		    " VALUES (%llu, X'%s', 3, X'%s', REPEAT('\\0', 16), 1, %lld)", (unsigned long long)parties[k]->id, session,
		    digest, (long long)(i.created_ms + PROOF_LIFE_MS));
		assert_int_equal(private_db_sql(w->db, "root", sql), 0);
		assert_int_equal(post(w, &st), RC_APPROVAL_MISSING);
		bank_role(w->db, parties[k]->id, ROLE_TELLER, false);
	}
	/* and who is no longer staff when the money would move has approved nothing */
	assert_int_equal(approve(w, &i, &w->tom), RC_OK);
	bank_role(w->db, w->tom.id, ROLE_SUPERVISOR, false);
	assert_int_equal(post(w, &st), RC_APPROVAL_MISSING);
	bank_role(w->db, w->tom.id, ROLE_SUPERVISOR, true);
	assert_int_equal(post(w, &st), RC_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exception_takes_two_and_neither_is_the_person),
		cmocka_unit_test(a_code_signs_one_act),
		cmocka_unit_test(the_table_itself_wants_two_people),
		cmocka_unit_test(an_approval_is_spent_with_the_money_it_moves),
		cmocka_unit_test(nobody_approves_what_is_theirs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
