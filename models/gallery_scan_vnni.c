/*
 * gallery_scan_vnni.c - gallery_scan.h with AVX-512 and its VNNI instructions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <immintrin.h>

#include "models/gallery_scan.h"

#define AHEAD 4096	/* bytes: the next page, where the processor's own prefetching stops */

/* Both halves of 64 codes times the query's. */
static inline __m512i
scan_step(__m512i sum, __m512i c, const struct gallery_query *q, size_t p)
{
	const __m512i nibble = _mm512_set1_epi8(15);

	sum = _mm512_dpbusd_epi32(sum, _mm512_and_si512(c, nibble), _mm512_load_si512(q->low + p));
	return _mm512_dpbusd_epi32(sum, _mm512_and_si512(_mm512_srli_epi16(c, 4), nibble),
	    _mm512_load_si512(q->high + p));
}

static inline int32_t
scan_row(const struct gallery_query *q, const uint8_t *codes, size_t stride)
{
	__m512i sum = _mm512_setzero_si512();
	size_t p;

	for (p = 0; p + 64 <= stride; p += 64) {
		_mm_prefetch((const char *)(codes + p + AHEAD), _MM_HINT_T0);
		sum = scan_step(sum, _mm512_loadu_si512(codes + p), q, p);
	}
	if (p < stride)
		sum = scan_step(sum, _mm512_maskz_loadu_epi64(0x0f, codes + p), q, p);
	return _mm512_reduce_add_epi32(sum);
}

size_t
gallery_scan_vnni(const struct gallery_query *q, const uint8_t *codes, size_t stride,
    const struct gallery_code *code, size_t n, float bar, uint32_t *hits)
{
	return gallery_scan_rows(q, codes, stride, code, n, bar, hits, scan_row);
}
