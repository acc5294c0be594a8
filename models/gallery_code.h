/*
 * gallery_code.h - vectors of unit length as the codes that gallery_scan.h
 * reads: rows in 4 bits a number, queries in 8, with what the coding took away.
 * SPDX-License-Identifier: Apache-2.0
 *
 * stride: bytes of a row's codes, at least half of dim. Threads: any; no state.
 */
#ifndef MODELS_GALLERY_CODE_H
#define MODELS_GALLERY_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/gallery_scan.h"

#define GALLERY_LENGTH_OFF 1e-3	/* that the length of a unit vector may be off */

/* Finite and of unit length; the others take nothing else. */
bool gallery_unit(const float *v, uint32_t dim);
void gallery_code_row(const float *v, uint32_t dim, size_t stride, uint8_t *codes, struct gallery_code *code);
void gallery_code_query(const float *v, uint32_t dim, size_t stride, struct gallery_query *q);

#endif
