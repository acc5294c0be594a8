/*
 * worker.c - see worker.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "server/worker.h"
#include "server/worker_pack.h"

#define REAP_MS 20	/* how often a killed process is asked for */

_Static_assert(WORKER_PACK_MS < WORKER_HELLO_MS, "a worker has time to pack what nobody packed for it");

struct worker {
	struct worker_options o;
	char     part[24];		/* for log lines: "vision 1" */
	enum worker_state state;
	int      fd;			/* our end, -1 when DOWN */
	pid_t    pid;			/* 0: none, or reaped */
	bool     rests;			/* DOWN: until worker_wake() */
	int64_t  start_ms;		/* DOWN: not before */
	int64_t  deadline_ms;		/* STARTING and BUSY */
	int64_t  backoff_ms;
	struct vision_hello hello;
	uint32_t served;		/* frames, this process */
	uint64_t seq;			/* in work */
	bool     follows;		/* it was told where the face is */
	uint8_t  out[VISION_REQUEST_BYTES + JPEG_MAX_BYTES];
	size_t   out_n, out_off;
	uint8_t  in[VISION_LENGTH_BYTES + VISION_FEATURES_MAX];
	size_t   in_n;
};

struct worker *
worker_new(const struct worker_options *o)
{
	struct worker *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->o = *o;
	w->state = WORKER_DOWN;
	w->fd = -1;
	w->start_ms = INT64_MIN;
	w->backoff_ms = WORKER_BACKOFF_MS;
	snprintf(w->part, sizeof w->part, "vision %u", o->number);
	return w;
}

enum worker_state
worker_state(const struct worker *w)
{
	return w->state;
}

const struct vision_hello *
worker_hello(const struct worker *w)
{
	return &w->hello;
}

int
worker_fd(const struct worker *w)
{
	return w->fd;
}

bool
worker_wants_out(const struct worker *w)
{
	return w->state == WORKER_BUSY && w->out_off < w->out_n;
}

int
worker_pid(const struct worker *w)
{
	return w->pid;
}

uint32_t
worker_served(const struct worker *w)
{
	return w->served;
}

int64_t
worker_wait_ms(const struct worker *w, int64_t now)
{
	int64_t until = w->deadline_ms;

	if (w->state == WORKER_IDLE)
		return -1;
	if (w->state == WORKER_DOWN) {
		if (w->pid != 0)
			return REAP_MS;
		if (w->rests)
			return -1;
		until = w->start_ms;
	}
	return until <= now ? 0 : until - now;
}

/* ---- starting ---- */

static void
worker_back_off(struct worker *w, int64_t now)
{
	w->start_ms = now + w->backoff_ms;
	w->backoff_ms = w->backoff_ms * 2 < WORKER_BACKOFF_MOST_MS ? w->backoff_ms * 2 : WORKER_BACKOFF_MOST_MS;
}

static void
worker_start(struct worker *w, int64_t now)
{
	const struct worker_launcher *l = w->o.launcher;
	int e = l->start(l->ctx, &w->fd, &w->pid);

	if (e != 0) {
		w->fd = -1;
		w->pid = 0;
		log_line(w->o.log, LOG_LEVEL_ERROR, w->part, "%s cannot be started: %s", w->o.program, strerror(e));
		worker_back_off(w, now);
		return;
	}
	w->state = WORKER_STARTING;
	w->deadline_ms = now + w->o.hello_ms;
	w->served = 0;
	w->in_n = w->out_n = w->out_off = 0;
	log_line(w->o.log, LOG_LEVEL_DEBUG, w->part, "started as process %d", (int)w->pid);
}

/* ---- ending ---- */

/* Takes leave of the process; it is reaped later, worker_step() or worker_free(). */
static void
worker_kill(struct worker *w)
{
	if (w->pid != 0)
		w->o.launcher->kill(w->o.launcher->ctx, w->pid);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->state = WORKER_DOWN;
	crypto_wipe(w->out, w->out_n);
	crypto_wipe(w->in, w->in_n);
	w->in_n = w->out_n = w->out_off = 0;
}

static bool
worker_reaped(struct worker *w)
{
	if (w->pid != 0 && w->o.launcher->reap(w->o.launcher->ctx, w->pid))
		w->pid = 0;
	return w->pid == 0;
}

void
worker_rest(struct worker *w)
{
	if (w->state != WORKER_DOWN) {
		log_line(w->o.log, LOG_LEVEL_INFO, w->part, "rests after %u frames", w->served);
		worker_kill(w);
	}
	w->served = 0;
	w->start_ms = INT64_MIN;
	w->rests = true;
}

void
worker_wake(struct worker *w)
{
	w->rests = false;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	worker_kill(w);
	while (!worker_reaped(w))
		(void)!poll(NULL, 0, 1);
	free(w);
}

static enum worker_event
worker_lose(struct worker *w, const char *why, int64_t now)
{
	bool busy = w->state == WORKER_BUSY;

	worker_kill(w);
	worker_back_off(w, now);
	log_line(w->o.log, LOG_LEVEL_WARN, w->part, "%s; replaced in %lld ms%s", why, (long long)(w->start_ms - now),
	    busy ? ", its frame is lost" : "");
	return busy ? WORKER_FAILED : WORKER_LOST;
}

