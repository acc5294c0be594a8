/*
 * screen_login.c - customer number and password; the code comes next.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/text.h"

enum { LOGIN_CUSTOMER, LOGIN_PASSWORD, LOGIN_FIELDS };

struct login_state {
	struct field field[LOGIN_FIELDS];
	int  on;
	bool asked;
};

static struct intent
login_enter(void *state, struct visit *v)
{
	struct login_state *s = state;

	(void)v;
	if (s->field[0].max == 0) {
		s->field[LOGIN_CUSTOMER] = (struct field){ .label = "Customer no.", .kind = FIELD_DIGITS, .max = CUSTOMER_BYTES };
		s->field[LOGIN_PASSWORD] = (struct field){ .label = "Password", .kind = FIELD_PASSWORD, .max = PASSWORD_MAX_BYTES };
	}
	return STAY;
}

static struct intent
login_submit(struct login_state *s, struct visit *v)
{
	if (!text_is_digits(s->field[LOGIN_CUSTOMER].text, CUSTOMER_BYTES)) {
		visit_say(v, NOTICE_WARN, "A customer number has %u digits; it was shown when the account was opened.", CUSTOMER_BYTES);
		s->on = LOGIN_CUSTOMER;
		return STAY;
	}
	if (s->field[LOGIN_PASSWORD].len == 0) {
		visit_say(v, NOTICE_WARN, "Type your password.");
		s->on = LOGIN_PASSWORD;
		return STAY;
	}
	s->asked = true;
	visit_say(v, NOTICE_INFO, "Asking the server ...");
	return SEND;
}

static struct intent
login_key(void *state, struct visit *v, struct key k)
{
	struct login_state *s = state;

	if (k.req == REQ_BACK)
		return BACK;
	if (s->asked)
		return UNHEARD;
	if (k.req == REQ_SUBMIT || (k.req == REQ_ENTER && s->on == LOGIN_PASSWORD))
		return login_submit(s, v);
	if (form_moves(k)) {
		s->on = form_move(s->on, LOGIN_FIELDS, k);
		return STAY;
	}
	return field_key(&s->field[s->on], k) ? STAY : UNHEARD;
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
	field_wipe(&s->field[LOGIN_PASSWORD]);
	s->on = LOGIN_PASSWORD;
	return STAY;
}

static void
login_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct login_state *s = state;

	(void)v;
	e->which_body = cs_Envelope_login_tag;
	memcpy(e->body.login.customer, s->field[LOGIN_CUSTOMER].text, CUSTOMER_BYTES + 1);
	memcpy(e->body.login.password, s->field[LOGIN_PASSWORD].text, PASSWORD_MAX_BYTES + 1);
}

static void
login_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct login_state *s = state;
	struct area in = card_draw(c, "Log in", 56, 7);

	(void)v;
	row_field(c, in, 0, 17, &s->field[LOGIN_CUSTOMER], 12, s->on == LOGIN_CUSTOMER);
	row_field(c, in, 2, 17, &s->field[LOGIN_PASSWORD], 36, s->on == LOGIN_PASSWORD);
	cells_wrap(c, in.y + 5, in.x, in.w, 2, THEME_DIM, "After this a code of six digits is sent to your e-mail address.");
}

const struct screen_ops screen_login = {
	.name = "login",
	.title = "Log in",
	.help = "Type the customer number that was shown when the account was opened, and your password. Nobody can see "
	    "the password on the screen.\n"
	    "After five wrong passwords the server makes you wait, longer each time.",
	.bar = { { REQ_HELP, "Help" }, { REQ_BACK, "Back" }, { REQ_NEXT, "Next field" }, { REQ_ENTER, "Log in" } },
	.state_size = sizeof(struct login_state),
	.enter = login_enter,
	.key = login_key,
	.event = login_event,
	.fill = login_fill,
	.draw = login_draw,
};
