/*
 * net_check.c - see net_check.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdint.h>

#include "models/net_check.h"

/* Numerical Recipes' linear congruential generator; its upper bits are good enough for a picture. */
void
net_check_picture(float *x, size_t n)
{
	uint32_t seed = 12345;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		x[i] = (float)(seed >> 8) / 16777216.0f - 0.5f;
	}
}

bool
net_check_agrees(const float *answer, const float *reference, size_t n, struct net_tolerance allowed,
    struct net_tolerance *got)
{
	double aa = 0, rr = 0, ar = 0, most = 0, largest = 1;

	for (size_t i = 0; i < n; i++) {
		double a = (double)answer[i], r = (double)reference[i];

		if (!isfinite(a) || !isfinite(r)) {
			*got = (struct net_tolerance){ 0.0f, INFINITY };
			return false;
		}
		aa += a * a;
		rr += r * r;
		ar += a * r;
		most = fmax(most, fabs(a - r));
		largest = fmax(largest, fabs(r));
	}
	got->cosine = aa > 0 && rr > 0 ? (float)(ar / sqrt(aa * rr)) : 0.0f;
	got->difference = (float)(most / largest);
	return got->cosine >= allowed.cosine && got->difference <= allowed.difference;
}
