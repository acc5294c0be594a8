/*
 * eval_interval.h - how far a measured rate may be from the true one: 95 %.
 * SPDX-License-Identifier: Apache-2.0
 *
 * interval_wilson() is for trials that do not depend on each other (E. B.
 * Wilson, "Probable inference", JASA 22, 1927). Pairs of the same person do:
 * interval_bootstrap() draws whole identities again and again, with
 * replacement, and takes the middle 95 % of the rates (Efron and Tibshirani,
 * "An Introduction to the Bootstrap", 1993; ISO/IEC 19795-1 names it). The threshold is
 * held, so its own uncertainty is not in the interval. When nobody was
 * refused, or everybody, drawing again shows nothing; then it is Wilson's with the
 * number of identities as trials.
 */
#ifndef TESTS_EVAL_INTERVAL_H
#define TESTS_EVAL_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct interval { double low, high; };

/* hits of n; low and high NaN when n is 0. */
struct interval interval_wilson(double hits, double n);

/* Of one identity: genuine pairs, and those refused. */
struct interval_group { uint32_t pairs, refused; };

/* The rate refused / pairs over groups with pairs > 0. Deterministic. False: out of memory. */
bool interval_bootstrap(const struct interval_group *g, size_t n, struct interval *out);

#endif
