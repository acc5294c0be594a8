/*
 * screen_transfer.c - the transfer form: from, to, how much, what for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The payee's account is checked by its check digits while it is typed, its
 * owner's name is asked for when the field is left. Nothing moves here.
 */
#include <stdio.h>
#include <string.h>

#include "client/form.h"
#include "client/pick.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"
#include "proto/text.h"

#define AMOUNT_BYTES 32u
#define TRANSFER_LABEL_W 17

enum { TRANSFER_FROM, TRANSFER_PAYEE, TRANSFER_AMOUNT, TRANSFER_REFERENCE, TRANSFER_FIELDS };
enum transfer_ask { TRANSFER_IDLE, TRANSFER_LOOKUP, TRANSFER_PREPARE };

struct transfer_state {
	const struct visit *v;		/* the accounts that fault() looks at */
	struct form form;
	struct pick pick;		/* one of the own accounts */
	int  account;			/* index into the overview */
	enum transfer_ask ask;
	bool then_submit;		/* go on once the name has come */
	char looked_up[ACCOUNT_MAX_BYTES + 1];	/* the account that name belongs to */
	char name[NAME_MAX_BYTES + 1];
	bool unknown;			/* looked_up does not exist */
};

static const cs_Account *
transfer_account(const struct transfer_state *s)
{
	return s->account < s->v->overview.accounts_count ? &s->v->overview.accounts[s->account] : NULL;
}

