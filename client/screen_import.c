/*
 * screen_import.c - a batch from a file: nothing is taken until every line is right.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The file is read piece by piece between keys (import_file.h); then the server
 * looks at every line; only when there is no fault left, a batch is opened and
 * filled, and it is in no queue before it is whole. What was begun of one that
 * is given up is taken back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/file_pick.h"
#include "client/frame.h"
#include "client/import_file.h"
#include "client/screen.h"
#include "client/table.h"
#include "client/widgets.h"

#define IMPORT_TICK_BYTES (8u << 20)	/* in one go: about 10 ms of looking at it */
#define IMPORT_AGAIN_MS   1000		/* after what could not be sent */
#define IMPORT_TOP        2
#define IMPORT_FOOT       4	/* a rule, and the chosen fault in full */
#define IMPORT_PLACE      (1ULL << 32)	/* between two lines: room to put others in */

enum import_phase { IMPORT_PATH, IMPORT_READING, IMPORT_LOOKING, IMPORT_WRONG, IMPORT_OPENING, IMPORT_SAVING, IMPORT_ENDING };

struct import_state {
	struct import_file file;
	struct field path;
	struct file_pick pick;
	struct table table;		/* of the faults */
	enum import_phase phase;
	bool asked;
	size_t at, sent;		/* payments that are done with, and under way */
	uint8_t request[ID_BYTES];
	uint64_t batch;			/* being filled; 0: none */
	uint64_t back;			/* to be taken back; 0: none */
	bool leaving;			/* as soon as the server has told what it opened */
	int64_t again_ms;
};

static struct intent
import_enter(void *state, struct visit *v)
{
	struct import_state *s = state;

	(void)v;
	if (s->path.label == NULL)
		s->path = (struct field){ .label = "File", .kind = FIELD_TEXT, .max = FIELD_BYTES - 1 };
	return STAY;
}

static struct intent
import_begin(struct import_state *s, struct visit *v)
{
	import_file_close(&s->file);
	s->at = s->sent = 0;
	s->back = s->batch != 0 ? s->batch : s->back;
	s->batch = 0;
	s->table = (struct table){ 0 };
	switch (import_file_open(&s->file, s->path.text, v->utc_ms)) {
	case RC_OK:
		rng_fill(v->rng, s->request, sizeof s->request);
		s->phase = IMPORT_READING;
		visit_say(v, NOTICE_INFO, "Reading the file ...");
		break;
	case RC_INVALID:
		visit_say(v, NOTICE_WARN, "This is no file of lines; F4 lists those that are here.");
		break;
	case RC_NOT_FOUND:
		visit_say(v, NOTICE_WARN, "There is no such file, or it may not be read; F4 lists those that are here.");
		break;
	default:
		visit_say(v, NOTICE_BAD, "This terminal is out of memory. Tell the branch staff.");
		break;
	}
	return STAY;
}

