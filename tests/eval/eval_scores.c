/*
 * eval_scores.c - see eval_scores.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "eval_scores.h"

#define BIN_WIDTH 1e-6

bool
scores_open(struct scores *s)
{
	*s = (struct scores){ 0 };
	for (int k = 0; k < SCORES_KINDS; k++)
		if ((s->bin[k] = calloc(SCORES_BINS, sizeof *s->bin[k])) == NULL) {
			scores_close(s);
			return false;
		}
	return true;
}

void
scores_close(struct scores *s)
{
	for (int k = 0; k < SCORES_KINDS; k++)
		free(s->bin[k]);
	*s = (struct scores){ 0 };
}

void
scores_merge(struct scores *to, const struct scores *from)
{
	for (int k = 0; k < SCORES_KINDS; k++) {
		for (uint32_t i = 0; i < SCORES_BINS; i++)
			to->bin[k][i] += from->bin[k][i];
		to->n[k] += from->n[k];
		to->lost[k] += from->lost[k];
	}
}

uint32_t
scores_bin(float cosine)
{
	double at = ((double)cosine + 1.0) / BIN_WIDTH;

	if (!(at >= 1.0))
		return 0;
	return at >= SCORES_BINS - 1 ? SCORES_BINS - 1 : (uint32_t)at;
}

float
scores_cosine(uint32_t bin)
{
	return (float)(bin * BIN_WIDTH - 1.0);
}

void
scores_add(struct scores *s, int kind, float cosine)
{
	s->bin[kind][scores_bin(cosine)]++;
	s->n[kind]++;
}

uint64_t
scores_passed(const struct scores *s, int kind, uint32_t bin)
{
	uint64_t n = 0;

	for (uint32_t i = bin; i < SCORES_BINS; i++)
		n += s->bin[kind][i];
	return n;
}

uint32_t
scores_bin_for(const struct scores *s, uint64_t most)
{
	uint32_t bin = SCORES_BINS;
	uint64_t passed = 0;

	while (bin > 0 && (passed += s->bin[SCORES_IMPOSTOR][bin - 1]) <= most)
		bin--;
	return bin;
}

bool
scores_threshold(const struct scores *s, double fmr, double least, uint32_t *bin)
{
	double expected = fmr * (double)s->n[SCORES_IMPOSTOR];

	if (!(expected * (1 + 1e-9) >= least))
		return false;
	*bin = scores_bin_for(s, (uint64_t)(expected * (1 + 1e-9)));
	return true;
}

double
scores_fmr(const struct scores *s, uint32_t bin)
{
	return (double)scores_passed(s, SCORES_IMPOSTOR, bin) / (double)s->n[SCORES_IMPOSTOR];
}

double
scores_fnmr(const struct scores *s, uint32_t bin)
{
	return 1.0 - (double)scores_passed(s, SCORES_GENUINE, bin) / (double)s->n[SCORES_GENUINE];
}

double
scores_frr(const struct scores *s, uint32_t bin)
{
	return 1.0 - (double)scores_passed(s, SCORES_GENUINE, bin) /
	    (double)(s->n[SCORES_GENUINE] + s->lost[SCORES_GENUINE]);
}

struct scores_curve
scores_curve(const struct scores *s)
{
	double impostors = (double)s->n[SCORES_IMPOSTOR], genuine = (double)s->n[SCORES_GENUINE];
	double fmr = 0.0, fnmr = 1.0;
	struct scores_curve c = { NAN, 0.0 };

	for (uint32_t i = SCORES_BINS; i-- > 0;) {
		double more_fmr = (double)s->bin[SCORES_IMPOSTOR][i] / impostors;
		double more_tmr = (double)s->bin[SCORES_GENUINE][i] / genuine;
		double gap = fnmr - fmr, step = more_fmr + more_tmr;

		c.auc += more_fmr * (1.0 - fnmr + more_tmr / 2);
		if (isnan(c.eer) && step > 0.0 && gap <= step)	/* they cross within this bin */
			c.eer = fmr + more_fmr * gap / step;
		fmr += more_fmr;
		fnmr -= more_tmr;
	}
	return c;
}

size_t
scores_roc(const struct scores *s, struct scores_point *to, size_t max)
{
	uint64_t last = UINT64_MAX;
	size_t n = 0;

	for (int k = 0; n < max && s->n[SCORES_IMPOSTOR] > 0; k++) {
		double most = pow(10.0, -k / 10.0) * (double)s->n[SCORES_IMPOSTOR] * (1 + 1e-9);
		uint32_t bin = scores_bin_for(s, (uint64_t)most);
		uint64_t passed = scores_passed(s, SCORES_IMPOSTOR, bin);

		if (passed != last)
			to[n++] = (struct scores_point){ scores_fmr(s, bin), scores_fnmr(s, bin), scores_cosine(bin) };
		last = passed;
		if (most < 1.0)
			break;
	}
	return n;
}
