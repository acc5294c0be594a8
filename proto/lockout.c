/*
 * lockout.c - the delays of lockout.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/lockout.h"

#include "proto/limits.h"

int64_t
lockout_until(uint32_t fails, uint32_t free_tries, int64_t now_ms)
{
	int64_t ms = LOCK_FIRST_MS;

	if (fails < free_tries)
		return 0;
	for (uint32_t n = free_tries; n < fails && ms < LOCK_MOST_MS; n++)
		ms *= 2;
	return now_ms + (ms < LOCK_MOST_MS ? ms : LOCK_MOST_MS);
}
