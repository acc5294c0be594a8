/*
 * test_model_embedder.c - how the outputs of two networks become one vector.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "models/embedder.h"
#include "proto/vector.h"

#define SHARE 0.55	/* of the first network in the score */

struct raw {
	float first[EMBEDDER_FIRST], second[EMBEDDER_SECOND];
};

/* A direction of its own for each seed; lengths as the networks make them, times worth. */
static void
raw_make(struct raw *to, uint32_t seed, float worth)
{
	float *part[2] = { to->first, to->second };
	static const size_t n[2] = { EMBEDDER_FIRST, EMBEDDER_SECOND };
	static const float usual[2] = { 70.7f, 3.56f };

	for (int k = 0; k < 2; k++) {
		double square = 0;

		for (size_t i = 0; i < n[k]; i++) {
			seed = seed * 1664525u + 1013904223u;
			part[k][i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
			square += (double)part[k][i] * part[k][i];
		}
		for (size_t i = 0; i < n[k]; i++)
			part[k][i] *= usual[k] * worth / (float)sqrt(square);
	}
}

static float
raw_cosine(const float *a, const float *b, size_t n)
{
	double ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < n; i++) {
		ab += (double)a[i] * b[i];
		aa += (double)a[i] * a[i];
		bb += (double)b[i] * b[i];
	}
	return (float)(ab / sqrt(aa * bb));
}

static void
join(const struct raw *r, float to[static EMBEDDER_DIM], float *worth)
{
	assert_int_equal(embedder_join(r->first, r->second, to, worth), RC_OK);
}

static void
every_vector_has_unit_length(void **state)
{
	static const float worth[] = { 0.01f, 0.5f, 0.8f, 1.0f, 1.2f, 30.0f };
	float v[EMBEDDER_DIM], got;
	struct raw r;

	(void)state;
	for (size_t i = 0; i < sizeof worth / sizeof worth[0]; i++) {
		raw_make(&r, (uint32_t)i + 1, worth[i]);
		join(&r, v, &got);
		assert_float_equal(got, worth[i], worth[i] * 1e-3f);
		assert_float_equal(vector_dot(v, v, EMBEDDER_DIM), 1.0f, 1e-4f);
	}
}

/* Between pictures of equal worth the score grows with the weighted mean of both cosines. */
static void
the_score_is_the_weighted_mean_of_both_networks(void **state)
{
	float v[EMBEDDER_DIM], u[EMBEDDER_DIM], worth, part = 0.30f * 0.30f;

	(void)state;
	for (uint32_t seed = 1; seed < 9; seed++) {
		struct raw a, b;
		double plain;

		raw_make(&a, seed, 1.0f);
		raw_make(&b, seed + 100, 1.0f);
		if (seed % 2 == 0)
			memcpy(b.first, a.first, sizeof b.first);
		if (seed % 3 == 0)
			memcpy(b.second, a.second, sizeof b.second);
		plain = SHARE * (double)raw_cosine(a.first, b.first, EMBEDDER_FIRST) +
		    (1 - SHARE) * (double)raw_cosine(a.second, b.second, EMBEDDER_SECOND);
		join(&a, v, &worth);
		join(&b, u, &worth);
		assert_float_equal(vector_dot(v, u, EMBEDDER_DIM), (float)plain * (1 - part) + part, 0.01f);
	}
}

static void
a_worse_picture_is_judged_by_its_worth(void **state)
{
	static const float worth[] = { 0.75f, 0.9f, 1.0f, 1.1f, 1.3f };
	float good[EMBEDDER_DIM], v[EMBEDDER_DIM], got, before = 1.0f;
	struct raw r, other;

	(void)state;
	raw_make(&other, 7, 1.0f);
	join(&other, good, &got);
	for (size_t i = 0; i < sizeof worth / sizeof worth[0]; i++) {
		float score;

		raw_make(&r, 9, worth[i]);
		join(&r, v, &got);
		score = vector_dot(good, v, EMBEDDER_DIM);
		assert_true(score < before);
		before = score;
	}
	assert_true(before > 0.0f && before < 0.15f);	/* two strangers stay strangers */
}

/* Rubbish is not helped beyond the worst of what was measured. */
static void
the_help_has_an_end(void **state)
{
	float least[EMBEDDER_DIM], v[EMBEDDER_DIM], got;
	struct raw r;

	(void)state;
	raw_make(&r, 3, 0.75f);
	join(&r, least, &got);
	raw_make(&r, 3, 0.05f);
	join(&r, v, &got);
	for (size_t i = 0; i < EMBEDDER_DIM; i++)
		assert_float_equal(v[i], least[i], 1e-5f);
}

static void
an_output_without_length_is_refused(void **state)
{
	float v[EMBEDDER_DIM], got;
	struct raw r;

	(void)state;
	raw_make(&r, 1, 1.0f);
	r.first[3] = NAN;
	assert_int_equal(embedder_join(r.first, r.second, v, &got), RC_FACE_QUALITY);
	raw_make(&r, 1, 1.0f);
	memset(r.second, 0, sizeof r.second);
	assert_int_equal(embedder_join(r.first, r.second, v, &got), RC_FACE_QUALITY);
	raw_make(&r, 1, 1.0f);
	r.second[0] = INFINITY;
	assert_int_equal(embedder_join(r.first, r.second, v, &got), RC_FACE_QUALITY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_has_unit_length),
		cmocka_unit_test(the_score_is_the_weighted_mean_of_both_networks),
		cmocka_unit_test(a_worse_picture_is_judged_by_its_worth),
		cmocka_unit_test(the_help_has_an_end),
		cmocka_unit_test(an_output_without_length_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
