/*
 * screen_otp.c - the code of six digits: for opening an account, for logging
 * in, for a transfer or reversal, where typing it sends the transaction itself,
 * and for the approval of somebody else's, where it posts it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A transfer that was sent is repeated by the link until the server answers,
 * always with the same request id, so it happens once or not at all; the page
 * cannot be left meanwhile.
 */
#include <stdio.h>
#include <string.h>

#include "client/console.h"
#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"
#include "proto/text.h"

enum otp_ask { OTP_IDLE, OTP_SENDING, OTP_CHECKING, OTP_COMMITTING };

struct otp_state {
	struct field code;
	enum otp_ask ask;
	bool begun;
};

/* Whether the code is for a transfer: it is asked for at once, and typing it moves money. */
static bool
otp_moves(const struct visit *v)
{
	return v->code_for == CODE_TRANSFER || v->code_for == CODE_REVERSAL || v->code_for == CODE_APPROVAL;
}

static struct intent
otp_enter(void *state, struct visit *v)
{
	struct otp_state *s = state;

	if (s->begun)
		return STAY;
	s->begun = true;
	s->code = (struct field){ .label = "Code", .kind = FIELD_CODE, .max = CODE_DIGITS };
	if (!otp_moves(v))
		return STAY;
	s->ask = v->code_for == CODE_APPROVAL || v->prepared.needs_code ? OTP_SENDING : OTP_COMMITTING;
	visit_say(v, NOTICE_INFO, s->ask == OTP_SENDING ? "Asking for the code ..." : "Sending the transfer ...");
	return SEND;
}

static struct intent
otp_submit(struct otp_state *s, struct visit *v)
{
	if (s->code.len < CODE_DIGITS) {
		visit_say(v, NOTICE_WARN, "The code has six digits.");
		return STAY;
	}
	s->ask = otp_moves(v) ? OTP_COMMITTING : OTP_CHECKING;
	visit_say(v, NOTICE_INFO, otp_moves(v) ? "Sending the transfer ..." : "Checking the code ...");
	return SEND;
}

static struct intent
otp_key(void *state, struct visit *v, struct key k)
{
	struct otp_state *s = state;

	if (s->ask == OTP_COMMITTING) {
		if (k.req == REQ_BACK)
			visit_say(v, NOTICE_WARN, "The transfer is on its way; the answer comes in a moment.");
		return k.req == REQ_HELP ? UNHEARD : STAY;
	}
	switch (k.req) {
	case REQ_BACK:
		return otp_moves(v) ? BACK : (struct intent){ .go = GO_END };
	case REQ_AGAIN:
		if (s->ask != OTP_IDLE)
			return STAY;
		field_wipe(&s->code);
		s->ask = OTP_SENDING;
		visit_say(v, NOTICE_INFO, "Asking for a new code ...");
		return SEND;
	case REQ_ENTER:
	case REQ_SUBMIT:
		return s->ask == OTP_IDLE ? otp_submit(s, v) : STAY;
	default:
		return form_field_key(&s->code, v, k) ? STAY : UNHEARD;
	}
}

/* What follows a refusal of the transfer itself. */
static struct intent
otp_refused(struct visit *v, enum rc why)
{
	switch (why) {
	case RC_EXISTS:
	case RC_FUNDS:
	case RC_LIMIT:
	case RC_EXPIRED:
	case RC_PROOF_MISSING:
	case RC_APPROVAL_MISSING:
	case RC_ACCOUNT_UNKNOWN:
	case RC_ACCOUNT_CLOSED:
	case RC_NOT_FOUND:
	case RC_REQUEST_OTHER:
		visit_transfer_end(v);
		return (struct intent){ .go = GO_HOME };
	default:
		return STAY;
	}
}

/* The same for an approval: back to what is decided, or to the list if there is nothing left to decide. */
static struct intent
otp_approval_refused(enum rc why)
{
	switch (why) {
	case RC_PROOF_MISSING:
		return BACK;
	case RC_EARLY:
	case RC_EXPIRED:
	case RC_NOT_FOUND:
	case RC_DENIED:
	case RC_ACCOUNT_CLOSED:
	case RC_FORGED:
		return (struct intent){ .go = GO_HOME, .next = &screen_waiting };
	default:
		return STAY;
	}
}

static struct intent
otp_posted(struct visit *v, const cs_Receipt *r)
{
	if (v->code_for == CODE_APPROVAL) {
		visit_say(v, NOTICE_GOOD, "Approved and posted: number %llu.", (unsigned long long)r->journal);
		return (struct intent){ .go = GO_HOME, .next = &screen_waiting };
	}
	v->receipt = *r;
	return (struct intent){ .go = GO_HOME, .next = &screen_receipt };
}

