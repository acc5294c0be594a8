/*
 * screen_holds.c - one's own transfers that needed somebody else's approval:
 * those that wait and what became of the others, the newest first.
 * SPDX-License-Identifier: Apache-2.0
 *
 * At the end of what is shown the next ones are asked for, up to HOLDS_SHOWN.
 */
#include <stdio.h>
#include <string.h>

#include "client/frame.h"
#include "client/screen.h"
#include "client/table.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/money.h"

#define HOLDS_SHOWN  256u
#define HOLDS_DETAIL 6	/* rows below the table: a rule and the whole of the chosen transfer */

enum { HOLDS_SINCE, HOLDS_PAYEE, HOLDS_AMOUNT, HOLDS_CURRENCY, HOLDS_STATE, HOLDS_COLS };

struct holds_state {
	cs_Hold row[HOLDS_SHOWN];
	size_t rows;
	bool asked, known, next, more;
	struct table table;
};

static struct intent
holds_send(struct holds_state *s, bool next)
{
	s->asked = true;
	s->next = next;
	return SEND;
}

static struct intent
holds_enter(void *state, struct visit *v)
{
	struct holds_state *s = state;

	(void)v;
	return s->asked || s->known ? STAY : holds_send(s, false);
}

static const char *
holds_fate(cs_HoldState state, enum theme *t)
{
	switch (state) {
	case cs_HoldState_HOLD_STATE_OPEN:
		*t = THEME_WARN;
		return "waits";
	case cs_HoldState_HOLD_STATE_POSTED:
		*t = THEME_GOOD;
		return "✓ done";
	case cs_HoldState_HOLD_STATE_REFUSED:
		*t = THEME_BAD;
		return "✗ refused";
	case cs_HoldState_HOLD_STATE_EXPIRED:
		*t = THEME_WARN;
		return "expired";
	default:
		return "?";
	}
}

static void
holds_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct holds_state *s = ctx;
	const cs_Hold *h = &s->row[row];

	switch (col) {
	case HOLDS_SINCE:
		clock_local_text(h->held_utc_ms, text, TABLE_CELL_BYTES);
		break;
	case HOLDS_PAYEE:
		snprintf(text, TABLE_CELL_BYTES, "%s", h->payee_name);
		break;
	case HOLDS_AMOUNT:
		money_format_plain(h->amount, h->currency, text);
		break;
	case HOLDS_CURRENCY:
		snprintf(text, TABLE_CELL_BYTES, "%s", h->currency);
		break;
	default:
		snprintf(text, TABLE_CELL_BYTES, "%s", holds_fate(h->state, t));
		break;
	}
}

static struct table_source
holds_source(const struct holds_state *s)
{
	static const struct table_col cols[HOLDS_COLS] = {
		[HOLDS_SINCE] = { "Confirmed", 16, 16, false, 0 },
		[HOLDS_PAYEE] = { "To", 16, 70, false, 0 },
		[HOLDS_AMOUNT] = { "Amount", 13, 20, true, 0 },
		[HOLDS_CURRENCY] = { "Cur", 3, 3, false, 0 },
		[HOLDS_STATE] = { "State", 9, 9, false, 0 },
	};

	return (struct table_source){ .cols = cols, .n = HOLDS_COLS, .rows = s->rows, .cell = holds_cell, .ctx = s,
		.empty = s->known ? "None of your transfers needed somebody else's approval." : "Asking the server ..." };
}

static struct area
holds_table_area(int w, int h)
{
	struct area in = frame_body(w, h);

	in.h = in.h > HOLDS_DETAIL ? in.h - HOLDS_DETAIL : 0;
	return in;
}

static struct intent
holds_key(void *state, struct visit *v, struct key k)
{
	struct holds_state *s = state;
	struct table_source source = holds_source(s);
	int page = table_page(&s->table, holds_table_area(v->w, v->h).h);

	if (!s->table.finding && k.req == REQ_BACK)
		return BACK;
	if (!s->table.finding && k.req == REQ_AGAIN)
		return holds_send(s, false);
	if (!table_key(&s->table, &source, page, k))
		return UNHEARD;
	return s->more && s->table.on + 1 >= s->rows && s->rows < HOLDS_SHOWN ? holds_send(s, true) : STAY;
}

