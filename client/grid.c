/*
 * grid.c - typing cells, and the lines they are in.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cell being typed lives in g->edit and goes into its line when it is left.
 */
#include "client/grid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/amount.h"
#include "client/form.h"
#include "proto/crypto.h"
#include "proto/money.h"

static size_t
grid_offset(const struct grid_spec *s, int col)
{
	size_t at = 0;

	for (int i = 0; i < col; i++)
		at += s->col[i].max + 1;
	return at;
}

const char *
grid_text(const struct grid *g, size_t line, int col)
{
	return g->line[line] + grid_offset(g->spec, col);
}

bool
grid_line_empty(const struct grid *g, size_t line)
{
	for (int i = 0; i < g->spec->n; i++)
		if (grid_text(g, line, i)[0] != '\0')
			return false;
	return true;
}

const char *
grid_currency(const struct grid *g, size_t line)
{
	return g->spec->currency < 0 ? g->spec->all_currency : grid_text(g, line, g->spec->currency);
}

/* Takes the cell into the editor. */
static void
grid_load(struct grid *g)
{
	const struct grid_col *col = &g->spec->col[g->col];

	field_wipe(&g->edit);
	g->edit = (struct field){ .label = col->show.title, .kind = col->kind, .max = col->max };
	field_set(&g->edit, grid_text(g, g->on, g->col));
}

/* Cents where the currency is not known yet. */
static int
grid_exponent(const struct grid *g, size_t line)
{
	int exponent = money_exponent(grid_currency(g, line));

	return exponent < 0 ? 2 : exponent;
}

const char *
grid_fault(const struct grid *g, const void *state, size_t line, int col)
{
	const char *text = grid_text(g, line, col);
	int64_t minor;

	if (g->spec->col[col].kind == FIELD_AMOUNT && text[0] != '\0' &&
	    amount_calc(text, grid_exponent(g, line), &minor) != RC_OK)
		return "This is no amount: digits with one decimal comma or point, worked out with + - and *.";
	return g->spec->fault != NULL ? g->spec->fault(state, g, line, col) : NULL;
}

/* Puts the editor's text into its cell; an amount that can be worked out as one number. */
static void
grid_keep(struct grid *g)
{
	char *cell = g->line[g->on] + grid_offset(g->spec, g->col);
	int exponent = grid_exponent(g, g->on);
	char text[AMOUNT_TEXT_BYTES];
	int64_t minor;

	if (g->edit.kind == FIELD_AMOUNT && amount_calc(g->edit.text, exponent, &minor) == RC_OK) {
		amount_text(minor, exponent, text);
		field_set(&g->edit, text);
	}
	memcpy(cell, g->edit.text, g->edit.len + 1);
}

/* One more empty line before at. */
static bool
grid_insert(struct grid *g, size_t at)
{
	char **grown, *fresh;
	size_t room;

	if (g->lines == g->room) {
		room = g->room == 0 ? 16 : g->room * 2;
		if (room > SIZE_MAX / sizeof *grown || (grown = realloc(g->line, room * sizeof *grown)) == NULL)
			return false;
		g->line = grown;
		g->room = room;
	}
	if ((fresh = calloc(1, grid_offset(g->spec, g->spec->n))) == NULL)
		return false;
	memmove(g->line + at + 1, g->line + at, (g->lines - at) * sizeof *g->line);
	g->line[at] = fresh;
	g->lines++;
	return true;
}

enum rc
grid_open(struct grid *g, const struct grid_spec *spec)
{
	*g = (struct grid){ .spec = spec };
	if (!grid_insert(g, 0)) {
		grid_close(g);
		return RC_NOMEM;
	}
	grid_load(g);
	return RC_OK;
}

void
grid_close(struct grid *g)
{
	for (size_t i = 0; i < g->lines; i++) {
		crypto_wipe(g->line[i], grid_offset(g->spec, g->spec->n));
		free(g->line[i]);
	}
	free(g->line);
	field_wipe(&g->edit);
	*g = (struct grid){ 0 };
}

enum rc
grid_set(struct grid *g, size_t line, int col, const char *text)
{
	if (strlen(text) > g->spec->col[col].max)
		return RC_INVALID;
	if (line == g->lines && !grid_insert(g, line))
		return RC_NOMEM;
	memcpy(g->line[line] + grid_offset(g->spec, col), text, strlen(text) + 1);
	if (line == g->on && col == g->col)
		grid_load(g);
	return RC_OK;
}

/* The cell is left: false if something is wrong with it, and then that was said. */
static bool
grid_leave(struct grid *g, const void *state, struct visit *v)
{
	const char *fault;

	grid_keep(g);
	if (g->edit.len == 0 || (fault = grid_fault(g, state, g->on, g->col)) == NULL)
		return true;
	visit_say(v, NOTICE_WARN, "%s", fault);
	return false;
}

