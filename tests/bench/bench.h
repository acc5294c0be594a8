/*
 * bench.h - what the measurements of countersign-bench share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>

struct bench_options {
	const char *models, *picture;
	int threads;	/* inside one layer */
	bool json;
};

/* Exit status: 0 measured, 1 something could not be measured (named on stderr). */
int bench_vision(const struct bench_options *o);

/* Durations of one thing, milliseconds. */
#define BENCH_RUNS_MAX 2000u
struct bench_times { float ms[BENCH_RUNS_MAX]; size_t n; };
void  bench_times_add(struct bench_times *t, float ms);	/* dropped when full */
/* Sorts; part 0 is the smallest, .5 the median, .99 the 99th percentile. 0 if empty. */
float bench_times_at(struct bench_times *t, double part);

#endif
