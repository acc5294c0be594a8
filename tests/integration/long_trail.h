/*
 * long_trail.h - a long audit trail whose chains are whole, made quickly: for
 * measuring how it is read.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Record i of n (1 is the oldest) lies in lane i % LONG_LANES of its own, was
 * written i times every_ms after from_ms, and tells of person 1 + i %
 * LONG_PEOPLE and terminal 1 + i % LONG_TERMINALS, both moved by the base ids
 * that are given. The first LONG_FEW are of the person and the terminal that
 * are called rare instead. Every seventh is refused; every hundred thousandth
 * is a check of the trail, all others post transfers.
 *
 * What cannot be done fails the test program with words. Threads: none.
 */
#ifndef INTEGRATION_LONG_TRAIL_H
#define INTEGRATION_LONG_TRAIL_H

#include <stdint.h>

#include "tests/integration/private_db.h"

#define LONG_LANES     4
#define LONG_PEOPLE 1000
#define LONG_TERMINALS 50
#define LONG_FEW      10
#define LONG_SELDOM   100000	/* one record in so many is not a transfer */
#define LONG_REFUSED  7

struct long_trail {
	long     records;
	int64_t  from_ms, every_ms;
	uint64_t person, terminal;		/* ids before the first of the many */
	uint64_t rare_person, rare_terminal;
};

void long_trail_make(struct private_db *db, const struct long_trail *t);

#endif
