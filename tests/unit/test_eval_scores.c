/*
 * test_eval_scores.c - error rates of scores that were made by hand.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "eval_folds.h"
#include "eval_interval.h"
#include "eval_scores.h"
#include "eval_tail.h"

#define NEAR(a, b, e) assert_true(fabs((double)(a) - (double)(b)) <= (e))

/* n impostors at 0, .001, .002 ... */
static struct scores
ladder(unsigned n)
{
	struct scores s;

	assert_true(scores_open(&s));
	for (unsigned i = 0; i < n; i++)
		scores_add(&s, SCORES_IMPOSTOR, .001f * (float)i);
	return s;
}

static void
bins_hold_every_number(void **state)
{
	(void)state;
	assert_int_equal(scores_bin(-1.0f), 0);
	assert_int_equal(scores_bin(-7.0f), 0);
	assert_int_equal(scores_bin(NAN), 0);
	assert_int_equal(scores_bin(1.0f), SCORES_BINS - 1);
	assert_int_equal(scores_bin(INFINITY), SCORES_BINS - 1);
	for (uint32_t i = 0; i < SCORES_BINS; i += 997)
		NEAR(scores_cosine(scores_bin(scores_cosine(i))), scores_cosine(i), 1.1e-6);
}

static void
rates_are_shares_of_the_pairs_compared(void **state)
{
	struct scores s = ladder(1000);	/* 0 ... .999 */
	uint32_t bin = 0;

	(void)state;
	scores_add(&s, SCORES_GENUINE, .95f);
	scores_add(&s, SCORES_GENUINE, .99f);
	scores_add(&s, SCORES_GENUINE, .9999f);
	scores_add(&s, SCORES_GENUINE, .5f);
	s.lost[SCORES_GENUINE] = 1;
	assert_true(scores_threshold(&s, 1e-2, SCORES_FIRM, &bin));
	NEAR(scores_fmr(&s, bin), .01, 1e-12);	/* .990 ... .999 pass, .989 does not */
	assert_true(scores_cosine(bin) > .989f && scores_cosine(bin) <= .990f);
	NEAR(scores_fnmr(&s, bin), .5, 1e-12);
	NEAR(scores_frr(&s, bin), .6, 1e-12);
	assert_true(scores_threshold(&s, 1e-1, SCORES_FIRM, &bin));
	NEAR(scores_fmr(&s, bin), .1, 1e-12);
	NEAR(scores_fnmr(&s, bin), .25, 1e-12);
	scores_close(&s);
}

static void
rates_that_the_trials_do_not_allow_are_refused(void **state)
{
	struct scores s = ladder(1000);
	uint32_t bin = 7;

	(void)state;
	assert_true(scores_threshold(&s, 1e-2, SCORES_FIRM, &bin));	/* ten are expected */
	bin = 7;
	assert_false(scores_threshold(&s, 9.9e-3, SCORES_FIRM, &bin));
	assert_false(scores_threshold(&s, 9.9e-4, SCORES_COARSE, &bin));
	assert_int_equal(bin, 7);
	assert_true(scores_threshold(&s, 1e-3, SCORES_COARSE, &bin));	/* one is */
	scores_close(&s);
}

static void
equal_scores_pass_together(void **state)
{
	struct scores s = ladder(90);

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		scores_add(&s, SCORES_IMPOSTOR, .5f);
	assert_int_equal(scores_passed(&s, SCORES_IMPOSTOR, scores_bin_for(&s, 9)), 0);
	assert_int_equal(scores_passed(&s, SCORES_IMPOSTOR, scores_bin_for(&s, 10)), 10);
	assert_int_equal(scores_passed(&s, SCORES_IMPOSTOR, scores_bin_for(&s, 11)), 11);
	scores_add(&s, SCORES_IMPOSTOR, 1.0f);
	assert_int_equal(scores_bin_for(&s, 0), SCORES_BINS);
	assert_int_equal(scores_bin_for(&s, 1000), 0);
	scores_close(&s);
}

