/*
 * screen_review.c - what will be done, in full, before it can be confirmed: a
 * customer's transfer, or a supervisor's reversal.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The digest that face and code will be bound to is computed here, from what
 * was typed and what this page shows, and compared with the server's.
 * If they differ, something between changed the transfer: it is refused.
 */
#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/clock.h"
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
	v->code_for = v->txn.kind == TXN_REVERSAL ? CODE_REVERSAL : CODE_TRANSFER;
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

/* Who pays whom; the row for the reference. Of a customer's own account the name need not be said. */
static int
review_draw_parties(const struct visit *v, struct cells *c, struct area in)
{
	bool reversal = v->txn.kind == TXN_REVERSAL;
	char to[64], from[64];
	int row = reversal ? 1 : 2;

	account_number_format(v->txn.payee, to, sizeof to);
	account_number_format(v->txn.debit, from, sizeof from);
	row_draw(c, in, row, 13, "To", THEME_STRONG, v->txn.payee_name);
	row_draw(c, in, row + 1, 13, "", THEME_STRONG, to);
	if (reversal) {
		row_draw(c, in, row + 2, 13, "From", THEME_TEXT, v->reversal.payee_name);
		row_draw(c, in, row + 3, 13, "", THEME_TEXT, from);
		return row + 5;
	}
	row_draw(c, in, row + 3, 13, "From", THEME_TEXT, from);
	return row + 5;
}

/* Why it is not paid at once, and of a reversal what it takes back. */
static void
review_draw_hold(const struct visit *v, struct cells *c, struct area in, int row)
{
	const cs_ReversalPrepared *p = &v->reversal;
	char words[REFERENCE_MAX_BYTES + 160], when[32];

	if (v->txn.kind != TXN_REVERSAL) {
		cells_wrap(c, in.y + row, in.x, in.w, 2, THEME_WARN,
		    "It is not paid at once: the amount is held until somebody else at the bank approves it.");
		return;
	}
	clock_local_text(p->posted_utc_ms, when, sizeof when);
	snprintf(words, sizeof words, "Takes back what was posted %s%s%s. The amount is held on the payee's account until another supervisor "
	    "posts it.", when, p->reference[0] != '\0' ? ": " : "", p->reference);
	cells_wrap(c, in.y + row, in.x, in.w, 4, THEME_WARN, words);
}

static void
review_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct review_state *s = state;
	bool held = s->agrees && v->prepared.needs_hold;
	struct area in = card_draw(c, "Check every line", 66, !held ? 14 : v->txn.kind == TXN_REVERSAL ? 18 : 17);
	char text[MONEY_TEXT_BYTES];
	int row, used;

	money_format(v->txn.amount, v->txn.currency, text);
	row_draw(c, in, 0, 13, "Amount", THEME_STRONG, text);
	row = review_draw_parties(v, c, in);
	cells_text(c, in.y + row, in.x, 12, THEME_DIM, "Reference");
	used = cells_wrap(c, in.y + row, in.x + 13, in.w - 13, 3, THEME_TEXT, v->txn.reference[0] == '\0' ? "none" : v->txn.reference);
	if (used < 1)
		used = 1;
	row_draw(c, in, row + 1 + used, 13, "Bound to", s->agrees ? THEME_DIM : THEME_BAD,
	    s->agrees ? s->mark : "something else than this page: refused");
	if (s->agrees)
		cells_wrap(c, in.y + 12, in.x, in.w, 2, THEME_DIM, review_follows(&v->prepared));
	else
		cells_wrap(c, in.y + 12, in.x, in.w, 2, THEME_BAD, "Nothing was sent. Go back with Esc and tell the branch staff.");
	if (held)
		review_draw_hold(v, c, in, v->txn.kind == TXN_REVERSAL ? 14 : 15);
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
