/*
 * events.c - filters on audit records.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "server/events.h"

static bool
has(const char *text, const char *part)
{
	return part[0] == '\0' || strcasestr(text, part) != NULL;
}

/* An account as people write it, in groups, against one as it is stored. */
static bool
has_account(const struct audit_event *e, const char *account)
{
	char packed[ACCOUNT_MAX_BYTES + 1];
	size_t n = 0;

	for (const char *p = account; *p != '\0'; p++)
		if (*p != ' ')
			packed[n++] = *p;
	packed[n] = '\0';
	return has(e->subject, packed) || has(e->detail, packed);
}

bool
events_match(const cs_EventFilter *f, const struct audit_line *l)
{
	const struct audit_event *e = &l->event;
	cs_EventOutcome outcome = e->outcome == RC_OK ? cs_EventOutcome_EVENT_OUTCOME_OK : cs_EventOutcome_EVENT_OUTCOME_REFUSED;

	return (f->outcome == cs_EventOutcome_EVENT_OUTCOME_ANY || f->outcome == outcome) &&
	    (f->from_utc_ms <= 0 || e->at_ms >= f->from_utc_ms) && (f->to_utc_ms <= 0 || e->at_ms <= f->to_utc_ms) &&
	    (has(l->person_name, f->person) || strcmp(l->customer, f->person) == 0) && has(l->terminal_name, f->terminal) &&
	    has(audit_action_word(e->action), f->action) && has_account(e, f->account) &&
	    (has(e->subject, f->text) || has(e->detail, f->text));
}

int
events_order(const struct audit_line *a, const struct audit_line *b)
{
	if (a->event.at_ms != b->event.at_ms)
		return a->event.at_ms < b->event.at_ms ? -1 : 1;
	if (a->lane != b->lane)
		return a->lane < b->lane ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int
newest_first(const void *a, const void *b)
{
	return events_order(b, a);
}

size_t
events_merge(struct audit_line *lines, size_t n, size_t share, bool full)
{
	qsort(lines, n, sizeof *lines, newest_first);
	return full && n > share ? share : n;
}

void
events_put(cs_Events *to, const struct audit_line *l)
{
	cs_Event *e = &to->rows[to->rows_count++];

	memset(e, 0, sizeof *e);
	e->lane = (uint32_t)l->lane;
	e->seq = l->seq;
	e->utc_ms = l->event.at_ms;
	strncpy(e->action, audit_action_word(l->event.action), sizeof e->action - 1);
	e->outcome = l->event.outcome;
	memcpy(e->person, l->person_name, sizeof e->person);
	memcpy(e->customer, l->customer, sizeof e->customer);
	memcpy(e->terminal, l->terminal_name, sizeof e->terminal);
	memcpy(e->subject, l->event.subject, sizeof e->subject);
	memcpy(e->detail, l->event.detail, sizeof e->detail);
}
