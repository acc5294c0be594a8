/*
 * screen_sessions.c - who is signed on where; ending a session.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The newest first; at the end of what is shown the next ones are asked for, up
 * to SESSIONS_SHOWN.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/frame.h"
#include "client/table.h"
#include "client/widgets.h"
#include "proto/clock.h"

#define SESSIONS_SHOWN 512u

enum { SESSIONS_NAME, SESSIONS_CUSTOMER, SESSIONS_TERMINAL, SESSIONS_CONSOLE, SESSIONS_STATE, SESSIONS_OPENED, SESSIONS_SEEN,
	SESSIONS_COLS };
enum sessions_ask { SESSIONS_IDLE, SESSIONS_LIST, SESSIONS_END };

struct sessions_state {
	cs_SessionRow row[SESSIONS_SHOWN];
	size_t rows;
	int64_t now_ms;			/* of the last answer: how long ago they were seen */
	enum sessions_ask ask;
	bool next;			/* the next ones are asked for, not the first */
	bool more;			/* the last answer was a full page */
	struct table table;
	struct dialog dialog;
};

static const struct dialog_text sessions_end = {
	.title = "End the session", .question = "What is under way in it is given up; the person may sign on again.",
	.choices = { "Leave it", "End the session" }, .reason_chars = 3,
};

static struct intent
sessions_send(struct sessions_state *s, bool next)
{
	s->ask = SESSIONS_LIST;
	s->next = next;
	return SEND;
}

static struct intent
sessions_enter(void *state, struct visit *v)
{
	(void)v;
	return sessions_send(state, false);
}

static const char *
sessions_console(cs_Console console)
{
	return console == cs_Console_CONSOLE_AUDIT ? "audit" : console == cs_Console_CONSOLE_BACKOFFICE ? "backoffice" : "terminal";
}

static void
sessions_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct sessions_state *s = ctx;
	const cs_SessionRow *r = &s->row[row];

	switch (col) {
	case SESSIONS_NAME:
		snprintf(text, TABLE_CELL_BYTES, "%s", r->name);
		break;
	case SESSIONS_CUSTOMER:
		snprintf(text, TABLE_CELL_BYTES, "%s", r->customer);
		break;
	case SESSIONS_TERMINAL:
		snprintf(text, TABLE_CELL_BYTES, "%s", r->terminal);
		break;
	case SESSIONS_CONSOLE:
		snprintf(text, TABLE_CELL_BYTES, "%s", sessions_console(r->console));
		break;
	case SESSIONS_STATE:
		snprintf(text, TABLE_CELL_BYTES, "%s", r->signed_on ? "signed on" : "begun");
		*t = r->signed_on ? THEME_TEXT : THEME_DIM;
		break;
	case SESSIONS_OPENED:
		clock_local_text(r->opened_utc_ms, text, TABLE_CELL_BYTES);
		break;
	default:
		snprintf(text, TABLE_CELL_BYTES, "%lld s", (long long)(s->now_ms > r->seen_utc_ms ? (s->now_ms - r->seen_utc_ms) / 1000 : 0));
		break;
	}
}

static struct table_source
sessions_source(const struct sessions_state *s)
{
	static const struct table_col cols[SESSIONS_COLS] = {
		[SESSIONS_NAME] = { "Who", 18, 40, false, 0 },
		[SESSIONS_CUSTOMER] = { "Number", 8, 8, false, 0 },
		[SESSIONS_TERMINAL] = { "Terminal", 12, 32, false, 0 },
		[SESSIONS_CONSOLE] = { "Console", 10, 10, false, 2 },
		[SESSIONS_STATE] = { "State", 9, 9, false, 1 },
		[SESSIONS_OPENED] = { "Since", 16, 16, false, 3 },
		[SESSIONS_SEEN] = { "Last seen", 9, 9, true, 0 },
	};

	return (struct table_source){ .cols = cols, .n = SESSIONS_COLS, .rows = s->rows, .cell = sessions_cell, .ctx = s,
		.empty = s->ask == SESSIONS_LIST ? "Asking the server ..." : "There is no session." };
}

static int
sessions_page(const struct sessions_state *s, const struct visit *v)
{
	return table_page(&s->table, frame_body(v->w, v->h).h - AUDIT_STATUS);
}

