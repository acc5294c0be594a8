/*
 * table.h - any number of rows, of which the visible ones are asked for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a chosen row, the part in view and the columns that give way
 *               where the page is narrow. Rows stay with the page and come
 *               through a callback, a cell at a time.
 * What it isn't: it keeps no text and asks no server.
 *
 * Threads: none.
 */
#ifndef CLIENT_TABLE_H
#define CLIENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/cells.h"
#include "client/field.h"
#include "client/keymap.h"

#define TABLE_COLS 12
#define TABLE_CELL_BYTES 256u

struct table_col {
	const char *title;
	int  least, most;	/* columns of the page; room to spare goes to those with the larger most */
	bool right;		/* amounts: right-aligned and never cut; least is enough for them */
	int  rank;		/* goes away on a narrow page, the highest first; 0: never */
};

struct table_source {
	const struct table_col *cols;
	int  n;			/* of the columns, at most TABLE_COLS */
	size_t rows;
	/* Writes one cell as UTF-8 and says what it is (THEME_TEXT before the call). */
	void (*cell)(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t);
	const void *ctx;
	const char *empty;	/* shown where there is no row */
};

struct table {
	size_t on, top;		/* the chosen row, the first in view */
	bool   follow;		/* rows added on top come into view as long as the first is chosen */
	bool   finding;		/* what is typed goes into find */
	struct field find;
};

/*
 * Up, Down, PgUp, PgDn, Home, End, F3 or '/' to search, a click. page: the rows
 * in view. False: the key was for none of these.
 */
bool table_key(struct table *t, const struct table_source *s, int page, struct key k);
/* n rows came before row at: the same row stays chosen and where it is. */
void table_added(struct table *t, size_t at, size_t n);
/* Columns of the page for each column of the table, 0 for those left out; w in all, one between two. */
void table_widths(const struct table_source *s, int w, int widths[static TABLE_COLS]);
/* A head, a rule, rows; in the last row what is searched for. */
void table_draw(const struct table *t, const struct table_source *s, struct cells *c, struct area in);
/* The rows in view where the table has h rows of the page. */
int  table_page(const struct table *t, int h);

#endif
