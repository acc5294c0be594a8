/*
 * vision_pool.h - the thread that owns the vision workers and deals out frames.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a hub ("vision") to which desks connect as spokes; a queue of
 *               one frame per capture, the newest; the worker processes.
 * What it isn't: it knows no session, no person and no verdict.
 *
 * A desk sends a job and gets exactly one answer to it, with features or with
 * an error: RC_BUSY when a newer frame of the capture took its place,
 * RC_VISION_DOWN when the worker died or was silent, RC_IMAGE_BAD and others
 * from the worker itself. So credits always return. The capture that waited
 * longest is served first; a newer frame keeps the place in the line. An
 * embedding, or texture, takes several times as long as the rest of a frame:
 * where a capture can spare it for now it is left out where others wait or the
 * frame itself has waited (vision_queue.h), so that it is not everybody's delay.
 *
 * A worker that served VISION_POOL_RECYCLE frames goes on until a fresh process
 * is ready to take its place, so for a moment there is one process more.
 *
 * Messages (between threads of one process, yet of fixed layout, little endian):
 *   desk -> pool: job header, JPEG (moved, not copied)
 *   pool -> desk: answer header, encoded vision_features (empty unless rc is RC_OK)
 *
 * Threads: one of its own, started and stopped by the caller's. A desk uses
 * the functions on its own spoke only; nothing else is shared.
 */
#ifndef SERVER_VISION_POOL_H
#define SERVER_VISION_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "proto/clock.h"
#include "proto/limits.h"
#include "proto/link.h"
#include "proto/log.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"
#include "server/worker.h"

#define VISION_HUB "vision"		/* desks: link_spoke(ctx, VISION_HUB, "desk-3", &s) */

#define VISION_POOL_WORKERS_MAX 64u
#define VISION_POOL_RECYCLE 5000u	/* frames that one worker's process serves before a fresh one takes its place */
#define VISION_POOL_QUEUE_MAX 1024u	/* captures waiting at once; above: RC_BUSY */

struct vision_pool_options {
	struct link_ctx *ctx;
	const struct clock *clock;
	const struct worker_launcher *launcher;	/* used by the pool's thread alone until vision_pool_stop() */
	const char *program;	/* what the launcher starts; checked */
	uint32_t workers;	/* 1 ... VISION_POOL_WORKERS_MAX */
	int64_t  deadline_ms;	/* one frame; 0: VISION_DEADLINE_MS */
	int64_t  hello_ms;	/* 0: WORKER_HELLO_MS */
	uint32_t recycle;	/* frames; 0: VISION_POOL_RECYCLE */
	const struct vision_hello *expect;	/* a worker with another embedder or version is refused; NULL: any may come */
	struct log *log;	/* may be NULL */
};

struct vision_pool;

/*
 * Opens the hub, then starts the thread; workers start at once. The options'
 * launcher, strings, clock, log and context must outlive the pool. RC_CONFIG: a
 * value is out of range or the program cannot be executed (err names it).
 */
enum rc vision_pool_start(const struct vision_pool_options *o, struct vision_pool **out, char *err, size_t err_n) MUST_CHECK;
/* Kills the workers, joins the thread, frees. NULL is fine. Before link_ctx_free(). */
void    vision_pool_stop(struct vision_pool *p);

/* ---- for desks ---- */
struct vision_job {
	uint8_t  capture[ID_BYTES];
	struct vision_request ask;	/* seq: of the frame within its capture, 32 bits; jpeg_bytes is set by vision_job_send() */
	uint32_t spare;		/* bits of ask.want that a busy pool may leave out (vision_queue.h) */
};

struct vision_answer {
	uint8_t  capture[ID_BYTES];
	uint32_t seq;
	enum rc  rc;		/* RC_OK: features are there */
	struct vision_hello by;	/* who computed them; zero before the first worker is up */
	struct vision_features features;	/* zero unless rc is RC_OK */
};

/*
 * Sends a job with part `part` of `frame` as the JPEG; that part is moved, so
 * frame keeps an empty one. RC_AGAIN: the pool's queue is full, treat it as a
 * dropped frame (capture_error with RC_BUSY). RC_MALFORMED, RC_TOO_BIG: the
 * pool would refuse it; nothing was sent or moved, and no answer comes.
 */
enum rc vision_job_send(struct link_sock *spoke, const struct vision_job *j, struct link_msg *frame, size_t part) MUST_CHECK;
/* The next answer on a desk's spoke; RC_AGAIN when there is none. */
enum rc vision_answer_recv(struct link_sock *spoke, struct vision_answer *a) MUST_CHECK;

/* ---- layouts, for both sides and tests ---- */
#define VISION_JOB_BYTES    (ID_BYTES + VISION_REQUEST_BYTES + 4u)	/* capture, request, spare */
#define VISION_ANSWER_BYTES (24u + VISION_HELLO_BYTES)	/* capture, seq, rc, hello */

void    vision_job_put(const struct vision_job *j, uint8_t dst[static VISION_JOB_BYTES]);
enum rc vision_job_get(const uint8_t *src, size_t n, struct vision_job *j) MUST_CHECK;
/* Header of an answer; the features follow as a part of their own. */
void    vision_answer_put(const struct vision_answer *a, uint8_t dst[static VISION_ANSWER_BYTES]);
enum rc vision_answer_get(const uint8_t *src, size_t n, struct vision_answer *a) MUST_CHECK;

#endif
