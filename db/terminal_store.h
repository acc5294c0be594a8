/*
 * terminal_store.h - terminals: invitations, pending, accepted, revoked keys.
 * SPDX-License-Identifier: Apache-2.0
 * Rules for all operations: store.h.
 */
#ifndef DB_TERMINAL_STORE_H
#define DB_TERMINAL_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "proto/crypto.h"
#include "proto/limits.h"
#include "proto/role.h"

enum terminal_status { TERMINAL_PENDING = 1, TERMINAL_ACCEPTED = 2, TERMINAL_REVOKED = 3 };

#define TERMINALS_MAX 4096u

struct terminal {
	uint64_t id;
	uint8_t  public_key[KEY_BYTES];
	enum terminal_status status;
	char     name[TERMINAL_NAME_BYTES + 1];		/* "" while pending */
	char     branch[64];
	unsigned consoles;				/* that it may open: bits of enum console */
	int64_t  first_seen_ms;
};

/* An invitation's word is kept sealed until it is used, because the fingerprint is keyed with it. */
struct invitation_row {
	uint64_t id;
	char     name[TERMINAL_NAME_BYTES + 1];	/* the terminal it is for */
	char     branch[64];
	uint8_t  sealed_word[WORD_BYTES + SEAL_OVERHEAD];
	int64_t  created_ms, used_ms;			/* used 0: open */
};

struct terminal_accept {
	uint64_t terminal, invitation;
	unsigned consoles;		/* at least one */
	const char *branch;		/* NULL: the invitation's */
};

struct terminal_store;
struct terminal_store_ops {
	/* All terminals, ordered by id; *n ≤ max. */
	enum rc (*list)(struct terminal_store *s, struct terminal *dst, size_t max, size_t *n);
	/* An unknown key knocked. Kept at most PENDING_TERMINALS_MAX (oldest go), repeated ones only noted: no audit flood. */
	enum rc (*note_pending)(struct terminal_store *s, const uint8_t public_key[KEY_BYTES], int64_t now_ms, const struct audit_event *ev);
	enum rc (*invite)(struct terminal_store *s, const struct invitation_row *v, const struct audit_event *ev, uint64_t *id);
	enum rc (*invitations)(struct terminal_store *s, struct invitation_row *dst, size_t max, size_t *n);	/* open ones */
	/* Pending to accepted with the invitation's name; uses up the invitation. RC_NOT_FOUND, RC_EXISTS. */
	enum rc (*accept)(struct terminal_store *s, const struct terminal_accept *a, const struct audit_event *ev);
	enum rc (*revoke)(struct terminal_store *s, uint64_t terminal, const struct audit_event *ev);
};

struct terminal_store {
	const struct terminal_store_ops *ops;
	void *ctx;
};

#endif
