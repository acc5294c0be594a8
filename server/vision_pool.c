/*
 * vision_pool.c - see vision_pool.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One loop: wait for the hub, the workers' descriptors, the stop signal or the
 * next deadline; take in jobs; step the workers; hand queued frames to idle
 * ones; answer what cannot be served.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "proto/crypto.h"
#include "server/vision_pool.h"
#include "server/vision_queue.h"

#define POOL_PART "vision"

struct pool_place {		/* one worker and what it works on */
	struct worker *worker;
	struct vision_who who;
};

struct vision_pool {
	struct vision_pool_options o;
	struct link_sock *hub;
	int      stop_fd;
	pthread_t thread;
	uint64_t seq;			/* of requests to workers */
	struct vision_hello hello;	/* of the worker that came up or answered last */
	struct vision_queue *queue;
	struct pool_place place[VISION_POOL_WORKERS_MAX + 1];	/* o.workers of them serve, one more relieves them */
	struct link_poll items[VISION_POOL_WORKERS_MAX + 3];
	struct vision_features f;	/* scratch */
	uint8_t  bytes[VISION_FEATURES_MAX];
};

static int64_t
pool_now(const struct vision_pool *p)
{
	return clock_mono_ms(p->o.clock);
}

/* ---- answers ---- */

/* f may be NULL: no features, rc says why. An answer that cannot be sent is made up for by the capture's own time-out. */
static void
pool_answer(struct vision_pool *p, const struct vision_who *to, enum rc rc, struct vision_features *f)
{
	struct vision_answer a = { .seq = (uint32_t)to->job.ask.seq, .rc = rc, .by = p->hello };
	uint8_t head[VISION_ANSWER_BYTES];
	struct link_msg m;
	size_t n = 0;
	enum rc r;

	memcpy(a.capture, to->job.capture, ID_BYTES);
	vision_answer_put(&a, head);
	if (rc == RC_OK) {
		f->seq = to->job.ask.seq;
		n = vision_features_put(f, p->bytes);
	}
	link_msg_init(&m);
	if ((r = link_msg_add(&m, to->desk, to->desk_n)) == RC_OK &&
	    (r = link_msg_add(&m, head, sizeof head)) == RC_OK &&
	    (r = link_msg_add(&m, p->bytes, n)) == RC_OK)
		r = link_send(p->hub, &m);
	if (r != RC_OK && r != RC_CLOSED)
		log_line(p->o.log, LOG_LEVEL_WARN, POOL_PART, "an answer could not be sent: %s", rc_text(r));
	link_msg_close(&m);
	crypto_wipe(p->bytes, n);
}

/* ---- desks ---- */

/* RC_OK, or RC_AGAIN / RC_CLOSED from the hub. */
static enum rc
pool_take_job(struct vision_pool *p, int64_t now)
{
	struct vision_who who = { 0 }, overtaken;
	struct link_msg m;
	enum rc r, added;

	link_msg_init(&m);
	if ((r = link_recv(p->hub, &m)) != RC_OK)
		goto out;
	who.desk_n = link_msg_size(&m, 0);
	if (m.n != 3 || who.desk_n == 0 || who.desk_n > VISION_DESK_BYTES ||
	    vision_job_get(link_msg_data(&m, 1), link_msg_size(&m, 1), &who.job) != RC_OK ||
	    who.job.ask.jpeg_bytes != link_msg_size(&m, 2)) {
		log_line(p->o.log, LOG_LEVEL_ERROR, POOL_PART, "a message of %zu parts is no job", m.n);
		goto out;
	}
	memcpy(who.desk, link_msg_data(&m, 0), who.desk_n);
	if ((added = vision_queue_add(p->queue, &who, &m, 2, now, &overtaken)) != RC_OK)
		pool_answer(p, &who, added, NULL);
	if (overtaken.desk_n > 0)
		pool_answer(p, &overtaken, RC_BUSY, NULL);
out:
	link_msg_close(&m);
	return r;
}

/* ---- workers ---- */

