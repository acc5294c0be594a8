/*
 * eval_folds.c - see eval_folds.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "eval_folds.h"

struct fold_ranked { float score; bool same; size_t fold; };

static int
fold_order(const void *a, const void *b)
{
	const struct fold_ranked *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

/* r sorted, highest first. The threshold with the fewest errors outside the fold, in the middle of its gap. */
static float
fold_threshold(const struct fold_ranked *r, size_t n, size_t fold)
{
	long right = 0, best = 0;	/* genuine passed less impostors passed */
	float threshold = r[0].score + 1.0f;

	for (size_t i = 0; i < n; i++) {
		if (r[i].fold != fold)
			right += r[i].same ? 1 : -1;
		if (right > best && (i + 1 == n || r[i + 1].score < r[i].score)) {
			best = right;
			threshold = i + 1 == n ? r[i].score : (r[i].score + r[i + 1].score) / 2;
		}
	}
	return threshold;
}

bool
folds_measure(const struct fold_pair *p, size_t n, struct folds *out)
{
	struct fold_ranked *r;
	double sum = 0, square = 0;

	if (n == 0 || n % EVAL_FOLDS != 0 || (r = malloc(n * sizeof *r)) == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		r[i] = (struct fold_ranked){ p[i].score, p[i].same, i / (n / EVAL_FOLDS) };
	qsort(r, n, sizeof *r, fold_order);
	for (size_t k = 0; k < EVAL_FOLDS; k++) {
		float threshold = fold_threshold(r, n, k);
		size_t right = 0;

		for (size_t i = k * (n / EVAL_FOLDS); i < (k + 1) * (n / EVAL_FOLDS); i++)
			right += (p[i].score >= threshold) == p[i].same;
		sum += (double)right / (double)(n / EVAL_FOLDS);
		square += pow((double)right / (double)(n / EVAL_FOLDS), 2);
	}
	free(r);
	out->accuracy = sum / EVAL_FOLDS;
	out->sd = sqrt(fmax(square / EVAL_FOLDS - out->accuracy * out->accuracy, 0.0));
	return true;
}
