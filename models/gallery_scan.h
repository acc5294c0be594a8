/*
 * gallery_scan.h - the first pass of a gallery search: 4-bit codes of many
 * rows against one query in 8 bits. One function for each instruction set.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Byte p of a row's code holds number p in its lower half and number
 * p + stride in its upper half, as value / scale + 7.5 rounded to 0 ... 15.
 * The query is in the same order, 8 bits with sign; numbers beyond the
 * vector's end are 0 in the query.
 */
#ifndef MODELS_GALLERY_SCAN_H
#define MODELS_GALLERY_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "models/cpu_isa.h"
#include "proto/limits.h"

#define GALLERY_STRIDE_STEP 32u	/* bytes; a stride is a multiple */
#define GALLERY_STRIDE_MAX  ((VISION_EMBED_MAX + 2 * GALLERY_STRIDE_STEP - 1) / 2 / GALLERY_STRIDE_STEP * \
	GALLERY_STRIDE_STEP)
#define GALLERY_SCAN_ROWS   256u	/* at most, in one call */

/* What belongs to the codes of one row. */
struct gallery_code {
	float scale;	/* of one step */
	float error;	/* length of the row less its decoded code, at most */
};

struct gallery_query {
	_Alignas(64) int8_t low[GALLERY_STRIDE_MAX + 64], high[GALLERY_STRIDE_MAX + 64];	/* zeros after stride */
	int32_t sum;	/* of all numbers */
	float scale;	/* of one step */
	float error;	/* factor of a row's error in its bound */
	float slack;	/* part of the bound that is the same for all rows */
};

/*
 * Upper bounds of the cosines of n <= GALLERY_SCAN_ROWS rows; the numbers
 * (0 ... n - 1, ascending) of those that reach bar go to hits. Returns how many.
 */
typedef size_t gallery_scan(const struct gallery_query *q, const uint8_t *codes, size_t stride,
    const struct gallery_code *code, size_t n, float bar, uint32_t *hits);

gallery_scan gallery_scan_plain, gallery_scan_avx2, gallery_scan_vnni;

gallery_scan *gallery_scan_for(enum cpu_isa isa);

/* dot: the sum of code times query. */
static inline float
gallery_bound(const struct gallery_query *q, const struct gallery_code *code, int32_t dot)
{
	return code->scale * q->scale * ((float)dot - 7.5f * (float)q->sum) + code->error * q->error + q->slack;
}

/* A gallery_scan for a way to get the dot of one row; inlined with it, so that it is a loop for each instruction set. */
static inline size_t
gallery_scan_rows(const struct gallery_query *q, const uint8_t *codes, size_t stride,
    const struct gallery_code *code, size_t n, float bar, uint32_t *hits,
    int32_t (*row)(const struct gallery_query *q, const uint8_t *codes, size_t stride))
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (gallery_bound(q, code + i, row(q, codes + i * stride, stride)) >= bar)
			hits[found++] = (uint32_t)i;
	return found;
}

#endif
