/*
 * csv_in.c - RFC 4180 by a machine that keeps one line.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What follows a fault in a line is passed over without being looked at, so
 * that a line without an end costs time and no memory.
 */
#include "client/csv_in.h"

#include <string.h>

#include "proto/text.h"

void
csv_in_open(struct csv_in *c, csv_line_fn *line, void *ctx)
{
	*c = (struct csv_in){ .line = line, .ctx = ctx, .number = 1, .first = true };
}

const char *
csv_fault_text(enum csv_fault f)
{
	switch (f) {
	case CSV_LONG:
		return "A field is too long, more than 160 bytes.";
	case CSV_FIELDS_MANY:
		return "Too many columns; a comma may stand in an amount or a text without quotes.";
	case CSV_NUL:
		return "There is a zero byte in it; save the file as CSV in UTF-8.";
	case CSV_QUOTE:
		return "A quote stands inside a field; put all of it in quotes, and each quote twice.";
	case CSV_QUOTE_OPEN:
		return "A quote is not closed before the line ends.";
	case CSV_CHARSET:
		return "Characters that are not UTF-8 or cannot be printed; save the file as CSV in UTF-8.";
	default:
		return "";
	}
}

static void
csv_line_done(struct csv_in *c)
{
	struct csv_line l = { .number = c->number, .text = c->text };

	if (c->quoted && !c->closed && c->fault == CSV_GOOD)
		c->fault = CSV_QUOTE_OPEN;
	if (c->fields < CSV_IN_FIELDS) {
		c->text[c->fields][c->len] = '\0';
		c->fields++;
	}
	for (int i = 0; i < c->fields && c->fault == CSV_GOOD; i++)
		if (!text_is_clean(c->text[i], strlen(c->text[i])))
			c->fault = CSV_CHARSET;
	l.fault = c->fault;
	l.fields = c->fields;
	if (c->any)
		c->line(c->ctx, &l);
	c->number++;
	c->fault = CSV_GOOD;
	c->fields = 0;
	c->len = 0;
	c->any = c->quoted = c->closed = false;
}

static void
csv_field_done(struct csv_in *c)
{
	c->text[c->fields][c->len] = '\0';
	if (c->fields + 1 == CSV_IN_FIELDS) {
		c->fault = CSV_FIELDS_MANY;
		return;
	}
	c->fields++;
	c->len = 0;
	c->quoted = c->closed = false;
}

static void
csv_put(struct csv_in *c, char byte)
{
	if (c->len == CSV_IN_FIELD_BYTES)
		c->fault = CSV_LONG;
	else
		c->text[c->fields][c->len++] = byte;
}

static bool
csv_parts(struct csv_in *c, char byte)
{
	if (c->sep == '\0' && (byte == ',' || byte == ';'))
		c->sep = byte;
	return byte == c->sep && byte != '\0';
}

/* One byte of a line in which nothing is wrong yet. */
static void
csv_byte(struct csv_in *c, char byte)
{
	bool inside = c->quoted && !c->closed;

	c->any = true;
	if (byte == '\0')
		c->fault = CSV_NUL;
	else if (byte == '"' && c->len == 0 && !c->quoted)
		c->quoted = true;
	else if (byte == '"' && inside)
		c->closed = true;
	else if (byte == '"' && c->quoted) {
		c->closed = false;		/* twice: one of the text */
		csv_put(c, '"');
	} else if (!inside && csv_parts(c, byte))
		csv_field_done(c);
	else if (byte == '"' || c->closed)
		c->fault = CSV_QUOTE;
	else
		csv_put(c, byte);
}

/* The mark EF BB BF, which some programs put before UTF-8; false: the byte is none of it. */
static bool
csv_mark(struct csv_in *c, uint8_t byte)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

	if (c->mark < sizeof mark && byte == mark[c->mark]) {
		c->first = ++c->mark < sizeof mark;
		return true;
	}
	c->first = false;
	for (unsigned i = 0; i < c->mark; i++)
		csv_byte(c, (char)mark[i]);
	return false;
}

void
csv_in_feed(struct csv_in *c, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c->first && csv_mark(c, bytes[i]))
			continue;
		if (c->fault != CSV_GOOD) {
			const uint8_t *end = memchr(bytes + i, '\n', n - i);

			if (end == NULL)
				return;
			i = (size_t)(end - bytes);
		}
		if (bytes[i] == '\n') {
			/* The return before it belongs to the line break. */
			if (c->fault == CSV_GOOD && c->len > 0 && c->text[c->fields][c->len - 1] == '\r' && !(c->quoted && !c->closed))
				c->len--;
			csv_line_done(c);
		} else if (bytes[i] == '\r' && c->closed && c->fault == CSV_GOOD) {
			c->any = true;		/* behind the closing quote: only a line break may follow, which it begins */
		} else if (bytes[i] == '\r' && !c->any) {
			continue;		/* an empty line */
		} else {
			csv_byte(c, (char)bytes[i]);
		}
	}
}

void
csv_in_end(struct csv_in *c)
{
	if (c->first && c->mark > 0)
		c->any = true, c->fault = CSV_CHARSET;
	if (c->any)
		csv_line_done(c);
}
