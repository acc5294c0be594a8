/*
 * event_list.c - a ring of events, sorted by time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Events come nearly sorted: new ones at the end, older pages at the start. One
 * is put at the nearer end and swapped to its place.
 */
#include "client/event_list.h"

#include <stdlib.h>

#include "proto/crypto.h"

#define EVENTS_FIRST_ROOM 256u

static cs_Event *
event_list_row(const struct event_list *l, size_t i)
{
	return &l->at[(l->first + i) & (l->room - 1)];
}

const cs_Event *
event_list_at(const struct event_list *l, size_t i)
{
	return event_list_row(l, i);
}

static int
event_compare(const cs_Event *a, const cs_Event *b)
{
	if (a->utc_ms != b->utc_ms)
		return a->utc_ms < b->utc_ms ? -1 : 1;
	if (a->lane != b->lane)
		return a->lane < b->lane ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* The first row that is not before e. */
static size_t
event_list_place(const struct event_list *l, const cs_Event *e)
{
	size_t low = 0, high = l->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (event_compare(event_list_row(l, middle), e) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum rc
event_list_grow(struct event_list *l)
{
	size_t room = l->room == 0 ? EVENTS_FIRST_ROOM : l->room * 2;
	cs_Event *at = calloc(room, sizeof *at);

	if (at == NULL)
		return RC_NOMEM;
	for (size_t i = 0; i < l->n; i++)
		at[i] = *event_list_row(l, i);
	if (l->at != NULL)
		crypto_wipe(l->at, l->room * sizeof *l->at);
	free(l->at);
	l->at = at;
	l->room = room;
	l->first = 0;
	return RC_OK;
}

enum rc
event_list_add(struct event_list *l, const cs_Event *e, size_t *place, bool *dropped)
{
	size_t at = event_list_place(l, e);
	enum rc r;

	*dropped = false;
	if (at < l->n && event_compare(event_list_row(l, at), e) == 0)
		return RC_EXISTS;
	if (l->n == EVENTS_KEPT && at == 0)
		return RC_AGAIN;
	if (l->n == l->room && l->room < EVENTS_KEPT && (r = event_list_grow(l)) != RC_OK)
		return r;
	if (l->n == EVENTS_KEPT) {
		l->first = (l->first + 1) & (l->room - 1);
		l->n--;
		at--;
		*dropped = true;
	}
	l->n++;
	if (at < l->n / 2) {
		l->first = (l->first - 1) & (l->room - 1);
		for (size_t i = 0; i < at; i++)
			*event_list_row(l, i) = *event_list_row(l, i + 1);
	} else {
		for (size_t i = l->n - 1; i > at; i--)
			*event_list_row(l, i) = *event_list_row(l, i - 1);
	}
	*event_list_row(l, at) = *e;
	*place = at;
	return RC_OK;
}

void
event_list_clear(struct event_list *l)
{
	l->first = l->n = 0;
}

void
event_list_free(struct event_list *l)
{
	if (l->at != NULL)
		crypto_wipe(l->at, l->room * sizeof *l->at);
	free(l->at);
	*l = (struct event_list){ 0 };
}
