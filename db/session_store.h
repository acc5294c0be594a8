/*
 * session_store.h - sessions, found by the hash of their token.
 * SPDX-License-Identifier: Apache-2.0
 * Rules for all operations: store.h.
 */
#ifndef DB_SESSION_STORE_H
#define DB_SESSION_STORE_H

#include <stdint.h>

#include "db/audit_event.h"
#include "proto/limits.h"
#include "proto/role.h"

enum session_state {
	SESSION_NONE = 0,		/* no session: a connection only */
	SESSION_REGISTER_CODE = 1,	/* registered, the code to the e-mail address is awaited */
	SESSION_REGISTER_FACE = 2,	/* the face is to be enrolled */
	SESSION_LOGIN_CODE = 3,		/* password was right, the code is awaited */
	SESSION_SIGNED_ON = 4,
	SESSION_ENDED = 5,
	SESSION_SIGN_ON_FACE = 6,	/* at a console: the code was right, the face is awaited */
};

struct session {
	uint8_t  id[ID_BYTES];
	uint64_t person;
	uint64_t terminal;
	enum session_state state;
	int64_t  created_ms, seen_ms;
	char     currency[CURRENCY_BYTES + 1];	/* wanted at registration */
	enum console console;		/* where it was opened */
	unsigned roles;			/* of the person, read with the session: bits of enum role */
};

/* An open session as supervisors see it. */
struct session_row {
	uint8_t  id[ID_BYTES];
	char     customer[CUSTOMER_BYTES + 1];	/* "" during registration */
	char     name[NAME_MAX_BYTES + 1];
	char     terminal[TERMINAL_NAME_BYTES + 1];
	enum console console;
	enum session_state state;
	int64_t  created_ms, seen_ms;
};

struct session_store;
struct session_store_ops {
	enum rc (*create)(struct session_store *s, const struct session *n, const uint8_t token_hash[DIGEST_BYTES], const struct audit_event *ev);
	enum rc (*by_token)(struct session_store *s, const uint8_t token_hash[DIGEST_BYTES], struct session *out);	/* RC_NOT_FOUND; ended ones too, and those of whom staff have locked as ended */
	/*
	 * Moves from one state to another under a new token (NULL keeps it), and
	 * spends the code spend_code (0: none) in the same transaction. RC_EARLY: not
	 * in state from. RC_CODE_USED: the code was spent meanwhile. Moving to
	 * SESSION_SIGNED_ON notes the person's last login.
	 */
	enum rc (*move)(struct session_store *s, const uint8_t id[ID_BYTES], enum session_state from, enum session_state to,
	    const uint8_t *new_token_hash, uint64_t spend_code, const struct audit_event *ev);
	/*
	 * From SESSION_SIGN_ON_FACE to SESSION_SIGNED_ON under a new token, spending
	 * the person's face proof for this digest. RC_EARLY: not in that state.
	 * RC_PROOF_MISSING: no such proof, or it has expired.
	 */
	enum rc (*face)(struct session_store *s, const uint8_t id[ID_BYTES], const uint8_t digest[DIGEST_BYTES],
	    const uint8_t new_token_hash[DIGEST_BYTES], const struct audit_event *ev);
	enum rc (*touch)(struct session_store *s, const uint8_t id[ID_BYTES], int64_t now_ms);
	enum rc (*end)(struct session_store *s, const uint8_t id[ID_BYTES], const struct audit_event *ev);	/* ended already: RC_OK, nothing recorded */
	/* Open sessions seen at or after since_ms, the newest first, before (before_ms, before); 0 and NULL: from the newest. */
	enum rc (*list)(struct session_store *s, int64_t since_ms, int64_t before_ms, const uint8_t *before, struct session_row *dst,
	    size_t max, size_t *n);
	/* Somebody else ends it. RC_NOT_FOUND: not open. RC_DENIED: a session of by's own. */
	enum rc (*end_by)(struct session_store *s, const uint8_t id[ID_BYTES], uint64_t by, const struct audit_event *ev);
};

struct session_store {
	const struct session_store_ops *ops;
	void *ctx;
};

#endif
