/*
 * screen_check.c - a batch that is not one's own to change: the checker
 * compares it with the paper and posts it or sends it back.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The digest is made anew from the lines that are shown: face and code sign
 * what the checker saw, or nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/dialog.h"
#include "client/frame.h"
#include "client/screen.h"
#include "client/table.h"
#include "client/widgets.h"
#include "proto/batch_digest.h"
#include "proto/money.h"

#define CHECK_TOP    3		/* rows above the table */
#define CHECK_FOOT   1
#define CHECK_REASON 3		/* characters at least */

enum { CHECK_LINE, CHECK_DEBIT, CHECK_PAYEE, CHECK_NAME, CHECK_AMOUNT, CHECK_CURRENCY, CHECK_REFERENCE, CHECK_COLS };
enum check_ask { CHECK_IDLE, CHECK_LOADING, CHECK_BACK };

struct check_state {
	cs_BatchLine *line;
	size_t lines, room;
	uint64_t from;
	bool begun;
	bool agrees;			/* the lines are those that the maker signed */
	enum check_ask ask;
	struct table table;
	struct dialog dialog;
};

static const struct dialog_text check_back = {
	.title = "Send the batch back", .question = "The maker sees your reason and changes the batch. Nothing was posted.",
	.choices = { "Do not send it back", "Send it back" }, .reason_chars = CHECK_REASON,
};

static struct intent
check_load(struct check_state *s, uint64_t from)
{
	s->from = from;
	s->ask = CHECK_LOADING;
	return SEND;
}

static struct intent
check_enter(void *state, struct visit *v)
{
	struct check_state *s = state;

	(void)v;
	if (s->begun)
		return STAY;
	s->begun = true;
	return check_load(s, 1);
}

static void
check_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct check_state *s = ctx;
	const cs_BatchLine *l = &s->line[row];

	(void)t;
	switch (col) {
	case CHECK_LINE:
		snprintf(text, TABLE_CELL_BYTES, "%zu", row + 1);
		break;
	case CHECK_DEBIT:
		account_number_format(l->debit, text, TABLE_CELL_BYTES);
		break;
	case CHECK_PAYEE:
		account_number_format(l->payee, text, TABLE_CELL_BYTES);
		break;
	case CHECK_NAME:
		snprintf(text, TABLE_CELL_BYTES, "%s", l->payee_name);
		break;
	case CHECK_AMOUNT:
		money_format_plain(l->amount, l->currency, text);
		break;
	case CHECK_CURRENCY:
		snprintf(text, TABLE_CELL_BYTES, "%s", l->currency);
		break;
	default:
		snprintf(text, TABLE_CELL_BYTES, "%s", l->reference);
		break;
	}
}

static struct table_source
check_source(const struct check_state *s)
{
	static const struct table_col cols[CHECK_COLS] = {
		[CHECK_LINE] = { "Line", 4, 4, true, 0 },
		[CHECK_DEBIT] = { "Debit account", 22, 22, false, 2 },
		[CHECK_PAYEE] = { "Payee's account", 22, 22, false, 0 },
		[CHECK_NAME] = { "Payee", 12, 30, false, 0 },
		[CHECK_AMOUNT] = { "Amount", 13, 20, true, 0 },
		[CHECK_CURRENCY] = { "Cur", 3, 3, false, 0 },
		[CHECK_REFERENCE] = { "Reference", 15, 60, false, 1 },
	};

	return (struct table_source){ .cols = cols, .n = CHECK_COLS, .rows = s->lines, .cell = check_cell, .ctx = s,
		.empty = "Asking the server ..." };
}

static int
check_page(const struct check_state *s, const struct visit *v)
{
	return table_page(&s->table, frame_body(v->w, v->h).h - CHECK_TOP - CHECK_FOOT - 2);
}

static struct intent
check_dialog(struct check_state *s, struct visit *v, struct key k)
{
	enum dialog_did did = dialog_key(&s->dialog, v, k);

	if (did == DIALOG_CHOSEN && s->dialog.on > 0) {
		s->ask = CHECK_BACK;
		return SEND;
	}
	if (did != DIALOG_GOES_ON)
		dialog_close(&s->dialog);
	return STAY;
}

