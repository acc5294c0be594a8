/*
 * screen_login.c - customer number and password; the code comes next.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "client/console.h"
#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/text.h"

enum { LOGIN_CUSTOMER, LOGIN_PASSWORD, LOGIN_FIELDS };

struct login_state {
	struct form form;
	bool asked;
};

static const char *
login_fault(const void *state, int i)
{
	const struct login_state *s = state;

	if (i == LOGIN_CUSTOMER)
		return text_is_digits(s->form.field[i].text, CUSTOMER_BYTES) ? NULL :
		    "A customer number has 8 digits; it was shown when the account was opened.";
	return s->form.field[i].len > 0 ? NULL : "Type your password.";
}

static_assert(CUSTOMER_BYTES == 8, "login_fault() says how many digits there are");

static const struct form_spec login_form = {
	.item = {
		[LOGIN_CUSTOMER] = { .label = "Customer no.", .kind = FIELD_DIGITS, .max = CUSTOMER_BYTES, .w = 12, .required = true },
		[LOGIN_PASSWORD] = { .label = "Password", .kind = FIELD_PASSWORD, .max = PASSWORD_MAX_BYTES, .w = 36, .row = 2, .required = true },
	},
	.n = LOGIN_FIELDS, .label_w = 17, .fault = login_fault,
};

static struct intent
login_enter(void *state, struct visit *v)
{
	(void)v;
	form_open(&((struct login_state *)state)->form, &login_form);
	return STAY;
}

static struct intent
login_key(void *state, struct visit *v, struct key k)
{
	struct login_state *s = state;
	enum form_did did;

	if (k.req == REQ_BACK)
		return BACK;
	if (s->asked)
		return UNHEARD;
	did = form_key(&s->form, s, v, k);
	if (did != FORM_SUBMIT)
		return did == FORM_UNHEARD ? UNHEARD : STAY;
	if (!form_ready(&s->form, s, v))
		return STAY;
	s->asked = true;
	visit_say(v, NOTICE_INFO, "Asking the server ...");
	return SEND;
}

static struct intent
login_event(void *state, struct visit *v, const struct event *e)
{
	struct login_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_code_sent_tag) {
		v->code_for = CODE_LOGIN;
		return (struct intent){ .go = GO_SWAP, .next = &screen_otp };
	}
	field_wipe(&s->form.field[LOGIN_PASSWORD]);
	s->form.on = LOGIN_PASSWORD;
	return STAY;
}

static void
login_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct login_state *s = state;

	e->which_body = cs_Envelope_login_tag;
	e->body.login.console = v->console->number;
	memcpy(e->body.login.customer, s->form.field[LOGIN_CUSTOMER].text, CUSTOMER_BYTES + 1);
	memcpy(e->body.login.password, s->form.field[LOGIN_PASSWORD].text, PASSWORD_MAX_BYTES + 1);
}

static void
login_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct login_state *s = state;
	struct area in = card_draw(c, "Log in", 56, 7);

	(void)v;
	form_draw(&s->form, c, in);
	cells_wrap(c, in.y + 5, in.x, in.w, 2, THEME_DIM, "After this a code of six digits is sent to your e-mail address.");
}

const struct screen_ops screen_login = {
	.name = "login",
	.title = "Log in",
	.help = "Type the customer number that was shown when the account was opened, and your password. Nobody can see "
	    "the password on the screen.\n"
	    "After five wrong passwords the server makes you wait, longer each time.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 0 }, { REQ_ENTER, "Log in", 0 } },
	.state_size = sizeof(struct login_state),
	.enter = login_enter,
	.key = login_key,
	.event = login_event,
	.fill = login_fill,
	.draw = login_draw,
};
