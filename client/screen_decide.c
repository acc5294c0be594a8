/*
 * screen_decide.c - one held transfer or reversal with everything needed to decide it:
 * approve it with a live face and a code, or refuse it with a reason.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is shown is as the list had it a few seconds ago; the server decides by
 * what is true then, and says so if somebody else was faster.
 */
#include <stdio.h>
#include <string.h>

#include "client/audit_page.h"
#include "client/widgets.h"
#include "proto/money.h"

#define DECIDE_LABEL  12
#define DECIDE_COLUMN 20	/* of the table of balances */
#define DECIDE_REASON 3		/* characters at least */

struct decide_state {
	bool asked;
	struct dialog dialog;
};

static const struct dialog_text decide_refuse = {
	.title = "Refuse the transfer", .question = "Nothing is moved, the amount is free again, and the customer sees your reason.",
	.choices = { "Do not refuse it", "Refuse it" }, .reason_chars = DECIDE_REASON,
};

static const struct dialog_text decide_refuse_reversal = {
	.title = "Refuse the reversal", .question = "Nothing is moved, and the amount is free again. Your reason is kept with it.",
	.choices = { "Do not refuse it", "Refuse it" }, .reason_chars = DECIDE_REASON,
};

static struct intent
decide_key(void *state, struct visit *v, struct key k)
{
	struct decide_state *s = state;

	if (s->dialog.text != NULL) {
		if (s->asked || !audit_confirm(&s->dialog, v, k))
			return STAY;
		s->asked = true;
		return SEND;
	}
	switch (k.req) {
	case REQ_BACK:
		return BACK;
	case REQ_PICK:
		return (struct intent){ .go = GO_TO, .next = &screen_pages };
	case REQ_REFUSE:
		dialog_open(&s->dialog, v->hold.reverses != 0 ? &decide_refuse_reversal : &decide_refuse);
		return STAY;
	case REQ_SUBMIT:
		v->code_for = CODE_APPROVAL;
		v->capture_for = cs_CapturePurpose_CAPTURE_APPROVE;
		v->code_sent_ms = 0;
		return (struct intent){ .go = GO_TO, .next = &screen_capture };
	default:
		return UNHEARD;
	}
}

static struct intent
decide_event(void *state, struct visit *v, const struct event *e)
{
	struct decide_state *s = state;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->asked = false;
	dialog_close(&s->dialog);
	if (e->rc != RC_OK)
		return STAY;
	visit_say(v, NOTICE_GOOD, "Refused: nothing was moved, and the amount is free again.");
	return (struct intent){ .go = GO_HOME, .next = &screen_waiting };
}

static void
decide_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct decide_state *s = state;

	e->which_body = cs_Envelope_hold_refuse_tag;
	e->body.hold_refuse.hold = v->hold.hold;
	audit_reason(&s->dialog, e->body.hold_refuse.reason);
}

static int
decide_party(struct cells *c, struct area in, int row, const char *label, const char *name, const char *account)
{
	char text[64];

	row_draw(c, in, row, DECIDE_LABEL, label, THEME_STRONG, name);
	account_number_format(account, text, sizeof text);
	row_draw(c, in, row + 1, DECIDE_LABEL, "", THEME_TEXT, text);
	return row + 2;
}

/* The payer's account now, and what either decision makes of it. */
static int
decide_balances(const cs_Hold *h, struct cells *c, struct area in, int row)
{
	static const char *const head[] = { "Payer now", "If approved", "If refused" };
	const int64_t balance[] = { h->balance, h->balance - h->amount, h->balance };
	const int64_t available[] = { h->available, h->available, h->available + h->amount };
	char text[MONEY_TEXT_BYTES];

	cells_text(c, in.y + row + 1, in.x, DECIDE_LABEL, THEME_DIM, "Balance");
	cells_text(c, in.y + row + 2, in.x, DECIDE_LABEL, THEME_DIM, "Available");
	for (int i = 0; i < 3; i++) {
		int end = in.x + DECIDE_LABEL + DECIDE_COLUMN * (i + 1);

		cells_right(c, in.y + row, end, DECIDE_COLUMN - 1, THEME_DIM, head[i]);
		money_format(balance[i], h->currency, text);
		amount_fit(text, DECIDE_COLUMN - 1);
		cells_right(c, in.y + row + 1, end, DECIDE_COLUMN - 1, THEME_TEXT, text);
		money_format(available[i], h->currency, text);
		amount_fit(text, DECIDE_COLUMN - 1);
		cells_right(c, in.y + row + 2, end, DECIDE_COLUMN - 1, available[i] < 0 ? THEME_BAD : THEME_TEXT, text);
	}
	return row + 3;
}