static struct intent
otp_held(struct visit *v, const cs_Hold *h)
{
	switch (v->code_for) {
	case CODE_TRANSFER:
		v->hold = *h;
		return (struct intent){ .go = GO_HOME, .next = &screen_held };
	case CODE_REVERSAL:
		visit_transfer_end(v);
		visit_say(v, NOTICE_GOOD, "Asked for: the amount is held until another supervisor posts or refuses it.");
		return (struct intent){ .go = GO_HOME, .next = &screen_waiting };
	case CODE_APPROVAL:
		visit_say(v, NOTICE_GOOD, "Approved, %u of %u: it is posted when somebody else has approved it, too.", (unsigned)h->given,
		    (unsigned)h->approvals);
		return (struct intent){ .go = GO_HOME, .next = &screen_waiting };
	default:
		return STAY;
	}
}

static struct intent
otp_event(void *state, struct visit *v, const struct event *e)
{
	struct otp_state *s = state;
	enum otp_ask was = s->ask;

	if (e->kind == EVENT_NET && v->net != NET_READY && was == OTP_COMMITTING)
		visit_say(v, NOTICE_WARN, "The server cannot be reached. The terminal goes on by itself.");
	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = OTP_IDLE;
	if (e->rc != RC_OK) {
		field_wipe(&s->code);
		if (v->code_for == CODE_APPROVAL)
			return otp_approval_refused(e->rc);
		return was == OTP_COMMITTING ? otp_refused(v, e->rc) : STAY;
	}
	switch (e->msg->which_body) {
	case cs_Envelope_code_sent_tag:
		visit_say(v, NOTICE_GOOD, "The code is on its way to %s.", v->code.to);
		return STAY;
	case cs_Envelope_register_coded_tag:
		v->capture_for = cs_CapturePurpose_CAPTURE_ENROL;
		return (struct intent){ .go = GO_SWAP, .next = &screen_capture };
	case cs_Envelope_signed_on_tag:
		if (e->asked != cs_Envelope_login_code_tag)
			return STAY;
		if (!v->person.needs_face && !v->person.needs_enrol)
			return (struct intent){ .go = GO_SWAP, .next = v->console->home };
		v->capture_for = v->person.needs_enrol ? cs_CapturePurpose_CAPTURE_ENROL : cs_CapturePurpose_CAPTURE_SIGN_ON;
		return (struct intent){ .go = GO_SWAP, .next = &screen_capture };
	case cs_Envelope_receipt_tag:
		return was == OTP_COMMITTING ? otp_posted(v, &e->msg->body.receipt) : STAY;
	case cs_Envelope_held_tag:
		return was == OTP_COMMITTING ? otp_held(v, &e->msg->body.held) : STAY;
	default:
		return STAY;
	}
}

static void
otp_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	struct otp_state *s = state;

	switch (s->ask) {
	case OTP_SENDING:
		if (v->code_for == CODE_TRANSFER || v->code_for == CODE_REVERSAL) {
			e->which_body = v->code_for == CODE_TRANSFER ? cs_Envelope_transfer_code_send_tag :
			    cs_Envelope_reversal_code_send_tag;
			memcpy(e->body.transfer_code_send.intent, v->prepared.intent, ID_BYTES);
		} else if (v->code_for == CODE_APPROVAL) {
			e->which_body = cs_Envelope_hold_code_send_tag;
			e->body.hold_code_send.hold = v->hold.hold;
		} else {
			e->which_body = cs_Envelope_code_resend_tag;
		}
		break;
	case OTP_COMMITTING:
		if (v->code_for == CODE_APPROVAL) {
			e->which_body = cs_Envelope_hold_post_tag;
			e->body.hold_post.hold = v->hold.hold;
			memcpy(e->body.hold_post.code, s->code.text, CODE_DIGITS + 1);
			break;
		}
		e->which_body = v->code_for == CODE_REVERSAL ? cs_Envelope_reversal_commit_tag : cs_Envelope_transfer_commit_tag;
		memcpy(e->body.transfer_commit.intent, v->prepared.intent, ID_BYTES);
		memcpy(e->body.transfer_commit.request, v->request, ID_BYTES);
		memcpy(e->body.transfer_commit.code, s->code.text, CODE_DIGITS + 1);
		break;
	case OTP_IDLE:
	case OTP_CHECKING:
		e->which_body = v->code_for == CODE_LOGIN ? cs_Envelope_login_code_tag : cs_Envelope_register_code_tag;
		memcpy(e->body.login_code.code, s->code.text, CODE_DIGITS + 1);
		break;
	}
}