static struct intent
sessions_key(void *state, struct visit *v, struct key k)
{
	struct sessions_state *s = state;
	struct table_source source = sessions_source(s);

	if (s->dialog.text != NULL) {
		if (!audit_confirm(&s->dialog, v, k))
			return STAY;
		s->ask = SESSIONS_END;
		return SEND;
	}
	if (s->table.finding && k.req != REQ_CLICK)
		return table_key(&s->table, &source, sessions_page(s, v), k) ? STAY : UNHEARD;
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_AGAIN:
		return sessions_send(s, false);
	case REQ_REFUSE:
		dialog_open(&s->dialog, &sessions_end);
		return STAY;
	case REQ_ENTER:
		memcpy(v->about_customer, s->row[s->table.on].customer, sizeof v->about_customer);
		return (struct intent){ .go = GO_TO, .next = &screen_people };
	default:
		break;
	}
	if (!table_key(&s->table, &source, sessions_page(s, v), k))
		return UNHEARD;
	return s->more && s->table.on + 1 >= s->rows && s->rows + SUPERVISE_PAGE_MAX <= SESSIONS_SHOWN ? sessions_send(s, true) : STAY;
}

static struct intent
sessions_event(void *state, struct visit *v, const struct event *e)
{
	struct sessions_state *s = state;
	enum sessions_ask was = s->ask;
	const cs_Sessions *m;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = SESSIONS_IDLE;
	if (was == SESSIONS_END) {
		dialog_close(&s->dialog);
		if (e->rc == RC_OK)
			visit_say(v, NOTICE_GOOD, "The session is ended.");
		return sessions_send(s, false);
	}
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_sessions_tag)
		return STAY;
	m = &e->msg->body.sessions;
	if (!s->next)
		s->rows = 0;
	for (pb_size_t i = 0; i < m->rows_count && s->rows < SESSIONS_SHOWN; i++)
		s->row[s->rows++] = m->rows[i];
	s->more = m->rows_count == SUPERVISE_PAGE_MAX;
	s->now_ms = v->utc_ms;
	if (s->table.on >= s->rows)
		s->table.on = s->rows > 0 ? s->rows - 1 : 0;
	return STAY;
}

static void
sessions_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct sessions_state *s = state;
	const cs_SessionRow *last = s->next && s->rows > 0 ? &s->row[s->rows - 1] : NULL;

	(void)v;
	if (s->ask == SESSIONS_END) {
		e->which_body = cs_Envelope_session_end_tag;
		memcpy(e->body.session_end.session, s->row[s->table.on].session, ID_BYTES);
		audit_reason(&s->dialog, e->body.session_end.reason);
		return;
	}
	e->which_body = cs_Envelope_sessions_get_tag;
	if (last == NULL)
		return;
	e->body.sessions_get.before_utc_ms = last->opened_utc_ms;
	memcpy(e->body.sessions_get.before, last->session, ID_BYTES);
}

static void
sessions_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct sessions_state *s = state;
	struct area in = frame_body(c->w, c->h);
	struct table_source source = sessions_source(s);

	table_draw(&s->table, &source, c, (struct area){ in.y, in.x, in.h - AUDIT_STATUS, in.w });
	audit_status_draw(c, v);
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
sessions_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct sessions_state *s = state;

	if (req == REQ_REFUSE && audit_only_supervisor(v) != NULL)
		return audit_only_supervisor(v);
	return (req == REQ_REFUSE || req == REQ_ENTER) && s->table.on >= s->rows ? "There is no session to choose." : NULL;
}

static bool
sessions_waits(const void *state)
{
	return ((const struct sessions_state *)state)->ask != SESSIONS_IDLE;
}

const struct screen_ops screen_sessions = {
	.name = "sessions",
	.title = "Sessions",
	.help = "Everybody who works now, customers and staff, the newest session first. \"begun\" is somebody who has not finished to sign on.\n"
	    "Enter shows the person. A supervisor ends a session with a reason that is recorded; never one of their own.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 0 }, { REQ_ENTER, "Person", 1 },
	    { REQ_FIND, "Search", 2 }, { REQ_AGAIN, "Refresh", 0 }, { REQ_REFUSE, "End session", 0 } },
	.state_size = sizeof(struct sessions_state),
	.enter = sessions_enter,
	.key = sessions_key,
	.event = sessions_event,
	.fill = sessions_fill,
	.draw = sessions_draw,
	.refuses = sessions_refuses,
	.waits = sessions_waits,
};
