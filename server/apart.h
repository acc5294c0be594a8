/*
 * apart.h - nobody approves, releases or inspects what they did themselves.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One person may hold several roles, and that is no way round the second pair
 * of eyes: whoever acts must be apart from all who are concerned or took part.
 * A handler names these people and asks here before it sends a code or shows
 * anything; the store's conditional write asks again. Threads: none.
 */
#ifndef SERVER_APART_H
#define SERVER_APART_H

#include "server/call.h"

#define APART_MAX 16u

struct apart {
	uint64_t people[APART_MAX];	/* who did it, or whom it is about */
	size_t   n;			/* above APART_MAX: there were too many */
};

/* One more of them, unless known already; 0 is nobody. */
void    apart_add(struct apart *a, uint64_t person);
/* RC_DENIED: who acts is one of them, or nobody, or they were too many to tell. */
enum rc apart_check(const struct apart *a, uint64_t actor) MUST_CHECK;
/* The same for the person of the session; a refusal is recorded as this action about this subject, and worded. */
enum rc apart_may(struct call *c, const struct apart *a, enum audit_action action, const char *subject) MUST_CHECK;

#endif
