/*
 * desk_register.c - a visitor becomes a customer: name, e-mail address and its
 * code, a face, an account. Who is one already and has no face enrols it here
 * too, once an administrator has allowed it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/money.h"
#include "proto/text.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/otp.h"

static enum rc
desk_register_check(struct call *c, const cs_Register *ask)
{
	if (!text_is_line(ask->name, NAME_MAX_BYTES))
		return call_refuse(c, RC_INVALID, "Please give your name, at most %u bytes.", NAME_MAX_BYTES);
	if (!text_is_email(ask->email))
		return call_refuse(c, RC_INVALID, "This is not an e-mail address; please check it.");
	if (text_characters(ask->password) < PASSWORD_MIN_CHARS || strlen(ask->password) > PASSWORD_MAX_BYTES)
		return call_refuse(c, RC_INVALID, "The password needs at least %u characters and at most %u bytes.",
		    PASSWORD_MIN_CHARS, PASSWORD_MAX_BYTES);
	if (strcmp(ask->password, ask->email) == 0 || strcmp(ask->password, ask->name) == 0)
		return call_refuse(c, RC_INVALID, "The password must not be your name or e-mail address.");
	if (money_exponent(ask->currency) < 0)
		return call_refuse(c, RC_CURRENCY, "Accounts in this currency are not offered.");
	return RC_OK;
}

enum rc
desk_register_start(struct call *c)
{
	const cs_Register *ask = &c->ask->body.register_start;
	struct stores *st = c->desk->stores;
	char hash[PASSWORD_HASH_BYTES] = "";
	struct person_new new = { .name = ask->name, .password_hash = hash };
	struct person p = { 0 };
	uint64_t id = 0;
	uint32_t hidden;
	enum rc r = RC_BUG;

	if (!flood_allow(&c->desk->registrations, c->terminal, c->now_ms, &hidden))
		return call_refuse(c, RC_CODE_RATE, "Too many registrations at this terminal; please wait 15 minutes.");
	if ((r = desk_register_check(c, ask)) != RC_OK ||
	    (r = password_hash(ask->password, hash)) != RC_OK ||
	    (r = vault_person_make(c->desk->office->vault, ask->email, &new)) != RC_OK ||
	    (r = st->person.ops->create(&st->person, &new, call_event(c, AUDIT_REGISTER, RC_OK, "", "registration began"),
	    &id)) != RC_OK ||
	    (r = st->person.ops->by_id(&st->person, id, &p)) != RC_OK)
		goto out;
	r = desk_session_open(c, &p, SESSION_REGISTER_CODE, CONSOLE_TERMINAL, ask->currency);
out:
	crypto_wipe(hash, sizeof hash);
	crypto_wipe(&new, sizeof new);
	crypto_wipe(&p, sizeof p);
	return r;
}

enum rc
desk_register_code(struct call *c)
{
	struct desk *d = c->desk;
	struct otp_try t = {
		.purpose = CODE_REGISTER, .person = c->session.person, .session = c->session.id,
		.code = c->ask->body.register_code.code, .now_ms = c->now_ms,
	};
	uint64_t code = 0;
	enum rc r;

	if ((r = otp_check(d->stores, d->office->vault, &t, &code)) == RC_OK)
		r = session_move(d->stores, d->office->rng, &c->session, SESSION_REGISTER_FACE, code,
		    call_event(c, AUDIT_REGISTER_CODE, RC_OK, "", "e-mail address confirmed"), NULL);
	if (r == RC_OK) {
		c->answer->which_body = cs_Envelope_register_coded_tag;
		return RC_OK;
	}
	if (r != RC_STORE)
		call_audit(c, AUDIT_REGISTER_CODE, r, "", "code refused");
	return desk_code_refuse(c, r);
}

void
desk_known_words(const struct desk *d, const struct known_like *like, char dst[static AUDIT_DETAIL_BYTES])
{
	snprintf(dst, AUDIT_DETAIL_BYTES, "the face is like that of person %llu: cosine %.3f, score %.1f",
	    (unsigned long long)like->person, (double)like->cosine,
	    (double)match_rule_score(&d->office->match, like->cosine));
}

bool
desk_known_gone(const struct desk *d, const struct known_like *like)
{
	struct person_store *st = &d->stores->person;
	struct person p = { 0 };
	bool gone = false;
	enum rc r;

	if (!known_doubted(d->office->known, like->person))
		return false;
	if ((r = st->ops->by_id(st, like->person, &p)) == RC_OK || r == RC_NOT_FOUND)
		gone = known_settle(d->office->known, like->person, r == RC_OK && p.status == PERSON_ACTIVE);
	crypto_wipe(&p, sizeof p);
	return gone;
}

/*
 * The face of this enrolment becomes a known one, unless another customer has
 * it by now. Without a waiting template there is nothing to do: it was admitted
 * before, or activate() will miss it.
 */
