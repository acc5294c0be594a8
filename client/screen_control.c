/*
 * screen_control.c - control totals: count and sum of each currency, typed
 * from the paper, before the maker signs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The totals of the lines are not in view here, and the server does not say
 * them either: the paper is to be counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/amount.h"
#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"
#include "proto/text.h"

#define CONTROL_COUNT_DIGITS 4u

struct control_state {
	struct form_spec spec;		/* two fields for each currency */
	char label[BATCH_CURRENCIES_MAX][2][16];
	char currency[BATCH_CURRENCIES_MAX][CURRENCY_BYTES + 1];
	struct form form;
	bool asked;
};

static const char *
control_fault(const void *state, int i)
{
	const struct control_state *s = state;
	const struct field *f = &s->form.field[i];
	int64_t sum;

	if (i % 2 == 0)
		return f->len > 0 && text_is_digits(f->text, f->len) ? NULL : "Count the payments on the paper and type how many there are.";
	return amount_calc(f->text, money_exponent(s->currency[i / 2]), &sum) == RC_OK ? NULL :
	    "Add up the paper and type the sum; numbers with + between them are added up for you.";
}

static struct intent
control_enter(void *state, struct visit *v)
{
	struct control_state *s = state;

	s->asked = false;
	if (s->form.spec != NULL)
		return STAY;
	s->spec = (struct form_spec){ .n = (int)v->batch_totals * 2, .label_w = 16, .fault = control_fault };
	for (size_t i = 0; i < v->batch_totals; i++) {
		memcpy(s->currency[i], v->batch_total[i].currency, sizeof s->currency[i]);
		snprintf(s->label[i][0], sizeof s->label[i][0], "%s payments", s->currency[i]);
		snprintf(s->label[i][1], sizeof s->label[i][1], "%s sum", s->currency[i]);
		s->spec.item[2 * i] = (struct form_item){ .label = s->label[i][0], .kind = FIELD_DIGITS, .max = CONTROL_COUNT_DIGITS,
			.w = 8, .row = (int)i * 3, .required = true };
		s->spec.item[2 * i + 1] = (struct form_item){ .label = s->label[i][1], .kind = FIELD_AMOUNT, .max = 60, .w = 30,
			.row = (int)i * 3 + 1, .required = true };
	}
	form_open(&s->form, &s->spec);
	return STAY;
}

static struct intent
control_key(void *state, struct visit *v, struct key k)
{
	struct control_state *s = state;
	enum form_did did;

	if (k.req == REQ_BACK)
		return BACK;
	did = form_key(&s->form, s, v, k);
	if (did != FORM_SUBMIT)
		return did == FORM_UNHEARD ? UNHEARD : STAY;
	if (!form_ready(&s->form, s, v))
		return STAY;
	s->asked = true;
	visit_say(v, NOTICE_INFO, "Comparing with the lines ...");
	return SEND;
}

static struct intent
control_event(void *state, struct visit *v, const struct event *e)
{
	struct control_state *s = state;

	(void)v;
	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_code_sent_tag)
		return (struct intent){ .go = GO_TO, .next = &screen_sign };
	return STAY;
}

static void
control_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct control_state *s = state;
	cs_BatchCodeSend *m = &e->body.batch_code_send;

	e->which_body = cs_Envelope_batch_code_send_tag;
	m->batch = v->batch.batch;
	m->control_count = (pb_size_t)(s->spec.n / 2);
	for (int i = 0; i < m->control_count; i++) {
		memcpy(m->control[i].currency, s->currency[i], sizeof s->currency[i]);
		m->control[i].lines = (uint32_t)strtoul(s->form.field[2 * i].text, NULL, 10);
		if (amount_calc(s->form.field[2 * i + 1].text, money_exponent(s->currency[i]), &m->control[i].sum) != RC_OK)
			m->control[i].sum = 0;
	}
}

static void
control_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct control_state *s = state;
	struct area in = card_draw(c, "Control totals", 60, 4 + 3 * (s->spec.n / 2));

	cells_format(c, in.y, in.x, in.w, THEME_STRONG, "Batch %llu", (unsigned long long)v->batch.batch);
	cells_text(c, in.y + 1, in.x, in.w, THEME_DIM, "Count and add up the paper, not the screen.");
	in.y += 3;
	form_draw(&s->form, c, in);
}

static bool
control_waits(const void *state)
{
	return ((const struct control_state *)state)->asked;
}

const struct screen_ops screen_control = {
	.name = "control",
	.title = "Control totals",
	.help = "What is on the paper is counted and added up once more, apart from what was typed. Only if both agree for every currency, "
	    "a code is sent to sign the batch with.\n"
	    "If they do not agree, Esc goes back to the lines: one is missing, twice there, or has another amount.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 1 }, { REQ_SUBMIT, "Compare", 0 } },
	.state_size = sizeof(struct control_state),
	.enter = control_enter,
	.key = control_key,
	.event = control_event,
	.fill = control_fill,
	.draw = control_draw,
	.waits = control_waits,
};
