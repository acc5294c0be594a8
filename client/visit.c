/*
 * visit.c - forgetting, and words for the message line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/visit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
visit_transfer_end(struct visit *v)
{
	crypto_wipe(&v->txn, sizeof v->txn);
	crypto_wipe(&v->prepared, sizeof v->prepared);
	crypto_wipe(&v->reversal, sizeof v->reversal);
	crypto_wipe(v->request, sizeof v->request);
}

void
visit_end(struct visit *v)
{
	visit_transfer_end(v);
	crypto_wipe(v->token, sizeof v->token);
	v->token_n = 0;
	crypto_wipe(&v->person, sizeof v->person);
	crypto_wipe(&v->overview, sizeof v->overview);
	v->overview_known = false;
	crypto_wipe(&v->code, sizeof v->code);
	crypto_wipe(&v->registered, sizeof v->registered);
	crypto_wipe(&v->receipt, sizeof v->receipt);
	crypto_wipe(&v->hold, sizeof v->hold);
	v->code_sent_ms = 0;
	crypto_wipe(&v->batch, sizeof v->batch);
	v->trail = (cs_Trail)cs_Trail_init_zero;
	v->trail_known = false;
	v->batch_totals = 0;
	crypto_wipe(v->known, sizeof v->known);
	v->knowns = 0;
	v->batch_stopped[0] = '\0';
	crypto_wipe(v->about_customer, sizeof v->about_customer);
}

void
visit_keep_batch(struct visit *v, const cs_Batch *b)
{
	v->batch = b->head;
	v->batch_totals = b->totals_count;
	memcpy(v->batch_total, b->totals, sizeof v->batch_total);
}

void
visit_keep_session(struct visit *v, pb_size_t asked, const cs_Envelope *msg)
{
	const uint8_t *token = NULL;

	if (msg->which_body == cs_Envelope_code_sent_tag) {
		if (msg->body.code_sent.token.size == TOKEN_BYTES)
			token = msg->body.code_sent.token.bytes;
		v->code = msg->body.code_sent;
		crypto_wipe(&v->code.token, sizeof v->code.token);
		v->code_sent_ms = v->mono_ms > 0 ? v->mono_ms : 1;
	}
	if (msg->which_body == cs_Envelope_signed_on_tag &&
	    (asked == cs_Envelope_login_code_tag || asked == cs_Envelope_sign_on_face_tag)) {
		if (msg->body.signed_on.token.size == TOKEN_BYTES)
			token = msg->body.signed_on.token.bytes;
		v->person = msg->body.signed_on;
		crypto_wipe(&v->person.token, sizeof v->person.token);
	}
	if (token != NULL) {
		memcpy(v->token, token, TOKEN_BYTES);
		v->token_n = TOKEN_BYTES;
	}
}

void
visit_say(struct visit *v, enum notice_level level, const char *fmt, ...)
{
	va_list ap;

	v->notice.level = level;
	va_start(ap, fmt);
	vsnprintf(v->notice.text, sizeof v->notice.text, fmt, ap);
	va_end(ap);
}

/* What a person can do about it; NULL where the text itself says it. */
static const char *
visit_advice(enum rc why)
{
	switch (why) {
	case RC_TIMEOUT:
	case RC_CLOSED:
		return "Press the key again in a moment.";
	case RC_LOGIN:
		return "Check both and try again.";
	case RC_CODE_WRONG:
		return "Type the six digits of the newest message.";
	case RC_CODE_EXPIRED:
	case RC_CODE_USED:
	case RC_CODE_TRIES:
		return "F5 sends it.";
	case RC_ACCOUNT_UNKNOWN:
	case RC_SAME_ACCOUNT:
	case RC_CURRENCY:
		return "Check the payee's account.";
	case RC_FUNDS:
	case RC_LIMIT:
		return "Choose a smaller amount.";
	case RC_PROOF_MISSING:
	case RC_APPROVAL_MISSING:
	case RC_EXPIRED:
		return "Start it again; nothing was moved.";
	case RC_EXISTS:
		return "Ask the branch staff if this is yours.";
	case RC_BUG:
	case RC_VERSION:
	case RC_DENIED:
	case RC_INVALID:
		return "Ask the branch staff.";
	default:
		return NULL;
	}
}

void
visit_say_refused(struct visit *v, enum rc why, const cs_Envelope *msg)
{
	const char *text = rc_text(why), *advice = visit_advice(why);
	char first = text[0];

	if (msg != NULL && msg->detail[0] != '\0') {
		visit_say(v, NOTICE_BAD, "%s", msg->detail);
		return;
	}
	if (first >= 'a' && first <= 'z')
		first = (char)(first - 32);
	visit_say(v, NOTICE_BAD, "%c%s.%s%s", first, text + 1, advice == NULL ? "" : " ", advice == NULL ? "" : advice);
}
