/*
 * clock.h - the only way to learn the time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A seam, so that a whole run can be simulated: code that needs the time takes
 * a const struct clock *. clock_system() is the real one; tests fill their own.
 * Threads: the system clock may be used from any.
 */
#ifndef PROTO_CLOCK_H
#define PROTO_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*utc_ms)(void *ctx);	/* milliseconds since 1970, UTC: stored, shown */
	int64_t (*mono_ms)(void *ctx);	/* milliseconds, never jumps: deadlines */
	int64_t (*mono_us)(void *ctx);	/* the same clock in microseconds; optional: 1000 times mono_ms */
	void *ctx;
};

const struct clock *clock_system(void);

static inline int64_t
clock_utc_ms(const struct clock *c)
{
	return c->utc_ms(c->ctx);
}

static inline int64_t
clock_mono_ms(const struct clock *c)
{
	return c->mono_ms(c->ctx);
}

static inline int64_t
clock_mono_us(const struct clock *c)
{
	return c->mono_us != NULL ? c->mono_us(c->ctx) : c->mono_ms(c->ctx) * 1000;
}

#define CLOCK_TEXT_BYTES 25	/* "2026-01-31T23:59:59.123Z" and NUL */

/* ISO 8601 in UTC with milliseconds, for storage and logs. */
void clock_utc_text(int64_t utc_ms, char dst[static CLOCK_TEXT_BYTES]);
/* "2026-01-31 23:59" in the machine's time zone, for screens. */
void clock_local_text(int64_t utc_ms, char *dst, size_t n);

#endif
