/*
 * screen_reverse.c - a posted transaction is to be taken back: its number, and
 * why.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server answers with what was posted. The way back is put together from
 * that and from what was typed here, and goes to the review like a transfer;
 * nothing is held before face and code, nothing moves before another supervisor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/form.h"
#include "client/widgets.h"
#include "proto/text.h"

#define REVERSE_NUMBER_DIGITS 18	/* of a journal number that fits in 64 bits */
#define REVERSE_REASON_CHARS   3	/* at least */
#define REVERSE_REASON_BYTES  ((int)(REFERENCE_MAX_BYTES - REVERSAL_REFERENCE_BYTES))

enum { REVERSE_NUMBER, REVERSE_REASON, REVERSE_FIELDS };

struct reverse_state {
	struct form form;
	bool asked;
};

static const char *
reverse_fault(const void *state, int i)
{
	const struct reverse_state *s = state;
	const char *text = s->form.field[i].text;

	if (i == REVERSE_NUMBER)
		return strspn(text, "0") < strlen(text) ? NULL : "Type the number of the transaction, as its receipt shows it.";
	return text_characters(text) >= REVERSE_REASON_CHARS ? NULL :
	    "Type why, at least 3 characters; both sides see it as the reference.";
}

static const struct form_spec reverse_form = {
	.item = {
		[REVERSE_NUMBER] = { .label = "Transaction", .kind = FIELD_DIGITS, .max = REVERSE_NUMBER_DIGITS, .w = 22, .required = true },
		[REVERSE_REASON] = { .label = "Reason", .kind = FIELD_TEXT, .max = REVERSE_REASON_BYTES, .w = 44, .row = 2, .required = true },
	},
	.n = REVERSE_FIELDS, .label_w = 15, .fault = reverse_fault,
};

static unsigned long long
reverse_number(const struct reverse_state *s)
{
	return strtoull(s->form.field[REVERSE_NUMBER].text, NULL, 10);
}

static struct intent
reverse_enter(void *state, struct visit *v)
{
	struct reverse_state *s = state;

	visit_transfer_end(v);
	if (s->form.spec == NULL)
		form_open(&s->form, &reverse_form);
	return STAY;
}

static struct intent
reverse_key(void *state, struct visit *v, struct key k)
{
	struct reverse_state *s = state;
	enum form_did did;

	if (k.req == REQ_BACK)
		return BACK;
	if (k.req == REQ_PICK)
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	did = form_key(&s->form, s, v, k);
	if (did != FORM_SUBMIT)
		return did == FORM_UNHEARD ? UNHEARD : STAY;
	if (!form_ready(&s->form, s, v))
		return STAY;
	s->asked = true;
	return SEND;
}

/* The transaction back, as the server will have written it if it is honest; the review compares the digests. */
static void
reverse_compose(const struct reverse_state *s, struct visit *v, const cs_ReversalPrepared *p)
{
	struct txn *t = &v->txn;

	v->reversal = *p;
	v->prepared = (cs_TransferPrepared){ .needs_face = true, .needs_code = true, .needs_hold = true,
	    .expires_utc_ms = p->expires_utc_ms };
	memcpy(v->prepared.intent, p->intent, sizeof v->prepared.intent);
	memcpy(v->prepared.digest, p->digest, sizeof v->prepared.digest);
	*t = (struct txn){ .kind = TXN_REVERSAL, .amount = p->amount };
	memcpy(t->debit, p->payee, sizeof t->debit);
	memcpy(t->payee, p->debit, sizeof t->payee);
	memcpy(t->payee_name, p->payer, sizeof t->payee_name);
	memcpy(t->currency, p->currency, sizeof t->currency);
	memcpy(t->nonce, p->nonce, sizeof t->nonce);
	snprintf(t->reference, sizeof t->reference, REVERSAL_REFERENCE "%.*s", reverse_number(s), REVERSE_REASON_BYTES,
	    s->form.field[REVERSE_REASON].text);
}

static struct intent
reverse_event(void *state, struct visit *v, const struct event *e)
{
	struct reverse_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	if (e->rc == RC_NOT_FOUND)
		s->form.on = REVERSE_NUMBER;
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_reversal_prepared_tag)
		return STAY;
	reverse_compose(s, v, &e->msg->body.reversal_prepared);
	v->notice.level = NOTICE_NONE;
	return (struct intent){ .go = GO_TO, .next = &screen_review };
}

static void
reverse_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct reverse_state *s = state;
	cs_ReversalPrepare *to = &e->body.reversal_prepare;

	(void)v;
	e->which_body = cs_Envelope_reversal_prepare_tag;
	to->journal = reverse_number(s);
	snprintf(to->reason, sizeof to->reason, "%.*s", REVERSE_REASON_BYTES, s->form.field[REVERSE_REASON].text);
}

static void
reverse_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct reverse_state *s = state;
	struct area in = card_draw(c, "Take a transaction back", 66, 11);

	form_draw(&s->form, c, in);
	cells_wrap(c, in.y + 4, in.x, in.w, 7, THEME_DIM, "The money goes back by a new transaction that names this one. First you see "
	    "what was posted; your face and a code ask for it. What the payee received is held at once, and another supervisor posts "
	    "or refuses it. Not your own transactions, and each only once.");
	audit_status_draw(c, v);
}

static const char *
reverse_refuses(const void *state, const struct visit *v, enum request req)
{
	(void)state;
	return req == REQ_SUBMIT ? audit_only_supervisor(v) : NULL;
}

static bool
reverse_waits(const void *state)
{
	return ((const struct reverse_state *)state)->asked;
}

static void
reverse_leave(void *state, struct visit *v)
{
	(void)state;
	visit_transfer_end(v);
}

const struct screen_ops screen_reverse = {
	.name = "reverse",
	.title = "Take back",
	.help = "A posted transfer, or a payment of a batch, is taken back by a new transaction from the payee to the payer, linked to the "
	    "first; both stay in the books. Its number stands on the receipt, in the statement and in the event of its posting.\n"
	    "F8 shows what was posted; on the next page F8 looks at your face and sends you a code. Then the amount is held on the payee's "
	    "account until another supervisor decides, on the page of waiting transfers. If the payee has spent it, there is nothing to "
	    "take back, and the page says so.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 0 }, { REQ_PICK, "Pages", 1 },
	    { REQ_SUBMIT, "Review", 0 } },
	.state_size = sizeof(struct reverse_state),
	.enter = reverse_enter,
	.key = reverse_key,
	.event = reverse_event,
	.fill = reverse_fill,
	.draw = reverse_draw,
	.refuses = reverse_refuses,
	.waits = reverse_waits,
	.leave = reverse_leave,
};
