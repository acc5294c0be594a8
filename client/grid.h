/*
 * grid.h - lines of typed cells, entered by keyboard all day.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   any number of lines, of which one cell is being typed; Tab and
 *               Enter finish a cell, the last of a line begins the next line.
 *               Amounts are worked out by an adding machine (amount.h).
 * What it isn't: it checks nothing but that amounts are some, and saves
 *               nothing: the page judges with fault() and hears GRID_LINE for each line finished.
 *
 * Ownership: lines are its own; grid_close() wipes and frees. Threads: none.
 */
#ifndef CLIENT_GRID_H
#define CLIENT_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "client/cells.h"
#include "client/field.h"
#include "client/keymap.h"
#include "client/table.h"
#include "client/visit.h"
#include "proto/rc.h"

#define GRID_COLS 10

struct grid_col {
	struct table_col show;
	enum field_kind kind;
	size_t max;		/* bytes, < FIELD_BYTES */
	bool pick;		/* F4 has a list for it */
};

struct grid;

struct grid_spec {
	struct grid_col col[GRID_COLS];
	int n;
	int currency;		/* the column with the currency of the line's amounts, -1: all are of the currency below */
	const char *all_currency;
	/* Why this cell cannot be taken, a sentence; NULL: it can. state is the page's. Optional. */
	const char *(*fault)(const void *state, const struct grid *g, size_t line, int col);
	/* The sign beside the number of a line in which nothing is wrong, and what it is. Optional: none. */
	uint32_t (*mark)(const void *state, const struct grid *g, size_t line, enum theme *t);
};

struct grid {
	const struct grid_spec *spec;
	char **line;		/* lines of them, each with all its cells */
	size_t lines, room;
	size_t on, top;		/* the line being typed, the first in view */
	int    col;
	struct field edit;	/* the cell being typed */
	size_t finished;	/* GRID_LINE: which */
};

enum grid_did {
	GRID_UNHEARD,		/* the key was for nothing here */
	GRID_HEARD,
	GRID_LINE,		/* a line with something in it was left; g->finished says which */
	GRID_GONE,		/* the line g->finished was taken out */
	GRID_PICK,		/* F4 in a cell that has a list; grid_put() answers, and a key that leaves the cell */
	GRID_FULL,		/* out of memory: nothing changed */
};

/* One empty line. RC_NOMEM leaves nothing to close. */
enum rc grid_open(struct grid *g, const struct grid_spec *spec) MUST_CHECK;
void    grid_close(struct grid *g);

/* page: the lines in view. What is wrong with a cell that is left is said; Enter stays in it. */
enum grid_did grid_key(struct grid *g, const void *state, struct visit *v, int page, struct key k);
/* Puts text into the cell being typed, as if it had been. */
void    grid_put(struct grid *g, const char *text);

/* What stands in a cell; of the one being typed, what has been finished of it. Lives until the next call that changes g. */
const char *grid_text(const struct grid *g, size_t line, int col);
/* For lines that come from elsewhere. line == g->lines adds one. RC_INVALID: longer than the column takes. */
enum rc grid_set(struct grid *g, size_t line, int col, const char *text) MUST_CHECK;
bool    grid_line_empty(const struct grid *g, size_t line);
/* The currency of a line as it stands there; may be no currency. */
const char *grid_currency(const struct grid *g, size_t line);

/* Why a cell cannot be taken: an amount that is none, or what the page's fault() says; NULL: it can. */
const char *grid_fault(const struct grid *g, const void *state, size_t line, int col);

/* grid_draw.c: a head, a rule, lines with their numbers; lines in which something is wrong have a sign. */
void grid_draw(const struct grid *g, const void *state, struct cells *c, struct area in);
int  grid_page(int h);	/* the lines in view where the grid has h rows of the page */
size_t grid_top(const struct grid *g, int page);

#endif
