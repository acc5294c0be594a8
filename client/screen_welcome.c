/*
 * screen_welcome.c - nobody is signed on: what would you like to do?
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/console.h"
#include "client/screen.h"
#include "client/widgets.h"

enum { WELCOME_LOGIN, WELCOME_REGISTER, WELCOME_HELP, WELCOME_QUIT, WELCOME_ITEMS };

static const char *const welcome_items[WELCOME_ITEMS] = { "Log in", "Open an account", "Help", "Quit" };
static const char *const welcome_staff[] = { "Log in", "Help", "Quit" };

#define WELCOME_STAFF 3

struct welcome_state {
	int on;
};

static struct intent
welcome_key(void *state, struct visit *v, struct key k)
{
	struct welcome_state *s = state;
	bool customers = v->console->customers;

	if (k.req == REQ_QUIT)
		return (struct intent){ .go = GO_QUIT };
	if (k.req == REQ_BACK)
		return STAY;
	if (k.req == REQ_HELP || k.req == REQ_LOGOUT)
		return UNHEARD;
	if (!menu_key(&s->on, customers ? WELCOME_ITEMS : WELCOME_STAFF, k))
		return UNHEARD;
	switch (customers || s->on == WELCOME_LOGIN ? s->on : s->on + 1) {
	case WELCOME_LOGIN:
		return (struct intent){ .go = GO_TO, .next = &screen_login };
	case WELCOME_REGISTER:
		return (struct intent){ .go = GO_TO, .next = &screen_register };
	case WELCOME_HELP:
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
	if (v->console->customers) {
		menu_draw(c, in, 4, welcome_items, WELCOME_ITEMS, s->on);
		cells_wrap(c, in.y + 9, in.x, in.w, 2, THEME_DIM,
		    "Every transfer asks for your face, live, and for a code that is made for that transfer alone.");
		return;
	}
	menu_draw(c, in, 4, welcome_staff, WELCOME_STAFF, s->on);
	cells_wrap(c, in.y + 8, in.x, in.w, 2, THEME_DIM,
	    "For staff: with your number, your password and a code. What you do here is recorded under your name.");
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
