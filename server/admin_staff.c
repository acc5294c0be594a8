/*
 * admin_staff.c - countersign-admin staff: who is a member of staff.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whoever holds the password of the schema's owner makes the members of
 * staff, as he accepts the terminals; the server itself cannot.
 */
#include <stdio.h>
#include <stdlib.h>

#include "server/admin.h"

#define STAFF_PAGE 256u

static int
staff_change(struct admin *a, enum audit_action action, bool add)
{
	struct audit_event ev = admin_event(a, action, a->args[0]);
	struct staff_store *s = &a->stores->staff;
	struct person p = { 0 };
	int status;
	enum rc r;

	if ((status = admin_person(a, a->args[0], &p)) != ADMIN_OK)
		goto out;
	ev.person = p.id;
	r = add ? s->ops->grant(s, p.id, PERSON_ROLE_STAFF, &ev) : s->ops->remove(s, p.id, PERSON_ROLE_STAFF, &ev);
	if (r == RC_EXISTS)
		status = admin_fail(ADMIN_REFUSED, "%s is a member of staff already", a->args[0]);
	else if (r == RC_NOT_FOUND)
		status = admin_fail(ADMIN_REFUSED, add ? "%s has not finished the registration" : "%s is no member of staff", a->args[0]);
	else if (r != RC_OK)
		status = admin_fail_rc(r, "cannot change it");
	else
		printf("%s %s %s\n", a->args[0], p.name, add ? "is a member of staff now" : "is no member of staff any more");
out:
	crypto_wipe(&p, sizeof p);
	return status;
}

int
admin_staff_add(struct admin *a)
{
	return staff_change(a, AUDIT_STAFF_ADD, true);
}

int
admin_staff_remove(struct admin *a)
{
	return staff_change(a, AUDIT_STAFF_REMOVE, false);
}

int
admin_staff_list(struct admin *a)
{
	struct role_row *page = calloc(STAFF_PAGE, sizeof *page);
	struct staff_store *s = &a->stores->staff;
	size_t n = STAFF_PAGE;
	uint64_t after = 0;
	char since[32];
	enum rc r = RC_OK;

	if (page == NULL)
		return admin_fail(ADMIN_BROKEN, "out of memory");
	while (n == STAFF_PAGE && (r = s->ops->list(s, after, page, STAFF_PAGE, &n)) == RC_OK && n > 0) {
		for (size_t i = 0; i < n; i++) {
			clock_local_text(page[i].granted_ms, since, sizeof since);
			printf("%-8s  staff  since %s  %s\n", page[i].customer, since, page[i].name);
		}
		after = page[n - 1].person;
	}
	free(page);
	return r == RC_OK ? ADMIN_OK : admin_fail_rc(r, "cannot read the members of staff");
}
