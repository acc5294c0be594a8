/*
 * csv.c - RFC 4180 with a guard against formulas.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "proto/csv.h"
#include "proto/money.h"

void
csv_text(FILE *to, bool first, const char *text)
{
	if (!first)
		fputc(',', to);
	fputc('"', to);
	if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
		fputc('\'', to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

void
csv_plain(FILE *to, bool first, const char *text)
{
	fprintf(to, "%s%s", first ? "" : ",", text);
}

void
csv_amount(FILE *to, bool first, int64_t minor, const char *currency)
{
	char text[MONEY_TEXT_BYTES], *w = text;

	money_format_plain(minor, currency, text);
	for (const char *r = text; *r != '\0'; r++)
		if (*r != ',')
			*w++ = *r;
	*w = '\0';
	csv_plain(to, first, text);
}

void
csv_end(FILE *to)
{
	fputs("\r\n", to);
}
