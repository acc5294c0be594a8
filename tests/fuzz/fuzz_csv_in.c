/*
 * fuzz_csv_in.c - lines of a file of payments: however it is cut into pieces,
 * the same lines come out, each bounded and printable.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte is the length of a piece, the rest is the file.
 */
#include <stdlib.h>
#include <string.h>

#include "client/csv_in.h"
#include "proto/text.h"

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
	return 0;
}
