/*
 * stopwatch.c - see stopwatch.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>

#include "proto/stopwatch.h"

int64_t
stopwatch_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);	/* cannot fail: the clock exists and t is ours */
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

float
stopwatch_ms_since(int64_t start_us)
{
	int64_t us = stopwatch_us() - start_us;

	return us > 0 ? (float)us / 1000.0f : 0.0f;
}
