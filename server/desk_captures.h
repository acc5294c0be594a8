/*
 * desk_captures.h - the captures in progress of one desk.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a few slots, each one capture: who, where its guidance goes,
 *               the state machine (server/capture.h) and what its proof will
 *               be bound to. Joins frames, the vision pool's answers, and time.
 * What it isn't: it judges nothing; the verdict is capture.h's, and the proof
 *               is written by the store in one transaction with its record.
 *
 * A capture lives in memory only: after a crash the terminal begins a new one.
 * Threads: the desk's own.
 */
#ifndef SERVER_DESK_CAPTURES_H
#define SERVER_DESK_CAPTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/capture_store.h"
#include "proto/link.h"
#include "server/capture.h"
#include "server/gate.h"

#define DESK_CAPTURES_MAX 32u

struct desk;

/* How the words of a begin's record begin; the capture's id in hex follows. */
#define DESK_CAPTURE_NAMED "capture "

struct desk_capture {
	struct capture *capture;	/* NULL: the slot is free */
	struct capture_row row;		/* id, person, session, digest, enrol */
	uint64_t terminal;
	uint8_t  control[GATE_ROUTE_BYTES], video[GATE_ROUTE_BYTES];
	size_t   control_n, video_n;	/* video 0: no frame came yet */
	uint8_t  key[KEY_BYTES];	/* under which its frames are hashed: the person's, so that later captures know them */
	struct recall *recall;		/* the person's earlier captures; owned */
	uint32_t guides;		/* sent so far: seq of the next */
	struct person *person;		/* whose key seals template and trace; owned, wiped */
	bool     open;			/* the gateway knows of it */
};

struct desk_captures {
	struct desk_capture slot[DESK_CAPTURES_MAX];
	size_t n;			/* in use */
};

/* A free slot, or NULL: too many at once. */
struct desk_capture *desk_capture_slot(struct desk *d);
/* This session's capture, or NULL. */
struct desk_capture *desk_capture_of_session(struct desk *d, const uint8_t session[static ID_BYTES]);
/* Wipes and frees a slot that was not opened yet. */
void desk_capture_free(struct desk_capture *k);
/* Begun: the gateway lets its frames pass. */
void desk_capture_open(struct desk *d, struct desk_capture *k);
/* Ends it without a verdict of the state machine, recorded as `why`; not counted against the person. */
void desk_capture_abandon(struct desk *d, struct desk_capture *k, enum rc why, const char *words);

/* A frame from the gateway: head, routing id, video header, JPEG. */
void desk_captures_frame(struct desk *d, const struct gate_head *h, struct link_msg *m);
/* All answers of the vision pool that are there. RC_CLOSED: the server stops. */
enum rc desk_captures_answers(struct desk *d) MUST_CHECK;
/* Time passes: call every 100 ms or so while n > 0. */
void desk_captures_tick(struct desk *d);
/* The server stops: everything is wiped and freed. */
void desk_captures_drop(struct desk *d);

#endif
