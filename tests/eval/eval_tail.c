/*
 * eval_tail.c - see eval_tail.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "eval_tail.h"

#define TRIALS_LEAST 1000u
#define USED_LEAST    250u
#define USED_MOST    5000u
#define SHAPE_MOST    0.5	/* the moments exist below it only */

/* Cosines within a bin count as its middle. */
static double
excess(uint32_t bin, double level)
{
	return (double)scores_cosine(bin) + 5e-7 - level;
}

bool
tail_fit(const struct scores *s, const struct tail *like, struct tail *t)
{
	uint64_t trials = s->n[SCORES_IMPOSTOR], used = trials / 1000, seen = 0;
	double a0 = 0, a1 = 0, n;
	uint32_t from;

	if (trials < TRIALS_LEAST)
		return false;
	used = used < USED_LEAST ? USED_LEAST : used > USED_MOST ? USED_MOST : used;
	from = scores_bin_for(s, used);
	n = (double)scores_passed(s, SCORES_IMPOSTOR, from);
	if (from == SCORES_BINS || n < 2)
		return false;
	t->level = (double)scores_cosine(from);
	t->rate = n / (double)trials;
	/* moments of order 0 and 1; p: share of the excesses above this one */
	for (uint32_t i = SCORES_BINS; i-- > from;)
		for (uint64_t k = 0; k < s->bin[SCORES_IMPOSTOR][i]; k++) {
			double p = ((double)seen++ + 0.35) / n;

			a0 += excess(i, t->level) / n;
			a1 += excess(i, t->level) * p / n;
		}
	if (!(a0 - 2 * a1 > 0))
		return false;
	t->shape = like != NULL ? like->shape : fmin(2 - a0 / (a0 - 2 * a1), SHAPE_MOST);
	t->scale = a0 * (1 - t->shape);
	return true;
}

double
tail_cosine(const struct tail *t, double fmr)
{
	double beyond = log(t->rate / fmr);

	if (fabs(t->shape) < 1e-6)
		return t->level + t->scale * beyond;
	return t->level + t->scale / t->shape * expm1(t->shape * beyond);
}
