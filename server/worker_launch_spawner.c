/*
 * worker_launch_spawner.c - vision workers through the spawner.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The spawner was ready before the launcher was made (spawner_start()) and
 * answers at once, so each call sends a request and waits.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/spawner.h"

union launch_rights {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* 0 or errno of the channel. *fd gets the descriptor that came along, or -1. */
static int
launch_receive(int channel, struct spawner_answer *a, int *fd)
{
	union launch_rights rights;
	struct iovec v = { a, sizeof *a };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights };
	const struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	while ((n = recvmsg(channel, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		continue;
	if (n < 0)
		return errno;
	if ((c = CMSG_FIRSTHDR(&m)) != NULL && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof *fd))
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	return n == (ssize_t)sizeof *a ? 0 : EPIPE;	/* EPIPE: the spawner has ended */
}

static int
launch_ask(void *ctx, enum spawner_what what, pid_t pid, struct spawner_answer *a, int *fd)
{
	const int *channel = ctx;
	struct spawner_ask q = { (int32_t)what, pid };
	int e;

	*fd = -1;
	if (send(*channel, &q, sizeof q, MSG_NOSIGNAL) != (ssize_t)sizeof q)
		return errno;
	e = launch_receive(*channel, a, fd);
	return e != 0 ? e : a->error;
}

static int
launch_start(void *ctx, int *fd, pid_t *pid)
{
	struct spawner_answer a = { 0 };
	int e = launch_ask(ctx, SPAWNER_START, 0, &a, fd);

	if (e == 0 && *fd < 0)
		e = EMFILE;	/* it came, and there was no room for it */
	if (e != 0 && *fd >= 0)
		close(*fd);
	*pid = a.pid;
	return e;
}

static void
launch_kill(void *ctx, pid_t pid)
{
	struct spawner_answer a = { 0 };
	int none;

	(void)launch_ask(ctx, SPAWNER_KILL, pid, &a, &none);
	if (none >= 0)
		close(none);
}

static bool
launch_reap(void *ctx, pid_t pid)
{
	struct spawner_answer a = { 0 };
	int none, e = launch_ask(ctx, SPAWNER_REAP, pid, &a, &none);

	if (none >= 0)
		close(none);
	return e != EAGAIN;
}

struct worker_launcher
worker_launch_spawner(const int *fd)
{
	return (struct worker_launcher){ launch_start, launch_kill, launch_reap, (void *)(uintptr_t)fd };
}
