/*
 * test_db_roles.c - roles against a real MariaDB: two administrators give
 * them, neither about themselves, and two always stay.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One world for all tests, in order: later ones stand on earlier ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/integration/bank.h"

#define T0 1800000000000LL
#define ER_TABLE_RIGHT 1142u
#define ER_CHECK 4025u
#define ER_TWICE 1062u

struct world {
	struct private_db *db;
	struct stores *s, *owner;
	struct bank_person bob, eve;
	uint64_t ada, ben;		/* the first two administrators */
	int64_t now;
};

static int
setup(void **state)
{
	static struct world w;

	w.now = T0;
	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/roles");
	w.owner = private_db_open(w.db, "countersign_admin", "test/owner");
	bank_customer(w.s, T0, &w.bob);
	bank_customer(w.s, T0, &w.eve);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	stores_close(w->s);
	stores_close(w->owner);
	private_db_stop(w->db);
	return 0;
}

static struct code_use
typed(struct world *w, uint64_t person)
{
	struct code_use by = { .person = person };
	struct bank_person at = { .id = person };

	w->now += CODE_SENDS_WINDOW_MS;
	by.now_ms = w->now;
	bank_random(by.session, ID_BYTES);
	bank_random(by.digest, DIGEST_BYTES);
	memcpy(at.session, by.session, ID_BYTES);
	by.code = bank_code(w->s, w->now, &at, CODE_STAFF, by.digest);
	return by;
}

static enum rc
propose(struct world *w, uint64_t person, enum role role, const char *reason, uint64_t who)
{
	struct code_use by = typed(w, who);
	struct audit_event ev = bank_event(AUDIT_ROLE_PROPOSE, w->now);

	return w->owner->role.ops->propose(&w->owner->role, person, role, reason, &by, &ev);
}

static enum rc
confirm(struct world *w, uint64_t person, enum role role, uint64_t who)
{
	struct code_use by = typed(w, who);
	struct audit_event ev = bank_event(AUDIT_ROLE_CONFIRM, w->now);

	return w->owner->role.ops->confirm(&w->owner->role, person, role, &by, &ev);
}

static enum rc
end(struct world *w, uint64_t person, enum role role, const char *reason, uint64_t who)
{
	struct code_use by = typed(w, who);
	struct audit_event ev = bank_event(AUDIT_ROLE_END, w->now);

	return w->owner->role.ops->end(&w->owner->role, person, role, reason, &by, &ev);
}

static unsigned
held(struct world *w, uint64_t person)
{
	unsigned roles = 0;

	assert_int_equal(w->s->role.ops->held(&w->s->role, person, &roles), RC_OK);
	return roles;
}

static enum rc
first(struct world *w, struct stores *s, char customer[2][CUSTOMER_BYTES + 1])
{
	struct person_new p[2] = { { .name = "Ada Admin", .password_hash = "$argon2id$a", .email_n = 60 },
	    { .name = "Ben Boss", .password_hash = "$argon2id$b", .email_n = 60 } };
	struct audit_event ev = bank_event(AUDIT_ROLE_FIRST, w->now);

	return s->role.ops->first(&s->role, p, &ev, customer);
}

static void
two_administrators_are_made_once(void **state)
{
	struct world *w = *state;
	char customer[2][CUSTOMER_BYTES + 1] = { "", "" };
	struct person p;

	assert_int_equal(first(w, w->s, customer), RC_STORE);		/* the server's own user may not */
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM person WHERE name IN ('Ada Admin', 'Ben Boss')"), 0);
	assert_int_equal(first(w, w->owner, customer), RC_OK);
	assert_int_equal(w->s->person.ops->by_customer(&w->s->person, customer[0], &p), RC_OK);
	assert_int_equal(p.status, PERSON_ACTIVE);
	w->ada = p.id;
	assert_int_equal(w->s->person.ops->by_customer(&w->s->person, customer[1], &p), RC_OK);
	w->ben = p.id;
	assert_int_equal(held(w, w->ada), ROLE_CUSTOMER | ROLE_ADMINISTRATOR);
	assert_int_equal(held(w, w->ben), ROLE_CUSTOMER | ROLE_ADMINISTRATOR);
	assert_int_equal(first(w, w->owner, customer), RC_EXISTS);
	assert_int_equal(private_db_sql(w->db, "root", "DELETE FROM role_first"), 0);
	assert_int_equal(first(w, w->owner, customer), RC_EXISTS);	/* there are administrators all the same */
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM person_role"), 2);
	assert_int_equal(private_db_number(w->db, "SELECT COUNT(*) FROM audit_record WHERE action = 110"), 2);
}

