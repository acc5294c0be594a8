/*
 * test_spawner.c - what the spawner does, and what it refuses, over its channel.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The spawner is a real process and starts a worker that misbehaves on command.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/clock.h"
#include "server/spawner.h"
#include "server/worker.h"

#define PATIENCE 20000	/* real ms */
#define WORKERS  2

struct rig {
	char program[512];
	struct spawner_options o;
	pid_t pid;		/* of the spawner */
	int   channel;
	struct worker_launcher l;
};

/* Leaves with the result, so that a test can see why the spawner ended. */
static void __attribute__((noreturn))
rig_child(const struct rig *r, int channel)
{
	_exit(-(int)spawner_serve(channel, &r->o));
}

static void
rig_init(struct rig *r, const char *program)
{
	const char *bin = getenv("COUNTERSIGN_BIN");
	struct spawner_answer a;
	int pair[2];

	memset(r, 0, sizeof *r);
	snprintf(r->program, sizeof r->program, "%s/%s", bin != NULL ? bin : ".", program);
	r->o = (struct spawner_options){ .command = { .program = r->program, .models = "good", .user = "somebody" },
		.workers = WORKERS };
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0)
		rig_child(r, pair[1]);
	close(pair[1]);
	r->channel = pair[0];
	assert_int_equal(recv(r->channel, &a, sizeof a, 0), sizeof a);
	assert_int_equal(a.error, 0);
	r->l = worker_launch_spawner(&r->channel);
}

/* How the spawner ended, once it has. */
static enum rc
rig_end(struct rig *r)
{
	int status = 0;

	if (r->channel >= 0)
		close(r->channel);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_true(WIFEXITED(status));
	return (enum rc)-WEXITSTATUS(status);
}

static bool
waited(int64_t end)
{
	(void)!poll(NULL, 0, 1);
	return clock_mono_ms(clock_system()) >= end;
}

static void
expect_gone(pid_t pid)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE;

	while (kill(pid, 0) == 0)
		if (waited(end))
			fail_msg("process %d does not end", (int)pid);
}

/* A worker through the spawner serves like any other, and has nothing but its socket. */
static void
test_serves(void **state)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE;
	struct vision_features f;
	enum worker_event e = WORKER_NOTHING;
	struct worker_options o;
	struct worker *w;
	struct rig r;
	pid_t pid;

	(void)state;
	rig_init(&r, "fake_worker");
	o = (struct worker_options){ .launcher = &r.l, .program = r.program, .deadline_ms = 2000, .hello_ms = 1000000, .number = 1 };
	w = worker_new(&o);
	assert_non_null(w);
	while (worker_step(w, 1000, &f) != WORKER_READY)
		if (waited(end))
			fail_msg("the worker does not say hello");
	pid = worker_pid(w);
	assert_int_equal(getpgid(pid), pid);	/* what is typed at the server is not for it */
	assert_int_equal(worker_send(w, &(struct vision_request){ .seq = 1, .jpeg_bytes = 4 }, (const uint8_t *)"self", 1000), RC_OK);
	while ((e = worker_step(w, 1000, &f)) == WORKER_NOTHING)
		if (waited(end))
			fail_msg("the worker does not answer");
	assert_int_equal(e, WORKER_ANSWERED);
	assert_int_equal(f.width, 2);	/* environment variables */
	assert_int_equal(f.height, 1);	/* descriptors above its own: the weights */
	assert_true(f.sharpness == 7);
	worker_free(w);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(rig_end(&r), RC_CLOSED);
}

/* So many at once and no more; a place is free again when a process is reaped. */
static void
test_bounded(void **state)
{
	int64_t end = clock_mono_ms(clock_system()) + PATIENCE;
	pid_t pid[WORKERS], more = 0;
	int fd[WORKERS], none = -1;
	struct rig r;

	(void)state;
	rig_init(&r, "fake_worker");
	for (size_t i = 0; i < WORKERS; i++)
		assert_int_equal(r.l.start(r.l.ctx, &fd[i], &pid[i]), 0);
	assert_int_equal(r.l.start(r.l.ctx, &none, &more), EAGAIN);
	assert_int_equal(none, -1);
	assert_false(r.l.reap(r.l.ctx, pid[0]));	/* alive */
	r.l.kill(r.l.ctx, pid[0]);
	while (!r.l.reap(r.l.ctx, pid[0]))
		if (waited(end))
			fail_msg("the worker does not end");
	assert_int_equal(kill(pid[0], 0), -1);
	close(fd[0]);
	assert_int_equal(r.l.start(r.l.ctx, &fd[0], &pid[0]), 0);
	/* the server is gone: so are all of its workers */
	assert_int_equal(rig_end(&r), RC_CLOSED);
	for (size_t i = 0; i < WORKERS; i++) {
		close(fd[i]);
		expect_gone(pid[i]);
	}
}

