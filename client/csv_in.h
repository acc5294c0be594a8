/*
 * csv_in.h - lines of comma-separated values from a file nobody vouches for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   RFC 4180 read a piece at a time in fixed memory: fields may be
 *               in quotes, lines end in LF or CR LF, a byte order mark at the
 *               start is skipped. The first line says whether fields are
 *               parted by commas or by semicolons.
 * What it isn't: it knows no column; import_file.h does. A field holds no line
 *               break, so that one bad line never takes the next with it.
 *
 * Threads: none.
 */
#ifndef CLIENT_CSV_IN_H
#define CLIENT_CSV_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_IN_FIELDS 6
#define CSV_IN_FIELD_BYTES 160u

enum csv_fault {
	CSV_GOOD,
	CSV_LONG,		/* a field has more than CSV_IN_FIELD_BYTES bytes */
	CSV_FIELDS_MANY,	/* more than CSV_IN_FIELDS */
	CSV_NUL,
	CSV_QUOTE,		/* one inside a field without, or something behind the closing one */
	CSV_QUOTE_OPEN,		/* the line ends before the closing one */
	CSV_CHARSET,		/* not UTF-8, or characters that cannot be printed */
};

/* One line; empty ones are skipped. Borrowed for the call. */
struct csv_line {
	uint64_t number;	/* of the file, from 1 */
	enum csv_fault fault;
	int  fields;		/* of them text; with a fault: as far as it was read */
	char (*text)[CSV_IN_FIELD_BYTES + 1];
};

typedef void csv_line_fn(void *ctx, const struct csv_line *l);

struct csv_in {
	csv_line_fn *line;
	void *ctx;
	/* the line being read */
	uint64_t number;
	char sep;		/* 0: not known yet */
	enum csv_fault fault;
	int  fields;		/* before the one being read */
	size_t len;
	bool any, quoted, closed, first;
	unsigned mark;		/* bytes of the byte order mark seen */
	char text[CSV_IN_FIELDS][CSV_IN_FIELD_BYTES + 1];
};

void csv_in_open(struct csv_in *c, csv_line_fn *line, void *ctx);
/* Any bytes in any pieces; calls line for each that ends in them. */
void csv_in_feed(struct csv_in *c, const uint8_t *bytes, size_t n);
/* The last line, if no line break ended it. */
void csv_in_end(struct csv_in *c);
/* What is wrong, a sentence for whoever made the file. */
const char *csv_fault_text(enum csv_fault f);

#endif
