/*
 * screen_review.c - what will be done, in full, before it can be confirmed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The digest that face and code will be bound to is computed here, from what
 * the customer typed and what this page shows, and compared with the server's.
 * If they differ, something between changed the transfer: it is refused.
 */
#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"

struct review_state {
	bool checked;
	bool agrees;		/* the server's digest is that of what is shown */
	char mark[DIGEST_MARK_BYTES];
};

static struct intent
review_enter(void *state, struct visit *v)
{
	struct review_state *s = state;
	uint8_t digest[DIGEST_BYTES];

	if (s->checked)
		return STAY;
	s->checked = true;
	txn_digest(&v->txn, digest);
	s->agrees = crypto_same(digest, v->prepared.digest, sizeof digest);
	digest_mark(digest, s->mark);
	rng_fill(v->rng, v->request, sizeof v->request);
	if (!s->agrees)
		visit_say(v, NOTICE_BAD, "Refused: the server's answer is not what you typed.");
	return STAY;
}

static struct intent
review_key(void *state, struct visit *v, struct key k)
{
	const struct review_state *s = state;

	if (k.req == REQ_BACK)
		return BACK;
	if (k.req != REQ_SUBMIT)
		return UNHEARD;
	if (!s->agrees)
		return STAY;
	if (v->prepared.expires_utc_ms != 0 && v->utc_ms >= v->prepared.expires_utc_ms) {
		visit_say(v, NOTICE_WARN, "This took too long. Press Esc and go to the review again; nothing was moved.");
		return STAY;
	}
	v->code_for = CODE_TRANSFER;
	v->capture_for = cs_CapturePurpose_CAPTURE_TRANSFER;
	v->code_sent_ms = 0;
	return (struct intent){ .go = GO_TO, .next = v->prepared.needs_face ? &screen_capture : &screen_otp };
}

/* What comes after F8. */
static const char *
review_follows(const cs_TransferPrepared *p)
{
	if (p->needs_approval)
		return p->needs_code ? "F8 confirms: the camera looks at your face, a member of staff approves, then a code for exactly "
		    "this transfer is sent to you." : "F8 confirms: the camera looks at your face, then a member of staff approves.";
	if (p->needs_face)
		return p->needs_code ? "F8 confirms: the camera looks at your face, then a code for exactly this transfer is sent to you." :
		    "F8 confirms: the camera looks at your face.";
	return p->needs_code ? "F8 confirms: a code for exactly this transfer is sent to you." : "F8 confirms and sends it.";
}

static void
review_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct review_state *s = state;
	bool held = s->agrees && v->prepared.needs_hold;
	struct area in = card_draw(c, "Check every line", 66, held ? 17 : 14);
	char text[64];
	int used;

	money_format(v->txn.amount, v->txn.currency, text);
	row_draw(c, in, 0, 13, "Amount", THEME_STRONG, text);
	row_draw(c, in, 2, 13, "To", THEME_STRONG, v->txn.payee_name);
	account_number_format(v->txn.payee, text, sizeof text);
	row_draw(c, in, 3, 13, "", THEME_STRONG, text);
	account_number_format(v->txn.debit, text, sizeof text);
	row_draw(c, in, 5, 13, "From", THEME_TEXT, text);
	cells_text(c, in.y + 7, in.x, 12, THEME_DIM, "Reference");
	used = cells_wrap(c, in.y + 7, in.x + 13, in.w - 13, 3, THEME_TEXT, v->txn.reference[0] == '\0' ? "none" : v->txn.reference);
	if (used < 1)
		used = 1;
	row_draw(c, in, 8 + used, 13, "Bound to", s->agrees ? THEME_DIM : THEME_BAD,
	    s->agrees ? s->mark : "something else than this page: refused");
	if (s->agrees)
		cells_wrap(c, in.y + 12, in.x, in.w, 2, THEME_DIM, review_follows(&v->prepared));
	else
		cells_wrap(c, in.y + 12, in.x, in.w, 2, THEME_BAD, "Nothing was sent. Go back with Esc and tell the branch staff.");
	if (held)
		cells_wrap(c, in.y + 15, in.x, in.w, 2, THEME_WARN,
		    "It is not paid at once: the amount is held until somebody else at the bank approves it.");
}

const struct screen_ops screen_review = {
	.name = "review",
	.title = "Review",
	.help = "Compare amount, payee and account with what you mean. What you confirm is bound to exactly these lines: your "
	    "face and the code count for nothing else.\n"
	    "Esc goes back to the form, F8 confirms.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Change", 0 }, { REQ_SUBMIT, "Confirm", 0 } },
	.state_size = sizeof(struct review_state),
	.enter = review_enter,
	.key = review_key,
	.draw = review_draw,
};
