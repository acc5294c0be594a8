/*
 * screen_connect.c - before the server has answered: dialling, a key that is
 * not accepted, or a server that is not the expected one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "client/screen.h"
#include "client/widgets.h"

struct connect_state {
	unsigned ticks;		/* moves the dots, so that waiting looks alive */
};

static struct intent
connect_key(void *state, struct visit *v, struct key k)
{
	(void)state;
	(void)v;
	return k.req == REQ_QUIT ? (struct intent){ .go = GO_QUIT } : UNHEARD;
}

static struct intent
connect_event(void *state, struct visit *v, const struct event *e)
{
	struct connect_state *s = state;

	if (e->kind == EVENT_TICK)
		s->ticks++;
	if (v->net == NET_READY)
		return (struct intent){ .go = GO_SWAP, .next = &screen_welcome };
	return STAY;
}

static void
connect_dots(struct cells *c, int y, int x, unsigned ticks)
{
	for (unsigned i = 0; i < 3; i++)
		cells_put(c, y, x + 2 * (int)i, i == ticks / 2 % 3 ? THEME_STRONG : THEME_DIM, 0x25cf);
}

static void
connect_draw_dialling(const struct connect_state *s, const struct visit *v, struct cells *c)
{
	struct area in = card_draw(c, "Connecting", 60, 7);

	cells_text(c, in.y, in.x, in.w, THEME_STRONG, "Looking for the server");
	connect_dots(c, in.y, in.x + 24, s->ticks);
	row_draw(c, in, 2, 12, "Address", THEME_TEXT, v->address);
	row_draw(c, in, 3, 12, "Terminal", THEME_TEXT, v->fingerprint);
	cells_wrap(c, in.y + 5, in.x, in.w, 2, THEME_DIM,
	    "The terminal tries again by itself. If this takes longer than a minute, "
	    "ask the branch staff whether the server is running.");
}

static void
connect_draw_refused(const struct connect_state *s, const struct visit *v, struct cells *c)
{
	struct area in = card_draw(c, "Not accepted", 66, 11);
	int y = in.y;

	cells_text(c, y, in.x, in.w, THEME_BAD,
	    v->net_why == RC_TERMINAL_REVOKED ? "This terminal has been revoked." :
	    v->net_why == RC_VERSION ? "This program and the server do not speak the same version." :
	    "This terminal's key is not accepted.");
	cells_text(c, y + 2, in.x, in.w, THEME_DIM, "Fingerprint of this terminal");
	cells_text(c, y + 3, in.x, in.w, THEME_STRONG, v->fingerprint);
	if (v->net_why == RC_TERMINAL_REVOKED) {
		cells_wrap(c, y + 5, in.x, in.w, 4, THEME_TEXT,
		    "Its key opens nothing any more, and cannot be accepted again. If that is a mistake, the branch staff "
		    "sets this terminal up in a new folder, with a new invitation.");
		return;
	}
	y += 5 + cells_wrap(c, y + 5, in.x, in.w, 3, THEME_TEXT,
	    "Tell the branch staff this fingerprint. Whoever holds the invitation compares it and accepts it "
	    "at the server with:");
	cells_format(c, ++y, in.x + 2, in.w - 2, THEME_STRONG, "countersign-admin terminal accept %s", v->fingerprint);
	cells_text(c, y + 2, in.x, in.w, THEME_DIM, "This page goes on by itself within five seconds of that.");
	connect_dots(c, y + 2, in.x + 58, s->ticks);
}

static void
connect_draw_stranger(const struct visit *v, struct cells *c)
{
	struct area in = card_draw(c, "Wrong server", 64, 8);

	cells_text(c, in.y, in.x, in.w, THEME_BAD, "What answers there is not the server of the invitation.");
	row_draw(c, in, 2, 12, "Address", THEME_TEXT, v->address);
	cells_wrap(c, in.y + 4, in.x, in.w, 4, THEME_TEXT,
	    "Nothing was sent to it. The server may have been set up anew: then this terminal needs a new "
	    "invitation. Otherwise somebody may stand between: tell the branch staff.");
}

static void
connect_draw(const void *state, const struct visit *v, struct cells *c)
{
	if (v->net == NET_REFUSED)
		connect_draw_refused(state, v, c);
	else if (v->net == NET_STRANGER)
		connect_draw_stranger(v, c);
	else
		connect_draw_dialling(state, v, c);
}

const struct screen_ops screen_connect = {
	.name = "connect",
	.title = "Connecting",
	.help = "A terminal may talk to the server once its key has been accepted there. The fingerprint on this "
	    "page stands for the key; the branch staff compares it with what the server shows.\n"
	    "Nothing is lost while this page is shown. As soon as the server answers, the terminal goes on.",
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_QUIT, "Quit", 0 } },
	.state_size = sizeof(struct connect_state),
	.key = connect_key,
	.event = connect_event,
	.draw = connect_draw,
};
