/*
 * kernel_direct_isa.h - the tables behind kernel_direct.h, one for each
 * instruction set, and the order of packed weights.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each table comes from a small file that defines a vector type and its few
 * operations and then includes kernel_direct_body.h; the build compiles that
 * file, and no other, for the instruction set.
 */
#ifndef MODELS_KERNEL_DIRECT_ISA_H
#define MODELS_KERNEL_DIRECT_ISA_H

#include "models/kernel_direct.h"

enum { DIRECT_LINE_BIAS, DIRECT_LINE_IN, DIRECT_LINE_OUT, DIRECT_LINES };

extern const struct direct direct_plain, direct_avx2, direct_avx512, direct_avx512_bf16;

/* Floats from one packed line to the next. */
static inline size_t
direct_line(size_t c)
{
	return (c + 15) / 16 * 16;
}

#endif
