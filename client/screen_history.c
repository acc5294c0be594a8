/*
 * screen_history.c - what moved on an account, newest first, page by page.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/money.h"

#define HISTORY_ROWS  11u	/* of a page: fits 80x24 */
#define HISTORY_PAGES 256
#define HISTORY_AMOUNT_W 17

struct history_state {
	cs_History page;
	uint64_t before[HISTORY_PAGES];	/* where page i starts */
	int  at;			/* this page */
	int  account;			/* index into the overview */
	int  on;			/* the chosen entry */
	bool known, asked, details;
};

static struct intent
history_ask(struct history_state *s)
{
	s->asked = true;
	s->details = false;
	s->on = 0;
	return SEND;
}

static struct intent
history_enter(void *state, struct visit *v)
{
	struct history_state *s = state;

	(void)v;
	return s->known ? STAY : history_ask(s);
}

static struct intent
history_turn(struct history_state *s, int by)
{
	if (by > 0)
		s->before[s->at + 1] = s->page.next_before;
	s->at += by;
	return history_ask(s);
}

static struct intent
history_key(void *state, struct visit *v, struct key k)
{
	struct history_state *s = state;
	int n = v->overview.accounts_count, entries = s->known ? s->page.entries_count : 0;

	if (k.req == REQ_BACK) {
		if (!s->details)
			return BACK;
		s->details = false;
		return STAY;
	}
	if (s->asked)
		return UNHEARD;
	switch (k.req) {
	case REQ_PGDN:
		return history_turn(s, 1);
	case REQ_PGUP:
		return history_turn(s, -1);
	case REQ_UP:
		s->on -= s->on > 0;
		return STAY;
	case REQ_DOWN:
		s->on += s->on + 1 < entries;
		return STAY;
	case REQ_ENTER:
		s->details = entries > 0 && !s->details;
		return STAY;
	case REQ_AGAIN:
		s->at = 0;
		return history_ask(s);
	case REQ_LEFT:
	case REQ_RIGHT:
		if (n < 2)
			return STAY;
		s->account = (s->account + (k.req == REQ_LEFT ? n - 1 : 1)) % n;
		s->at = 0;
		s->known = false;
		return history_ask(s);
	default:
		return UNHEARD;
	}
}

static struct intent
history_event(void *state, struct visit *v, const struct event *e)
{
	struct history_state *s = state;

	(void)v;
	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_history_tag) {
		s->page = e->msg->body.history;
		s->known = true;
	}
	return STAY;
}

static void
history_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct history_state *s = state;
	cs_HistoryGet *m = &e->body.history_get;

	e->which_body = cs_Envelope_history_get_tag;
	if (s->account < v->overview.accounts_count)
		memcpy(m->account, v->overview.accounts[s->account].number, sizeof m->account);
	m->before = s->before[s->at];
	m->count = HISTORY_ROWS;
}

static void
history_amount(int64_t minor, const char *currency, char text[static MONEY_TEXT_BYTES])
{
	money_format_plain(minor, currency, text);
	amount_fit(text, HISTORY_AMOUNT_W);
}

/* How wide the column of amounts or of balances must be for this page's longest. */
static int
history_width(const struct history_state *s, bool balances)
{
	char text[MONEY_TEXT_BYTES];
	int w = HISTORY_AMOUNT_W;

	for (int i = 0; i < s->page.entries_count; i++) {
		const cs_HistoryEntry *e = &s->page.entries[i];

		history_amount(balances ? e->balance_after : e->amount, s->page.currency, text);
		if (utf8_columns(text) > w)
			w = utf8_columns(text);
	}
	return w;
}

