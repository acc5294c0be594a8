/*
 * kernel_direct_bf16.c - kernel_direct.h with AVX-512 and its BF16 instructions:
 * the code of kernel_direct_avx512.c, compiled with them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "models/kernel_direct_avx512.c"