static void
one_proposes_another_confirms(void **state)
{
	struct world *w = *state;
	struct role_row row, list[8];
	struct bank_person waiting;
	size_t n = 0;

	bank_pending(w->s, T0, &waiting);
	assert_int_equal(propose(w, w->bob.id, ROLE_MAKER, "", w->ada), RC_INVALID);
	assert_int_equal(propose(w, w->bob.id, ROLE_CUSTOMER, "no role", w->ada), RC_INVALID);
	assert_int_equal(propose(w, waiting.id, ROLE_MAKER, "not yet", w->ada), RC_NOT_FOUND);
	assert_int_equal(propose(w, w->bob.id, ROLE_MAKER, "new", w->eve.id), RC_DENIED);	/* no administrator */
	assert_int_equal(propose(w, w->ada, ROLE_SUPERVISOR, "myself", w->ada), RC_DENIED);
	assert_int_equal(propose(w, w->ada, ROLE_ADMINISTRATOR, "again", w->ben), RC_EXISTS);
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->ben), RC_NOT_FOUND);

	assert_int_equal(propose(w, w->bob.id, ROLE_MAKER, "new clerk", w->ada), RC_OK);
	assert_int_equal(propose(w, w->bob.id, ROLE_MAKER, "again", w->ben), RC_EXISTS);
	assert_int_equal(held(w, w->bob.id), ROLE_CUSTOMER);
	assert_int_equal(w->s->role.ops->proposal(&w->s->role, w->bob.id, ROLE_MAKER, &row), RC_OK);
	assert_int_equal(row.proposed_by, w->ada);
	assert_string_equal(row.reason, "new clerk");
	assert_int_equal(confirm(w, w->bob.id, ROLE_CHECKER, w->ben), RC_NOT_FOUND);		/* another role */
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->ada), RC_DENIED);			/* who proposed it */
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->eve.id), RC_DENIED);
	bank_role(w->db, w->bob.id, ROLE_ADMINISTRATOR, true);
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->bob.id), RC_DENIED);		/* about himself */
	bank_role(w->db, w->bob.id, ROLE_ADMINISTRATOR, false);
	bank_role(w->db, w->ada, ROLE_ADMINISTRATOR, false);
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->ben), RC_DENIED);			/* the proposer is none any more */
	bank_role(w->db, w->ada, ROLE_ADMINISTRATOR, true);
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->ben), RC_OK);
	assert_int_equal(held(w, w->bob.id), ROLE_CUSTOMER | ROLE_MAKER);
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->ben), RC_NOT_FOUND);
	assert_int_equal(propose(w, w->bob.id, ROLE_MAKER, "again", w->ada), RC_EXISTS);

	assert_int_equal(propose(w, w->bob.id, ROLE_CHECKER, "a second one", w->ben), RC_OK);
	assert_int_equal(w->s->role.ops->list(&w->s->role, 0, 0, list, 8, &n), RC_OK);
	assert_int_equal(n, 4);
	assert_int_equal(list[0].role, ROLE_MAKER);		/* bob came first */
	assert_string_equal(list[0].reason, "new clerk");
	assert_int_equal(list[1].role, ROLE_CHECKER);
	assert_int_equal(list[1].granted_ms, 0);
	assert_int_equal(w->s->role.ops->list(&w->s->role, w->bob.id, 2, list, 1, &n), RC_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].role, ROLE_CHECKER);
}

