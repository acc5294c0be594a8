/*
 * amount.c - the adding machine.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/amount.h"

#include <stdbool.h>

#include "proto/money.h"

/* One digit more; false: above what money can be. */
static bool
amount_digit(int64_t *value, char digit)
{
	*value = *value * 10 + (digit - '0');
	return *value <= MONEY_MAX;
}

/* One number; *s stands behind it afterwards. */
static bool
amount_number(const char **s, int exponent, int64_t *minor)
{
	const char *p = *s;
	int64_t value = 0;
	int whole = 0, decimals = 0;

	for (; (*p >= '0' && *p <= '9') || *p == ' '; p++) {
		if (*p == ' ')
			continue;
		whole++;
		if (!amount_digit(&value, *p))
			return false;
	}
	if (*p == ',' || *p == '.') {
		for (p++; *p >= '0' && *p <= '9'; p++) {
			if (++decimals > exponent || !amount_digit(&value, *p))
				return false;
		}
		if (decimals == 0)
			return false;
	}
	for (int i = decimals; i < exponent; i++)
		if (!amount_digit(&value, '0'))
			return false;
	while (*p == ' ')
		p++;
	*s = p;
	*minor = value;
	return whole > 0;
}

/* Numbers with * between them, of which the product has no more decimals than an amount. */
static bool
amount_product(const char **s, int exponent, int64_t *minor)
{
	int64_t one = 1, factor, product;

	for (int i = 0; i < exponent; i++)
		one *= 10;
	if (!amount_number(s, exponent, minor))
		return false;
	while (**s == '*') {
		(*s)++;
		if (!amount_number(s, exponent, &factor) || __builtin_mul_overflow(*minor, factor, &product) || product % one != 0 ||
		    product / one > MONEY_MAX)
			return false;
		*minor = product / one;
	}
	return true;
}

enum rc
amount_calc(const char *text, int exponent, int64_t *minor)
{
	int64_t sum = 0, number;
	bool minus = false;

	for (;;) {
		if (!amount_product(&text, exponent, &number))
			return RC_INVALID;
		sum += minus ? -number : number;
		if (sum > MONEY_MAX || sum < -MONEY_MAX)
			return RC_INVALID;
		if (*text == '\0')
			break;
		if (*text != '+' && *text != '-')
			return RC_INVALID;
		minus = *text++ == '-';
	}
	if (sum <= 0)
		return RC_INVALID;
	*minor = sum;
	return RC_OK;
}

void
amount_text(int64_t minor, int exponent, char dst[static AMOUNT_TEXT_BYTES])
{
	char turned[AMOUNT_TEXT_BYTES];
	int n = 0;

	/* From the last digit on: at least one before the point. */
	for (int i = 0; i <= exponent || minor > 0; i++) {
		if (i == exponent && exponent > 0)
			turned[n++] = '.';
		turned[n++] = (char)('0' + minor % 10);
		minor /= 10;
	}
	for (int i = 0; i < n; i++)
		dst[i] = turned[n - 1 - i];
	dst[n] = '\0';
}
