/*
 * image_rows_avx2.c - image_rows.h, compiled for AVX2.
 * SPDX-License-Identifier: Apache-2.0
 */
#define ROWS_TABLE image_rows_avx2
#include "models/image_rows_body.h"
