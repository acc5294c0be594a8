/*
 * prompt.c - see prompt.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/prompt.h"

#define PROMPT_WAIT_MS 15000

void
prompt_start(struct prompt *p, const char *const *argv)
{
	pid_t pid;

	memset(p, 0, sizeof *p);
	fflush(NULL);
	if ((pid = forkpty(&p->fd, NULL, NULL, NULL)) < 0) {
		fprintf(stderr, "no terminal: %s\n", strerror(errno));
		exit(1);
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	p->pid = pid;
}

/* More of what it shows; false at its end. */
static bool
prompt_read(struct prompt *p)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&f, 1, PROMPT_WAIT_MS) <= 0) {
		fprintf(stderr, "it says nothing more; so far:\n%s\n", p->out);
		exit(1);
	}
	n = read(p->fd, p->out + p->n, sizeof p->out - 1 - p->n);
	if (n <= 0)
		return false;
	p->n += (size_t)n;
	p->out[p->n] = '\0';
	return true;
}

void
prompt_wait(struct prompt *p, const char *words)
{
	const char *at;

	while ((at = strstr(p->out + p->seen, words)) == NULL)
		if (!prompt_read(p)) {
			fprintf(stderr, "it ended without \"%s\":\n%s\n", words, p->out);
			exit(1);
		}
	p->seen = (size_t)(at - p->out) + strlen(words);
}

void
prompt_type(struct prompt *p, const char *line)
{
	if (write(p->fd, line, strlen(line)) < 0 || write(p->fd, "\n", 1) < 0) {
		fprintf(stderr, "it does not read any more:\n%s\n", p->out);
		exit(1);
	}
}

int
prompt_end(struct prompt *p)
{
	int status = 0;

	while (prompt_read(p))
		;
	while (waitpid((pid_t)p->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(p->fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
