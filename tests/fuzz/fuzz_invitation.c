/*
 * fuzz_invitation.c - a pasted invitation: accepted means that what is written
 * for it is read as the same; refused comes with a sentence.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "proto/invitation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct invitation v, again;
	char text[INVITATION_MAX_BYTES], err[200] = "";
	size_t n;

	if (invitation_get((const char *)data, size, &v, err, sizeof err) != RC_OK) {
		if (err[0] == '\0')
			abort();
		return 0;
	}
	n = invitation_put(&v, text);
	if (n >= sizeof text || invitation_get(text, n, &again, err, sizeof err) != RC_OK ||
	    memcmp(&v, &again, sizeof v) != 0)
		abort();
	return 0;
}
