/*
 * fuzz_account_number.c - a typed account number: accepted means that the
 * clean form, and the form in groups, are read as the same number.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[256], number[ACCOUNT_MAX_BYTES + 1], again[ACCOUNT_MAX_BYTES + 1], shown[2 * ACCOUNT_MAX_BYTES];

	if (size >= sizeof text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (account_number_parse(text, number) != RC_OK) {
		if (number[0] != '\0')
			abort();
		return 0;
	}
	if (strspn(number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(number))
		abort();
	account_number_format(number, shown, sizeof shown);
	if (account_number_parse(number, again) != RC_OK || strcmp(number, again) != 0 ||
	    account_number_parse(shown, again) != RC_OK || strcmp(number, again) != 0)
		abort();
	return 0;
}
