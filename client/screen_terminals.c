/*
 * screen_terminals.c - terminals: which there are, accepting, revoking.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Terminals have no pages at the server's end but by number; all are loaded,
 * SUPERVISE_PAGE_MAX at a time, up to TERMINALS_SHOWN.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/frame.h"
#include "client/table.h"
#include "proto/clock.h"
#include "proto/role.h"

#define TERMINALS_SHOWN 512u

enum { TERMINALS_NAME, TERMINALS_STATE, TERMINALS_BRANCH, TERMINALS_CONSOLES, TERMINALS_SEEN, TERMINALS_COLS };
enum terminals_ask { TERMINALS_IDLE, TERMINALS_LIST, TERMINALS_REVOKE };

struct terminals_state {
	cs_TerminalRow row[TERMINALS_SHOWN];
	size_t rows;
	uint64_t after;			/* the last one known */
	enum terminals_ask ask;
	struct table table;
	struct dialog dialog;
};

static const struct dialog_text terminals_revoke = {
	.title = "Revoke the terminal", .question = "Its connection is cut within seconds, and it is never accepted again with this key.",
	.choices = { "Leave it", "Revoke" }, .reason_chars = 3,
};

static struct intent
terminals_load(struct terminals_state *s, uint64_t after)
{
	if (after == 0)
		s->rows = 0;
	s->after = after;
	s->ask = TERMINALS_LIST;
	return SEND;
}

static struct intent
terminals_enter(void *state, struct visit *v)
{
	(void)v;
	return terminals_load(state, 0);
}

static void
terminals_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	static const struct {
		const char *word;
		enum theme theme;
	} words[] = { { "?", THEME_WARN }, { "waiting", THEME_WARN }, { "accepted", THEME_GOOD }, { "revoked", THEME_DIM } };
	const struct terminals_state *s = ctx;
	const cs_TerminalRow *r = &s->row[row];
	unsigned state = (unsigned)r->state < sizeof words / sizeof words[0] ? (unsigned)r->state : 0;

	switch (col) {
	case TERMINALS_NAME:
		snprintf(text, TABLE_CELL_BYTES, "%s", r->name[0] != '\0' ? r->name : "(no name yet)");
		break;
	case TERMINALS_STATE:
		snprintf(text, TABLE_CELL_BYTES, "%s", words[state].word);
		*t = words[state].theme;
		break;
	case TERMINALS_BRANCH:
		snprintf(text, TABLE_CELL_BYTES, "%s", r->branch);
		break;
	case TERMINALS_CONSOLES:
		consoles_words(r->consoles & CONSOLES_ALL, text);
		break;
	default:
		clock_local_text(r->first_seen_utc_ms, text, TABLE_CELL_BYTES);
		break;
	}
}

/* Below the table: all that is known of the chosen one. */
#define TERMINALS_DETAIL (2 + (int)(sizeof ((cs_TerminalRow *)0)->pairs / sizeof ((cs_TerminalRow *)0)->pairs[0]))

static struct table_source
terminals_source(const struct terminals_state *s)
{
	static const struct table_col cols[TERMINALS_COLS] = {
		[TERMINALS_NAME] = { "Terminal", 14, 32, false, 0 },
		[TERMINALS_STATE] = { "State", 8, 8, false, 0 },
		[TERMINALS_BRANCH] = { "Branch", 14, 40, false, 0 },
		[TERMINALS_CONSOLES] = { "Consoles", 20, 28, false, 0 },
		[TERMINALS_SEEN] = { "First seen", 16, 16, false, 1 },
	};

	return (struct table_source){ .cols = cols, .n = TERMINALS_COLS, .rows = s->rows, .cell = terminals_cell, .ctx = s,
		.empty = s->ask == TERMINALS_LIST ? "Asking the server ..." : "There is no terminal." };
}

static struct area
terminals_table_area(int w, int h)
{
	struct area in = frame_body(w, h);

	in.h -= TERMINALS_DETAIL + AUDIT_STATUS;
	if (in.h < 0)
		in.h = 0;
	return in;
}

static int
terminals_page(const struct terminals_state *s, const struct visit *v)
{
	return table_page(&s->table, terminals_table_area(v->w, v->h).h);
}

static struct intent
terminals_key(void *state, struct visit *v, struct key k)
{
	struct terminals_state *s = state;
	struct table_source source = terminals_source(s);

	if (s->dialog.text != NULL) {
		if (!audit_confirm(&s->dialog, v, k))
			return STAY;
		s->ask = TERMINALS_REVOKE;
		return SEND;
	}
	if (s->table.finding && k.req != REQ_CLICK)
		return table_key(&s->table, &source, terminals_page(s, v), k) ? STAY : UNHEARD;
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_NEW:
		return (struct intent){ .go = GO_TO, .next = &screen_accept };
	case REQ_AGAIN:
		return terminals_load(s, 0);
	case REQ_REFUSE:
		dialog_open(&s->dialog, &terminals_revoke);
		return STAY;
	default:
		return table_key(&s->table, &source, terminals_page(s, v), k) ? STAY : UNHEARD;
	}
}

