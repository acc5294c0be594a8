/*
 * desk_capture.c - requests that begin and cancel a capture.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "server/desk_batch.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/exceptions.h"

/* What the terminal is asked to send. */
#define DESK_CAPTURE_WIDTH  640u
#define DESK_CAPTURE_HEIGHT 480u
#define DESK_CAPTURE_FPS     15u

/* The person's template, unsealed, into the options. */
static enum rc
desk_capture_enrolled(struct call *c, const struct person *p, struct capture_options *o)
{
	const struct vision_hello *by = &c->desk->office->match.by;
	struct stores *st = c->desk->stores;
	struct face_template t = { 0 };
	enum rc r;

	if ((r = st->person.ops->template_get(&st->person, p->id, &t)) == RC_OK)
		r = known_unseal(c->desk->office->vault, p, &t, &o->enrolled);
	crypto_wipe(&t, sizeof t);
	if (r == RC_NOT_ENROLLED)
		return call_refuse(c, r, "No face is enrolled for you; please ask the branch staff.");
	if (r == RC_FORGED || r == RC_MALFORMED)
		return call_refuse(c, r, "Your stored face cannot be read; please ask the branch staff.");
	if (r == RC_OK && (strcmp(o->enrolled.by.embedder, by->embedder) != 0 ||
	    o->enrolled.by.embedder_version != by->embedder_version))
		return RC_EMBEDDER_OTHER;
	return r;
}

/* Leaves out what an exception says, so far as it is among those allowed; *moves gets what was left out. */
static enum rc
desk_capture_exception(struct call *c, const struct person *p, uint32_t allowed, struct capture_options *o, uint32_t *moves)
{
	enum rc r;

	if ((r = exceptions_active(c->desk->stores, p->id, moves)) != RC_OK)
		return r;
	*moves &= allowed;
	exceptions_apply(*moves, o);
	if (*moves != 0 && liveness_options_check(&o->liveness) != RC_OK)
		return call_refuse(c, RC_INVALID, "Your exception leaves nothing that the camera could ask; please ask the branch staff.");
	return RC_OK;
}

/* The same for an enrolment, which needs a fresh signature. */
static enum rc
desk_capture_enrolling(struct call *c, const struct person *p, struct capture_options *o, uint32_t *moves)
{
	enum rc r = exceptions_enrolling(c->desk->stores, p->id, c->now_ms);

	if (r == RC_DENIED)
		return call_refuse(c, r, "Your exception was confirmed too long ago to enrol by; please ask the branch staff to set it anew.");
	return r == RC_OK ? desk_capture_exception(c, p, UINT32_MAX, o, moves) : r;
}

/*
 * What this capture is for: options, what is left out of it, the row of its
 * proof, and the subject of its record: the intent or batch, else the person.
 */
static enum rc
desk_capture_plan(struct call *c, const cs_CaptureBegin *ask, const struct person *p, struct capture_options *o,
    struct capture_row *row, uint32_t *moves, char subject[static AUDIT_SUBJECT_BYTES])
{
	const struct config *cfg = c->desk->office->config;
	struct intent i;
	enum rc r;

	snprintf(subject, AUDIT_SUBJECT_BYTES, "%s", p->customer);
	capture_defaults(o);
	o->liveness.challenges = (uint32_t)cfg->liveness.challenges;
	o->liveness.kinds = cfg->liveness.moves;
	o->liveness.timeout_ms = cfg->liveness.timeout_ms;
	o->light = cfg->liveness.light && ask->light_ok;
	o->match = c->desk->office->match;
	if (ask->purpose == cs_CapturePurpose_CAPTURE_ENROL) {
		if (c->session.state != SESSION_REGISTER_FACE)
			return call_refuse(c, RC_EARLY, "A face is enrolled during registration only.");
		if (p->status != PERSON_PENDING && (r = c->desk->stores->person.ops->face_allowed(&c->desk->stores->person, p->id,
		    c->now_ms)) != RC_OK)
			return r == RC_NOT_FOUND ? call_refuse(c, RC_EARLY, "No administrator has allowed you to enrol a face.") : r;
		o->enrol = row->enrol = true;
		return desk_capture_enrolling(c, p, o, moves);
	}
	if (ask->purpose == cs_CapturePurpose_CAPTURE_SIGN_ON) {
		if (c->session.state != SESSION_SIGN_ON_FACE)
			return call_refuse(c, RC_EARLY, "A live face for signing on is asked for after the code only.");
		session_face_digest(&c->session, row->digest);
		/* Password and code stand beside it, and two people have signed the exception. */
		if ((r = desk_capture_exception(c, p, UINT32_MAX, o, moves)) != RC_OK)
			return r;
		return desk_capture_enrolled(c, p, o);
	}
	if (ask->purpose == cs_CapturePurpose_CAPTURE_BATCH && c->session.state == SESSION_SIGNED_ON) {
		snprintf(subject, AUDIT_SUBJECT_BYTES, "batch %llu", (unsigned long long)ask->batch);
		if ((r = desk_batch_face_digest(c, ask->batch, row->digest)) != RC_OK ||
		    (r = desk_capture_exception(c, p, EXCEPTION_LIGHT, o, moves)) != RC_OK)
			return r;
		return desk_capture_enrolled(c, p, o);
	}
	if (ask->purpose == cs_CapturePurpose_CAPTURE_APPROVE && c->session.state == SESSION_SIGNED_ON) {
		if ((r = desk_decide_face_digest(c, ask->hold, row->digest, subject)) != RC_OK ||
		    (r = desk_capture_exception(c, p, EXCEPTION_LIGHT, o, moves)) != RC_OK)
			return r;
		return desk_capture_enrolled(c, p, o);
	}
	if (ask->purpose != cs_CapturePurpose_CAPTURE_TRANSFER || c->session.state != SESSION_SIGNED_ON)
		return call_refuse(c, RC_EARLY, "A live face is asked for a prepared transfer only.");
	if ((r = desk_intent_get(c, ask->intent, &i)) != RC_OK)
		return r;
	hex_put(i.id, sizeof i.id, subject);
	memcpy(row->digest, i.digest, sizeof row->digest);
	/* What weakens the proof is left out only where the ledger will ask for the approval. */
	if ((r = desk_capture_exception(c, p, i.needs_approval ? UINT32_MAX : EXCEPTION_LIGHT, o, moves)) != RC_OK)
		return r;
	return desk_capture_enrolled(c, p, o);
}

