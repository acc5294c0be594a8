/*
 * csv.h - fields of comma-separated values for spreadsheets.
 * SPDX-License-Identifier: Apache-2.0
 *
 * RFC 4180: lines end in CR LF, fields in quotes, quotes doubled. A spreadsheet
 * takes a text that begins with = + - @, a tab or a return for a formula; such a
 * one gets a ' in front, as OWASP (CSV Injection) advises. Threads: none.
 */
#ifndef PROTO_CSV_H
#define PROTO_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A text of people, UTF-8, guarded. `first`: no comma before it. */
void    csv_text(FILE *to, bool first, const char *text);
/* What the bank itself wrote: numbers, times. No guard: an amount may be negative. No quotes or commas in it. */
void    csv_plain(FILE *to, bool first, const char *text);
/* An amount in minor units: "-1234.50", a point and no groups. */
void    csv_amount(FILE *to, bool first, int64_t minor, const char *currency);
void    csv_end(FILE *to);

#endif
