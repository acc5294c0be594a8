/*
 * spawner.c - see spawner.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Single-threaded, so fork() and execve() are safe here. A child that fails
 * before its program runs says why through a pipe that closes on exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/log.h"
#include "server/spawner.h"
#include "server/worker_pack.h"

#define SPAWNER_CHANNEL 3

struct spawner {
	pid_t pid;
	int   channel;
	struct worker_launcher launcher;
};

struct spawner_table {
	const struct spawner_options *o;
	bool   weights;		/* the packed weights lie open at WORKER_WEIGHTS_FD, for every worker */
	pid_t  pid[SPAWNER_WORKERS_MAX];	/* not reaped yet, so their numbers are nobody else's */
	size_t n;
};

/* ---- one worker ---- */

static bool
spawner_become(const struct system_user *u)
{
	return u == NULL || (setgroups(0, NULL) == 0 && setresgid(u->gid, u->gid, u->gid) == 0 &&
	    setresuid(u->uid, u->uid, u->uid) == 0);
}

/*
 * In the child, which has the spawner's no_new_privs: fd takes the channel's
 * place, the weights stay where they are, the rest closes on exec.
 */
static void __attribute__((noreturn))
spawner_exec(const struct spawner_table *t, bool pack, int fd, int report)
{
	const struct worker_command c = { .program = t->o->command.program, .models = t->o->command.models,
		.precision = t->o->command.precision, .weights = t->weights ? WORKER_WEIGHTS_FD : 0 };
	char *argv[WORKER_WORDS];
	sigset_t none;
	int e;

	sigemptyset(&none);
	for (int s = 1; s < NSIG; s++)
		(void)signal(s, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	worker_command_words(&c, pack, argv);
	if (setpgid(0, 0) == 0 && spawner_become(t->o->as) && dup2(fd, WORKER_FD) == WORKER_FD &&
	    close_range(WORKER_FD + 1, ~0u, CLOSE_RANGE_CLOEXEC) == 0 &&
	    (!t->weights || fcntl(WORKER_WEIGHTS_FD, F_SETFD, 0) == 0))
		execve(c.program, argv, worker_environment);
	e = errno;
	(void)!write(report, &e, sizeof e);
	_exit(127);
}

/* 0 or errno; fd is handed on as WORKER_FD. */
static int
spawner_fork(const struct spawner_table *t, bool pack, int fd, pid_t *pid)
{
	int report[2], e = 0;

	if (pipe2(report, O_CLOEXEC) != 0)
		return errno;
	if ((*pid = fork()) == 0)
		spawner_exec(t, pack, fd, report[1]);
	if (*pid < 0)
		e = errno;
	close(report[1]);
	if (*pid > 0 && read(report[0], &e, sizeof e) > 0)
		waitpid(*pid, NULL, 0);
	close(report[0]);
	return e;
}

/* 0 or errno; *ours is the server's end. */
static int
spawner_spawn(struct spawner_table *t, int *ours, pid_t *pid)
{
	int pair[2], e;

	if (t->n >= t->o->workers || t->n >= SPAWNER_WORKERS_MAX)
		return EAGAIN;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	e = fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0 ? spawner_fork(t, false, pair[1], pid) : errno;
	close(pair[1]);
	if (e != 0) {
		close(pair[0]);
		return e;
	}
	t->pid[t->n++] = *pid;
	*ours = pair[0];
	return 0;
}

/* ---- the weights that all workers share ---- */

/* The memory file takes its place before there is anything else above the channel. */
static void
spawner_pack(struct spawner_table *t)
{
	int file = worker_pack_file(WORKER_WEIGHTS_FD), e = file < 0 ? errno : file == WORKER_WEIGHTS_FD ? 0 : EBUSY;
	char err[200] = "";
	struct log *l;
	pid_t pid = 0;

	if (e == 0 && (e = spawner_fork(t, true, file, &pid)) == 0)
		t->weights = worker_pack_wait(pid, file, err, sizeof err) == RC_OK;
	if (t->weights)
		return;
	l = log_open(NULL, LOG_LEVEL_INFO);
	log_line(l, LOG_LEVEL_WARN, "spawner", "the weights cannot be packed, each worker packs its own: %s",
	    e != 0 ? strerror(e) : err);
	if (file >= 0)
		close(file);
	log_close(l);
}

/* ---- requests ---- */

static size_t
spawner_find(const struct spawner_table *t, pid_t pid)
{
	size_t i = 0;

	while (i < t->n && t->pid[i] != pid)
		i++;
	return i;
}

static int
spawner_reap(struct spawner_table *t, size_t i)
{
	if (waitpid(t->pid[i], NULL, WNOHANG) == 0)
		return EAGAIN;
	t->pid[i] = t->pid[--t->n];
	return 0;
}

/* False: not a request. */
static bool
spawner_obey(struct spawner_table *t, const struct spawner_ask *q, struct spawner_answer *a, int *ours)
{
	size_t i = spawner_find(t, q->pid);

	*a = (struct spawner_answer){ .error = i < t->n ? 0 : ESRCH, .pid = q->pid };
	*ours = -1;
	switch (q->what) {
	case SPAWNER_START:
		a->error = spawner_spawn(t, ours, &a->pid);
		return true;
	case SPAWNER_KILL:
		if (i < t->n && kill(t->pid[i], SIGKILL) != 0)
			a->error = errno;
		return true;
	case SPAWNER_REAP:
		if (i < t->n)
			a->error = spawner_reap(t, i);
		return true;
	default:
		return false;
	}
}

static bool
spawner_answer(int channel, struct spawner_answer *a, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} rights = { { 0 } };
	struct iovec v = { a, sizeof *a };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

	if (fd >= 0) {
		m.msg_control = &rights;
		m.msg_controllen = sizeof rights;
		*CMSG_FIRSTHDR(&m) = (struct cmsghdr){ CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof fd);
	}
	return sendmsg(channel, &m, MSG_NOSIGNAL) == (ssize_t)sizeof *a;
}

