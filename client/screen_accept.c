/*
 * screen_accept.c - a waiting terminal is accepted by the fingerprint that it
 * shows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/role.h"
#include "proto/text.h"

#define ACCEPT_BRANCH_BYTES 63u		/* TerminalAccept.branch */

enum { ACCEPT_FINGERPRINT, ACCEPT_BRANCH, ACCEPT_CONSOLES, ACCEPT_REASON, ACCEPT_FIELDS };

struct accept_state {
	struct form form;
	bool asked;
};

static const char *
accept_fault(const void *state, int i)
{
	const struct accept_state *s = state;
	const char *text = s->form.field[i].text;
	unsigned consoles;

	switch (i) {
	case ACCEPT_FINGERPRINT:
		return text_characters(text) >= 4 ? NULL : "Type the fingerprint as the waiting terminal shows it.";
	case ACCEPT_CONSOLES:
		return consoles_parse(text, &consoles) == RC_OK ? NULL :
		    "Type terminal, backoffice or audit; several with a comma between them.";
	case ACCEPT_REASON:
		return text_characters(text) >= 3 ? NULL : "Type why, at least 3 characters; it is kept with what you do.";
	default:
		return NULL;
	}
}

static const struct form_spec accept_form = {
	.item = {
		[ACCEPT_FINGERPRINT] = { .label = "Fingerprint", .kind = FIELD_TEXT, .max = TERMINAL_NAME_BYTES, .w = 34, .row = 0, .required = true },
		[ACCEPT_BRANCH] = { .label = "Branch", .kind = FIELD_TEXT, .max = ACCEPT_BRANCH_BYTES, .w = 44, .row = 2 },
		[ACCEPT_CONSOLES] = { .label = "Consoles", .kind = FIELD_TEXT, .max = 32, .w = 34, .row = 4, .required = true },
		[ACCEPT_REASON] = { .label = "Reason", .kind = FIELD_TEXT, .max = REFERENCE_MAX_BYTES, .w = 44, .row = 6, .required = true },
	},
	.n = ACCEPT_FIELDS, .label_w = 15, .fault = accept_fault,
};

static struct intent
accept_enter(void *state, struct visit *v)
{
	struct accept_state *s = state;
	bool first = s->form.spec == NULL;

	(void)v;
	form_open(&s->form, &accept_form);
	if (first)
		field_set(&s->form.field[ACCEPT_CONSOLES], "terminal");
	return STAY;
}

static struct intent
accept_key(void *state, struct visit *v, struct key k)
{
	struct accept_state *s = state;
	enum form_did did;

	if (k.req == REQ_BACK)
		return BACK;
	did = form_key(&s->form, s, v, k);
	if (did != FORM_SUBMIT)
		return did == FORM_UNHEARD ? UNHEARD : STAY;
	if (!form_ready(&s->form, s, v))
		return STAY;
	s->asked = true;
	return SEND;
}

static struct intent
accept_event(void *state, struct visit *v, const struct event *e)
{
	struct accept_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc != RC_OK)
		return STAY;
	visit_say(v, NOTICE_GOOD, "The terminal is accepted; it connects within seconds.");
	return BACK;
}

static void
accept_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct accept_state *s = state;
	cs_TerminalAccept *to = &e->body.terminal_accept;
	unsigned consoles = 0;

	(void)v;
	e->which_body = cs_Envelope_terminal_accept_tag;
	if (consoles_parse(s->form.field[ACCEPT_CONSOLES].text, &consoles) == RC_OK)
		to->consoles = consoles;
	snprintf(to->fingerprint, sizeof to->fingerprint, "%.*s", (int)sizeof to->fingerprint - 1, s->form.field[ACCEPT_FINGERPRINT].text);
	snprintf(to->branch, sizeof to->branch, "%.*s", (int)sizeof to->branch - 1, s->form.field[ACCEPT_BRANCH].text);
	snprintf(to->reason, sizeof to->reason, "%.*s", (int)sizeof to->reason - 1, s->form.field[ACCEPT_REASON].text);
}

static void
accept_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct accept_state *s = state;
	struct area in = card_draw(c, "Accept a terminal", 66, 11);

	(void)v;
	form_draw(&s->form, c, in);
	cells_wrap(c, in.y + 8, in.x, in.w, 3, THEME_DIM, "The waiting terminal shows its fingerprint; have it read to you, do not "
	    "guess it. Without a branch it gets that of its invitation.");
}

static bool
accept_waits(const void *state)
{
	return ((const struct accept_state *)state)->asked;
}

const struct screen_ops screen_accept = {
	.name = "accept",
	.title = "Accept a terminal",
	.help = "A terminal with an invitation shows the fingerprint of its key until somebody accepts it. Type the fingerprint exactly: it is what "
	    "tells this terminal from one that only says it is.\n"
	    "The consoles are terminal, backoffice and audit; several with a comma between them.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 0 }, { REQ_SUBMIT, "Accept", 0 } },
	.state_size = sizeof(struct accept_state),
	.enter = accept_enter,
	.key = accept_key,
	.event = accept_event,
	.fill = accept_fill,
	.draw = accept_draw,
	.waits = accept_waits,
};