/* Where several have to approve: who did so far. */
static void
decide_approvals(const cs_Hold *h, struct cells *c, struct area in, int row)
{
	cells_text(c, in.y + row, in.x, DECIDE_LABEL, THEME_DIM, "Approved");
	cells_format(c, in.y + row, in.x + DECIDE_LABEL, in.w - DECIDE_LABEL, THEME_STRONG, "%u of %u%s%s", (unsigned)h->given,
	    (unsigned)h->approvals, h->given > 0 ? ", by " : "", h->approvers);
}

/* Whose proofs hold it, and where they were given. */
static void
decide_signed(const cs_Hold *h, struct cells *c, struct area in, int row)
{
	const char *with = h->by_face && h->by_code ? "a live face and a code" : h->by_face ? "a live face" : h->by_code ? "a code" :
	    "no proof of their own";

	cells_text(c, in.y + row, in.x, DECIDE_LABEL, THEME_DIM, h->reverses != 0 ? "Asked by" : "Signed by");
	cells_format(c, in.y + row, in.x + DECIDE_LABEL, in.w - DECIDE_LABEL, THEME_STRONG, "%s, with %s%s%s",
	    h->reverses != 0 ? h->asked_by : h->payer, with, h->terminal[0] != '\0' ? ", at " : "", h->terminal);
}

static void
decide_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct decide_state *s = state;
	const cs_Hold *h = &v->hold;
	struct area in = card_draw(c, h->reverses != 0 ? "Decide a reversal" : "Decide a transfer", 78, 16);
	char text[MONEY_TEXT_BYTES], since[32], until[32], mark[DIGEST_MARK_BYTES];
	int row, used;

	money_format(h->amount, h->currency, text);
	row_draw(c, in, 0, DECIDE_LABEL, "Amount", THEME_STRONG, text);
	row = decide_party(c, in, 1, "From", h->payer, h->debit);
	row = decide_party(c, in, row, "To", h->payee_name, h->payee);
	cells_text(c, in.y + row, in.x, DECIDE_LABEL, THEME_DIM, "Reference");
	used = cells_wrap(c, in.y + row, in.x + DECIDE_LABEL, in.w - DECIDE_LABEL, 3, THEME_TEXT,
	    h->reference[0] == '\0' ? "none" : h->reference);
	row += (used < 1 ? 1 : used) + 1;
	row = decide_balances(h, c, in, row) + 1;
	audit_when(h->held_utc_ms, since, sizeof since);
	audit_when(h->expires_utc_ms, until, sizeof until);
	cells_format(c, in.y + row, in.x, in.w, v->utc_ms >= h->expires_utc_ms ? THEME_WARN : THEME_TEXT, "Held since %s, expires %s", since,
	    until);
	digest_mark(h->digest, mark);
	row_draw(c, in, row + 1, DECIDE_LABEL, "Bound to", THEME_DIM, mark);
	decide_signed(h, c, in, row + 2);
	if (h->approvals > 1)
		decide_approvals(h, c, in, row + 3);
	audit_status_draw(c, v);
	if (s->dialog.text != NULL)
		dialog_draw(&s->dialog, c);
}

static const char *
decide_refuses(const void *state, const struct visit *v, enum request req)
{
	const char *why = req == REQ_SUBMIT || req == REQ_REFUSE ? audit_only_supervisor(v) : NULL;

	(void)state;
	return why == NULL && req == REQ_SUBMIT && v->hold.approved ? "You have approved it; somebody else has to approve it, too." : why;
}

static bool
decide_waits(const void *state)
{
	return ((const struct decide_state *)state)->asked;
}

static void
decide_leave(void *state, struct visit *v)
{
	(void)v;
	dialog_close(&((struct decide_state *)state)->dialog);
}

const struct screen_ops screen_decide = {
	.name = "decide",
	.title = "Decide",
	.help = "The customer has confirmed this transfer; the amount is held. Compare every line with what you know. \"Bound to\" is the "
	    "beginning of the digest that the customer's proofs, and yours, are bound to.\n"
	    "F8 approves: the camera looks at your face, then a code for exactly this transfer is sent to you; with it the transfer is "
	    "posted, or waits for one more if several have to approve it. F7 refuses, with a reason that the customer sees.\n"
	    "A reversal takes a posted transaction back: its payee is who pays now, and its reference names the transaction and the reason.\n"
	    "Nobody decides a transfer that they pay or that pays them, nor a reversal that they asked for. Auditors look.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_PICK, "Pages", 1 }, { REQ_REFUSE, "Refuse", 0 },
	    { REQ_SUBMIT, "Approve", 0 } },
	.state_size = sizeof(struct decide_state),
	.key = decide_key,
	.event = decide_event,
	.fill = decide_fill,
	.draw = decide_draw,
	.refuses = decide_refuses,
	.waits = decide_waits,
	.leave = decide_leave,
};