static enum rc
desk_register_admit(struct call *c, const struct person *p, bool *admitted)
{
	const struct office *o = c->desk->office;
	struct person_store *st = &c->desk->stores->person;
	struct face_template sealed = { 0 };
	struct match_template t = { 0 };
	struct known_like like = { 0 };
	char words[AUDIT_DETAIL_BYTES];
	enum rc r;

	if ((r = st->ops->template_waiting(st, p->id, &sealed)) != RC_OK)
		return r == RC_NOT_ENROLLED ? RC_OK : r;
	if ((r = known_unseal(o->vault, p, &sealed, &t)) == RC_OK)
		do {
			r = known_admit(o->known, p->id, &t, o->log, &like);
		} while (r == RC_FACE_KNOWN && desk_known_gone(c->desk, &like));
	match_template_wipe(&t);
	crypto_wipe(&sealed, sizeof sealed);
	*admitted = r == RC_OK;
	if (r == RC_FACE_KNOWN) {
		desk_known_words(c->desk, &like, words);
		call_audit(c, AUDIT_ENROL, r, "", "%s", words);
		return call_refuse(c, r, DESK_FACE_KNOWN);
	}
	if (r == RC_NOMEM)
		return call_refuse(c, r, "No face can be enrolled at the moment; please ask the branch staff.");
	if (r == RC_FORGED || r == RC_MALFORMED || r == RC_EMBEDDER_OTHER)
		return call_refuse(c, r, "Your stored face cannot be read; please enrol it again.");
	return r;
}

enum rc
desk_register_finish(struct call *c)
{
	struct stores *st = c->desk->stores;
	cs_Registered *done = &c->answer->body.registered;
	struct person p = { 0 };
	bool admitted = false;
	enum rc r = RC_BUG;

	if ((r = call_person(c, &p)) != RC_OK || (r = desk_register_admit(c, &p, &admitted)) != RC_OK)
		goto out;
	r = st->person.ops->activate(&st->person, p.id, c->session.id, c->session.currency,
	    call_event(c, AUDIT_ENROL, RC_OK, "", p.status == PERSON_PENDING ? "customer and account opened" :
	    "face enrolled, as an administrator allowed"), done->customer, done->account);
	if (r == RC_STORE && admitted)		/* it may have been done */
		known_doubt(c->desk->office->known, p.id);
	else if (r != RC_OK && admitted)
		known_forget(c->desk->office->known, p.id);
	if (r == RC_NOT_ENROLLED) {
		call_audit(c, AUDIT_ENROL, r, "", "no live face was enrolled in this session");
		r = call_refuse(c, r, "Your face is not enrolled yet, or too long ago; please enrol it now.");
	} else if (r == RC_DENIED) {
		call_audit(c, AUDIT_ENROL, r, "", "no administrator has allowed it");
		r = call_refuse(c, r, "It is too long ago that an administrator allowed this; please ask again.");
	}
	if (r != RC_OK)
		goto out;
	c->answer->which_body = cs_Envelope_registered_tag;
	memcpy(done->currency, c->session.currency, sizeof done->currency);
	memcpy(done->name, p.name, sizeof done->name);
out:
	crypto_wipe(&p, sizeof p);
	return r;
}
