/*
 * test_config_text.c - comments become blanks, everything else stays; files
 * that are none are refused.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/config_text.h"

static void
test_blank(void **state)
{
	static const struct { const char *text, *want; } t[] = {
		{ "", "" },
		{ "# a\nb = 1\n", "   \nb = 1\n" },
		{ "b = 1 # c\n", "b = 1    \n" },
		{ "b = 1 // c", "b = 1     " },
		{ "/* a\n b */ c = 2\n", "    \n      c = 2\n" },
		{ "a = \"# // /* x */\"\n", "a = \"# // /* x */\"\n" },
		{ "a = '#'#b", "a = '#'  " },
		{ "a = \"\\\"#\" #", "a = \"\\\"#\"  " },
		{ "a = \"\n#\n\"", "a = \"\n#\n\"" },
		{ "camera = rtsp://host/x#y\n", "camera = rtsp://host/x#y\n" },
		{ "s {#c\n}// d\n", "s {  \n}    \n" },
		{ "/* never", "/* never" }, { "# \" '\nx", "     \nx" }, { "\"\\", "\"\\" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		char text[64];

		strcpy(text, t[i].text);
		config_text_blank(text);
		assert_string_equal(text, t[i].want);
	}
}

static void
test_read(void **state)
{
	char folder[] = "/tmp/test_config_text.XXXXXX", path[64], err[256] = "", *text;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a.conf", folder);
	assert_int_equal(config_text_read(path, &text, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "No such file"));
	assert_int_equal(config_text_read(folder, &text, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "is a folder"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(config_text_read(path, &text, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "pipe"));
	unlink(path);
	assert_non_null(f = fopen(path, "w"));
	fputs("a = 1 # one", f);
	fclose(f);
	assert_int_equal(config_text_read(path, &text, err, sizeof err), RC_OK);
	assert_string_equal(text, "a = 1      \n");
	free(text);
	assert_non_null(f = fopen(path, "w"));
	fwrite("a\0b", 1, 3, f);
	fclose(f);
	assert_int_equal(config_text_read(path, &text, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "not a text"));
	assert_int_equal(truncate(path, CONFIG_TEXT_MAX_BYTES + 1), 0);
	assert_int_equal(config_text_read(path, &text, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "larger than"));
	assert_null(text);
	unlink(path);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_blank), cmocka_unit_test(test_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
