/*
 * worker_launch.h - how a vision worker's process is started, killed, reaped.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a seam with two implementations. The direct one makes the
 *               worker a child of this process (a server that was not started
 *               as root; tests). The other asks the spawner (spawner.h), which
 *               starts it as a system user of its own.
 * Threads: one launcher belongs to one thread at a time.
 */
#ifndef SERVER_WORKER_LAUNCH_H
#define SERVER_WORKER_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "proto/rc.h"

#define WORKER_FD         3	/* the worker's end of the pair, in the worker; of the packing process: the memory file */
#define WORKER_WEIGHTS_FD 4	/* the packed weights, in the worker */

struct worker_command {
	const char *program;	/* path of countersign-vision */
	const char *models;	/* its --models */
	const char *user;	/* its --user; "": stays who it is; NULL: none */
	const char *precision;	/* its --precision; NULL: none */
	int weights;		/* sealed file of worker_pack.h, above WORKER_WEIGHTS_FD; 0: each worker packs its own */
};

struct worker_launcher {
	/* Starts one process, at once. 0 with our end of its socket pair (non-blocking, close-on-exec) and its number, or errno. */
	int  (*start)(void *ctx, int *fd, pid_t *pid);
	void (*kill)(void *ctx, pid_t pid);	/* SIGKILL */
	bool (*reap)(void *ctx, pid_t pid);	/* without waiting; true: it is gone */
	void *ctx;
};

/* Children of this process. c and its strings must outlive the launcher. */
struct worker_launcher worker_launch_direct(const struct worker_command *c);
/* Packs the weights for such children and waits for it; *weights is for the command, the caller closes it. One sentence in err. */
enum rc worker_pack_direct(const struct worker_command *c, int *weights, char *err, size_t err_n) MUST_CHECK;

/* ---- for implementations ---- */
#define WORKER_WORDS 12
/* argv of a worker, or of the process that packs the weights; ended by NULL. */
void worker_command_words(const struct worker_command *c, bool pack, char *argv[static WORKER_WORDS]);
/* Its whole environment, ended by NULL. */
extern char *const worker_environment[];

#endif
