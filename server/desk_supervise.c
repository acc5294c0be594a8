/*
 * desk_supervise.c - people and their sessions: look, lock, release, end.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each act has a reason, which is recorded with it, and is never about oneself.
 */
#include <stdio.h>
#include <string.h>

#include "proto/text.h"
#include "server/apart.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"

enum rc
desk_reason(struct call *c, const char *reason)
{
	return text_is_line(reason, REFERENCE_MAX_BYTES) ? RC_OK :
	    call_refuse(c, RC_INVALID, "Please give a reason, one line of at most %u bytes.", REFERENCE_MAX_BYTES);
}

static enum rc
desk_customer(struct call *c, const char *number, struct person *p)
{
	struct stores *st = c->desk->stores;
	enum rc r = text_is_digits(number, CUSTOMER_BYTES) ? st->person.ops->by_customer(&st->person, number, p) : RC_NOT_FOUND;

	return r == RC_NOT_FOUND ? call_refuse(c, r, "No person has this customer number.") : r;
}

enum rc
desk_person_get(struct call *c)
{
	cs_PersonState *to = &c->answer->body.person_state;
	struct stores *st = c->desk->stores;
	struct person p = { 0 };
	unsigned roles = 0;
	enum rc r;

	if ((r = desk_customer(c, c->ask->body.person_get.customer, &p)) != RC_OK ||
	    (r = st->role.ops->held(&st->role, p.id, &roles)) != RC_OK)
		goto out;
	c->answer->which_body = cs_Envelope_person_state_tag;
	memcpy(to->customer, p.customer, sizeof to->customer);
	memcpy(to->name, p.name, sizeof to->name);
	to->roles = roles;
	to->locked = p.status == PERSON_LOCKED;
	to->password_fails = p.password_fails;
	to->face_fails = p.face_fails_total;
	to->password_locked_until_utc_ms = p.password_locked_until;
	to->face_locked_until_utc_ms = p.face_locked_until;
	to->last_login_utc_ms = p.last_login_ms;
out:
	crypto_wipe(&p, sizeof p);
	return r;
}

/* Lock or release, by op. */
static enum rc
desk_person_act(struct call *c, const char *customer, const char *reason, enum audit_action action,
    enum rc (*op)(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev))
{
	struct stores *st = c->desk->stores;
	struct apart apart = { 0 };
	struct person p = { 0 };
	enum rc r;

	if ((r = desk_reason(c, reason)) != RC_OK || (r = desk_customer(c, customer, &p)) != RC_OK)
		goto out;
	apart_add(&apart, p.id);
	if ((r = apart_may(c, &apart, action, customer)) != RC_OK)
		goto out;
	r = op(&st->person, p.id, c->session.person, call_event(c, action, RC_OK, customer, "%s", reason));
	if (r == RC_OK)
		c->answer->which_body = cs_Envelope_done_tag;
	else if (r == RC_NOT_FOUND)
		r = call_refuse(c, r, "This person is locked already, or has not finished the registration.");
out:
	crypto_wipe(&p, sizeof p);
	return r;
}

enum rc
desk_person_lock(struct call *c)
{
	const cs_PersonLock *ask = &c->ask->body.person_lock;

	return desk_person_act(c, ask->customer, ask->reason, AUDIT_PERSON_LOCK, c->desk->stores->person.ops->lock);
}

enum rc
desk_person_release(struct call *c)
{
	const cs_PersonRelease *ask = &c->ask->body.person_release;

	return desk_person_act(c, ask->customer, ask->reason, AUDIT_PERSON_UNLOCK, c->desk->stores->person.ops->unlock);
}

/* ---- sessions ---- */

static cs_Console
desk_console_number(enum console console)
{
	return console == CONSOLE_AUDIT ? cs_Console_CONSOLE_AUDIT : console == CONSOLE_BACKOFFICE ?
	    cs_Console_CONSOLE_BACKOFFICE : cs_Console_CONSOLE_TERMINAL;
}

enum rc
desk_sessions_get(struct call *c)
{
	const cs_SessionsGet *ask = &c->ask->body.sessions_get;
	cs_Sessions *to = &c->answer->body.sessions;
	struct session_row list[SUPERVISE_PAGE_MAX];
	struct stores *st = c->desk->stores;
	size_t n = 0;
	enum rc r;

	/* Those that were idle for too long end when they are next used. */
	if ((r = st->session.ops->list(&st->session, c->now_ms - c->desk->office->config->session.idle_ms, ask->before_utc_ms,
	    ask->before, list, SUPERVISE_PAGE_MAX, &n)) != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_sessions_tag;
	to->rows_count = (pb_size_t)n;
	for (size_t i = 0; i < n; i++) {
		cs_SessionRow *row = &to->rows[i];

		memcpy(row->session, list[i].id, sizeof row->session);
		memcpy(row->customer, list[i].customer, sizeof row->customer);
		memcpy(row->name, list[i].name, sizeof row->name);
		memcpy(row->terminal, list[i].terminal, sizeof row->terminal);
		row->console = desk_console_number(list[i].console);
		row->signed_on = list[i].state == SESSION_SIGNED_ON;
		row->opened_utc_ms = list[i].created_ms;
		row->seen_utc_ms = list[i].seen_ms;
	}
	return RC_OK;
}

enum rc
desk_session_end(struct call *c)
{
	const cs_SessionEnd *ask = &c->ask->body.session_end;
	struct stores *st = c->desk->stores;
	char hex[2 * ID_BYTES + 1];
	enum rc r;

	if ((r = desk_reason(c, ask->reason)) != RC_OK)
		return r;
	hex_put(ask->session, ID_BYTES, hex);
	r = st->session.ops->end_by(&st->session, ask->session, c->session.person,
	    call_event(c, AUDIT_SESSION_END, RC_OK, hex, "ended by a supervisor: %s", ask->reason));
	if (r == RC_OK)
		c->answer->which_body = cs_Envelope_done_tag;
	else if (r == RC_NOT_FOUND)
		r = call_refuse(c, r, "This session has ended already.");
	else if (r == RC_DENIED) {
		call_audit(c, AUDIT_SESSION_END, r, hex, "nobody ends a session of their own so");
		r = call_refuse(c, r, "This session is your own; please sign off.");
	}
	return r;
}
