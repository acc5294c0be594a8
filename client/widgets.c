/*
 * widgets.c - cards, rows, menus and progress.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/widgets.h"

#include <stdio.h>

#include "client/frame.h"

struct area
card_draw(struct cells *c, const char *title, int w, int h)
{
	struct area body = frame_body(c->w, c->h), box;

	box.w = w + 6 > body.w - 2 ? body.w - 2 : w + 6;
	box.h = h + 4 > body.h ? body.h : h + 4;
	box.x = body.x + (body.w - box.w) / 2;
	box.y = body.y + (body.h - box.h) / (body.h > 30 ? 3 : 2);
	cells_box(c, box, THEME_BORDER, title);
	return (struct area){ box.y + 2, box.x + 3, box.h - 4, box.w - 6 };
}

struct area
window_draw(struct cells *c, const char *title, int w, int h)
{
	struct area body = frame_body(c->w, c->h), box;

	box.w = w + 6 > body.w ? body.w : w + 6;
	box.h = h + 2 > body.h ? body.h : h + 2;
	box.x = body.x + (body.w - box.w) / 2;
	box.y = body.y + (body.h - box.h) / 2;
	cells_fill(c, box, THEME_TEXT, ' ');
	/* What lies below is covered for the pointer too. */
	c->zones = 0;
	c->cur_on = false;
	cells_box(c, box, THEME_STRONG, title);
	return (struct area){ box.y + 1, box.x + 3, box.h - 2, box.w - 6 };
}

void
row_draw(struct cells *c, struct area in, int row, int label_w, const char *label, enum theme t, const char *value)
{
	cells_text(c, in.y + row, in.x, label_w - 1, THEME_DIM, label);
	cells_text(c, in.y + row, in.x + label_w, in.w - label_w, t, value);
}

void
amount_fit(char *text, int room)
{
	char *to = text;

	if (utf8_columns(text) <= room)
		return;
	for (const char *from = text; *from != '\0'; from++)
		if (*from != ',')
			*to++ = *from;
	*to = '\0';
}

void
digest_mark(const uint8_t digest[static DIGEST_BYTES], char dst[static DIGEST_MARK_BYTES])
{
	for (unsigned i = 0; i < 8; i++)
		snprintf(dst + i * 2 + i / 2, 4, i % 2 == 1 && i < 7 ? "%02x " : "%02x", digest[i]);
}

void
row_field(struct cells *c, struct area in, int row, int label_w, const struct field *f, int w, bool on)
{
	cells_text(c, in.y + row, in.x, label_w - 1, on ? THEME_STRONG : THEME_DIM, f->label);
	if (on)
		cells_text(c, in.y + row, in.x + label_w - 2, 1, THEME_STRONG, "▸");
	field_draw(f, c, in.y + row, in.x + label_w, w < in.w - label_w ? w : in.w - label_w, on);
}

bool
form_moves(struct key k)
{
	return k.req == REQ_NEXT || k.req == REQ_PREV || k.req == REQ_UP || k.req == REQ_DOWN || k.req == REQ_ENTER;
}

int
form_move(int on, int n, struct key k)
{
	switch (k.req) {
	case REQ_NEXT:
		return on + 1 < n ? on + 1 : 0;
	case REQ_PREV:
		return on > 0 ? on - 1 : n - 1;
	case REQ_UP:
		return on > 0 ? on - 1 : on;
	case REQ_DOWN:
	case REQ_ENTER:
		return on + 1 < n ? on + 1 : on;
	default:
		return on;
	}
}

void
menu_draw(struct cells *c, struct area in, int row, const char *const *items, int n, int on)
{
	for (int i = 0; i < n; i++) {
		enum theme t = i == on ? THEME_CHOICE_ON : THEME_TEXT;
		int y = in.y + row + i;

		cells_fill(c, (struct area){ y, in.x, 1, in.w }, t, ' ');
		cells_text(c, y, in.x + 1, 1, t, i == on ? "▸" : " ");
		cells_format(c, y, in.x + 3, in.w - 4, t, "%d  %s", i + 1, items[i]);
		cells_zone(c, (struct area){ y, in.x, 1, in.w }, REQ_CLICK, (uint32_t)i);
	}
}

bool
menu_key(int *on, int n, struct key k)
{
	if (k.req == REQ_CHAR && k.ch >= '1' && k.ch < '1' + (uint32_t)n) {
		*on = (int)(k.ch - '1');
		return true;
	}
	if (k.req == REQ_CLICK && k.ch < (uint32_t)n) {
		*on = (int)k.ch;
		return true;
	}
	if (k.req == REQ_ENTER)
		return true;
	if (k.req == REQ_UP || k.req == REQ_PREV)
		*on = (*on + n - 1) % n;
	if (k.req == REQ_DOWN || k.req == REQ_NEXT)
		*on = (*on + 1) % n;
	return false;
}

void
progress_draw(struct cells *c, int y, int x, int w, int part, int whole)
{
	int full = whole > 0 ? w * (part < 0 ? 0 : part > whole ? whole : part) / whole : 0;

	for (int i = 0; i < w; i++)
		cells_put(c, y, x + i, i < full ? THEME_GOOD : THEME_DIM, i < full ? 0x2588 : 0x2591);
}
