/*
 * worker.h - the parent's side of one countersign-vision process.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   starts the program with one socket pair, sends it a frame at a
 *               time, takes the features back, and replaces it when it dies,
 *               falls silent or sends what cannot be read.
 * What it isn't: it has no queue and no thread (vision_pool.h), and it never
 *               looks into a picture.
 *
 *   DOWN --back-off--> STARTING --hello--> IDLE <--> BUSY
 *     ^                    |                 |         |
 *     +------- dies, silent past its deadline, rubbish +
 *
 * The worker parses pictures from outside, so none of its bytes is trusted:
 * lengths are bounded, numbers checked, the sequence number must be the one in
 * work. The back-off doubles from 100 ms to 5 s and falls back after a frame
 * that was answered. Times: ms of the monotonic clock.
 * Threads: none; one worker belongs to one thread.
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/log.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"
#include "server/worker_launch.h"

#define WORKER_HELLO_MS  15000		/* it loads its networks first, and packs their weights if nobody has */
#define WORKER_BACKOFF_MS  100		/* first wait before a restart */
#define WORKER_BACKOFF_MOST_MS 5000

struct worker_options {
	const struct worker_launcher *launcher;
	const char *program;	/* for log lines */
	int64_t  deadline_ms;	/* one frame */
	int64_t  hello_ms;	/* from start to hello */
	const struct vision_hello *expect;	/* another embedder or version is refused; NULL: any may come */
	struct log *log;	/* may be NULL */
	uint32_t number;	/* for log lines */
};

enum worker_state {
	WORKER_DOWN,		/* no process; the next start is a matter of time, or of worker_wake() */
	WORKER_STARTING,	/* process there, hello not yet */
	WORKER_IDLE,		/* takes a frame */
	WORKER_BUSY,		/* has one */
};

enum worker_event {
	WORKER_NOTHING,
	WORKER_READY,		/* said hello: worker_hello() */
	WORKER_ANSWERED,	/* features are there; their rc may still be a refusal of the picture */
	WORKER_FAILED,		/* the frame in work is lost: answer it with RC_VISION_DOWN */
	WORKER_LOST,		/* died without a frame in work */
};

struct worker;

/* Launcher and strings in o must outlive the worker. NULL: out of memory. Starts nothing yet; worker_step() does. */
struct worker *worker_new(const struct worker_options *o);
void           worker_free(struct worker *w);	/* kills and reaps; NULL is fine */

enum worker_state worker_state(const struct worker *w);
/* Who computes its embeddings; zero before the first hello. */
const struct vision_hello *worker_hello(const struct worker *w);
int     worker_fd(const struct worker *w);		/* to poll; -1 when there is none */
bool    worker_wants_out(const struct worker *w);	/* a request is not written yet */
int64_t worker_wait_ms(const struct worker *w, int64_t now);	/* until worker_step() has something to do without traffic; -1: never */
int     worker_pid(const struct worker *w);		/* 0: none */
uint32_t worker_served(const struct worker *w);		/* frames, by this process */

/* Ends the process, which must not be BUSY; worker_step() reaps it and starts none until worker_wake(). */
void    worker_rest(struct worker *w);
/* A resting worker starts at the next worker_step(); any other goes on as it was. */
void    worker_wake(struct worker *w);

/* A frame for an idle worker; q and its jpeg_bytes bytes are copied. RC_EARLY unless idle, RC_TOO_BIG above JPEG_MAX_BYTES. */
enum rc worker_send(struct worker *w, const struct vision_request *q, const uint8_t *jpeg, int64_t now) MUST_CHECK;
/*
 * Does what can be done now without waiting: start, write, read, enforce
 * deadlines, reap. Call until WORKER_NOTHING. *f is filled on WORKER_ANSWERED.
 */
enum worker_event worker_step(struct worker *w, int64_t now, struct vision_features *f);

#endif
