/*
 * screen_receipt.c - the transfer is done: what the server wrote down.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/clock.h"
#include "proto/money.h"

static struct intent
receipt_key(void *state, struct visit *v, struct key k)
{
	(void)state;
	(void)v;
	if (k.req == REQ_ENTER || k.req == REQ_BACK || k.req == REQ_SUBMIT)
		return (struct intent){ .go = GO_HOME };
	return UNHEARD;
}

static void
receipt_draw(const void *state, const struct visit *v, struct cells *c)
{
	const cs_Receipt *r = &v->receipt;
	struct area in = card_draw(c, "Receipt", 66, 15);
	char text[2 * DIGEST_BYTES + 1];

	(void)state;
	cells_text(c, in.y, in.x, in.w, THEME_GOOD, "✓ The transfer is done.");
	money_format(r->amount, r->currency, text);
	row_draw(c, in, 2, 15, "Amount", THEME_STRONG, text);
	row_draw(c, in, 3, 15, "To", THEME_STRONG, r->payee_name);
	account_number_format(r->payee, text, sizeof text);
	row_draw(c, in, 4, 15, "", THEME_TEXT, text);
	account_number_format(r->debit, text, sizeof text);
	row_draw(c, in, 5, 15, "From", THEME_TEXT, text);
	row_draw(c, in, 6, 15, "Reference", THEME_TEXT, r->reference[0] == '\0' ? "none" : r->reference);
	cells_rule(c, in.y + 8, in.x, in.w);
	snprintf(text, sizeof text, "%llu", (unsigned long long)r->journal);
	row_draw(c, in, 9, 15, "Number", THEME_TEXT, text);
	clock_local_text(r->utc_ms, text, sizeof text);
	row_draw(c, in, 10, 15, "Time", THEME_TEXT, text);
	money_format(r->balance_after, r->currency, text);
	row_draw(c, in, 11, 15, "New balance", THEME_STRONG, text);
	hex_put(r->digest, 16, text);
	row_draw(c, in, 13, 15, "Digest", THEME_DIM, text);
	hex_put(r->digest + 16, 16, text);
	row_draw(c, in, 14, 15, "", THEME_DIM, text);
}

const struct screen_ops screen_receipt = {
	.name = "receipt",
	.title = "Receipt",
	.help = "The number and the digest name this transfer in the bank's books and in its audit trail. The history keeps it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_ENTER, "To the accounts", 0 } },
	.state_size = 1,
	.key = receipt_key,
	.draw = receipt_draw,
};
