/*
 * screen_batch.c - payments typed from paper, a line each.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Typing never waits for the server: each line that is complete is sent as
 * soon as a cell of it is left, one at a time, and gets its sign when the
 * answer comes (batch_lines.h). Only opening and signing wait.
 */
#include <stdio.h>
#include <string.h>

#include "client/batch_lines.h"
#include "client/batch_pick.h"
#include "client/dialog.h"
#include "client/frame.h"
#include "client/screen.h"
#include "proto/money.h"

#define BATCH_FOOT     4		/* rows below the grid */
#define BATCH_AGAIN_MS 1000		/* after what could not be sent */

enum batch_phase { BATCH_OPENING, BATCH_LOADING, BATCH_ENTERING, BATCH_SIGNING };

struct batch_state {
	struct batch_lines lines;
	enum batch_phase phase;
	bool asked;			/* something is under way */
	bool sign;			/* as soon as all is saved */
	uint8_t request[ID_BYTES];	/* opens one batch, however often it is sent */
	uint64_t from;			/* the lines to load from here on */
	cs_BatchLine unfinished[BATCH_UNFINISHED_MAX];	/* not in the grid yet; place 0: none */
	int64_t again_ms;		/* mono: not before this */
	struct dialog dialog;
	struct batch_pick pick;
};

static const struct dialog_text batch_leave = {
	.title = "Not saved", .question = "The server has not got all that stands here yet. What it has not got is lost if you leave now.",
	.choices = { "Stay", "Leave" },
};

static int
batch_page(const struct visit *v)
{
	return grid_page(frame_body(v->w, v->h).h - BATCH_FOOT);
}

static struct intent
batch_ask(struct batch_state *s)
{
	s->asked = true;
	return SEND;
}

/* Nothing is signed: what was typed ahead was meant for the totals. */
static struct intent
batch_no_sign(struct batch_state *s)
{
	s->phase = BATCH_ENTERING;
	s->sign = false;
	return (struct intent){ .ahead = AHEAD_ENDS };
}

static struct intent
batch_enter(void *state, struct visit *v)
{
	struct batch_state *s = state;

	if (s->lines.grid.spec != NULL) {
		s->phase = BATCH_ENTERING;
		return STAY;
	}
	if (batch_lines_open(&s->lines) != RC_OK) {
		visit_say(v, NOTICE_BAD, "This terminal is out of memory. Tell the branch staff.");
		return BACK;
	}
	rng_fill(v->rng, s->request, sizeof s->request);
	s->phase = v->batch.batch == 0 ? BATCH_OPENING : BATCH_LOADING;
	s->from = 1;
	return batch_ask(s);
}

/* The next thing to do, if nothing is under way. */
static struct intent
batch_go_on(struct batch_state *s, struct visit *v)
{
	size_t line;

	if (s->asked || v->mono_ms < s->again_ms || s->phase != BATCH_ENTERING)
		return STAY;
	if (batch_lines_due(&s->lines))
		return batch_ask(s);
	if (!s->sign)
		return STAY;
	if (batch_lines_unsaved(&s->lines, &line)) {
		const struct line_fact *f = &s->lines.fact[line];

		visit_say(v, NOTICE_WARN, "Line %zu: %s", line + 1, f->state == LINE_WRONG ? f->word.detail : "it is not complete.");
		return batch_no_sign(s);
	}
	s->sign = false;
	s->phase = BATCH_SIGNING;
	return batch_ask(s);
}

static struct intent
batch_leave_key(struct batch_state *s, struct visit *v, struct key k)
{
	enum dialog_did did = dialog_key(&s->dialog, v, k);
	bool leave = did == DIALOG_CHOSEN && s->dialog.on > 0;

	if (did != DIALOG_GOES_ON)
		dialog_close(&s->dialog);
	return leave ? BACK : STAY;
}

static struct intent
batch_key(void *state, struct visit *v, struct key k)
{
	struct batch_state *s = state;
	size_t line;

	if (s->dialog.text != NULL)
		return batch_leave_key(s, v, k);
	if (s->pick.pick.open) {
		if (!batch_pick_key(&s->pick, &s->lines.grid, k))
			return STAY;
		k = (struct key){ .req = REQ_NEXT };	/* taken: on to the next field */
	}
	if (k.req == REQ_BACK) {
		if (s->phase != BATCH_ENTERING)
			return BACK;
		s->sign = false;
		batch_lines_finish(&s->lines, v, batch_page(v));
		v->notice.level = NOTICE_NONE;
		if (batch_lines_lost(&s->lines)) {
			dialog_open(&s->dialog, &batch_leave);
			return batch_go_on(s, v);
		}
		if (batch_lines_unsaved(&s->lines, &line))
			visit_say(v, NOTICE_INFO, "Line %zu is kept as it is; it is no payment until it is complete and right.", line + 1);
		return BACK;
	}
	if (k.req == REQ_HELP)
		return UNHEARD;
	if (k.req == REQ_SUBMIT) {
		batch_lines_finish(&s->lines, v, batch_page(v));
		s->sign = true;
		return batch_go_on(s, v);
	}
	switch (batch_lines_key(&s->lines, v, batch_page(v), k)) {
	case GRID_UNHEARD:
		return UNHEARD;
	case GRID_PICK:
		batch_pick_open(&s->pick, &s->lines, v);
		return STAY;
	case GRID_FULL:
		visit_say(v, NOTICE_BAD, "This terminal is out of memory; please sign what is here.");
		return STAY;
	default:
		return batch_go_on(s, v);
	}
}

