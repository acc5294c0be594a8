/*
 * screen_people.c - one person: look up, lock, release.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The customer number is typed, or comes from the page before; staff have one
 * like everybody.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/form.h"
#include "client/frame.h"
#include "client/widgets.h"
#include "proto/role.h"
#include "proto/text.h"

enum people_ask { PEOPLE_IDLE, PEOPLE_LOOK, PEOPLE_LOCK, PEOPLE_RELEASE };

struct people_state {
	struct field number;
	cs_PersonState person;		/* customer "": nobody is shown */
	enum people_ask ask;
	struct dialog dialog;
};

static const struct dialog_text people_lock = {
	.title = "Lock the person", .question = "Nobody signs on as this person until a supervisor releases them; their sessions end.",
	.choices = { "Leave it", "Lock" }, .reason_chars = 3,
};
static const struct dialog_text people_release = {
	.title = "Release the person", .question = "This lifts the lock of staff, and those after wrong passwords and failed face checks.",
	.choices = { "Leave it", "Release" }, .reason_chars = 3,
};

static struct intent
people_send(struct people_state *s, enum people_ask ask)
{
	s->ask = ask;
	return SEND;
}

static struct intent
people_enter(void *state, struct visit *v)
{
	struct people_state *s = state;

	if (s->number.max > 0)
		return STAY;
	s->number = (struct field){ .label = "Customer no.", .kind = FIELD_DIGITS, .max = CUSTOMER_BYTES };
	if (v->about_customer[0] == '\0')
		return STAY;
	field_set(&s->number, v->about_customer);
	v->about_customer[0] = '\0';
	return people_send(s, PEOPLE_LOOK);
}

static struct intent
people_look(struct people_state *s, struct visit *v)
{
	if (text_is_digits(s->number.text, CUSTOMER_BYTES))
		return people_send(s, PEOPLE_LOOK);
	visit_say(v, NOTICE_WARN, "Type a customer number, %u digits.", CUSTOMER_BYTES);
	return STAY;
}

static struct intent
people_key(void *state, struct visit *v, struct key k)
{
	struct people_state *s = state;

	if (s->dialog.text != NULL)
		return audit_confirm(&s->dialog, v, k) ?
		    people_send(s, s->dialog.text == &people_lock ? PEOPLE_LOCK : PEOPLE_RELEASE) : STAY;
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_ENTER:
		return people_look(s, v);
	case REQ_REFUSE:
		dialog_open(&s->dialog, &people_lock);
		return STAY;
	case REQ_SUBMIT:
		dialog_open(&s->dialog, &people_release);
		return STAY;
	default:
		return form_field_key(&s->number, v, k) ? STAY : UNHEARD;
	}
}

static struct intent
people_event(void *state, struct visit *v, const struct event *e)
{
	struct people_state *s = state;
	enum people_ask was = s->ask;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = PEOPLE_IDLE;
	if (was != PEOPLE_LOOK) {
		dialog_close(&s->dialog);
		if (e->rc != RC_OK)
			return STAY;
		visit_say(v, NOTICE_GOOD, was == PEOPLE_LOCK ? "%s is locked." : "%s is released.", s->person.name);
		return people_send(s, PEOPLE_LOOK);
	}
	crypto_wipe(&s->person, sizeof s->person);
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_person_state_tag)
		s->person = e->msg->body.person_state;
	return STAY;
}

static void
people_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct people_state *s = state;

	(void)v;
	switch (s->ask) {
	case PEOPLE_LOCK:
		e->which_body = cs_Envelope_person_lock_tag;
		memcpy(e->body.person_lock.customer, s->person.customer, sizeof e->body.person_lock.customer);
		audit_reason(&s->dialog, e->body.person_lock.reason);
		break;
	case PEOPLE_RELEASE:
		e->which_body = cs_Envelope_person_release_tag;
		memcpy(e->body.person_release.customer, s->person.customer, sizeof e->body.person_release.customer);
		audit_reason(&s->dialog, e->body.person_release.reason);
		break;
	default:
		e->which_body = cs_Envelope_person_get_tag;
		memcpy(e->body.person_get.customer, s->number.text, sizeof e->body.person_get.customer);
		break;
	}
}

