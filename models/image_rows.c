/*
 * image_rows.c - see image_rows.h: plain C, and the choice.
 * SPDX-License-Identifier: Apache-2.0
 */
#define ROWS_TABLE image_rows_plain
#include "models/image_rows_body.h"

const struct image_rows *
image_rows_for(enum cpu_isa isa)
{
	return isa >= CPU_ISA_AVX2 ? &image_rows_avx2 : &image_rows_plain;
}
