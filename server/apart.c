/*
 * apart.c - see apart.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "server/apart.h"

void
apart_add(struct apart *a, uint64_t person)
{
	if (person == 0)
		return;
	for (size_t i = 0; i < a->n && i < APART_MAX; i++)
		if (a->people[i] == person)
			return;
	if (a->n < APART_MAX)
		a->people[a->n] = person;
	a->n++;
}

enum rc
apart_check(const struct apart *a, uint64_t actor)
{
	if (actor == 0 || a->n > APART_MAX)
		return RC_DENIED;
	for (size_t i = 0; i < a->n; i++)
		if (a->people[i] == actor)
			return RC_DENIED;
	return RC_OK;
}

enum rc
apart_may(struct call *c, const struct apart *a, enum audit_action action, const char *subject)
{
	if (apart_check(a, c->session.person) == RC_OK)
		return RC_OK;
	call_audit(c, action, RC_DENIED, subject, "nobody acts on what they did themselves");
	return call_refuse(c, RC_DENIED, "You took part in this, or it is about you; somebody else has to do it.");
}