/* To another line, which is there; tells whether a line was finished by it. */
static enum grid_did
grid_go(struct grid *g, size_t line, int col)
{
	size_t from = g->on;

	g->on = line;
	g->col = col;
	grid_load(g);
	if (line == from || grid_line_empty(g, from))
		return GRID_HEARD;
	g->finished = from;
	return GRID_LINE;
}

static enum grid_did
grid_next(struct grid *g)
{
	if (g->col + 1 < g->spec->n)
		return grid_go(g, g->on, g->col + 1);
	if (g->on + 1 == g->lines && !grid_insert(g, g->lines))
		return GRID_FULL;
	return grid_go(g, g->on + 1, 0);
}

static enum grid_did
grid_prev(struct grid *g)
{
	if (g->col > 0)
		return grid_go(g, g->on, g->col - 1);
	return g->on > 0 ? grid_go(g, g->on - 1, g->spec->n - 1) : GRID_HEARD;
}

/* The line above where this one is empty, else the cell above; and on to what comes next. */
static enum grid_did
grid_copy(struct grid *g, const void *state, struct visit *v)
{
	grid_keep(g);
	if (g->on == 0) {
		visit_say(v, NOTICE_INFO, "There is no line above.");
		return GRID_HEARD;
	}
	if (grid_line_empty(g, g->on)) {
		memcpy(g->line[g->on], g->line[g->on - 1], grid_offset(g->spec, g->spec->n));
		grid_load(g);
		return GRID_HEARD;
	}
	field_set(&g->edit, grid_text(g, g->on - 1, g->col));
	return grid_leave(g, state, v) ? grid_next(g) : GRID_HEARD;
}

static enum grid_did
grid_drop(struct grid *g)
{
	char *line = g->line[g->on];

	crypto_wipe(line, grid_offset(g->spec, g->spec->n));
	g->finished = g->on;
	if (g->lines > 1) {
		free(line);
		g->lines--;
		memmove(g->line + g->on, g->line + g->on + 1, (g->lines - g->on) * sizeof *g->line);
		if (g->on == g->lines)
			g->on--;
	}
	g->col = 0;
	grid_load(g);
	return GRID_GONE;
}

/* Keys that go to another line, whatever stands in this cell; from an empty last line there is none below. */
static enum grid_did
grid_line_key(struct grid *g, size_t page, enum request req)
{
	size_t last = g->lines - 1, to = g->on;

	switch (req) {
	case REQ_UP:
		to -= to > 0;
		break;
	case REQ_DOWN:
		if (to == last && !grid_line_empty(g, to) && !grid_insert(g, g->lines))
			return GRID_FULL;
		to += to + 1 < g->lines;
		break;
	case REQ_PGUP:
		to = to > page ? to - page : 0;
		break;
	default:
		to = last - to > page ? to + page : last;
		break;
	}
	return grid_go(g, to, g->col);
}

static enum grid_did
grid_click(struct grid *g, uint32_t at)
{
	size_t line = g->top + at / GRID_COLS;
	int col = (int)(at % GRID_COLS);

	return line < g->lines && col < g->spec->n ? grid_go(g, line, col) : GRID_HEARD;
}

static enum grid_did
grid_key_at(struct grid *g, const void *state, struct visit *v, int page, struct key k)
{
	switch (k.req) {
	case REQ_ENTER:
		return grid_leave(g, state, v) ? grid_next(g) : GRID_HEARD;
	case REQ_NEXT:
		grid_leave(g, state, v);
		return grid_next(g);
	case REQ_PREV:
		grid_leave(g, state, v);
		return grid_prev(g);
	case REQ_UP:
	case REQ_DOWN:
	case REQ_PGUP:
	case REQ_PGDN:
		grid_leave(g, state, v);
		return grid_line_key(g, (size_t)page, k.req);
	case REQ_CLICK:
		grid_leave(g, state, v);
		return grid_click(g, k.ch);
	case REQ_COPY:
		return grid_copy(g, state, v);
	case REQ_LINE_ADD:
		grid_keep(g);
		return grid_insert(g, g->on) ? grid_go(g, g->on, 0) : GRID_FULL;
	case REQ_LINE_DROP:
		return grid_drop(g);
	case REQ_PICK:
		if (g->spec->col[g->col].pick)
			return GRID_PICK;
		visit_say(v, NOTICE_INFO, "%s: there is no list to choose from; please type it.", g->spec->col[g->col].show.title);
		return GRID_HEARD;
	default:
		return form_field_key(&g->edit, v, k) ? GRID_HEARD : GRID_UNHEARD;
	}
}

enum grid_did
grid_key(struct grid *g, const void *state, struct visit *v, int page, struct key k)
{
	enum grid_did did = grid_key_at(g, state, v, page, k);

	g->top = grid_top(g, page);
	return did;
}

void
grid_put(struct grid *g, const char *text)
{
	field_set(&g->edit, text);
}
