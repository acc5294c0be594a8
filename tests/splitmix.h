/*
 * splitmix.h - the tests' repeatable random numbers (splitmix64: Steele, Lea
 * and Flood, OOPSLA 2014). Not for secrets.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; the state is the caller's.
 */
#ifndef TESTS_SPLITMIX_H
#define TESTS_SPLITMIX_H

#include <stdint.h>

/* The next number; any state is a seed. */
static inline uint64_t
splitmix64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

#endif
