/*
 * screen_help.c - what the page below is for and which keys it hears, made
 * from its own table and the one list of requests.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the window has no room for all of it, it is a text to scroll through.
 */
#include <stdio.h>

#include "client/console.h"
#include "client/frame.h"
#include "client/screen.h"
#include "client/widgets.h"

#define HELP_W      70
#define HELP_KEY_W  11
#define HELP_LINES  80	/* the longest help has fewer */

struct help_state {
	const struct screen_ops *about;
	int  top;		/* the first line in view */
};

static struct intent
help_enter(void *state, struct visit *v)
{
	struct help_state *s = state;

	if (s->about == NULL)
		s->about = v->help_for;
	return STAY;
}

/* The page's own keys, then those that every page knows; returns the lines. */
static int
help_draw_keys(const struct screen_ops *about, struct cells *c, int y)
{
	static const enum request always[] = { REQ_NEXT, REQ_PREV, REQ_CLEAR, REQ_BACK, REQ_REDRAW };
	int half = c->w / 2 - 6, own = 0, others = (int)(sizeof always / sizeof always[0]);

	for (; own < BAR_KEYS && about->bar[own].req != REQ_NONE; own++) {
		cells_text(c, y + own, 0, HELP_KEY_W - 1, THEME_STRONG, request_key(about->bar[own].req));
		cells_text(c, y + own, HELP_KEY_W, half - HELP_KEY_W - 1, THEME_TEXT, about->bar[own].word);
	}
	for (int i = 0; i < others; i++) {
		cells_text(c, y + i, half, HELP_KEY_W - 1, THEME_STRONG, request_key(always[i]));
		cells_text(c, y + i, half + HELP_KEY_W, c->w - half - HELP_KEY_W, THEME_DIM, request_text(always[i]));
	}
	return own > others ? own : others;
}

/* All of the text as cells of its own, w wide; returns the lines, 0 without memory. */
static int
help_compose(const struct screen_ops *about, struct cells *c, int w)
{
	int y;

	if (cells_size(c, w, HELP_LINES) != RC_OK)
		return 0;
	y = cells_wrap(c, 0, 0, w, HELP_LINES - 30, THEME_TEXT, about->help) + 1;
	y += help_draw_keys(about, c, y);
	return y + cells_wrap(c, y, 0, w, 1, THEME_DIM, "A key in brackets does nothing at the moment; pressed, it says why.");
}

/* The lines of the text, and of them those in view on a page of this size; the audit console's last row has the state of the trail. */
static int
help_lines(const struct screen_ops *about, const struct visit *v, int page_w, int page_h, int *view)
{
	struct cells c = { 0 };
	int room = frame_body(page_w, page_h).h - 5 - (v->console == &console_audit), w = page_w - 8, lines;

	lines = help_compose(about, &c, w < HELP_W ? w : HELP_W);
	cells_free(&c);
	*view = lines < room ? lines : room;
	return lines;
}

static struct intent
help_key(void *state, struct visit *v, struct key k)
{
	struct help_state *s = state;
	int view = 0, last;

	if (k.req == REQ_BACK || k.req == REQ_ENTER || k.req == REQ_HELP)
		return BACK;
	if (s->about == NULL)
		return UNHEARD;
	last = help_lines(s->about, v, v->w, v->h, &view) - view;
	switch (k.req) {
	case REQ_UP:
		s->top--;
		break;
	case REQ_DOWN:
		s->top++;
		break;
	case REQ_PGUP:
		s->top -= view;
		break;
	case REQ_PGDN:
		s->top += view;
		break;
	default:
		return UNHEARD;
	}
	s->top = s->top > last ? last : s->top;
	s->top = s->top < 0 ? 0 : s->top;
	return STAY;
}

static void
help_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct help_state *s = state;
	struct cells text = { .ascii = c->ascii };
	struct area in;
	int lines, view, top = s->top;
	char title[64];

	if (s->about == NULL)
		return;
	lines = help_lines(s->about, v, c->w, c->h, &view);
	snprintf(title, sizeof title, "Help: %s", s->about->title);
	in = card_draw(c, title, HELP_W, view + 1);
	help_compose(s->about, &text, in.w);
	top = top > lines - view ? lines - view : top;
	for (int y = 0; y < view && cells_at(&text, top + y, 0) != NULL; y++)
		cells_copy(c, in.y + y, in.x, cells_at(&text, top + y, 0), in.w, 1);
	if (top > 0)
		cells_text(c, in.y - 1, in.x + in.w - 6, 6, THEME_DIM, "↑ more");
	if (top + view < lines)
		cells_text(c, in.y + in.h, in.x + in.w - 6, 6, THEME_DIM, "↓ more");
	cells_text(c, in.y + view, in.x, in.w, THEME_DIM, "Without function keys: Alt and the digit. Alt-1 is F1, Alt-0 is F10.");
	cells_free(&text);
}

static const char *
help_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct help_state *s = state;
	int view = 0, lines;

	if (s->about == NULL || req == REQ_BACK)
		return NULL;
	lines = help_lines(s->about, v, v->w, v->h, &view);
	if (req == REQ_PGDN && s->top + view >= lines)
		return "There is no more below.";
	return req == REQ_PGUP && s->top == 0 ? "There is no more above." : NULL;
}

const struct screen_ops screen_help = {
	.name = "help",
	.title = "Help",
	.help = "This page explains the page you came from.",
	.bar = { { REQ_BACK, "Back", 0 }, { REQ_PGUP, "Up", 0 }, { REQ_PGDN, "Down", 0 } },
	.state_size = sizeof(struct help_state),
	.enter = help_enter,
	.key = help_key,
	.draw = help_draw,
	.refuses = help_refuses,
};
