/*
 * screen_help.c - what the page below is for and which keys it hears, made
 * from its own table and the one list of requests.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/screen.h"
#include "client/widgets.h"

struct help_state {
	const struct screen_ops *about;
};

static struct intent
help_enter(void *state, struct visit *v)
{
	struct help_state *s = state;

	if (s->about == NULL)
		s->about = v->help_for;
	return STAY;
}

static struct intent
help_key(void *state, struct visit *v, struct key k)
{
	(void)state;
	(void)v;
	return k.req == REQ_BACK || k.req == REQ_ENTER || k.req == REQ_HELP ? BACK : UNHEARD;
}

/* What the page's own bar offers, beside the keys that every page knows. */
static void
help_draw_keys(const struct screen_ops *about, struct cells *c, struct area a)
{
	static const enum request always[] = { REQ_NEXT, REQ_PREV, REQ_CLEAR, REQ_BACK, REQ_REDRAW };
	int half = a.w / 2 - 6;

	for (int i = 0; i < BAR_KEYS && i < a.h && about->bar[i].req != REQ_NONE; i++) {
		cells_text(c, a.y + i, a.x, 8, THEME_STRONG, request_key(about->bar[i].req));
		cells_text(c, a.y + i, a.x + 8, half - 8, THEME_TEXT, about->bar[i].word);
	}
	for (int i = 0; i < (int)(sizeof always / sizeof always[0]) && i < a.h; i++) {
		cells_text(c, a.y + i, a.x + half, 11, THEME_STRONG, request_key(always[i]));
		cells_text(c, a.y + i, a.x + half + 11, a.w - half - 11, THEME_DIM, request_text(always[i]));
	}
}

static void
help_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct help_state *s = state;
	struct area in = card_draw(c, "Help", 70, 17);
	int used;

	(void)v;
	if (s->about == NULL)
		return;
	cells_text(c, in.y, in.x, in.w, THEME_STRONG, s->about->title);
	used = 3 + cells_wrap(c, in.y + 2, in.x, in.w, 9, THEME_TEXT, s->about->help);
	help_draw_keys(s->about, c, (struct area){ in.y + used, in.x, in.h - used - 1, in.w });
	cells_text(c, in.y + in.h - 1, in.x, in.w, THEME_DIM, "Without function keys: Alt and the digit. Alt-1 is F1, Alt-0 is F10.");
}

const struct screen_ops screen_help = {
	.name = "help",
	.title = "Help",
	.help = "This page explains the page you came from.",
	.bar = { { REQ_BACK, "Back" } },
	.state_size = sizeof(struct help_state),
	.enter = help_enter,
	.key = help_key,
	.draw = help_draw,
};