static int
import_fault_compare(const void *a, const void *b)
{
	const struct import_fault *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* To what is wrong, in the order of the file. */
static struct intent
import_wrong(struct import_state *s, struct visit *v)
{
	s->phase = IMPORT_WRONG;
	qsort(s->file.fault, s->file.faults, sizeof s->file.fault[0], import_fault_compare);
	visit_say(v, NOTICE_WARN, "Nothing was taken: %s%zu thing%s wrong. Mend the file, then F5 reads it again.",
	    s->file.faults == IMPORT_FAULTS ? "at least " : "", s->file.faults, s->file.faults == 1 ? " is" : "s are");
	return STAY;
}

/* The next thing to do, if nothing is under way. */
static struct intent
import_go_on(struct import_state *s, struct visit *v)
{
	enum rc r;

	if (s->asked || v->mono_ms < s->again_ms || s->phase == IMPORT_PATH || s->phase == IMPORT_WRONG)
		return STAY;
	if (s->back != 0) {
		s->asked = true;
		return SEND;
	}
	if (s->phase == IMPORT_READING) {
		if ((r = import_file_read(&s->file, IMPORT_TICK_BYTES)) == RC_AGAIN)
			return STAY;
		if (r != RC_OK) {
			s->phase = IMPORT_PATH;
			visit_say(v, NOTICE_BAD, "The file cannot be read: %s.", rc_text(r));
			return STAY;
		}
		s->phase = IMPORT_LOOKING;
		if (s->file.payments > BATCH_LINES_MAX)
			return import_wrong(s, v);
	}
	if (s->phase == IMPORT_LOOKING && (s->at == s->file.payments || s->file.faults == IMPORT_FAULTS)) {
		if (s->file.faults > 0)
			return import_wrong(s, v);
		s->phase = IMPORT_OPENING;
		s->at = 0;
	}
	if (s->phase == IMPORT_SAVING && s->at == s->file.payments)
		s->phase = IMPORT_ENDING;
	visit_say(v, NOTICE_INFO, s->phase == IMPORT_LOOKING ? "The server looks at every line ..." : "The batch is being made ...");
	s->asked = true;
	return SEND;
}

/* Away from the page; nothing of a batch that is not whole stays at the server. */
static struct intent
import_give_up(struct import_state *s, struct visit *v)
{
	if (s->phase == IMPORT_OPENING && s->asked && !s->leaving) {
		s->leaving = true;
		visit_say(v, NOTICE_INFO, "The import is taken back as soon as the server answers; Esc again leaves at once.");
		return STAY;
	}
	s->leaving = false;
	s->back = s->batch != 0 ? s->batch : s->back;
	return (struct intent){ .go = GO_BACK, .send = s->back != 0 };
}

static struct table_source import_source(const struct import_state *s);

static struct intent
import_key(void *state, struct visit *v, struct key k)
{
	struct import_state *s = state;
	struct table_source source = import_source(s);

	if (s->pick.pick.open) {
		file_pick_key(&s->pick, &s->path, v, k);
		return STAY;
	}
	if (k.req == REQ_BACK)
		return import_give_up(s, v);
	if (s->phase != IMPORT_PATH && s->phase != IMPORT_WRONG)
		return UNHEARD;
	switch (k.req) {
	case REQ_PICK:
		file_pick_open(&s->pick, &s->path);
		return STAY;
	case REQ_ENTER:
	case REQ_SUBMIT:
	case REQ_AGAIN:
		if (s->path.len == 0) {
			file_pick_open(&s->pick, &s->path);
			return STAY;
		}
		return import_begin(s, v);
	case REQ_UP:
	case REQ_DOWN:
	case REQ_PGUP:
	case REQ_PGDN:
		return table_key(&s->table, &source, table_page(&s->table, frame_body(v->w, v->h).h - IMPORT_TOP - IMPORT_FOOT), k) ? STAY : UNHEARD;
	default:
		return field_key(&s->path, k) ? STAY : UNHEARD;
	}
}

/* What the server said about the lines it looked at. */
static void
import_looked(struct import_state *s, const cs_BatchSaved *saved)
{
	char word[IMPORT_WORD_BYTES];

	for (pb_size_t i = 0; i < saved->lines_count && i < s->sent; i++)
		if (saved->lines[i].rc != RC_OK) {
			snprintf(word, sizeof word, "%s", saved->lines[i].detail);
			import_file_fault(&s->file, s->file.payment[s->at + i].number, word);
		}
}

static struct intent
import_answer(struct import_state *s, struct visit *v, const struct event *e)
{
	bool later = e->msg == NULL || e->rc == RC_BUSY || e->rc == RC_STORE;

	s->asked = false;
	if (e->asked == cs_Envelope_batch_drop_tag && (e->rc == RC_OK || !later)) {
		s->back = 0;		/* or there is nothing to be taken back any more */
		return import_go_on(s, v);
	}
	if (s->leaving && e->rc == RC_OK && e->msg->which_body == cs_Envelope_batch_opened_tag)
		s->batch = e->msg->body.batch_opened.batch;
	if (s->leaving)
		return import_give_up(s, v);
	if (e->rc != RC_OK) {
		s->again_ms = v->mono_ms + IMPORT_AGAIN_MS;
		if (!later)
			s->phase = IMPORT_PATH;		/* why stands on the message line */
		return STAY;
	}
	switch (e->msg->which_body) {
	case cs_Envelope_batch_opened_tag:
		s->batch = e->msg->body.batch_opened.batch;
		s->phase = IMPORT_SAVING;
		break;
	case cs_Envelope_batch_saved_tag:
		import_looked(s, &e->msg->body.batch_saved);
		if (s->phase == IMPORT_SAVING && !e->msg->body.batch_saved.saved)
			return import_wrong(s, v);	/* an account was closed meanwhile */
		s->at += s->sent;
		break;
	case cs_Envelope_batch_tag:
		visit_keep_batch(v, &e->msg->body.batch);
		visit_say(v, NOTICE_GOOD, "All %zu payments of the file are in this batch.", s->file.payments);
		return (struct intent){ .go = GO_SWAP, .next = &screen_batch };
	default:
		break;
	}
	return import_go_on(s, v);
}

static struct intent
import_event(void *state, struct visit *v, const struct event *e)
{
	return e->kind == EVENT_ANSWER ? import_answer(state, v, e) : import_go_on(state, v);
}

static void
import_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct import_state *s = state;
	cs_BatchPut *put = &e->body.batch_put;

	(void)v;
	if (s->back != 0) {
		e->which_body = cs_Envelope_batch_drop_tag;
		e->body.batch_drop.batch = s->back;
		return;
	}
	if (s->phase == IMPORT_OPENING) {
		e->which_body = cs_Envelope_batch_open_tag;
		memcpy(e->body.batch_open.request, s->request, sizeof s->request);
		e->body.batch_open.import = true;
		return;
	}
	if (s->phase == IMPORT_ENDING) {
		e->which_body = cs_Envelope_batch_imported_tag;
		e->body.batch_imported.batch = s->batch;
		return;
	}
	e->which_body = cs_Envelope_batch_put_tag;
	put->batch = s->batch;
	put->check_only = s->phase == IMPORT_LOOKING;
	for (s->sent = 0; s->sent < BATCH_LINES_PAGE && s->at + s->sent < s->file.payments; s->sent++) {
		put->lines[s->sent] = s->file.payment[s->at + s->sent].line;
		put->lines[s->sent].place = (s->at + s->sent + 1) * IMPORT_PLACE;
	}
	put->lines_count = (pb_size_t)s->sent;
}

