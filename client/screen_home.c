/*
 * screen_home.c - the account page: balances, the fate of the last transfer,
 * and what can be done.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/money.h"

static const char *const home_items[] = { "Transfer money", "History", "Held transfers", "Log out" };

#define HOME_ITEMS    ((int)(sizeof home_items / sizeof home_items[0]))
#define HOME_AMOUNT_W 24	/* two of them and an account number fit into the card */

struct home_state {
	int  on;
	bool asked;		/* the overview */
	bool leaving;		/* logging out */
};

static struct intent
home_ask(struct home_state *s)
{
	s->asked = true;
	return SEND;
}

/* Balances may have changed whenever this page comes back to the top. */
static struct intent
home_enter(void *state, struct visit *v)
{
	(void)v;
	return home_ask(state);
}

static struct intent
home_log_out(struct home_state *s, struct visit *v)
{
	s->leaving = true;
	visit_say(v, NOTICE_GOOD, "You are logged out.");
	return (struct intent){ .go = GO_END, .send = true };
}

static struct intent
home_choose(struct home_state *s, struct visit *v)
{
	if (s->on == HOME_ITEMS - 1)
		return home_log_out(s, v);
	if (s->on == 2)
		return (struct intent){ .go = GO_TO, .next = &screen_holds };
	if (!v->overview_known || v->overview.accounts_count == 0) {
		visit_say(v, NOTICE_WARN, "The accounts are not here yet. F5 asks again.");
		return STAY;
	}
	return (struct intent){ .go = GO_TO, .next = s->on == 0 ? &screen_transfer : &screen_history };
}

static struct intent
home_key(void *state, struct visit *v, struct key k)
{
	struct home_state *s = state;

	switch (k.req) {
	case REQ_AGAIN:
		return s->asked ? STAY : home_ask(s);
	case REQ_LOGOUT:
		return home_log_out(s, v);
	case REQ_BACK:
		visit_say(v, NOTICE_INFO, "F9 logs you out.");
		return STAY;
	case REQ_HELP:
	case REQ_QUIT:
		return UNHEARD;
	default:
		return menu_key(&s->on, HOME_ITEMS, k) ? home_choose(s, v) : UNHEARD;
	}
}

static struct intent
home_event(void *state, struct visit *v, const struct event *e)
{
	struct home_state *s = state;

	if (e->kind == EVENT_NET && v->net == NET_READY && !s->asked)
		return home_ask(s);
	if (e->kind != EVENT_ANSWER || e->asked != cs_Envelope_overview_get_tag)
		return STAY;
	s->asked = false;
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_overview_tag) {
		v->overview = e->msg->body.overview;
		v->overview_known = true;
	}
	return STAY;
}

static void
home_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct home_state *s = state;

	(void)v;
	e->which_body = s->leaving ? cs_Envelope_logout_tag : cs_Envelope_overview_get_tag;
}

static void
home_draw_accounts(const struct visit *v, struct cells *c, struct area in, int row, int shown)
{
	char text[64];
	int balance = in.x + in.w - 25, available = in.x + in.w;

	cells_text(c, in.y + row, in.x, 20, THEME_DIM, "Account");
	cells_right(c, in.y + row, balance, 18, THEME_DIM, "Balance");
	cells_right(c, in.y + row, available, 18, THEME_DIM, "Available");
	cells_rule(c, in.y + row + 1, in.x, in.w);
	if (!v->overview_known)
		cells_text(c, in.y + row + 2, in.x, in.w, THEME_DIM, "Asking the server for your accounts ...");
	for (int i = 0; i < shown; i++) {
		const cs_Account *a = &v->overview.accounts[i];

		account_number_format(a->number, text, sizeof text);
		cells_text(c, in.y + row + 2 + i, in.x, in.w - 50, THEME_TEXT, text);
		money_format(a->balance, a->currency, text);
		amount_fit(text, HOME_AMOUNT_W);
		cells_right(c, in.y + row + 2 + i, balance, 25, THEME_STRONG, text);
		money_format(a->available, a->currency, text);
		amount_fit(text, HOME_AMOUNT_W);
		cells_right(c, in.y + row + 2 + i, available, 25, a->available < a->balance ? THEME_WARN : THEME_TEXT, text);
	}
}

