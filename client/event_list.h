/*
 * event_list.h - events of the audit trail as a page keeps them: in the order
 * of their time, at both ends more can come, and there is an end to how many.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The list owns its rows; event_list_free() wipes them. Threads: none.
 */
#ifndef CLIENT_EVENT_LIST_H
#define CLIENT_EVENT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/msg.h"

#define EVENTS_KEPT 16384u	/* a power of two; about 9 MB at most */

struct event_list {
	cs_Event *at;		/* a ring that grows to EVENTS_KEPT */
	size_t first, n, room;
};

/*
 * Puts an event where its time says, among equal ones the later lane and number
 * last; one that is there already is left out. *place: which row it has become.
 * Where the list is full the oldest row goes, unless the new one would be it:
 * RC_AGAIN. *dropped: whether one went. RC_EXISTS, RC_NOMEM.
 */
enum rc event_list_add(struct event_list *l, const cs_Event *e, size_t *place, bool *dropped) MUST_CHECK;
/* Row i, 0 is the oldest. */
const cs_Event *event_list_at(const struct event_list *l, size_t i);
void event_list_clear(struct event_list *l);
void event_list_free(struct event_list *l);

#endif
