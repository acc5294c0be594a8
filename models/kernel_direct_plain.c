/*
 * kernel_direct_plain.c - kernel_direct.h in plain C, for any processor.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "models/kernel_direct_isa.h"

#define DIRECT_TABLE direct_plain
#define DIRECT_ISA CPU_ISA_PLAIN
#define W 8

typedef struct {
	float v[W];
} vec;

#define EACH(expression) \
	do { \
		for (size_t i = 0; i < W; i++) \
			(expression); \
	} while (0)

static inline vec
v_load(const float *p)
{
	vec r;

	memcpy(r.v, p, sizeof r.v);
	return r;
}

static inline void
v_store(float *p, vec a)
{
	memcpy(p, a.v, sizeof a.v);
}

static inline vec
v_fma(vec a, vec b, vec c)
{
	EACH(c.v[i] += a.v[i] * b.v[i]);
	return c;
}

static inline vec
v_mul(vec a, vec b)
{
	EACH(a.v[i] *= b.v[i]);
	return a;
}

static inline vec
v_slope(vec a, vec slope)
{
	EACH(a.v[i] = a.v[i] < 0.0f ? a.v[i] * slope.v[i] : a.v[i]);
	return a;
}

static inline vec
v_widen(const uint16_t *p)
{
	uint32_t u[W];
	vec r;

	EACH(u[i] = (uint32_t)p[i] << 16);
	memcpy(r.v, u, sizeof r.v);
	return r;
}

static inline void
v_narrow(uint16_t *p, vec a)
{
	uint32_t u[W];

	memcpy(u, a.v, sizeof u);
	EACH(p[i] = (uint16_t)(a.v[i] == a.v[i] ? (u[i] + 0x7fff + (u[i] >> 16 & 1)) >> 16 : u[i] >> 16 | 0x40));
}

#include "models/kernel_direct_body.h"
