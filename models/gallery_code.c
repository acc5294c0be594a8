/*
 * gallery_code.c - see gallery_code.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "models/gallery_code.h"
#include "proto/vector.h"

#define ROUNDING 1e-5f	/* more than float32 loses in the computation of a bound */
#define LEVELS   15

bool
gallery_unit(const float *v, uint32_t dim)
{
	return fabs(sqrt((double)vector_dot(v, v, dim)) - 1) <= GALLERY_LENGTH_OFF;	/* false for NaN too */
}

static int
code_of(float v, float scale)
{
	float c = v / scale + 7.5f;

	return c <= 0 ? 0 : c >= LEVELS ? LEVELS : (int)(c + .5f);
}

/* Length of v less its code, rounded up. */
static float
code_error(const float *v, uint32_t dim, float scale)
{
	double square = 0;

	for (uint32_t i = 0; i < dim; i++) {
		double off = (double)v[i] - (double)scale * (code_of(v[i], scale) - 7.5);

		square += off * off;
	}
	return (float)(sqrt(square) * (1 + 1e-6));
}

/*
 * The scale with the smallest error of some: for numbers with a normal
 * distribution the best step of 16 levels is .335 standard deviations
 * (J. Max, Quantizing for minimum distortion, 1960).
 */
void
gallery_code_row(const float *v, uint32_t dim, size_t stride, uint8_t *codes, struct gallery_code *code)
{
	static const float tries[] = { .27f, .335f, .41f, .5f };

	code->error = INFINITY;
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		float scale = tries[i] / sqrtf((float)dim), error = code_error(v, dim, scale);

		if (error < code->error)
			*code = (struct gallery_code){ scale, error };
	}
	for (size_t p = 0; p < stride; p++) {
		int low = p < dim ? code_of(v[p], code->scale) : 0;
		int high = p + stride < dim ? code_of(v[p + stride], code->scale) : 0;

		codes[p] = (uint8_t)(low | high << 4);
	}
}

void
gallery_code_query(const float *v, uint32_t dim, size_t stride, struct gallery_query *q)
{
	float most = 0;
	double square = 0;

	memset(q, 0, sizeof *q);
	for (uint32_t i = 0; i < dim; i++)
		most = fmaxf(most, fabsf(v[i]));
	q->scale = most / 127;
	for (uint32_t i = 0; i < dim; i++) {
		int c = (int)lrintf(v[i] / q->scale);
		double off = (double)v[i] - (double)q->scale * c;

		*(i < stride ? q->low + i : q->high + (i - stride)) = (int8_t)c;
		q->sum += c;
		square += off * off;
	}
	/*
	 * q, b: query and row; q', b': decoded. <q,b> = <q',b'> + <q-q',b'> + <q,b-b'>, so
	 * <q,b> <= <q',b'> + |q-q'| (|b| + |b-b'|) + |q| |b-b'|.
	 */
	q->error = (float)(1 + GALLERY_LENGTH_OFF + sqrt(square));
	q->slack = (float)(sqrt(square) * (1 + GALLERY_LENGTH_OFF)) + ROUNDING;
}
