/*
 * batch_lines.c - what is typed becomes lines at the server, one at a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/batch_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/amount.h"
#include "client/batch_line.h"
#include "proto/crypto.h"
#include "proto/money.h"

#define PLACE_STEP (1ULL << 32)	/* room for 32 lines put in at the same spot, one after another */

/* The column that a field of the server's words stands in; -1: none. */
static int
lines_col(cs_BatchField field)
{
	return field >= cs_BatchField_BATCH_FIELD_DEBIT && field <= cs_BatchField_BATCH_FIELD_REFERENCE ? (int)field - 1 : -1;
}

bool
batch_lines_line(const struct batch_lines *b, size_t line, cs_BatchLine *l)
{
	bool whole = batch_line_read(&b->grid, line, l);

	l->place = b->fact[line].place;
	return whole;
}

static const char *
lines_fault(const void *state, const struct grid *g, size_t line, int col)
{
	const struct batch_lines *b = state;
	const struct line_fact *f = line < b->facts ? &b->fact[line] : NULL;
	char account[ACCOUNT_MAX_BYTES + 1];
	const char *text = grid_text(g, line, col);
	cs_BatchLine now;

	if ((col == BATCH_DEBIT || col == BATCH_PAYEE) && account_number_parse(text, account) != RC_OK)
		return "The account number is not right; compare it digit by digit.";
	if (col == BATCH_CURRENCY && money_exponent(text) < 0)
		return "This is no currency; type one such as EUR.";
	if (f == NULL || f->state != LINE_WRONG || lines_col(f->word.field) != col)
		return NULL;
	batch_line_read(g, line, &now);
	return batch_line_same(&now, &f->judged) ? f->word.detail : NULL;
}

/* Keeps what the line counts with: reading all lines anew at every key would be felt. */
static bool
lines_count(struct batch_lines *b, size_t line, cs_BatchLine *now)
{
	struct line_fact *f = &b->fact[line];

	f->whole = batch_line_read(&b->grid, line, now);
	f->amount = now->amount;
	memcpy(f->currency, now->currency, sizeof f->currency);
	return f->whole;
}

/* The sign beside the number of a line. */
static uint32_t
lines_mark(const void *state, const struct grid *g, size_t line, enum theme *t)
{
	const struct batch_lines *b = state;
	const struct line_fact *f = line < b->facts ? &b->fact[line] : NULL;

	if (f == NULL || grid_line_empty(g, line))
		return ' ';
	*t = f->state == LINE_SAVED ? THEME_GOOD : f->state == LINE_WRONG ? THEME_BAD : THEME_DIM;
	return f->state == LINE_SAVED ? 0x2713 : f->state == LINE_WRONG ? '!' : f->state == LINE_WAITS ? 0x25cb : ' ';
}

static const struct grid_spec lines_spec = {
	.col = {
		[BATCH_DEBIT] = { { "Debit account", 22, 24, false, 0 }, FIELD_ACCOUNT, ACCOUNT_MAX_BYTES + 8, true },
		[BATCH_PAYEE] = { { "Payee's account", 22, 24, false, 0 }, FIELD_ACCOUNT, ACCOUNT_MAX_BYTES + 8, true },
		[BATCH_AMOUNT] = { { "Amount", 13, 20, true, 0 }, FIELD_AMOUNT, 40, false },
		[BATCH_CURRENCY] = { { "Cur", 3, 3, false, 0 }, FIELD_CURRENCY, CURRENCY_BYTES, true },
		[BATCH_REFERENCE] = { { "Reference", 8, 60, false, 0 }, FIELD_TEXT, REFERENCE_MAX_BYTES, false },
	},
	.n = BATCH_COLS, .currency = BATCH_CURRENCY, .fault = lines_fault, .mark = lines_mark,
};

/* A fact for a line that was put in before at; false: out of memory. */
static bool
lines_insert(struct batch_lines *b, size_t at)
{
	struct line_fact *grown;
	uint64_t before, behind;

	if (b->facts == b->room) {
		size_t room = b->room == 0 ? 16 : b->room * 2;

		if ((grown = realloc(b->fact, room * sizeof *grown)) == NULL)
			return false;
		b->fact = grown;
		b->room = room;
	}
	memmove(b->fact + at + 1, b->fact + at, (b->facts - at) * sizeof *b->fact);
	b->facts++;
	before = at > 0 ? b->fact[at - 1].place : 0;
	behind = at + 1 < b->facts ? b->fact[at + 1].place : before + 2 * PLACE_STEP;
	b->fact[at] = (struct line_fact){ .place = before + (behind - before) / 2 };
	if (b->fact[at].place == before) {
		b->fact[at].state = LINE_WRONG;
		snprintf(b->fact[at].word.detail, sizeof b->fact[at].word.detail, "%s",
		    "There is no room between these two lines any more; type it at the end.");
	}
	return true;
}

enum rc
batch_lines_open(struct batch_lines *b)
{
	enum rc r;

	*b = (struct batch_lines){ 0 };
	if ((r = grid_open(&b->grid, &lines_spec)) == RC_OK && !lines_insert(b, 0)) {
		grid_close(&b->grid);
		r = RC_NOMEM;
	}
	return r;
}

