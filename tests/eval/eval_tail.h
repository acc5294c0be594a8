/*
 * eval_tail.h - the rarest impostors: how high cosines go where none, or only a handful, were seen.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Above a high level the excesses follow a generalised Pareto distribution
 * (Pickands, "Statistical inference using extreme order statistics", Annals of
 * Statistics 3, 1975; Coles, "An Introduction to Statistical Modeling of
 * Extreme Values", 2001, chapter 4). Its two numbers come from probability-weighted
 * moments (Hosking and Wallis, Technometrics 29, 1987).
 */
#ifndef TESTS_EVAL_TAIL_H
#define TESTS_EVAL_TAIL_H

#include <stdbool.h>

#include "eval_scores.h"

struct tail {
	double level;		/* the cosine above which the fit holds */
	double rate;		/* FMR at that level */
	double scale, shape;	/* sigma > 0 and xi, at most .5; xi < 0: the tail has an end */
};

/*
 * Impostors that the fit uses: one in a thousand, at least 250, at most 5000.
 * like: a tail of the same people whose shape is known better, taken over
 * (the shape is what needs the most trials); NULL: fit it too. False with fewer than 1000 trials.
 */
bool   tail_fit(const struct scores *s, const struct tail *like, struct tail *t);
/* The cosine that this share of the impostors reaches; fmr at most t->rate. */
double tail_cosine(const struct tail *t, double fmr);

#endif
