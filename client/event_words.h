/*
 * event_words.h - an event of the audit trail as a row, and as three lines.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; pure functions.
 */
#ifndef CLIENT_EVENT_WORDS_H
#define CLIENT_EVENT_WORDS_H

#include "client/cells.h"
#include "client/table.h"
#include "proto/msg.h"

enum { EVENT_TIME, EVENT_OUTCOME, EVENT_ACTION, EVENT_PERSON, EVENT_TERMINAL, EVENT_SUBJECT, EVENT_DETAIL, EVENT_COLS };

extern const struct table_col event_cols[EVENT_COLS];

void event_cell(const cs_Event *e, int col, char text[static TABLE_CELL_BYTES], enum theme *t);
/* "2026-03-14 09:26:53", local. */
#define EVENT_TIME_BYTES 24u
void event_time_words(int64_t utc_ms, char dst[static EVENT_TIME_BYTES]);
/* All of it: nothing is cut that the row cut, as far as there is room. */
void event_draw_whole(const cs_Event *e, struct cells *c, struct area in);

#endif
