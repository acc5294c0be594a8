/*
 * admin_role.c - countersign-admin role: propose, confirm, end, list.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every act is signed by an administrator: number and password, then a code
 * that was made for exactly this act. Who may do what the store decides; what
 * can be said earlier and in better words is said here. It writes as the owner
 * of the schema: the server itself can give nobody a role.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/admin.h"

#define ROLES_PAGE  256u
#define WORDS_BYTES 400u

struct role_act {
	const char *verb;
	enum audit_action action;
	const char *reason;
	enum role role;
	struct person about, by;
	char number[24];		/* of whom it is about */
};

static void
act_wipe(struct role_act *x)
{
	crypto_wipe(&x->about, sizeof x->about);
	crypto_wipe(&x->by, sizeof x->by);
}

/* --person and --role, and --reason where it is asked for. */
static int
act_options(struct admin *a, struct role_act *x, bool reason)
{
	const char *role = admin_option(a, "--role");
	int status;

	if (reason && (status = admin_need_reason(a, &x->reason)) != ADMIN_OK)
		return status;
	if (role == NULL || role_parse(role, &x->role) != RC_OK)
		return admin_fail(ADMIN_USAGE, "give a role: --role with one of teller, maker, checker, supervisor, auditor, administrator");
	if ((status = admin_need_person(a, &x->about)) == ADMIN_OK)
		admin_person_number(&x->about, x->number);
	return status;
}

static struct audit_event
act_event(const struct admin *a, const struct role_act *x)
{
	struct audit_event ev = admin_event(a, x->action, x->number);

	ev.person = x->by.id;
	snprintf(ev.detail, sizeof ev.detail, "%s, system user %lu, %s: %s", x->by.customer, (unsigned long)getuid(),
	    role_name(x->role), x->reason);
	return ev;
}

/* Words for what the store refused. */
static int
act_failed(enum rc r)
{
	switch (r) {
	case RC_DENIED:
		return admin_fail(ADMIN_REFUSED, "two administrators give a role, and neither is the person concerned");
	case RC_EXISTS:
		return admin_fail(ADMIN_REFUSED, "it is held or proposed already; see: countersign-admin role list");
	case RC_NOT_FOUND:
		return admin_fail(ADMIN_REFUSED, "there is no such role or proposal; see: countersign-admin role list");
	case RC_EARLY:
		return admin_fail(ADMIN_REFUSED, "two administrators have to stay: without them nobody could give a role any more");
	default:
		return admin_fail_rc(r, "nothing was changed");
	}
}

/* The code under the act, and its record. */
static int
act_sign(struct admin *a, struct role_act *x, struct code_use *use, struct audit_event *ev)
{
	uint8_t digest[DIGEST_BYTES];
	char words[WORDS_BYTES];
	struct hash h;
	int status;

	hash_start(&h, "countersign role 1");
	hash_text(&h, x->verb);
	hash_u64(&h, x->about.id);
	hash_u32(&h, role_number(x->role));
	hash_text(&h, x->reason);
	hash_end(&h, digest);
	snprintf(words, sizeof words, "%s a role:\n  person   %s %s\n  role     %s\n  reason   %s", x->verb, x->number, x->about.name,
	    role_name(x->role), x->reason);
	if ((status = admin_sign(a, &x->by, words, digest, use)) != ADMIN_OK)
		return status;
	*ev = act_event(a, x);
	ev->at_ms = use->now_ms;
	return ADMIN_OK;
}

