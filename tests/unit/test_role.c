/*
 * test_role.c - names, numbers and sets of roles and consoles.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "proto/role.h"

static void
test_names_and_numbers(void **state)
{
	static const char *const names[] = { "teller", "maker", "checker", "supervisor", "auditor", "administrator" };
	enum role r;

	(void)state;
	for (unsigned i = 1; i <= 6; i++) {
		assert_int_equal(role_parse(names[i - 1], &r), RC_OK);
		assert_int_equal(r, role_of_number(i));
		assert_int_equal(role_number(r), i);
		assert_string_equal(role_name(r), names[i - 1]);
		assert_true((ROLES_GRANTED & r) != 0);
	}
	assert_int_equal(role_of_number(0), ROLE_CUSTOMER);
	assert_int_equal(role_of_number(7), 0);
	assert_string_equal(role_name((enum role)(ROLE_MAKER | ROLE_CHECKER)), "?");
	r = ROLE_MAKER;
	assert_int_equal(role_parse("customer", &r), RC_INVALID);	/* nobody grants it */
	assert_int_equal(role_parse("Maker", &r), RC_INVALID);
	assert_int_equal(role_parse("", &r), RC_INVALID);
	assert_int_equal(r, ROLE_MAKER);
}

static void
test_words(void **state)
{
	char words[ROLE_WORDS_BYTES];

	(void)state;
	roles_words(ROLES_GRANTED | ROLE_CUSTOMER, words);
	assert_string_equal(words, "teller, maker, checker, supervisor, auditor, administrator");
	roles_words(ROLE_CUSTOMER, words);
	assert_string_equal(words, "none");
	consoles_words(CONSOLES_ALL, words);
	assert_string_equal(words, "terminal, backoffice, audit");
}

static void
test_consoles(void **state)
{
	static const struct {
		const char *text;
		enum rc want;
		unsigned set;
	} t[] = {
		{ "terminal", RC_OK, 1 }, { "backoffice,audit", RC_OK, 6 }, { "audit,terminal,backoffice", RC_OK, 7 },
		{ "", RC_INVALID, 99 }, { "terminal,", RC_INVALID, 99 }, { ",terminal", RC_INVALID, 99 },
		{ "desk", RC_INVALID, 99 }, { "terminal, audit", RC_INVALID, 99 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		unsigned set = 99;

		assert_int_equal(consoles_parse(t[i].text, &set), t[i].want);
		assert_int_equal(set, t[i].set);
	}
	assert_int_equal(console_roles(CONSOLE_TERMINAL), ROLE_CUSTOMER);
	assert_int_equal(console_roles(CONSOLE_BACKOFFICE), ROLE_MAKER | ROLE_CHECKER);
	assert_int_equal(console_roles(CONSOLE_AUDIT) & (ROLE_CUSTOMER | ROLE_MAKER | ROLE_CHECKER | ROLE_TELLER), 0);
	assert_int_equal(console_roles((enum console)8), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_numbers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_consoles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