static struct intent
holds_event(void *state, struct visit *v, const struct event *e)
{
	struct holds_state *s = state;
	const cs_Holds *m;

	(void)v;
	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_holds_tag)
		return STAY;
	m = &e->msg->body.holds;
	if (!s->next)
		s->rows = 0;
	for (pb_size_t i = 0; i < m->rows_count && s->rows < HOLDS_SHOWN; i++)
		s->row[s->rows++] = m->rows[i];
	s->more = m->more && m->rows_count > 0;
	s->known = true;
	if (s->table.on >= s->rows)
		s->table.on = s->rows > 0 ? s->rows - 1 : 0;
	return STAY;
}

static void
holds_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct holds_state *s = state;

	(void)v;
	e->which_body = cs_Envelope_holds_get_tag;
	e->body.holds_get.before = s->next && s->rows > 0 ? s->row[s->rows - 1].hold : 0;
}

/* What became of it, in a sentence. */
static void
holds_draw_fate(const cs_Hold *h, struct cells *c, struct area in)
{
	enum theme t = THEME_TEXT;
	char when[32], text[REFERENCE_MAX_BYTES + 80];
	bool open = h->state == cs_HoldState_HOLD_STATE_OPEN;

	holds_fate(h->state, &t);
	clock_local_text(open ? h->expires_utc_ms : h->decided_utc_ms, when, sizeof when);
	switch (h->state) {
	case cs_HoldState_HOLD_STATE_OPEN:
		if (h->approvals > 1)
			snprintf(text, sizeof text, "The amount is held: %u of %u at the bank have approved; until %s at the latest.",
			    (unsigned)h->given, (unsigned)h->approvals, when);
		else
			snprintf(text, sizeof text, "The amount is held until somebody at the bank decides, %s at the latest.", when);
		break;
	case cs_HoldState_HOLD_STATE_POSTED:
		snprintf(text, sizeof text, "Approved and paid %s.", when);
		break;
	case cs_HoldState_HOLD_STATE_REFUSED:
		snprintf(text, sizeof text, "Refused %s, no money has moved: %s", when, h->reason);
		break;
	default:
		clock_local_text(h->expires_utc_ms, when, sizeof when);
		snprintf(text, sizeof text, "Nobody decided before %s: no money has moved, the amount is free again.", when);
		break;
	}
	cells_wrap(c, in.y, in.x, in.w, in.h, t, text);
}

static void
holds_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct holds_state *s = state;
	struct area table = holds_table_area(c->w, c->h);
	struct table_source source = holds_source(s);
	int y = table.y + table.h;
	char to[64], from[64];

	(void)v;
	table_draw(&s->table, &source, c, table);
	cells_rule(c, y, table.x, table.w);
	if (s->table.on >= s->rows)
		return;
	account_number_format(s->row[s->table.on].debit, from, sizeof from);
	account_number_format(s->row[s->table.on].payee, to, sizeof to);
	cells_format(c, y + 1, table.x + 1, table.w - 2, THEME_TEXT, "From %s to %s", from, to);
	cells_wrap(c, y + 2, table.x + 1, table.w - 2, 2, THEME_DIM, s->row[s->table.on].reference);
	holds_draw_fate(&s->row[s->table.on], c, (struct area){ y + 4, table.x + 1, HOLDS_DETAIL - 4, table.w - 2 });
}

static bool
holds_waits(const void *state)
{
	return ((const struct holds_state *)state)->asked;
}

const struct screen_ops screen_holds = {
	.name = "holds",
	.title = "Held transfers",
	.help = "Large transfers are held after you have confirmed them, until somebody at the bank approves or refuses them, or until the "
	    "time is over. This page has all of yours, the newest first; below the table stands what became of the chosen one.\n"
	    "A transfer that was refused or has expired moved no money; begin a new one if you still mean it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_FIND, "Search", 1 }, { REQ_AGAIN, "Refresh", 0 } },
	.state_size = sizeof(struct holds_state),
	.enter = holds_enter,
	.key = holds_key,
	.event = holds_event,
	.fill = holds_fill,
	.draw = holds_draw,
	.waits = holds_waits,
};
