/*
 * desk_story.c - what belongs together with one audit record, in the order of
 * time: its session, everything else about the same thing, and how those others
 * came to it: their sign-on, and what their captures were judged by.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A thing is an intent, a batch or a capture; an account or a person is none,
 * they have many stories. A reversal and what it takes back tell each other's. A page is merged from the oldest records of each
 * source after its place, so paging is exact however many sources there are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/apart.h"
#include "server/desk_captures.h"
#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/events.h"

#define STORY_OTHERS      8u	/* sessions, and captures, of others that are told */
#define STORY_LOOKED     64u	/* records of the thing that are looked at for them */
#define STORY_CAPTURE_MS 60000	/* no capture takes longer from its begin to its verdict */

static const uint8_t story_no_session[ID_BYTES];

struct story {
	struct call *c;
	struct audit_line of;
	char thing[AUDIT_SUBJECT_BYTES];		/* "": it is about none */
	char linked[LINKED_MAX][LINKED_BYTES];		/* by a reversal */
	size_t links;
	uint8_t session[STORY_OTHERS][ID_BYTES];	/* of others about the thing */
	char capture[STORY_OTHERS][2 * ID_BYTES + 1];	/* theirs */
	size_t sessions, captures;
	struct apart apart;				/* who took part in it */

	struct audit_place after;
	struct audit_line line[2 * EVENTS_PAGE_MAX];	/* the page so far, and a source's next to it */
	size_t n;
	bool more;
};

/* An id in hex, or a batch. */
static bool
story_is_thing(const char *subject)
{
	return (strlen(subject) == 2 * ID_BYTES && strspn(subject, "0123456789abcdef") == 2 * ID_BYTES) ||
	    strncmp(subject, "batch ", 6) == 0;
}

/* The capture that a record of a capture's begin names; NULL: it is no such record. */
static const char *
story_begun(const struct audit_line *l)
{
	const size_t n = strlen(DESK_CAPTURE_NAMED);

	return l->event.action == AUDIT_CAPTURE_BEGIN && strncmp(l->event.detail, DESK_CAPTURE_NAMED, n) == 0 &&
	    strlen(l->event.detail) >= n + 2 * ID_BYTES ? l->event.detail + n : NULL;
}

/* ---- what the story is about, and who took part ---- */

static enum rc
story_of(struct story *s, const cs_LaneAt *of)
{
	struct audit_store *audit = &s->c->desk->stores->audit;
	size_t n = 0;
	enum rc r = RC_OK;

	if (of->seq > 0)
		r = audit->ops->tail(audit, of->lane, of->seq - 1, &s->of, 1, &n);
	if (r == RC_OK && (n == 0 || s->of.seq != of->seq))
		r = call_refuse(s->c, RC_NOT_FOUND, "There is no such record.");
	apart_add(&s->apart, s->of.event.person);
	return r;
}

/* The verdict of a capture is about what the capture was begun for. */
static enum rc
story_thing(struct story *s)
{
	struct audit_store *audit = &s->c->desk->stores->audit;
	const struct audit_event *e = &s->of.event;
	struct audit_place after = { .at_ms = e->at_ms - STORY_CAPTURE_MS };
	struct audit_line line[EVENTS_PAGE_MAX];
	size_t n = 0;
	enum rc r;

	if (!story_is_thing(e->subject))
		return RC_OK;
	snprintf(s->thing, sizeof s->thing, "%s", e->subject);
	if (e->action != AUDIT_CAPTURE_VERDICT || memcmp(e->session, story_no_session, ID_BYTES) == 0)
		return RC_OK;
	if ((r = audit->ops->of_session(audit, e->session, &after, line, EVENTS_PAGE_MAX, &n)) != RC_OK)
		return r;
	for (size_t i = 0; i < n; i++) {
		const char *capture = story_begun(&line[i]);

		if (capture != NULL && strncmp(capture, e->subject, 2 * ID_BYTES) == 0 && story_is_thing(line[i].event.subject))
			snprintf(s->thing, sizeof s->thing, "%s", line[i].event.subject);
	}
	return RC_OK;
}

/*
 * Whoever left a record about the thing took part, but for who looked at its
 * picture; other sessions are told by their sign-on and captures.
 */
static void
story_take_part(struct story *s, const struct audit_line *l)
{
	const char *capture = story_begun(l);

	if (l->event.action != AUDIT_EVIDENCE_LOOK && l->event.action != AUDIT_EVIDENCE_HOLD)
		apart_add(&s->apart, l->event.person);
	if (memcmp(l->event.session, story_no_session, ID_BYTES) == 0 || memcmp(l->event.session, s->of.event.session, ID_BYTES) == 0)
		return;
	if (capture != NULL && s->captures < STORY_OTHERS)
		memcpy(s->capture[s->captures++], capture, 2 * ID_BYTES);
	for (size_t i = 0; i < s->sessions; i++)
		if (memcmp(s->session[i], l->event.session, ID_BYTES) == 0)
			return;
	if (s->sessions < STORY_OTHERS)
		memcpy(s->session[s->sessions++], l->event.session, ID_BYTES);
}

