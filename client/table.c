/*
 * table.c - choosing, paging, searching and drawing rows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "client/text_find.h"

#define TABLE_HEAD 2	/* titles and a rule */

int
table_page(const struct table *t, int h)
{
	int page = h - TABLE_HEAD - t->finding;

	return page < 1 ? 1 : page;
}

void
table_added(struct table *t, size_t at, size_t n)
{
	if (t->follow && t->on == 0)
		return;
	if (at <= t->on)
		t->on += n;
	if (at <= t->top)
		t->top += n;
}

/* The first row in view: as it was, as long as the chosen one is among them. */
static size_t
table_top(const struct table *t, size_t rows, int page)
{
	size_t top = t->top, n = (size_t)page, last = rows > n ? rows - n : 0;

	if (t->on < top)
		top = t->on;
	if (t->on >= top + n)
		top = t->on - n + 1;
	return top > last ? last : top;
}

static bool
table_row_has(const struct table_source *s, size_t row, const char *word)
{
	char text[TABLE_CELL_BYTES];
	enum theme t;

	for (int i = 0; i < s->n; i++) {
		t = THEME_TEXT;
		text[0] = '\0';
		s->cell(s->ctx, row, i, text, &t);
		if (text[0] != '\0' && text_has(text, word))
			return true;
	}
	return false;
}

/* The next row from this one on that has what is searched for, round the end. */
static void
table_find(struct table *t, const struct table_source *s, size_t from)
{
	for (size_t i = 0; i < s->rows && t->find.len > 0; i++)
		if (table_row_has(s, (from + i) % s->rows, t->find.text)) {
			t->on = (from + i) % s->rows;
			return;
		}
}

/* While something is searched for: typing goes there, Enter and Esc end it. */
static bool
table_find_key(struct table *t, const struct table_source *s, struct key k)
{
	switch (k.req) {
	case REQ_FIND:
		table_find(t, s, t->on + 1);
		return true;
	case REQ_BACK:
	case REQ_ENTER:
		t->finding = false;
		return true;
	case REQ_UP:
	case REQ_DOWN:
	case REQ_PGUP:
	case REQ_PGDN:
	case REQ_CLICK:
		return false;
	default:
		if (!field_key(&t->find, k))
			return false;
		table_find(t, s, t->on);
		return true;
	}
}

static bool
table_move(struct table *t, size_t last, size_t page, struct key k)
{
	switch (k.req) {
	case REQ_UP:
		t->on -= t->on > 0;
		return true;
	case REQ_DOWN:
		t->on += t->on < last;
		return true;
	case REQ_PGUP:
		t->on = t->on > page ? t->on - page : 0;
		return true;
	case REQ_PGDN:
		t->on = last - t->on > page ? t->on + page : last;
		return true;
	case REQ_HOME:
		t->on = 0;
		return true;
	case REQ_END:
		t->on = last;
		return true;
	case REQ_CLICK:
		t->on = t->top + k.ch > last ? last : t->top + k.ch;
		return true;
	default:
		return false;
	}
}

bool
table_key(struct table *t, const struct table_source *s, int page, struct key k)
{
	size_t last = s->rows > 0 ? s->rows - 1 : 0;
	bool mine;

	if (t->on > last)
		t->on = last;
	t->top = table_top(t, s->rows, page);
	if (k.req == REQ_FIND || (k.req == REQ_CHAR && k.ch == '/' && !t->finding)) {
		if (!t->finding && t->find.len == 0)
			t->find = (struct field){ .label = "Search", .kind = FIELD_TEXT, .max = FIELD_BYTES - 1 };
		mine = t->finding ? table_find_key(t, s, k) : true;
		t->finding = true;
		return mine;
	}
	mine = (t->finding && table_find_key(t, s, k)) || table_move(t, last, (size_t)page, k);
	t->top = table_top(t, s->rows, page);
	return mine;
}

