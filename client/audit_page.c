/*
 * audit_page.c - the status line of the audit console, and acts with a reason.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/audit_page.h"

#include <stdio.h>

#include "client/frame.h"
#include "proto/clock.h"
#include "proto/role.h"

void
audit_status_draw(struct cells *c, const struct visit *v)
{
	struct area in = frame_body(c->w, c->h);
	char roles[ROLE_WORDS_BYTES], who[NAME_MAX_BYTES + ROLE_WORDS_BYTES + 4];

	roles_words(v->person.roles, roles);
	snprintf(who, sizeof who, "%s: %s", v->person.name, roles);
	status_draw(c, in.y + in.h - 1, who, "");
}

bool
audit_confirm(struct dialog *d, struct visit *v, struct key k)
{
	enum dialog_did did = dialog_key(d, v, k);

	if (did == DIALOG_CHOSEN && d->on > 0)
		return true;
	if (did != DIALOG_GOES_ON)
		dialog_close(d);
	return false;
}

void
audit_reason(const struct dialog *d, char dst[static REFERENCE_MAX_BYTES + 1])
{
	snprintf(dst, REFERENCE_MAX_BYTES + 1, "%.*s", (int)REFERENCE_MAX_BYTES, d->reason.text);
}

const char *
audit_only_supervisor(const struct visit *v)
{
	return (v->person.roles & ROLE_SUPERVISOR) != 0 ? NULL : "Only a supervisor does this; auditors look.";
}

const char *
audit_only_readers(const struct visit *v)
{
	return (v->person.roles & ((unsigned)ROLE_SUPERVISOR | ROLE_AUDITOR)) != 0 ? NULL : "This page is for supervisors and auditors.";
}

void
audit_when(int64_t utc_ms, char *dst, size_t cap)
{
	if (utc_ms == 0)
		snprintf(dst, cap, "-");
	else
		clock_local_text(utc_ms, dst, cap);
}