/* ---- traffic ---- */

enum rc
worker_send(struct worker *w, const struct vision_request *q, const uint8_t *jpeg, int64_t now)
{
	if (w->state != WORKER_IDLE)
		return RC_EARLY;
	if (q->jpeg_bytes > JPEG_MAX_BYTES)
		return RC_TOO_BIG;
	w->out_n = vision_request_put(q, w->out);
	if (q->jpeg_bytes > 0)
		memcpy(w->out + w->out_n, jpeg, q->jpeg_bytes);
	w->out_n += q->jpeg_bytes;
	w->out_off = 0;
	w->in_n = 0;
	w->seq = q->seq;
	w->follows = q->track.w > 0.0f;
	w->state = WORKER_BUSY;
	w->deadline_ms = now + w->o.deadline_ms;
	return RC_OK;
}

/* RC_OK, RC_AGAIN or RC_CLOSED. */
static enum rc
worker_write(struct worker *w)
{
	while (w->out_off < w->out_n) {
		ssize_t n = send(w->fd, w->out + w->out_off, w->out_n - w->out_off, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? RC_AGAIN : RC_CLOSED;
		w->out_off += (size_t)n;
	}
	return RC_OK;
}

static size_t
worker_announced(const struct worker *w)
{
	return (size_t)w->in[0] | (size_t)w->in[1] << 8 | (size_t)w->in[2] << 16 | (size_t)w->in[3] << 24;
}

/* RC_OK: one message is complete. RC_AGAIN, RC_CLOSED, RC_TOO_BIG (announced, or more than one came). */
static enum rc
worker_read(struct worker *w)
{
	for (;;) {
		size_t whole = sizeof w->in;
		ssize_t n;

		if (w->in_n >= VISION_LENGTH_BYTES) {
			if (worker_announced(w) > VISION_FEATURES_MAX)
				return RC_TOO_BIG;
			whole = VISION_LENGTH_BYTES + worker_announced(w);
			if (w->in_n > whole)
				return RC_TOO_BIG;
			if (w->in_n == whole)
				return RC_OK;
		}
		n = recv(w->fd, w->in + w->in_n, sizeof w->in - w->in_n, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? RC_AGAIN : RC_CLOSED;
		if (n == 0)
			return RC_CLOSED;
		w->in_n += (size_t)n;
	}
}

static enum worker_event
worker_take_hello(struct worker *w, int64_t now)
{
	if (vision_hello_get(w->in + VISION_LENGTH_BYTES, w->in_n - VISION_LENGTH_BYTES, &w->hello) != RC_OK)
		return worker_lose(w, "said hello in a way that cannot be read", now);
	if (w->o.expect != NULL && (strcmp(w->hello.embedder, w->o.expect->embedder) != 0 ||
	    w->hello.embedder_version != w->o.expect->embedder_version))
		return worker_lose(w, "has another embedder than the calibration table; start the server again", now);
	w->in_n = 0;
	w->state = WORKER_IDLE;
	log_line(w->o.log, LOG_LEVEL_INFO, w->part, "ready, embedder %s version %u", w->hello.embedder, w->hello.embedder_version);
	return WORKER_READY;
}

static enum worker_event
worker_take_features(struct worker *w, int64_t now, struct vision_features *f)
{
	enum rc r = vision_features_get(w->in + VISION_LENGTH_BYTES, w->in_n - VISION_LENGTH_BYTES, f);

	if (r != RC_OK)
		return worker_lose(w, "sent features that cannot be read", now);
	if (f->seq != w->seq || w->out_off < w->out_n || (f->tracked != 0 && !w->follows) ||
	    (f->embed_dim != 0 && f->embed_dim != w->hello.embed_dim)) {
		crypto_wipe(f, sizeof *f);
		return worker_lose(w, "answered what was not asked", now);
	}
	crypto_wipe(w->in, w->in_n);
	crypto_wipe(w->out, w->out_n);
	w->in_n = w->out_n = w->out_off = 0;
	w->state = WORKER_IDLE;
	w->backoff_ms = WORKER_BACKOFF_MS;
	w->served++;
	return WORKER_ANSWERED;
}

enum worker_event
worker_step(struct worker *w, int64_t now, struct vision_features *f)
{
	if (w->state == WORKER_DOWN) {
		if (worker_reaped(w) && !w->rests && now >= w->start_ms)
			worker_start(w, now);
		return WORKER_NOTHING;
	}
	if (w->state == WORKER_BUSY && worker_write(w) == RC_CLOSED)
		return worker_lose(w, "ended", now);
	switch (worker_read(w)) {
	case RC_OK:
		if (w->state == WORKER_STARTING)
			return worker_take_hello(w, now);
		if (w->state == WORKER_BUSY)
			return worker_take_features(w, now, f);
		return worker_lose(w, "spoke without being asked", now);
	case RC_AGAIN:
		break;
	case RC_CLOSED:
		return worker_lose(w, "ended", now);
	default:
		return worker_lose(w, "sent more than it may", now);
	}
	if (w->state != WORKER_IDLE && now >= w->deadline_ms)
		return worker_lose(w, w->state == WORKER_STARTING ? "did not get ready in time" :
		    "did not answer in time", now);
	return WORKER_NOTHING;
}
