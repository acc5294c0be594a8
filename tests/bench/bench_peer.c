/*
 * bench_peer.c - see bench_peer.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_peer.h"

bool
bench_peer_start(struct bench_peer *p, const char *name, const char *const argv[])
{
	int in[2], out[2];

	*p = (struct bench_peer){ .name = name };
	if (pipe2(in, O_CLOEXEC) != 0)
		return false;
	if (pipe2(out, O_CLOEXEC) != 0 || (p->pid = fork()) < 0) {
		p->pid = 0;
		return false;
	}
	if (p->pid == 0) {
		if (dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0)
			(void)execvp(argv[0], (char *const *)(uintptr_t)argv);	/* it writes to neither */
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	p->to = fdopen(in[1], "w");
	p->from = fdopen(out[0], "r");
	return p->to != NULL && p->from != NULL;
}

/* The answer's floats; it must have n of them. */
static bool
answer(struct bench_peer *p, float *to, size_t n)
{
	char line[512];
	size_t got;

	if (fflush(p->to) != 0 || fgets(line, sizeof line, p->from) == NULL) {
		(void)fprintf(stderr, "countersign-bench: %s ended\n", p->name);
		bench_peer_stop(p);
		return false;
	}
	if (sscanf(line, "ok %zu", &got) == 1 && got == n)
		return fread(to, sizeof *to, n, p->from) == n;
	(void)fprintf(stderr, "countersign-bench: %s: %s", p->name, line);
	if (strncmp(line, "error ", 6) != 0)
		bench_peer_stop(p);	/* floats that nobody asked for are in the pipe */
	return false;
}

bool
bench_peer_open(struct bench_peer *p, const char *path, struct model_shape in, const float *input,
    float *output, size_t output_n)
{
	size_t n = model_shape_floats(in);

	if (p->pid == 0)
		return false;
	(void)fprintf(p->to, "open %u %u %u %s\n", in.c, in.h, in.w, path);	/* answer() sees a failure */
	(void)fwrite(input, sizeof *input, n, p->to);
	return answer(p, output, output_n);
}

bool
bench_peer_run(struct bench_peer *p, size_t runs, float *ms)
{
	if (p->pid == 0)
		return false;
	(void)fprintf(p->to, "run %zu\n", runs);
	return answer(p, ms, runs);
}

void
bench_peer_stop(struct bench_peer *p)
{
	if (p->to != NULL)
		(void)fclose(p->to);
	if (p->from != NULL)
		(void)fclose(p->from);
	if (p->pid > 0)
		(void)waitpid(p->pid, NULL, 0);
	*p = (struct bench_peer){ .name = p->name };
}
