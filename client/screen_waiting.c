/*
 * screen_waiting.c - transfers and reversals whose amount is held until somebody
 * at the audit console posts or refuses them, the oldest first.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list is asked for again every few seconds, page by page into a second
 * list, which takes the place of the first when it is complete; the chosen
 * transfer stays chosen. Such asking keeps no session from being idle.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/frame.h"
#include "client/table.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/money.h"

#define WAITING_SHOWN   256u
#define WAITING_POLL_MS 3000
#define WAITING_HEAD    1

enum { WAITING_SINCE, WAITING_KIND, WAITING_PAYER, WAITING_PAYEE, WAITING_AMOUNT, WAITING_CURRENCY, WAITING_EXPIRES, WAITING_COLS };

struct waiting_list {
	cs_Hold row[WAITING_SHOWN];
	size_t rows;
	bool more;			/* than are shown */
};

struct waiting_state {
	struct waiting_list shown, next;
	bool asked, known;
	int64_t asked_ms;
	struct table table;
};

static struct intent
waiting_ask(struct waiting_state *s, const struct visit *v)
{
	s->asked = true;
	s->asked_ms = v->mono_ms;
	return SEND;
}

static struct intent
waiting_begin(struct waiting_state *s, const struct visit *v)
{
	s->next.rows = 0;
	return waiting_ask(s, v);
}

static struct intent
waiting_enter(void *state, struct visit *v)
{
	struct waiting_state *s = state;

	return s->asked ? STAY : waiting_begin(s, v);
}

static void
waiting_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct waiting_list *l = ctx;
	const cs_Hold *h = &l->row[row];

	(void)t;
	switch (col) {
	case WAITING_SINCE:
		clock_local_text(h->held_utc_ms, text, TABLE_CELL_BYTES);
		break;
	case WAITING_KIND:
		if (h->approvals > 1)
			snprintf(text, TABLE_CELL_BYTES, "transfer %u/%u", (unsigned)h->given, (unsigned)h->approvals);
		else
			snprintf(text, TABLE_CELL_BYTES, "%s", h->reverses != 0 ? "reversal" : "transfer");
		break;
	case WAITING_PAYER:
		snprintf(text, TABLE_CELL_BYTES, "%s", h->payer);
		break;
	case WAITING_PAYEE:
		snprintf(text, TABLE_CELL_BYTES, "%s", h->payee_name);
		break;
	case WAITING_AMOUNT:
		money_format_plain(h->amount, h->currency, text);
		break;
	case WAITING_CURRENCY:
		snprintf(text, TABLE_CELL_BYTES, "%s", h->currency);
		break;
	default:
		clock_local_text(h->expires_utc_ms, text, TABLE_CELL_BYTES);
		break;
	}
}

static struct table_source
waiting_source(const struct waiting_state *s)
{
	static const struct table_col cols[WAITING_COLS] = {
		[WAITING_SINCE] = { "Held since", 16, 16, false, 1 },
		[WAITING_KIND] = { "Kind", 12, 12, false, 0 },
		[WAITING_PAYER] = { "Payer", 12, 40, false, 0 },
		[WAITING_PAYEE] = { "Payee", 12, 40, false, 0 },
		[WAITING_AMOUNT] = { "Amount", 13, 20, true, 0 },
		[WAITING_CURRENCY] = { "Cur", 3, 3, false, 0 },
		[WAITING_EXPIRES] = { "Expires", 16, 16, false, 0 },
	};

	return (struct table_source){ .cols = cols, .n = WAITING_COLS, .rows = s->shown.rows, .cell = waiting_cell, .ctx = &s->shown,
		.empty = s->known ? "No transfer waits." : "Asking the server ..." };
}

static struct area
waiting_table_area(int w, int h)
{
	struct area in = frame_body(w, h);

	in.y += WAITING_HEAD;
	in.h -= WAITING_HEAD + AUDIT_STATUS;
	if (in.h < 0)
		in.h = 0;
	return in;
}

