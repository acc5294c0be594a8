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
#include <sys/types.h>

#define WORKER_FD 3		/* the worker's end of the pair, in the worker */

struct worker_command {
	const char *program;	/* path of countersign-vision */
	const char *models;	/* its --models */
	const char *user;	/* its --user; "": stays who it is; NULL: none */
};

struct worker_launcher {
	/* Starts one process. 0 with our end of its socket pair (non-blocking, close-on-exec) and its number, or errno. */
	int  (*start)(void *ctx, int *fd, pid_t *pid);
	void (*kill)(void *ctx, pid_t pid);	/* SIGKILL */
	bool (*reap)(void *ctx, pid_t pid);	/* without waiting; true: it is gone */
	void *ctx;
};

/* Children of this process. c and its strings must outlive the launcher. */
struct worker_launcher worker_launch_direct(const struct worker_command *c);

/* ---- for implementations ---- */
#define WORKER_WORDS 8
/* argv of the worker, ended by NULL; number is the room for one of its words. */
void worker_command_words(const struct worker_command *c, char number[static 12], char *argv[static WORKER_WORDS]);
/* Its whole environment, ended by NULL. */
extern char *const worker_environment[];

#endif