void
batch_lines_close(struct batch_lines *b)
{
	if (b->grid.spec != NULL)
		grid_close(&b->grid);
	if (b->fact != NULL)
		crypto_wipe(b->fact, b->facts * sizeof *b->fact);
	free(b->fact);
	*b = (struct batch_lines){ 0 };
}

enum rc
batch_lines_add(struct batch_lines *b, const cs_BatchLine *l, bool saved)
{
	size_t at = grid_line_empty(&b->grid, b->grid.lines - 1) ? b->grid.lines - 1 : b->grid.lines;
	char account[64], amount[AMOUNT_TEXT_BYTES] = "";
	enum rc r;

	if (l->amount < 0 || at >= BATCH_LINES_MAX || (at > 0 && l->place <= b->fact[at - 1].place))
		return RC_INVALID;
	account_number_format(l->debit, account, sizeof account);
	if ((r = grid_set(&b->grid, at, BATCH_DEBIT, account)) != RC_OK)
		return r;
	account_number_format(l->payee, account, sizeof account);
	if (l->amount > 0)
		amount_text(l->amount, money_exponent(l->currency) < 0 ? 2 : money_exponent(l->currency), amount);
	if ((r = grid_set(&b->grid, at, BATCH_PAYEE, account)) != RC_OK ||
	    (r = grid_set(&b->grid, at, BATCH_AMOUNT, amount)) != RC_OK ||
	    (r = grid_set(&b->grid, at, BATCH_CURRENCY, l->currency)) != RC_OK ||
	    (r = grid_set(&b->grid, at, BATCH_REFERENCE, l->reference)) != RC_OK)
		return r;
	if (b->facts < b->grid.lines && !lines_insert(b, at))
		return RC_NOMEM;
	b->fact[at] = (struct line_fact){ .place = l->place, .state = saved ? LINE_SAVED : LINE_WAITS, .kept = true };
	b->fact[at].looked = !lines_count(b, at, &b->fact[at].judged);
	b->fact[at].judged.place = l->place;
	memcpy(b->fact[at].word.payee_name, l->payee_name, sizeof l->payee_name);
	return RC_OK;
}

/* What a line needs as it stands now. */
static void
lines_look(struct batch_lines *b, size_t line)
{
	struct line_fact *f = &b->fact[line];
	cs_BatchLine now;
	bool whole = lines_count(b, line, &now);

	if (grid_line_empty(&b->grid, line) && f->kept && b->gone_n < BATCH_LINES_MAX) {
		b->gone[b->gone_n++] = f->place;	/* emptied: nothing of it stays at the server */
		*f = (struct line_fact){ .place = f->place };
	}
	if (f->place == 0 || grid_line_empty(&b->grid, line) || (f->judged.place == f->place && batch_line_same(&now, &f->judged) &&
	    f->looked == !whole))
		return;
	f->state = whole || batch_line_any(&now) ? LINE_WAITS : LINE_TYPED;
}

static void
lines_take_out(struct batch_lines *b, size_t line)
{
	const struct line_fact *f = &b->fact[line];

	if ((f->kept || f->place == b->sent) && b->gone_n < BATCH_LINES_MAX)
		b->gone[b->gone_n++] = f->place;
	b->facts--;
	memmove(b->fact + line, b->fact + line + 1, (b->facts - line) * sizeof *b->fact);
}

enum grid_did
batch_lines_key(struct batch_lines *b, struct visit *v, int page, struct key k)
{
	size_t was = b->grid.on, lines = b->grid.lines;
	enum grid_did did = grid_key(&b->grid, b, v, page, k);

	if (did == GRID_GONE) {
		lines_take_out(b, b->grid.finished);
		if (b->facts < b->grid.lines && !lines_insert(b, b->facts))
			return GRID_FULL;
		return did;
	}
	if (b->grid.lines > lines && !lines_insert(b, k.req == REQ_LINE_ADD ? was : b->facts))
		return GRID_FULL;
	if (k.req != REQ_CHAR && k.req != REQ_BACKSPACE && k.req != REQ_DELETE)
		lines_look(b, k.req == REQ_LINE_ADD ? was + 1 : was);
	return did;
}

void
batch_lines_finish(struct batch_lines *b, struct visit *v, int page)
{
	batch_lines_key(b, v, page, (struct key){ .req = REQ_PREV });
	batch_lines_key(b, v, page, (struct key){ .req = REQ_NEXT });
}

bool
batch_lines_due(const struct batch_lines *b)
{
	if (b->sent != 0)
		return false;
	for (size_t i = 0; i < b->facts && b->gone_n == 0; i++)
		if (b->fact[i].state == LINE_WAITS)
			return true;
	return b->gone_n > 0;
}

