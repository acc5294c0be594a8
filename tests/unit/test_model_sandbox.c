/*
 * test_model_sandbox.c - what a vision worker can no longer do: each attempt in
 * a child that has entered the sandbox.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/sandbox.h"

#define EXIT_DID_IT   10	/* the attempt succeeded */
#define EXIT_REFUSED  11	/* with EPERM */
#define EXIT_OTHER    12
#define EXIT_NO_CAGE  13	/* the sandbox could not be entered */

static int
outcome(bool done)
{
	return done ? EXIT_DID_IT : errno == EPERM ? EXIT_REFUSED : EXIT_OTHER;
}

static int
try_open(int fd)
{
	(void)fd;
	return outcome(open("/etc/hostname", O_RDONLY) >= 0);
}

static int
try_create(int fd)
{
	(void)fd;
	return outcome(open("/tmp/countersign-sandbox-test", O_WRONLY | O_CREAT, 0600) >= 0);
}

static int
try_socket(int fd)
{
	(void)fd;
	return outcome(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int
try_exec(int fd)
{
	char *argv[] = { (char[]){ "true" }, NULL };

	(void)fd;
	(void)execv("/bin/true", argv);
	return outcome(false);
}

static int
try_fork(int fd)
{
	pid_t pid = fork();

	(void)fd;
	if (pid == 0)
		_exit(0);
	return outcome(pid > 0);
}

static int
try_kill(int fd)
{
	(void)fd;
	return outcome(kill(getppid(), 0) == 0);
}

/* Of the same user, so that only the filter is in the way. */
static int
try_signal_to_another(int fd)
{
	(void)fd;
	return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0) == 0);
}

static int
try_signal_with_data(int fd)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	(void)fd;
	return outcome(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info) == 0);
}

static int
try_signal_to_itself(int fd)
{
	(void)fd;
	return outcome(raise(SIGCONT) == 0);
}

/* The kernel would send the signal for it. */
static int
try_signal_by_owner(int fd)
{
	return outcome(fcntl(fd, F_SETOWN, getppid()) == 0);
}

static int
try_signal_by_input(int fd)
{
	return outcome(fcntl(fd, F_SETFL, O_ASYNC) == 0);
}

static int
try_executable_memory(int fd)
{
	(void)fd;
	return outcome(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
	    MAP_FAILED);
}

static int
try_work(int fd)
{
	char *p = malloc(8u << 20), c = 'x';
	bool ok = p != NULL;

	if (ok)
		memset(p, 1, 8u << 20);
	free(p);
	return ok && write(fd, &c, 1) == 1 ? EXIT_DID_IT : EXIT_OTHER;
}

/* Descriptors other than the kept one are gone. */
static int
try_other_descriptor(int fd)
{
	char c;

	(void)fd;
	return read(fd + 1, &c, 1) == -1 && errno == EBADF ? EXIT_REFUSED : EXIT_DID_IT;
}

/* The wait status of a child that tries this inside the sandbox. */
static int
caged(int (*attempt)(int))
{
	struct rlimit no_core = { 0, 0 };
	int pair[2], status = -1, spare;
	char err[256] = "";
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	spare = dup2(pair[0], pair[1] + 1);
	assert_true(spare > pair[1]);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		if (sandbox_enter(pair[1], err, sizeof err) != RC_OK)
			_exit(EXIT_NO_CAGE);
		_exit(attempt(pair[1]));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)close(spare);
	return status;
}

static void
refused(int (*attempt)(int))
{
	int status = caged(attempt);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_REFUSED);
}

static void
killed(int (*attempt)(int))
{
	int status = caged(attempt);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void
done(int (*attempt)(int))
{
	int status = caged(attempt);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_DID_IT);
}

static void
work_goes_on(void **state)
{
	(void)state;
	done(try_work);
	done(try_signal_to_itself);	/* abort() */
}

static void
files_are_refused(void **state)
{
	(void)state;
	refused(try_open);
	refused(try_create);
	refused(try_other_descriptor);
}

static void
processes_and_code_are_refused(void **state)
{
	(void)state;
	refused(try_fork);
	refused(try_executable_memory);
}

static void
sockets_programs_and_signals_are_deadly(void **state)
{
	(void)state;
	killed(try_socket);
	killed(try_exec);
	killed(try_kill);
	killed(try_signal_to_another);
	killed(try_signal_with_data);
	refused(try_signal_by_owner);
	refused(try_signal_by_input);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_goes_on),
		cmocka_unit_test(files_are_refused),
		cmocka_unit_test(processes_and_code_are_refused),
		cmocka_unit_test(sockets_programs_and_signals_are_deadly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
