/*
 * event_filter.h - the two lines above the events: by whom, about what, with
 * which outcome, when.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plain struct inside a page's state. Threads: none.
 */
#ifndef CLIENT_EVENT_FILTER_H
#define CLIENT_EVENT_FILTER_H

#include <stdbool.h>

#include "client/cells.h"
#include "client/field.h"
#include "client/keymap.h"
#include "proto/msg.h"

enum { FILTER_PERSON, FILTER_ACCOUNT, FILTER_TERMINAL, FILTER_ACTION, FILTER_OUTCOME, FILTER_FROM, FILTER_TO, FILTER_FIELDS };

#define FILTER_ROWS 2

struct event_filter {
	int  on;			/* the field with the cursor, -1: none */
	struct field field[FILTER_FIELDS];
	cs_EventOutcome outcome;
};

void event_filter_open(struct event_filter *f);
void event_filter_clear(struct event_filter *f);
bool event_filter_empty(const struct event_filter *f);
/* A key for the field with the cursor. True: it was for it; *changed: what is asked for is another thing now. */
bool event_filter_key(struct event_filter *f, struct key k, bool *changed);
/* What to ask for, now_ms being now. A sentence where a time cannot be read, NULL: all can. */
const char *event_filter_get(const struct event_filter *f, int64_t now_ms, cs_EventFilter *to);
void event_filter_draw(const struct event_filter *f, struct cells *c, struct area in);

/*
 * "9:30" of today, "2026-03-14", "2026-03-14 9:30", local; last: the end of that
 * minute or day, not its beginning. 0 for an empty text, -1 where it is none of these.
 */
int64_t event_time(const char *text, int64_t now_ms, bool last);

#endif
