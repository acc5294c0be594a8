/*
 * fuzz_seal_file.c - a seal file from outside: a line that is accepted is
 * written back the same, and a whole file never leads to a trusted head
 * without a right signature.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "db/seal_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The public key belongs to no secret key that an input could hold. */
static enum rc
trusted(void *ctx, const struct seal *s, const struct audit_head *h)
{
	(void)ctx;
	(void)s;
	(void)h;
	abort();
}

static enum rc
told(void *ctx, uint64_t line, enum rc why, const char *text)
{
	if (line == 0 || why == RC_OK || text == NULL)
		abort();
	++*(unsigned *)ctx;
	return RC_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t pub[SIGN_PUBLIC_BYTES] = { 9 };
	unsigned faults = 0;
	struct seal_reader r = { .head = trusted, .fault = told, .ctx = &faults };
	char back[SEAL_LINE_MAX];
	struct seal_line l;
	FILE *f;

	if (crypto_init() != RC_OK)
		abort();
	if (seal_line_get((const char *)data, size, &l) == RC_OK &&
	    (seal_line_put(&l, back) != size || memcmp(back, data, size) != 0))
		abort();
	if (size > 0 && (f = fmemopen((void *)(uintptr_t)data, size, "r")) != NULL) {
		(void)!seal_file_read(f, pub, &r);
		fclose(f);
	}
	return 0;
}