static void
home_draw_last(const struct visit *v, struct cells *c, struct area in, int row)
{
	static const struct {
		const char *word;
		enum theme theme;
	} fate[] = {
		[cs_TransferState_TRANSFER_NONE] = { "", THEME_TEXT },
		[cs_TransferState_TRANSFER_WAITING] = { "not confirmed: no money has moved", THEME_WARN },
		[cs_TransferState_TRANSFER_POSTED] = { "done", THEME_GOOD },
		[cs_TransferState_TRANSFER_EXPIRED] = { "expired: no money has moved", THEME_WARN },
		[cs_TransferState_TRANSFER_HELD] = { "held: waits for somebody's approval", THEME_WARN },
		[cs_TransferState_TRANSFER_REFUSED] = { "refused by the bank: no money has moved", THEME_BAD },
	};
	const cs_LastTransfer *last = &v->overview.last;
	char amount[MONEY_TEXT_BYTES], when[32];

	if (!v->overview_known || !v->overview.has_last || last->state == cs_TransferState_TRANSFER_NONE ||
	    (size_t)last->state >= sizeof fate / sizeof fate[0]) {
		row_draw(c, in, row, 15, "Last transfer", THEME_DIM, "none yet");
		return;
	}
	money_format(last->amount, last->currency, amount);
	clock_local_text(last->utc_ms, when, sizeof when);
	row_draw(c, in, row, 15, "Last transfer", fate[last->state].theme, fate[last->state].word);
	cells_format(c, in.y + row + 1, in.x + 15, in.w - 15, THEME_TEXT, "%s to %s", amount, last->payee_name);
	if (last->journal != 0)
		cells_format(c, in.y + row + 2, in.x + 15, in.w - 15, THEME_DIM, "%s, number %llu", when,
		    (unsigned long long)last->journal);
	else
		cells_text(c, in.y + row + 2, in.x + 15, in.w - 15, THEME_DIM, when);
}

static void
home_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct home_state *s = state;
	int accounts = v->overview.accounts_count, least = accounts > 0 ? accounts : 1;
	struct area in = card_draw(c, "Your accounts", 72, 13 + least);
	char when[32], line[160];
	int row;

	/* Where not all fit, the last row says how many there are. */
	if (13 + accounts > in.h)
		accounts = in.h > 14 ? in.h - 14 : 0;
	row = 5 + (accounts < v->overview.accounts_count ? accounts + 1 : least);
	if (accounts < v->overview.accounts_count)
		cells_format(c, in.y + 4 + accounts, in.x, in.w, THEME_DIM, "and %d more; the history and the transfer form have all",
		    v->overview.accounts_count - accounts);
	if (v->person.last_login_utc_ms > 0) {
		clock_local_text(v->person.last_login_utc_ms, when, sizeof when);
		snprintf(line, sizeof line, "last here %s", when);
		cells_right(c, in.y, in.x + in.w, 30, THEME_DIM, line);
	}
	cells_text(c, in.y, in.x, in.w - 30, THEME_STRONG, v->person.name);
	home_draw_accounts(v, c, in, 2, accounts);
	home_draw_last(v, c, in, row);
	menu_draw(c, (struct area){ in.y, in.x, in.h, 30 }, row + 4, home_items, HOME_ITEMS, s->on);
}

const struct screen_ops screen_home = {
	.name = "home",
	.title = "Your accounts",
	.help = "Balance is what is on the account; available is what can be spent now: less, while a transfer is held that somebody at "
	    "the bank must approve. \"Held transfers\" has them all, with what became of each.\n"
	    "The last transfer shows what became of it, also after a power cut or a lost line: it is there entirely or not "
	    "at all.\n"
	    "Log out when you leave the counter; after five idle minutes the server does it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_AGAIN, "Refresh", 0 }, { REQ_ENTER, "Choose", 0 }, { REQ_LOGOUT, "Log out", 0 } },
	.state_size = sizeof(struct home_state),
	.enter = home_enter,
	.key = home_key,
	.event = home_event,
	.fill = home_fill,
	.draw = home_draw,
};