static enum rc
story_others_about(struct story *s, const char *thing)
{
	struct audit_store *audit = &s->c->desk->stores->audit;
	struct audit_place after = { 0 };
	struct audit_line line[EVENTS_PAGE_MAX];
	size_t n = EVENTS_PAGE_MAX;
	enum rc r = RC_OK;

	for (size_t looked = 0; n == EVENTS_PAGE_MAX && looked < STORY_LOOKED; looked += n) {
		if ((r = audit->ops->of_subject(audit, thing, &after, line, EVENTS_PAGE_MAX, &n)) != RC_OK)
			return r;
		for (size_t i = 0; i < n; i++)
			story_take_part(s, &line[i]);
		if (n > 0)
			after = (struct audit_place){ line[n - 1].event.at_ms, line[n - 1].lane, line[n - 1].seq };
	}
	return RC_OK;
}

static enum rc
story_others(struct story *s)
{
	struct ledger_store *ledger = &s->c->desk->stores->ledger;
	enum rc r;

	if (s->thing[0] == '\0')
		return RC_OK;
	if ((r = story_others_about(s, s->thing)) == RC_OK)
		r = ledger->ops->linked(ledger, s->thing, s->linked, &s->links);
	for (size_t i = 0; r == RC_OK && i < s->links; i++)
		r = story_others_about(s, s->linked[i]);
	return r;
}

/* Nobody reads the story of what they did themselves, or had a part in. */
static enum rc
story_may(struct story *s)
{
	char subject[AUDIT_SUBJECT_BYTES];

	snprintf(subject, sizeof subject, "record %u/%llu", (unsigned)s->of.lane, (unsigned long long)s->of.seq);
	return s->apart.n == 0 ? RC_OK : apart_may(s->c, &s->apart, AUDIT_LOOK, subject);
}

/* ---- a page of it ---- */

static int
story_order(const void *a, const void *b)
{
	return events_order(a, b);
}

/* Another source's records, `got` of them behind the page: the oldest of all stay, each once. */
static void
story_merge(struct story *s, size_t got)
{
	size_t all = s->n + got;

	s->more = s->more || got == EVENTS_PAGE_MAX;
	qsort(s->line, all, sizeof s->line[0], story_order);
	s->n = 0;
	for (size_t i = 0; i < all; i++)
		if (s->n == 0 || events_order(&s->line[s->n - 1], &s->line[i]) != 0)
			s->line[s->n++] = s->line[i];
	if (s->n > EVENTS_PAGE_MAX) {
		s->n = EVENTS_PAGE_MAX;
		s->more = true;
	}
}

/* The record's own session; without one, the record itself. */
static enum rc
story_add_own(struct story *s)
{
	struct audit_store *audit = &s->c->desk->stores->audit;
	const struct audit_line after = { .lane = s->after.lane, .seq = s->after.seq, .event.at_ms = s->after.at_ms };
	size_t got = 0;
	enum rc r = RC_OK;

	if (memcmp(s->of.event.session, story_no_session, ID_BYTES) != 0)
		r = audit->ops->of_session(audit, s->of.event.session, &s->after, s->line + s->n, EVENTS_PAGE_MAX, &got);
	else if (events_order(&s->of, &after) > 0)
		s->line[s->n + got++] = s->of;
	if (r == RC_OK)
		story_merge(s, got);
	return r;
}

static enum rc
story_add_subject(struct story *s, const char *subject)
{
	struct audit_store *audit = &s->c->desk->stores->audit;
	size_t got = 0;
	enum rc r = audit->ops->of_subject(audit, subject, &s->after, s->line + s->n, EVENTS_PAGE_MAX, &got);

	if (r == RC_OK)
		story_merge(s, got);
	return r;
}

static enum rc
story_add_sign_on(struct story *s, const uint8_t session[static ID_BYTES])
{
	struct audit_store *audit = &s->c->desk->stores->audit;
	size_t got = 0;
	enum rc r = audit->ops->of_sign_on(audit, session, &s->after, s->line + s->n, EVENTS_PAGE_MAX, &got);

	if (r == RC_OK)
		story_merge(s, got);
	return r;
}

enum rc
desk_story_get(struct call *c)
{
	const cs_StoryGet *ask = &c->ask->body.story_get;
	struct story s = { .c = c, .after = { ask->after_utc_ms, ask->after.lane, ask->after.seq } };
	cs_Events *to = &c->answer->body.events;
	enum rc r;

	if ((r = story_of(&s, &ask->of)) != RC_OK || (r = story_thing(&s)) != RC_OK || (r = story_others(&s)) != RC_OK ||
	    (r = story_may(&s)) != RC_OK || (r = story_add_own(&s)) != RC_OK)
		return r;
	if (s.thing[0] != '\0')
		r = story_add_subject(&s, s.thing);
	for (size_t i = 0; r == RC_OK && i < s.links; i++)
		r = story_add_subject(&s, s.linked[i]);
	for (size_t i = 0; r == RC_OK && i < s.sessions; i++)
		r = story_add_sign_on(&s, s.session[i]);
	for (size_t i = 0; r == RC_OK && i < s.captures; i++)
		r = story_add_subject(&s, s.capture[i]);
	if (r != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_events_tag;
	for (size_t i = 0; i < s.n; i++)
		events_put(to, &s.line[i]);
	to->more = s.more;
	return RC_OK;
}
