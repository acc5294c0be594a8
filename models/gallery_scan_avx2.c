/*
 * gallery_scan_avx2.c - gallery_scan.h with AVX2.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <immintrin.h>

#include "models/gallery_scan.h"

/* A sum of two products is at most 2 * 15 * 127: two such sums fit 16 bits. */
static int32_t
scan_row(const struct gallery_query *q, const uint8_t *codes, size_t stride)
{
	const __m256i nibble = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
	__m256i sum = _mm256_setzero_si256();
	__m128i half;

	for (size_t p = 0; p < stride; p += 32) {
		__m256i c = _mm256_loadu_si256((const __m256i *)(const void *)(codes + p));
		__m256i low = _mm256_load_si256((const __m256i *)(const void *)(q->low + p));
		__m256i high = _mm256_load_si256((const __m256i *)(const void *)(q->high + p));
		__m256i a = _mm256_maddubs_epi16(_mm256_and_si256(c, nibble), low);
		__m256i b = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(c, 4), nibble), high);

		sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_add_epi16(a, b), ones));
	}
	half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
	return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1)));
}

size_t
gallery_scan_avx2(const struct gallery_query *q, const uint8_t *codes, size_t stride,
    const struct gallery_code *code, size_t n, float bar, uint32_t *hits)
{
	return gallery_scan_rows(q, codes, stride, code, n, bar, hits, scan_row);
}
