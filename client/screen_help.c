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

static void
help_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct help_state *s = state;
	const struct screen_ops *about = s->about;
	struct area in = card_draw(c, "Help", 70, 17);
	int y = in.y;

	(void)v;
	if (about == NULL)
		return;
	cells_text(c, y, in.x, in.w, THEME_STRONG, about->title);
	y += 2 + cells_wrap(c, y + 2, in.x, in.w, 9, THEME_TEXT, about->help) + 1;
	for (int i = 0; i < BAR_KEYS && about->bar[i].req != REQ_NONE && y < in.y + in.h - 2; i++, y++) {
		cells_text(c, y, in.x, 11, THEME_STRONG, request_key(about->bar[i].req));
		cells_format(c, y, in.x + 12, in.w - 12, THEME_TEXT, "%s - %s", about->bar[i].word, request_text(about->bar[i].req));
	}
	cells_text(c, in.y + in.h - 1, in.x, in.w, THEME_DIM, "No function keys? Alt and the digit do the same: Alt-1 is F1, Alt-0 is F10.");
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
