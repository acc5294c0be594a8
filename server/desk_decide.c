/*
 * desk_decide.c - held transfers at the audit console: what waits, and posting
 * or refusing it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Who decides signs with a live face and a code, both made for the digest that
 * the customer signed. The store's conditional write asks again who it is; what
 * is asked here first keeps codes and captures from those who may not.
 */
#include <stdio.h>
#include <string.h>

#include "server/apart.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"

#define EXPIRE_LOOK_MS 1000	/* between two looks for holds that are due */

static enum rc
decide_words(struct call *c, enum rc r)
{
	switch (r) {
	case RC_NOT_FOUND:
		return call_refuse(c, r, "There is no such transfer to decide.");
	case RC_EARLY:
		return call_refuse(c, r, "This transfer was decided already.");
	case RC_EXISTS:
		return call_refuse(c, r, "You have approved it already; somebody else has to approve it, too.");
	case RC_EXPIRED:
		return call_refuse(c, r, "Nobody decided in time; the amount is free again, the customer may begin anew.");
	case RC_DENIED:
		return call_refuse(c, r, "You may not decide this one: only staff who neither pay nor are paid may.");
	case RC_PROOF_MISSING:
		return call_refuse(c, r, "A live face for this decision is missing or too old; please look into the camera again.");
	case RC_ACCOUNT_CLOSED:
		return call_refuse(c, r, "One of the accounts is closed; nothing was moved, please refuse the transfer.");
	case RC_FORGED:
		return call_refuse(c, r, "What is stored is not what the customer signed; nothing was moved, please tell security.");
	case RC_STORE:
		return call_refuse(c, r, "The database cannot be reached; the same request may be sent again and moves nothing twice.");
	default:
		return desk_code_refuse(c, r);
	}
}

static enum rc
decide_refuse(struct call *c, const char *subject, enum audit_action a, enum rc r)
{
	if (c->answer->detail[0] != '\0')
		return r;	/* recorded and worded already */
	if (r != RC_STORE)
		call_audit(c, a, r, subject, "%s", rc_text(r));
	return decide_words(c, r);
}

/* An open hold that this person may decide. RC_EXISTS: and has approved already. subject gets its intent in hex, as its records have it. */
static enum rc
decide_get(struct call *c, uint64_t id, enum audit_action action, struct hold *h, char subject[static 2 * ID_BYTES + 1])
{
	struct hold_store *s = &c->desk->stores->hold;
	struct apart apart = { 0 };
	enum rc r;

	snprintf(subject, 2 * ID_BYTES + 1, "hold %llu", (unsigned long long)id);
	if ((r = s->ops->get(s, id, c->session.person, h)) != RC_OK)
		return r;
	hex_put(h->intent, ID_BYTES, subject);
	apart_add(&apart, h->person);
	apart_add(&apart, h->debit_person);
	apart_add(&apart, h->payee_person);
	if ((r = apart_may(c, &apart, action, subject)) != RC_OK)
		return r;
	if (h->state == HOLD_EXPIRED || (h->state == HOLD_OPEN && h->expires_ms <= c->now_ms))
		return RC_EXPIRED;
	if (h->state != HOLD_OPEN)
		return RC_EARLY;
	return h->approved ? RC_EXISTS : RC_OK;
}

