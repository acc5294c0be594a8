/*
 * spawner.h - the one process that stays root, and starts vision workers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a child of the server, forked before any secret is read. It
 *               keeps /dev/null, standard error, one socket and three
 *               capabilities (set user, set group, kill). First it has the
 *               weights packed that all workers share (worker_pack.h), and says
 *               that it is ready; then it answers three requests: start a
 *               worker, kill one, ask whether one is gone.
 * What it isn't: it takes no path, no argument and no user from the server; all
 *               that was settled before the fork. A server that was taken over
 *               gets no more from it than another sandboxed worker.
 *
 * A request that it does not know is answered by killing the server. When the
 * server ends, the spawner kills the workers and ends too.
 * Threads: spawner_start() before any is started; the launcher belongs to one.
 */
#ifndef SERVER_SPAWNER_H
#define SERVER_SPAWNER_H

#include <stdint.h>

#include "server/privileges.h"
#include "server/worker_launch.h"

#define SPAWNER_WORKERS_MAX 72u		/* VISION_POOL_WORKERS_MAX and some that are about to go */

struct spawner_options {
	struct worker_command command;	/* its user is not passed on: the process is that user already */
	const struct system_user *as;	/* NULL: whoever we are (tests) */
	uint32_t workers;		/* alive at once, 1 ... SPAWNER_WORKERS_MAX; above: EAGAIN */
};

/* ---- the server's side ---- */
struct spawner;

/*
 * Forks it and waits until it is ready, WORKER_PACK_MS at most: from then on
 * it answers at once. RC_IO with a sentence in err.
 */
enum rc spawner_start(const struct spawner_options *o, struct spawner **out, char *err, size_t err_n) MUST_CHECK;
/* Ends it and waits until it is gone; the workers should be gone before. NULL is fine. */
void    spawner_stop(struct spawner *s);
/* Valid until spawner_stop(). */
const struct worker_launcher *spawner_launcher(const struct spawner *s);

/* A launcher over an open channel; fd must outlive it. worker_launch_spawner.c */
struct worker_launcher worker_launch_spawner(const int *fd);

/* ---- what goes over the channel (SOCK_SEQPACKET): "ready" (an answer of zeros), then one answer to each request ---- */
enum spawner_what { SPAWNER_START = 1, SPAWNER_KILL, SPAWNER_REAP };

struct spawner_ask {
	int32_t what;
	int32_t pid;		/* KILL, REAP; else 0 */
};

/*
 * START: 0, the process and, as SCM_RIGHTS, our end of its socket pair.
 * REAP: 0 if it is gone, EAGAIN if not. ESRCH: not a process of the spawner.
 */
struct spawner_answer {
	int32_t error;		/* 0 or errno */
	int32_t pid;
};

/*
 * The spawner's own loop, in a process that does nothing else; closes every
 * descriptor but the channel and standard error. Returns when the other end
 * has closed (RC_CLOSED), or with RC_MALFORMED after an unknown request; all
 * workers are dead then.
 */
enum rc spawner_serve(int channel, const struct spawner_options *o) MUST_CHECK;

#endif