/* Unfinished lines that stand before this place go in; one at the place itself stands for the line saved there. */
static enum rc
batch_add_unfinished(struct batch_state *s, uint64_t place, bool *instead)
{
	enum rc r = RC_OK;

	*instead = false;
	for (size_t i = 0; i < BATCH_UNFINISHED_MAX && r == RC_OK; i++) {
		cs_BatchLine *l = &s->unfinished[i];

		if (l->place == 0 || l->place > place)
			continue;
		*instead = *instead || l->place == place;
		r = batch_lines_add(&s->lines, l, false);
		l->place = 0;
	}
	return r;
}

static enum rc
batch_add(struct batch_state *s, const cs_BatchLine *l)
{
	bool instead;
	enum rc r = batch_add_unfinished(s, l->place, &instead);

	return r != RC_OK || instead ? r : batch_lines_add(&s->lines, l, true);
}

/* To the first field that is missing, or to the line behind the last; the first line is on after loading. */
static void
batch_to_work(struct batch_state *s, struct visit *v)
{
	struct grid *g = &s->lines.grid;
	size_t line;

	if (grid_line_empty(g, 0))
		return;
	if (!batch_lines_unsaved(&s->lines, &line))
		line = s->lines.facts;
	while (g->on < line) {
		size_t was = g->on;

		batch_lines_key(&s->lines, v, batch_page(v), (struct key){ .req = REQ_DOWN });
		if (g->on == was)
			return;
	}
	while (line < s->lines.facts && g->on == line && g->col + 1 < BATCH_COLS && grid_text(g, g->on, g->col)[0] != '\0')
		batch_lines_key(&s->lines, v, batch_page(v), (struct key){ .req = REQ_NEXT });
}

/* A page of lines has come. */
static struct intent
batch_loaded(struct batch_state *s, struct visit *v, const cs_Batch *b)
{
	bool instead;
	enum rc r = RC_OK;

	if (s->from == 1) {	/* totals come with the first page */
		visit_keep_batch(v, b);
		memcpy(s->unfinished, b->unfinished, b->unfinished_count * sizeof b->unfinished[0]);
	}
	for (pb_size_t i = 0; i < b->lines_count && r == RC_OK; i++)
		r = batch_add(s, &b->lines[i]);
	s->from = b->next;
	if (r == RC_OK && s->from == 0)
		r = batch_add_unfinished(s, UINT64_MAX, &instead);
	if (r != RC_OK) {
		visit_say(v, NOTICE_BAD, "The batch cannot be shown here: out of memory, or a line that makes no sense.");
		return BACK;
	}
	if (s->from != 0)
		return batch_ask(s);
	s->phase = BATCH_ENTERING;
	batch_to_work(s, v);
	return batch_go_on(s, v);
}

static struct intent
batch_answer(struct batch_state *s, struct visit *v, const struct event *e)
{
	bool saving = e->asked == cs_Envelope_batch_put_tag || e->asked == cs_Envelope_batch_line_drop_tag;

	s->asked = false;
	if (saving) {
		batch_lines_answer(&s->lines, v, e->rc, e->msg);
		if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_batch_tag)
			visit_keep_batch(v, &e->msg->body.batch);
		if (e->rc != RC_OK)
			s->again_ms = v->mono_ms + BATCH_AGAIN_MS;
		return batch_go_on(s, v);
	}
	if (e->rc != RC_OK)
		return s->phase == BATCH_SIGNING ? batch_no_sign(s) : BACK;
	if (e->msg->which_body == cs_Envelope_batch_opened_tag) {
		v->batch.batch = e->msg->body.batch_opened.batch;
		s->phase = BATCH_ENTERING;
		return batch_go_on(s, v);
	}
	if (e->msg->which_body != cs_Envelope_batch_tag)
		return STAY;
	if (s->phase == BATCH_LOADING)
		return batch_loaded(s, v, &e->msg->body.batch);
	visit_keep_batch(v, &e->msg->body.batch);
	s->phase = BATCH_ENTERING;
	if (v->batch.lines == 0) {
		visit_say(v, NOTICE_WARN, "There is no payment in this batch yet.");
		return batch_no_sign(s);
	}
	return (struct intent){ .go = GO_TO, .next = &screen_control, .ahead = AHEAD_GOES };
}

static struct intent
batch_event(void *state, struct visit *v, const struct event *e)
{
	if (e->kind == EVENT_ANSWER)
		return batch_answer(state, v, e);
	return e->kind == EVENT_TICK || e->kind == EVENT_NET ? batch_go_on(state, v) : STAY;
}

