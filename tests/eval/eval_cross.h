/*
 * eval_cross.h - every row of features against every column, on several
 * threads.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The caps, so that any number of pictures ends: of more impostor pairs than
 * 200 million, or more genuine ones than 4 million, only a part of about that
 * size is compared. Which ones depends on the order of rows and columns alone, not on the
 * run or the number of threads.
 */
#ifndef TESTS_EVAL_CROSS_H
#define TESTS_EVAL_CROSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eval_interval.h"
#include "eval_scores.h"

struct cross_most { double impostor, genuine; };
#define CROSS_MOST ((struct cross_most){ 2e8, 4e6 })

/* n vectors of unit length, [n][dim], and whose they are. */
struct cross_side {
	const float *const *v;
	const uint32_t *who;
	const bool *taken;	/* columns only; NULL: none. It is part of the row of the same identity: no pair */
	size_t n;
};

/* A genuine pair: whose, and the bin of its cosine. */
struct cross_genuine { uint32_t who, bin; };

struct cross {
	struct scores scores;
	struct cross_genuine *genuine;
	size_t genuine_n, genuine_cap;
};

/*
 * col NULL: every pair of two rows, once. False: out of memory or of threads.
 * On success the caller closes c.
 */
bool cross_all(struct cross *c, const struct cross_side *row, const struct cross_side *col, uint32_t dim,
    const struct cross_most *most, unsigned threads);
void cross_close(struct cross *c);	/* safe on a zeroed struct */

/* One genuine pair more, also lost or not known by identity. False: out of memory. */
bool cross_add_genuine(struct cross *c, uint32_t who, float cosine);

/* 95 % of the FNMR at this bin, over whole identities 0 ... identities - 1. False: out of memory. */
bool cross_interval(const struct cross *c, uint32_t bin, uint32_t identities, struct interval *out);

#endif
