/*
 * person_store.h - people: credentials, counters, the sealed face template.
 * SPDX-License-Identifier: Apache-2.0
 * Rules for all operations: store.h.
 */
#ifndef DB_PERSON_STORE_H
#define DB_PERSON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/audit_event.h"
#include "proto/crypto.h"
#include "proto/limits.h"

enum person_status { PERSON_PENDING = 1, PERSON_ACTIVE = 2, PERSON_LOCKED = 3 };	/* locked: by staff */

#define WRAPPED_KEY_BYTES  (KEY_BYTES + SEAL_OVERHEAD)
#define SEALED_EMAIL_MAX   (EMAIL_MAX_BYTES + SEAL_OVERHEAD)
#define SEALED_TEMPLATE_MAX (VISION_EMBED_MAX * 4u + SEAL_OVERHEAD)

struct person {
	uint64_t id;
	char     customer[CUSTOMER_BYTES + 1];	/* "" while pending */
	char     name[NAME_MAX_BYTES + 1];
	enum person_status status;
	char     password_hash[PASSWORD_HASH_BYTES];
	uint8_t  wrapped_key[WRAPPED_KEY_BYTES];	/* the person's key, sealed under the master key */
	uint8_t  email[SEALED_EMAIL_MAX];		/* sealed under the person's key */
	size_t   email_n;
	uint32_t password_fails;
	int64_t  password_locked_until;
	uint32_t face_fails, face_fails_total;
	int64_t  face_locked_until;
	int64_t  last_login_ms;
};

struct face_template {
	char     embedder[EMBEDDER_NAME_BYTES + 1];
	uint32_t embedder_version;
	uint32_t dim;
	uint32_t frames;			/* averaged */
	uint8_t  sealed[SEALED_TEMPLATE_MAX];	/* dim float32 little endian, unit length */
	size_t   sealed_n;
	int64_t  created_ms;
};

/* An active template and what opens it. */
struct person_template {
	uint64_t person;
	uint8_t  wrapped_key[WRAPPED_KEY_BYTES];
	struct face_template template;
};

struct person_new {
	const char *name, *password_hash;
	uint8_t wrapped_key[WRAPPED_KEY_BYTES];
	uint8_t email[SEALED_EMAIL_MAX];
	size_t  email_n;
};

/* A person as the tools list it: nothing sealed, nothing secret. */
struct person_summary {
	uint64_t id;
	char     customer[CUSTOMER_BYTES + 1];
	char     name[NAME_MAX_BYTES + 1];
	enum person_status status;
	uint32_t password_fails, face_fails_total;
	int64_t  password_locked_until, face_locked_until, last_login_ms;
};

struct code_use;	/* code_store.h */
struct person_store;
struct person_store_ops {
	/* A pending person, without customer number. */
	enum rc (*create)(struct person_store *s, const struct person_new *p, const struct audit_event *ev, uint64_t *id);
	enum rc (*by_customer)(struct person_store *s, const char *customer, struct person *p);	/* RC_NOT_FOUND */
	enum rc (*by_id)(struct person_store *s, uint64_t id, struct person *p);
	/*
	 * A password was right or wrong: counts, and locks after PASSWORD_TRIES for
	 * LOCK_FIRST_MS, doubling to LOCK_MOST_MS. Right resets the counters.
	 * RC_LOCKED, with *locked_until: the lock was set meanwhile; nothing was
	 * counted or reset, and the password must not be taken as checked.
	 */
	enum rc (*password_result)(struct person_store *s, uint64_t id, bool right, const struct audit_event *ev, int64_t *locked_until);
	/*
	 * Enrolment ends: the person becomes active with a new customer number, the
	 * template is stored, one account is opened. Repeating it for an active
	 * person returns the same numbers. RC_NOT_ENROLLED without an unspent
	 * enrolment proof of this session (it is spent). Whom face_allow() named only
	 * gets the template; account is "" where there is none. RC_DENIED: not named,
	 * or too long ago.
	 */
	enum rc (*activate)(struct person_store *s, uint64_t id, const uint8_t session[ID_BYTES], const char *currency,
	    const struct audit_event *ev, char customer[CUSTOMER_BYTES + 1], char account[ACCOUNT_MAX_BYTES + 1]);
	enum rc (*template_get)(struct person_store *s, uint64_t id, struct face_template *t);	/* RC_NOT_ENROLLED */
	/* The one that a capture of this enrolment left for activate(). RC_NOT_ENROLLED */
	enum rc (*template_waiting)(struct person_store *s, uint64_t id, struct face_template *t);
	/* Active templates of people with an id above after, ascending, at most max. */
	enum rc (*templates)(struct person_store *s, uint64_t after, struct person_template *dst, size_t max, size_t *n);
	/*
	 * Staff lock an active person: no log-in, no role, and no session that is
	 * open goes on. RC_NOT_FOUND: not active. RC_DENIED: id is by.
	 */
	enum rc (*lock)(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev);
	/* Takes staff's lock back and clears password and face counters and locks. RC_NOT_FOUND; RC_DENIED: id is by (0: nobody). */
	enum rc (*unlock)(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev);
	/* People with an id above after, ascending, at most max. */
	enum rc (*list)(struct person_store *s, uint64_t after, struct person_summary *dst, size_t max, size_t *n);
	/*
	 * Allows one enrolment of somebody who is active and has no face, for
	 * FACE_ALLOW_LIFE_MS; activate() uses it up. RC_EXISTS: not active, or has a
	 * face. RC_DENIED: no administrator, or the person's own. RC_INVALID: the reason.
	 */
	enum rc (*face_allow)(struct person_store *s, uint64_t id, const char *reason, const struct code_use *by,
	    const struct audit_event *ev);
	enum rc (*face_allowed)(struct person_store *s, uint64_t id, int64_t now_ms);	/* RC_NOT_FOUND: no */
};

struct person_store {
	const struct person_store_ops *ops;
	void *ctx;
};

#endif
