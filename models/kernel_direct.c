/*
 * kernel_direct.c - see kernel_direct.h: choice of the table, packing of weights.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Packed form: lines of c floats, filled with zeros up to a multiple of 16:
 * bias, slopes of the input, slopes of the result, then one line for each tap
 * of the filter, row by row.
 */
#include <string.h>

#include "models/kernel_direct_isa.h"

#define SIZE_MAX_TAPS 8

const struct direct *
direct_for(enum cpu_isa isa)
{
	if (isa >= CPU_ISA_AVX512_BF16)
		return &direct_avx512_bf16;
	if (isa >= CPU_ISA_AVX512)
		return &direct_avx512;
	return isa >= CPU_ISA_AVX2 ? &direct_avx2 : &direct_plain;
}

const struct direct *
direct_best(void)
{
	return direct_for(cpu_isa_best());
}

bool
direct_depthwise_ok(const struct direct_depthwise *d)
{
	return d->c > 0 && d->in_h > 0 && d->in_w > 0 && d->out_h > 0 && d->out_w > 0 && d->stride > 0 &&
	    d->size > 0 && d->size <= SIZE_MAX_TAPS && d->top >= 0 && d->left >= 0;
}

size_t
direct_depthwise_bytes(const struct direct_depthwise *d)
{
	return direct_line((size_t)d->c) * (DIRECT_LINES + (size_t)(d->size * d->size)) * sizeof(float);
}

static void
direct_pack_slopes(float *line, size_t c, enum direct_act act, const float *slopes)
{
	for (size_t i = 0; i < c; i++) {
		if (act == DIRECT_PRELU)
			line[i] = slopes[i];
		else if (act == DIRECT_LEAKY)
			line[i] = DIRECT_LEAKY_SLOPE;
		else
			line[i] = act == DIRECT_LINEAR ? 1.0f : 0.0f;
	}
}

void
direct_depthwise_pack(const struct direct_depthwise *d, const float *weights, const float *bias,
    const float *in_slopes, const float *out_slopes, void *to)
{
	size_t c = (size_t)d->c, line = direct_line(c), taps = (size_t)(d->size * d->size);
	float *at = to;

	memset(to, 0, direct_depthwise_bytes(d));
	if (bias != NULL)
		memcpy(at, bias, c * sizeof *at);
	direct_pack_slopes(at + DIRECT_LINE_IN * line, c, d->in_act, in_slopes);
	direct_pack_slopes(at + DIRECT_LINE_OUT * line, c, d->out_act, out_slopes);
	at += DIRECT_LINES * line;
	for (size_t i = 0; i < c; i++)
		for (size_t t = 0; t < taps; t++)
			at[t * line + i] = weights[i * taps + t];
}
