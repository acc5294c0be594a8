/*
 * desk_batch_lines.c - lines of a batch: looked at field by field, saved, taken out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A line is right when it could be posted now but for the money: the accounts
 * are there, open, two, and in its currency, and the policy allows the amount.
 * Posting looks at the accounts again.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/desk_batch.h"
#include "server/dispatch.h"

/* Says which field is wrong, and how; returns r. */
static enum rc __attribute__((format(printf, 4, 5)))
word_put(cs_BatchLineWord *w, enum rc r, cs_BatchField field, const char *fmt, ...)
{
	va_list ap;

	w->rc = r;
	w->field = field;
	va_start(ap, fmt);
	vsnprintf(w->detail, sizeof w->detail, fmt, ap);
	va_end(ap);
	return r;
}

/* One side: its number cleaned into dst, its account read. */
static enum rc
line_account(struct call *c, const char *number, const char *what, cs_BatchField field, char dst[ACCOUNT_MAX_BYTES + 1],
    struct account *a, cs_BatchLineWord *w)
{
	struct ledger_store *l = &c->desk->stores->ledger;
	enum rc r;

	if (number[0] == '\0')
		return word_put(w, RC_INVALID, field, "The %s account is missing.", what);
	if (account_number_parse(number, dst) != RC_OK)
		return word_put(w, RC_ACCOUNT_UNKNOWN, field, "The %s account has a typing error: its check digits do not fit.", what);
	r = l->ops->account_by_number(l, dst, a);
	if (r == RC_ACCOUNT_UNKNOWN || (r == RC_OK && a->kind != ACCOUNT_CUSTOMER))
		return word_put(w, RC_ACCOUNT_UNKNOWN, field, "There is no such %s account.", what);
	return r;
}

/* The most that the policy allows for one payment. */
static enum rc
line_policy(struct call *c, const cs_BatchLine *ask, cs_BatchLineWord *w)
{
	const struct policy *p = &c->desk->office->config->policy;
	char text[MONEY_TEXT_BYTES];
	struct policy_answer a;
	enum rc r;

	if (!policy_has(p, POLICY_BATCH) || (r = policy_decide(p, POLICY_BATCH, ask->amount, ask->currency, &a)) == RC_OK)
		return RC_OK;
	if (r != RC_LIMIT)
		return word_put(w, r, cs_BatchField_BATCH_FIELD_CURRENCY, "This bank makes no batch payments in %s.", ask->currency);
	money_format(a.up_to, ask->currency, text);
	return word_put(w, r, cs_BatchField_BATCH_FIELD_AMOUNT, "The amount is above the limit of %s for one payment.", text);
}

static enum rc
line_values(const cs_BatchLine *ask, const struct account *debit, const struct account *payee, cs_BatchLineWord *w)
{
	if (debit->id == payee->id)
		return word_put(w, RC_SAME_ACCOUNT, cs_BatchField_BATCH_FIELD_PAYEE, "Debit and payee account are the same.");
	if (ask->amount <= 0 || ask->amount > MONEY_MAX)
		return word_put(w, RC_INVALID, cs_BatchField_BATCH_FIELD_AMOUNT, "The amount must be more than zero, and what an account can hold.");
	if (strcmp(ask->currency, debit->currency) != 0)
		return word_put(w, RC_CURRENCY, cs_BatchField_BATCH_FIELD_CURRENCY, "The debit account is in %s.", debit->currency);
	if (strcmp(ask->currency, payee->currency) != 0)
		return word_put(w, RC_CURRENCY, cs_BatchField_BATCH_FIELD_CURRENCY, "The payee's account is in %s.", payee->currency);
	if (ask->reference[0] != '\0' && !text_is_line(ask->reference, REFERENCE_MAX_BYTES))
		return word_put(w, RC_INVALID, cs_BatchField_BATCH_FIELD_REFERENCE, "The reference has characters that cannot be used.");
	return RC_OK;
}

