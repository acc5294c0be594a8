/*
 * test_field.c - editing one line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "client/field.h"

static void
type(struct field *f, const char *text)
{
	uint32_t cp;

	while ((cp = utf8_next(&text)) != 0)
		assert_true(field_key(f, (struct key){ REQ_CHAR, cp }));
}

static void
press(struct field *f, enum request r)
{
	assert_true(field_key(f, (struct key){ r, 0 }));
}

static char *
drawn(const struct field *f, int w, bool on)
{
	struct cells c = { 0 };
	char *text;

	assert_int_equal(cells_size(&c, w, 1), RC_OK);
	field_draw(f, &c, 0, 0, w, on);
	assert_true(!c.cur_on || (c.cur_x >= 0 && c.cur_x < w));
	text = cells_to_text(&c);
	cells_free(&c);
	return text;
}

static void
test_edit(void **state)
{
	struct field f = { .kind = FIELD_TEXT, .max = 10 };

	(void)state;
	type(&f, "Zoë");
	press(&f, REQ_LEFT);
	press(&f, REQ_BACKSPACE);
	assert_string_equal(f.text, "Zë");
	press(&f, REQ_HOME);
	type(&f, "A");
	press(&f, REQ_DELETE);
	assert_string_equal(f.text, "Aë");
	press(&f, REQ_END);
	press(&f, REQ_BACKSPACE);
	press(&f, REQ_BACKSPACE);
	press(&f, REQ_BACKSPACE);
	assert_string_equal(f.text, "");
	press(&f, REQ_DELETE);
	press(&f, REQ_LEFT);
	press(&f, REQ_RIGHT);
	assert_int_equal(f.cur, 0);
	assert_false(field_key(&f, (struct key){ REQ_ENTER, 0 }));
}

/* The bound is in bytes and never splits a character. */
static void
test_bound(void **state)
{
	struct field f = { .kind = FIELD_TEXT, .max = 5 };

	(void)state;
	type(&f, "ëëëëë");
	assert_int_equal(f.len, 4);
	type(&f, "xy");
	assert_string_equal(f.text, "ëëx");
	press(&f, REQ_CLEAR);
	for (size_t i = 0; i < sizeof f.text; i++)
		assert_int_equal(f.text[i], 0);
}

static void
test_kinds(void **state)
{
	static const struct { enum field_kind kind; const char *typed, *want; } t[] = {
		{ FIELD_TEXT,     "a B-1ü", "a B-1ü" },
		{ FIELD_DIGITS,   "1a2 3",  "123" },
		{ FIELD_CODE,     "12x3",   "123" },
		{ FIELD_AMOUNT,   "-1,2x.5", "-1,2x.5" },
		{ FIELD_ACCOUNT,  "xc1-2",  "XC12" },
		{ FIELD_CURRENCY, "e1ur",   "EUR" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct field f = { .kind = t[i].kind, .max = 20 };

		type(&f, t[i].typed);
		assert_string_equal(f.text, t[i].want);
	}
}

/* What is secret never reaches the cells; deleted characters leave nothing behind. */
static void
test_secret(void **state)
{
	struct field f = { .kind = FIELD_PASSWORD, .max = 100 };
	char *text;

	(void)state;
	type(&f, "hunter2 hunter2");
	for (int w = 3; w < 30; w++) {
		text = drawn(&f, w, true);
		assert_null(strpbrk(text, "hunter2"));
		free(text);
	}
	text = drawn(&f, 20, false);
	assert_string_equal(text, " •••••••••••••••\n");
	free(text);
	for (int i = 0; i < 15; i++)
		press(&f, REQ_BACKSPACE);
	for (size_t i = 0; i < sizeof f.text; i++)
		assert_int_equal(f.text[i], 0);
}

static void
test_draw(void **state)
{
	struct field amount = { .kind = FIELD_AMOUNT, .max = 20 }, text = { .kind = FIELD_TEXT, .max = 100 };
	struct field account = { .kind = FIELD_ACCOUNT, .max = 40 };
	char *s;

	(void)state;
	field_set(&amount, "12.50");
	s = drawn(&amount, 12, true);
	assert_string_equal(s, "      12.50\n");
	free(s);
	field_set(&text, "a long line that does not fit");
	s = drawn(&text, 12, true);
	assert_string_equal(s, " s not fit\n");
	free(s);
	field_set(&account, "xc6100010000004711");
	s = drawn(&account, 40, false);
	assert_string_equal(s, " XC61 0001 0000 0047 11\n");
	free(s);
	for (int w = 0; w < 6; w++)
		free(drawn(&text, w, true));
}

static void
test_refuses(void **state)
{
	struct field digits = { .kind = FIELD_DIGITS, .max = 2 }, text = { .kind = FIELD_TEXT, .max = 2 };

	(void)state;
	assert_null(field_refuses(&digits, '7'));
	assert_string_equal(field_refuses(&digits, 'x'), "Digits only.");
	assert_string_equal(field_refuses(&(struct field){ .kind = FIELD_ACCOUNT, .max = 9 }, '-'),
	    "An account number has letters and digits only.");
	assert_string_equal(field_refuses(&(struct field){ .kind = FIELD_CURRENCY, .max = 3 }, '1'), "A currency has letters only.");
	field_set(&digits, "12");
	assert_string_equal(field_refuses(&digits, '3'), "There is no room for more here.");
	field_set(&text, "a");
	assert_null(field_refuses(&text, 'b'));
	assert_string_equal(field_refuses(&text, 0xe9), "There is no room for more here.");	/* two bytes */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit), cmocka_unit_test(test_bound), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_secret), cmocka_unit_test(test_refuses), cmocka_unit_test(test_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
