/*
 * desk_story.c - what belongs together with one audit record, in the order of
 * time: its session, and everything else about the same thing.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A session tells sign-on, captures, codes and what was posted; the subject
 * tells of the same intent, capture or batch in other sessions: an approver's,
 * a checker's. An account or a person is no such thing, they have many stories.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/apart.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/events.h"

/* An id in hex, or a batch. */
static bool
story_subject(const char *subject)
{
	return (strlen(subject) == 2 * ID_BYTES && strspn(subject, "0123456789abcdef") == 2 * ID_BYTES) ||
	    strncmp(subject, "batch ", 6) == 0;
}

/* The record itself; nobody reads the story of what they did themselves. */
static enum rc
story_of(struct call *c, const cs_LaneAt *of, struct audit_line *line)
{
	struct audit_store *audit = &c->desk->stores->audit;
	struct apart apart = { 0 };
	char subject[AUDIT_SUBJECT_BYTES];
	size_t n = 0;
	enum rc r = RC_OK;

	if (of->seq > 0)
		r = audit->ops->tail(audit, of->lane, of->seq - 1, line, 1, &n);
	if (r == RC_OK && (n == 0 || line->seq != of->seq))
		r = call_refuse(c, RC_NOT_FOUND, "There is no such record.");
	if (r != RC_OK)
		return r;
	snprintf(subject, sizeof subject, "record %u/%llu", (unsigned)of->lane, (unsigned long long)of->seq);
	apart_add(&apart, line->event.person);
	return line->event.person == 0 ? RC_OK : apart_may(c, &apart, AUDIT_LOOK, subject);
}

static int
oldest_first(const void *a, const void *b)
{
	return events_order(a, b);
}

enum rc
desk_story_get(struct call *c)
{
	static const uint8_t none[ID_BYTES];
	const cs_StoryGet *ask = &c->ask->body.story_get;
	struct audit_store *audit = &c->desk->stores->audit;
	struct audit_place after = { ask->after_utc_ms, ask->after.lane, ask->after.seq };
	cs_Events *to = &c->answer->body.events;
	struct audit_line of, lines[2 * EVENTS_PAGE_MAX + 1];
	size_t n = 0, others = 0;
	bool more;
	enum rc r;

	if ((r = story_of(c, &ask->of, &of)) != RC_OK)
		return r;
	if (memcmp(of.event.session, none, ID_BYTES) != 0)
		r = audit->ops->of_session(audit, of.event.session, &after, lines, EVENTS_PAGE_MAX, &n);
	else if (events_order(&of, &(struct audit_line){ .lane = after.lane, .seq = after.seq, .event.at_ms = after.at_ms }) > 0)
		lines[n++] = of;
	more = n == EVENTS_PAGE_MAX;
	if (r == RC_OK && story_subject(of.event.subject))
		r = audit->ops->of_subject(audit, of.event.subject, &after, lines + n, EVENTS_PAGE_MAX, &others);
	if (r != RC_OK)
		return r;
	more = more || others == EVENTS_PAGE_MAX;
	qsort(lines, n + others, sizeof lines[0], oldest_first);
	c->answer->which_body = cs_Envelope_events_tag;
	for (size_t i = 0; i < n + others; i++) {
		if (i > 0 && events_order(&lines[i - 1], &lines[i]) == 0)
			continue;
		if (to->rows_count == EVENTS_PAGE_MAX) {
			more = true;
			break;
		}
		events_put(to, &lines[i]);
	}
	to->more = more;
	return RC_OK;
}