static struct intent
terminals_event(void *state, struct visit *v, const struct event *e)
{
	struct terminals_state *s = state;
	enum terminals_ask was = s->ask;
	const cs_Terminals *m;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = TERMINALS_IDLE;
	if (was == TERMINALS_REVOKE) {
		if (e->rc == RC_OK)
			visit_say(v, NOTICE_GOOD, "%s is revoked.", s->row[s->table.on].name);
		dialog_close(&s->dialog);
		return terminals_load(s, 0);
	}
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_terminals_tag)
		return STAY;
	m = &e->msg->body.terminals;
	for (pb_size_t i = 0; i < m->rows_count && s->rows < TERMINALS_SHOWN; i++)
		s->row[s->rows++] = m->rows[i];
	if (m->rows_count == SUPERVISE_PAGE_MAX && s->rows < TERMINALS_SHOWN && s->row[s->rows - 1].id > s->after)
		return terminals_load(s, s->row[s->rows - 1].id);
	if (s->table.on >= s->rows)
		s->table.on = s->rows > 0 ? s->rows - 1 : 0;
	return STAY;
}

static void
terminals_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct terminals_state *s = state;

	(void)v;
	if (s->ask == TERMINALS_REVOKE) {
		e->which_body = cs_Envelope_terminal_revoke_tag;
		e->body.terminal_revoke.terminal = s->row[s->table.on].id;
		audit_reason(&s->dialog, e->body.terminal_revoke.reason);
		return;
	}
	e->which_body = cs_Envelope_terminals_get_tag;
	e->body.terminals_get.after = s->after;
}

/* Which consoles it may open; of one that waits, what its screen must show, by the invitation it was given. */
static void
terminals_draw_detail(const cs_TerminalRow *r, struct cells *c, struct area in)
{
	bool waits = r->state == cs_TerminalState_TERMINAL_STATE_PENDING;
	char words[ROLE_WORDS_BYTES];

	cells_rule(c, in.y, in.x, in.w);
	consoles_words(r->consoles & CONSOLES_ALL, words);
	cells_format(c, in.y + 1, in.x + 1, in.w - 2, THEME_TEXT, waits ? "Would open %s. Its screen shows, if it was given the invitation" :
	    r->state == cs_TerminalState_TERMINAL_STATE_REVOKED ? "Opened %s" : "Opens %s", words);
	for (pb_size_t i = 0; waits && i < r->pairs_count; i++)
		cells_format(c, in.y + 2 + i, in.x + 3, in.w - 4, THEME_STRONG, "%s   for \"%s\"", r->pairs[i].fingerprint, r->pairs[i].invited);
	if (waits && r->pairs_count == 0)
		cells_text(c, in.y + 2, in.x + 3, in.w - 4, THEME_WARN, "No invitation is open: nobody may accept it.");
}

static void
terminals_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct terminals_state *s = state;
	struct area table = terminals_table_area(c->w, c->h);
	struct table_source source = terminals_source(s);

	table_draw(&s->table, &source, c, table);
	if (s->table.on < s->rows)
		terminals_draw_detail(&s->row[s->table.on], c, (struct area){ table.y + table.h, table.x, TERMINALS_DETAIL, table.w });
	audit_status_draw(c, v);
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
terminals_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct terminals_state *s = state;

	if (req != REQ_NEW && req != REQ_REFUSE)
		return NULL;
	if ((v->person.roles & (ROLE_SUPERVISOR | ROLE_ADMINISTRATOR)) == 0)
		return "Only a supervisor or an administrator does this; auditors look.";
	if (req == REQ_REFUSE && s->table.on >= s->rows)
		return "There is no terminal to choose.";
	return req == REQ_REFUSE && s->row[s->table.on].state == cs_TerminalState_TERMINAL_STATE_REVOKED ?
	    "This terminal is revoked already." : NULL;
}

static bool
terminals_waits(const void *state)
{
	return ((const struct terminals_state *)state)->ask != TERMINALS_IDLE;
}

const struct screen_ops screen_terminals = {
	.name = "terminals",
	.title = "Terminals",
	.help = "Every terminal that has shown its key. F2 accepts a waiting one: compare the fingerprint on its own screen, name its branch and "
	    "the consoles it may open.\n"
	    "F7 revokes the chosen one, with a reason; its connection is cut within seconds.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 0 }, { REQ_NEW, "Accept", 0 },
	    { REQ_FIND, "Search", 2 }, { REQ_AGAIN, "Refresh", 1 }, { REQ_REFUSE, "Revoke", 0 } },
	.state_size = sizeof(struct terminals_state),
	.enter = terminals_enter,
	.key = terminals_key,
	.event = terminals_event,
	.fill = terminals_fill,
	.draw = terminals_draw,
	.refuses = terminals_refuses,
	.waits = terminals_waits,
};
