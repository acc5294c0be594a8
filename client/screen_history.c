/*
 * screen_history.c - what moved on an account, newest first, page by page; all of
 * it as a CSV file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "client/export_file.h"
#include "client/screen.h"
#include "client/table.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/csv.h"
#include "proto/money.h"

#define HISTORY_ROWS  11u	/* of a page: fits 80x24 */
#define HISTORY_PAGES 256
#define HISTORY_AMOUNT_W 16

enum { HISTORY_DATE, HISTORY_OTHER, HISTORY_AMOUNT, HISTORY_BALANCE, HISTORY_COLS };

struct history_state {
	cs_History page;
	uint64_t before[HISTORY_PAGES];	/* where page i starts */
	int  at;			/* this page */
	int  account;			/* index into the overview */
	struct table table;
	bool known, asked, details;
	struct export_file file;	/* open: everything is being written, */
	uint64_t file_before;		/* from here on */
};

static struct intent
history_ask(struct history_state *s)
{
	s->asked = true;
	s->details = false;
	s->table.on = 0;
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
history_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct history_state *s = ctx;
	const cs_HistoryEntry *e = &s->page.entries[row];

	switch (col) {
	case HISTORY_DATE:
		clock_local_text(e->utc_ms, text, TABLE_CELL_BYTES);
		break;
	case HISTORY_OTHER:
		snprintf(text, TABLE_CELL_BYTES, "%s", e->other_name[0] != '\0' ? e->other_name : e->other);
		break;
	case HISTORY_AMOUNT:
		history_amount(e->amount, s->page.currency, text);
		*t = e->amount > 0 ? THEME_GOOD : THEME_TEXT;
		break;
	default:
		history_amount(e->balance_after, s->page.currency, text);
		break;
	}
}

static struct table_source
history_source(const struct history_state *s, struct table_col cols[static HISTORY_COLS])
{
	int amount = history_width(s, false), balance = history_width(s, true);

	cols[HISTORY_DATE] = (struct table_col){ .title = "Date", .least = 16, .most = 16 };
	cols[HISTORY_OTHER] = (struct table_col){ .title = "From or to", .least = 10, .most = 40 };
	cols[HISTORY_AMOUNT] = (struct table_col){ .title = "Amount", .least = amount, .most = amount, .right = true };
	cols[HISTORY_BALANCE] = (struct table_col){ .title = "Balance", .least = balance, .most = balance, .right = true };
	return (struct table_source){ .cols = cols, .n = HISTORY_COLS, .rows = s->known ? s->page.entries_count : 0,
		.cell = history_cell, .ctx = s, .empty = "Nothing has moved on this account yet." };
}

/* ---- as a file ---- */

static struct intent
history_save(struct history_state *s, struct visit *v)
{
	char name[80], at[CLOCK_TEXT_BYTES], why[NOTICE_BYTES];

	clock_utc_text(v->utc_ms, at);
	at[strcspn(at, ".Z")] = '\0';		/* whole seconds, and no colons: the file may go anywhere */
	for (char *p = at; *p != '\0'; p++)
		*p = *p == ':' ? '-' : *p;
	snprintf(name, sizeof name, "%s-%s.csv", v->overview.accounts[s->account].number, at);
	if (export_file_open(&s->file, v->export, name, why, sizeof why) != RC_OK) {
		visit_say(v, NOTICE_BAD, "%s", why);
		return STAY;
	}
	fputs("time,journal,account,name,reference,amount,balance,currency\r\n", s->file.to);
	s->file_before = 0;
	s->asked = true;
	visit_say(v, NOTICE_INFO, "Writing the file ...");
	return SEND;
}

static void
history_write(FILE *to, const cs_HistoryEntry *e, const char *currency)
{
	char at[CLOCK_TEXT_BYTES], number[24];

	clock_utc_text(e->utc_ms, at);
	snprintf(number, sizeof number, "%llu", (unsigned long long)e->journal);
	csv_plain(to, true, at);
	csv_plain(to, false, number);
	csv_text(to, false, e->other);
	csv_text(to, false, e->other_name);
	csv_text(to, false, e->reference);
	csv_amount(to, false, e->amount, currency);
	csv_amount(to, false, e->balance_after, currency);
	csv_plain(to, false, currency);
	csv_end(to);
}

/* A part of it has come, or nothing does. */
static struct intent
history_saved(struct history_state *s, struct visit *v, const struct event *e)
{
	const cs_History *h;
	char why[NOTICE_BYTES];

	h = e->rc == RC_OK && e->msg->which_body == cs_Envelope_history_tag ? &e->msg->body.history : NULL;
	if (h == NULL || (h->next_before != 0 && s->file_before != 0 && h->next_before >= s->file_before)) {
		export_file_drop(&s->file);	/* why stands on the message line */
		return STAY;
	}
	for (pb_size_t i = 0; i < h->entries_count; i++)
		history_write(s->file.to, &h->entries[i], h->currency);
	if (h->next_before != 0) {
		s->file_before = h->next_before;
		s->asked = true;
		return SEND;
	}
	if (export_file_done(&s->file, why, sizeof why) == RC_OK)
		visit_say(v, NOTICE_GOOD, "Written: %s", s->file.path);
	else
		visit_say(v, NOTICE_BAD, "%s", why);
	return STAY;
}

