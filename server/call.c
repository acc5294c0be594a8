/*
 * call.c - helpers of the handlers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/call.h"

#define CALL_ACTION_BITS 8

static void __attribute__((format(printf, 5, 0)))
call_event_fill(struct call *c, enum audit_action a, enum rc outcome, const char *subject, const char *fmt, va_list ap)
{
	struct audit_event *ev = &c->event;

	memset(ev, 0, sizeof *ev);
	ev->action = a;
	ev->outcome = outcome;
	ev->at_ms = c->now_ms;
	ev->person = c->session.person;
	ev->terminal = c->terminal;
	memcpy(ev->session, c->session.id, sizeof ev->session);
	snprintf(ev->subject, sizeof ev->subject, "%s", subject);
	vsnprintf(ev->detail, sizeof ev->detail, fmt, ap);
}

const struct audit_event *
call_event(struct call *c, enum audit_action a, enum rc outcome, const char *subject, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	call_event_fill(c, a, outcome, subject, fmt, ap);
	va_end(ap);
	return &c->event;
}

void
call_audit_rest(struct desk *d, bool all)
{
	int64_t now = clock_utc_ms(d->office->clock);
	uint32_t hidden;
	uint64_t key;
	enum rc r;

	while (flood_rest(&d->refusals, all ? INT64_MAX : now, &key, &hidden)) {
		struct audit_event ev = {
			.action = (enum audit_action)(key & ((1u << CALL_ACTION_BITS) - 1)), .outcome = RC_BUSY,
			.at_ms = now, .terminal = key >> CALL_ACTION_BITS,
		};

		snprintf(ev.detail, sizeof ev.detail, "%u more were not recorded", hidden);
		if ((r = d->stores->audit.ops->append(&d->stores->audit, &ev)) != RC_OK)
			log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "%u refusals (%s) of terminal %llu could not be audited: %s",
			    hidden, audit_action_word(ev.action), (unsigned long long)ev.terminal, rc_text(r));
	}
}

void
call_audit(struct call *c, enum audit_action a, enum rc outcome, const char *subject, const char *fmt, ...)
{
	struct desk *d = c->desk;
	uint32_t hidden = 0;
	bool allowed;
	size_t n;
	va_list ap;
	enum rc r;

	allowed = flood_allow(&d->refusals, c->terminal << CALL_ACTION_BITS | (unsigned)a, c->now_ms, &hidden);
	call_audit_rest(d, false);
	if (!allowed)
		return;
	va_start(ap, fmt);
	call_event_fill(c, a, outcome, subject, fmt, ap);
	va_end(ap);
	n = strlen(c->event.detail);
	if (hidden > 0)
		snprintf(c->event.detail + n, sizeof c->event.detail - n, " (%u more were not recorded)", hidden);
	if ((r = d->stores->audit.ops->append(&d->stores->audit, &c->event)) != RC_OK)
		log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "a refusal (%s, %s) could not be audited: %s",
		    audit_action_word(a), rc_name(outcome), rc_text(r));
}

enum rc
call_refuse(struct call *c, enum rc r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->answer->detail, sizeof c->answer->detail, fmt, ap);
	va_end(ap);
	return r;
}

enum rc
call_person(struct call *c, struct person *p)
{
	struct stores *st = c->desk->stores;

	return st->person.ops->by_id(&st->person, c->session.person, p);
}

void
call_wake_notifier(struct call *c)
{
	struct link_msg m;

	if (c->desk->notify == NULL)
		return;
	link_msg_init(&m);
	/* When its queue is full it is awake anyway. */
	if (link_msg_add(&m, "", 0) == RC_OK)
		(void)!link_send(c->desk->notify, &m);
	link_msg_close(&m);
}
