/*
 * pick.c - filter as one types, choose with Enter.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/pick.h"

#include <stdio.h>

#include "client/text_find.h"
#include "client/widgets.h"

#define PICK_ROWS 10
#define PICK_W    60

/* Numbers in groups are found however they are typed. */
static void
pick_squeeze(char *text)
{
	size_t n = 0;

	for (size_t i = 0; text[i] != '\0'; i++)
		if (text[i] != ' ')
			text[n++] = text[i];
	text[n] = '\0';
}

static void
pick_filter(struct pick *p, const struct pick_items *items)
{
	char text[TABLE_CELL_BYTES];

	p->matches = 0;
	p->more = false;
	for (size_t i = 0; i < items->n && !p->more; i++) {
		items->text(items->ctx, i, text);
		pick_squeeze(text);
		if (!text_has(text, p->filter.text))
			continue;
		if (p->matches < PICK_MATCHES)
			p->match[p->matches++] = i;
		else
			p->more = true;
	}
	p->table = (struct table){ 0 };
}

void
pick_open(struct pick *p, const struct pick_items *items)
{
	p->open = true;
	p->filter = (struct field){ .label = "Filter", .kind = FIELD_TEXT, .max = FIELD_BYTES - 1 };
	pick_filter(p, items);
}

struct pick_view {
	const struct pick *p;
	const struct pick_items *items;
};

static void
pick_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct pick_view *view = ctx;

	(void)col;
	(void)t;
	view->items->text(view->items->ctx, view->p->match[row], text);
}

static const struct table_col pick_col = { .title = "", .least = 10, .most = PICK_W };

static struct table_source
pick_source(const struct pick *p, const struct pick_view *view)
{
	return (struct table_source){ .cols = &pick_col, .n = 1, .rows = p->matches, .cell = pick_cell, .ctx = view,
		.empty = "Nothing fits. Backspace takes a letter back." };
}

enum pick_did
pick_key(struct pick *p, const struct pick_items *items, struct key k, size_t *chosen)
{
	struct pick_view view = { p, items };
	struct table_source s = pick_source(p, &view);

	switch (k.req) {
	case REQ_BACK:
	case REQ_PICK:
		p->open = false;
		return PICK_LEFT;
	case REQ_CHAR:
	case REQ_BACKSPACE:
	case REQ_DELETE:
	case REQ_CLEAR:
	case REQ_LEFT:
	case REQ_RIGHT:
		if (field_key(&p->filter, k) && k.req != REQ_LEFT && k.req != REQ_RIGHT)
			pick_filter(p, items);
		return PICK_GOES_ON;
	case REQ_FIND:
		return PICK_GOES_ON;
	default:
		if (k.req != REQ_ENTER)
			table_key(&p->table, &s, PICK_ROWS, k);
		if ((k.req != REQ_ENTER && k.req != REQ_CLICK) || p->matches == 0)
			return PICK_GOES_ON;
		*chosen = p->match[p->table.on];
		p->open = false;
		return PICK_CHOSEN;
	}
}

void
pick_draw(const struct pick *p, const struct pick_items *items, struct cells *c)
{
	struct pick_view view = { p, items };
	struct table_source s = pick_source(p, &view);
	struct area in = window_draw(c, items->title, PICK_W + 3, PICK_ROWS + 6);
	char count[64];

	cells_text(c, in.y, in.x, 8, THEME_DIM, "Filter");
	field_draw(&p->filter, c, in.y, in.x + 8, in.w - 8 > 40 ? 40 : in.w - 8, true);
	table_draw(&p->table, &s, c, (struct area){ in.y + 1, in.x, PICK_ROWS + 2, in.w });
	snprintf(count, sizeof count, p->more ? "more than %zu of %zu fit" : "%zu of %zu", p->matches, items->n);
	cells_text(c, in.y + PICK_ROWS + 4, in.x, in.w, THEME_DIM, "Enter takes the line, Esc leaves.");
	cells_right(c, in.y + PICK_ROWS + 4, in.x + in.w, 26, THEME_DIM, count);
}
