/*
 * app_impl.h - the host's own state, for app*.c alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLIENT_APP_IMPL_H
#define CLIENT_APP_IMPL_H

#include "client/ahead.h"
#include "client/app.h"

#define APP_DEPTH 10

struct page {
	const struct screen_ops *ops;
	void *state;
	uint32_t tag;
};

struct app {
	struct app_ports ports;
	const struct clock *clock;
	struct visit visit;
	struct page page[APP_DEPTH];
	int  depth;
	uint32_t next_tag;
	bool done;
	struct ahead ahead;
	uint8_t looked[TOKEN_BYTES];	/* the session that was asked about last, and when */
	int64_t looked_ms;
	bool pressed;			/* a key since then */
	int64_t trail_ms;		/* when the state of the audit trail was asked for last */
	bool trail_open;		/* that question is open */
};

/* Time and light, as of now; before every call of a page. */
void app_now(struct app *a);
/* What the page at this place of the stack wants to happen. */
void app_carry_out(struct app *a, int at, struct intent i);
/* The place of the page that has this number, -1 if it is gone. */
int  app_find(const struct app *a, uint32_t tag);
/* Gives the page on top what was typed ahead, as far as it can take it. */
void app_replay(struct app *a);

/* The audit trail's state (app_trail.c): asked for; begun to be verified, false: not here; its answers, false: another's; drawn. */
void app_trail_tick(struct app *a);
bool app_trail_verify(struct app *a);
bool app_trail_answer(struct app *a, pb_size_t asked, enum rc rc, const cs_Envelope *msg);
void app_trail_draw(const struct app *a, struct cells *c);

#endif