static struct intent
check_key(void *state, struct visit *v, struct key k)
{
	struct check_state *s = state;
	struct table_source source = check_source(s);

	if (s->dialog.text != NULL)
		return s->ask == CHECK_IDLE ? check_dialog(s, v, k) : STAY;
	if (s->table.finding && k.req != REQ_CLICK)
		return table_key(&s->table, &source, check_page(s, v), k) ? STAY : UNHEARD;
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_REFUSE:
		dialog_open(&s->dialog, &check_back);
		return STAY;
	case REQ_SUBMIT:
		v->batch_stopped[0] = '\0';
		v->capture_for = cs_CapturePurpose_CAPTURE_BATCH;
		return (struct intent){ .go = GO_TO, .next = &screen_capture };
	default:
		return table_key(&s->table, &source, check_page(s, v), k) ? STAY : UNHEARD;
	}
}

/* Keeps a page of lines; false: out of memory, or more than a batch has. */
static bool
check_keep(struct check_state *s, const cs_Batch *b)
{
	cs_BatchLine *grown;

	if (s->lines + b->lines_count > BATCH_LINES_MAX)
		return false;
	while (s->lines + b->lines_count > s->room) {
		size_t room = s->room == 0 ? 64 : s->room * 2;

		if ((grown = realloc(s->line, room * sizeof *grown)) == NULL)
			return false;
		s->line = grown;
		s->room = room;
	}
	if (b->lines_count > 0)
		memcpy(s->line + s->lines, b->lines, b->lines_count * sizeof *b->lines);
	s->lines += b->lines_count;
	return true;
}

/* All lines are there: are they what was signed? */
static void
check_digest(struct check_state *s, struct visit *v, const cs_Batch *b)
{
	struct batch_digest d;

	batch_digest_start(&d, b->head.batch, b->version, b->maker);
	for (size_t i = 0; i < s->lines; i++) {
		const cs_BatchLine *from = &s->line[i];
		struct batch_line l = { .place = from->place, .amount = from->amount };

		memcpy(l.debit, from->debit, sizeof l.debit);
		memcpy(l.payee, from->payee, sizeof l.payee);
		memcpy(l.payee_name, from->payee_name, sizeof l.payee_name);
		memcpy(l.currency, from->currency, sizeof l.currency);
		memcpy(l.reference, from->reference, sizeof l.reference);
		batch_digest_line(&d, &l);
	}
	batch_digest_end(&d, v->batch_digest);
	s->agrees = crypto_same(v->batch_digest, b->digest, DIGEST_BYTES);
	if (!s->agrees && b->head.state == cs_BatchState_BATCH_SUBMITTED)
		visit_say(v, NOTICE_BAD, "These lines are not what the maker signed, or they changed while they came. Open the batch again; "
		    "if it stays like this, tell the security staff.");
}

static struct intent
check_event(void *state, struct visit *v, const struct event *e)
{
	struct check_state *s = state;
	enum check_ask was = s->ask;
	const cs_Batch *b;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = CHECK_IDLE;
	if (was == CHECK_BACK) {
		dialog_close(&s->dialog);
		if (e->rc != RC_OK)
			return STAY;
		visit_say(v, NOTICE_GOOD, "Batch %llu was sent back.", (unsigned long long)v->batch.batch);
		return (struct intent){ .go = GO_HOME };
	}
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_batch_tag)
		return was == CHECK_LOADING ? BACK : STAY;
	b = &e->msg->body.batch;
	if (s->lines == 0)	/* totals come with the first page */
		visit_keep_batch(v, b);
	if (!check_keep(s, b)) {
		visit_say(v, NOTICE_BAD, "The batch cannot be shown here: out of memory, or too many lines.");
		return BACK;
	}
	if (b->next != 0)
		return check_load(s, b->next);
	check_digest(s, v, b);
	return STAY;
}

