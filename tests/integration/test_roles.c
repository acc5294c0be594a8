/*
 * test_roles.c - roles at countersign-admin: two administrators at the first
 * set-up, who give all others their roles together.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One world for all tests, in order: later ones stand on earlier ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/integration/admin_at.h"
#include "tests/integration/bank.h"

struct world {
	struct server *server;
	struct admin_at at;
	struct somebody ada, ben, sue, max;
};

static int
setup(void **state)
{
	static struct world w;

	w.server = server_make("code { life_ms = 60000 }\n");
	w.at.server = w.server;
	w.ada = (struct somebody){ .name = "Ada Admin", .email = "ada@example.org" };
	w.ben = (struct somebody){ .name = "Ben Boss", .email = "ben@example.org" };
	w.sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	w.max = (struct somebody){ .name = "Max Maker", .email = "max@example.org" };
	admin_hired(&w.at, &w.sue, "10000001");
	admin_hired(&w.at, &w.max, "10000002");
	server_start(w.server);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	server_drop(w->server);
	return 0;
}

static void
types_the_first(struct world *w, const struct somebody *p, const char *password, const char *again)
{
	prompt_wait(&w->at.prompt, "administrator: ");
	prompt_type(&w->at.prompt, p->name);
	prompt_wait(&w->at.prompt, "address: ");
	prompt_type(&w->at.prompt, p->email);
	prompt_wait(&w->at.prompt, "Password: ");
	prompt_type(&w->at.prompt, password);
	prompt_wait(&w->at.prompt, "again: ");
	prompt_type(&w->at.prompt, again);
}

static void
number_of(struct world *w, struct somebody *p)
{
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT customer FROM person WHERE name = '%s'", p->name);
	snprintf(p->customer, sizeof p->customer, "%08lld", (long long)private_db_number(w->server->db, sql));
}

static void
the_first_two_are_made_once(void **state)
{
	struct world *w = *state;

	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, "short", "short");
	assert_int_equal(admin_ended(&w->at, "at least 10"), 1);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, ADMIN_PASSWORD, "another password");
	assert_int_equal(admin_ended(&w->at, "differ"), 1);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, ADMIN_PASSWORD, ADMIN_PASSWORD);
	types_the_first(w, &w->ada, ADMIN_PASSWORD, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "two e-mail addresses"), 1);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, ADMIN_PASSWORD, ADMIN_PASSWORD);
	types_the_first(w, &w->ben, ADMIN_PASSWORD, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "Ben Boss is an administrator now"), 0);
	number_of(w, &w->ada);
	number_of(w, &w->ben);
	assert_int_equal(server_audited(w->server, AUDIT_ROLE_FIRST, RC_OK), 2);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, "administrators already"), 1);
}

static void
two_administrators_give_a_role(void **state)
{
	struct world *w = *state;
	const char *she = w->sue.customer;

	admin_start(&w->at, "role", "propose", WORDS("--person", she, "--role", "teller"));
	assert_int_equal(admin_ended(&w->at, "give a reason"), 2);
	admin_start(&w->at, "role", "propose", WORDS("--person", she, "--role", "boss", "--reason", "new"));
	assert_int_equal(admin_ended(&w->at, "give a role"), 2);
	admin_start(&w->at, "role", "propose", WORDS("--person", "99999999", "--role", "teller", "--reason", "new"));
	assert_int_equal(admin_ended(&w->at, "no person has the number"), 1);
	admin_start(&w->at, "role", "propose", WORDS("--person", w->max.customer, "--role", "maker", "--reason", "new"));
	admin_sits(&w->at, &w->sue, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "does not hold what this needs"), 1);
	admin_start(&w->at, "role", "propose", WORDS("--person", w->ada.customer, "--role", "auditor", "--reason", "me"));
	admin_sits(&w->at, &w->ada, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "for themselves"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_ROLE_PROPOSE, RC_DENIED), 1);

	admin_start(&w->at, "role", "propose", WORDS("--person", she, "--role", "teller", "--reason", "new at the counter"));
	assert_int_equal(admin_signs(&w->at, &w->ada, "proposed for 10000001"), 0);
	admin_start(&w->at, "role", "list", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, "teller         proposed, not confirmed"), 0);
	admin_start(&w->at, "role", "confirm", WORDS("--person", she, "--role", "teller"));
	admin_sits(&w->at, &w->ada, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "who proposed it cannot confirm it"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_ROLE_CONFIRM, RC_DENIED), 1);
	admin_start(&w->at, "role", "confirm", WORDS("--person", she, "--role", "teller"));
	assert_int_equal(admin_signs(&w->at, &w->ben, "Sue Steward is teller now"), 0);
	admin_start(&w->at, "audit", "list", WORDS("--last", "40"));
	assert_int_equal(admin_ended(&w->at, "role-confirm  ok"), 0);
	assert_non_null(strstr(w->at.prompt.out, "teller: new at the counter"));

	admin_start(&w->at, "role", "end", WORDS("--person", w->ben.customer, "--role", "administrator", "--reason", "left"));
	assert_int_equal(admin_signs(&w->at, &w->ada, "two administrators have to stay"), 1);
	admin_start(&w->at, "role", "end", WORDS("--person", she, "--role", "teller", "--reason", "left"));
	assert_int_equal(admin_signs(&w->at, &w->ben, "ended for 10000001"), 0);
	admin_start(&w->at, "role", "end", WORDS("--person", she, "--role", "teller", "--reason", "left"));
	assert_int_equal(admin_signs(&w->at, &w->ben, "no such role"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_two_are_made_once),
		cmocka_unit_test(two_administrators_give_a_role),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
