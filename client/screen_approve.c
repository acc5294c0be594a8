/*
 * screen_approve.c - a member of staff approves the customer's transfer:
 * number and password, then a code of the member's own.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Comes between camera and code where the server wants it, for customers who
 * are not asked for every move of the capture. The session stays the
 * customer's; who approves is known to this page alone, and wiped with it.
 */
#include <assert.h>
#include <string.h>

#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"
#include "proto/text.h"

enum { APPROVE_STAFF, APPROVE_PASSWORD, APPROVE_FIELDS };

enum approve_ask { APPROVE_IDLE, APPROVE_STARTING, APPROVE_SIGNING };

struct approve_state {
	struct form form;	/* number and password */
	struct field code;
	bool coded;		/* a code was sent: it is asked for now */
	enum approve_ask ask;
};

static const char *
approve_fault(const void *state, int i)
{
	const struct approve_state *s = state;

	if (i == APPROVE_STAFF)
		return text_is_digits(s->form.field[i].text, CUSTOMER_BYTES) ? NULL :
		    "A member of staff types the own customer number, 8 digits.";
	return s->form.field[i].len > 0 ? NULL : "The password of the member of staff is missing.";
}

static_assert(CUSTOMER_BYTES == 8, "approve_fault() says how many digits there are");

static const struct form_spec approve_form = {
	.item = {
		[APPROVE_STAFF] = { .label = "Staff no.", .kind = FIELD_DIGITS, .max = CUSTOMER_BYTES, .w = 12, .required = true },
		[APPROVE_PASSWORD] = { .label = "Password", .kind = FIELD_PASSWORD, .max = PASSWORD_MAX_BYTES, .w = 36, .row = 2, .required = true },
	},
	.n = APPROVE_FIELDS, .label_w = 14, .fault = approve_fault,
};

static struct intent
approve_enter(void *state, struct visit *v)
{
	struct approve_state *s = state;

	if (s->form.spec != NULL)
		return STAY;
	form_open(&s->form, &approve_form);
	s->code = (struct field){ .label = "Code", .kind = FIELD_CODE, .max = CODE_DIGITS };
	v->code_sent_ms = 0;
	return STAY;
}

/* Back to number and password, from where a new code is sent. */
static struct intent
approve_anew(struct approve_state *s)
{
	field_wipe(&s->form.field[APPROVE_PASSWORD]);
	field_wipe(&s->code);
	s->coded = false;
	s->form.on = APPROVE_PASSWORD;
	return STAY;
}

static struct intent
approve_start(struct approve_state *s, struct visit *v)
{
	if (!form_ready(&s->form, s, v))
		return STAY;
	s->ask = APPROVE_STARTING;
	visit_say(v, NOTICE_INFO, "Asking the server ...");
	return SEND;
}

static struct intent
approve_sign(struct approve_state *s, struct visit *v)
{
	if (s->code.len < CODE_DIGITS) {
		visit_say(v, NOTICE_WARN, "The code has six digits.");
		return STAY;
	}
	s->ask = APPROVE_SIGNING;
	visit_say(v, NOTICE_INFO, "Checking the code ...");
	return SEND;
}

static struct intent
approve_key(void *state, struct visit *v, struct key k)
{
	struct approve_state *s = state;

	if (k.req == REQ_BACK)
		return BACK;
	if (s->ask != APPROVE_IDLE)
		return UNHEARD;
	if (k.req == REQ_AGAIN) {
		visit_say(v, NOTICE_INFO, "Type the password again; then a new code is sent.");
		return approve_anew(s);
	}
	if (s->coded && (k.req == REQ_SUBMIT || k.req == REQ_ENTER))
		return approve_sign(s, v);
	if (s->coded)
		return form_field_key(&s->code, v, k) ? STAY : UNHEARD;
	switch (form_key(&s->form, s, v, k)) {
	case FORM_SUBMIT:
		return approve_start(s, v);
	case FORM_UNHEARD:
		return UNHEARD;
	default:
		return STAY;
	}
}

static struct intent
approve_event(void *state, struct visit *v, const struct event *e)
{
	struct approve_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = APPROVE_IDLE;
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_code_sent_tag) {
		field_wipe(&s->form.field[APPROVE_PASSWORD]);
		s->coded = true;
		visit_say(v, NOTICE_GOOD, "The code is on its way to %s.", v->code.to);
		return STAY;
	}
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_approved_tag) {
		/* What is known of the member's code is not the customer's. */
		crypto_wipe(&v->code, sizeof v->code);
		v->code_sent_ms = 0;
		return (struct intent){ .go = GO_SWAP, .next = &screen_otp };
	}
	if (!s->coded || e->rc == RC_DENIED)
		return approve_anew(s);
	field_wipe(&s->code);
	return STAY;
}

