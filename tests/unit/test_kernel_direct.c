/*
 * test_kernel_direct.c - every layer of kernel_direct.h, for each instruction
 * set that this processor has, against loops that are plainly right.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/kernel_direct.h"

#define BF16_STEP (1.0 / 256)	/* half a unit in the last place of bfloat16 is at most this part of a number */
#define SIZE(list) (sizeof(list) / sizeof(list)[0])

static uint32_t seed = 1;

static float
any_float(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (float)(seed >> 8) / 8388608.0f - 1.0f;
}

static float *
any_floats(size_t n)
{
	float *p = calloc(n, sizeof *p);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = any_float();
	return p;
}

static float
from_bf16(uint16_t h)
{
	uint32_t u = (uint32_t)h << 16;
	float f;

	memcpy(&f, &u, sizeof f);
	return f;
}

/* To nearest even, from the definition: the neighbour that is nearer, the even one of two equally near. */
static uint16_t
to_bf16(float f)
{
	uint32_t u;
	uint16_t down;
	double low, high;

	memcpy(&u, &f, sizeof u);
	down = (uint16_t)(u >> 16);
	low = fabs((double)f - (double)from_bf16(down));
	high = fabs((double)from_bf16((uint16_t)(down + 1)) - (double)f);
	return low < high || (low <= high && down % 2 == 0) ? down : (uint16_t)(down + 1);
}

/* A tensor of the type, its values readable as floats, with a guard behind it. */
struct tensor {
	enum direct_type type;
	size_t n;
	void *at;
};

#define GUARD 64

static struct tensor
tensor_of(enum direct_type type, const float *from, size_t n)
{
	struct tensor t = { type, n, NULL };
	size_t bytes = n * (type == DIRECT_F32 ? 4 : 2);

	t.at = malloc(bytes + GUARD);
	assert_non_null(t.at);
	memset((char *)t.at + bytes, 0x5a, GUARD);
	memset(t.at, 0xff, bytes);
	for (size_t i = 0; from != NULL && i < n; i++)
		if (type == DIRECT_F32)
			((float *)t.at)[i] = from[i];
		else
			((uint16_t *)t.at)[i] = to_bf16(from[i]);
	return t;
}

static double
tensor_get(const struct tensor *t, size_t i)
{
	return (double)(t->type == DIRECT_F32 ? ((const float *)t->at)[i] : from_bf16(((const uint16_t *)t->at)[i]));
}

static void
tensor_free(struct tensor *t)
{
	const char *end = (const char *)t->at + t->n * (t->type == DIRECT_F32 ? 4 : 2);

	for (size_t i = 0; i < GUARD; i++)
		assert_int_equal(end[i], 0x5a);
	free(t->at);
}

static void
assert_near(enum direct_type type, double got, double want, double scale)
{
	double allowed = (type == DIRECT_F32 ? 1e-5 : BF16_STEP) * (fabs(want) + 1e-3 * scale) + 1e-5 * scale;

	if (!(fabs(got - want) <= allowed))
		fail_msg("%.9g where %.9g was expected", got, want);
}

static double
act(double x, enum direct_act a, float slope)
{
	if (x >= 0 || a == DIRECT_LINEAR)
		return x;
	return a == DIRECT_PRELU ? x * (double)slope : a == DIRECT_LEAKY ? x * (double)DIRECT_LEAKY_SLOPE : 0.0;
}

/* ---- depthwise ---- */

struct dw_case {
	struct direct_depthwise d;
	float *weights, *bias, *in, *out;
	struct tensor src;
};

static double
dw_expected(const struct dw_case *k, int32_t y, int32_t x, int32_t c)
{
	const struct direct_depthwise *d = &k->d;
	double sum = (double)k->bias[c];

	for (int32_t i = 0; i < d->size * d->size; i++) {
		int32_t sy = y * d->stride - d->top + i / d->size, sx = x * d->stride - d->left + i % d->size;

		if (sy >= 0 && sy < d->in_h && sx >= 0 && sx < d->in_w)
			sum += act(tensor_get(&k->src, (size_t)((sy * d->in_w + sx) * d->c + c)), d->in_act, k->in[c]) *
			    (double)k->weights[c * d->size * d->size + i];
	}
	return act(sum, d->out_act, k->out[c]);
}

