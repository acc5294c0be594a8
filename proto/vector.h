/*
 * vector.h - what is computed with vectors of float32 everywhere.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: any; no state.
 */
#ifndef PROTO_VECTOR_H
#define PROTO_VECTOR_H

#include <stddef.h>

/* The dot product (of unit vectors: the cosine), summed in double, so that the order of the sum hardly shows. */
float vector_dot(const float *a, const float *b, size_t n);

#endif
