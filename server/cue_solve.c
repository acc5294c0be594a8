/*
 * cue_solve.c - elimination with partial pivoting.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "server/cue_solve.h"

#define SINGULAR 1e-9	/* a pivot below */

void
cue_equation(double m[static CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1], unsigned n, const double *row, double weight)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k <= n; k++)
			m[i][k] += weight * row[i] * row[k];
}

/* Brings the largest of column i into row i. */
static void
pivot(double m[static CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1], unsigned n, unsigned i)
{
	unsigned best = i;

	for (unsigned j = i + 1; j < n; j++)
		if (fabs(m[j][i]) > fabs(m[best][i]))
			best = j;
	for (unsigned k = 0; best != i && k <= n; k++) {
		double t = m[i][k];

		m[i][k] = m[best][k];
		m[best][k] = t;
	}
}

bool
cue_solve(double m[static CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1], unsigned n, double x[static CUE_UNKNOWNS_MAX])
{
	for (unsigned i = 0; i < n; i++) {
		pivot(m, n, i);
		if (!(fabs(m[i][i]) > SINGULAR))
			return false;
		for (unsigned j = i + 1; j < n; j++) {
			double by = m[j][i] / m[i][i];

			for (unsigned k = i; k <= n; k++)
				m[j][k] -= by * m[i][k];
		}
	}
	for (unsigned i = n; i-- > 0;) {
		x[i] = m[i][n];
		for (unsigned k = i + 1; k < n; k++)
			x[i] -= m[i][k] * x[k];
		x[i] /= m[i][i];
	}
	return true;
}