static void
batch_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct batch_state *s = state;

	switch (s->phase) {
	case BATCH_OPENING:
		e->which_body = cs_Envelope_batch_open_tag;
		memcpy(e->body.batch_open.request, s->request, sizeof s->request);
		break;
	case BATCH_ENTERING:
		if (batch_lines_next(&s->lines, v->batch.batch, e))
			break;
		/* fall through */
	default:
		e->which_body = cs_Envelope_batch_get_tag;
		e->body.batch_get.batch = v->batch.batch;
		e->body.batch_get.from = s->from != 0 ? s->from : 1;
		break;
	}
}

/* Whose accounts these are, and how far the line is known at the server. */
static void
batch_draw_line(const struct batch_state *s, struct cells *c, struct area in)
{
	static const char *const words[] = {
		[LINE_TYPED] = "not complete yet", [LINE_WAITS] = "being saved", [LINE_SAVED] = "saved", [LINE_WRONG] = "not saved",
	};
	const struct line_fact *f = &s->lines.fact[s->lines.grid.on];
	bool empty = grid_line_empty(&s->lines.grid, s->lines.grid.on);

	cells_text(c, in.y, in.x + 1, 6, THEME_DIM, "From");
	cells_text(c, in.y, in.x + 7, in.w / 2 - 9, THEME_TEXT, empty ? "" : f->word.debit_name);
	cells_text(c, in.y, in.x + in.w / 2, 4, THEME_DIM, "To");
	cells_text(c, in.y, in.x + in.w / 2 + 4, in.w / 2 - 22, THEME_STRONG, empty ? "" : f->word.payee_name);
	cells_right(c, in.y, in.x + in.w - 1, 17, f->state == LINE_WRONG ? THEME_BAD : f->state == LINE_SAVED ? THEME_GOOD : THEME_DIM,
	    empty ? "" : words[f->state]);
}

static void
batch_draw_totals(const struct batch_state *s, struct cells *c, struct area in)
{
	cs_BatchTotal total[BATCH_CURRENCIES_MAX];
	size_t n = batch_lines_totals(&s->lines, total);
	char amount[MONEY_TEXT_BYTES], text[BATCH_CURRENCIES_MAX * 64] = "";
	size_t at = 0;

	for (size_t i = 0; i < n && at < sizeof text; i++) {
		money_format(total[i].sum, total[i].currency, amount);
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%u: %s", i > 0 ? "   " : "", (unsigned)total[i].lines, amount);
	}
	status_draw(c, in.y, "Totals", n > 0 ? text : "no payment yet");
}

static void
batch_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct batch_state *s = state;
	struct area in = frame_body(c->w, c->h);

	if (s->phase <= BATCH_LOADING) {
		cells_text(c, in.y + 2, in.x + 2, in.w - 4, THEME_DIM, "Asking the server ...");
		return;
	}
	grid_draw(&s->lines.grid, &s->lines, c, (struct area){ in.y, in.x, in.h - BATCH_FOOT, in.w });
	cells_rule(c, in.y + in.h - 4, in.x, in.w);
	batch_draw_line(s, c, (struct area){ in.y + in.h - 3, in.x, 1, in.w });
	if (v->batch.reason[0] != '\0')
		cells_format(c, in.y + in.h - 2, in.x + 1, in.w - 2, THEME_WARN, "Sent back: %s", v->batch.reason);
	batch_draw_totals(s, c, (struct area){ in.y + in.h - 1, in.x, 1, in.w });
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
	batch_pick_draw(&s->pick, c);
}

static bool
batch_waits(const void *state)
{
	const struct batch_state *s = state;

	return s->phase != BATCH_ENTERING || s->sign;
}

static void
batch_gone(void *state, struct visit *v)
{
	struct batch_state *s = state;

	batch_pick_learn(&s->lines, v);
	batch_pick_close(&s->pick);
	batch_lines_close(&s->lines);
}

const struct screen_ops screen_batch = {
	.name = "batch",
	.title = "Batch",
	.help = "Type one payment a line; Enter goes to the next field and at the end of a line to the next one. Amounts are worked "
	    "out, such as 12,50+3 or 12*3,50. F6 takes over the field above, in an empty line all of it. F4 lists the "
	    "accounts that you have typed since you logged in, with their holders, or the currencies; type a part of a name or number to "
	    "find one, Enter takes it and goes to the next field.\n"
	    "Each complete line is saved at the server by itself and gets its mark; what is wrong is said below, and ! stands beside the "
	    "line. A line that is not complete is kept there, too, up to four of a batch, and is here again when the batch is opened. "
	    "Payments are booked on the day they are posted: there are no later dates.\n"
	    "F8 signs the batch: count and sum are typed from the paper, then a code. Esc leaves; saved lines stay in your drafts.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "List", 0 }, { REQ_COPY, "As above", 0 }, { REQ_LINE_ADD, "Insert", 1 },
	    { REQ_LINE_DROP, "Take out", 1 }, { REQ_SUBMIT, "Sign", 0 } },
	.state_size = sizeof(struct batch_state),
	.enter = batch_enter,
	.key = batch_key,
	.event = batch_event,
	.fill = batch_fill,
	.draw = batch_draw,
	.waits = batch_waits,
	.leave = batch_gone,
};
