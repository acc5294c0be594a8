/*
 * event_filter.c - fields of the filter, and times as people type them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/event_filter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "proto/clock.h"

static const struct {
	const char *label;
	size_t max;
	int row, x, label_w, w;
} filter_fields[FILTER_FIELDS] = {
	[FILTER_PERSON]   = { "Person",   30, 0,  1, 7, 15 },
	[FILTER_ACCOUNT]  = { "Account",  ACCOUNT_MAX_BYTES + 8, 0, 25, 8, 23 },
	[FILTER_TERMINAL] = { "Terminal", TERMINAL_NAME_BYTES, 0, 58, 9, 12 },
	[FILTER_ACTION]   = { "Action",   30, 1,  1, 7, 15 },
	[FILTER_OUTCOME]  = { "Outcome",   8, 1, 25, 8, 9 },
	[FILTER_FROM]     = { "From",     16, 1, 43, 5, 13 },
	[FILTER_TO]       = { "To",       16, 1, 62, 3, 14 },
};

static const char *const filter_outcomes[] = { "any", "ok", "refused" };

#define FILTER_OUTCOMES 3

void
event_filter_open(struct event_filter *f)
{
	for (int i = 0; i < FILTER_FIELDS; i++)
		f->field[i] = (struct field){ .label = filter_fields[i].label, .max = filter_fields[i].max,
			.kind = i == FILTER_OUTCOME ? FIELD_CHOICE : FIELD_TEXT };
	event_filter_clear(f);
}

void
event_filter_clear(struct event_filter *f)
{
	for (int i = 0; i < FILTER_FIELDS; i++)
		field_wipe(&f->field[i]);
	f->outcome = cs_EventOutcome_EVENT_OUTCOME_ANY;
	field_set(&f->field[FILTER_OUTCOME], filter_outcomes[0]);
	f->on = -1;
}

bool
event_filter_empty(const struct event_filter *f)
{
	for (int i = 0; i < FILTER_FIELDS; i++)
		if (i != FILTER_OUTCOME && f->field[i].len > 0)
			return false;
	return f->outcome == cs_EventOutcome_EVENT_OUTCOME_ANY;
}

/* Left, right, a blank, or the first letter of the word. */
static bool
filter_choose(struct event_filter *f, struct key k)
{
	int n = (int)f->outcome;

	if (k.req == REQ_RIGHT || (k.req == REQ_CHAR && k.ch == ' '))
		n++;
	else if (k.req == REQ_LEFT)
		n += FILTER_OUTCOMES - 1;
	else if (k.req == REQ_BACKSPACE || k.req == REQ_CLEAR)
		n = 0;
	else if (k.req == REQ_CHAR) {
		for (n = 0; n < FILTER_OUTCOMES && (uint32_t)filter_outcomes[n][0] != (k.ch | 0x20u); n++)
			;
		n = n < FILTER_OUTCOMES ? n : (int)f->outcome;
	} else {
		return false;
	}
	f->outcome = (cs_EventOutcome)(n % FILTER_OUTCOMES);
	field_set(&f->field[FILTER_OUTCOME], filter_outcomes[f->outcome]);
	return true;
}

bool
event_filter_key(struct event_filter *f, struct key k, bool *changed)
{
	char was[FIELD_BYTES];
	struct field *on;
	bool mine;

	*changed = false;
	if (f->on < 0)
		return false;
	on = &f->field[f->on];
	memcpy(was, on->text, sizeof was);
	mine = f->on == FILTER_OUTCOME ? filter_choose(f, k) : field_key(on, k);
	*changed = strcmp(was, on->text) != 0;
	return mine;
}

int64_t
event_time(const char *text, int64_t now_ms, bool last)
{
	int year = 0, month = 0, day = 0, hour = 0, minute = 0, used = 0;
	time_t now = (time_t)(now_ms / 1000), t;
	bool date, clock;
	struct tm tm;

	if (text[0] == '\0')
		return 0;
	date = sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used > 0;
	text += date ? used : 0;
	used = 0;
	clock = sscanf(text, date ? " %2d:%2d%n" : "%2d:%2d%n", &hour, &minute, &used) == 2 && used > 0;
	text += clock ? used : 0;
	if ((!date && !clock) || text[strspn(text, " ")] != '\0' || localtime_r(&now, &tm) == NULL)
		return -1;
	if (date && (year < 2000 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31))
		return -1;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return -1;
	if (date) {
		tm.tm_year = year - 1900;
		tm.tm_mon = month - 1;
		tm.tm_mday = day;
	}
	tm.tm_hour = clock ? hour : last ? 23 : 0;
	tm.tm_min = clock ? minute : last ? 59 : 0;
	tm.tm_sec = last ? 59 : 0;
	tm.tm_isdst = -1;
	if ((t = mktime(&tm)) == (time_t)-1 || (date && tm.tm_mday != day))
		return -1;
	return (int64_t)t * 1000 + (last ? 999 : 0);
}

/* Account numbers are typed as they are printed, in groups, or without blanks. */
static void
filter_close_up(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
}

const char *
event_filter_get(const struct event_filter *f, int64_t now_ms, cs_EventFilter *to)
{
	char account[FIELD_BYTES];

	*to = (cs_EventFilter)cs_EventFilter_init_zero;
	snprintf(to->person, sizeof to->person, "%.*s", (int)sizeof to->person - 1, f->field[FILTER_PERSON].text);
	memcpy(account, f->field[FILTER_ACCOUNT].text, sizeof account);
	filter_close_up(account);
	snprintf(to->account, sizeof to->account, "%.*s", (int)sizeof to->account - 1, account);
	snprintf(to->terminal, sizeof to->terminal, "%.*s", (int)sizeof to->terminal - 1, f->field[FILTER_TERMINAL].text);
	snprintf(to->action, sizeof to->action, "%.*s", (int)sizeof to->action - 1, f->field[FILTER_ACTION].text);
	to->outcome = f->outcome;
	to->from_utc_ms = event_time(f->field[FILTER_FROM].text, now_ms, false);
	to->to_utc_ms = event_time(f->field[FILTER_TO].text, now_ms, true);
	if (to->from_utc_ms >= 0 && to->to_utc_ms >= 0)
		return NULL;
	to->from_utc_ms = to->from_utc_ms < 0 ? 0 : to->from_utc_ms;
	to->to_utc_ms = to->to_utc_ms < 0 ? 0 : to->to_utc_ms;
	return "Times are 9:30, 2026-03-14 or 2026-03-14 9:30; this one is not looked at.";
}

void
event_filter_draw(const struct event_filter *f, struct cells *c, struct area in)
{
	for (int i = 0; i < FILTER_FIELDS; i++) {
		int y = in.y + filter_fields[i].row, x = in.x + filter_fields[i].x;

		cells_text(c, y, x, filter_fields[i].label_w, f->field[i].len > 0 && (i != FILTER_OUTCOME || f->outcome != 0) ?
		    THEME_STRONG : THEME_DIM, filter_fields[i].label);
		field_draw(&f->field[i], c, y, x + filter_fields[i].label_w, filter_fields[i].w, i == f->on);
	}
}
