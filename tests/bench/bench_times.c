/*
 * bench_times.c - durations collected and put in order (bench.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "bench.h"

void
bench_times_add(struct bench_times *t, float ms)
{
	if (t->n < BENCH_RUNS_MAX)
		t->ms[t->n++] = ms;
}

static int
by_time(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

float
bench_times_at(struct bench_times *t, double part)
{
	if (t->n == 0)
		return 0.0f;
	qsort(t->ms, t->n, sizeof t->ms[0], by_time);
	return t->ms[(size_t)(part * (double)(t->n - 1) + 0.5)];
}