static const char *
desk_capture_what(cs_CapturePurpose purpose)
{
	switch (purpose) {
	case cs_CapturePurpose_CAPTURE_ENROL:
		return "to enrol";
	case cs_CapturePurpose_CAPTURE_SIGN_ON:
		return "to sign on";
	case cs_CapturePurpose_CAPTURE_BATCH:
		return "to post a batch";
	case cs_CapturePurpose_CAPTURE_APPROVE:
		return "to approve a transfer";
	default:
		return "for a transfer";
	}
}

/* Fills the slot and makes the database's row; on failure the slot is free as before. The record names the capture. */
static enum rc
desk_capture_start(struct call *c, struct desk_capture *k, struct capture_options *o, const struct person *p,
    uint32_t moves, const char *subject)
{
	char words[EXCEPTION_WORDS_BYTES], id[2 * ID_BYTES + 1];
	struct desk *d = c->desk;
	struct capture_store *st = &d->stores->capture;
	enum rc r;

	if ((r = desk_trace_load(d, k, p)) != RC_OK)
		goto out;
	o->cues.recall = k->recall;
	r = RC_NOMEM;
	if ((k->capture = capture_new(o, d->office->rng, clock_mono_ms(d->office->clock))) == NULL ||
	    (k->person = malloc(sizeof *k->person)) == NULL)
		goto out;
	*k->person = *p;
	exceptions_words(moves, words);
	hex_put(k->row.id, sizeof k->row.id, id);
	r = st->ops->begin(st, &k->row, call_event(c, AUDIT_CAPTURE_BEGIN, RC_OK, subject, DESK_CAPTURE_NAMED "%s, %s%s%s", id,
	    desk_capture_what(c->ask->body.capture_begin.purpose), moves != 0 ? ", by exception without " : "", words));
	if (r == RC_LOCKED)
		r = call_refuse(c, r, "Too many failed captures; please wait a minute and try again.");
	else if (r == RC_DISABLED)
		r = call_refuse(c, r, "Captures are disabled after too many failures; please ask the branch staff.");
out:
	if (r != RC_OK)
		desk_capture_free(k);
	return r;
}

enum rc
desk_capture_begin(struct call *c)
{
	const cs_CaptureBegin *ask = &c->ask->body.capture_begin;
	cs_CaptureBegun *to = &c->answer->body.capture_begun;
	struct desk_capture *k = desk_capture_of_session(c->desk, c->session.id);
	struct capture_row row = { .person = c->session.person, .started_ms = c->now_ms };
	struct capture_options o = { 0 };
	struct person p = { 0 };
	char subject[AUDIT_SUBJECT_BYTES] = "";
	uint32_t moves = 0;
	enum rc r = RC_BUG;

	if (k != NULL)
		desk_capture_abandon(c->desk, k, RC_CLOSED, "a new capture was begun");
	if ((k = desk_capture_slot(c->desk)) == NULL)
		return call_refuse(c, RC_BUSY, "Too many captures are in progress; please try again in a moment.");
	if ((r = call_person(c, &p)) != RC_OK || (r = desk_capture_plan(c, ask, &p, &o, &row, &moves, subject)) != RC_OK)
		goto out;
	rng_fill(c->desk->office->rng, row.id, sizeof row.id);
	memcpy(row.session, c->session.id, sizeof row.session);
	k->row = row;
	k->terminal = c->terminal;
	memcpy(k->control, c->route, c->route_n);
	k->control_n = c->route_n;
	if ((r = desk_capture_start(c, k, &o, &p, moves, subject)) != RC_OK)
		goto out;
	desk_capture_open(c->desk, k);
	c->answer->which_body = cs_Envelope_capture_begun_tag;
	memcpy(to->capture, row.id, sizeof to->capture);
	to->credits = CAPTURE_CREDITS;
	to->width = DESK_CAPTURE_WIDTH;
	to->height = DESK_CAPTURE_HEIGHT;
	to->fps = DESK_CAPTURE_FPS;
	to->timeout_ms = (uint32_t)o.liveness.timeout_ms;
out:
	if (r != RC_OK && r != RC_STORE)
		call_audit(c, AUDIT_CAPTURE_BEGIN, r, subject, "refused");
	crypto_wipe(&p, sizeof p);
	crypto_wipe(&o, sizeof o);
	return r;
}

enum rc
desk_capture_cancel(struct call *c)
{
	struct desk_capture *k = desk_capture_of_session(c->desk, c->session.id);

	if (k != NULL && memcmp(k->row.id, c->ask->body.capture_cancel.capture, ID_BYTES) == 0)
		desk_capture_abandon(c->desk, k, RC_CLOSED, "cancelled by the customer");
	c->answer->which_body = cs_Envelope_capture_cancelled_tag;
	return RC_OK;
}