static void
import_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	const struct import_state *s = ctx;
	const struct import_fault *f = &s->file.fault[row];

	if (col == 0 && f->number > 0)
		snprintf(text, TABLE_CELL_BYTES, "%llu", (unsigned long long)f->number);
	else if (col == 1)
		snprintf(text, TABLE_CELL_BYTES, "%s", f->word);
	*t = col == 1 ? THEME_WARN : THEME_TEXT;
}

static struct table_source
import_source(const struct import_state *s)
{
	static const struct table_col cols[] = { { "Line", 7, 7, true, 0 }, { "What is wrong", 40, 160, false, 0 } };

	return (struct table_source){ .cols = cols, .n = 2, .rows = s->phase == IMPORT_WRONG ? s->file.faults : 0, .cell = import_cell,
		.ctx = s, .empty = "" };
}

/* How far it is, and what a file looks like. */
static void
import_draw_begin(const struct import_state *s, struct cells *c, struct area in)
{
	static const char *const words[] = {
		[IMPORT_READING] = "Reading", [IMPORT_LOOKING] = "Looking at", [IMPORT_OPENING] = "Making", [IMPORT_SAVING] = "Saving",
		[IMPORT_ENDING] = "Saving",
	};
	bool bytes = s->phase == IMPORT_READING;
	uint64_t whole = bytes ? s->file.size : s->file.payments, part = bytes ? s->file.done : s->at;

	if (s->phase == IMPORT_PATH) {
		cells_text(c, in.y, in.x + 1, in.w - 2, THEME_DIM, "The first line of the file names the columns, in any order:");
		cells_text(c, in.y + 1, in.x + 1, in.w - 2, THEME_TEXT, "debit,payee,amount,currency,reference,date");
		cells_text(c, in.y + 2, in.x + 1, in.w - 2, THEME_DIM, "Amounts are digits with a point before the cents, as 1250.75; texts are UTF-8.");
		cells_text(c, in.y + 3, in.x + 1, in.w - 2, THEME_DIM, "Reference and date may be missing; a date is today's, as YYYY-MM-DD, or empty.");
		cells_text(c, in.y + 4, in.x + 1, in.w - 2, THEME_DIM, "Nothing is taken until every line is right.");
		return;
	}
	cells_format(c, in.y, in.x + 1, in.w - 2, THEME_TEXT, "%s: %llu of %llu %s", words[s->phase], (unsigned long long)part,
	    (unsigned long long)whole, bytes ? "bytes" : "payments");
	progress_draw(c, in.y + 2, in.x + 1, in.w - 2, whole == 0 ? 0 : (int)(part * 1000 / whole), 1000);
}

