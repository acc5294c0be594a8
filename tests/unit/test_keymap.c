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
		{ "F2",                    { .kind = RAW_FUNCTION, .ch = 2 }, REQ_NEW, 0 },
		{ "F3",                    { .kind = RAW_FUNCTION, .ch = 3 }, REQ_FIND, 0 },
		{ "F4",                    { .kind = RAW_FUNCTION, .ch = 4 }, REQ_PICK, 0 },
		{ "F6",                    { .kind = RAW_FUNCTION, .ch = 6 }, REQ_COPY, 0 },
		{ "F7",                    { .kind = RAW_FUNCTION, .ch = 7 }, REQ_REFUSE, 0 },
		{ "F11 means nothing",     { .kind = RAW_FUNCTION, .ch = 11 }, REQ_NONE, 0 },
		{ "F12 means nothing",     { .kind = RAW_FUNCTION, .ch = 12 }, REQ_NONE, 0 },
		{ "Ctrl-N",                { .kind = RAW_CHAR, .ch = 'N' & 0x1f }, REQ_LINE_ADD, 0 },
		{ "Ctrl-D",                { .kind = RAW_CHAR, .ch = 'D' & 0x1f }, REQ_LINE_DROP, 0 },
		{ "Esc 4",                 { .kind = RAW_CHAR, .ch = '4', .alt = true }, REQ_PICK, 0 },
		{ "a slash is typed",      { .kind = RAW_CHAR, .ch = '/' }, REQ_CHAR, '/' },
		{ "a click is the host's", { .kind = RAW_CLICK }, REQ_NONE, 0 },
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

/* No key has a second meaning: what the list shows for two requests differs. */
static void
test_once(void **state)
{
	(void)state;
	for (int r = REQ_NONE; r < REQ_COUNT; r++)
		for (int q = r + 1; q < REQ_COUNT; q++)
			if (request_key((enum request)r)[0] != '\0')
				assert_string_not_equal(request_key((enum request)r), request_key((enum request)q));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table), cmocka_unit_test(test_words), cmocka_unit_test(test_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
