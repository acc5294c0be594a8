/*
 * screen_held.c - the customer has confirmed a transfer that somebody else must
 * approve: what is held, until when, and what happens next.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/money.h"

static struct intent
held_key(void *state, struct visit *v, struct key k)
{
	(void)state;
	(void)v;
	if (k.req == REQ_ENTER || k.req == REQ_BACK || k.req == REQ_SUBMIT)
		return (struct intent){ .go = GO_HOME };
	return UNHEARD;
}

static void
held_draw(const void *state, const struct visit *v, struct cells *c)
{
	const cs_Hold *h = &v->hold;
	struct area in = card_draw(c, "Waiting for approval", 66, 16);
	char text[64], mark[DIGEST_MARK_BYTES];

	(void)state;
	if (h->approvals > 1)
		cells_format(c, in.y, in.x, in.w, THEME_WARN, "Confirmed, not yet paid: %u people at the bank must approve it.",
		    (unsigned)h->approvals);
	else
		cells_text(c, in.y, in.x, in.w, THEME_WARN, "Confirmed, not yet paid: somebody at the bank must approve it.");
	money_format(h->amount, h->currency, text);
	row_draw(c, in, 2, 15, "Amount held", THEME_STRONG, text);
	row_draw(c, in, 3, 15, "To", THEME_STRONG, h->payee_name);
	account_number_format(h->payee, text, sizeof text);
	row_draw(c, in, 4, 15, "", THEME_TEXT, text);
	account_number_format(h->debit, text, sizeof text);
	row_draw(c, in, 5, 15, "From", THEME_TEXT, text);
	row_draw(c, in, 6, 15, "Reference", THEME_TEXT, h->reference[0] == '\0' ? "none" : h->reference);
	cells_rule(c, in.y + 8, in.x, in.w);
	clock_local_text(h->expires_utc_ms, text, sizeof text);
	row_draw(c, in, 9, 15, "Held until", THEME_STRONG, text);
	digest_mark(h->digest, mark);
	row_draw(c, in, 10, 15, "Bound to", THEME_DIM, mark);
	cells_wrap(c, in.y + 12, in.x, in.w, 4, THEME_TEXT, "The amount stays on your account but cannot be spent meanwhile. If it is "
	    "approved, it is paid; if it is refused, or nobody decides until then, it is free again. You need not wait here: \"Held "
	    "transfers\" on the account page says what became of it.");
}

const struct screen_ops screen_held = {
	.name = "held",
	.title = "Waiting for approval",
	.help = "Your face and your code were taken for exactly this transfer. A supervisor who neither pays nor is paid decides it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_ENTER, "To the accounts", 0 } },
	.state_size = 1,
	.key = held_key,
	.draw = held_draw,
};
