/*
 * screen_transfer.c - the transfer form: from, to, how much, what for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The payee's account is checked by its check digits while it is typed and its
 * owner's name is asked for when the field is left. Nothing moves here: the
 * answer is an intent that the review page shows.
 */
#include <stdio.h>
#include <string.h>

#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"
#include "proto/text.h"

#define AMOUNT_BYTES 32u

/* Row 0 is the debit account, a choice; the rest are fields. */
enum { TRANSFER_PAYEE, TRANSFER_AMOUNT, TRANSFER_REFERENCE, TRANSFER_FIELDS };
enum transfer_ask { TRANSFER_IDLE, TRANSFER_LOOKUP, TRANSFER_PREPARE };

struct transfer_state {
	struct field field[TRANSFER_FIELDS];
	int  account;			/* index into the overview */
	int  on;			/* 0: the debit account, then 1 + field */
	enum transfer_ask ask;
	bool then_submit;		/* go on once the name has come */
	char looked_up[ACCOUNT_MAX_BYTES + 1];	/* the account that name belongs to */
	char name[NAME_MAX_BYTES + 1];
	bool unknown;			/* looked_up does not exist */
	bool begun;
};

static struct intent
transfer_enter(void *state, struct visit *v)
{
	struct transfer_state *s = state;

	s->ask = TRANSFER_IDLE;
	visit_transfer_end(v);
	if (s->begun)
		return STAY;
	s->begun = true;
	s->on = 1;
	s->field[TRANSFER_PAYEE] = (struct field){ .label = "To account", .kind = FIELD_ACCOUNT, .max = ACCOUNT_MAX_BYTES + 8 };
	s->field[TRANSFER_AMOUNT] = (struct field){ .label = "Amount", .kind = FIELD_AMOUNT, .max = AMOUNT_BYTES };
	s->field[TRANSFER_REFERENCE] = (struct field){ .label = "Reference", .kind = FIELD_TEXT, .max = REFERENCE_MAX_BYTES };
	return STAY;
}

static const cs_Account *
transfer_account(const struct transfer_state *s, const struct visit *v)
{
	return s->account < v->overview.accounts_count ? &v->overview.accounts[s->account] : NULL;
}

/* The payee as typed, in its one form; false while it is no account number. */
static bool
transfer_payee(const struct transfer_state *s, char account[static ACCOUNT_MAX_BYTES + 1])
{
	return account_number_parse(s->field[TRANSFER_PAYEE].text, account) == RC_OK;
}

static bool
transfer_known(const struct transfer_state *s)
{
	char account[ACCOUNT_MAX_BYTES + 1];

	return transfer_payee(s, account) && strcmp(account, s->looked_up) == 0 && !s->unknown;
}

/* Asks for the payee's name if there is something new to ask. */
static struct intent
transfer_lookup(struct transfer_state *s)
{
	char account[ACCOUNT_MAX_BYTES + 1];

	if (s->ask != TRANSFER_IDLE || !transfer_payee(s, account) || strcmp(account, s->looked_up) == 0)
		return STAY;
	snprintf(s->looked_up, sizeof s->looked_up, "%s", account);
	s->name[0] = '\0';
	s->unknown = false;
	s->ask = TRANSFER_LOOKUP;
	return SEND;
}

static struct intent
transfer_fault(struct transfer_state *s, struct visit *v, int on, const char *what)
{
	visit_say(v, NOTICE_WARN, "%s", what);
	s->on = on;
	return STAY;
}

static struct intent
transfer_fault_amount(struct transfer_state *s, struct visit *v, const char *currency)
{
	char example[MONEY_TEXT_BYTES];

	money_format(money_exponent(currency) == 3 ? 12500 : 1250, currency, example);
	visit_say(v, NOTICE_WARN, "%s Type one such as %s.",
	    s->field[TRANSFER_AMOUNT].len == 0 ? "The amount is missing." : "This is no amount.", example);
	s->on = 2;
	return STAY;
}

static struct intent
transfer_submit(struct transfer_state *s, struct visit *v)
{
	const cs_Account *from = transfer_account(s, v);
	char account[ACCOUNT_MAX_BYTES + 1];
	int64_t amount;

	if (from == NULL)
		return transfer_fault(s, v, 0, "There is no account to pay from.");
	if (!transfer_payee(s, account))
		return transfer_fault(s, v, 1, "The payee's account number is not right; compare it digit by digit.");
	if (strcmp(account, from->number) == 0)
		return transfer_fault(s, v, 1, "This is the account the money comes from; type the payee's.");
	if (money_parse(s->field[TRANSFER_AMOUNT].text, from->currency, &amount) != RC_OK)
		return transfer_fault_amount(s, v, from->currency);
	if (amount > from->available)
		return transfer_fault(s, v, 2, "There is not that much available on the account.");
	if (s->field[TRANSFER_REFERENCE].len > 0 && !text_is_line(s->field[TRANSFER_REFERENCE].text, REFERENCE_MAX_BYTES))
		return transfer_fault(s, v, 3, "The reference has characters that cannot be sent.");
	if (s->ask != TRANSFER_IDLE || !transfer_known(s)) {
		if (s->unknown && strcmp(account, s->looked_up) == 0)
			return transfer_fault(s, v, 1, "No such account; compare the number with the payee's.");
		s->then_submit = true;
		visit_say(v, NOTICE_INFO, "Looking the payee up ...");
		return transfer_lookup(s);
	}
	s->then_submit = false;
	s->ask = TRANSFER_PREPARE;
	visit_say(v, NOTICE_INFO, "Asking the server ...");
	return SEND;
}