static void
pool_step(struct vision_pool *p, struct pool_place *at, int64_t now)
{
	enum worker_event e;

	while ((e = worker_step(at->worker, now, &p->f)) != WORKER_NOTHING) {
		switch (e) {
		case WORKER_READY:
			p->hello = *worker_hello(at->worker);
			break;
		case WORKER_ANSWERED:
			p->hello = *worker_hello(at->worker);
			pool_answer(p, &at->who, rc_from_wire(p->f.rc), &p->f);
			crypto_wipe(&p->f, sizeof p->f);
			break;
		case WORKER_FAILED:
			pool_answer(p, &at->who, RC_VISION_DOWN, NULL);
			break;
		case WORKER_LOST:
		case WORKER_NOTHING:
			break;
		}
	}
}

static void
pool_serve(struct vision_pool *p, struct pool_place *at, int64_t now)
{
	struct vision_waiting *e = vision_queue_first(p->queue);
	struct vision_request ask = e->who.job.ask;
	enum rc r;

	at->who = e->who;
	ask.seq = ++p->seq;
	ask.want = vision_queue_want(p->queue, e);
	r = worker_send(at->worker, &ask, link_msg_data(&e->jpeg, 0), now);
	if (r != RC_OK)
		pool_answer(p, &at->who, r, NULL);
	vision_queue_serve(p->queue, e);
}

/* Frames that waited as long as one may take, or all of them when no worker is up. */
static void
pool_give_up(struct vision_pool *p, bool up, int64_t now)
{
	int64_t until = up ? now - p->o.deadline_ms : now;
	struct vision_waiting *e;

	while ((e = vision_queue_late(p->queue, until)) != NULL) {
		pool_answer(p, &e->who, up ? RC_BUSY : RC_VISION_DOWN, NULL);
		vision_queue_remove(p->queue, e);
	}
}

/*
 * An idle worker that served its frames rests as soon as a fresh process can
 * take its place: starting one takes as long as hundreds of frames.
 */
static void
pool_relieve(struct vision_pool *p, struct pool_place *at, int64_t now)
{
	struct pool_place *fresh = &p->place[p->o.workers];
	struct worker *old = at->worker;

	worker_wake(fresh->worker);
	pool_step(p, fresh, now);
	if (worker_state(fresh->worker) != WORKER_IDLE)
		return;
	at->worker = fresh->worker;
	fresh->worker = old;
	worker_rest(old);
}

static void
pool_work(struct vision_pool *p, int64_t now)
{
	bool up = false;

	pool_step(p, &p->place[p->o.workers], now);
	for (uint32_t i = 0; i < p->o.workers; i++) {
		struct pool_place *at = &p->place[i];

		pool_step(p, at, now);
		if (worker_state(at->worker) == WORKER_IDLE && worker_served(at->worker) >= p->o.recycle)
			pool_relieve(p, at, now);
		if (worker_state(at->worker) == WORKER_IDLE && vision_queue_first(p->queue) != NULL) {
			pool_serve(p, at, now);
			pool_step(p, at, now);	/* writes at once */
		}
		up = up || worker_state(at->worker) == WORKER_IDLE || worker_state(at->worker) == WORKER_BUSY;
	}
	pool_give_up(p, up, now);
}

/* ---- the loop ---- */