/* "3 in a row, locked until 2026-03-14 09:30" */
static void
people_fails(uint32_t fails, int64_t until, int64_t now, char *dst, size_t cap)
{
	char when[32];

	audit_when(until, when, sizeof when);
	if (until > now)
		snprintf(dst, cap, "%u failed, locked until %s", (unsigned)fails, when);
	else
		snprintf(dst, cap, "%u failed", (unsigned)fails);
}

static void
people_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct people_state *s = state;
	const cs_PersonState *p = &s->person;
	struct area in = card_draw(c, "Person", 66, 13);
	char text[120];

	row_field(c, in, 0, 17, &s->number, 12, s->dialog.text == NULL);
	cells_text(c, in.y, in.x + 31, in.w - 31, THEME_DIM, "Enter looks the person up");
	cells_rule(c, in.y + 2, in.x, in.w);
	if (p->customer[0] == '\0') {
		cells_text(c, in.y + 4, in.x, in.w, THEME_DIM, s->ask == PEOPLE_LOOK ? "Asking the server ..." : "Nobody is shown yet.");
	} else {
		row_draw(c, in, 4, 17, "Name", THEME_STRONG, p->name);
		row_draw(c, in, 5, 17, "Customer no.", THEME_TEXT, p->customer);
		roles_words(p->roles, text);
		row_draw(c, in, 6, 17, "Roles", THEME_TEXT, text);
		row_draw(c, in, 7, 17, "State", p->locked ? THEME_BAD : THEME_GOOD, p->locked ? "✗ locked by staff" : "✓ not locked by staff");
		people_fails(p->password_fails, p->password_locked_until_utc_ms, v->utc_ms, text, sizeof text);
		row_draw(c, in, 8, 17, "Passwords", THEME_TEXT, text);
		people_fails(p->face_fails, p->face_locked_until_utc_ms, v->utc_ms, text, sizeof text);
		row_draw(c, in, 9, 17, "Face checks", THEME_TEXT, text);
		audit_when(p->last_login_utc_ms, text, sizeof text);
		row_draw(c, in, 10, 17, "Last signed on", THEME_TEXT, text);
	}
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
people_refuses(const void *state, const struct visit *v, enum request req)
{
	const struct people_state *s = state;

	if (req != REQ_REFUSE && req != REQ_SUBMIT)
		return NULL;
	if (audit_only_supervisor(v) != NULL)
		return audit_only_supervisor(v);
	if (s->person.customer[0] == '\0')
		return "Look a person up first: type the customer number, then Enter.";
	if (strcmp(s->person.customer, v->person.customer) == 0)
		return "This is yourself; somebody else has to do it.";
	return req == REQ_REFUSE && s->person.locked ? "This person is locked already." : NULL;
}

static bool
people_waits(const void *state)
{
	return ((const struct people_state *)state)->ask != PEOPLE_IDLE;
}

const struct screen_ops screen_people = {
	.name = "people",
	.title = "People",
	.help = "Type a customer number and press Enter: who it is, the roles, and whether the person can sign on. Staff are looked up in the "
	    "same way.\n"
	    "A supervisor locks a person or releases them, with a reason that is recorded. Nobody does so for themselves.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 0 }, { REQ_ENTER, "Look up", 0 },
	    { REQ_REFUSE, "Lock", 0 }, { REQ_SUBMIT, "Release", 0 } },
	.state_size = sizeof(struct people_state),
	.enter = people_enter,
	.key = people_key,
	.event = people_event,
	.fill = people_fill,
	.draw = people_draw,
	.refuses = people_refuses,
	.waits = people_waits,
};
