/*
 * grid_draw.c - what a grid looks like.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "client/amount.h"
#include "client/grid.h"
#include "proto/money.h"

#define GRID_HEAD   2	/* titles and a rule */
#define GRID_GUTTER 7	/* a mark, the number of the line, a sign */

int
grid_page(int h)
{
	return h > GRID_HEAD ? h - GRID_HEAD : 1;
}

size_t
grid_top(const struct grid *g, int page)
{
	size_t top = g->top, n = (size_t)page;

	if (g->on < top)
		top = g->on;
	return g->on >= top + n ? g->on - n + 1 : top;
}

static void
grid_widths(const struct grid_spec *s, int w, int widths[static TABLE_COLS])
{
	struct table_col cols[GRID_COLS];
	struct table_source source = { .cols = cols, .n = s->n };

	for (int i = 0; i < s->n; i++)
		cols[i] = s->col[i].show;
	table_widths(&source, w, widths);
}

static bool
grid_wrong(const struct grid *g, const void *state, size_t line)
{
	if (line == g->on || grid_line_empty(g, line))
		return false;
	for (int i = 0; i < g->spec->n; i++)
		if (grid_fault(g, state, line, i) != NULL)
			return true;
	return false;
}

/* What stands in a cell, as one reads it. */
static void
grid_shown(const struct grid *g, size_t line, int col, struct field *f)
{
	const char *text = grid_text(g, line, col), *currency = grid_currency(g, line);
	char grouped[MONEY_TEXT_BYTES];
	int exponent = money_exponent(currency);
	int64_t minor;

	*f = (struct field){ .kind = g->spec->col[col].kind, .max = FIELD_BYTES - 1 };
	if (f->kind == FIELD_AMOUNT && exponent >= 0 && amount_calc(text, exponent, &minor) == RC_OK) {
		money_format_plain(minor, currency, grouped);
		text = grouped;
	}
	field_set(f, text);
}

static void
grid_draw_line(const struct grid *g, struct cells *c, int y, int x, const int *widths, size_t line, uint32_t row)
{
	struct field shown;

	/*
	 * A field has a column of air on each side; in a grid that is the gap between two. The one being typed
	 * may be full with the cursor behind it: there the next one, drawn later, has its gap.
	 */
	for (int i = 0; i < g->spec->n; i++) {
		if (widths[i] == 0)
			continue;
		if (line == g->on && i == g->col) {
			field_draw(&g->edit, c, y, x - 1, widths[i] + (g->edit.kind == FIELD_AMOUNT ? 2 : 3), true);
		} else {
			grid_shown(g, line, i, &shown);
			field_draw(&shown, c, y, x - 1, widths[i] + 2, false);
			field_wipe(&shown);
		}
		cells_zone(c, (struct area){ y, x, 1, widths[i] }, REQ_CLICK, row * GRID_COLS + (uint32_t)i);
		x += widths[i] + 1;
	}
}

static void
grid_draw_head(const struct grid_spec *s, struct cells *c, struct area in, const int *widths)
{
	int x = in.x + GRID_GUTTER;

	cells_right(c, in.y, in.x + GRID_GUTTER - 2, 4, THEME_DIM, "Line");
	for (int i = 0; i < s->n; i++) {
		if (widths[i] == 0)
			continue;
		if (s->col[i].show.right)
			cells_right(c, in.y, x + widths[i], widths[i], THEME_DIM, s->col[i].show.title);
		else
			cells_text(c, in.y, x, widths[i], THEME_DIM, s->col[i].show.title);
		x += widths[i] + 1;
	}
	cells_rule(c, in.y + 1, in.x, in.w);
}

static void
grid_draw_sign(const struct grid *g, const void *state, struct cells *c, int y, int x, size_t line)
{
	enum theme t = THEME_DIM;
	uint32_t sign = ' ';

	if (grid_wrong(g, state, line)) {
		t = THEME_BAD;
		sign = '!';
	} else if (g->spec->mark != NULL) {
		sign = g->spec->mark(state, g, line, &t);
	}
	cells_put(c, y, x, t, sign);
}

void
grid_draw(const struct grid *g, const void *state, struct cells *c, struct area in)
{
	int widths[TABLE_COLS] = { 0 }, page = grid_page(in.h), here = -1;
	size_t top = grid_top(g, page);
	char number[24];

	grid_widths(g->spec, in.w - GRID_GUTTER - 1, widths);
	grid_draw_head(g->spec, c, in, widths);
	for (int i = 0; i < page && top + (size_t)i < g->lines && GRID_HEAD + i < in.h; i++) {
		size_t line = top + (size_t)i;
		int y = in.y + GRID_HEAD + i;

		if (line == g->on)
			here = y;
		snprintf(number, sizeof number, "%zu", line + 1);
		cells_right(c, y, in.x + GRID_GUTTER - 2, 4, line == g->on ? THEME_STRONG : THEME_DIM, number);
		grid_draw_sign(g, state, c, y, in.x + GRID_GUTTER - 2, line);
		grid_draw_line(g, c, y, in.x + GRID_GUTTER, widths, line, (uint32_t)i);
	}
	if (here >= 0)
		cells_put(c, here, in.x, THEME_STRONG, 0x25b8);
}
