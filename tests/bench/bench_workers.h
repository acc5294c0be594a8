/*
 * bench_workers.h - real vision workers under full load.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_BENCH_WORKERS_H
#define TESTS_BENCH_WORKERS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/vision_wire.h"

#define BENCH_WORKERS_MAX 8

/* One vision worker and the socket to it; zeroed: none. */
struct bench_worker { pid_t pid; int fd; };

/* Starts n workers that share their weights. False: the reason is on stderr; stop what was started. */
bool bench_workers_start(struct bench_worker *worker, int n, const char *models);
void bench_workers_stop(struct bench_worker *worker, int n);
/* jpeg: q->jpeg_bytes bytes. */
bool bench_worker_send(const struct bench_worker *w, const struct vision_request *q, const uint8_t *jpeg);
bool bench_worker_receive(const struct bench_worker *w, struct vision_features *f);

struct bench_load {
	double frames_per_s;
	long rss_kb;		/* of the first worker, 0 if unknown */
	long pss_kb;		/* proportional shares of all workers and of this program, 0 if unknown */
};

/* countersign-vision beside this program. False: cannot be known. */
bool bench_worker_program(char path[static PATH_MAX]);

/* Serves jpeg to n workers for a while, each always busy. False: a worker failed. */
bool bench_workers(int n, const char *models, const uint8_t *jpeg, size_t jpeg_n, double seconds,
    struct bench_load *out);

#endif