static struct intent
transfer_key(void *state, struct visit *v, struct key k)
{
	struct transfer_state *s = state;

	if (k.req == REQ_BACK)
		return BACK;
	if (s->ask == TRANSFER_PREPARE)
		return UNHEARD;
	if (k.req == REQ_SUBMIT || (k.req == REQ_ENTER && s->on == TRANSFER_FIELDS))
		return transfer_submit(s, v);
	if (form_moves(k)) {
		s->on = form_move(s->on, TRANSFER_FIELDS + 1, k);
		return transfer_lookup(s);
	}
	if (s->on == 0 && v->overview.accounts_count > 0 && (k.req == REQ_LEFT || k.req == REQ_RIGHT)) {
		int n = v->overview.accounts_count;

		s->account = (s->account + (k.req == REQ_LEFT ? n - 1 : 1)) % n;
		return STAY;
	}
	s->then_submit = false;
	if (k.req == REQ_CHAR && s->on == 2 && s->field[TRANSFER_AMOUNT].len + 4 > AMOUNT_BYTES) {
		visit_say(v, NOTICE_WARN, "No amount is that long; Ctrl-U empties the field.");
		return STAY;
	}
	return s->on > 0 && field_key(&s->field[s->on - 1], k) ? STAY : UNHEARD;
}

static struct intent
transfer_looked_up(struct transfer_state *s, struct visit *v, const struct event *e)
{
	bool go_on = s->then_submit;

	s->ask = TRANSFER_IDLE;
	s->then_submit = false;
	if (e->rc == RC_OK && e->msg->which_body == cs_Envelope_payee_tag &&
	    strcmp(e->msg->body.payee.account, s->looked_up) == 0) {
		snprintf(s->name, sizeof s->name, "%s", e->msg->body.payee.name);
		v->notice.level = NOTICE_NONE;
		return go_on ? transfer_submit(s, v) : STAY;
	}
	s->unknown = e->rc == RC_ACCOUNT_UNKNOWN;
	if (!s->unknown)
		s->looked_up[0] = '\0';	/* ask again next time */
	return STAY;
}

static struct intent
transfer_event(void *state, struct visit *v, const struct event *e)
{
	struct transfer_state *s = state;
	const cs_Account *from = transfer_account(s, v);

	if (e->kind != EVENT_ANSWER)
		return STAY;
	if (e->asked == cs_Envelope_payee_get_tag)
		return transfer_looked_up(s, v, e);
	s->ask = TRANSFER_IDLE;
	if (e->rc != RC_OK || e->msg->which_body != cs_Envelope_transfer_prepared_tag || from == NULL)
		return STAY;
	v->prepared = e->msg->body.transfer_prepared;
	v->txn = (struct txn){ .kind = TXN_TRANSFER };
	memcpy(v->txn.debit, from->number, sizeof from->number);
	memcpy(v->txn.payee, s->looked_up, sizeof s->looked_up);
	memcpy(v->txn.payee_name, v->prepared.payee_name, sizeof v->prepared.payee_name);
	memcpy(v->txn.currency, from->currency, sizeof from->currency);
	memcpy(v->txn.reference, s->field[TRANSFER_REFERENCE].text, REFERENCE_MAX_BYTES + 1);
	memcpy(v->txn.nonce, v->prepared.nonce, NONCE_BYTES);
	if (money_parse(s->field[TRANSFER_AMOUNT].text, from->currency, &v->txn.amount) != RC_OK)
		return STAY;
	v->notice.level = NOTICE_NONE;
	return (struct intent){ .go = GO_TO, .next = &screen_review };
}

static void
transfer_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct transfer_state *s = state;
	const cs_Account *from = transfer_account(s, v);
	cs_TransferPrepare *m = &e->body.transfer_prepare;

	if (s->ask == TRANSFER_LOOKUP || from == NULL) {
		e->which_body = cs_Envelope_payee_get_tag;
		memcpy(e->body.payee_get.account, s->looked_up, sizeof s->looked_up);
		return;
	}
	e->which_body = cs_Envelope_transfer_prepare_tag;
	memcpy(m->debit, from->number, sizeof m->debit);
	memcpy(m->payee, s->looked_up, sizeof m->payee);
	memcpy(m->currency, from->currency, sizeof m->currency);
	memcpy(m->reference, s->field[TRANSFER_REFERENCE].text, sizeof m->reference);
	if (money_parse(s->field[TRANSFER_AMOUNT].text, from->currency, &m->amount) != RC_OK)
		m->amount = 0;
}

