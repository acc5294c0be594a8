/*
 * test_keymap.c - raw keys to requests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client/keymap.h"

static void
test_table(void **state)
{
	static const struct {
		const char *what;
		struct raw_key raw;
		enum request want;
		uint32_t ch;
	} t[] = {
		{ "F1",                    { .kind = RAW_FUNCTION, .ch = 1 }, REQ_HELP, 0 },
		{ "F5",                    { .kind = RAW_FUNCTION, .ch = 5 }, REQ_AGAIN, 0 },
		{ "F8",                    { .kind = RAW_FUNCTION, .ch = 8 }, REQ_SUBMIT, 0 },
		{ "F9",                    { .kind = RAW_FUNCTION, .ch = 9 }, REQ_LOGOUT, 0 },
		{ "F10",                   { .kind = RAW_FUNCTION, .ch = 10 }, REQ_QUIT, 0 },
		{ "F2 means nothing",      { .kind = RAW_FUNCTION, .ch = 2 }, REQ_NONE, 0 },
		{ "F99 means nothing",     { .kind = RAW_FUNCTION, .ch = 99 }, REQ_NONE, 0 },
		{ "Esc 1",                 { .kind = RAW_CHAR, .ch = '1', .alt = true }, REQ_HELP, 0 },
		{ "Esc 0",                 { .kind = RAW_CHAR, .ch = '0', .alt = true }, REQ_QUIT, 0 },
		{ "Esc x means nothing",   { .kind = RAW_CHAR, .ch = 'x', .alt = true }, REQ_NONE, 0 },
		{ "Esc",                   { .kind = RAW_ESC }, REQ_BACK, 0 },
		{ "return",                { .kind = RAW_CHAR, .ch = '\r' }, REQ_ENTER, 0 },
		{ "newline",               { .kind = RAW_CHAR, .ch = '\n' }, REQ_ENTER, 0 },
		{ "keypad Enter",          { .kind = RAW_ENTER }, REQ_ENTER, 0 },
		{ "tab",                   { .kind = RAW_CHAR, .ch = '\t' }, REQ_NEXT, 0 },
		{ "delete as backspace",   { .kind = RAW_CHAR, .ch = 0x7f }, REQ_BACKSPACE, 0 },
		{ "Ctrl-H",                { .kind = RAW_CHAR, .ch = 8 }, REQ_BACKSPACE, 0 },
		{ "Ctrl-C means nothing",  { .kind = RAW_CHAR, .ch = 3 }, REQ_NONE, 0 },
		{ "C1 control",            { .kind = RAW_CHAR, .ch = 0x9b }, REQ_NONE, 0 },
		{ "surrogate",             { .kind = RAW_CHAR, .ch = 0xd800 }, REQ_NONE, 0 },
		{ "beyond Unicode",        { .kind = RAW_CHAR, .ch = 0x110000 }, REQ_NONE, 0 },
		{ "a letter",              { .kind = RAW_CHAR, .ch = 'a' }, REQ_CHAR, 'a' },
		{ "an umlaut",             { .kind = RAW_CHAR, .ch = 0xfc }, REQ_CHAR, 0xfc },
		{ "PgUp",                  { .kind = RAW_PGUP }, REQ_PGUP, 0 },
		{ "resize is no request",  { .kind = RAW_RESIZE }, REQ_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct key k = keymap_request(t[i].raw);

		print_message("%s\n", t[i].what);
		assert_int_equal(k.req, t[i].want);
		assert_int_equal(k.ch, t[i].ch);
	}
}

/* A request that has a key has words for the help page. */
static void
test_words(void **state)
{
	(void)state;
	for (int r = REQ_CHAR; r < REQ_COUNT; r++)
		assert_int_not_equal(request_text((enum request)r)[0], '\0');
	assert_string_equal(request_key(REQ_HELP), "F1");
	assert_string_equal(request_key(REQ_COUNT), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
