/*
 * fuzz_money.c - a typed amount: accepted means that what is shown for it is
 * read as the same amount; refused means zero.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte chooses the currency, the rest is the text.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const currency[] = { "EUR", "JPY", "BHD", "XXX" };
	char text[256], shown[MONEY_TEXT_BYTES];
	int64_t v, again;
	const char *c;

	if (size == 0 || size > sizeof text)
		return 0;
	c = currency[data[0] % (sizeof currency / sizeof currency[0])];
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (money_parse(text, c, &v) != RC_OK) {
		if (v != 0)
			abort();
		return 0;
	}
	if (v <= 0 || v > MONEY_MAX)
		abort();
	money_format_plain(v, c, shown);
	if (money_parse(shown, c, &again) != RC_OK || again != v)
		abort();
	return 0;
}