/* The payee as typed, in its one form; false while it is no account number. */
static bool
transfer_payee(const struct transfer_state *s, char account[static ACCOUNT_MAX_BYTES + 1])
{
	return account_number_parse(s->form.field[TRANSFER_PAYEE].text, account) == RC_OK;
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

static const char *
transfer_fault_amount(const struct transfer_state *s, const char *currency, int64_t available)
{
	const struct field *f = &s->form.field[TRANSFER_AMOUNT];
	bool missing = f->len == 0;
	int64_t amount;

	if (money_parse(f->text, currency, &amount) == RC_OK)
		return amount > available ? "There is not that much available on the account." : NULL;
	switch (money_exponent(currency)) {
	case 0:
		return missing ? "The amount is missing. Type one such as 1250." : "This is no amount. Type one such as 1250.";
	case 3:
		return missing ? "The amount is missing. Type one such as 12.500." : "This is no amount. Type one such as 12.500.";
	default:
		return missing ? "The amount is missing. Type one such as 12.50." : "This is no amount. Type one such as 12.50.";
	}
}

static const char *
transfer_fault(const void *state, int i)
{
	const struct transfer_state *s = state;
	const cs_Account *from = transfer_account(s);
	char account[ACCOUNT_MAX_BYTES + 1];

	if (i == TRANSFER_FROM || from == NULL)
		return from == NULL ? "There is no account to pay from." : NULL;
	switch (i) {
	case TRANSFER_PAYEE:
		if (!transfer_payee(s, account))
			return "The payee's account number is not right; compare it digit by digit.";
		return strcmp(account, from->number) == 0 ? "This is the account the money comes from; type the payee's." : NULL;
	case TRANSFER_AMOUNT:
		return transfer_fault_amount(s, from->currency, from->available);
	default:
		return s->form.field[i].len == 0 || text_is_line(s->form.field[i].text, REFERENCE_MAX_BYTES) ? NULL :
		    "The reference has characters that cannot be sent.";
	}
}

static const struct form_spec transfer_form = {
	.item = {
		[TRANSFER_FROM] = { .label = "From account", .kind = FIELD_CHOICE, .max = ACCOUNT_MAX_BYTES + 12, .w = 44 },
		[TRANSFER_PAYEE] = { .label = "To account", .kind = FIELD_ACCOUNT, .max = ACCOUNT_MAX_BYTES + 8, .w = 44, .row = 3, .required = true },
		[TRANSFER_AMOUNT] = { .label = "Amount", .kind = FIELD_AMOUNT, .max = AMOUNT_BYTES, .w = 24, .row = 6, .required = true },
		[TRANSFER_REFERENCE] = { .label = "Reference", .kind = FIELD_TEXT, .max = REFERENCE_MAX_BYTES, .w = 44, .row = 8 },
	},
	.n = TRANSFER_FIELDS, .label_w = TRANSFER_LABEL_W, .fault = transfer_fault,
};

/* Pays from another of the own accounts. */
static void
transfer_choose(struct transfer_state *s, int account)
{
	char text[64];

	s->account = account;
	if (transfer_account(s) == NULL)
		return;
	account_number_format(transfer_account(s)->number, text, sizeof text);
	field_set(&s->form.field[TRANSFER_FROM], text);
}

static struct intent
transfer_enter(void *state, struct visit *v)
{
	struct transfer_state *s = state;

	s->ask = TRANSFER_IDLE;
	s->v = v;
	visit_transfer_end(v);
	if (s->form.spec != NULL)
		return STAY;
	form_open(&s->form, &transfer_form);
	transfer_choose(s, 0);
	s->form.on = TRANSFER_PAYEE;
	return STAY;
}

static struct intent
transfer_submit(struct transfer_state *s, struct visit *v)
{
	char account[ACCOUNT_MAX_BYTES + 1];

	if (!form_ready(&s->form, s, v) || !transfer_payee(s, account))
		return STAY;
	if (s->ask != TRANSFER_IDLE || !transfer_known(s)) {
		if (s->unknown && strcmp(account, s->looked_up) == 0) {
			visit_say(v, NOTICE_WARN, "No such account; compare the number with the payee's.");
			s->form.on = TRANSFER_PAYEE;
			return STAY;
		}
		s->then_submit = true;
		visit_say(v, NOTICE_INFO, "Looking the payee up ...");
		return transfer_lookup(s);
	}
	s->then_submit = false;
	s->ask = TRANSFER_PREPARE;
	visit_say(v, NOTICE_INFO, "Asking the server ...");
	return SEND;
}

/* ---- the own accounts as a list ---- */

static void
transfer_item(const void *ctx, size_t i, char text[static TABLE_CELL_BYTES])
{
	const cs_Account *a = &((const struct visit *)ctx)->overview.accounts[i];
	char number[64], available[MONEY_TEXT_BYTES];

	account_number_format(a->number, number, sizeof number);
	money_format(a->available, a->currency, available);
	snprintf(text, TABLE_CELL_BYTES, "%s  %s", number, available);
}

static struct pick_items
transfer_items(const struct visit *v)
{
	return (struct pick_items){ .title = "Your accounts", .n = v->overview.accounts_count, .text = transfer_item, .ctx = v };
}

static struct intent
transfer_pick_key(struct transfer_state *s, const struct visit *v, struct key k)
{
	struct pick_items items = transfer_items(v);
	size_t chosen;

	if (pick_key(&s->pick, &items, k, &chosen) != PICK_CHOSEN)
		return STAY;
	if (s->form.on != TRANSFER_PAYEE) {
		transfer_choose(s, (int)chosen);
		return STAY;
	}
	field_set(&s->form.field[TRANSFER_PAYEE], v->overview.accounts[chosen].number);
	return transfer_lookup(s);
}

static struct intent
transfer_key(void *state, struct visit *v, struct key k)
{
	struct transfer_state *s = state;
	struct pick_items items = transfer_items(v);
	int n = v->overview.accounts_count;

	if (s->pick.open)
		return transfer_pick_key(s, v, k);
	if (k.req == REQ_BACK)
		return BACK;
	if (s->ask == TRANSFER_PREPARE)
		return UNHEARD;
	if (k.req == REQ_PICK) {
		pick_open(&s->pick, &items);
		return STAY;
	}
	if (s->form.on == TRANSFER_FROM && n > 0 && (k.req == REQ_LEFT || k.req == REQ_RIGHT)) {
		transfer_choose(s, (s->account + (k.req == REQ_LEFT ? n - 1 : 1)) % n);
		return STAY;
	}
	if (k.req == REQ_CHAR && s->form.on == TRANSFER_AMOUNT && s->form.field[TRANSFER_AMOUNT].len + 4 > AMOUNT_BYTES) {
		visit_say(v, NOTICE_WARN, "No amount is that long; Ctrl-U empties the field.");
		return STAY;
	}
	switch (form_key(&s->form, s, v, k)) {
	case FORM_SUBMIT:
		return transfer_submit(s, v);
	case FORM_MOVED:
		return transfer_lookup(s);
	case FORM_EDITED:
		s->then_submit = false;
		return STAY;
	default:
		return UNHEARD;
	}
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
	const cs_Account *from = transfer_account(s);

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
	memcpy(v->txn.reference, s->form.field[TRANSFER_REFERENCE].text, REFERENCE_MAX_BYTES + 1);
	memcpy(v->txn.nonce, v->prepared.nonce, NONCE_BYTES);
	if (money_parse(s->form.field[TRANSFER_AMOUNT].text, from->currency, &v->txn.amount) != RC_OK)
		return STAY;
	v->notice.level = NOTICE_NONE;
	return (struct intent){ .go = GO_TO, .next = &screen_review };
}

static void
transfer_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct transfer_state *s = state;
	const cs_Account *from = transfer_account(s);
	cs_TransferPrepare *m = &e->body.transfer_prepare;

	(void)v;
	if (s->ask == TRANSFER_LOOKUP || from == NULL) {
		e->which_body = cs_Envelope_payee_get_tag;
		memcpy(e->body.payee_get.account, s->looked_up, sizeof s->looked_up);
		return;
	}
	e->which_body = cs_Envelope_transfer_prepare_tag;
	memcpy(m->debit, from->number, sizeof m->debit);
	memcpy(m->payee, s->looked_up, sizeof m->payee);
	memcpy(m->currency, from->currency, sizeof m->currency);
	memcpy(m->reference, s->form.field[TRANSFER_REFERENCE].text, sizeof m->reference);
	if (money_parse(s->form.field[TRANSFER_AMOUNT].text, from->currency, &m->amount) != RC_OK)
		m->amount = 0;
}