static enum rc
spawner_loop(struct spawner_table *t, int channel)
{
	for (;;) {
		struct spawner_ask q[2];	/* room for a longer one, which is none of ours */
		struct spawner_answer a;
		ssize_t n = recv(channel, q, sizeof q, 0);
		bool said;
		int ours;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return RC_CLOSED;
		if (n != (ssize_t)sizeof q[0] || !spawner_obey(t, &q[0], &a, &ours))
			return RC_MALFORMED;
		said = spawner_answer(channel, &a, ours);
		if (ours >= 0)
			close(ours);
		if (!said)
			return RC_CLOSED;
	}
}

/* ---- the process ---- */

/* Root's other powers (files, network, tracing ...) go: root without them is little more than an owner. */
static bool
spawner_keep_few_powers(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };

	data[0].effective = data[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_KILL;
	return syscall(SYS_capset, &head, data) == 0;
}

static bool
spawner_settle(int channel, bool root)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t all;

	/* What ends it is the end of the channel. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "cs-spawner", 0, 0, 0);
	return null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 &&
	    (channel == SPAWNER_CHANNEL || dup2(channel, SPAWNER_CHANNEL) >= 0) &&
	    fcntl(SPAWNER_CHANNEL, F_SETFD, FD_CLOEXEC) == 0 && close_range(SPAWNER_CHANNEL + 1, ~0u, 0) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && (!root || spawner_keep_few_powers());
}

enum rc
spawner_serve(int channel, const struct spawner_options *o)
{
	struct spawner_table t = { .o = o };
	enum rc r = RC_IO;

	if (spawner_settle(channel, o->as != NULL)) {
		spawner_pack(&t);
		r = spawner_answer(SPAWNER_CHANNEL, &(struct spawner_answer){ 0 }, -1) ?
		    spawner_loop(&t, SPAWNER_CHANNEL) : RC_CLOSED;
	}
	for (size_t i = 0; i < t.n; i++)
		kill(t.pid[i], SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		continue;
	return r;
}

/* ---- the server's side ---- */

static void __attribute__((noreturn))
spawner_main(int channel, const struct spawner_options *o, pid_t server)
{
	if (spawner_serve(channel, o) == RC_MALFORMED && getppid() == server)
		kill(server, SIGKILL);	/* whoever speaks there is not the server any more */
	_exit(0);
}

static bool
spawner_is_ready(int channel)
{
	struct spawner_answer a;
	ssize_t n;

	while ((n = recv(channel, &a, sizeof a, 0)) < 0 && errno == EINTR)
		continue;
	return n == (ssize_t)sizeof a;
}

enum rc
spawner_start(const struct spawner_options *o, struct spawner **out, char *err, size_t err_n)
{
	struct spawner *s = calloc(1, sizeof *s);
	pid_t server = getpid();
	int pair[2];

	if (s == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		snprintf(err, err_n, "the spawner cannot be started: %s", strerror(errno));
		free(s);
		return RC_IO;
	}
	if ((s->pid = fork()) == 0)
		spawner_main(pair[1], o, server);
	close(pair[1]);
	s->channel = pair[0];
	s->launcher = worker_launch_spawner(&s->channel);
	if (s->pid < 0) {
		snprintf(err, err_n, "the spawner cannot be started: %s", strerror(errno));
		spawner_stop(s);
		return RC_IO;
	}
	if (!spawner_is_ready(s->channel)) {
		snprintf(err, err_n, "the spawner ended before it was ready");
		spawner_stop(s);
		return RC_IO;
	}
	*out = s;
	return RC_OK;
}

void
spawner_stop(struct spawner *s)
{
	if (s == NULL)
		return;
	close(s->channel);
	if (s->pid > 0)
		while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	free(s);
}

const struct worker_launcher *
spawner_launcher(const struct spawner *s)
{
	return &s->launcher;
}
