/*
 * kernel_direct_avx2.c - kernel_direct.h with AVX2 and FMA.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <immintrin.h>

#include "models/kernel_direct_isa.h"

#define DIRECT_TABLE direct_avx2
#define DIRECT_ISA CPU_ISA_AVX2
#define W 8

typedef __m256 vec;

#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, a) _mm256_storeu_ps((p), (a))
#define v_fma(a, b, c) _mm256_fmadd_ps((a), (b), (c))
#define v_mul(a, b) _mm256_mul_ps((a), (b))

static inline vec
v_slope(vec a, vec slope)
{
	return _mm256_blendv_ps(a, _mm256_mul_ps(a, slope), _mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_LT_OQ));
}

static inline vec
v_widen(const uint16_t *p)
{
	__m256i u = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));

	return _mm256_castsi256_ps(_mm256_slli_epi32(u, 16));
}

static inline void
v_narrow(uint16_t *p, vec a)
{
	__m256i u = _mm256_castps_si256(a), odd = _mm256_and_si256(_mm256_srli_epi32(u, 16), _mm256_set1_epi32(1));
	__m256i near = _mm256_add_epi32(_mm256_add_epi32(u, _mm256_set1_epi32(0x7fff)), odd);
	__m256i quiet = _mm256_or_si256(u, _mm256_set1_epi32(0x400000));
	__m256i nan = _mm256_castps_si256(_mm256_cmp_ps(a, a, _CMP_UNORD_Q));
	__m256i r = _mm256_srli_epi32(_mm256_blendv_epi8(near, quiet, nan), 16);
	__m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(r, r), 0x08);

	_mm_storeu_si128((__m128i *)(void *)p, _mm256_castsi256_si128(packed));
}

#include "models/kernel_direct_body.h"