static int64_t
pool_earlier(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static enum rc
pool_wait(struct vision_pool *p, int64_t now)
{
	int64_t wait = -1, came;
	size_t n = 2;

	p->items[0] = (struct link_poll){ .sock = p->hub, .fd = -1 };
	p->items[1] = (struct link_poll){ .fd = p->stop_fd };
	for (uint32_t i = 0; i <= p->o.workers; i++) {
		const struct worker *w = p->place[i].worker;

		wait = pool_earlier(wait, worker_wait_ms(w, now));
		if (worker_fd(w) >= 0)
			p->items[n++] = (struct link_poll){ .fd = worker_fd(w), .want_out = worker_wants_out(w) };
	}
	if (vision_queue_oldest(p->queue, &came)) {
		int64_t left = came + p->o.deadline_ms - now;

		wait = pool_earlier(wait, left > 0 ? left : 0);
	}
	return link_poll(p->items, n, wait > 1000 ? 1000 : (int)wait);
}

static void *
pool_main(void *arg)
{
	struct vision_pool *p = arg;
	enum rc r = RC_OK;

	while (r != RC_CLOSED) {
		pool_work(p, pool_now(p));
		r = pool_wait(p, pool_now(p));
		if (r == RC_OK && p->items[1].in)
			break;
		while (r == RC_OK && p->items[0].in)
			if ((r = pool_take_job(p, pool_now(p))) == RC_AGAIN)
				break;
	}
	for (uint32_t i = 0; i <= p->o.workers; i++) {
		worker_free(p->place[i].worker);
		p->place[i].worker = NULL;
	}
	vision_queue_free(p->queue);
	p->queue = NULL;
	link_close(p->hub);
	p->hub = NULL;
	return NULL;
}

/* ---- start and stop ---- */

static void
pool_free(struct vision_pool *p)
{
	for (uint32_t i = 0; i <= VISION_POOL_WORKERS_MAX; i++)
		worker_free(p->place[i].worker);
	link_close(p->hub);
	if (p->stop_fd >= 0)
		close(p->stop_fd);
	vision_queue_free(p->queue);
	crypto_wipe(p, sizeof *p);
	free(p);
}

static enum rc
pool_make_workers(struct vision_pool *p)
{
	for (uint32_t i = 0; i <= p->o.workers; i++) {
		struct worker_options o = { .launcher = p->o.launcher, .program = p->o.program,
			.deadline_ms = p->o.deadline_ms, .hello_ms = p->o.hello_ms,
			.expect = p->o.expect, .log = p->o.log, .number = i + 1 };

		if ((p->place[i].worker = worker_new(&o)) == NULL)
			return RC_NOMEM;
	}
	worker_rest(p->place[p->o.workers].worker);
	return RC_OK;
}

/* Signals are the main thread's business. */
static int
pool_start_thread(struct vision_pool *p)
{
	sigset_t all, before;
	int e;

	sigfillset(&all);
	if ((e = pthread_sigmask(SIG_SETMASK, &all, &before)) != 0)
		return e;
	e = pthread_create(&p->thread, NULL, pool_main, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e;
}

static enum rc
pool_check(const struct vision_pool_options *o, char *err, size_t err_n)
{
	if (o->workers < 1 || o->workers > VISION_POOL_WORKERS_MAX) {
		snprintf(err, err_n, "vision workers: %u is not in 1 ... %u", o->workers, VISION_POOL_WORKERS_MAX);
		return RC_CONFIG;
	}
	if (access(o->program, X_OK) != 0) {
		snprintf(err, err_n, "vision program %s: %s; set `program` in section vision", o->program, strerror(errno));
		return RC_CONFIG;
	}
	return RC_OK;
}

enum rc
vision_pool_start(const struct vision_pool_options *o, struct vision_pool **out, char *err, size_t err_n)
{
	struct vision_pool *p = NULL;
	enum rc r;

	if ((r = pool_check(o, err, err_n)) != RC_OK)
		return r;
	if ((p = calloc(1, sizeof *p)) == NULL)
		goto nomem;
	p->o = *o;
	p->o.deadline_ms = o->deadline_ms > 0 ? o->deadline_ms : VISION_DEADLINE_MS;
	p->o.hello_ms = o->hello_ms > 0 ? o->hello_ms : WORKER_HELLO_MS;
	p->o.recycle = o->recycle > 0 ? o->recycle : VISION_POOL_RECYCLE;
	p->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	p->queue = vision_queue_new(VISION_POOL_QUEUE_MAX);
	if (p->stop_fd < 0 || p->queue == NULL || pool_make_workers(p) != RC_OK)
		goto nomem;
	if ((r = link_hub(o->ctx, VISION_HUB, &p->hub)) != RC_OK) {
		snprintf(err, err_n, "the hub of the vision workers cannot be opened: %s", rc_text(r));
		goto out;
	}
	if (pool_start_thread(p) != 0)
		goto nomem;
	*out = p;
	return RC_OK;
nomem:
	snprintf(err, err_n, "the vision pool cannot be started: %s", rc_text(RC_NOMEM));
	r = RC_NOMEM;
out:
	if (p != NULL)
		pool_free(p);
	return r;
}

void
vision_pool_stop(struct vision_pool *p)
{
	uint64_t one = 1;

	if (p == NULL)
		return;
	if (write(p->stop_fd, &one, sizeof one) != (ssize_t)sizeof one)
		log_line(p->o.log, LOG_LEVEL_ERROR, POOL_PART, "the pool could not be told to stop: %s", strerror(errno));
	pthread_join(p->thread, NULL);
	pool_free(p);
}
