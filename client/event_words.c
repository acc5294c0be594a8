/*
 * event_words.c - columns and words of events.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/event_words.h"

#include <stdio.h>
#include <time.h>

#include "proto/rc.h"

const struct table_col event_cols[EVENT_COLS] = {
	[EVENT_TIME]     = { "Time", 8, 8, false, 0 },
	[EVENT_OUTCOME]  = { "Outcome", 9, 9, false, 0 },
	[EVENT_ACTION]   = { "Action", 16, 22, false, 0 },
	[EVENT_PERSON]   = { "Who", 14, 24, false, 0 },
	[EVENT_TERMINAL] = { "Terminal", 10, 16, false, 2 },
	[EVENT_SUBJECT]  = { "About", 12, 34, false, 3 },
	[EVENT_DETAIL]   = { "Words", 20, 80, false, 0 },
};

void
event_time_words(int64_t utc_ms, char dst[static EVENT_TIME_BYTES])
{
	time_t t = (time_t)(utc_ms / 1000);
	struct tm tm;

	dst[0] = '\0';
	if (localtime_r(&t, &tm) != NULL)
		strftime(dst, EVENT_TIME_BYTES, "%Y-%m-%d %H:%M:%S", &tm);
}

void
event_cell(const cs_Event *e, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	bool good = e->outcome == RC_OK;
	char when[EVENT_TIME_BYTES];

	switch (col) {
	case EVENT_TIME:
		event_time_words(e->utc_ms, when);
		snprintf(text, TABLE_CELL_BYTES, "%.8s", when + (when[0] != '\0' ? 11 : 0));
		break;
	case EVENT_OUTCOME:
		snprintf(text, TABLE_CELL_BYTES, good ? "✓ ok" : "✗ refused");
		*t = good ? THEME_GOOD : THEME_BAD;
		break;
	case EVENT_ACTION:
		snprintf(text, TABLE_CELL_BYTES, "%s", e->action);
		break;
	case EVENT_PERSON:
		snprintf(text, TABLE_CELL_BYTES, "%s", e->person[0] != '\0' ? e->person : e->customer);
		break;
	case EVENT_TERMINAL:
		snprintf(text, TABLE_CELL_BYTES, "%s", e->terminal);
		break;
	case EVENT_SUBJECT:
		snprintf(text, TABLE_CELL_BYTES, "%s", e->subject);
		break;
	default:
		snprintf(text, TABLE_CELL_BYTES, "%s", e->detail);
		break;
	}
}

void
event_draw_whole(const cs_Event *e, struct cells *c, struct area in)
{
	char when[EVENT_TIME_BYTES], record[40];

	event_time_words(e->utc_ms, when);
	snprintf(record, sizeof record, "record %u/%llu", (unsigned)e->lane, (unsigned long long)e->seq);
	cells_right(c, in.y, in.x + in.w, in.w, THEME_DIM, record);
	cells_format(c, in.y, in.x, in.w - utf8_columns(record) - 2, THEME_STRONG, "%s  %s  %s", when, e->action,
	    rc_text(rc_from_wire(e->outcome)));
	cells_format(c, in.y + 1, in.x, in.w, THEME_DIM, "%s %s  %s  %s", e->person, e->customer, e->terminal, e->subject);
	cells_text(c, in.y + 2, in.x, in.w, THEME_TEXT, e->detail);
}
