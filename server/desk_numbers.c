/*
 * desk_numbers.c - the numbers of the overview page at the audit console.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/dispatch.h"

_Static_assert(sizeof ((cs_Numbers *)0)->minutes / sizeof(uint32_t) == AUDIT_MINUTES, "a field for each minute");

static pb_size_t
numbers_counts(const struct audit_count *from, size_t n, cs_NumbersCount *to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (cs_NumbersCount){ .outcome = from[i].outcome, .count = (uint32_t)from[i].n };
	return (pb_size_t)n;
}

enum rc
desk_numbers_get(struct call *c)
{
	const cs_NumbersGet *ask = &c->ask->body.numbers_get;
	struct audit_store *audit = &c->desk->stores->audit;
	cs_Numbers *to = &c->answer->body.numbers;
	struct audit_numbers got;
	enum rc r;

	if (ask->from_utc_ms < 0 || ask->to_utc_ms <= ask->from_utc_ms ||
	    ask->to_utc_ms - ask->from_utc_ms > AUDIT_DAY_HOURS * 3600000LL)
		return call_refuse(c, RC_INVALID, "The bounds are not those of a day.");
	if ((r = audit->ops->numbers(audit, c->now_ms, ask->from_utc_ms, ask->to_utc_ms, &got)) != RC_OK)
		return r;
	c->answer->which_body = cs_Envelope_numbers_tag;
	to->minutes_count = AUDIT_MINUTES;
	for (size_t i = 0; i < AUDIT_MINUTES; i++)
		to->minutes[i] = (uint32_t)got.minute[i];
	to->refusals_count = numbers_counts(got.refusal, got.refusals, to->refusals);
	to->liveness_count = numbers_counts(got.liveness, got.livenesses, to->liveness);
	to->hours_count = (pb_size_t)got.hours;
	for (size_t i = 0; i < got.hours; i++) {
		cs_NumbersHour *h = &to->hours[i];

		*h = (cs_NumbersHour){ .hour = got.hour[i].hour, .count = (uint32_t)got.hour[i].count, .volume = got.hour[i].volume };
		memcpy(h->currency, got.hour[i].currency, sizeof h->currency);
	}
	return RC_OK;
}
