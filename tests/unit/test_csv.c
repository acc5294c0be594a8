/*
 * test_csv.c - fields come back as they were, and none is a formula.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/csv.h"

static void
test_texts(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "", "\"\"" }, { "Zoë, 1", "\"Zoë, 1\"" }, { "say \"hi\"", "\"say \"\"hi\"\"\"" }, { "a\r\nb", "\"a\r\nb\"" },
		{ "=1+1", "\"'=1+1\"" }, { "+49", "\"'+49\"" }, { "-5", "\"'-5\"" }, { "@sum", "\"'@sum\"" }, { "\t=1", "\"'\t=1\"" },
		{ "\r=1", "\"'\r=1\"" }, { "a=1", "\"a=1\"" },
	};
	char *got = NULL;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		FILE *f = open_memstream(&got, &n);

		assert_non_null(f);
		csv_text(f, true, t[i].text);
		fclose(f);
		assert_string_equal(got, t[i].want);
		free(got);
	}
}

static void
test_a_line(void **state)
{
	char *got = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&got, &n);

	(void)state;
	assert_non_null(f);
	csv_plain(f, true, "17");
	csv_text(f, false, "rent");
	csv_amount(f, false, -123456789, "EUR");
	csv_amount(f, false, 1234567, "JPY");
	csv_amount(f, false, 5, "KWD");
	csv_end(f);
	fclose(f);
	assert_string_equal(got, "17,\"rent\",-1234567.89,1234567,0.005\r\n");
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_texts), cmocka_unit_test(test_a_line) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