int
admin_role_propose(struct admin *a)
{
	struct role_act x = { .verb = "propose", .action = AUDIT_ROLE_PROPOSE };
	struct role_store *s = &a->stores->role;
	struct code_use use = { 0 };
	struct audit_event ev;
	unsigned held = 0;
	int status;
	enum rc r;

	if ((status = act_options(a, &x, true)) != ADMIN_OK)
		goto out;
	if (x.about.status != PERSON_ACTIVE) {
		status = admin_fail(ADMIN_REFUSED, "%s has not finished the registration, or is locked", x.number);
		goto out;
	}
	if ((r = s->ops->held(s, x.about.id, &held)) != RC_OK || (held & x.role) != 0) {
		status = act_failed(r != RC_OK ? r : RC_EXISTS);
		goto out;
	}
	if ((status = admin_identify(a, ROLE_ADMINISTRATOR, &x.by)) != ADMIN_OK)
		goto out;
	if (x.by.id == x.about.id) {
		ev = act_event(a, &x);
		status = admin_refuse(a, &ev, "nobody proposes a role for themselves");
		goto out;
	}
	if ((status = act_sign(a, &x, &use, &ev)) != ADMIN_OK)
		goto out;
	if ((r = s->ops->propose(s, x.about.id, x.role, x.reason, &use, &ev)) != RC_OK)
		status = act_failed(r);
	else
		printf("proposed for %s %s: %s\nIt counts when another administrator has confirmed it: "
		    "countersign-admin role confirm --person %s --role %s\n", x.number, x.about.name, role_name(x.role), x.number,
		    role_name(x.role));
out:
	act_wipe(&x);
	return status;
}

int
admin_role_confirm(struct admin *a)
{
	struct role_act x = { .verb = "confirm", .action = AUDIT_ROLE_CONFIRM };
	struct role_store *s = &a->stores->role;
	struct code_use use = { 0 };
	struct role_row waits = { 0 };
	struct audit_event ev;
	int status;
	enum rc r;

	if ((status = act_options(a, &x, false)) != ADMIN_OK)
		goto out;
	if ((r = s->ops->proposal(s, x.about.id, x.role, &waits)) != RC_OK) {
		status = act_failed(r);
		goto out;
	}
	x.reason = waits.reason;
	printf("person   %s %s\nrole     %s\nreason   %s\n", x.number, x.about.name, role_name(x.role), waits.reason);
	fflush(stdout);
	if ((status = admin_identify(a, ROLE_ADMINISTRATOR, &x.by)) != ADMIN_OK)
		goto out;
	if (x.by.id == x.about.id || x.by.id == waits.proposed_by) {
		ev = act_event(a, &x);
		status = admin_refuse(a, &ev, x.by.id == x.about.id ? "nobody confirms a role for themselves" :
		    "who proposed it cannot confirm it; another administrator can");
		goto out;
	}
	if ((status = act_sign(a, &x, &use, &ev)) != ADMIN_OK)
		goto out;
	if ((r = s->ops->confirm(s, x.about.id, x.role, &use, &ev)) != RC_OK)
		status = act_failed(r);
	else
		printf("confirmed: %s %s is %s now\n", x.number, x.about.name, role_name(x.role));
out:
	act_wipe(&x);
	return status;
}

int
admin_role_end(struct admin *a)
{
	struct role_act x = { .verb = "end", .action = AUDIT_ROLE_END };
	struct role_store *s = &a->stores->role;
	struct code_use use = { 0 };
	struct audit_event ev;
	int status;
	enum rc r;

	if ((status = act_options(a, &x, true)) != ADMIN_OK ||
	    (status = admin_identify(a, ROLE_ADMINISTRATOR, &x.by)) != ADMIN_OK ||
	    (status = act_sign(a, &x, &use, &ev)) != ADMIN_OK)
		goto out;
	if ((r = s->ops->end(s, x.about.id, x.role, x.reason, &use, &ev)) != RC_OK)
		status = act_failed(r);
	else
		printf("ended for %s %s: %s\n", x.number, x.about.name, role_name(x.role));
out:
	act_wipe(&x);
	return status;
}

int
admin_role_list(struct admin *a)
{
	struct role_row *page = calloc(ROLES_PAGE, sizeof *page);
	struct role_store *s = &a->stores->role;
	struct role_row last = { 0 };
	size_t n = ROLES_PAGE;
	char since[32];
	enum rc r = RC_OK;

	if (page == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	while (n == ROLES_PAGE && (r = s->ops->list(s, last.person, last.role != 0 ? role_number(last.role) : 0, page, ROLES_PAGE,
	    &n)) == RC_OK && n > 0) {
		for (size_t i = 0; i < n; i++) {
			clock_local_text(page[i].granted_ms, since, sizeof since);
			printf("%-8s  %-13s  %s%s  %s\n", page[i].customer, role_name(page[i].role), page[i].granted_ms != 0 ? "since " :
			    "proposed, not confirmed", page[i].granted_ms != 0 ? since : "", page[i].name);
		}
		last = page[n - 1];
	}
	free(page);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the roles");
}
