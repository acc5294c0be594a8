/*
 * desk_evidence.c - the small picture of a judged capture: sealed when it ends,
 * shown to who gives a reason, held, and ended in time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The record of a look is committed before the first pixel is unsealed, and each
 * part of a picture is a look of its own: there is no way to a pixel without one.
 */
#include <stdio.h>
#include <string.h>

#include "server/apart.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"

#define END_LOOK_MS 1000	/* between two looks for keys that are due */
#define DAY_MS (24 * 3600 * 1000LL)

const struct evidence_new *
desk_evidence_seal(const struct desk *d, const struct desk_capture *k, int64_t now_ms, struct evidence_new *to)
{
	const uint8_t *picture = capture_picture(k->capture);

	if (picture == NULL)
		return NULL;
	vault_evidence_put(d->office->vault, k->row.person, k->row.id, picture, to);
	to->until_ms = now_ms + d->office->config->evidence_days * DAY_MS;
	return to;
}

static enum rc
evidence_refuse(struct call *c, enum audit_action action, const char *subject, enum rc r)
{
	if (r == RC_NOT_FOUND)
		return call_refuse(c, r, "There is no picture of this capture: it had no verdict, or no frame was judged.");
	if (r == RC_EXPIRED) {
		call_audit(c, action, r, subject, "its time is over");
		return call_refuse(c, r, "The time of this picture is over: its key was destroyed, and nobody can see it any more.");
	}
	return r;
}

/* Nobody has to do with pictures of themselves; the store says so, too. */
static enum rc
evidence_may(struct call *c, const uint8_t *capture, const char *reason, enum audit_action action, const char *subject)
{
	struct evidence_store *s = &c->desk->stores->evidence;
	struct apart apart = { 0 };
	uint64_t person = 0;
	enum rc r;

	if ((r = desk_reason(c, reason)) != RC_OK || (r = s->ops->person(s, capture, &person)) != RC_OK)
		return r;
	apart_add(&apart, person);
	return apart_may(c, &apart, action, subject);
}

static void
evidence_answer(struct call *c, const struct evidence *e, uint32_t part, const uint8_t *picture)
{
	cs_Evidence *to = &c->answer->body.evidence;

	c->answer->which_body = cs_Envelope_evidence_tag;
	memcpy(to->capture, e->capture, sizeof to->capture);
	to->width = EVIDENCE_W;
	to->height = EVIDENCE_H;
	to->part = part;
	to->parts = EVIDENCE_PARTS;
	to->pixels.size = EVIDENCE_PART_BYTES;
	memcpy(to->pixels.bytes, picture + (size_t)part * EVIDENCE_PART_BYTES, EVIDENCE_PART_BYTES);
	to->taken_utc_ms = e->created_ms;
	to->until_utc_ms = e->until_ms;
	to->held = e->held;
}

enum rc
desk_evidence_get(struct call *c)
{
	const cs_EvidenceGet *ask = &c->ask->body.evidence_get;
	struct evidence_store *s = &c->desk->stores->evidence;
	char subject[2 * ID_BYTES + 1];
	uint8_t picture[EVIDENCE_BYTES];
	struct evidence e;
	enum rc r;

	hex_put(ask->capture, ID_BYTES, subject);
	if (ask->part >= EVIDENCE_PARTS)
		return call_refuse(c, RC_INVALID, "A picture has parts 0 to %u.", EVIDENCE_PARTS - 1);
	if ((r = evidence_may(c, ask->capture, ask->reason, AUDIT_EVIDENCE_LOOK, subject)) != RC_OK ||
	    (r = s->ops->look(s, ask->capture, c->session.person, call_event(c, AUDIT_EVIDENCE_LOOK, RC_OK, subject,
	    "part %u of %u: %s", ask->part + 1, EVIDENCE_PARTS, ask->reason), &e)) != RC_OK)
		return evidence_refuse(c, AUDIT_EVIDENCE_LOOK, subject, r);
	if ((r = vault_evidence_get(c->desk->office->vault, &e, picture)) == RC_OK)
		evidence_answer(c, &e, ask->part, picture);
	else
		r = call_refuse(c, r, "The picture cannot be opened: it was changed, or sealed with another master key.");
	crypto_wipe(picture, sizeof picture);
	crypto_wipe(&e, sizeof e);
	return r;
}

enum rc
desk_evidence_hold(struct call *c)
{
	const cs_EvidenceHold *ask = &c->ask->body.evidence_hold;
	struct evidence_store *s = &c->desk->stores->evidence;
	char subject[2 * ID_BYTES + 1];
	enum rc r;

	hex_put(ask->capture, ID_BYTES, subject);
	if ((r = evidence_may(c, ask->capture, ask->reason, AUDIT_EVIDENCE_HOLD, subject)) != RC_OK ||
	    (r = s->ops->hold(s, ask->capture, ask->hold, c->session.person, call_event(c, AUDIT_EVIDENCE_HOLD, RC_OK, subject,
	    "%s: %s", ask->hold ? "held" : "no longer held", ask->reason))) != RC_OK)
		return evidence_refuse(c, AUDIT_EVIDENCE_HOLD, subject, r);
	c->answer->which_body = cs_Envelope_done_tag;
	return RC_OK;
}

void
desk_evidence_end(struct desk *d)
{
	struct evidence_store *s = &d->stores->evidence;
	struct audit_event ev = { .action = AUDIT_EVIDENCE_END, .detail = "its time is over: the key was destroyed" };
	int64_t now = clock_mono_ms(d->office->clock);
	enum rc r;

	if (d->number != 0 || now - d->evidence_looked_ms < END_LOOK_MS)
		return;
	d->evidence_looked_ms = now;
	do {
		ev.at_ms = clock_utc_ms(d->office->clock);
		r = s->ops->end(s, &ev);
	} while (r == RC_OK);
	if (r != RC_NOT_FOUND && r != RC_STORE)
		log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "evidence that is due could not be ended: %s", rc_text(r));
}
