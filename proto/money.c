/*
 * money.c - amounts, currencies and account numbers as texts.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/money.h"

/* ISO 4217, list one: the code, its minor unit and a name. */
static const struct {
	char code[CURRENCY_BYTES + 1];
	int  exponent;
	const char *name;
} money_currencies[] = {
	{ "AED", 2, "UAE dirham" }, { "ARS", 2, "Argentine peso" }, { "AUD", 2, "Australian dollar" },
	{ "BGN", 2, "Bulgarian lev" }, { "BHD", 3, "Bahraini dinar" }, { "BRL", 2, "Brazilian real" },
	{ "CAD", 2, "Canadian dollar" }, { "CHF", 2, "Swiss franc" }, { "CLP", 0, "Chilean peso" },
	{ "CNY", 2, "Yuan renminbi" }, { "COP", 2, "Colombian peso" }, { "CZK", 2, "Czech koruna" },
	{ "DKK", 2, "Danish krone" }, { "EGP", 2, "Egyptian pound" }, { "EUR", 2, "Euro" },
	{ "GBP", 2, "Pound sterling" }, { "GEL", 2, "Georgian lari" }, { "GHS", 2, "Ghana cedi" },
	{ "HKD", 2, "Hong Kong dollar" }, { "HUF", 2, "Hungarian forint" }, { "IDR", 2, "Indonesian rupiah" },
	{ "ILS", 2, "New Israeli sheqel" }, { "INR", 2, "Indian rupee" }, { "ISK", 0, "Iceland krona" },
	{ "JOD", 3, "Jordanian dinar" }, { "JPY", 0, "Japanese yen" }, { "KES", 2, "Kenyan shilling" },
	{ "KRW", 0, "South Korean won" }, { "KWD", 3, "Kuwaiti dinar" }, { "MAD", 2, "Moroccan dirham" },
	{ "MXN", 2, "Mexican peso" }, { "MYR", 2, "Malaysian ringgit" }, { "NGN", 2, "Nigerian naira" },
	{ "NOK", 2, "Norwegian krone" }, { "NZD", 2, "New Zealand dollar" }, { "OMR", 3, "Omani rial" },
	{ "PHP", 2, "Philippine peso" }, { "PKR", 2, "Pakistan rupee" }, { "PLN", 2, "Polish zloty" },
	{ "QAR", 2, "Qatari rial" }, { "RON", 2, "Romanian leu" }, { "RSD", 2, "Serbian dinar" },
	{ "SAR", 2, "Saudi riyal" }, { "SEK", 2, "Swedish krona" }, { "SGD", 2, "Singapore dollar" },
	{ "THB", 2, "Thai baht" }, { "TND", 3, "Tunisian dinar" }, { "TRY", 2, "Turkish lira" },
	{ "TWD", 2, "New Taiwan dollar" }, { "UAH", 2, "Ukrainian hryvnia" }, { "UGX", 0, "Uganda shilling" },
	{ "USD", 2, "US dollar" }, { "VND", 0, "Vietnamese dong" }, { "XAF", 0, "CFA franc BEAC" },
	{ "XOF", 0, "CFA franc BCEAO" }, { "ZAR", 2, "South African rand" },
};

int
money_exponent(const char *currency)
{
	for (size_t i = 0; i < sizeof money_currencies / sizeof money_currencies[0]; i++)
		if (strcmp(money_currencies[i].code, currency) == 0)
			return money_currencies[i].exponent;
	return -1;
}

const char *
money_currency(size_t i, const char **name)
{
	if (i >= sizeof money_currencies / sizeof money_currencies[0])
		return NULL;
	*name = money_currencies[i].name;
	return money_currencies[i].code;
}

static bool
money_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One more digit; false when the amount would pass MONEY_MAX. */
static bool
money_push(int64_t *v, char digit)
{
	*v = *v * 10 + (digit - '0');
	return *v <= MONEY_MAX;
}

/*
 * The whole part: digits, or groups of three behind a first group of one to
 * three, all split by the same sign. Returns where it ends, NULL if it is none.
 */
static const char *
money_parse_whole(const char *s, int64_t *v)
{
	char split = '\0';
	size_t run = 0;

	for (;; s++) {
		if (money_is_digit(*s)) {
			if (!money_push(v, *s) || (split != '\0' && run == 3))
				return NULL;
			run++;
		} else if ((*s == ',' || *s == ' ') && money_is_digit(s[1])) {
			if (run == 0 || run > 3 || (split != '\0' && (*s != split || run != 3)))
				return NULL;
			split = *s;
			run = 0;
		} else {
			return run == 0 || (split != '\0' && run != 3) ? NULL : s;
		}
	}
}

