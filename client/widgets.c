/*
 * widgets.c - the frame, cards, rows, forms and menus.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/widgets.h"

#include <stdio.h>
#include <string.h>

#include "proto/clock.h"

static const struct {
	const char *word;
	enum theme theme;
} net_words[] = {
	[NET_DIALLING] = { "connecting", THEME_WARN },
	[NET_REFUSED]  = { "not accepted", THEME_BAD },
	[NET_STRANGER] = { "wrong server", THEME_BAD },
	[NET_READY]    = { "connected", THEME_TITLE },
	[NET_LOST]     = { "reconnecting", THEME_WARN },
};

static void
frame_title(struct cells *c, const struct visit *v, const struct screen_ops *s)
{
	char now[32], right[80];
	int used, room;

	cells_fill(c, (struct area){ 0, 0, 1, c->w }, THEME_TITLE, ' ');
	clock_local_text(v->utc_ms, now, sizeof now);
	snprintf(right, sizeof right, "%s  %s %s ", now, v->net == NET_READY ? "●" : "○", net_words[v->net].word);
	room = c->w - utf8_columns(right) - 2;
	used = cells_text(c, 0, 1, room, THEME_TITLE, v->welcomed && v->place.bank[0] != '\0' ? v->place.bank : "Countersign");
	if (v->welcomed && v->place.branch[0] != '\0' && used < room)
		used += cells_format(c, 0, 1 + used, room - used, THEME_TITLE_DIM, " · %s", v->place.branch);
	if (v->welcomed && used < room)
		used += cells_format(c, 0, 1 + used, room - used, THEME_TITLE_DIM, " · %s", v->place.terminal);
	if (used < room && c->w >= 100)
		cells_format(c, 0, 1 + used, room - used, THEME_TITLE, " · %s", s->title);
	cells_right(c, 0, c->w, c->w, THEME_TITLE, right);
}

static void
frame_message(struct cells *c, const struct visit *v)
{
	static const enum theme themes[] = { THEME_TEXT, THEME_TEXT, THEME_GOOD, THEME_WARN, THEME_BAD };
	static const char *const marks[] = { " ", "·", "✓", "!", "✗" };
	int y = c->h - 2, w = c->w - 4;

	/* What was under way when the server went says nothing any more. */
	if (v->notice.level != NOTICE_NONE && !(v->net == NET_LOST && v->notice.level == NOTICE_INFO)) {
		/* A long one takes two rows. */
		if (utf8_columns(v->notice.text) > w)
			cells_fill(c, (struct area){ --y, 0, 1, c->w }, THEME_TEXT, ' ');
		cells_text(c, y, 1, 1, themes[v->notice.level], marks[v->notice.level]);
		cells_wrap(c, y, 3, w, 2, themes[v->notice.level], v->notice.text);
	} else if (v->net == NET_LOST) {
		cells_text(c, y, 1, 1, THEME_WARN, "!");
		cells_text(c, y, 3, w, THEME_WARN, "The server cannot be reached; trying again. You need not do anything.");
	} else if (v->welcomed && v->place.notice[0] != '\0') {
		cells_text(c, y, 3, w, THEME_DIM, v->place.notice);
	}
}

static void
frame_bar(struct cells *c, const struct screen_ops *s, const void *state)
{
	int x = 1, y = c->h - 1, need;

	for (int i = 0; i < BAR_KEYS && s->bar[i].req != REQ_NONE; i++) {
		const char *key = request_key(s->bar[i].req);

		if (s->offers != NULL && !s->offers(state, s->bar[i].req))
			continue;
		need = utf8_columns(key) + 2 + 1 + utf8_columns(s->bar[i].word) + 2;
		if (x + need - 2 > c->w)
			break;
		cells_fill(c, (struct area){ y, x, 1, utf8_columns(key) + 2 }, THEME_KEY, ' ');
		cells_text(c, y, x + 1, c->w, THEME_KEY, key);
		cells_text(c, y, x + utf8_columns(key) + 3, c->w, THEME_KEY_TEXT, s->bar[i].word);
		x += need + 1;
	}
}

void
frame_draw(struct cells *c, const struct visit *v, const struct screen_ops *s, const void *state)
{
	frame_title(c, v, s);
	frame_message(c, v);
	frame_bar(c, s, state);
}

struct area
frame_body(int w, int h)
{
	struct area a = { FRAME_TOP, 0, h - FRAME_TOP - FRAME_BOTTOM, w };

	if (a.h < 0)
		a.h = 0;
	return a;
}

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
	}
}

bool
menu_key(int *on, int n, struct key k)
{
	if (k.req == REQ_CHAR && k.ch >= '1' && k.ch < '1' + (uint32_t)n) {
		*on = (int)(k.ch - '1');
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
