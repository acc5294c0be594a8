/*
 * screen_registered.c - the account is open: the number to keep, large. Staff
 * without an account enrolled their face alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"

static struct intent
registered_key(void *state, struct visit *v, struct key k)
{
	(void)state;
	(void)v;
	if (k.req == REQ_ENTER || k.req == REQ_SUBMIT || k.req == REQ_BACK)
		return (struct intent){ .go = GO_END };
	return UNHEARD;
}

/* No account was opened: the person was known before. */
static void
registered_draw_face(const struct visit *v, struct cells *c)
{
	struct area in = card_draw(c, "Your face is enrolled", 60, 7);

	cells_format(c, in.y, in.x, in.w, THEME_TEXT, "%s, you are known by your face from now on.", v->registered.name);
	row_draw(c, in, 2, 18, "Customer number", THEME_STRONG, v->registered.customer);
	cells_wrap(c, in.y + 4, in.x, in.w, 2, THEME_DIM, "Log in as before; where a live face is asked for, look into the camera.");
}

static void
registered_draw(const void *state, const struct visit *v, struct cells *c)
{
	struct area in;
	char account[64];

	(void)state;
	if (v->registered.account[0] == '\0') {
		registered_draw_face(v, c);
		return;
	}
	in = card_draw(c, "Your account is open", 66, 15);
	cells_format(c, in.y, in.x, in.w, THEME_TEXT, "Welcome, %s. You log in with this number:", v->registered.name);
	if (in.w >= big_digits_w(v->registered.customer))
		big_digits(c, in.y + 2, in.x + (in.w - big_digits_w(v->registered.customer)) / 2, THEME_GOOD, v->registered.customer);
	account_number_format(v->registered.account, account, sizeof account);
	row_draw(c, in, 8, 18, "Customer number", THEME_STRONG, v->registered.customer);
	row_draw(c, in, 9, 18, "Account", THEME_STRONG, account);
	row_draw(c, in, 10, 18, "Currency", THEME_TEXT, v->registered.currency);
	cells_wrap(c, in.y + 12, in.x, in.w, 3, THEME_DIM,
	    "Write both down now; for your safety they are not shown again before you log in. "
	    "Money comes onto the account by a deposit at the counter.");
}

const struct screen_ops screen_registered = {
	.name = "registered",
	.title = "Account opened",
	.help = "The customer number is for you; the account number is what others need to pay you.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_ENTER, "I have written them down", 0 } },
	.state_size = 1,
	.key = registered_key,
	.draw = registered_draw,
};