/* RC_OK: *l is the line as it is kept. Anything else but RC_STORE is said in *w. */
static enum rc
line_check(struct call *c, const cs_BatchLine *ask, struct batch_line *l, cs_BatchLineWord *w)
{
	struct account debit, payee;
	enum rc r;

	*l = (struct batch_line){ .place = ask->place, .amount = ask->amount };
	w->place = ask->place;
	if (ask->place == 0)
		return word_put(w, RC_INVALID, cs_BatchField_BATCH_FIELD_NONE, "The line has no place.");
	if ((r = line_account(c, ask->debit, "debit", cs_BatchField_BATCH_FIELD_DEBIT, l->debit, &debit, w)) != RC_OK)
		return r;
	memcpy(w->debit_name, debit.name, sizeof w->debit_name);
	if ((r = line_account(c, ask->payee, "payee's", cs_BatchField_BATCH_FIELD_PAYEE, l->payee, &payee, w)) != RC_OK)
		return r;
	memcpy(w->payee_name, payee.name, sizeof w->payee_name);
	memcpy(l->payee_name, payee.name, sizeof l->payee_name);
	memcpy(l->currency, ask->currency, sizeof l->currency);
	memcpy(l->reference, ask->reference, sizeof l->reference);
	r = line_values(ask, &debit, &payee, w);
	return r == RC_OK ? line_policy(c, ask, w) : r;
}

/* A line that is not saved, as it stands; what could not stand in any line is left out of it. */
static enum rc
line_keep(struct call *c, const cs_BatchPut *ask, bool *kept)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchLine *from = &ask->lines[0];
	struct batch_line l = { .place = from->place };
	enum rc r;

	if (account_number_parse(from->debit, l.debit) != RC_OK)
		l.debit[0] = '\0';
	if (account_number_parse(from->payee, l.payee) != RC_OK)
		l.payee[0] = '\0';
	if (money_exponent(from->currency) >= 0)
		memcpy(l.currency, from->currency, sizeof l.currency);
	if (from->amount > 0 && from->amount <= MONEY_MAX)
		l.amount = from->amount;
	if (text_is_line(from->reference, REFERENCE_MAX_BYTES))
		memcpy(l.reference, from->reference, sizeof l.reference);
	r = s->ops->keep(s, ask->batch, c->session.person, &l);
	*kept = r == RC_OK;
	return r == RC_LIMIT || r == RC_INVALID ? RC_OK : r;
}

enum rc
desk_batch_put(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchPut *ask = &c->ask->body.batch_put;
	cs_BatchSaved *to = &c->answer->body.batch_saved;
	struct batch_line lines[BATCH_LINES_PAGE];
	bool right = true;
	enum rc r = RC_OK;

	if (ask->lines_count == 0)
		return call_refuse(c, RC_INVALID, "There is no line to save.");
	for (pb_size_t i = 0; i < ask->lines_count; i++) {
		if ((r = line_check(c, &ask->lines[i], &lines[i], &to->lines[i])) == RC_STORE)
			return r;
		right = right && r == RC_OK;
	}
	if (right && !ask->check_only) {
		r = s->ops->lines_put(s, ask->batch, c->session.person, lines, ask->lines_count, c->now_ms);
		if (r != RC_OK)
			return desk_batch_words(c, r);
	} else if (ask->keep && ask->lines_count == 1 && (r = line_keep(c, ask, &to->kept)) != RC_OK) {
		return desk_batch_words(c, r);
	}
	to->lines_count = ask->lines_count;
	to->saved = right && !ask->check_only;
	c->answer->which_body = cs_Envelope_batch_saved_tag;
	return RC_OK;
}

enum rc
desk_batch_line_drop(struct call *c)
{
	struct batch_store *s = &c->desk->stores->batch;
	const cs_BatchLineDrop *ask = &c->ask->body.batch_line_drop;
	enum rc r = s->ops->line_drop(s, ask->batch, c->session.person, ask->place, c->now_ms);

	return r != RC_OK ? desk_batch_words(c, r) : desk_batch_answer(c, ask->batch, 0);
}
