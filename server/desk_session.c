/*
 * desk_session.c - requests about the terminal and the session: hello, ping,
 * log in, its code, sending a code again, log out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/otp.h"

/* The console that was asked for, if there is such a one and the terminal may open it. */
static enum rc
desk_console(struct call *c, cs_Console ask, enum audit_action action, const char *subject, enum console *console)
{
	char words[ROLE_WORDS_BYTES];

	if (ask < cs_Console_CONSOLE_TERMINAL || ask > cs_Console_CONSOLE_AUDIT)
		return call_refuse(c, RC_INVALID, "This console is not in this version of the server.");
	*console = (enum console)(1u << (ask - cs_Console_CONSOLE_TERMINAL));
	if ((c->consoles & *console) != 0)
		return RC_OK;
	consoles_words(*console, words);
	call_audit(c, action, RC_DENIED, subject, "this terminal may not open the console %s", words);
	return call_refuse(c, RC_DENIED, "This terminal may not open the %s console; an administrator can accept it for that.", words);
}

enum rc
desk_hello(struct call *c)
{
	const struct config *cfg = c->desk->office->config;
	cs_Welcome *w = &c->answer->body.welcome;
	char words[ROLE_WORDS_BYTES];
	enum console console;
	enum rc r;

	if ((r = desk_console(c, c->ask->body.hello.console, AUDIT_TERMINAL_CONNECT, c->terminal_name, &console)) != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_welcome_tag;
	snprintf(w->server_version, sizeof w->server_version, "%s", COUNTERSIGN_VERSION);
	snprintf(w->bank, sizeof w->bank, "%.60s", cfg->bank);
	snprintf(w->terminal, sizeof w->terminal, "%s", c->terminal_name);
	snprintf(w->branch, sizeof w->branch, "%s", c->branch);
	w->server_utc_ms = c->now_ms;
	w->idle_ms = (uint32_t)cfg->session.idle_ms;
	if (c->desk->office->one_account)
		snprintf(w->notice, sizeof w->notice, "One account runs server and database here: grants do not hold against it.");
	consoles_words(console, words);
	call_audit(c, AUDIT_TERMINAL_CONNECT, RC_OK, c->terminal_name, "%s, client %s", words, c->ask->body.hello.client_version);
	return RC_OK;
}

enum rc
desk_ping(struct call *c)
{
	const struct config *cfg = c->desk->office->config;
	const struct session_limits limits = { cfg->session.idle_ms, cfg->session.hard_ms };
	struct session s;
	const char *why;
	enum rc r;

	/* A terminal that serves somebody asks whether the session is still open; keys pressed meanwhile keep it so. */
	if (c->ask->token.size > 0 && (r = (c->ask->body.ping.active ? session_find : session_alive)(c->desk->stores, &limits,
	    c->ask->token.bytes, c->ask->token.size, c->terminal, c->now_ms, &s, &why)) != RC_OK)
		return r == RC_STORE ? r : call_refuse(c, RC_SESSION_ENDED, "The session has ended; please log in again.");
	c->answer->which_body = cs_Envelope_pong_tag;
	c->answer->body.pong.server_utc_ms = c->now_ms;
	return RC_OK;
}

enum rc
desk_code_send(struct call *c, const struct otp_order *order, const char *subject, const struct audit_event *ev)
{
	const struct office *o = c->desk->office;
	cs_CodeSent *sent = &c->answer->body.code_sent;
	enum rc r = otp_send(c->desk->stores, o->vault, o->rng, order, ev, sent->to);

	if (r != RC_OK) {
		if (r != RC_STORE)
			call_audit(c, AUDIT_CODE_SEND, r, subject, "not sent");
		return r == RC_CODE_RATE ?
		    call_refuse(c, r, "Too many codes were asked for; please wait 15 minutes and try again.") : r;
	}
	c->answer->which_body = cs_Envelope_code_sent_tag;
	sent->life_ms = (uint32_t)order->life_ms;
	call_wake_notifier(c);
	return RC_OK;
}

/* Sends the code of the session's state; the answer says where it went. */
static enum rc
desk_session_code(struct call *c, const struct person *p)
{
	const struct office *o = c->desk->office;
	bool registering = c->session.state == SESSION_REGISTER_CODE;
	struct otp_order order = {
		.purpose = registering ? CODE_REGISTER : CODE_LOGIN, .person = p, .session = c->session.id,
		.bank = o->config->bank, .now_ms = c->now_ms,
		.life_ms = registering ? o->config->code.register_life_ms : o->config->code.life_ms,
	};

	return desk_code_send(c, &order, p->customer, call_event(c, AUDIT_CODE_SEND, RC_OK, p->customer,
	    "code for %s", registering ? "registration" : "log-in"));
}

/* The session did not come about: it is ended again. */
static void
desk_session_undo(struct call *c, const char *why)
{
	(void)!session_move(c->desk->stores, c->desk->office->rng, &c->session, SESSION_ENDED, 0,
	    call_event(c, AUDIT_SESSION_END, RC_OK, "", "%s", why), NULL);
}

/* Opens a session in its first state, sends its code. */
enum rc
desk_session_open(struct call *c, const struct person *p, enum session_state first, enum console console, const char *currency)
{
	uint8_t token[TOKEN_BYTES];
	cs_CodeSent *sent = &c->answer->body.code_sent;
	enum rc r = RC_BUG;

	memset(&c->session, 0, sizeof c->session);
	c->session.person = p->id;
	c->session.terminal = c->terminal;
	c->session.state = first;
	c->session.console = console;
	c->session.created_ms = c->session.seen_ms = c->now_ms;
	snprintf(c->session.currency, sizeof c->session.currency, "%s", currency);
	r = session_start(c->desk->stores, c->desk->office->rng, &c->session, call_event(c,
	    first == SESSION_LOGIN_CODE ? AUDIT_LOGIN_PASSWORD : AUDIT_REGISTER, RC_OK, p->customer,
	    "session opened, a code is awaited"), token);
	if (r != RC_OK)
		goto out;
	if ((r = desk_session_code(c, p)) != RC_OK) {
		desk_session_undo(c, "the code could not be sent");
		goto out;
	}
	memcpy(sent->token.bytes, token, sizeof token);
	sent->token.size = sizeof token;
out:
	crypto_wipe(token, sizeof token);
	return r;
}

enum rc
desk_login_refuse(struct call *c, const char *customer, enum rc r, int64_t until, bool recorded)
{
	if (!recorded && r != RC_STORE)
		call_audit(c, AUDIT_LOGIN_PASSWORD, r, customer, "log-in refused");
	if (r == RC_LOGIN)
		return call_refuse(c, r, "Customer number or password is wrong. After %d wrong tries the number is locked for a time.",
		    PASSWORD_TRIES);
	if (r == RC_LOCKED)
		return call_refuse(c, r, "Too many failed tries; please try again in %lld seconds.",
		    (long long)((until - c->now_ms) / 1000 + 1));
	return r;
}

enum rc
desk_login(struct call *c)
{
	const cs_Login *ask = &c->ask->body.login;
	struct desk *d = c->desk;
	struct person p = { 0 };
	bool recorded = false;
	enum console console;
	int64_t until = 0;
	enum rc r = RC_BUG;

	if ((r = desk_console(c, ask->console, AUDIT_LOGIN_PASSWORD, ask->customer, &console)) != RC_OK)
		return r;
	r = auth_login(&d->auth, d->stores, c->now_ms, ask->customer, ask->password,
	    call_event(c, AUDIT_LOGIN_PASSWORD, RC_OK, ask->customer, "password"), &p, &until, &recorded);
	if (r != RC_OK)
		r = desk_login_refuse(c, ask->customer, r, until, recorded);
	else
		r = desk_session_open(c, &p, SESSION_LOGIN_CODE, console, "");
	crypto_wipe(&p, sizeof p);
	return r;
}

/* The sentence for a code that was not accepted. */
enum rc
desk_code_refuse(struct call *c, enum rc r)
{
	switch (r) {
	case RC_CODE_WRONG:
		return call_refuse(c, r, "The code is wrong; please look at the newest message and try again.");
	case RC_NOT_FOUND:
		return call_refuse(c, RC_CODE_WRONG, "No code was sent for this; please ask for one.");
	case RC_CODE_EXPIRED:
		return call_refuse(c, r, "The code has expired; please ask for a new one.");
	case RC_CODE_USED:
		return call_refuse(c, r, "The code was used already; please ask for a new one.");
	case RC_CODE_TRIES:
		return call_refuse(c, r, "Too many wrong codes; please ask for a new one.");
	default:
		return r;
	}
}

/* Does policy ask for the face at this console? */
static bool
desk_wants_face(const struct call *c)
{
	const struct config *cfg = c->desk->office->config;

	return (c->session.console == CONSOLE_BACKOFFICE && cfg->sign_on.backoffice_face) ||
	    (c->session.console == CONSOLE_AUDIT && cfg->sign_on.audit_face);
}

/* What follows password and code: nothing, a face to compare, or a face to enrol that an administrator allowed. */
static enum rc
desk_after_code(struct call *c, enum session_state *to)
{
	struct person_store *st = &c->desk->stores->person;
	enum rc r = RC_NOT_FOUND;

	if (c->session.console == CONSOLE_TERMINAL)
		r = st->ops->face_allowed(st, c->session.person, c->now_ms);
	*to = r == RC_OK ? SESSION_REGISTER_FACE : desk_wants_face(c) ? SESSION_SIGN_ON_FACE : SESSION_SIGNED_ON;
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* Password and code were right, but nobody works at a console without a role for it: the session ends. */
static enum rc
desk_no_role(struct call *c, const struct person *p)
{
	char roles[ROLE_WORDS_BYTES], console[ROLE_WORDS_BYTES];
	enum rc r;

	roles_words(c->session.roles, roles);
	consoles_words(c->session.console, console);
	r = session_move(c->desk->stores, c->desk->office->rng, &c->session, SESSION_ENDED, 0,
	    call_event(c, AUDIT_LOGIN_CODE, RC_DENIED, p->customer, "no role for the console %s; roles: %s", console, roles), NULL);
	return r != RC_OK ? r : call_refuse(c, RC_DENIED, "You have no role for this console.");
}

static void
desk_signed_on(struct call *c, const struct person *p, const uint8_t token[static TOKEN_BYTES])
{
	cs_SignedOn *on = &c->answer->body.signed_on;

	c->answer->which_body = cs_Envelope_signed_on_tag;
	memcpy(on->token.bytes, token, TOKEN_BYTES);
	on->token.size = TOKEN_BYTES;
	memcpy(on->name, p->name, sizeof on->name);
	memcpy(on->customer, p->customer, sizeof on->customer);
	on->last_login_utc_ms = p->last_login_ms;
	on->roles = c->session.roles;
	on->needs_face = c->session.state == SESSION_SIGN_ON_FACE;
	on->needs_enrol = c->session.state == SESSION_REGISTER_FACE;
}

enum rc
desk_login_code(struct call *c)
{
	struct desk *d = c->desk;
	struct otp_try t = {
		.purpose = CODE_LOGIN, .person = c->session.person, .session = c->session.id,
		.code = c->ask->body.login_code.code, .now_ms = c->now_ms,
	};
	enum session_state to;
	uint8_t token[TOKEN_BYTES];
	struct person p = { 0 };
	uint64_t code = 0;
	enum rc r = RC_BUG;

	if ((r = call_person(c, &p)) != RC_OK)
		goto out;
	if ((r = otp_check(d->stores, d->office->vault, &t, &code)) == RC_OK) {
		if ((c->session.roles & console_roles(c->session.console)) == 0) {
			r = desk_no_role(c, &p);
			goto out;
		}
		if ((r = desk_after_code(c, &to)) != RC_OK)
			goto out;
		r = session_move(d->stores, d->office->rng, &c->session, to, code, call_event(c, AUDIT_LOGIN_CODE, RC_OK, p.customer,
		    to == SESSION_SIGNED_ON ? "signed on" : to == SESSION_REGISTER_FACE ? "a face is to be enrolled" : "a face is awaited"),
		    token);
	}
	if (r != RC_OK) {
		if (r != RC_STORE)
			call_audit(c, AUDIT_LOGIN_CODE, r, p.customer, "code refused");
		r = desk_code_refuse(c, r);
		goto out;
	}
	desk_signed_on(c, &p, token);
out:
	crypto_wipe(token, sizeof token);
	crypto_wipe(&p, sizeof p);
	return r;
}

enum rc
desk_sign_on_face(struct call *c)
{
	struct desk *d = c->desk;
	uint8_t token[TOKEN_BYTES];
	struct person p = { 0 };
	enum rc r = RC_BUG;

	if ((r = call_person(c, &p)) != RC_OK)
		goto out;
	if ((c->session.roles & console_roles(c->session.console)) == 0) {
		r = desk_no_role(c, &p);
		goto out;
	}
	r = session_face(d->stores, d->office->rng, &c->session, call_event(c, AUDIT_SIGN_ON_FACE, RC_OK, p.customer, "signed on"),
	    token);
	if (r == RC_OK)
		desk_signed_on(c, &p, token);
	else if (r != RC_STORE) {
		call_audit(c, AUDIT_SIGN_ON_FACE, r, p.customer, "refused");
		if (r == RC_PROOF_MISSING)
			r = call_refuse(c, r, "Your live face is missing or has expired; please look into the camera.");
	}
out:
	crypto_wipe(token, sizeof token);
	crypto_wipe(&p, sizeof p);
	return r;
}

enum rc
desk_code_resend(struct call *c)
{
	struct person p = { 0 };
	enum rc r;

	if ((r = call_person(c, &p)) == RC_OK)
		r = desk_session_code(c, &p);
	crypto_wipe(&p, sizeof p);
	return r;
}

enum rc
desk_logout(struct call *c)
{
	struct desk_capture *k = desk_capture_of_session(c->desk, c->session.id);
	enum rc r;

	if (k != NULL)
		desk_capture_abandon(c->desk, k, RC_CLOSED, "the customer logged out");
	r = session_move(c->desk->stores, c->desk->office->rng, &c->session, SESSION_ENDED, 0,
	    call_event(c, AUDIT_LOGOUT, RC_OK, "", "logged out"), NULL);
	if (r == RC_OK)
		c->answer->which_body = cs_Envelope_signed_off_tag;
	return r;
}
