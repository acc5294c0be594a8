/*
 * events.h - which audit records a filter lets through, and in which order.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the words of a filter against one record, and the merging of
 *               pages that were read through an index one person or terminal
 *               at a time.
 * What it isn't: reading (db/audit_store.h) or answering (desk_events.c).
 * Pure: any thread.
 */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "db/audit_store.h"
#include "proto/msg.h"

/* Texts are found as parts, letters of either case alike (of ASCII); a customer number whole. */
bool events_match(const cs_EventFilter *f, const struct audit_line *l);

/* One more row; there must be room for it. */
void events_put(cs_Events *to, const struct audit_line *l);

/* Less than, equal to or greater than 0 as a is older than, the same as or newer than b. */
int  events_order(const struct audit_line *a, const struct audit_line *b);

/*
 * lines[0..n) are the newest `share` of each of several sources (or all, where a
 * source had fewer; full: at least one had not). Puts them newest first; returns
 * how many of them are certain to be the newest of all.
 */
size_t events_merge(struct audit_line *lines, size_t n, size_t share, bool full);

#endif
