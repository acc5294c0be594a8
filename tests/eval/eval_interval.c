/*
 * eval_interval.c - see eval_interval.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "eval_interval.h"
#include "tests/splitmix.h"

#define Z     1.959963984540054	/* 97.5 % of a normal distribution lie below */
#define DRAWS 2000u

struct interval
interval_wilson(double hits, double n)
{
	double p = hits / n, d = 1 + Z * Z / n, middle = (p + Z * Z / (2 * n)) / d;
	double half = Z / d * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));

	if (!(n > 0))
		return (struct interval){ NAN, NAN };
	return (struct interval){ hits > 0 ? middle - half : 0.0, hits < n ? middle + half : 1.0 };
}

static int
by_rate(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

bool
interval_bootstrap(const struct interval_group *g, size_t n, struct interval *out)
{
	const struct interval_group **some = malloc((n + 1) * sizeof *some);
	double *rate = malloc(DRAWS * sizeof *rate), pairs = 0, refused = 0;
	uint64_t state = 1;
	size_t groups = 0;
	bool ok = some != NULL && rate != NULL;

	for (size_t i = 0; ok && i < n; i++)
		if (g[i].pairs > 0) {
			some[groups++] = &g[i];
			pairs += g[i].pairs;
			refused += g[i].refused;
		}
	if (ok && (refused <= 0 || refused >= pairs)) {
		*out = interval_wilson(refused > 0 ? (double)groups : 0.0, (double)groups);
	} else if (ok) {
		for (unsigned d = 0; d < DRAWS; d++) {
			double drawn_pairs = 0, drawn_refused = 0;

			for (size_t i = 0; i < groups; i++) {
				const struct interval_group *at = some[splitmix64(&state) % groups];

				drawn_pairs += at->pairs;
				drawn_refused += at->refused;
			}
			rate[d] = drawn_refused / drawn_pairs;
		}
		qsort(rate, DRAWS, sizeof *rate, by_rate);
		*out = (struct interval){ rate[DRAWS / 40], rate[DRAWS - 1 - DRAWS / 40] };
	}
	free(some);
	free(rate);
	return ok;
}
