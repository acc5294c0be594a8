/*
 * stopwatch.h - durations for measuring and reporting only.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Decisions take their time from clock.h; this has microseconds and no seam.
 * Threads: any.
 */
#ifndef PROTO_STOPWATCH_H
#define PROTO_STOPWATCH_H

#include <stdint.h>

/* Microseconds of the monotonic clock since some moment in the past. */
int64_t stopwatch_us(void);
/* Milliseconds since an earlier stopwatch_us(), never negative. */
float   stopwatch_ms_since(int64_t start_us);

#endif