/* Leaves out columns until what the others need at least fits; returns the room that is left. */
static int
table_fit(const struct table_source *s, int w, bool shown[static TABLE_COLS])
{
	int out, need = -1;

	for (int i = 0; i < s->n; i++) {
		shown[i] = true;
		need += s->cols[i].least + 1;
	}
	while (need > w) {
		out = -1;
		for (int i = 0; i < s->n; i++)
			if (shown[i] && s->cols[i].rank > 0 && (out < 0 || s->cols[i].rank >= s->cols[out].rank))
				out = i;
		if (out < 0)
			break;
		shown[out] = false;
		need -= s->cols[out].least + 1;
	}
	return w - need;
}

void
table_widths(const struct table_source *s, int w, int widths[static TABLE_COLS])
{
	bool shown[TABLE_COLS] = { false }, grew = true;
	int spare = table_fit(s, w, shown);

	for (int i = 0; i < s->n; i++)
		widths[i] = shown[i] ? s->cols[i].least : 0;
	/* A column of the page at a time, in turn, to everybody who wants more. */
	while (spare > 0 && grew) {
		grew = false;
		for (int i = 0; i < s->n && spare > 0; i++)
			if (shown[i] && widths[i] < s->cols[i].most) {
				widths[i]++;
				spare--;
				grew = true;
			}
	}
}

static void
table_draw_row(const struct table_source *s, const int *widths, struct cells *c, struct area in, int y, size_t row, bool on)
{
	char text[TABLE_CELL_BYTES];
	int x = in.x;

	if (on)
		cells_fill(c, (struct area){ y, in.x, 1, in.w }, THEME_CHOICE_ON, ' ');
	for (int i = 0; i < s->n; i++) {
		enum theme t = THEME_TEXT;

		if (widths[i] == 0)
			continue;
		text[0] = '\0';
		s->cell(s->ctx, row, i, text, &t);
		if (on)
			t = THEME_CHOICE_ON;
		if (s->cols[i].right)
			cells_right(c, y, x + widths[i], widths[i], t, text);
		else
			cells_text(c, y, x, widths[i], t, text);
		x += widths[i] + 1;
	}
}

static void
table_draw_find(const struct table *t, const struct table_source *s, struct cells *c, struct area in)
{
	int y = in.y + in.h - 1;

	cells_text(c, y, in.x, 8, THEME_DIM, "Search /");
	field_draw(&t->find, c, y, in.x + 9, in.w > 50 ? 30 : in.w - 9, true);
	if (t->find.len > 0 && (s->rows == 0 || !table_row_has(s, t->on, t->find.text)))
		cells_text(c, y, in.x + 41, in.w - 41, THEME_WARN, "! not found");
	else
		cells_text(c, y, in.x + 41, in.w - 41, THEME_DIM, "F3 the next");
}

void
table_draw(const struct table *t, const struct table_source *s, struct cells *c, struct area in)
{
	int widths[TABLE_COLS] = { 0 }, x, page = table_page(t, in.h);
	struct area rows = { in.y, in.x + 2, in.h, in.w - 3 };
	struct table now = *t;

	if (now.on >= s->rows)
		now.on = s->rows > 0 ? s->rows - 1 : 0;
	now.top = table_top(&now, s->rows, page);
	table_widths(s, rows.w, widths);
	x = rows.x;
	for (int i = 0; i < s->n; i++) {
		if (widths[i] == 0)
			continue;
		if (s->cols[i].right)
			cells_right(c, in.y, x + widths[i], widths[i], THEME_DIM, s->cols[i].title);
		else
			cells_text(c, in.y, x, widths[i], THEME_DIM, s->cols[i].title);
		x += widths[i] + 1;
	}
	cells_rule(c, in.y + 1, in.x, in.w);
	for (int i = 0; i < page && now.top + (size_t)i < s->rows && TABLE_HEAD + i < in.h; i++) {
		int y = in.y + TABLE_HEAD + i;
		bool on = now.top + (size_t)i == now.on;

		table_draw_row(s, widths, c, rows, y, now.top + (size_t)i, on);
		if (on)
			cells_put(c, y, in.x, THEME_STRONG, 0x25b8);
		cells_zone(c, (struct area){ y, in.x, 1, in.w }, REQ_CLICK, (uint32_t)i);
	}
	if (s->rows == 0)
		cells_text(c, in.y + TABLE_HEAD, rows.x, rows.w, THEME_DIM, s->empty);
	if (t->finding)
		table_draw_find(t, s, c, in);
}