static void
one_ends_and_two_stay(void **state)
{
	struct world *w = *state;

	assert_int_equal(end(w, w->bob.id, ROLE_CHECKER, "", w->ada), RC_INVALID);
	assert_int_equal(end(w, w->bob.id, ROLE_CHECKER, "not he", w->eve.id), RC_DENIED);
	assert_int_equal(end(w, w->bob.id, ROLE_CHECKER, "not he", w->ada), RC_OK);		/* proposed only */
	assert_int_equal(confirm(w, w->bob.id, ROLE_CHECKER, w->ada), RC_NOT_FOUND);
	assert_int_equal(end(w, w->bob.id, ROLE_MAKER, "left", w->ada), RC_OK);
	assert_int_equal(held(w, w->bob.id), ROLE_CUSTOMER);
	assert_int_equal(end(w, w->bob.id, ROLE_MAKER, "left", w->ada), RC_NOT_FOUND);
	assert_int_equal(end(w, w->ben, ROLE_ADMINISTRATOR, "left", w->ada), RC_EARLY);
	assert_int_equal(end(w, w->eve.id, ROLE_ADMINISTRATOR, "none", w->ada), RC_NOT_FOUND);
	assert_int_equal(propose(w, w->eve.id, ROLE_ADMINISTRATOR, "the third", w->ada), RC_OK);
	assert_int_equal(end(w, w->ben, ROLE_ADMINISTRATOR, "left", w->ada), RC_EARLY);		/* not confirmed yet */
	assert_int_equal(confirm(w, w->eve.id, ROLE_ADMINISTRATOR, w->ben), RC_OK);
	assert_int_equal(end(w, w->ben, ROLE_ADMINISTRATOR, "left", w->ada), RC_OK);
	assert_int_equal(end(w, w->ada, ROLE_ADMINISTRATOR, "left", w->eve.id), RC_EARLY);
	assert_int_equal(propose(w, w->bob.id, ROLE_MAKER, "back again", w->eve.id), RC_OK);
	assert_int_equal(confirm(w, w->bob.id, ROLE_MAKER, w->ada), RC_OK);			/* given again */
	assert_int_equal(held(w, w->bob.id), ROLE_CUSTOMER | ROLE_MAKER);
	bank_role(w->db, w->bob.id, ROLE_TELLER, true);
	assert_int_equal(end(w, w->bob.id, ROLE_TELLER, "from before there were proposals", w->ada), RC_OK);
}

/* What the store checks the table checks too, whoever writes; the server writes nothing of it. */
static void
the_tables_say_the_same(void **state)
{
	struct world *w = *state;
	static const struct { const char *user, *sql; unsigned want; } t[] = {
		{ "root", "UPDATE role_grant SET confirmed_by = proposed_by WHERE confirmed_by <> 0 AND ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE role_grant SET confirmed_by = person WHERE confirmed_by <> 0 AND ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE role_grant SET proposed_by = person WHERE ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE role_grant SET reason = '' WHERE ended_ms = 0", ER_CHECK },
		{ "root", "UPDATE role_grant SET role = 7 WHERE ended_ms = 0", ER_CHECK },
		{ "root", "INSERT INTO person_role VALUES (1, 7, 1, 0)", ER_CHECK },
		{ "root", "INSERT INTO role_first VALUES (2, 1)", ER_CHECK },
		{ "root", "INSERT INTO role_grant (person, role, reason, proposed_by, proposed_ms)"
		    " SELECT person, role, 'x', proposed_by, 1 FROM role_grant WHERE ended_ms = 0", ER_TWICE },
		{ "countersign", "INSERT INTO person_role VALUES (1, 1, 1, 0)", ER_TABLE_RIGHT },
		{ "countersign", "UPDATE person_role SET ended_ms = 0", ER_TABLE_RIGHT },
		{ "countersign", "INSERT INTO role_grant (person, role, reason, proposed_by, proposed_ms) VALUES (1, 1, 'x', 2, 1)",
		    ER_TABLE_RIGHT },
		{ "countersign", "UPDATE role_grant SET confirmed_ms = 1", ER_TABLE_RIGHT },
		{ "countersign", "INSERT INTO role_first VALUES (1, 1)", ER_TABLE_RIGHT },
	};

	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		unsigned got = private_db_sql(w->db, t[k].user, t[k].sql);

		if (got != t[k].want)
			print_message("%s: %s: error %u\n", t[k].user, t[k].sql, got);
		assert_int_equal(got, t[k].want);
	}
}

static void
a_code_signs_one_act(void **state)
{
	struct world *w = *state;
	struct code_use by = typed(w, w->ada);
	struct audit_event ev = bank_event(AUDIT_ROLE_PROPOSE, w->now);
	struct role_store *r = &w->owner->role;

	assert_int_equal(r->ops->propose(r, w->bob.id, ROLE_AUDITOR, "one", &by, &ev), RC_OK);
	assert_int_equal(r->ops->end(r, w->bob.id, ROLE_AUDITOR, "two", &by, &ev), RC_CODE_USED);
	by = typed(w, w->ada);
	by.person = w->eve.id;							/* somebody else's code */
	assert_int_equal(r->ops->confirm(r, w->bob.id, ROLE_AUDITOR, &by, &ev), RC_PROOF_MISSING);
	assert_int_equal(held(w, w->bob.id) & ROLE_AUDITOR, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_administrators_are_made_once),
		cmocka_unit_test(one_proposes_another_confirms),
		cmocka_unit_test(one_ends_and_two_stay),
		cmocka_unit_test(the_tables_say_the_same),
		cmocka_unit_test(a_code_signs_one_act),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