enum rc
money_parse(const char *text, const char *currency, int64_t *minor)
{
	int exponent = money_exponent(currency), decimals = 0;
	int64_t v = 0;

	*minor = 0;
	if (exponent < 0)
		return RC_INVALID;
	text += strspn(text, " ");
	if ((text = money_parse_whole(text, &v)) == NULL)
		return RC_INVALID;
	if (*text == '.') {
		for (text++; money_is_digit(*text); text++, decimals++)
			if (decimals == exponent || !money_push(&v, *text))
				return RC_INVALID;
		if (decimals == 0)
			return RC_INVALID;
	}
	if (text[strspn(text, " ")] != '\0')
		return RC_INVALID;
	for (; decimals < exponent; decimals++)
		if (!money_push(&v, '0'))
			return RC_INVALID;
	if (v == 0)
		return RC_INVALID;
	*minor = v;
	return RC_OK;
}

void
money_format_plain(int64_t minor, const char *currency, char dst[static MONEY_TEXT_BYTES])
{
	uint64_t left = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
	int exponent = money_exponent(currency);
	char back[MONEY_TEXT_BYTES], *p;
	size_t n = 0;

	if (exponent < 0)
		exponent = 0;
	for (int digits = 0; digits <= exponent || left != 0; digits++, left /= 10) {
		if (digits == exponent && exponent > 0)
			back[n++] = '.';
		if (digits > exponent && (digits - exponent) % 3 == 0)
			back[n++] = ',';
		back[n++] = (char)('0' + left % 10);
	}
	if (minor < 0)
		back[n++] = '-';
	for (p = dst; n > 0; )
		*p++ = back[--n];
	*p = '\0';
}

void
money_format(int64_t minor, const char *currency, char dst[static MONEY_TEXT_BYTES])
{
	size_t n;

	money_format_plain(minor, currency, dst);
	n = strlen(dst);
	snprintf(dst + n, MONEY_TEXT_BYTES - n, " %.*s", (int)CURRENCY_BYTES, currency);
}

/* ---- account numbers ---- */

#define ACCOUNT_COUNTRY  "XC"
#define ACCOUNT_OURS_BYTES 18u
#define ACCOUNT_MIN_BYTES  15u	/* the shortest in the ISO 13616 register */

static int
account_char_value(char c)
{
	if (money_is_digit(c))
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return -1;
}

/* ISO 7064 mod 97-10 over the number with its first four characters moved to the end. */
static unsigned
account_remainder(const char *number)
{
	size_t n = strlen(number);
	unsigned r = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = (unsigned)account_char_value(number[(i + 4) % n]);

		r = (v < 10 ? r * 10 + v : r * 100 + v) % 97;
	}
	return r;
}

void
account_number_make(uint32_t branch, uint64_t serial, char dst[static ACCOUNT_MAX_BYTES + 1])
{
	unsigned check;

	assert(branch <= 9999 && serial <= 9999999999u);
	snprintf(dst, ACCOUNT_MAX_BYTES + 1, ACCOUNT_COUNTRY "00%04" PRIu32 "%010" PRIu64, branch, serial);
	check = 98 - account_remainder(dst);
	dst[2] = (char)('0' + check / 10);
	dst[3] = (char)('0' + check % 10);
}

static bool
account_form_is_right(const char *s, size_t n)
{
	bool ours = strncmp(s, ACCOUNT_COUNTRY, 2) == 0;
	int check;

	if (n < ACCOUNT_MIN_BYTES || (ours && n != ACCOUNT_OURS_BYTES))
		return false;
	if (money_is_digit(s[0]) || money_is_digit(s[1]))
		return false;
	for (size_t i = 2; i < n; i++)
		if ((i < 4 || ours) && !money_is_digit(s[i]))
			return false;
	check = (s[2] - '0') * 10 + s[3] - '0';
	return check >= 2 && check <= 98;	/* 00, 01 and 99 would be second spellings */
}

enum rc
account_number_parse(const char *text, char dst[static ACCOUNT_MAX_BYTES + 1])
{
	size_t n = 0;

	memset(dst, 0, ACCOUNT_MAX_BYTES + 1);
	for (; *text != '\0'; text++) {
		char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;

		if (c == ' ')
			continue;
		if (n == ACCOUNT_MAX_BYTES || account_char_value(c) < 0)
			goto invalid;
		dst[n++] = c;
	}
	if (account_form_is_right(dst, n) && account_remainder(dst) == 1)
		return RC_OK;
invalid:
	memset(dst, 0, ACCOUNT_MAX_BYTES + 1);
	return RC_INVALID;
}

void
account_number_format(const char *number, char *dst, size_t n)
{
	size_t used = 0;

	if (n == 0)
		return;
	for (size_t i = 0; number[i] != '\0'; i++) {
		if (i > 0 && i % 4 == 0 && used + 1 < n)
			dst[used++] = ' ';
		if (used + 1 < n)
			dst[used++] = number[i];
	}
	dst[used] = '\0';
}
