/*
 * test_cells.c - the grid: clipping, wide and combining characters, wrapping,
 * the plain form.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "client/cells.h"

static void
expect(struct cells *c, const char *want)
{
	char *text = cells_to_text(c);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void
test_text(void **state)
{
	static const struct {
		const char *what, *text;
		int x, max;
		const char *want;
	} t[] = {
		{ "plain",                    "hello",      1, 8,  " hello\n" },
		{ "cut with an ellipsis",     "hello",      0, 4,  "hel…\n" },
		{ "just fits",                "hello",      0, 5,  "hello\n" },
		{ "no room",                  "hello",      0, 0,  "\n" },
		{ "starts left of the grid",  "hello",     -2, 8,  "llo\n" },
		{ "ends right of the grid",   "hello",      8, 8,  "        he\n" },
		{ "wide characters",          "中文x",      0, 8,  "中文x\n" },
		{ "wide one does not fit",    "中文",       0, 3,  "中…\n" },
		{ "wide one at the border",   "中",         9, 2,  "\n" },
		{ "combining mark",           "e\xcc\x81x", 0, 8,  "e\xcc\x81x\n" },
		{ "broken UTF-8",             "a\xff\xc3",  0, 8,  "a\xef\xbf\xbd\xef\xbf\xbd\n" },
		{ "overlong UTF-8",           "\xc0\xaf",   0, 8,  "\xef\xbf\xbd\xef\xbf\xbd\n" },
		{ "escape sequence",          "\x1b[2J",    0, 8,  "\xef\xbf\xbd[2J\n" },
	};
	struct cells c = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(cells_size(&c, 10, 1), RC_OK);
		cells_text(&c, 0, t[i].x, t[i].max, THEME_TEXT, t[i].text);
		print_message("%s\n", t[i].what);
		expect(&c, t[i].want);
	}
	cells_free(&c);
}

static void
test_align(void **state)
{
	struct cells c = { 0 };

	(void)state;
	assert_int_equal(cells_size(&c, 10, 3), RC_OK);
	cells_right(&c, 0, 10, 10, THEME_TEXT, "1.50");
	cells_right(&c, 1, 10, 10, THEME_TEXT, "1,234.50");
	cells_centre(&c, 2, 0, 10, THEME_TEXT, "mid");
	expect(&c, "      1.50\n  1,234.50\n   mid\n");
	cells_free(&c);
}

static void
test_wide_is_not_split(void **state)
{
	struct cells c = { 0 };

	(void)state;
	assert_int_equal(cells_size(&c, 6, 1), RC_OK);
	cells_text(&c, 0, 0, 6, THEME_TEXT, "中文字");
	cells_text(&c, 0, 1, 3, THEME_TEXT, "a");
	expect(&c, " a文字\n");
	cells_text(&c, 0, 2, 3, THEME_TEXT, "b");
	expect(&c, " ab 字\n");
	cells_text(&c, 0, 3, 3, THEME_TEXT, "語");
	expect(&c, " ab語\n");
	cells_free(&c);
}

static void
test_wrap(void **state)
{
	struct cells c = { 0 };

	(void)state;
	assert_int_equal(cells_size(&c, 10, 5), RC_OK);
	assert_int_equal(cells_wrap(&c, 0, 0, 10, 5, THEME_TEXT, "one two three\nfour unbreakableword"), 5);
	expect(&c, "one two\nthree\nfour\nunbreakabl\neword\n");
	cells_clear(&c);
	assert_int_equal(cells_wrap(&c, 0, 0, 10, 2, THEME_TEXT, "one two three four five"), 2);
	assert_int_equal(cells_wrap(&c, 0, 0, 0, 2, THEME_TEXT, "one"), 0);
	assert_int_equal(cells_wrap(&c, 0, 0, 1, 2, THEME_TEXT, "中文"), 2);	/* no endless loop */
	cells_free(&c);
}

static void
test_ascii(void **state)
{
	struct cells c = { .ascii = true };

	(void)state;
	assert_int_equal(cells_size(&c, 12, 4), RC_OK);
	cells_box(&c, (struct area){ 0, 0, 3, 7 }, THEME_BORDER, NULL);
	cells_text(&c, 1, 1, 5, THEME_TEXT, "●▸ü中");
	cells_text(&c, 3, 0, 12, THEME_TEXT, "“a” – b…");
	expect(&c, "+-----+\n|*>u? |\n+-----+\n\"a\" - b.\n");
	cells_free(&c);
}

static void
test_size(void **state)
{
	struct cells c = { 0 };

	(void)state;
	assert_int_equal(cells_size(&c, -3, 100000), RC_OK);
	assert_int_equal(c.w, 0);
	assert_int_equal(c.h, CELLS_H_MAX);
	assert_null(cells_at(&c, 0, 0));
	assert_int_equal(cells_size(&c, 100000, 100000), RC_OK);
	assert_int_equal(c.w, CELLS_W_MAX);
	assert_non_null(cells_at(&c, CELLS_H_MAX - 1, CELLS_W_MAX - 1));
	assert_null(cells_at(&c, CELLS_H_MAX, 0));
	cells_free(&c);
}

/* Every code point goes out and comes back. */
static void
test_utf8(void **state)
{
	char text[5];

	(void)state;
	for (uint32_t cp = 1; cp <= 0x10ffff; cp++) {
		const char *s = text;

		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		text[utf8_put(cp, text)] = '\0';
		assert_int_equal(utf8_next(&s), cp);
		assert_int_equal(*s, '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_align), cmocka_unit_test(test_wide_is_not_split),
		cmocka_unit_test(test_wrap), cmocka_unit_test(test_ascii), cmocka_unit_test(test_size),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
