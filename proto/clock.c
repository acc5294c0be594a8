/*
 * clock.c - the machine's clock, and instants as texts.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <time.h>

#include "proto/clock.h"

static int64_t
clock_read_us(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
clock_system_utc(void *ctx)
{
	(void)ctx;
	return clock_read_us(CLOCK_REALTIME) / 1000;
}

static int64_t
clock_system_mono(void *ctx)
{
	(void)ctx;
	return clock_read_us(CLOCK_MONOTONIC) / 1000;
}

static int64_t
clock_system_mono_us(void *ctx)
{
	(void)ctx;
	return clock_read_us(CLOCK_MONOTONIC);
}

const struct clock *
clock_system(void)
{
	static const struct clock c = { clock_system_utc, clock_system_mono, clock_system_mono_us, NULL };

	return &c;
}

/* Whole seconds and the milliseconds left, also before 1970. */
static time_t
clock_split(int64_t ms, int *rest)
{
	int64_t s = ms / 1000;

	*rest = (int)(ms % 1000);
	if (*rest < 0) {
		*rest += 1000;
		s--;
	}
	return (time_t)s;
}

void
clock_utc_text(int64_t utc_ms, char dst[static CLOCK_TEXT_BYTES])
{
	char text[64];
	struct tm t;
	time_t s;
	int ms;

	s = clock_split(utc_ms, &ms);
	if (gmtime_r(&s, &t) == NULL || t.tm_year < -1900 || t.tm_year > 8099) {
		snprintf(dst, CLOCK_TEXT_BYTES, "0000-00-00T00:00:00.000Z");
		return;
	}
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900, t.tm_mon + 1,
	    t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, ms);
	snprintf(dst, CLOCK_TEXT_BYTES, "%.24s", text);
}

void
clock_local_text(int64_t utc_ms, char *dst, size_t n)
{
	struct tm t;
	time_t s;
	int ms;

	s = clock_split(utc_ms, &ms);
	if (n == 0)
		return;
	if (localtime_r(&s, &t) == NULL || strftime(dst, n, "%Y-%m-%d %H:%M", &t) == 0)
		dst[0] = '\0';
}
