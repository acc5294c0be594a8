/*
 * worker_pack.c - see worker_pack.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/worker_pack.h"

#define PACK_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

int
worker_pack_file(int least)
{
	int fd = memfd_create("countersign-weights", MFD_CLOEXEC | MFD_ALLOW_SEALING), high, e;

	if (fd < 0 || fd >= least)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, least);
	e = errno;
	close(fd);
	errno = e;
	return high;
}

/* True: it ended by itself in time. */
static bool
pack_ended(pid_t pid)
{
	struct pollfd wait = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int n;

	if (wait.fd < 0)
		return false;
	while ((n = poll(&wait, 1, WORKER_PACK_MS)) < 0 && errno == EINTR)
		continue;
	close(wait.fd);
	return n == 1;
}

enum rc
worker_pack_wait(pid_t pid, int file, char *err, size_t err_n)
{
	bool ended = pack_ended(pid);
	int status = 0, seals;

	if (!ended)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!ended) {
		snprintf(err, err_n, "it did not end in %d s", WORKER_PACK_MS / 1000);
		return RC_TIMEOUT;
	}
	if (WIFSIGNALED(status)) {
		snprintf(err, err_n, "it was ended by signal %d", WTERMSIG(status));
		return RC_CLOSED;
	}
	if (WEXITSTATUS(status) != 0) {
		snprintf(err, err_n, "it failed with status %d and said why", WEXITSTATUS(status));
		return RC_CLOSED;
	}
	if ((seals = fcntl(file, F_GET_SEALS)) < 0 || (seals & PACK_SEALS) != PACK_SEALS) {
		snprintf(err, err_n, "it left the memory file unsealed");
		return RC_FORGED;
	}
	return RC_OK;
}