static void
check_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct check_state *s = state;

	if (s->ask == CHECK_BACK) {
		e->which_body = cs_Envelope_batch_back_tag;
		e->body.batch_back.batch = v->batch.batch;
		snprintf(e->body.batch_back.reason, sizeof e->body.batch_back.reason, "%.*s",
		    (int)sizeof e->body.batch_back.reason - 1, s->dialog.reason.text);
		return;
	}
	e->which_body = cs_Envelope_batch_get_tag;
	e->body.batch_get.batch = v->batch.batch;
	e->body.batch_get.from = s->from;
}

/* Everything of the chosen line: nothing of it may be cut where one compares. */
static void
check_draw_line(const struct check_state *s, struct cells *c, struct area in)
{
	const cs_BatchLine *l;
	char debit[64];

	cells_rule(c, in.y, in.x, in.w);
	if (s->table.on >= s->lines)
		return;
	l = &s->line[s->table.on];
	account_number_format(l->debit, debit, sizeof debit);
	cells_format(c, in.y + 1, in.x + 1, in.w - 2, THEME_DIM, "From %s  %s", debit, l->reference);
}

static void
check_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct check_state *s = state;
	struct area in = frame_body(c->w, c->h);
	struct table_source source = check_source(s);
	char text[BATCH_CURRENCIES_MAX * 64] = "", amount[MONEY_TEXT_BYTES];
	size_t at = 0;

	cells_format(c, in.y, in.x + 1, in.w - 2, THEME_STRONG, "Batch %llu of %s", (unsigned long long)v->batch.batch, v->batch.maker);
	cells_text(c, in.y + 1, in.x + 1, in.w - 2, v->batch_stopped[0] != '\0' ? THEME_BAD : THEME_DIM,
	    v->batch_stopped[0] != '\0' ? v->batch_stopped : v->batch.state == cs_BatchState_BATCH_POSTED ?
	    "Posted." : "Compare each line with the paper.");
	table_draw(&s->table, &source, c, (struct area){ in.y + CHECK_TOP, in.x, in.h - CHECK_TOP - CHECK_FOOT - 2, in.w });
	check_draw_line(s, c, (struct area){ in.y + in.h - 3, in.x, 2, in.w });
	for (size_t i = 0; i < v->batch_totals && at < sizeof text; i++) {
		money_format(v->batch_total[i].sum, v->batch_total[i].currency, amount);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%u: %s", i > 0 ? "   " : "", (unsigned)v->batch_total[i].lines, amount);
	}
	status_draw(c, in.y + in.h - 1, "Totals", text);
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
check_refuses(const void *state, const struct visit *v, enum request req)
{
	if (req != REQ_SUBMIT && req != REQ_REFUSE)
		return NULL;
	if (v->batch.state != cs_BatchState_BATCH_SUBMITTED)
		return "This batch does not wait to be checked.";
	return req == REQ_SUBMIT && !((const struct check_state *)state)->agrees ? "These lines are not what the maker signed." : NULL;
}

static bool
check_waits(const void *state)
{
	return ((const struct check_state *)state)->ask != CHECK_IDLE;
}

static void
check_leave(void *state, struct visit *v)
{
	struct check_state *s = state;

	(void)v;
	if (s->line != NULL)
		crypto_wipe(s->line, s->lines * sizeof *s->line);
	free(s->line);
}

const struct screen_ops screen_check = {
	.name = "check",
	.title = "Check a batch",
	.help = "Compare every line with the paper. F8 posts the batch: the camera looks at your face, then a code is asked for. All payments "
	    "are posted together, or none, and then the line that stopped it is named.\n"
	    "F7 sends the batch back to its maker, with a reason. Nobody can check a batch of their own.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_FIND, "Search", 1 }, { REQ_REFUSE, "Send back", 0 },
	    { REQ_SUBMIT, "Post", 0 } },
	.state_size = sizeof(struct check_state),
	.enter = check_enter,
	.key = check_key,
	.event = check_event,
	.fill = check_fill,
	.draw = check_draw,
	.refuses = check_refuses,
	.waits = check_waits,
	.leave = check_leave,
};