static void
import_draw_faults(const struct import_state *s, const struct table_source *source, struct cells *c, struct area in)
{
	int foot = in.y + in.h - IMPORT_FOOT;

	table_draw(&s->table, source, c, (struct area){ in.y, in.x, in.h - IMPORT_FOOT, in.w });
	cells_rule(c, foot, in.x, in.w);
	if (s->table.on < s->file.faults)
		cells_wrap(c, foot + 1, in.x + 1, in.w - 2, IMPORT_FOOT - 1, THEME_TEXT, s->file.fault[s->table.on].word);
}

static void
import_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct import_state *s = state;
	struct area in = frame_body(c->w, c->h);
	struct table_source source = import_source(s);
	bool typing = s->phase == IMPORT_PATH || s->phase == IMPORT_WRONG;

	(void)v;
	row_field(c, (struct area){ in.y, in.x + 1, 1, in.w - 2 }, 0, 6, &s->path, in.w - 12, typing && !s->pick.pick.open);
	in = (struct area){ in.y + IMPORT_TOP, in.x, in.h - IMPORT_TOP, in.w };
	if (s->phase == IMPORT_WRONG)
		import_draw_faults(s, &source, c, in);
	else
		import_draw_begin(s, c, in);
	file_pick_draw(&s->pick, c);
}

static void
import_leave(void *state, struct visit *v)
{
	(void)v;
	import_file_close(&((struct import_state *)state)->file);
}

const struct screen_ops screen_import = {
	.name = "import",
	.title = "Import a batch",
	.help = "A file of comma-separated values becomes a batch. Its first line names the columns debit, payee, amount, currency, "
	    "reference and date, in any order; the last two may be missing. Semicolons may stand instead of commas. Payments are booked "
	    "today: a date is empty or today's, as YYYY-MM-DD; any other is refused.\n"
	    "Every line is looked at, here and at the server, and what is wrong is listed with the number of its line. Nothing is taken "
	    "until every line is right. Then the batch is among your drafts, to be compared with the paper and signed like any other. Esc before that "
	    "gives the import up, and nothing of it stays.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Files", 0 }, { REQ_AGAIN, "Read again", 1 },
	    { REQ_SUBMIT, "Import", 0 } },
	.state_size = sizeof(struct import_state),
	.enter = import_enter,
	.key = import_key,
	.event = import_event,
	.fill = import_fill,
	.draw = import_draw,
	.leave = import_leave,
};