static void
curve_of_known_scores(void **state)
{
	struct scores s;

	(void)state;
	assert_true(scores_open(&s));
	for (int i = 0; i < 4; i++)	/* impostors .1 .2 .3 .6, genuine .25 .7 .8 .9 */
		scores_add(&s, SCORES_IMPOSTOR, (float[]){ .1f, .2f, .3f, .6f }[i]);
	for (int i = 0; i < 4; i++)
		scores_add(&s, SCORES_GENUINE, (float[]){ .25f, .7f, .8f, .9f }[i]);
	NEAR(scores_curve(&s).eer, .25, 1e-9);
	NEAR(scores_curve(&s).auc, 14.0 / 16, 1e-9);	/* only .25 loses, against .3 and .6 */
	scores_close(&s);
	assert_true(scores_open(&s));
	for (int i = 0; i < 10; i++) {
		scores_add(&s, SCORES_IMPOSTOR, .5f);
		scores_add(&s, SCORES_GENUINE, .5f);
	}
	NEAR(scores_curve(&s).auc, .5, 1e-9);
	NEAR(scores_curve(&s).eer, .5, 1e-9);
	scores_close(&s);
	s = ladder(500);
	scores_add(&s, SCORES_GENUINE, .9f);
	NEAR(scores_curve(&s).auc, 1.0, 1e-9);
	NEAR(scores_curve(&s).eer, 0.0, 1e-9);
	scores_close(&s);
}

static void
roc_goes_from_all_to_the_last_impostor(void **state)
{
	struct scores_point p[SCORES_POINTS_MAX];
	struct scores s = ladder(1000);
	size_t n;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		scores_add(&s, SCORES_GENUINE, .9f + .001f * (float)i);
	n = scores_roc(&s, p, SCORES_POINTS_MAX);
	assert_true(n > 20);
	NEAR(p[0].fmr, 1.0, 1e-12);
	NEAR(p[0].fnmr, 0.0, 1e-12);
	NEAR(p[n - 1].fmr, 0.0, 1e-12);
	for (size_t i = 1; i < n; i++) {
		assert_true(p[i].fmr < p[i - 1].fmr);
		assert_true(p[i].fnmr >= p[i - 1].fnmr);
		assert_true(p[i].cosine > p[i - 1].cosine);
	}
	assert_int_equal(scores_roc(&s, p, 3), 3);
	scores_close(&s);
}

static void
counts_of_threads_add_up(void **state)
{
	struct scores a = ladder(300), b = ladder(200);

	(void)state;
	b.lost[SCORES_GENUINE] = 4;
	scores_merge(&a, &b);
	assert_int_equal(a.n[SCORES_IMPOSTOR], 500);
	assert_int_equal(a.lost[SCORES_GENUINE], 4);
	assert_int_equal(scores_passed(&a, SCORES_IMPOSTOR, scores_bin(.1995f)), 100);
	scores_close(&a);
	scores_close(&b);
}

static void
ten_folds_judge_with_the_other_nine(void **state)
{
	struct fold_pair p[100];
	struct folds out = { 0 };

	(void)state;
	for (unsigned i = 0; i < 100; i++)	/* apart but for one pair of the first fold */
		p[i] = (struct fold_pair){ i % 2 == 0 ? .8f : .2f, i % 2 == 0 };
	p[0].score = .1f;
	assert_true(folds_measure(p, 100, &out));
	NEAR(out.accuracy, .99, 1e-9);
	NEAR(out.sd, .03, 1e-9);
	assert_false(folds_measure(p, 99, &out));
	assert_false(folds_measure(p, 0, &out));
	/* one fold alone lies elsewhere: the others' threshold is wrong for it */
	for (unsigned i = 0; i < 10; i++)
		p[i].score = i % 2 == 0 ? .1f : -.5f;
	assert_true(folds_measure(p, 100, &out));
	NEAR(out.accuracy, .95, 1e-9);
}

