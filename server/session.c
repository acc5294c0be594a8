/*
 * session.c - moves of a session and the look-up by token.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "server/session.h"
#include "server/vault.h"

#define SESSION_STATES (SESSION_SIGN_ON_FACE + 1)
#define SESSION_TOUCH_MS 1000	/* seen_ms is written at most this often */

static const bool session_moves[SESSION_STATES][SESSION_STATES] = {
	[SESSION_NONE]          = { [SESSION_REGISTER_CODE] = true, [SESSION_LOGIN_CODE] = true },
	[SESSION_REGISTER_CODE] = { [SESSION_REGISTER_FACE] = true, [SESSION_ENDED] = true },
	[SESSION_REGISTER_FACE] = { [SESSION_ENDED] = true },
	[SESSION_LOGIN_CODE]    = { [SESSION_SIGNED_ON] = true, [SESSION_SIGN_ON_FACE] = true,
		[SESSION_REGISTER_FACE] = true, [SESSION_ENDED] = true },
	[SESSION_SIGN_ON_FACE]  = { [SESSION_SIGNED_ON] = true, [SESSION_ENDED] = true },
	[SESSION_SIGNED_ON]     = { [SESSION_ENDED] = true },
};

static const char *const session_names[SESSION_STATES] = {
	[SESSION_NONE] = "none", [SESSION_REGISTER_CODE] = "register-code", [SESSION_REGISTER_FACE] = "register-face",
	[SESSION_LOGIN_CODE] = "login-code", [SESSION_SIGNED_ON] = "signed-on", [SESSION_ENDED] = "ended",
	[SESSION_SIGN_ON_FACE] = "sign-on-face",
};

bool
session_may_move(enum session_state from, enum session_state to)
{
	return (unsigned)from < SESSION_STATES && (unsigned)to < SESSION_STATES && session_moves[from][to];
}

const char *
session_state_name(enum session_state s)
{
	return (unsigned)s < SESSION_STATES ? session_names[s] : "?";
}

enum rc
session_start(struct stores *st, const struct rng *g, struct session *s, const struct audit_event *ev,
    uint8_t token[static TOKEN_BYTES])
{
	uint8_t hash[DIGEST_BYTES];
	struct audit_event named = *ev;

	if (!session_may_move(SESSION_NONE, s->state))
		return RC_BUG;
	rng_fill(g, s->id, sizeof s->id);
	rng_fill(g, token, TOKEN_BYTES);
	vault_token_hash(token, hash);
	memcpy(named.session, s->id, sizeof named.session);
	return st->session.ops->create(&st->session, s, hash, &named);
}

enum rc
session_move(struct stores *st, const struct rng *g, struct session *s, enum session_state to, uint64_t spend_code,
    const struct audit_event *ev, uint8_t *token)
{
	uint8_t hash[DIGEST_BYTES];
	enum rc r;

	if (!session_may_move(s->state, to))
		return RC_BUG;
	if (to == SESSION_ENDED)
		r = st->session.ops->end(&st->session, s->id, ev);
	else {
		if (token != NULL) {
			rng_fill(g, token, TOKEN_BYTES);
			vault_token_hash(token, hash);
		}
		r = st->session.ops->move(&st->session, s->id, s->state, to, token != NULL ? hash : NULL, spend_code, ev);
	}
	if (r == RC_OK)
		s->state = to;
	return r;
}

void
session_face_digest(const struct session *s, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, "countersign sign-on 1");
	hash_bytes(&h, s->id, sizeof s->id);
	hash_u64(&h, s->person);
	hash_u64(&h, s->terminal);
	hash_u32(&h, s->console);
	hash_end(&h, out);
}

enum rc
session_face(struct stores *st, const struct rng *g, struct session *s, const struct audit_event *ev,
    uint8_t token[static TOKEN_BYTES])
{
	uint8_t hash[DIGEST_BYTES], digest[DIGEST_BYTES];
	enum rc r;

	if (s->state != SESSION_SIGN_ON_FACE)
		return RC_BUG;
	rng_fill(g, token, TOKEN_BYTES);
	vault_token_hash(token, hash);
	session_face_digest(s, digest);
	if ((r = st->session.ops->face(&st->session, s->id, digest, hash, ev)) == RC_OK)
		s->state = SESSION_SIGNED_ON;
	return r;
}

/* Ends a session that has outlived its limits. */
static enum rc
session_expire(struct stores *st, struct session *s, int64_t now_ms, const char *why)
{
	struct audit_event ev = {
		.action = AUDIT_SESSION_END, .outcome = RC_SESSION_ENDED, .at_ms = now_ms,
		.person = s->person, .terminal = s->terminal,
	};
	enum rc r;

	memcpy(ev.session, s->id, sizeof ev.session);
	snprintf(ev.detail, sizeof ev.detail, "%s", why);
	r = session_move(st, NULL, s, SESSION_ENDED, 0, &ev, NULL);
	return r == RC_OK ? RC_SESSION_ENDED : r;
}

enum rc
session_alive(struct stores *st, const struct session_limits *l, const uint8_t *token, size_t token_n,
    uint64_t terminal, int64_t now_ms, struct session *out, const char **why)
{
	uint8_t hash[DIGEST_BYTES];
	struct session s;
	enum rc r;

	*why = "no such session";
	if (token_n != TOKEN_BYTES)
		return RC_SESSION_ENDED;
	vault_token_hash(token, hash);
	if ((r = st->session.ops->by_token(&st->session, hash, &s)) != RC_OK)
		return r == RC_NOT_FOUND ? RC_SESSION_ENDED : r;
	if (s.terminal != terminal) {
		*out = s;
		*why = "the session belongs to another terminal";
		return RC_DENIED;
	}
	if (s.state == SESSION_ENDED || s.state == SESSION_NONE) {
		*why = "the session has ended";
		return RC_SESSION_ENDED;
	}
	if (now_ms - s.created_ms >= l->hard_ms || now_ms - s.seen_ms >= l->idle_ms) {
		*why = now_ms - s.created_ms >= l->hard_ms ? "the session was open too long" : "the session was idle too long";
		return session_expire(st, &s, now_ms, *why);
	}
	*out = s;
	return RC_OK;
}

enum rc
session_find(struct stores *st, const struct session_limits *l, const uint8_t *token, size_t token_n,
    uint64_t terminal, int64_t now_ms, struct session *out, const char **why)
{
	enum rc r = session_alive(st, l, token, token_n, terminal, now_ms, out, why);

	if (r == RC_OK && now_ms - out->seen_ms >= SESSION_TOUCH_MS)
		r = st->session.ops->touch(&st->session, out->id, now_ms);
	return r;
}
