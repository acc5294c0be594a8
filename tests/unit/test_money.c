/*
 * test_money.c - amounts and account numbers as people write them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <inttypes.h>
#include <string.h>

#include <cmocka.h>

#include "proto/money.h"

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static void
exponents(void **state)
{
	static const struct { const char *code; int exponent; } row[] = {
		{ "EUR", 2 }, { "USD", 2 }, { "JPY", 0 }, { "KRW", 0 }, { "BHD", 3 }, { "TND", 3 },
		{ "eur", -1 }, { "EU", -1 }, { "EURO", -1 }, { "", -1 }, { "XXX", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++)
		if (money_exponent(row[i].code) != row[i].exponent)
			fail_msg("%s", row[i].code);
}

static void
currencies_are_listed(void **state)
{
	const char *code, *name, *before = "";
	size_t n = 0;

	(void)state;
	for (; (code = money_currency(n, &name)) != NULL; n++) {
		if (money_exponent(code) < 0 || strcmp(before, code) >= 0 || name[0] == '\0')
			fail_msg("%s", code);
		before = code;
	}
	assert_true(n > 50);
	assert_null(money_currency(n + 1, &name));
}

#define BAD (-1)	/* refused */

static void
amounts_are_read(void **state)
{
	static const struct { const char *text, *currency; int64_t want; } row[] = {
		{ "1234.50", "EUR", 123450 }, { "1,234.50", "EUR", 123450 }, { "1 234.50", "EUR", 123450 },
		{ "12,345,678", "EUR", 1234567800 }, { "  7  ", "EUR", 700 }, { "7.5", "EUR", 750 },
		{ "0.01", "EUR", 1 }, { "007", "EUR", 700 }, { "100", "JPY", 100 }, { "1,000", "JPY", 1000 },
		{ "1.234", "BHD", 1234 }, { "1.5", "BHD", 1500 }, { "2", "BHD", 2000 },
		{ "90000000000000.00", "EUR", MONEY_MAX }, { "9000000000000000", "JPY", MONEY_MAX },
		/* too much */
		{ "90000000000000.01", "EUR", BAD }, { "9000000000000001", "JPY", BAD },
		{ "99999999999999999999999999999999999999", "EUR", BAD }, { "18446744073709551617", "JPY", BAD },
		/* too fine */
		{ "0.001", "EUR", BAD }, { "1.0", "JPY", BAD }, { "1.2345", "BHD", BAD },
		/* nothing, or less */
		{ "0", "EUR", BAD }, { "0.00", "EUR", BAD }, { "-1", "EUR", BAD }, { "+1", "EUR", BAD }, { "", "EUR", BAD },
		{ "   ", "EUR", BAD },
		/* not an amount */
		{ "1.", "EUR", BAD }, { ".5", "EUR", BAD }, { "1,23", "EUR", BAD }, { "1,2345", "EUR", BAD },
		{ "1234,567", "EUR", BAD }, { ",123", "EUR", BAD }, { "1,234 567", "EUR", BAD }, { "1,,234", "EUR", BAD },
		{ "1  234", "EUR", BAD }, { "1.234.5", "EUR", BAD }, { "1.2,3", "EUR", BAD }, { "1,234,", "EUR", BAD },
		{ "5e3", "EUR", BAD }, { "0x10", "EUR", BAD }, { "12 EUR", "EUR", BAD }, { "\xd9\xa3", "EUR", BAD },
		{ "1\n", "EUR", BAD }, { "5", "XXX", BAD }, { "5", "", BAD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		int64_t got = 77;
		enum rc r = money_parse(row[i].text, row[i].currency, &got);

		if (r != (row[i].want == BAD ? RC_INVALID : RC_OK) || got != (row[i].want == BAD ? 0 : row[i].want))
			fail_msg("\"%s\" %s gave %s, %" PRId64, row[i].text, row[i].currency, rc_name(r), got);
	}
}

static void
amounts_are_written(void **state)
{
	static const struct { int64_t minor; const char *currency, *text; } row[] = {
		{ 123450, "EUR", "1,234.50 EUR" }, { 0, "EUR", "0.00 EUR" }, { 5, "EUR", "0.05 EUR" },
		{ -5, "EUR", "-0.05 EUR" }, { 99999, "EUR", "999.99 EUR" }, { 100000, "EUR", "1,000.00 EUR" },
		{ -123456789, "USD", "-1,234,567.89 USD" }, { 0, "JPY", "0 JPY" }, { 1234567, "JPY", "1,234,567 JPY" },
		{ 1, "BHD", "0.001 BHD" }, { 1234567, "BHD", "1,234.567 BHD" },
		{ INT64_MAX, "EUR", "92,233,720,368,547,758.07 EUR" }, { INT64_MIN, "EUR", "-92,233,720,368,547,758.08 EUR" },
		{ INT64_MIN, "JPY", "-9,223,372,036,854,775,808 JPY" },
	};
	char text[MONEY_TEXT_BYTES], plain[MONEY_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		money_format(row[i].minor, row[i].currency, text);
		assert_string_equal(text, row[i].text);
		money_format_plain(row[i].minor, row[i].currency, plain);
		assert_int_equal(strlen(plain), strlen(text) - 4);
		assert_memory_equal(plain, text, strlen(plain));
	}
}

/* What is shown can be typed again. */
static void
written_amounts_are_read_back(void **state)
{
	static const char *const currency[] = { "JPY", "EUR", "BHD" };
	char text[MONEY_TEXT_BYTES];
	int64_t got;

	(void)state;
	for (size_t c = 0; c < COUNT(currency); c++)
		for (int64_t v = 1; v <= MONEY_MAX / 7; v = v * 7 + 3) {
			money_format_plain(v, currency[c], text);
			assert_int_equal(money_parse(text, currency[c], &got), RC_OK);
			assert_true(got == v);
		}
}

/* ---- account numbers ---- */

static const char *const good_accounts[] = {
	"XC6400010000000001", "XC3700010000000002", "XC1099999999999999",	/* ours */
	"GB82WEST12345698765432", "DE89370400440532013000", "NO9386011117947",	/* examples of the ISO 13616 register */
	"MT84MALT011000012345MTLCAST001S", "FR1420041010050500013M02606",
};

static void
our_numbers_are_made(void **state)
{
	static const struct { uint32_t branch; uint64_t serial; } row[] = { { 1, 1 }, { 1, 2 }, { 9999, 9999999999u } };
	char made[ACCOUNT_MAX_BYTES + 1], read[ACCOUNT_MAX_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		account_number_make(row[i].branch, row[i].serial, made);
		assert_string_equal(made, good_accounts[i]);
	}
	for (uint64_t serial = 0; serial < 1000; serial++) {
		account_number_make((uint32_t)(serial * 7 % 10000), serial * 9999991, made);
		assert_int_equal(account_number_parse(made, read), RC_OK);
		assert_string_equal(made, read);
	}
}

static void
numbers_are_read_as_people_write_them(void **state)
{
	static const struct { const char *text, *want; } row[] = {
		{ "XC64 0001 0000 0000 01", "XC6400010000000001" }, { " xc6400010000000001 ", "XC6400010000000001" },
		{ "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432" },
		{ "", NULL }, { "XC64", NULL }, { "XC640001000000000", NULL }, { "XC64000100000000010", NULL },
		{ "XC6400010000000002", NULL }, { "XC6400O10000000001", NULL }, { "XC64-0001-0000-0000-01", NULL },
		{ "6400010000000001XC", NULL }, { "GB82WEST1234569876543\xc3\xab", NULL },
		{ "GB82WEST12345698765432GB82WEST123456987", NULL }, { "GB82WEST12345698765433", NULL },
	};
	char got[ACCOUNT_MAX_BYTES + 1], shown[48], small[6];

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		enum rc r = account_number_parse(row[i].text, got);

		if (r != (row[i].want == NULL ? RC_INVALID : RC_OK))
			fail_msg("\"%s\"", row[i].text);
		assert_string_equal(got, row[i].want == NULL ? "" : row[i].want);
	}
	for (size_t i = 0; i < COUNT(good_accounts); i++) {
		account_number_format(good_accounts[i], shown, sizeof shown);
		assert_int_equal(account_number_parse(shown, got), RC_OK);
		assert_string_equal(got, good_accounts[i]);
	}
	account_number_format("XC6400010000000001", shown, sizeof shown);
	assert_string_equal(shown, "XC64 0001 0000 0000 01");
	account_number_format("XC6400010000000001", small, sizeof small);
	assert_int_equal(strlen(small), 5);
	account_number_format("XC64", small, 0);
}

