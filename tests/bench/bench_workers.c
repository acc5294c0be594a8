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

struct peer { pid_t pid; int fd; };

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

/* The program beside this one. */
static bool
worker_program(char path[static PATH_MAX])
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
peer_start(struct peer *p, const struct worker_launcher *l)
{
	uint8_t hello[VISION_FEATURES_MAX];

	return l->start(l->ctx, &p->fd, &p->pid) == 0 && fcntl(p->fd, F_SETFL, 0) == 0 &&
	    read_reply(p->fd, hello) == VISION_HELLO_BYTES;
}

static bool
peer_ask(const struct peer *p, const uint8_t *jpeg, size_t n)
{
	struct vision_request q = { .seq = 1, .want = VISION_WANT_EYES | VISION_WANT_EMBEDDING, .jpeg_bytes = (uint32_t)n };
	uint8_t head[VISION_REQUEST_BYTES];

	return write_all(p->fd, head, vision_request_put(&q, head)) && write_all(p->fd, jpeg, n);
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

bool
bench_workers(int n, const char *models, const uint8_t *jpeg, size_t jpeg_n, double seconds, struct bench_load *out)
{
	struct peer peer[BENCH_WORKERS_MAX] = { { 0 } };
	struct pollfd wait[BENCH_WORKERS_MAX];
	struct worker_command command = { .models = models, .user = "" };
	struct worker_launcher launcher = worker_launch_direct(&command);
	uint8_t reply[VISION_FEATURES_MAX];
	char program[PATH_MAX], err[256] = "the program is not found";
	size_t frames = 0;
	int started = 0;
	bool ok = n <= BENCH_WORKERS_MAX && worker_program(program);
	int64_t start;

	command.program = program;
	if (!ok || worker_pack_direct(&command, &command.weights, err, sizeof err) != RC_OK) {
		(void)fprintf(stderr, "the weights cannot be packed: %s\n", err);
		return false;
	}
	for (; ok && started < n; started++)
		ok = peer_start(&peer[started], &launcher);
	for (int i = 0; ok && i < n; i++) {
		wait[i] = (struct pollfd){ .fd = peer[i].fd, .events = POLLIN };
		ok = peer_ask(&peer[i], jpeg, jpeg_n);
	}
	start = stopwatch_us();
	while (ok && (double)stopwatch_ms_since(start) < seconds * 1e3) {
		ok = poll(wait, (nfds_t)n, 10000) > 0;
		for (int i = 0; ok && i < n; i++) {
			if (wait[i].revents == 0)
				continue;
			ok = read_reply(peer[i].fd, reply) > 0 && peer_ask(&peer[i], jpeg, jpeg_n);
			frames++;
		}
	}
	out->frames_per_s = (double)frames * 1e3 / (double)stopwatch_ms_since(start);
	if (ok) {
		out->rss_kb = proc_kb(peer[0].pid, "status", "VmRSS:");
		out->pss_last_kb = proc_kb(peer[n - 1].pid, "smaps_rollup", "Pss:");
	}
	for (int i = 0; i < started; i++) {
		(void)close(peer[i].fd);
		(void)waitpid(peer[i].pid, NULL, 0);
	}
	(void)close(command.weights);
	return ok;
}
