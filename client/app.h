/*
 * app.h - the host of the pages: a stack of screens, intents carried out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   keys, answers, pushes and time go in; requests come out through
 *               a table of ports; app_draw() shows the state. It keeps the
 *               session token and forgets a customer who has left. Keys that
 *               come while a page waits for the server are kept for it.
 * What it isn't: it knows no socket, no terminal, no camera: terminal.c brings
 *               those, and tests bring fakes.
 *
 * Threads: none; one thread owns it.
 */
#ifndef CLIENT_APP_H
#define CLIENT_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "client/cells.h"
#include "client/screen.h"
#include "client/visit.h"
#include "proto/clock.h"

struct app;

/* How the host reaches out. All are required. */
struct app_ports {
	/* Sends; the answer comes by app_answer() with the same tag. Never blocks; copies e. */
	enum rc (*ask)(void *ctx, const cs_Envelope *e, uint32_t tag);
	/* Frames may go now; no more frames. */
	void (*video_start)(void *ctx, const cs_CaptureBegun *begun);
	void (*video_stop)(void *ctx);
	void (*ring)(void *ctx);	/* the terminal's bell */
	void *ctx;
};

struct app *app_new(const struct app_ports *p, const struct clock *clock, const struct rng *rng);	/* NULL: out of memory */
void        app_free(struct app *a);	/* wipes; NULL is fine */

/* For the owner of link and camera to fill in; see visit.h. */
struct visit *app_visit(struct app *a);

void app_key(struct app *a, struct key k);
/* A pointer chose this place of the page as app_draw() last drew it into c. */
void app_click(struct app *a, const struct cells *c, int y, int x);
/* msg NULL: the link gave up, rc says why. */
void app_answer(struct app *a, uint32_t tag, pb_size_t asked, enum rc rc, const cs_Envelope *msg);
void app_push(struct app *a, const cs_Envelope *msg);
/* welcome: what the server answered, with NET_READY. */
void app_net(struct app *a, enum net_state state, enum rc why, const cs_Welcome *welcome);
void app_tick(struct app *a);
void app_draw(struct app *a, struct cells *c);

bool app_done(const struct app *a);
/* Where the camera picture goes on a page of this size; h 0: no camera is wanted now. */
struct area app_picture(const struct app *a, int w, int h);
const char *app_page(const struct app *a);	/* name of the page on top */

#endif
