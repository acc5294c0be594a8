/*
 * vector.c - see vector.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/vector.h"

float
vector_dot(const float *a, const float *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return (float)sum;
}