bool
batch_lines_next(struct batch_lines *b, uint64_t batch, cs_Envelope *e)
{
	size_t i = 0;

	if (b->sent != 0)
		return false;
	if (b->gone_n > 0) {
		e->which_body = cs_Envelope_batch_line_drop_tag;
		e->body.batch_line_drop.batch = batch;
		e->body.batch_line_drop.place = b->sent = b->gone[0];
		b->dropping = true;
		return true;
	}
	while (i < b->facts && b->fact[i].state != LINE_WAITS)
		i++;
	if (i == b->facts)
		return false;
	b->fact[i].looked = !batch_lines_line(b, i, &b->fact[i].judged);
	b->sent = b->fact[i].place;
	e->which_body = cs_Envelope_batch_put_tag;
	e->body.batch_put.batch = batch;
	e->body.batch_put.check_only = b->fact[i].looked;
	e->body.batch_put.keep = true;
	e->body.batch_put.lines_count = 1;
	e->body.batch_put.lines[0] = b->fact[i].judged;
	return true;
}

/* What the server said about a line; of one that is not complete only what stands there already. */
static void
lines_word(struct batch_lines *b, struct visit *v, size_t line, const cs_BatchLineWord *w, const cs_BatchSaved *m)
{
	struct line_fact *f = &b->fact[line];
	int col = lines_col(w->field);
	cs_BatchLine now;
	bool whole = batch_lines_line(b, line, &now), wrong = w->rc != RC_OK;

	f->word = *w;
	f->kept |= m->saved || m->kept;
	f->held = m->kept;
	if (f->looked && wrong)
		wrong = (col == BATCH_DEBIT && f->judged.debit[0] != '\0') || (col == BATCH_PAYEE && f->judged.payee[0] != '\0');
	if (!batch_line_same(&now, &f->judged) || whole == f->looked)
		return;				/* typed over meanwhile: it is sent again */
	f->state = wrong ? LINE_WRONG : m->saved ? LINE_SAVED : LINE_TYPED;
	if (wrong)
		visit_say(v, NOTICE_WARN, "Line %zu: %s", line + 1, f->word.detail);
}

void
batch_lines_answer(struct batch_lines *b, struct visit *v, enum rc rc, const cs_Envelope *msg)
{
	bool later = msg == NULL || rc == RC_BUSY || rc == RC_STORE;
	uint64_t place = b->sent;

	b->sent = 0;
	if (b->dropping) {
		b->dropping = false;
		if (!later)
			memmove(b->gone, b->gone + 1, --b->gone_n * sizeof *b->gone);
		return;
	}
	for (size_t i = 0; i < b->facts && !later; i++) {
		cs_BatchLineWord w = cs_BatchLineWord_init_zero;

		if (b->fact[i].place != place)
			continue;
		if (rc == RC_OK && msg->which_body == cs_Envelope_batch_saved_tag && msg->body.batch_saved.lines_count == 1) {
			lines_word(b, v, i, &msg->body.batch_saved.lines[0], &msg->body.batch_saved);
			return;
		}
		w.rc = rc;
		snprintf(w.detail, sizeof w.detail, "%.*s", (int)sizeof w.detail - 1, msg->detail[0] != '\0' ? msg->detail : rc_text(rc));
		b->fact[i].word = w;
		b->fact[i].state = LINE_WRONG;
		return;
	}
}

bool
batch_lines_unsaved(const struct batch_lines *b, size_t *line)
{
	for (*line = 0; *line < b->facts; (*line)++)
		if (b->fact[*line].state != LINE_SAVED && !grid_line_empty(&b->grid, *line))
			return true;
	return b->gone_n > 0 || b->sent != 0;
}

bool
batch_lines_lost(const struct batch_lines *b)
{
	cs_BatchLine now;

	for (size_t i = 0; i < b->facts; i++) {
		const struct line_fact *f = &b->fact[i];

		if (f->state == LINE_SAVED || grid_line_empty(&b->grid, i))
			continue;
		batch_line_read(&b->grid, i, &now);
		if (!batch_line_any(&now) && batch_line_tells(&b->grid, i, &now))
			continue;	/* a currency alone is no loss */
		if (f->state == LINE_WAITS || !f->held || !batch_line_same(&now, &f->judged) || !batch_line_tells(&b->grid, i, &now))
			return true;
	}
	return b->gone_n > 0 || b->sent != 0;
}

size_t
batch_lines_totals(const struct batch_lines *b, cs_BatchTotal total[static BATCH_CURRENCIES_MAX])
{
	size_t n = 0, at;

	for (size_t i = 0; i < b->facts; i++) {
		const struct line_fact *f = &b->fact[i];

		if (!f->whole)
			continue;
		for (at = 0; at < n && strcmp(total[at].currency, f->currency) < 0; at++)
			;
		if (at == n || strcmp(total[at].currency, f->currency) != 0) {
			if (n == BATCH_CURRENCIES_MAX)
				continue;
			memmove(total + at + 1, total + at, (n++ - at) * sizeof *total);
			total[at] = (cs_BatchTotal)cs_BatchTotal_init_zero;
			memcpy(total[at].currency, f->currency, sizeof f->currency);
		}
		total[at].lines++;
		if (__builtin_add_overflow(total[at].sum, f->amount, &total[at].sum))
			total[at].sum = INT64_MAX;
	}
	return n;
}