enum rc
desk_waiting_get(struct call *c)
{
	struct hold_store *s = &c->desk->stores->hold;
	cs_Holds *to = &c->answer->body.holds;
	struct hold list[HOLDS_PAGE_MAX];
	size_t n = 0;
	enum rc r;

	if ((r = s->ops->waiting(s, c->session.person, c->ask->body.waiting_get.after, list, HOLDS_PAGE_MAX, &n)) != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_holds_tag;
	to->rows_count = (pb_size_t)n;
	to->more = n == HOLDS_PAGE_MAX;
	for (size_t i = 0; i < n; i++)
		desk_hold_put(&list[i], true, &to->rows[i]);
	return RC_OK;
}

enum rc
desk_decide_face_digest(struct call *c, uint64_t hold, uint8_t digest[static DIGEST_BYTES], char subject[static 2 * ID_BYTES + 1])
{
	struct hold h;
	enum rc r;

	if ((c->session.roles & ROLE_SUPERVISOR) == 0)
		return call_refuse(c, RC_DENIED, "Only a supervisor decides a held transfer.");
	if ((r = decide_get(c, hold, AUDIT_HOLD_POST, &h, subject)) != RC_OK)
		return c->answer->detail[0] != '\0' ? r : decide_words(c, r);
	memcpy(digest, h.digest, DIGEST_BYTES);
	return RC_OK;
}

enum rc
desk_hold_code_send(struct call *c)
{
	const struct office *o = c->desk->office;
	char subject[2 * ID_BYTES + 1], words[DESK_TRANSFER_WORDS];
	struct person p = { 0 };
	struct hold h;
	struct otp_order order = {
		.purpose = CODE_APPROVAL, .person = &p, .session = c->session.id, .txn = &h.txn, .digest = h.digest,
		.about = h.debit_name, .bank = o->config->bank, .now_ms = c->now_ms, .life_ms = o->config->code.life_ms,
	};
	enum rc r;

	if ((r = decide_get(c, c->ask->body.hold_code_send.hold, AUDIT_CODE_SEND, &h, subject)) != RC_OK)
		return decide_refuse(c, subject, AUDIT_CODE_SEND, r);
	desk_transfer_told(&h.txn, words);
	if ((r = call_person(c, &p)) == RC_OK)
		r = desk_code_send(c, &order, subject, call_event(c, AUDIT_CODE_SEND, RC_OK, subject, "code to approve %s", words));
	crypto_wipe(&p, sizeof p);
	return r;
}

/* Checks the code for what the customer signed. */
static enum rc
decide_code(struct call *c, const struct hold *h, const char *code, struct code_use *by)
{
	struct otp_try t = {
		.purpose = CODE_APPROVAL, .person = c->session.person, .session = c->session.id, .digest = h->digest,
		.code = code, .now_ms = c->now_ms,
	};

	*by = (struct code_use){ .person = c->session.person, .now_ms = c->now_ms };
	memcpy(by->session, c->session.id, sizeof by->session);
	memcpy(by->digest, h->digest, sizeof by->digest);
	return otp_check(c->desk->stores, c->desk->office->vault, &t, &by->code);
}

enum rc
desk_hold_post(struct call *c)
{
	struct hold_store *s = &c->desk->stores->hold;
	const cs_HoldPost *ask = &c->ask->body.hold_post;
	char subject[2 * ID_BYTES + 1], words[DESK_TRANSFER_WORDS];
	struct code_use by = { .person = c->session.person, .now_ms = c->now_ms };
	struct receipt done;
	struct hold h;
	enum rc r;

	r = decide_get(c, ask->hold, AUDIT_HOLD_POST, &h, subject);
	if (r == RC_OK)
		r = decide_code(c, &h, ask->code, &by);
	else if (r == RC_EXISTS || (r == RC_EARLY && h.state == HOLD_POSTED && h.approved)) {
		memcpy(by.digest, h.digest, sizeof by.digest);	/* the answer was lost: the same again */
		r = RC_OK;
	}
	if (r == RC_OK) {
		desk_transfer_told(&h.txn, words);
		r = s->ops->post(s, h.id, &by, call_event(c, AUDIT_HOLD_POST, RC_OK, subject, "%s", words), &done);
	}
	if (r != RC_OK)
		return decide_refuse(c, subject, AUDIT_HOLD_POST, r);
	if (done.journal != 0) {
		desk_transfer_receipt(c, &done);
		c->answer->body.receipt.balance_after = 0;	/* the customer's business */
	} else if ((r = s->ops->get(s, h.id, c->session.person, &h)) == RC_OK) {
		c->answer->which_body = cs_Envelope_held_tag;
		desk_hold_put(&h, true, &c->answer->body.held);
	}
	return r;
}

enum rc
desk_hold_refuse(struct call *c)
{
	struct hold_store *s = &c->desk->stores->hold;
	const cs_HoldRefuse *ask = &c->ask->body.hold_refuse;
	char subject[2 * ID_BYTES + 1];
	struct hold h;
	enum rc r;

	if ((r = desk_reason(c, ask->reason)) != RC_OK)
		return r;
	r = decide_get(c, ask->hold, AUDIT_HOLD_REFUSE, &h, subject);
	if (r == RC_OK || r == RC_EXISTS)	/* who approved may think better of it */
		r = s->ops->refuse(s, h.id, c->session.person, ask->reason, call_event(c, AUDIT_HOLD_REFUSE, RC_OK, subject, "%s",
		    ask->reason));
	if (r != RC_OK)
		return decide_refuse(c, subject, AUDIT_HOLD_REFUSE, r);
	c->answer->which_body = cs_Envelope_done_tag;
	return RC_OK;
}

void
desk_holds_expire(struct desk *d)
{
	struct hold_store *s = &d->stores->hold;
	struct audit_event ev = { .action = AUDIT_HOLD_EXPIRE };
	int64_t now = clock_mono_ms(d->office->clock);
	enum rc r;

	if (d->number != 0 || now - d->holds_looked_ms < EXPIRE_LOOK_MS)
		return;
	d->holds_looked_ms = now;
	do {
		ev.at_ms = clock_utc_ms(d->office->clock);
		r = s->ops->expire(s, &ev);
	} while (r == RC_OK);
	if (r != RC_NOT_FOUND && r != RC_STORE)
		log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "a hold that is due could not be ended: %s", rc_text(r));
}
