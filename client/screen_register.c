/*
 * screen_register.c - opening an account: who, where codes go, a password.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything the terminal can judge is judged here, before anything is sent.
 */
#include <string.h>

#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"
#include "proto/text.h"

enum { REGISTER_NAME, REGISTER_EMAIL, REGISTER_PASSWORD, REGISTER_AGAIN, REGISTER_CURRENCY, REGISTER_FIELDS };

struct register_state {
	struct form form;
	bool asked;
};

static const char *
register_fault(const void *state, int i)
{
	const struct register_state *s = state;
	const struct field *f = &s->form.field[i];

	switch (i) {
	case REGISTER_NAME:
		return text_is_line(f->text, NAME_MAX_BYTES) ? NULL : "Type your name as it should stand on the account.";
	case REGISTER_EMAIL:
		return text_is_email(f->text) ? NULL : "This is not an e-mail address; codes are sent to it.";
	case REGISTER_PASSWORD:
		return text_characters(f->text) >= PASSWORD_MIN_CHARS ? NULL : "A password needs at least 10 characters; three or four words are good.";
	case REGISTER_AGAIN:
		return crypto_same(f->text, s->form.field[REGISTER_PASSWORD].text, sizeof f->text) ? NULL :
		    "The two passwords differ; type both again.";
	default:
		return f->len == CURRENCY_BYTES && money_exponent(f->text) >= 0 ? NULL :
		    "This currency is not kept here; type its code of three letters, such as EUR, USD or JPY.";
	}
}

static const struct form_spec register_form = {
	.item = {
		[REGISTER_NAME] = { .label = "Name", .kind = FIELD_TEXT, .max = NAME_MAX_BYTES, .w = 40, .required = true },
		[REGISTER_EMAIL] = { .label = "E-mail", .kind = FIELD_TEXT, .max = EMAIL_MAX_BYTES, .w = 40, .row = 2, .required = true },
		[REGISTER_PASSWORD] = { .label = "Password", .kind = FIELD_PASSWORD, .max = PASSWORD_MAX_BYTES, .w = 40, .row = 4, .required = true },
		[REGISTER_AGAIN] = { .label = "Password again", .kind = FIELD_PASSWORD, .max = PASSWORD_MAX_BYTES, .w = 40, .row = 6, .required = true },
		[REGISTER_CURRENCY] = { .label = "Currency", .kind = FIELD_CURRENCY, .max = CURRENCY_BYTES, .w = 7, .row = 8, .required = true },
	},
	.n = REGISTER_FIELDS, .label_w = 19, .fault = register_fault,
};

static struct intent
register_enter(void *state, struct visit *v)
{
	struct register_state *s = state;

	(void)v;
	if (s->form.spec == NULL) {
		form_open(&s->form, &register_form);
		field_set(&s->form.field[REGISTER_CURRENCY], "EUR");
	}
	return STAY;
}

static struct intent
register_submit(struct register_state *s, struct visit *v)
{
	if (!form_ready(&s->form, s, v)) {
		if (s->form.on == REGISTER_AGAIN) {
			field_wipe(&s->form.field[REGISTER_PASSWORD]);
			field_wipe(&s->form.field[REGISTER_AGAIN]);
			s->form.on = REGISTER_PASSWORD;
		}
		return STAY;
	}
	s->asked = true;
	visit_say(v, NOTICE_INFO, "Asking the server ...");
	return SEND;
}

static struct intent
register_key(void *state, struct visit *v, struct key k)
{
	struct register_state *s = state;

	if (k.req == REQ_BACK)
		return BACK;
	if (s->asked)
		return UNHEARD;
	switch (form_key(&s->form, s, v, k)) {
	case FORM_SUBMIT:
		return register_submit(s, v);
	case FORM_UNHEARD:
		return UNHEARD;
	default:
		return STAY;
	}
}

static struct intent
register_event(void *state, struct visit *v, const struct event *e)
{
	struct register_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_code_sent_tag)
		return STAY;
	v->code_for = CODE_REGISTER;
	return (struct intent){ .go = GO_SWAP, .next = &screen_otp };
}

static void
register_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct register_state *s = state;
	cs_Register *m = &e->body.register_start;

	(void)v;
	e->which_body = cs_Envelope_register_start_tag;
	memcpy(m->name, s->form.field[REGISTER_NAME].text, sizeof m->name);
	memcpy(m->email, s->form.field[REGISTER_EMAIL].text, sizeof m->email);
	memcpy(m->password, s->form.field[REGISTER_PASSWORD].text, sizeof m->password);
	memcpy(m->currency, s->form.field[REGISTER_CURRENCY].text, sizeof m->currency);
}

static void
register_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct register_state *s = state;
	struct area in = card_draw(c, "Open an account", 62, 12);

	(void)v;
	form_draw(&s->form, c, in);
	cells_wrap(c, in.y + 10, in.x, in.w, 2, THEME_DIM,
	    "Next: a code is sent to the e-mail address, then the camera looks at your face. "
	    "All of it is kept sealed.");
}

const struct screen_ops screen_register = {
	.name = "register",
	.title = "Open an account",
	.help = "Name: as it should stand on the account; payers see it.\n"
	    "E-mail: one-time codes go there, so have it at hand now.\n"
	    "Password: at least 10 characters. Several words that belong to nothing else are easy to keep and hard to guess.\n"
	    "Currency: three letters, such as EUR. The account is kept in it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 0 }, { REQ_SUBMIT, "Continue", 0 } },
	.state_size = sizeof(struct register_state),
	.enter = register_enter,
	.key = register_key,
	.event = register_event,
	.fill = register_fill,
	.draw = register_draw,
};
