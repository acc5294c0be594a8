/*
 * gallery_scan.c - see gallery_scan.h: plain C, and the choice.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "models/gallery_scan.h"

static inline int32_t
scan_row(const struct gallery_query *q, const uint8_t *codes, size_t stride)
{
	int32_t dot = 0;

	for (size_t p = 0; p < stride; p++)
		dot += (codes[p] & 15) * q->low[p] + (codes[p] >> 4) * q->high[p];
	return dot;
}

size_t
gallery_scan_plain(const struct gallery_query *q, const uint8_t *codes, size_t stride,
    const struct gallery_code *code, size_t n, float bar, uint32_t *hits)
{
	return gallery_scan_rows(q, codes, stride, code, n, bar, hits, scan_row);
}

gallery_scan *
gallery_scan_for(enum cpu_isa isa)
{
	if (isa >= CPU_ISA_AVX512_VNNI)
		return gallery_scan_vnni;
	return isa >= CPU_ISA_AVX2 ? gallery_scan_avx2 : gallery_scan_plain;
}