/* What is known about the payee, below the field. */
static void
transfer_draw_payee(const struct transfer_state *s, struct cells *c, struct area in, int row, int x)
{
	const struct field *f = &s->field[TRANSFER_PAYEE];
	char account[ACCOUNT_MAX_BYTES + 1];
	int w = in.w - x;

	if (f->len == 0) {
		cells_text(c, in.y + row, in.x + x, w, THEME_DIM, "The check digits show a slip at once.");
	} else if (!transfer_payee(s, account)) {
		if (s->on != 1)
			cells_text(c, in.y + row, in.x + x, w, THEME_BAD, "✗ This is not an account number.");
		else
			cells_text(c, in.y + row, in.x + x, w, THEME_DIM, "not complete, or a digit is wrong");
	} else if (strcmp(account, s->looked_up) != 0) {
		cells_text(c, in.y + row, in.x + x, w, THEME_GOOD, "✓ check digits are right");
	} else if (s->unknown) {
		cells_text(c, in.y + row, in.x + x, w, THEME_BAD, "✗ No such account.");
	} else if (s->name[0] != '\0') {
		cells_text(c, in.y + row, in.x + x, 2, THEME_GOOD, "✓ ");
		cells_text(c, in.y + row, in.x + x + 2, w - 2, THEME_STRONG, s->name);
	} else {
		cells_text(c, in.y + row, in.x + x, w, THEME_DIM, "looking the name up ...");
	}
}

static void
transfer_draw_from(const struct transfer_state *s, const struct visit *v, struct cells *c, struct area in, int x)
{
	const cs_Account *from = transfer_account(s, v);
	enum theme t = s->on == 0 ? THEME_FIELD_ON : THEME_FIELD;
	char text[64];

	cells_text(c, in.y, in.x, x - 1, s->on == 0 ? THEME_STRONG : THEME_DIM, "From account");
	if (s->on == 0)
		cells_text(c, in.y, in.x + x - 2, 1, THEME_STRONG, "▸");
	cells_fill(c, (struct area){ in.y, in.x + x, 1, 44 }, t, ' ');
	if (from == NULL)
		return;
	account_number_format(from->number, text, sizeof text);
	cells_text(c, in.y, in.x + x + 1, 40, t, text);
	if (v->overview.accounts_count > 1)
		cells_right(c, in.y, in.x + x + 43, 6, t, "◀ ▶");
	money_format(from->available, from->currency, text);
	cells_format(c, in.y + 1, in.x + x, in.w - x, THEME_DIM, "%s available", text);
}

static void
transfer_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct transfer_state *s = state;
	const cs_Account *from = transfer_account(s, v);
	struct area in = card_draw(c, "Transfer money", 66, 12);

	transfer_draw_from(s, v, c, in, 17);
	row_field(c, in, 3, 17, &s->field[TRANSFER_PAYEE], 44, s->on == 1);
	transfer_draw_payee(s, c, in, 4, 17);
	row_field(c, in, 6, 17, &s->field[TRANSFER_AMOUNT], 24, s->on == 2);
	cells_text(c, in.y + 6, in.x + 17 + 25, 4, THEME_TEXT, from == NULL ? "" : from->currency);
	row_field(c, in, 8, 17, &s->field[TRANSFER_REFERENCE], 44, s->on == 3);
	cells_wrap(c, in.y + 10, in.x, in.w, 2, THEME_DIM,
	    "Nothing is moved yet: you see everything once more, then your face and a code confirm it.");
}

static void
transfer_leave(void *state, struct visit *v)
{
	(void)state;
	visit_transfer_end(v);
}

const struct screen_ops screen_transfer = {
	.name = "transfer",
	.title = "Transfer",
	.help = "To account: type it with or without blanks. The check digits show most slips, and the owner's name is looked "
	    "up: compare it with whom you mean.\n"
	    "Amount: such as 12.50. The reference is for the payee and may stay empty.\n"
	    "F8 goes on to the review; nothing is moved before you have confirmed it.",
	.bar = { { REQ_HELP, "Help" }, { REQ_BACK, "Back" }, { REQ_NEXT, "Next field" }, { REQ_SUBMIT, "Review" } },
	.state_size = sizeof(struct transfer_state),
	.enter = transfer_enter,
	.key = transfer_key,
	.event = transfer_event,
	.fill = transfer_fill,
	.draw = transfer_draw,
	.leave = transfer_leave,
};