/* Check digits 00, 01 and 99 would be second spellings of 97, 98 and 02. */
static void
every_number_has_one_spelling(void **state)
{
	char text[ACCOUNT_MAX_BYTES + 1], got[ACCOUNT_MAX_BYTES + 1];

	(void)state;
	for (uint64_t serial = 0; serial < 300; serial++) {
		unsigned good = 0;

		account_number_make(3, serial, text);
		for (int check = 0; check < 100; check++) {
			text[2] = (char)('0' + check / 10);
			text[3] = (char)('0' + check % 10);
			good += account_number_parse(text, got) == RC_OK;
		}
		assert_int_equal(good, 1);
	}
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
every_slip_of_the_finger_is_caught(void **state)
{
	char text[ACCOUNT_MAX_BYTES + 1], got[ACCOUNT_MAX_BYTES + 1];
	unsigned slips = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(good_accounts); i++) {
		const char *good = good_accounts[i];

		assert_int_equal(account_number_parse(good, got), RC_OK);
		for (size_t at = 0; good[at] != '\0'; at++) {
			strcpy(text, good);
			for (char d = '0'; is_digit(good[at]) && d <= '9'; d++) {
				text[at] = d;
				if (d == good[at])
					continue;
				slips++;
				if (account_number_parse(text, got) == RC_OK)
					fail_msg("%s passes for %s", text, good);
			}
			strcpy(text, good);
			if (good[at + 1] == '\0' || good[at] == good[at + 1] || is_digit(good[at]) != is_digit(good[at + 1]))
				continue;
			text[at] = good[at + 1];
			text[at + 1] = good[at];
			slips++;
			if (account_number_parse(text, got) == RC_OK)
				fail_msg("%s passes for %s", text, good);
		}
	}
	assert_true(slips > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exponents),
		cmocka_unit_test(currencies_are_listed),
		cmocka_unit_test(amounts_are_read),
		cmocka_unit_test(amounts_are_written),
		cmocka_unit_test(written_amounts_are_read_back),
		cmocka_unit_test(our_numbers_are_made),
		cmocka_unit_test(numbers_are_read_as_people_write_them),
		cmocka_unit_test(every_number_has_one_spelling),
		cmocka_unit_test(every_slip_of_the_finger_is_caught),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
