/*
 * frame.c - title bar, message line, key bar and status line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/frame.h"

#include <stdio.h>

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

bool
bar_has(const struct screen_ops *s, enum request req)
{
	for (int i = 0; i < BAR_KEYS && s->bar[i].req != REQ_NONE; i++)
		if (s->bar[i].req == req)
			return true;
	return false;
}

const char *
bar_refuses(const struct visit *v, const struct screen_ops *s, const void *state, enum request req)
{
	return s->refuses != NULL && bar_has(s, req) ? s->refuses(state, v, req) : NULL;
}

#define BAR_GAP  3	/* at most, between two keys */
#define BAR_MORE 3	/* " +2" */

/* " F1  Help": the key with a blank on each side, and its word. */
static int
bar_columns(const struct bar_key *k)
{
	return utf8_columns(request_key(k->req)) + 3 + utf8_columns(k->word);
}

/* Which keys fit into w columns, at least one between two; returns how many do not. */
static int
bar_choose(const struct screen_ops *s, int w, bool shown[static BAR_KEYS], int *gap)
{
	int need = -1, n = 0, left_out = 0, out, on;

	for (; n < BAR_KEYS && s->bar[n].req != REQ_NONE; n++) {
		shown[n] = true;
		need += bar_columns(&s->bar[n]) + 1;
	}
	while (need > w - (left_out > 0 ? BAR_MORE : 0)) {
		out = -1;
		for (int i = 0; i < n; i++)
			if (shown[i] && (out < 0 || s->bar[i].rank >= s->bar[out].rank))
				out = i;
		if (out < 0)
			break;
		shown[out] = false;
		left_out++;
		need -= bar_columns(&s->bar[out]) + 1;
	}
	on = n - left_out;
	*gap = 1 + (on > 1 ? (w - (left_out > 0 ? BAR_MORE : 0) - need) / (on - 1) : 0);
	if (*gap > BAR_GAP)
		*gap = BAR_GAP;
	return left_out;
}

void
bar_draw(struct cells *c, const struct visit *v, const struct screen_ops *s, const void *state)
{
	bool shown[BAR_KEYS] = { false };
	int gap = 0, left_out = bar_choose(s, c->w - 2, shown, &gap);
	int x = 1, y = c->h - 1, key_w;

	for (int i = 0; i < BAR_KEYS && s->bar[i].req != REQ_NONE; i++) {
		const char *key = request_key(s->bar[i].req);
		bool off = bar_refuses(v, s, state, s->bar[i].req) != NULL;
		enum theme t = off ? THEME_DIM : THEME_KEY;

		if (!shown[i])
			continue;
		key_w = utf8_columns(key) + 2;
		cells_put(c, y, x, t, off ? '(' : ' ');
		cells_text(c, y, x + 1, c->w, t, key);
		cells_put(c, y, x + key_w - 1, t, off ? ')' : ' ');
		cells_text(c, y, x + key_w + 1, c->w, off ? THEME_DIM : THEME_KEY_TEXT, s->bar[i].word);
		cells_zone(c, (struct area){ y, x, 1, bar_columns(&s->bar[i]) }, s->bar[i].req, 0);
		x += bar_columns(&s->bar[i]) + gap;
	}
	if (left_out > 0)
		cells_format(c, y, c->w - BAR_MORE, BAR_MORE - 1, THEME_DIM, "+%d", left_out);
}

void
status_draw(struct cells *c, int y, const char *left, const char *right)
{
	int right_w = utf8_columns(right);

	cells_fill(c, (struct area){ y, 0, 1, c->w }, THEME_STATUS, ' ');
	cells_right(c, y, c->w - 1, c->w - 2, THEME_STATUS, right);
	cells_text(c, y, 1, c->w - 2 - (right_w > 0 ? right_w + 2 : 0), THEME_STATUS, left);
}

void
frame_draw(struct cells *c, const struct visit *v, const struct screen_ops *s, const void *state)
{
	frame_title(c, v, s);
	frame_message(c, v);
	bar_draw(c, v, s, state);
}

struct area
frame_body(int w, int h)
{
	struct area a = { FRAME_TOP, 0, h - FRAME_TOP - FRAME_BOTTOM, w };

	if (a.h < 0)
		a.h = 0;
	return a;
}