/* A process that the spawner did not start is none of its business. */
static void
test_foreign_process(void **state)
{
	static const int32_t what[] = { SPAWNER_KILL, SPAWNER_REAP };
	struct spawner_answer a;
	pid_t other = fork();
	struct rig r;

	(void)state;
	assert_true(other >= 0);
	if (other == 0)
		for (;;)
			pause();
	rig_init(&r, "fake_worker");
	for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
		/* no 0, -1 or 1: a spawner that obeyed would take more along than a test may lose */
		const int32_t pid[] = { other, (int32_t)r.pid };

		for (size_t k = 0; k < sizeof pid / sizeof pid[0]; k++) {
			const struct spawner_ask q = { what[i], pid[k] };

			assert_int_equal(send(r.channel, &q, sizeof q, 0), sizeof q);
			assert_int_equal(recv(r.channel, &a, sizeof a, 0), sizeof a);
			assert_int_equal(a.error, ESRCH);
		}
	}
	assert_int_equal(waitpid(other, NULL, WNOHANG), 0);	/* it lives */
	assert_int_equal(kill(other, SIGKILL), 0);
	assert_int_equal(waitpid(other, NULL, 0), other);
	assert_int_equal(rig_end(&r), RC_CLOSED);
}

/* What is not in its table ends it, and its workers with it. */
static void
test_unknown_request(void **state)
{
	static const struct { struct spawner_ask q[2]; size_t n; } t[] = {
		{ { { 0, 0 } }, sizeof(struct spawner_ask) },
		{ { { SPAWNER_REAP + 1, 0 } }, sizeof(struct spawner_ask) },
		{ { { -1, 0 } }, sizeof(struct spawner_ask) },
		{ { { SPAWNER_START, 0 } }, sizeof(struct spawner_ask) - 1 },
		{ { { SPAWNER_START, 0 } }, sizeof(struct spawner_ask) + 1 },
		{ { { SPAWNER_START, 0 }, { SPAWNER_START, 0 } }, 2 * sizeof(struct spawner_ask) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct rig r;
		char byte;
		pid_t pid;
		int fd;

		rig_init(&r, "fake_worker");
		assert_int_equal(r.l.start(r.l.ctx, &fd, &pid), 0);
		assert_int_equal(send(r.channel, t[i].q, t[i].n, 0), t[i].n);
		assert_int_equal(recv(r.channel, &byte, 1, 0), 0);	/* no answer, the end */
		assert_int_equal(rig_end(&r), RC_MALFORMED);
		expect_gone(pid);
		close(fd);
	}
}

static void
test_no_program(void **state)
{
	struct rig r;
	pid_t pid;
	int fd = -1;

	(void)state;
	rig_init(&r, "no-such-program");
	assert_int_equal(r.l.start(r.l.ctx, &fd, &pid), ENOENT);
	assert_int_equal(fd, -1);
	assert_int_equal(r.l.start(r.l.ctx, &fd, &pid), ENOENT);	/* a failure takes no place */
	assert_int_equal(r.l.start(r.l.ctx, &fd, &pid), ENOENT);
	assert_int_equal(rig_end(&r), RC_CLOSED);
}

/* Whoever asks a spawner that was started does not wait for the weights. */
static void
test_ready_when_packed(void **state)
{
	const char *bin = getenv("COUNTERSIGN_BIN");
	char folder[] = "/tmp/test_spawner.XXXXXX", mark[64], models[80], program[512], err[200] = "";
	struct spawner_options o = { .command = { .program = program, .models = models }, .workers = 1 };
	struct spawner *s = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(mark, sizeof mark, "%s/packed", folder);
	snprintf(models, sizeof models, "mark:%s", mark);
	snprintf(program, sizeof program, "%s/fake_worker", bin != NULL ? bin : ".");
	if (spawner_start(&o, &s, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	assert_int_equal(unlink(mark), 0);
	spawner_stop(s);
	assert_int_equal(rmdir(folder), 0);
}

/* A server that says what no server says is killed. */
static void
test_kills_a_strange_server(void **state)
{
	int status = 0;
	pid_t server;

	(void)state;
	server = fork();
	assert_true(server >= 0);
	if (server == 0) {
		const struct spawner_options o = { .command = { .program = "/nonexistent", .models = "" }, .workers = 1 };
		const struct spawner_ask q = { 99, 0 };
		struct spawner *s = NULL;
		char err[200];

		if (spawner_start(&o, &s, err, sizeof err) != RC_OK ||
		    send(*(const int *)spawner_launcher(s)->ctx, &q, sizeof q, 0) != (ssize_t)sizeof q)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* The spawner is gone: the server hears it as an error, again and again. */
static void
test_spawner_dies(void **state)
{
	struct rig r;
	pid_t pid;
	int fd = -1;

	(void)state;
	rig_init(&r, "fake_worker");
	assert_int_equal(kill(r.pid, SIGKILL), 0);
	assert_int_equal(waitpid(r.pid, NULL, 0), r.pid);
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(r.l.start(r.l.ctx, &fd, &pid), 0);
	assert_int_equal(fd, -1);
	assert_true(r.l.reap(r.l.ctx, 12345));	/* nobody waits for it */
	close(r.channel);
}

static void
test_users(void **state)
{
	struct system_user u = { 0 };
	char err[512] = "";

	(void)state;
	assert_int_equal(privileges_find("vision.user", "no-such-user", &u, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "no-such-user"));
	assert_non_null(strstr(err, "vision.user"));
	assert_non_null(strstr(err, "useradd"));
	assert_int_equal(privileges_find("user", "root", &u, err, sizeof err), RC_CONFIG);
	assert_non_null(strstr(err, "ordinary"));
	assert_int_equal(privileges_find("user", "nobody", &u, err, sizeof err), RC_OK);
	assert_true(u.uid != 0 && u.gid != 0);
}

/* Only root may change the file that says what root starts. */
static void
test_file(void **state)
{
	static const struct { mode_t mode; uid_t owner; enum rc want; } t[] = {
		{ 0600, 0, RC_OK }, { 0640, 0, RC_OK }, { 0644, 0, RC_OK },
		{ 0620, 0, RC_CONFIG }, { 0602, 0, RC_CONFIG }, { 0600, 65534, RC_CONFIG },
	};
	char path[] = "/tmp/test_spawner.XXXXXX", link[64], err[512];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	if (geteuid() != 0) {
		assert_int_equal(privileges_check_file(path, err, sizeof err), RC_CONFIG);
		printf("skipped: files of root need root\n");
	}
	for (size_t i = 0; geteuid() == 0 && i < sizeof t / sizeof t[0]; i++) {
		assert_int_equal(fchmod(fd, t[i].mode), 0);
		assert_int_equal(fchown(fd, t[i].owner, (gid_t)-1), 0);
		assert_int_equal(privileges_check_file(path, err, sizeof err), t[i].want);
	}
	snprintf(link, sizeof link, "%s.link", path);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(privileges_check_file(link, err, sizeof err), RC_CONFIG);
	unlink(link);
	unlink(path);
	assert_int_equal(privileges_check_file(path, err, sizeof err), RC_CONFIG);
	close(fd);
}

/* As root: powers that are given up do not come back. */
static void
test_drop(void **state)
{
	const struct system_user nobody = { 65534, 65534 };
	int status = 0;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		printf("skipped: giving up root's rights needs root\n");
		return;
	}
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char err[512] = "";
		bool good = privileges_drop(&nobody, err, sizeof err) == RC_OK && getuid() == nobody.uid &&
		    geteuid() == nobody.uid && getegid() == nobody.gid && getgroups(0, NULL) == 0 && setuid(0) != 0 &&
		    seteuid(0) != 0 && setgid(0) != 0 && kill(1, 0) != 0;

		_exit(good ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serves),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_foreign_process),
		cmocka_unit_test(test_unknown_request),
		cmocka_unit_test(test_no_program),
		cmocka_unit_test(test_ready_when_packed),
		cmocka_unit_test(test_kills_a_strange_server),
		cmocka_unit_test(test_spawner_dies),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