static void
dw_check(const struct direct *direct, const struct direct_depthwise *d)
{
	size_t c = (size_t)d->c, taps = (size_t)(d->size * d->size), n = (size_t)(d->in_h * d->in_w) * c;
	struct dw_case k = { *d, any_floats(c * taps), any_floats(c), any_floats(c), any_floats(c), { 0 } };
	struct tensor dst = tensor_of(d->type, NULL, (size_t)(d->out_h * d->out_w) * c);
	void *packed = aligned_alloc(DIRECT_ALIGN, direct_depthwise_bytes(d));
	float *values = any_floats(n);

	assert_non_null(packed);
	assert_true(direct_depthwise_ok(d));
	assert_int_equal(direct_depthwise_bytes(d) % DIRECT_ALIGN, 0);
	k.src = tensor_of(d->type, values, n);
	direct_depthwise_pack(d, k.weights, k.bias, k.in, k.out, packed);
	direct->depthwise(d, packed, k.src.at, dst.at);
	for (int32_t i = 0; i < d->out_h * d->out_w * d->c; i++)
		assert_near(d->type, tensor_get(&dst, (size_t)i), dw_expected(&k, i / d->c / d->out_w,
		    i / d->c % d->out_w, i % d->c), sqrt((double)taps));
	tensor_free(&k.src);
	tensor_free(&dst);
	free(packed);
	free(values);
	free(k.weights);
	free(k.bias);
	free(k.in);
	free(k.out);
}

static void
dw_all_functions(const struct direct *direct, struct direct_depthwise d)
{
	static const enum direct_act acts[] = { DIRECT_LINEAR, DIRECT_RELU, DIRECT_LEAKY, DIRECT_PRELU };

	for (size_t i = 0; i < SIZE(acts) * SIZE(acts) * 2; i++) {
		d.in_act = acts[i % SIZE(acts)];
		d.out_act = acts[i / SIZE(acts) % SIZE(acts)];
		d.type = i < SIZE(acts) * SIZE(acts) ? DIRECT_F32 : DIRECT_BF16;
		dw_check(direct, &d);
	}
}

static void
depthwise_is_right(void **state)
{
	const struct direct *direct = *state;
	static const int32_t channels[] = { 1, 7, 8, 13, 16, 17, 40, 64, 100 };

	for (size_t i = 0; i < SIZE(channels); i++) {
		int32_t c = channels[i];

		/* c, in_h, in_w, out_h, out_w, size, stride, top, left */
		dw_all_functions(direct, (struct direct_depthwise){ c, 6, 5, 6, 5, 3, 1, 1, 1, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 7, 4, 5, 2, 3, 1, 0, 0, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 1, 1, 1, 1, 3, 1, 1, 1, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 3, 9, 3, 9, 3, 1, 2, 0, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 8, 6, 4, 3, 3, 2, 0, 0, 0, 0, 0 });	/* after only */
		dw_all_functions(direct, (struct direct_depthwise){ c, 8, 6, 4, 3, 3, 2, 1, 1, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 7, 5, 4, 3, 3, 2, 1, 1, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 7, 7, 3, 3, 3, 2, 0, 0, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 7, 7, 1, 1, 7, 1, 0, 0, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 6, 6, 2, 2, 5, 1, 0, 0, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 6, 6, 3, 3, 4, 2, 1, 1, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 6, 6, 3, 3, 2, 2, 0, 0, 0, 0, 0 });
		dw_all_functions(direct, (struct direct_depthwise){ c, 9, 9, 3, 3, 3, 3, 0, 0, 0, 0, 0 });
	}
}

static void
impossible_layers_are_refused(void **state)
{
	struct direct_depthwise ok = { 16, 6, 5, 6, 5, 3, 1, 1, 1, 0, 0, 0 }, bad;

	(void)state;
	assert_true(direct_depthwise_ok(&ok));
	bad = ok, bad.c = 0;
	assert_false(direct_depthwise_ok(&bad));
	bad = ok, bad.size = 9;
	assert_false(direct_depthwise_ok(&bad));
	bad = ok, bad.top = -1;
	assert_false(direct_depthwise_ok(&bad));
	bad = ok, bad.stride = 0;
	assert_false(direct_depthwise_ok(&bad));
}

