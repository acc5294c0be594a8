/*
 * frame.h - what stands around every page: title bar, message line, key bar;
 * and the status line of a page that has one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Draws only; keeps no state. Threads: none; pure functions.
 */
#ifndef CLIENT_FRAME_H
#define CLIENT_FRAME_H

#include "client/cells.h"
#include "client/screen.h"

/* Rows of the frame: title bar, body, message line, key bar. */
#define FRAME_TOP    1
#define FRAME_BOTTOM 2

/* state is the page's own, for its refuses(). */
void frame_draw(struct cells *c, const struct visit *v, const struct screen_ops *s, const void *state);
/* The part between. */
struct area frame_body(int w, int h);

/*
 * The bar at the bottom. Where not all keys fit, those of the highest rank go
 * first, of equal ones the last; "+2" at the end says how many more the help page lists. A
 * key that does nothing now stands in brackets.
 */
void bar_draw(struct cells *c, const struct visit *v, const struct screen_ops *s, const void *state);
/* Why this key of the bar does nothing now; NULL if it does something or is not in the bar. */
const char *bar_refuses(const struct visit *v, const struct screen_ops *s, const void *state, enum request req);
bool bar_has(const struct screen_ops *s, enum request req);

/* Facts that are always in view, on row y: one at the left, one at the right. Either may be "". */
void status_draw(struct cells *c, int y, const char *left, const char *right);

#endif
