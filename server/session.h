/*
 * session.h - the life of a session: which state may follow which, and whose
 * token is still good.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the table of moves, the one function that makes a move, and
 *               the one look-up that enforces terminal, idle and hard limits.
 * What it isn't: a cache. The state lives in the database, so that a session
 *               outlives the server process.
 *
 * Threads: none; each desk calls with its own stores.
 */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include <stdbool.h>

#include "db/store.h"
#include "proto/crypto.h"

/* Is this move in the table? */
bool session_may_move(enum session_state from, enum session_state to);
const char *session_state_name(enum session_state s);

struct session_limits {
	int64_t idle_ms, hard_ms;
};

/* A new session of this person at this terminal, in a first state. token gets its secret. */
enum rc session_start(struct stores *st, const struct rng *g, struct session *s, const struct audit_event *ev,
    uint8_t token[static TOKEN_BYTES]) MUST_CHECK;
/*
 * The one setter. Moves to the state and, where token is given, to a new token;
 * the code spend_code (0: none) is spent with it. RC_BUG: no such move.
 */
enum rc session_move(struct stores *st, const struct rng *g, struct session *s, enum session_state to,
    uint64_t spend_code, const struct audit_event *ev, uint8_t *token) MUST_CHECK;
/* What the face proof of a sign-on is made for: this session, at this terminal and console. */
void    session_face_digest(const struct session *s, uint8_t out[static DIGEST_BYTES]);
/* The face was seen: signed on, under a new token, and the proof is spent. RC_PROOF_MISSING. */
enum rc session_face(struct stores *st, const struct rng *g, struct session *s, const struct audit_event *ev,
    uint8_t token[static TOKEN_BYTES]) MUST_CHECK;
/*
 * Who holds this token? RC_SESSION_ENDED: nobody, ended, idle or open too
 * long (the last two end it now; *why says which). RC_DENIED: the token is
 * good but belongs to another terminal; *out is filled for the audit.
 */
enum rc session_find(struct stores *st, const struct session_limits *l, const uint8_t *token, size_t token_n,
    uint64_t terminal, int64_t now_ms, struct session *out, const char **why) MUST_CHECK;
/* The same, but only a look: it is no request, and the session goes on being idle. */
enum rc session_alive(struct stores *st, const struct session_limits *l, const uint8_t *token, size_t token_n,
    uint64_t terminal, int64_t now_ms, struct session *out, const char **why) MUST_CHECK;

#endif
