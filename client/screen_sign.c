/*
 * screen_sign.c - the code under a batch: the maker's, which submits it, or
 * the checker's, which posts it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The maker's code was sent with the control totals; the checker's is asked
 * for here, after the camera.
 */
#include <string.h>

#include "client/form.h"
#include "client/screen.h"
#include "client/widgets.h"
#include "proto/money.h"

enum sign_ask { SIGN_IDLE, SIGN_SENDING, SIGN_SIGNING };

struct sign_state {
	struct field code;
	enum sign_ask ask;
	bool begun;
};

static bool
sign_posts(const struct visit *v)
{
	return v->batch.state == cs_BatchState_BATCH_SUBMITTED;
}

static struct intent
sign_send(struct sign_state *s, struct visit *v)
{
	s->ask = SIGN_SENDING;
	visit_say(v, NOTICE_INFO, "Asking for the code ...");
	return SEND;
}

static struct intent
sign_enter(void *state, struct visit *v)
{
	struct sign_state *s = state;

	if (s->begun)
		return STAY;
	s->begun = true;
	s->code = (struct field){ .label = "Code", .kind = FIELD_CODE, .max = CODE_DIGITS };
	if (sign_posts(v)) {
		v->code_sent_ms = 0;
		return sign_send(s, v);
	}
	visit_say(v, NOTICE_GOOD, "The totals agree. The code is on its way to %s.", v->code.to);
	return STAY;
}

static struct intent
sign_key(void *state, struct visit *v, struct key k)
{
	struct sign_state *s = state;

	if (s->ask == SIGN_SIGNING && k.req == REQ_BACK) {
		visit_say(v, NOTICE_WARN, "The batch is on its way; the answer comes in a moment.");
		return STAY;
	}
	if (k.req == REQ_BACK)
		return BACK;
	if (s->ask != SIGN_IDLE)
		return UNHEARD;
	if (k.req == REQ_AGAIN) {
		field_wipe(&s->code);
		if (sign_posts(v))
			return sign_send(s, v);
		visit_say(v, NOTICE_INFO, "F8 compares the totals again, and sends a new code.");
		return BACK;
	}
	if (k.req != REQ_ENTER && k.req != REQ_SUBMIT)
		return form_field_key(&s->code, v, k) ? STAY : UNHEARD;
	if (s->code.len < CODE_DIGITS) {
		visit_say(v, NOTICE_WARN, "The code has six digits.");
		return STAY;
	}
	s->ask = SIGN_SIGNING;
	visit_say(v, NOTICE_INFO, sign_posts(v) ? "Posting the batch ..." : "Submitting the batch ...");
	return SEND;
}

/* What follows a refusal of the signature: a wrong code is typed again, all else is looked at. */
static struct intent
sign_refused(struct visit *v, enum rc why)
{
	switch (why) {
	case RC_CODE_WRONG:
	case RC_CODE_EXPIRED:
	case RC_CODE_USED:
	case RC_CODE_TRIES:
	case RC_CODE_RATE:
	case RC_BUSY:
	case RC_STORE:
	case RC_TIMEOUT:
	case RC_CLOSED:
		return STAY;
	default:
		memcpy(v->batch_stopped, v->notice.text, sizeof v->batch_stopped);
		return BACK;
	}
}

static struct intent
sign_event(void *state, struct visit *v, const struct event *e)
{
	struct sign_state *s = state;
	enum sign_ask was = s->ask;

	if (e->kind != EVENT_ANSWER)
		return STAY;
	s->ask = SIGN_IDLE;
	if (e->rc != RC_OK) {
		field_wipe(&s->code);
		return sign_refused(v, e->rc);
	}
	if (e->msg->which_body == cs_Envelope_code_sent_tag)
		visit_say(v, NOTICE_GOOD, "The code is on its way to %s.", v->code.to);
	if (e->msg->which_body != cs_Envelope_batch_tag || was != SIGN_SIGNING)
		return STAY;
	if (e->msg->body.batch.head.state == cs_BatchState_BATCH_POSTED)
		visit_say(v, NOTICE_GOOD, "Batch %llu is posted, all %u payments.", (unsigned long long)v->batch.batch, (unsigned)v->batch.lines);
	else
		visit_say(v, NOTICE_GOOD, "Batch %llu is submitted and waits for a checker.", (unsigned long long)v->batch.batch);
	return (struct intent){ .go = GO_HOME };
}