static void
approve_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct approve_state *s = state;

	if (s->ask == APPROVE_SIGNING) {
		e->which_body = cs_Envelope_approval_code_tag;
		memcpy(e->body.approval_code.intent, v->prepared.intent, ID_BYTES);
		memcpy(e->body.approval_code.customer, s->form.field[APPROVE_STAFF].text, CUSTOMER_BYTES + 1);
		memcpy(e->body.approval_code.code, s->code.text, CODE_DIGITS + 1);
		return;
	}
	e->which_body = cs_Envelope_approval_start_tag;
	memcpy(e->body.approval_start.intent, v->prepared.intent, ID_BYTES);
	memcpy(e->body.approval_start.customer, s->form.field[APPROVE_STAFF].text, CUSTOMER_BYTES + 1);
	memcpy(e->body.approval_start.password, s->form.field[APPROVE_PASSWORD].text, PASSWORD_MAX_BYTES + 1);
}

static void
approve_draw_code(const struct approve_state *s, const struct visit *v, struct cells *c, struct area in, int row)
{
	int64_t left = (v->code_sent_ms + v->code.life_ms - v->mono_ms + 999) / 1000;

	row_field(c, in, row, 14, &s->form.field[APPROVE_STAFF], 12, false);
	row_field(c, in, row + 2, 14, &s->code, 10, true);
	if (left <= 0)
		cells_text(c, in.y + row + 4, in.x, in.w, THEME_WARN, "This code has expired. F5 begins again.");
	else
		cells_format(c, in.y + row + 4, in.x, in.w, THEME_DIM, "Valid for %d:%02d more. The message must name the same as above.",
		    (int)(left / 60), (int)(left % 60));
}

static void
approve_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct approve_state *s = state;
	struct area in = card_draw(c, "A member of staff must approve", 66, 14);
	char text[64];

	row_draw(c, in, 0, 14, "Customer", THEME_STRONG, v->person.name);
	money_format(v->txn.amount, v->txn.currency, text);
	row_draw(c, in, 1, 14, "Pays", THEME_STRONG, text);
	row_draw(c, in, 2, 14, "To", THEME_STRONG, v->txn.payee_name);
	account_number_format(v->txn.payee, text, sizeof text);
	row_draw(c, in, 3, 14, "", THEME_TEXT, text);
	cells_wrap(c, in.y + 5, in.x, in.w, 3, THEME_TEXT,
	    "The camera does not ask this customer for every move. Please see for yourself that the customer is here and means "
	    "this transfer. It is not yours, nor paid to you.");
	if (s->coded) {
		approve_draw_code(s, v, c, in, 9);
		return;
	}
	form_draw(&s->form, c, (struct area){ in.y + 9, in.x, in.h - 9, in.w });
	cells_text(c, in.y + 13, in.x, in.w, THEME_DIM, "After this a code goes to the member of staff's own address.");
}

static const char *
approve_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct approve_state *s = state;

	(void)v;
	if (req == REQ_AGAIN && !s->coded)
		return "No code was sent yet: first number and password.";
	return req == REQ_NEXT && s->coded ? "Only the code is asked for now." : NULL;
}

static void
approve_leave(void *state, struct visit *v)
{
	struct approve_state *s = state;

	(void)v;
	form_wipe(&s->form);
	field_wipe(&s->code);
}

const struct screen_ops screen_approve = {
	.name = "approve",
	.title = "Approval",
	.help = "Some customers cannot blink, or turn the head. The camera leaves that out for them, and a member of staff who "
	    "sees the customer approves the transfer instead: with the own customer number and password, and a code that comes "
	    "to the own address and names customer, amount and payee.\n"
	    "Nobody approves what they pay or are paid. Esc goes back; nothing has moved then.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 0 }, { REQ_AGAIN, "New code", 0 }, { REQ_ENTER, "Approve", 0 } },
	.state_size = sizeof(struct approve_state),
	.enter = approve_enter,
	.key = approve_key,
	.event = approve_event,
	.fill = approve_fill,
	.draw = approve_draw,
	.refuses = approve_refuses,
	.leave = approve_leave,
};
