/*
 * kernel_direct_avx512.c - kernel_direct.h with AVX-512; compiled a second
 * time for processors with the BF16 instructions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <immintrin.h>

#include "models/kernel_direct_isa.h"

#ifdef __AVX512BF16__
#define DIRECT_TABLE direct_avx512_bf16
#define DIRECT_ISA CPU_ISA_AVX512_BF16
#else
#define DIRECT_TABLE direct_avx512
#define DIRECT_ISA CPU_ISA_AVX512
#endif
#define W 16

typedef __m512 vec;

#define v_load(p) _mm512_loadu_ps(p)
#define v_store(p, a) _mm512_storeu_ps((p), (a))
#define v_fma(a, b, c) _mm512_fmadd_ps((a), (b), (c))
#define v_mul(a, b) _mm512_mul_ps((a), (b))

static inline vec
v_slope(vec a, vec slope)
{
	return _mm512_mask_mul_ps(a, _mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_LT_OQ), a, slope);
}

static inline vec
v_widen(const uint16_t *p)
{
	__m512i u = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)p));

	return _mm512_castsi512_ps(_mm512_slli_epi32(u, 16));
}

static inline void
v_narrow(uint16_t *p, vec a)
{
#ifdef __AVX512BF16__
	union { __m256bh from; __m256i to; } r = { .from = _mm512_cvtneps_pbh(a) };

	_mm256_storeu_si256((__m256i *)(void *)p, r.to);
#else
	__m512i u = _mm512_castps_si512(a), odd = _mm512_and_si512(_mm512_srli_epi32(u, 16), _mm512_set1_epi32(1));
	__m512i near = _mm512_add_epi32(_mm512_add_epi32(u, _mm512_set1_epi32(0x7fff)), odd);
	__mmask16 nan = _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q);
	__m512i r = _mm512_mask_or_epi32(near, nan, u, _mm512_set1_epi32(0x400000));

	_mm256_storeu_si256((__m256i *)(void *)p, _mm512_cvtepi32_epi16(_mm512_srli_epi32(r, 16)));
#endif
}

#include "models/kernel_direct_body.h"
