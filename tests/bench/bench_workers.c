/*
 * bench_workers.c - see bench_workers.h. The worker is the program
 * countersign-vision beside this one, started as the server does: the weights
 * are packed once and shared.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_workers.h"
#include "proto/stopwatch.h"
#include "proto/vision_wire.h"
#include "server/worker_launch.h"

static bool
read_all(int fd, uint8_t *to, size_t n)
{
	ssize_t got;

	for (; n > 0; to += got, n -= (size_t)got)
		if ((got = read(fd, to, n)) <= 0)
			return false;
	return true;
}

static bool
write_all(int fd, const uint8_t *from, size_t n)
{
	ssize_t done;

	for (; n > 0; from += done, n -= (size_t)done)
		if ((done = write(fd, from, n)) <= 0)
			return false;
	return true;
}

static size_t
read_reply(int fd, uint8_t to[static VISION_FEATURES_MAX])
{
	uint8_t len[VISION_LENGTH_BYTES];
	size_t n;

	if (!read_all(fd, len, sizeof len))
		return 0;
	n = (size_t)len[0] | (size_t)len[1] << 8 | (size_t)len[2] << 16 | (size_t)len[3] << 24;
	return n <= VISION_FEATURES_MAX && read_all(fd, to, n) ? n : 0;
}

bool
bench_worker_program(char path[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - sizeof "countersign-vision");
	char *slash;

	if (n <= 0)
		return false;
	path[n] = '\0';
	slash = strrchr(path, '/');
	(void)strcpy(slash + 1, "countersign-vision");	/* room was left above */
	return true;
}

static bool
worker_start(struct bench_worker *w, const struct worker_launcher *l)
{
	uint8_t hello[VISION_FEATURES_MAX];

	return l->start(l->ctx, &w->fd, &w->pid) == 0 && fcntl(w->fd, F_SETFL, 0) == 0 &&
	    read_reply(w->fd, hello) == VISION_HELLO_BYTES;
}

bool
bench_workers_start(struct bench_worker *worker, int n, const char *models)
{
	struct worker_command command = { .models = models, .user = "" };
	struct worker_launcher launcher = worker_launch_direct(&command);
	char program[PATH_MAX], err[256] = "the program is not found";
	bool ok = bench_worker_program(program);

	memset(worker, 0, (size_t)n * sizeof *worker);
	command.program = program;
	if (!ok || worker_pack_direct(&command, &command.weights, err, sizeof err) != RC_OK) {
		(void)fprintf(stderr, "the weights cannot be packed: %s\n", err);
		return false;
	}
	for (int i = 0; ok && i < n; i++)
		ok = worker_start(&worker[i], &launcher);
	(void)close(command.weights);
	return ok;
}

void
bench_workers_stop(struct bench_worker *worker, int n)
{
	for (int i = 0; i < n; i++) {
		if (worker[i].pid <= 0)
			continue;
		(void)close(worker[i].fd);
		(void)waitpid(worker[i].pid, NULL, 0);
	}
}

bool
bench_worker_send(const struct bench_worker *w, const struct vision_request *q, const uint8_t *jpeg)
{
	uint8_t head[VISION_REQUEST_BYTES];

	return write_all(w->fd, head, vision_request_put(q, head)) && write_all(w->fd, jpeg, q->jpeg_bytes);
}

bool
bench_worker_receive(const struct bench_worker *w, struct vision_features *f)
{
	uint8_t reply[VISION_FEATURES_MAX];
	size_t n = read_reply(w->fd, reply);

	return n > 0 && vision_features_get(reply, n, f) == RC_OK;
}

static long
proc_kb(pid_t pid, const char *file, const char *key)
{
	char path[64], line[256];
	size_t k = strlen(key);
	long kb = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (kb == 0 && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, key, k) == 0)
			kb = strtol(line + k, NULL, 10);
	(void)fclose(f);
	return kb;
}

/* This program maps libraries of the workers; without its share theirs would depend on it. */
static long
pss_kb(const struct bench_worker *worker, int n)
{
	long sum = proc_kb(getpid(), "smaps_rollup", "Pss:");

	for (int i = 0; i < n; i++) {
		long kb = proc_kb(worker[i].pid, "smaps_rollup", "Pss:");

		if (kb == 0)
			return 0;
		sum += kb;
	}
	return sum;
}

bool
bench_workers(int n, const char *models, const uint8_t *jpeg, size_t jpeg_n, double seconds, struct bench_load *out)
{
	const struct vision_request q = { .seq = 0, .want = VISION_WANT_EYES | VISION_WANT_EMBEDDING,
	    .jpeg_bytes = (uint32_t)jpeg_n };
	struct bench_worker worker[BENCH_WORKERS_MAX] = { { 0 } };
	struct pollfd wait[BENCH_WORKERS_MAX];
	struct vision_features f;
	size_t frames = 0;
	bool ok = n <= BENCH_WORKERS_MAX && bench_workers_start(worker, n, models);
	int64_t start;

	for (int i = 0; ok && i < n; i++) {
		wait[i] = (struct pollfd){ .fd = worker[i].fd, .events = POLLIN };
		ok = bench_worker_send(&worker[i], &q, jpeg);
	}
	start = stopwatch_us();
	while (ok && (double)stopwatch_ms_since(start) < seconds * 1e3) {
		ok = poll(wait, (nfds_t)n, 10000) > 0;
		for (int i = 0; ok && i < n; i++) {
			if (wait[i].revents == 0)
				continue;
			ok = bench_worker_receive(&worker[i], &f) && bench_worker_send(&worker[i], &q, jpeg);
			frames++;
		}
	}
	out->frames_per_s = (double)frames * 1e3 / (double)stopwatch_ms_since(start);
	if (ok) {
		out->rss_kb = proc_kb(worker[0].pid, "status", "VmRSS:");
		out->pss_kb = pss_kb(worker, n);
	}
	bench_workers_stop(worker, n);
	return ok;
}
