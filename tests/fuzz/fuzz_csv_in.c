/*
 * fuzz_csv_in.c - lines of a file of payments: however it is cut into pieces,
 * the same lines come out, each bounded and printable; and what is taken for a
 * payment is one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte is the length of a piece, the rest is the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/import_file.h"
#include "proto/money.h"
#include "proto/text.h"

#define FUZZ_NOW_MS 1773480413000LL	/* 2026-03-14 09:26:53 UTC */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t number, sum;
};

static void
seen_line(void *ctx, const struct csv_line *l)
{
	struct seen *s = ctx;

	if (l->number <= s->number || l->fields < 1 || l->fields > CSV_IN_FIELDS)
		abort();
	s->number = l->number;
	s->sum = s->sum * 31 + (uint64_t)l->fault * 7 + (uint64_t)l->fields;
	for (int i = 0; i < l->fields && l->fault == CSV_GOOD; i++) {
		size_t n = strlen(l->text[i]);

		if (n > CSV_IN_FIELD_BYTES || !text_is_clean(l->text[i], n))
			abort();
		for (size_t k = 0; k < n; k++)
			s->sum = s->sum * 31 + (uint8_t)l->text[i][k];
	}
}

static struct seen
read_in_pieces(const uint8_t *data, size_t n, size_t piece)
{
	struct seen s = { 0 };
	struct csv_in c;

	csv_in_open(&c, seen_line, &s);
	for (size_t at = 0; at < n; at += piece)
		csv_in_feed(&c, data + at, n - at < piece ? n - at : piece);
	csv_in_end(&c);
	return s;
}

/* The same bytes as a file. */
static void
read_payments(const uint8_t *data, size_t n)
{
	int fd = memfd_create("payments", MFD_CLOEXEC);
	struct import_file f;
	char path[40];
	enum rc r;

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (import_file_open(&f, path, FUZZ_NOW_MS) != RC_OK)
		abort();
	while ((r = import_file_read(&f, 4096)) == RC_AGAIN)
		;
	if (r != RC_OK || (f.payments == 0 && f.faults == 0))
		abort();
	for (size_t i = 0; i < f.payments && i < BATCH_LINES_MAX; i++) {
		const cs_BatchLine *l = &f.payment[i].line;
		char account[ACCOUNT_MAX_BYTES + 1];

		if (l->amount <= 0 || money_exponent(l->currency) < 0 || account_number_parse(l->debit, account) != RC_OK ||
		    account_number_parse(l->payee, account) != RC_OK || !text_is_clean(l->reference, strlen(l->reference)))
			abort();
	}
	for (size_t i = 0; i < f.faults; i++)
		if (f.fault[i].word[0] == '\0')
			abort();
	import_file_close(&f);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, cut;

	if (size < 2)
		return 0;
	whole = read_in_pieces(data + 1, size - 1, size - 1);
	cut = read_in_pieces(data + 1, size - 1, (size_t)data[0] + 1);
	if (whole.sum != cut.sum || whole.number != cut.number)
		abort();
	read_payments(data + 1, size - 1);
	return 0;
}
