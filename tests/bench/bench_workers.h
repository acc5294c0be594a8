/*
 * bench_workers.h - real vision workers under full load.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_BENCH_WORKERS_H
#define TESTS_BENCH_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_WORKERS_MAX 8

struct bench_load {
	double frames_per_s;
	long rss_kb;		/* of the first worker, 0 if unknown */
	long pss_last_kb;	/* proportional share of the last one, 0 if unknown */
};

/* Serves jpeg to n workers for a while, each always busy. False: a worker failed. */
bool bench_workers(int n, const char *models, const uint8_t *jpeg, size_t jpeg_n, double seconds,
    struct bench_load *out);

#endif