static struct intent
history_key(void *state, struct visit *v, struct key k)
{
	struct history_state *s = state;
	int n = v->overview.accounts_count, entries = s->known ? s->page.entries_count : 0;
	struct table_col cols[HISTORY_COLS];
	struct table_source source = history_source(s, cols);

	if (s->table.finding && (k.req == REQ_BACK || k.req == REQ_LEFT || k.req == REQ_RIGHT))
		return table_key(&s->table, &source, (int)HISTORY_ROWS, k) ? STAY : UNHEARD;
	if (k.req == REQ_BACK) {
		if (!s->details)
			return BACK;
		s->details = false;
		return STAY;
	}
	if (s->asked || (s->details && k.req != REQ_ENTER && k.req != REQ_AGAIN))
		return UNHEARD;
	switch (k.req) {
	case REQ_PGDN:
		return history_turn(s, 1);
	case REQ_PGUP:
		return history_turn(s, -1);
	case REQ_ENTER:
		if (s->table.finding)
			break;
		s->details = entries > 0 && !s->details;
		return STAY;
	case REQ_AGAIN:
		s->at = 0;
		return history_ask(s);
	case REQ_SUBMIT:
		return history_save(s, v);
	case REQ_LEFT:
	case REQ_RIGHT:
		if (n < 2)
			return STAY;
		s->account = (s->account + (k.req == REQ_LEFT ? n - 1 : 1)) % n;
		s->at = 0;
		s->known = false;
		return history_ask(s);
	default:
		break;
	}
	return table_key(&s->table, &source, (int)HISTORY_ROWS, k) ? STAY : UNHEARD;
}

static struct intent
history_event(void *state, struct visit *v, const struct event *e)
{
	struct history_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (s->file.to != NULL)
		return history_saved(s, v, e);
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
	m->before = s->file.to != NULL ? s->file_before : s->before[s->at];
	m->count = s->file.to != NULL ? HISTORY_PAGE_MAX : HISTORY_ROWS;
}

static void
history_draw_details(const struct history_state *s, struct cells *c, struct area in, int row)
{
	const cs_HistoryEntry *e = &s->page.entries[s->table.on];
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
	struct table_col cols[HISTORY_COLS];
	struct table_source source = history_source(s, cols);
	char text[64];

	if (s->account < v->overview.accounts_count) {
		account_number_format(v->overview.accounts[s->account].number, text, sizeof text);
		cells_text(c, in.y, in.x, in.w - 20, THEME_STRONG, text);
	}
	if (v->overview.accounts_count > 1)
		cells_text(c, in.y, in.x + 32, 20, THEME_DIM, "◀ ▶ other account");
	if (s->asked && !s->known)
		cells_text(c, in.y + 2, in.x, in.w, THEME_DIM, "Asking the server ...");
	else if (s->details && s->table.on < s->page.entries_count)
		history_draw_details(s, c, in, 2);
	else if (s->known)
		table_draw(&s->table, &source, c, (struct area){ in.y + 2, in.x - 2, in.h - 2, in.w + 4 });
	if (!s->details && s->known) {
		snprintf(text, sizeof text, "page %d%s", s->at + 1, s->page.next_before != 0 ? ", older: PgDn" : "");
		cells_right(c, in.y, in.x + in.w, 24, THEME_DIM, text);
	}
}

static const char *
history_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct history_state *s = state;

	if (req == REQ_SUBMIT && (v->export[0] == '\0' || v->overview.accounts_count == 0))
		return "No files are written here: terminal.conf names no folder for them (export).";
	if (req == REQ_PGUP && s->at == 0)
		return "These are the newest entries.";
	if (req == REQ_PGDN && (s->page.next_before == 0 || s->at + 1 >= HISTORY_PAGES))
		return "These are the oldest entries.";
	return req == REQ_ENTER && s->page.entries_count == 0 ? "There is no entry to show." : NULL;
}

static bool
history_waits(const void *state)
{
	return ((const struct history_state *)state)->asked;
}

static void
history_leave(void *state, struct visit *v)
{
	(void)v;
	export_file_drop(&((struct history_state *)state)->file);
}

const struct screen_ops screen_history = {
	.name = "history",
	.title = "History",
	.help = "Newest first; money that left the account has a minus sign. PgDn shows older entries, PgUp newer ones.\n"
	    "Enter shows everything about the chosen entry; F3 or / searches the entries in view. With more than one account, the arrow keys left and right change "
	    "between them. F8 writes all of the account's history to a CSV file, where this terminal has a folder for it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PGUP, "Newer", 0 }, { REQ_PGDN, "Older", 0 },
	    { REQ_ENTER, "Show", 0 }, { REQ_AGAIN, "Refresh", 0 },
	    { REQ_FIND, "Search", 1 }, { REQ_SUBMIT, "File", 1 } },
	.state_size = sizeof(struct history_state),
	.enter = history_enter,
	.key = history_key,
	.event = history_event,
	.fill = history_fill,
	.draw = history_draw,
	.refuses = history_refuses,
	.waits = history_waits,
	.leave = history_leave,
};