static void
history_draw_list(const struct history_state *s, struct cells *c, struct area in, int row)
{
	int balance_w = history_width(s, true), amount_w = history_width(s, false);
	int balance = in.x + in.w - 1, amount = balance - balance_w - 1;
	char text[64];

	cells_text(c, in.y + row, in.x + 1, 16, THEME_DIM, "Date");
	cells_text(c, in.y + row, in.x + 19, 20, THEME_DIM, "From or to");
	cells_right(c, in.y + row, amount, 16, THEME_DIM, "Amount");
	cells_right(c, in.y + row, balance, 16, THEME_DIM, "Balance");
	cells_rule(c, in.y + row + 1, in.x, in.w);
	for (int i = 0; i < s->page.entries_count && i < (int)HISTORY_ROWS; i++) {
		const cs_HistoryEntry *e = &s->page.entries[i];
		enum theme t = i == s->on ? THEME_CHOICE_ON : THEME_TEXT;
		int y = in.y + row + 2 + i;

		cells_fill(c, (struct area){ y, in.x, 1, in.w }, t, ' ');
		clock_local_text(e->utc_ms, text, sizeof text);
		cells_text(c, y, in.x + 1, 16, t, text);
		cells_text(c, y, in.x + 19, amount - amount_w - 1 - in.x - 19, t, e->other_name[0] != '\0' ? e->other_name : e->other);
		history_amount(e->amount, s->page.currency, text);
		cells_right(c, y, amount, amount_w, i == s->on ? t : e->amount > 0 ? THEME_GOOD : THEME_TEXT, text);
		history_amount(e->balance_after, s->page.currency, text);
		cells_right(c, y, balance, balance_w, t, text);
	}
	if (s->known && s->page.entries_count == 0)
		cells_text(c, in.y + row + 2, in.x + 1, in.w, THEME_DIM, "Nothing has moved on this account yet.");
}

static void
history_draw_details(const struct history_state *s, struct cells *c, struct area in, int row)
{
	const cs_HistoryEntry *e = &s->page.entries[s->on];
	char text[64];

	money_format(e->amount, s->page.currency, text);
	row_draw(c, in, row, 16, "Amount", THEME_STRONG, text);
	row_draw(c, in, row + 2, 16, e->amount < 0 ? "To" : "From", THEME_STRONG, e->other_name);
	account_number_format(e->other, text, sizeof text);
	row_draw(c, in, row + 3, 16, "", THEME_TEXT, text);
	cells_text(c, in.y + row + 5, in.x, 15, THEME_DIM, "Reference");
	cells_wrap(c, in.y + row + 5, in.x + 16, in.w - 16, 3, THEME_TEXT, e->reference[0] == '\0' ? "none" : e->reference);
	clock_local_text(e->utc_ms, text, sizeof text);
	row_draw(c, in, row + 9, 16, "Time", THEME_TEXT, text);
	snprintf(text, sizeof text, "%llu", (unsigned long long)e->journal);
	row_draw(c, in, row + 10, 16, "Number", THEME_TEXT, text);
	money_format(e->balance_after, s->page.currency, text);
	row_draw(c, in, row + 11, 16, "Balance after", THEME_TEXT, text);
}

static void
history_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct history_state *s = state;
	struct area in = card_draw(c, s->details ? "Entry" : "History", 72, 16);
	char text[64];

	if (s->account < v->overview.accounts_count) {
		account_number_format(v->overview.accounts[s->account].number, text, sizeof text);
		cells_text(c, in.y, in.x, in.w - 20, THEME_STRONG, text);
	}
	if (v->overview.accounts_count > 1)
		cells_text(c, in.y, in.x + 32, 20, THEME_DIM, "◀ ▶ other account");
	if (s->asked && !s->known)
		cells_text(c, in.y + 2, in.x, in.w, THEME_DIM, "Asking the server ...");
	else if (s->details && s->on < s->page.entries_count)
		history_draw_details(s, c, in, 2);
	else if (s->known)
		history_draw_list(s, c, in, 2);
	if (!s->details && s->known) {
		snprintf(text, sizeof text, "page %d%s", s->at + 1, s->page.next_before != 0 ? ", older: PgDn" : "");
		cells_right(c, in.y, in.x + in.w, 24, THEME_DIM, text);
	}
}

static const char *
history_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct history_state *s = state;

	(void)v;
	if (req == REQ_PGUP && s->at == 0)
		return "These are the newest entries.";
	if (req == REQ_PGDN && (s->page.next_before == 0 || s->at + 1 >= HISTORY_PAGES))
		return "These are the oldest entries.";
	return req == REQ_ENTER && s->page.entries_count == 0 ? "There is no entry to show." : NULL;
}

const struct screen_ops screen_history = {
	.name = "history",
	.title = "History",
	.help = "Newest first; money that left the account has a minus sign. PgDn shows older entries, PgUp newer ones.\n"
	    "Enter shows everything about the chosen entry. With more than one account, the arrow keys left and right change "
	    "between them.",
	.bar = { { REQ_HELP, "Help" }, { REQ_BACK, "Back" }, { REQ_PGUP, "Newer" }, { REQ_PGDN, "Older" },
	    { REQ_ENTER, "Details" }, { REQ_AGAIN, "Refresh" } },
	.state_size = sizeof(struct history_state),
	.enter = history_enter,
	.key = history_key,
	.event = history_event,
	.fill = history_fill,
	.draw = history_draw,
	.refuses = history_refuses,
};
