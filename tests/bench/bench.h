/*
 * bench.h - what the measurements of countersign-bench share.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One command, one bench_*.c. A command reads its own options (argv[0] is its
 * name), prints its result on stdout (with --json one JSON object and nothing
 * else) and progress on stderr.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit status. */
enum { BENCH_MEASURED, BENCH_FAILED, BENCH_USAGE };

/* Commands; each returns one of the above. */
int bench_vision(int argc, char **argv);
int bench_pool(int argc, char **argv);
int bench_search(int argc, char **argv);

/* What a command was asked in a way it does not know: its usage line on stderr, BENCH_USAGE. */
int bench_usage(const char *command);

/* An option's number, all of the text and within the bounds; false if it is none. */
bool bench_whole(const char *text, uint32_t least, uint32_t most, uint32_t *to);
bool bench_real(const char *text, double least, double most, double *to);

/* Durations of one thing, milliseconds. */
#define BENCH_RUNS_MAX 20000u
struct bench_times { float ms[BENCH_RUNS_MAX]; size_t n; };
void  bench_times_add(struct bench_times *t, float ms);	/* dropped when full */
/* Sorts; part 0 is the smallest, .5 the median, .99 the 99th percentile. 0 if empty. */
float bench_times_at(struct bench_times *t, double part);

#endif
