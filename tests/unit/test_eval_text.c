/*
 * test_eval_text.c - tables from outside are read strictly, and what is
 * printed is JSON whatever the names of files.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eval_json.h"
#include "eval_tsv.h"

static const char *const wanted[] = { "path", "identity" };

static char rows[256];

static bool
row(void *ctx, unsigned line, const char *const *field, char *why, size_t why_n)
{
	size_t n = strlen(rows);

	assert_ptr_equal(ctx, rows);
	if (strcmp(field[1], "refused") == 0) {
		(void)snprintf(why, why_n, "is not wanted");
		return false;
	}
	(void)snprintf(rows + n, sizeof rows - n, "%u:%s=%s;", line, field[0], field[1]);
	return true;
}

static bool
parse(const char *text, size_t n, char *err, size_t err_n)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, n, "r");
	bool ok;

	assert_non_null(f);
	rows[0] = '\0';
	err[0] = '\0';
	ok = tsv_read(f, "list", wanted, 2, row, rows, err, err_n);
	(void)fclose(f);
	return ok;
}

static void
tables_in_all_their_forms(void **state)
{
	static const struct { const char *text, *rows; } t[] = {
		{ "path\tidentity\na.jpg\tAda\nb c.jpg\tBob B\n", "2:a.jpg=Ada;3:b c.jpg=Bob B;" },
		{ "path\tidentity\na.jpg\tAda", "2:a.jpg=Ada;" },
		{ "path\tidentity\r\na.jpg\tAda\r\nb\tBob\r\n", "2:a.jpg=Ada;3:b=Bob;" },
		{ "path\tidentity\na\tb\n\n\n", "2:a=b;" },
		{ "path\tidentity\r\na\tb\r\n\r\n", "2:a=b;" },
		{ "\xef\xbb\xbfpath\tidentity\na\tb\n", "2:a=b;" },
		{ "kind\tidentity\tnote\tpath\nlive\tAda\t\ta.jpg\n", "2:a.jpg=Ada;" },
		{ "path\tidentity\n\"a\"\t'b'\n", "2:\"a\"='b';" },
	};
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		if (!parse(t[i].text, strlen(t[i].text), err, sizeof err))
			fail_msg("%s", err);
		assert_string_equal(rows, t[i].rows);
	}
}

static void
bad_lines_are_named(void **state)
{
	static const struct { const char *text, *word; } t[] = {
		{ "\n", "list, line 1 is missing" },
		{ "\na.jpg\tAda\n", "list, line 1 is empty" },
		{ "a.jpg\tAda\nb.jpg\tBob\n", "line 1 does not name the column 'path'" },
		{ "path\tname\na\tb\n", "line 1 does not name the column 'identity'" },
		{ "path identity\na b\n", "line 1 does not name" },
		{ "path\tidentity\tpath\na\tb\tc\n", "line 1 names twice the column 'path'" },
		{ "path\tidentity\n", "no line below" },
		{ "path\tidentity\n\n\n", "no line below" },
		{ "path\tidentity\na\tb\nc\n", "line 3 has 1 tab-separated fields, the first line 2" },
		{ "path\tidentity\na\tb\tc\n", "line 2 has 3" },
		{ "path\tidentity\na\t\n", "line 2 has nothing in the column 'identity'" },
		{ "path\tidentity\na\tb\n\nc\td\n", "line 3 is empty" },
		{ "path\tidentity\na\tb\n\n \n", "line 3 is empty" },
		{ "path\tidentity\na\tb\rc\td\n", "line 2 holds a carriage return" },
		{ "path\tidentity\na\tb\nc\trefused\n", "line 3 is not wanted" },
	};
	static char big[TSV_LINE_MAX + 100];
	char err[256];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_false(parse(t[i].text, strlen(t[i].text), err, sizeof err));
		if (strstr(err, t[i].word) == NULL)
			fail_msg("'%s' does not say '%s'", err, t[i].word);
	}
	assert_false(parse("path\tidentity\na\0\tb\n", 19, err, sizeof err));
	assert_non_null(strstr(err, "line 2 holds a NUL byte"));
	memset(big, 'x', sizeof big);
	memcpy(big, "path\tidentity\n", 14);
	assert_false(parse(big, sizeof big, err, sizeof err));
	assert_non_null(strstr(err, "line 2 is too long"));
	for (size_t i = 0; i < 200; i++)
		big[i] = i % 2 == 0 ? 'c' : '\t';
	assert_false(parse(big, 200, err, sizeof err));
	assert_non_null(strstr(err, "more than 64 columns"));
	assert_false(tsv_read_file("/nowhere/list", wanted, 2, row, rows, err, sizeof err));
	assert_non_null(strstr(err, "/nowhere/list: "));
}

static void
texts_are_always_json(void **state)
{
	static const struct { const char *text, *json; } t[] = {
		{ "a.jpg", "\"a.jpg\"" },
		{ "", "\"\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "a\nb\tc\x01\x7f", "\"a\\u000ab\\u0009c\\u0001\\u007f\"" },
		{ "Gr\xc3\xbc\xc3\x9f \xf0\x9f\x99\x82", "\"Gr\xc3\xbc\xc3\x9f \xf0\x9f\x99\x82\"" },
		{ "\xff" "a", "\"\\udcffa\"" },
		{ "\xc3", "\"\\udcc3\"" },				/* cut short */
		{ "\xc0\xaf", "\"\\udcc0\\udcaf\"" },			/* too long a form */
		{ "\xed\xa0\x80", "\"\\udced\\udca0\\udc80\"" },	/* half a pair */
		{ "\xf4\x90\x80\x80", "\"\\udcf4\\udc90\\udc80\\udc80\"" },	/* beyond Unicode */
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		char got[128] = "";
		FILE *f = fmemopen(got, sizeof got, "w");
		struct json j = { f, false };

		assert_non_null(f);
		json_text(&j, NULL, t[i].text);
		assert_int_equal(fclose(f), 0);
		assert_string_equal(got, t[i].json);
	}
}

static void
values_stand_between_commas(void **state)
{
	char got[256] = "";
	FILE *f = fmemopen(got, sizeof got, "w");
	struct json j = { f, false };

	(void)state;
	assert_non_null(f);
	json_open(&j, NULL, '{');
	json_count(&j, "n", UINT64_MAX);
	json_real(&j, "r", .25);
	json_real(&j, "nan", NAN);
	json_real(&j, "inf", -INFINITY);
	json_open(&j, "empty", '[');
	json_close(&j, ']');
	json_open(&j, "list", '[');
	json_real(&j, NULL, 1e-6);
	json_null(&j, NULL);
	json_open(&j, NULL, '{');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	assert_int_equal(fclose(f), 0);
	assert_string_equal(got, "{\"n\": 18446744073709551615, \"r\": 0.25, \"nan\": null, \"inf\": null, \"empty\": [], "
	    "\"list\": [1e-06, null, {}]}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_in_all_their_forms),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(texts_are_always_json),
		cmocka_unit_test(values_stand_between_commas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
