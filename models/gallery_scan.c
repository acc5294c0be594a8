/*
 * gallery_scan.c - see gallery_scan.h: plain C, and the choice.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "models/gallery_scan.h"

size_t
gallery_scan_plain(const struct gallery_query *q, const uint8_t *codes, size_t stride,
    const struct gallery_code *code, size_t n, float bar, uint32_t *hits)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++, codes += stride) {
		int32_t dot = 0;

		for (size_t p = 0; p < stride; p++)
			dot += (codes[p] & 15) * q->low[p] + (codes[p] >> 4) * q->high[p];
		if (gallery_bound(q, code + i, dot) >= bar)
			hits[found++] = (uint32_t)i;
	}
	return found;
}

gallery_scan *
gallery_scan_for(enum cpu_isa isa)
{
	if (isa >= CPU_ISA_AVX512_VNNI)
		return gallery_scan_vnni;
	return isa >= CPU_ISA_AVX2 ? gallery_scan_avx2 : gallery_scan_plain;
}