/* What is known about the payee, below the field. */
static void
transfer_draw_payee(const struct transfer_state *s, struct cells *c, struct area in, int row, int x)
{
	const struct field *f = &s->form.field[TRANSFER_PAYEE];
	char account[ACCOUNT_MAX_BYTES + 1];
	int w = in.w - x;

	if (f->len == 0) {
		cells_text(c, in.y + row, in.x + x, w, THEME_DIM, "The check digits show a slip at once.");
	} else if (!transfer_payee(s, account)) {
		if (s->form.on != TRANSFER_PAYEE)
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
transfer_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct transfer_state *s = state;
	const cs_Account *from = transfer_account(s);
	struct area in = card_draw(c, "Transfer money", 66, 12);
	struct pick_items items = transfer_items(v);
	int x = in.x + TRANSFER_LABEL_W;
	char text[MONEY_TEXT_BYTES];

	form_draw(&s->form, c, in);
	if (v->overview.accounts_count > 1)
		cells_right(c, in.y, x + 43, 6, s->form.on == TRANSFER_FROM ? THEME_FIELD_ON : THEME_FIELD, "◀ ▶");
	if (from != NULL) {
		money_format(from->available, from->currency, text);
		cells_format(c, in.y + 1, x, in.w - TRANSFER_LABEL_W, THEME_DIM, "%s available", text);
		cells_text(c, in.y + 6, x + 25, 4, THEME_TEXT, from->currency);
	}
	transfer_draw_payee(s, c, in, 4, TRANSFER_LABEL_W);
	cells_wrap(c, in.y + 10, in.x, in.w, 2, THEME_DIM,
	    "Nothing is moved yet: you see everything once more, then your face and a code confirm it.");
	if (s->pick.open)
		pick_draw(&s->pick, &items, c);
}

static const char *
transfer_refuses(const void *state, const struct visit *v, enum request req)
{
	(void)state;
	return req == REQ_PICK && v->overview.accounts_count < 2 ? "There is one account here, and it pays." : NULL;
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
	    "F4 lists your own accounts: to pay to one of them, or from another.\n"
	    "Amount: such as 12.50. The reference is for the payee and may stay empty.\n"
	    "F8 goes on to the review; nothing is moved before you have confirmed it.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_NEXT, "Next field", 0 }, { REQ_PICK, "Accounts", 0 },
	    { REQ_SUBMIT, "Review", 0 } },
	.state_size = sizeof(struct transfer_state),
	.enter = transfer_enter,
	.key = transfer_key,
	.event = transfer_event,
	.fill = transfer_fill,
	.draw = transfer_draw,
	.refuses = transfer_refuses,
	.leave = transfer_leave,
};
