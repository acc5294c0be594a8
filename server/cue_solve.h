/*
 * cue_solve.h - small systems of linear equations, for the cues.
 * SPDX-License-Identifier: Apache-2.0
 * Threads: none; a pure function.
 */
#ifndef SERVER_CUE_SOLVE_H
#define SERVER_CUE_SOLVE_H

#include <stdbool.h>

#define CUE_UNKNOWNS_MAX 8u

/* n equations: m[i][0 ... n-1] times x is m[i][n]. Spoils m. False: singular; x is then of no use. */
bool cue_solve(double m[static CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1], unsigned n, double x[static CUE_UNKNOWNS_MAX]);

/* Adds one equation, row[0 ... n-1] times x is row[n], with a weight, to the normal equations of least squares. */
void cue_equation(double m[static CUE_UNKNOWNS_MAX][CUE_UNKNOWNS_MAX + 1], unsigned n, const double *row, double weight);

#endif
