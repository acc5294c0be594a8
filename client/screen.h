/*
 * screen.h - what every full-screen page of the client is.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three things are kept apart. STATE is a plain struct the page owns. INPUT
 * (keys, answers, time) changes state and says with an intent what should
 * happen; it never draws and never sends. DRAWING reads state and fills cells;
 * it never changes anything. The host, app.c, carries intents out.
 *
 * A page is one file whose only export is its table. Adding one touches that
 * file, the list below and its golden files.
 */
#ifndef CLIENT_SCREEN_H
#define CLIENT_SCREEN_H

#include "client/cells.h"
#include "client/keymap.h"
#include "client/visit.h"

enum go {
	GO_STAY,
	GO_TO,		/* put the page next on top */
	GO_SWAP,	/* put it in place of this one */
	GO_BACK,	/* to the page below */
	GO_HOME,	/* down to the console's first page, then next on top if there is one */
	GO_END,		/* the visit is over: forget the customer, welcome page */
	GO_QUIT,	/* leave the program */
};

/*
 * Keys that were typed ahead of the server belong to the page that waits. When
 * it opens another one, or goes, they end, with a word; unless it says:
 */
enum typed_ahead {
	AHEAD_DEFAULT,	/* the page stays, and so do they */
	AHEAD_GOES,	/* with GO_TO: they were meant for the next page */
	AHEAD_ENDS,	/* the page stays, and they were for one that does not open */
};

struct intent {
	enum go go;
	const struct screen_ops *next;
	bool send;	/* first ask the server what the page's fill() writes */
	bool unheard;	/* the key was not for this page: the host may use it */
	bool ring;	/* the bell: for somebody who cannot see the page */
	enum typed_ahead ahead;
};

#define STAY      ((struct intent){ .go = GO_STAY })
#define UNHEARD   ((struct intent){ .unheard = true })
#define SEND      ((struct intent){ .send = true })
#define RING      ((struct intent){ .ring = true })
#define BACK      ((struct intent){ .go = GO_BACK })

enum event_kind {
	EVENT_ANSWER,	/* to what this page sent; rc and, if it came from the server, msg */
	EVENT_PUSH,	/* the server speaks by itself */
	EVENT_TICK,	/* time passed; four times a second at least */
	EVENT_NET,	/* v->net changed */
};

struct event {
	enum event_kind kind;
	pb_size_t asked;		/* EVENT_ANSWER: the kind of the request, cs_Envelope_..._tag */
	enum rc rc;
	const cs_Envelope *msg;		/* NULL: the link failed; borrowed for the call */
};

/*
 * A key that this page hears: the bar at the bottom and the help page are made
 * from it. Where the bar is too short, keys of a high rank go first.
 */
struct bar_key {
	enum request req;
	const char *word;
	uint8_t rank;
};

#define BAR_KEYS 14

struct screen_ops {
	const char *name;		/* also the name of its golden files */
	const char *title;
	const char *help;		/* paragraphs, for the help page */
	struct bar_key bar[BAR_KEYS];	/* up to the first REQ_NONE */
	size_t state_size;		/* the host allocates, zeroes and wipes it */
	struct intent (*enter)(void *state, struct visit *v);	/* optional; also when a page above goes away */
	struct intent (*key)(void *state, struct visit *v, struct key k);	/* required */
	struct intent (*event)(void *state, struct visit *v, const struct event *e);	/* optional */
	/* Writes the body of the request that was meant; the host adds ids and token and wipes it. */
	void (*fill)(void *state, const struct visit *v, cs_Envelope *e);	/* required if SEND is used */
	void (*draw)(const void *state, const struct visit *v, struct cells *c);	/* required */
	/* Where the camera picture goes on a page of this size; the camera runs while this page is on top. */
	struct area (*picture)(int w, int h);	/* optional */
	/* Why a key of the bar does nothing now, a sentence for the message line; NULL: it does. Optional: all always do. */
	const char *(*refuses)(const void *state, const struct visit *v, enum request req);
	/* Whether this page cannot take keys now, as it waits for an answer; optional. The host keeps them then, and
	 * gives them to the page in their order once it can; they never reach another page. */
	bool (*waits)(const void *state);
	void (*leave)(void *state, struct visit *v);	/* optional: before the state is wiped */
};

#define SCREEN_LIST(X) \
	X(connect) X(welcome) X(register) X(registered) X(login) X(otp) X(home) \
	X(transfer) X(review) X(capture) X(approve) X(receipt) X(history) X(help) \
	X(batches) X(import) X(batch) X(control) X(sign) X(check) \
	X(events) X(story) X(evidence) X(pages) X(people) X(sessions) X(terminals) X(accept) X(numbers) \
	X(waiting) X(decide) X(reverse) X(held) X(holds)

#define X(name) extern const struct screen_ops screen_##name;
SCREEN_LIST(X)
#undef X

#endif
