/*
 * screen_welcome.c - nobody is signed on: what would you like to do?
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/screen.h"
#include "client/widgets.h"

static const char *const welcome_items[] = { "Log in", "Open an account", "Help", "Quit" };

#define WELCOME_ITEMS 4

struct welcome_state {
	int on;
};

static struct intent
welcome_key(void *state, struct visit *v, struct key k)
{
	struct welcome_state *s = state;

	(void)v;
	if (k.req == REQ_QUIT)
		return (struct intent){ .go = GO_QUIT };
	if (k.req == REQ_BACK)
		return STAY;
	if (k.req == REQ_HELP || k.req == REQ_LOGOUT)
		return UNHEARD;
	if (!menu_key(&s->on, WELCOME_ITEMS, k))
		return UNHEARD;
	switch (s->on) {
	case 0:
		return (struct intent){ .go = GO_TO, .next = &screen_login };
	case 1:
		return (struct intent){ .go = GO_TO, .next = &screen_register };
	case 2:
		return (struct intent){ .go = GO_TO, .next = &screen_help };
	default:
		return (struct intent){ .go = GO_QUIT };
	}
}

static void
welcome_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct welcome_state *s = state;
	struct area in = card_draw(c, "Welcome", 52, 11);

	cells_text(c, in.y, in.x, in.w, THEME_STRONG, v->place.bank);
	cells_text(c, in.y + 1, in.x, in.w, THEME_DIM, v->place.branch);
	menu_draw(c, in, 4, welcome_items, WELCOME_ITEMS, s->on);
	cells_wrap(c, in.y + 9, in.x, in.w, 2, THEME_DIM,
	    "Every transfer asks for your face, live, and for a code that is made for that transfer alone.");
}

const struct screen_ops screen_welcome = {
	.name = "welcome",
	.title = "Welcome",
	.help = "Choose a line with the arrow keys and Enter, or type its number.\n"
	    "You log in with your customer number, your password and a code that is sent to your e-mail address. "
	    "To open an account you need an e-mail address at hand, and the camera looks at your face once.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_ENTER, "Choose", 0 }, { REQ_QUIT, "Quit", 0 } },
	.state_size = sizeof(struct welcome_state),
	.key = welcome_key,
	.draw = welcome_draw,
};