static struct intent
waiting_key(void *state, struct visit *v, struct key k)
{
	struct waiting_state *s = state;
	struct table_source source = waiting_source(s);
	int page = table_page(&s->table, waiting_table_area(v->w, v->h).h);

	if (s->table.finding && k.req != REQ_CLICK)
		return table_key(&s->table, &source, page, k) ? STAY : UNHEARD;
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_AGAIN:
		return s->asked ? STAY : waiting_begin(s, v);
	case REQ_ENTER:
		v->hold = s->shown.row[s->table.on];
		return (struct intent){ .go = GO_TO, .next = &screen_decide };
	default:
		return table_key(&s->table, &source, page, k) ? STAY : UNHEARD;
	}
}

/* The complete list is shown from now on; the same transfer stays chosen while it is there. */
static void
waiting_show(struct waiting_state *s)
{
	uint64_t on = s->table.on < s->shown.rows ? s->shown.row[s->table.on].hold : 0;

	s->shown = s->next;
	s->known = true;
	if (s->table.on >= s->shown.rows)
		s->table.on = s->shown.rows > 0 ? s->shown.rows - 1 : 0;
	for (size_t i = 0; i < s->shown.rows; i++)
		if (s->shown.row[i].hold == on)
			s->table.on = i;
}

static struct intent
waiting_answer(struct waiting_state *s, struct visit *v, const struct event *e)
{
	const cs_Holds *m;

	s->asked = false;
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_holds_tag)
		return STAY;		/* asked again in a while */
	m = &e->msg->body.holds;
	for (pb_size_t i = 0; i < m->rows_count && s->next.rows < WAITING_SHOWN; i++)
		s->next.row[s->next.rows++] = m->rows[i];
	s->next.more = m->more && m->rows_count > 0;
	if (s->next.more && s->next.rows < WAITING_SHOWN)
		return waiting_ask(s, v);
	waiting_show(s);
	return STAY;
}

static struct intent
waiting_event(void *state, struct visit *v, const struct event *e)
{
	struct waiting_state *s = state;

	if (e->kind == EVENT_ANSWER)
		return waiting_answer(s, v, e);
	return e->kind == EVENT_TICK && v->net == NET_READY && !s->asked && v->mono_ms - s->asked_ms >= WAITING_POLL_MS ?
	    waiting_begin(s, v) : STAY;
}

static void
waiting_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct waiting_state *s = state;

	(void)v;
	e->which_body = cs_Envelope_waiting_get_tag;
	e->body.waiting_get.after = s->next.rows > 0 ? s->next.row[s->next.rows - 1].hold : 0;
}

static void
waiting_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct waiting_state *s = state;
	struct area in = frame_body(c->w, c->h);
	struct table_source source = waiting_source(s);

	cells_format(c, in.y, in.x + 1, in.w - 2, THEME_STRONG, s->shown.more ? "The oldest %zu of the transfers that wait" :
	    s->shown.rows == 1 ? "%zu transfer waits to be approved" : "%zu transfers wait to be approved", s->shown.rows);
	table_draw(&s->table, &source, c, waiting_table_area(c->w, c->h));
	audit_status_draw(c, v);
}

static const char *
waiting_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct waiting_state *s = state;

	(void)v;
	return req == REQ_ENTER && s->table.on >= s->shown.rows ? "There is no transfer to choose." : NULL;
}

const struct screen_ops screen_waiting = {
	.name = "waiting",
	.title = "Waiting transfers",
	.help = "Transfers that a customer has confirmed, and reversals that a supervisor has asked for: somebody else has to decide them. "
	    "Their amounts are held: whoever pays cannot spend them meanwhile. The oldest stands first; what nobody decides in time expires, and the amount is free again.\n"
	    "1/2 says that one of the two who have to approve has done so. Enter shows everything about one. The page looks for new ones every few seconds by itself.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 0 }, { REQ_ENTER, "Decide", 0 },
	    { REQ_FIND, "Search", 1 }, { REQ_AGAIN, "Refresh", 1 } },
	.state_size = sizeof(struct waiting_state),
	.enter = waiting_enter,
	.key = waiting_key,
	.event = waiting_event,
	.fill = waiting_fill,
	.draw = waiting_draw,
	.refuses = waiting_refuses,
};
