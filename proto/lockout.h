/*
 * lockout.h - how long failed tries lock a person out: one rule for known and
 * unknown people, so that the delay does not tell which one it is.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROTO_LOCKOUT_H
#define PROTO_LOCKOUT_H

#include <stdint.h>

/*
 * After this many failures in a row the next try is refused until the returned
 * time; 0: not locked. free_tries are allowed, then the lock lasts
 * LOCK_FIRST_MS and doubles with each failure up to LOCK_MOST_MS. Times in ms
 * of the clock that now_ms comes from. Threads: any.
 */
int64_t lockout_until(uint32_t fails, uint32_t free_tries, int64_t now_ms);

#endif
