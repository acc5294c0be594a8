/*
 * auth.h - is this the password of this customer?
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fails alike: a number that nobody has costs the same Argon2id time, gets the
 * same answers and locks after the same number of tries as a real one. The
 * tries of real customers are counted in the database; those of strangers in a
 * small table of the desk, oldest out.
 *
 * Threads: none; one struct auth belongs to one desk.
 */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "db/store.h"

#define AUTH_STRANGERS 256u

struct auth_stranger {
	char    customer[CUSTOMER_BYTES + 1];
	uint32_t fails;
	int64_t locked_until, used_ms;
};

struct auth {		/* zeroed at first */
	struct auth_stranger stranger[AUTH_STRANGERS];
};

/*
 * RC_OK with *p filled; the caller wipes it. RC_LOGIN: unknown or wrong.
 * RC_LOCKED: too many tries, *until says when the next is allowed; the
 * password was not looked at. RC_DISABLED, RC_STORE. ev is completed with the
 * outcome and appended where the store records a try; *recorded says whether
 * it was.
 */
enum rc auth_login(struct auth *a, struct stores *st, int64_t now_ms, const char *customer, const char *password,
            const struct audit_event *ev, struct person *p, int64_t *until, bool *recorded) MUST_CHECK;

#endif
