/*
 * test_eval_cross.c - every pair is compared once, whatever the number of
 * threads; the caps choose the same pairs each time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eval.h"
#include "eval_cross.h"

#define DIM 5u

/* n unit vectors; every `each` in a row are of one identity. */
struct crowd { float *v; const float **row; uint32_t *who; struct cross_side side; };

void
eval_progress(const char *what, size_t done, size_t all)
{
	(void)what;
	assert_true(done <= all);
}

static struct crowd
crowd_make(size_t n, size_t each, uint32_t seed)
{
	struct crowd c = { calloc(n * DIM, sizeof *c.v), calloc(n, sizeof *c.row), calloc(n, sizeof *c.who), { 0 } };

	assert_true(c.v != NULL && c.row != NULL && c.who != NULL);
	for (size_t i = 0; i < n; i++) {
		float *v = c.v + i * DIM, square = 0;

		for (uint32_t d = 0; d < DIM; d++) {
			seed = seed * 1664525u + 1013904223u;
			v[d] = (float)(seed >> 8) / 8388608.0f - 1.0f;
			square += v[d] * v[d];
		}
		for (uint32_t d = 0; d < DIM; d++)
			v[d] /= sqrtf(square);
		c.row[i] = v;
		c.who[i] = (uint32_t)(i / each);
	}
	c.side = (struct cross_side){ c.row, c.who, NULL, n };
	return c;
}

static void
crowd_free(struct crowd *c)
{
	free(c->v);
	free(c->row);
	free(c->who);
}

static float
cosine_of(const struct crowd *a, size_t i, const struct crowd *b, size_t j)
{
	float sum = 0;

	for (uint32_t d = 0; d < DIM; d++)
		sum += a->row[i][d] * b->row[j][d];
	return sum;
}

static void
same_counts(const struct scores *a, const struct scores *b)
{
	for (int k = 0; k < SCORES_KINDS; k++) {
		assert_int_equal(a->n[k], b->n[k]);
		assert_memory_equal(a->bin[k], b->bin[k], SCORES_BINS * sizeof *a->bin[k]);
	}
}

static void
all_pairs_once(void **state)
{
	struct crowd c = crowd_make(131, 3, 7);
	struct scores want;
	struct cross got;

	(void)state;
	assert_true(scores_open(&want));
	for (size_t i = 0; i < 131; i++)
		for (size_t j = i + 1; j < 131; j++)
			scores_add(&want, c.who[i] == c.who[j], cosine_of(&c, i, &c, j));
	for (unsigned threads = 1; threads <= 3; threads++) {
		assert_true(cross_all(&got, &c.side, NULL, DIM, &CROSS_MOST, threads));
		same_counts(&got.scores, &want);
		assert_int_equal(got.genuine_n, want.n[SCORES_GENUINE]);
		cross_close(&got);
	}
	scores_close(&want);
	crowd_free(&c);
}

static void
rows_meet_columns_but_for_the_taken(void **state)
{
	struct crowd row = crowd_make(20, 1, 1), col = crowd_make(90, 4, 2);
	bool taken[90] = { [0] = true, [5] = true };	/* of identities 0 and 1, both among the rows */
	struct scores want;
	struct cross got;

	(void)state;
	col.side.taken = taken;
	assert_true(scores_open(&want));
	for (size_t i = 0; i < 20; i++)
		for (size_t j = 0; j < 90; j++)
			if (row.who[i] != col.who[j] || !taken[j])
				scores_add(&want, row.who[i] == col.who[j], cosine_of(&row, i, &col, j));
	assert_true(cross_all(&got, &row.side, &col.side, DIM, &CROSS_MOST, 2));
	same_counts(&got.scores, &want);
	assert_int_equal(got.scores.n[SCORES_GENUINE], 78);
	cross_close(&got);
	scores_close(&want);
	crowd_free(&row);
	crowd_free(&col);
}

static void
the_cap_takes_the_same_part_each_time(void **state)
{
	struct crowd c = crowd_make(2400, 4, 3);	/* 3600 genuine and 2875200 impostor pairs */
	const struct cross_most most = { 1e6, 1e3 };
	struct cross a, b;

	(void)state;
	assert_true(cross_all(&a, &c.side, NULL, DIM, &most, 1));
	assert_true(cross_all(&b, &c.side, NULL, DIM, &most, 3));
	same_counts(&a.scores, &b.scores);
	assert_true(fabs((double)a.scores.n[SCORES_GENUINE] / most.genuine - 1) < .1);
	assert_true(fabs((double)a.scores.n[SCORES_IMPOSTOR] / most.impostor - 1) < .02);
	cross_close(&a);
	cross_close(&b);
	crowd_free(&c);
}

static void
intervals_are_over_identities(void **state)
{
	struct cross c = { 0 };
	struct interval i;

	(void)state;
	assert_true(scores_open(&c.scores));
	for (uint32_t who = 0; who < 100; who++)
		assert_true(cross_add_genuine(&c, who, who < 10 ? .2f : .8f));
	assert_true(cross_interval(&c, scores_bin(.5f), 100, &i));
	assert_true(i.low > .03 && i.low < .06 && i.high > .14 && i.high < .18);
	assert_true(cross_interval(&c, scores_bin(.1f), 100, &i));
	assert_true(i.low < 1e-9 && i.high > .03 && i.high < .04);
	cross_close(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_pairs_once),
		cmocka_unit_test(rows_meet_columns_but_for_the_taken),
		cmocka_unit_test(the_cap_takes_the_same_part_each_time),
		cmocka_unit_test(intervals_are_over_identities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
