/*
 * worker_launch_direct.c - vision workers as children of this process.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The process is started with posix_spawn(): the server has threads, and
 * between fork and exec nothing else of it may run. The worker gets its end of
 * the pair as descriptor WORKER_FD, the packed weights as WORKER_WEIGHTS_FD,
 * /dev/null as standard input, the server's standard error for both outputs,
 * and nothing else. When the server dies the pair closes and the worker ends
 * by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/worker_launch.h"
#include "server/worker_pack.h"

static char launch_threads[] = "OMP_NUM_THREADS=1", launch_locale[] = "LC_ALL=C";
char *const worker_environment[] = { launch_threads, launch_locale, NULL };

#define LAUNCH_TEXT_OF(n) #n
#define LAUNCH_TEXT(n) LAUNCH_TEXT_OF(n)

void
worker_command_words(const struct worker_command *c, bool pack, char *argv[static WORKER_WORDS])
{
	static char models[] = "--models", fd[] = "--fd", packs[] = "--pack", weights[] = "--weights",
	    precision[] = "--precision", user[] = "--user", fd_number[] = LAUNCH_TEXT(WORKER_FD),
	    weights_number[] = LAUNCH_TEXT(WORKER_WEIGHTS_FD);
	size_t n = 0;

	argv[n++] = (char *)(uintptr_t)c->program;
	argv[n++] = models;
	argv[n++] = (char *)(uintptr_t)c->models;
	argv[n++] = pack ? packs : fd;
	argv[n++] = fd_number;
	if (!pack && c->weights > 0) {
		argv[n++] = weights;
		argv[n++] = weights_number;
	}
	if (c->precision != NULL) {
		argv[n++] = precision;
		argv[n++] = (char *)(uintptr_t)c->precision;
	}
	if (c->user != NULL) {
		argv[n++] = user;
		argv[n++] = (char *)(uintptr_t)c->user;
	}
	argv[n] = NULL;
}

/* fd: what it gets as WORKER_FD; weights: as WORKER_WEIGHTS_FD, above it, 0: none. */
static int
launch_actions(posix_spawn_file_actions_t *a, int fd, int weights)
{
	int e;

	if ((e = posix_spawn_file_actions_adddup2(a, fd, WORKER_FD)) != 0 ||
	    (weights > 0 && (e = posix_spawn_file_actions_adddup2(a, weights, WORKER_WEIGHTS_FD)) != 0) ||
	    (e = posix_spawn_file_actions_addopen(a, STDIN_FILENO, "/dev/null", O_RDONLY, 0)) != 0 ||
	    (e = posix_spawn_file_actions_adddup2(a, STDERR_FILENO, STDOUT_FILENO)) != 0 ||
	    (e = posix_spawn_file_actions_addclosefrom_np(a, (weights > 0 ? WORKER_WEIGHTS_FD : WORKER_FD) + 1)) != 0)
		return e;
	return 0;
}

/* Default signals, none blocked, a process group of its own: what is typed at the server is not for the worker. */
static int
launch_attributes(posix_spawnattr_t *a)
{
	sigset_t all, none;
	int e;

	sigfillset(&all);
	sigemptyset(&none);
	if ((e = posix_spawnattr_setflags(a,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP)) != 0 ||
	    (e = posix_spawnattr_setsigdefault(a, &all)) != 0 ||
	    (e = posix_spawnattr_setsigmask(a, &none)) != 0 ||
	    (e = posix_spawnattr_setpgroup(a, 0)) != 0)
		return e;
	return 0;
}

/* 0 or errno. */
static int
launch_spawn(const struct worker_command *c, bool pack, int fd, pid_t *pid)
{
	char *argv[WORKER_WORDS];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int e;

	worker_command_words(c, pack, argv);
	if ((e = posix_spawn_file_actions_init(&actions)) != 0)
		return e;
	if ((e = posix_spawnattr_init(&attributes)) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return e;
	}
	if ((e = launch_actions(&actions, fd, pack ? 0 : c->weights)) == 0 && (e = launch_attributes(&attributes)) == 0)
		e = posix_spawn(pid, c->program, &actions, &attributes, argv, worker_environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return e;
}

static int
launch_start(void *ctx, int *fd, pid_t *pid)
{
	int pair[2], e;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	e = fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 ? launch_spawn(ctx, false, pair[1], pid) : errno;
	close(pair[1]);
	if (e != 0)
		close(pair[0]);
	else
		*fd = pair[0];
	return e;
}

static void
launch_kill(void *ctx, pid_t pid)
{
	(void)ctx;
	kill(pid, SIGKILL);
}

static bool
launch_reap(void *ctx, pid_t pid)
{
	pid_t got;

	(void)ctx;
	while ((got = waitpid(pid, NULL, WNOHANG)) < 0 && errno == EINTR)
		continue;
	return got != 0;	/* reaped, or somebody else's business (ECHILD) */
}

struct worker_launcher
worker_launch_direct(const struct worker_command *c)
{
	return (struct worker_launcher){ launch_start, launch_kill, launch_reap, (void *)(uintptr_t)c };
}

enum rc
worker_pack_direct(const struct worker_command *c, int *weights, char *err, size_t err_n)
{
	int file = worker_pack_file(WORKER_WEIGHTS_FD + 1), e;
	enum rc r = RC_IO;
	pid_t pid = 0;

	if (file < 0) {
		snprintf(err, err_n, "no memory file can be made: %s", strerror(errno));
		return r;
	}
	if ((e = launch_spawn(c, true, file, &pid)) != 0)
		snprintf(err, err_n, "%s cannot be started: %s", c->program, strerror(e));
	else
		r = worker_pack_wait(pid, file, err, err_n);
	if (r == RC_OK)
		*weights = file;
	else
		close(file);
	return r;
}
