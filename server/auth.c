/*
 * auth.c - the password check.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "proto/lockout.h"
#include "proto/text.h"
#include "server/auth.h"

/* The entry of this number, or the one that was used longest ago, emptied. */
static struct auth_stranger *
auth_stranger(struct auth *a, const char *customer)
{
	struct auth_stranger *oldest = &a->stranger[0];

	for (size_t i = 0; i < AUTH_STRANGERS; i++) {
		if (strcmp(a->stranger[i].customer, customer) == 0)
			return &a->stranger[i];
		if (a->stranger[i].used_ms < oldest->used_ms)
			oldest = &a->stranger[i];
	}
	memset(oldest, 0, sizeof *oldest);
	snprintf(oldest->customer, sizeof oldest->customer, "%s", customer);
	return oldest;
}

static enum rc
auth_refuse_stranger(struct auth *a, const char *customer, const char *password, int64_t now_ms, int64_t *until)
{
	struct auth_stranger *s = auth_stranger(a, customer);
	enum rc spent = password_check(password, NULL);	/* for its time */

	s->used_ms = now_ms;
	if (spent == RC_NOMEM)
		return RC_BUSY;
	if (s->locked_until > now_ms) {
		*until = s->locked_until;
		return RC_LOCKED;
	}
	s->fails++;
	s->locked_until = lockout_until(s->fails, PASSWORD_TRIES, now_ms);
	return RC_LOGIN;
}

static enum rc
auth_check_person(struct stores *st, int64_t now_ms, const char *password, const struct audit_event *ev,
    const struct person *p, int64_t *until, bool *recorded)
{
	struct audit_event done = *ev;
	enum rc r, stored;

	done.person = p->id;
	if (p->password_locked_until > now_ms) {
		*until = p->password_locked_until;
		return password_check(password, NULL) == RC_NOMEM ? RC_BUSY : RC_LOCKED;
	}
	r = password_check(password, p->password_hash);
	if (r != RC_OK && r != RC_DENIED)
		return RC_BUSY;
	done.outcome = r == RC_OK ? RC_OK : RC_LOGIN;
	if ((stored = st->person.ops->password_result(&st->person, p->id, r == RC_OK, &done, until)) != RC_OK)
		return stored;
	*recorded = true;
	if (r != RC_OK)
		return RC_LOGIN;
	return p->status == PERSON_ACTIVE ? RC_OK : RC_DISABLED;
}

enum rc
auth_login(struct auth *a, struct stores *st, int64_t now_ms, const char *customer, const char *password,
    const struct audit_event *ev, struct person *p, int64_t *until, bool *recorded)
{
	enum rc r = RC_BUG;

	*until = 0;
	*recorded = false;
	if (!text_is_digits(customer, CUSTOMER_BYTES))
		return password_check(password, NULL) == RC_NOMEM ? RC_BUSY : RC_LOGIN;
	r = st->person.ops->by_customer(&st->person, customer, p);
	if (r == RC_NOT_FOUND)
		return auth_refuse_stranger(a, customer, password, now_ms, until);
	if (r == RC_OK)
		r = auth_check_person(st, now_ms, password, ev, p, until, recorded);
	if (r != RC_OK)
		crypto_wipe(p, sizeof *p);
	return r;
}