/* ---- the others ---- */

static void
prelu_and_gate_are_right(void **state)
{
	const struct direct *direct = *state;
	static const size_t channels[] = { 1, 8, 15, 16, 33, 128 };

	for (size_t i = 0; i < SIZE(channels) * 2; i++) {
		enum direct_type type = i < SIZE(channels) ? DIRECT_F32 : DIRECT_BF16;
		size_t c = channels[i % SIZE(channels)], n = 5 * c;
		float *values = any_floats(n), *slopes = any_floats(c), *gates = any_floats(c);
		struct tensor before = tensor_of(type, values, n), bent = tensor_of(type, values, n);
		struct tensor gated = tensor_of(type, values, n), gate = tensor_of(type, gates, c);

		direct->prelu(type, bent.at, 5, c, slopes);
		direct->gate(type, gated.at, 5, c, gate.at);
		for (size_t k = 0; k < n; k++) {
			double x = tensor_get(&before, k);

			assert_near(type, tensor_get(&bent, k), act(x, DIRECT_PRELU, slopes[k % c]), 0.01);
			assert_near(type, tensor_get(&gated, k), x * tensor_get(&gate, k % c), 0.01);
		}
		tensor_free(&before);
		tensor_free(&bent);
		tensor_free(&gated);
		tensor_free(&gate);
		free(values);
		free(slopes);
		free(gates);
	}
}

static void
bf16_rounds_to_nearest_even(void **state)
{
	static const uint32_t bits[] = {
		0x3f800000, 0x3f808000, 0x3f818000, 0x3f808001, 0x3f807fff, 0xbf818000, 0x7f7f7fff, 0x00000000,
		0x80000000, 0x42fe8000, 0x3eaaaaab, 0xc1c80000, 0x3f80ffff,
	};
	const struct direct *direct = *state;
	float from[SIZE(bits) * 3], nan = NAN;
	uint16_t to[SIZE(bits) * 3], one;

	for (size_t i = 0; i < SIZE(from); i++)
		memcpy(from + i, bits + i % SIZE(bits), sizeof *from);
	direct->narrow(from, to, SIZE(from));
	for (size_t i = 0; i < SIZE(from); i++)
		assert_int_equal(to[i], to_bf16(from[i]));
	direct->narrow(&nan, &one, 1);
	assert_true(isnan(from_bf16(one)));
}

static void
limits_of_onednn_hold_here(void **state)
{
	(void)state;
	assert_int_equal(setenv("ONEDNN_MAX_CPU_ISA", "SSE41", 1), 0);
	assert_int_equal(direct_best()->isa, CPU_ISA_PLAIN);
	assert_int_equal(setenv("ONEDNN_MAX_CPU_ISA", "avx2", 1), 0);
	assert_true(cpu_isa_best() <= CPU_ISA_AVX2);
	assert_int_equal(unsetenv("ONEDNN_MAX_CPU_ISA"), 0);
	assert_true(direct_best()->isa <= cpu_isa_best());
}

static int
tests_for(const struct direct *direct)
{
	char name[64];
	struct direct table = *direct;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(depthwise_is_right, &table),
		cmocka_unit_test_prestate(prelu_and_gate_are_right, &table),
		cmocka_unit_test_prestate(bf16_rounds_to_nearest_even, &table),
	};

	snprintf(name, sizeof name, "kernel_direct, %s", cpu_isa_name(direct->isa));
	return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(impossible_layers_are_refused),
		cmocka_unit_test(limits_of_onednn_hold_here),
	};
	static const enum cpu_isa sets[] = { CPU_ISA_PLAIN, CPU_ISA_AVX2, CPU_ISA_AVX512, CPU_ISA_AVX512_BF16 };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	for (size_t i = 0; i < SIZE(sets) && sets[i] <= cpu_isa_best(); i++)
		failed += tests_for(direct_for(sets[i]));
	return failed;
}