static void
otp_draw_boxes(const struct otp_state *s, struct cells *c, int y, int x)
{
	for (unsigned i = 0; i < CODE_DIGITS; i++) {
		int at = x + (int)i * 6 + (i >= 3 ? 2 : 0);
		bool on = s->ask == OTP_IDLE && i == s->code.cur;

		cells_box(c, (struct area){ y, at, 3, 5 }, on ? THEME_STRONG : THEME_BORDER, NULL);
		if (i < s->code.len)
			cells_put(c, y + 1, at + 2, THEME_STRONG, 0x25cf);
		if (on) {
			c->cur_on = true;
			c->cur_y = y + 1;
			c->cur_x = at + 2;
		}
	}
}

static void
otp_draw_life(const struct visit *v, struct cells *c, struct area in, int row)
{
	int64_t left = (v->code_sent_ms + v->code.life_ms - v->mono_ms + 999) / 1000;

	if (v->code_sent_ms == 0)
		return;
	if (left <= 0)
		cells_text(c, in.y + row, in.x, in.w, THEME_WARN, "This code has expired. F5 sends a new one.");
	else
		cells_format(c, in.y + row, in.x, in.w, THEME_DIM, "Valid for %d:%02d more. Nothing came? F5 sends a new one.",
		    (int)(left / 60), (int)(left % 60));
}

/* The transfer is on its way: nothing to type, and nothing to fear. */
static void
otp_draw_commit(const struct visit *v, struct cells *c, struct area in, int row)
{
	bool waiting = v->net != NET_READY;

	cells_text(c, in.y + row + 1, in.x, in.w, waiting ? THEME_WARN : THEME_STRONG,
	    waiting ? "Waiting for the server" : "Sending the transfer ...");
	cells_wrap(c, in.y + row + 3, in.x, in.w, 3, THEME_TEXT,
	    v->code_for == CODE_APPROVAL ? "The transfer is posted once or not at all. The answer comes by itself; if it does not, send the "
	    "code again." :
	    "Your transfer is safe: it happens once or not at all. Please do not leave; the answer comes by itself.");
}

static void
otp_draw(const void *state, const struct visit *v, struct cells *c)
{
	static const char *const titles[] = {
		[CODE_REGISTER] = "Confirm your e-mail address", [CODE_LOGIN] = "Log in", [CODE_TRANSFER] = "Confirm the transfer",
		[CODE_APPROVAL] = "Approve the transfer", [CODE_REVERSAL] = "Ask for the reversal",
	};
	const struct otp_state *s = state;
	bool transfer = otp_moves(v), approval = v->code_for == CODE_APPROVAL;
	struct area in = card_draw(c, titles[v->code_for], 60, transfer ? 13 : 9);
	char amount[MONEY_TEXT_BYTES], account[64];
	int row = 0;

	if (transfer) {
		money_format(approval ? v->hold.amount : v->txn.amount, approval ? v->hold.currency : v->txn.currency, amount);
		account_number_format(approval ? v->hold.payee : v->txn.payee, account, sizeof account);
		row_draw(c, in, 0, 10, "Amount", THEME_STRONG, amount);
		row_draw(c, in, 1, 10, "To", THEME_STRONG, approval ? v->hold.payee_name : v->txn.payee_name);
		row_draw(c, in, 2, 10, "", THEME_TEXT, account);
		row = 4;
	}
	if (s->ask == OTP_COMMITTING) {
		otp_draw_commit(v, c, in, row);
		return;
	}
	if (v->code_sent_ms == 0)
		cells_text(c, in.y + row, in.x, in.w, THEME_TEXT, "A code is being made for this.");
	else
		cells_format(c, in.y + row, in.x, in.w, THEME_TEXT, "Type the six digits that were sent to %s", v->code.to);
	otp_draw_boxes(s, c, in.y + row + 2, in.x + (in.w - 37) / 2);
	otp_draw_life(v, c, in, row + 6);
	if (transfer)
		cells_text(c, in.y + row + 8, in.x, in.w, THEME_DIM, "The message must name the same amount and payee as above.");
	else
		cells_text(c, in.y + row + 8, in.x, in.w, THEME_DIM, "Nobody from the bank will ever ask you for this code.");
}

static void
otp_leave(void *state, struct visit *v)
{
	struct otp_state *s = state;

	(void)v;
	field_wipe(&s->code);
}

const struct screen_ops screen_otp = {
	.name = "otp",
	.title = "One-time code",
	.help = "The code is in the newest message to your e-mail address. It works once, for this purpose only, and for a "
	    "few minutes. After five wrong tries it is void: F5 sends a new one.\n"
	    "For a transfer, compare amount and payee in the message with this page. If they differ, press Esc and tell the "
	    "branch staff.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_AGAIN, "New code", 0 }, { REQ_ENTER, "Confirm", 0 } },
	.state_size = sizeof(struct otp_state),
	.enter = otp_enter,
	.key = otp_key,
	.event = otp_event,
	.fill = otp_fill,
	.draw = otp_draw,
	.leave = otp_leave,
};