static void
sign_fill(void *state, const struct visit *v, cs_Envelope *e)
{
	const struct sign_state *s = state;

	if (s->ask == SIGN_SENDING) {
		e->which_body = cs_Envelope_batch_code_send_tag;
		e->body.batch_code_send.batch = v->batch.batch;
		memcpy(e->body.batch_code_send.digest, v->batch_digest, DIGEST_BYTES);
	} else if (sign_posts(v)) {
		e->which_body = cs_Envelope_batch_post_tag;
		e->body.batch_post.batch = v->batch.batch;
		memcpy(e->body.batch_post.code, s->code.text, CODE_DIGITS + 1);
		memcpy(e->body.batch_post.digest, v->batch_digest, DIGEST_BYTES);
	} else {
		e->which_body = cs_Envelope_batch_submit_tag;
		e->body.batch_submit.batch = v->batch.batch;
		memcpy(e->body.batch_submit.code, s->code.text, CODE_DIGITS + 1);
	}
}

static void
sign_draw(const void *state, const struct visit *v, struct cells *c)
{
	const struct sign_state *s = state;
	int totals = (int)v->batch_totals;
	struct area in = card_draw(c, sign_posts(v) ? "Post the batch" : "Submit the batch", 62, 9 + totals);
	int64_t left = (v->code_sent_ms + v->code.life_ms - v->mono_ms + 999) / 1000;
	char amount[MONEY_TEXT_BYTES];

	cells_format(c, in.y, in.x, in.w, THEME_STRONG, "Batch %llu, %u payment%s", (unsigned long long)v->batch.batch,
	    (unsigned)v->batch.lines, v->batch.lines == 1 ? "" : "s");
	for (int i = 0; i < totals; i++) {
		money_format(v->batch_total[i].sum, v->batch_total[i].currency, amount);
		cells_format(c, in.y + 1 + i, in.x, in.w, THEME_TEXT, "%u: %s", (unsigned)v->batch_total[i].lines, amount);
	}
	if (v->code_sent_ms == 0)
		return;
	in.y += totals;
	cells_format(c, in.y + 2, in.x, in.w, THEME_TEXT, "Type the six digits that were sent to %s", v->code.to);
	row_field(c, in, 4, 10, &s->code, 10, s->ask == SIGN_IDLE);
	if (left <= 0)
		cells_text(c, in.y + 6, in.x, in.w, THEME_WARN, "This code has expired. F5 sends a new one.");
	else
		cells_format(c, in.y + 6, in.x, in.w, THEME_DIM, "Valid for %d:%02d more. Nothing came? F5 sends a new one.",
		    (int)(left / 60), (int)(left % 60));
	cells_text(c, in.y + 7, in.x, in.w, THEME_DIM, "The message must name the same batch and totals.");
}

static bool
sign_waits(const void *state)
{
	return ((const struct sign_state *)state)->ask != SIGN_IDLE;
}

static void
sign_leave(void *state, struct visit *v)
{
	(void)v;
	field_wipe(&((struct sign_state *)state)->code);
}

const struct screen_ops screen_sign = {
	.name = "sign",
	.title = "Signature",
	.help = "The code is made for all lines of this batch as they stand: if one of them is changed afterwards, it is good for nothing.\n"
	    "A maker's code submits the batch to be checked; a checker's code posts it, all payments or none.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_BACK, "Back", 0 }, { REQ_AGAIN, "New code", 0 }, { REQ_ENTER, "Sign", 0 } },
	.state_size = sizeof(struct sign_state),
	.enter = sign_enter,
	.key = sign_key,
	.event = sign_event,
	.fill = sign_fill,
	.draw = sign_draw,
	.waits = sign_waits,
	.leave = sign_leave,
};