static void
wilson_has_its_published_values(void **state)
{
	struct interval i = interval_wilson(5, 50);	/* 4.35 % ... 21.36 % */

	(void)state;
	NEAR(i.low, .0435, 1e-4);
	NEAR(i.high, .2136, 1e-4);
	i = interval_wilson(0, 100);
	NEAR(i.low, 0, 1e-12);
	NEAR(i.high, .0370, 1e-4);
	assert_true(isnan(interval_wilson(0, 0).low));
}

static void
bootstrap_draws_whole_identities(void **state)
{
	struct interval_group one_each[400], few[400] = { { 0 } };
	struct interval a, b, again;

	(void)state;
	for (unsigned i = 0; i < 400; i++)	/* 5 %, spread over identities with one pair each */
		one_each[i] = (struct interval_group){ 1, i % 20 == 0 };
	for (unsigned i = 0; i < 400; i += 10)	/* 5 %, in 40 identities: all or nothing */
		few[i] = (struct interval_group){ 10, i < 20 ? 10 : 0 };
	assert_true(interval_bootstrap(one_each, 400, &a));
	assert_true(interval_bootstrap(few, 400, &b));
	assert_true(a.low < .05 && a.high > .05);
	NEAR(a.low, interval_wilson(20, 400).low, .01);
	NEAR(a.high, interval_wilson(20, 400).high, .01);
	assert_true(b.high - b.low > 2 * (a.high - a.low));
	assert_true(interval_bootstrap(few, 400, &again));
	NEAR(again.low, b.low, 0);
	few[0].refused = few[10].refused = 0;
	assert_true(interval_bootstrap(few, 400, &a));
	NEAR(a.high, interval_wilson(0, 40).high, 1e-12);
}

/* A tail is found again: exponential, and one that ends. */
static void
tails_are_found_again(void **state)
{
	struct tail t = { 0 }, like = { .shape = 0.0 };
	struct scores s;

	(void)state;
	assert_true(scores_open(&s));
	for (unsigned i = 0; i < 200000; i++)	/* quantiles of an exponential of mean .05 */
		scores_add(&s, SCORES_IMPOSTOR, (float)(-.05 * log((i + .5) / 200000)) - .3f);
	assert_true(tail_fit(&s, NULL, &t));
	NEAR(t.shape, 0, .03);
	NEAR(t.scale, .05, .003);
	NEAR(tail_cosine(&t, 1e-6), -.05 * log(1e-6) - .3, .01);
	assert_true(tail_fit(&s, &like, &t));
	NEAR(t.shape, 0, 1e-12);
	NEAR(tail_cosine(&t, 1e-5), -.05 * log(1e-5) - .3, .01);
	NEAR(tail_cosine(&t, t.rate), t.level, 1e-9);
	scores_close(&s);
	assert_true(scores_open(&s));
	for (unsigned i = 0; i < 200000; i++)	/* shape -.2: ends at .5 */
		scores_add(&s, SCORES_IMPOSTOR, (float)(.5 - .8 * pow((i + .5) / 200000, .2)));
	assert_true(tail_fit(&s, NULL, &t));
	NEAR(t.shape, -.2, .03);
	NEAR(tail_cosine(&t, 1e-6), .5 - .8 * pow(1e-6, .2), .01);
	scores_close(&s);
	s = ladder(900);
	assert_false(tail_fit(&s, NULL, &t));
	scores_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bins_hold_every_number),
		cmocka_unit_test(rates_are_shares_of_the_pairs_compared),
		cmocka_unit_test(rates_that_the_trials_do_not_allow_are_refused),
		cmocka_unit_test(equal_scores_pass_together),
		cmocka_unit_test(curve_of_known_scores),
		cmocka_unit_test(roc_goes_from_all_to_the_last_impostor),
		cmocka_unit_test(counts_of_threads_add_up),
		cmocka_unit_test(ten_folds_judge_with_the_other_nine),
		cmocka_unit_test(wilson_has_its_published_values),
		cmocka_unit_test(bootstrap_draws_whole_identities),
		cmocka_unit_test(tails_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
