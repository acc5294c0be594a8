/*
 * test_skin_pattern.c - histograms of patterns, the shipped table, and that a
 * table has one spelling.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/skin_pattern.h"
#include "proto/crypto.h"

static const struct vision_box whole = { 0, 0, 64, 64, 1 };

static void
show(struct image_pyramid *p, struct image *im)
{
	assert_int_equal(image_pyramid_open(p, 64 * 64), RC_OK);
	assert_int_equal(image_make(im, 64, 64), RC_OK);
	for (size_t i = 0; i < (size_t)64 * 64; i++)
		for (unsigned c = 0; c < 3; c++)
			im->rgb[3 * i + c] = (uint8_t)(90 + 31 * c);
	assert_int_equal(image_pyramid_show(p, im), RC_OK);
}

static void
hide(struct image_pyramid *p, struct image *im)
{
	image_pyramid_clear(p);
	image_pyramid_close(p);
	image_free(im);
}

/* All neighbours are equal, so at or above the middle: one pattern, 255, the last uniform one. */
static void
a_plain_face_is_one_pattern(void **state)
{
	float bin[SKIN_PATTERN_BINS];
	struct image_pyramid p;
	struct image im;

	(void)state;
	show(&p, &im);
	assert_int_equal(skin_pattern_histogram(&p, &whole, bin), RC_OK);
	for (unsigned i = 0; i < SKIN_PATTERN_BINS; i++)
		if (bin[i] != (i % SKIN_PATTERN_CODES == SKIN_PATTERN_CODES - 2 ? 1.0f : 0.0f))
			fail_msg("bin %u is %g", i, (double)bin[i]);
	hide(&p, &im);
}

/* One brighter dot has the pattern of no neighbour; to its neighbours it is one more that is not below them. */
static void
a_dot_is_a_pattern_of_its_own(void **state)
{
	float bin[SKIN_PATTERN_BINS], luma = 0.0f;
	struct image_pyramid p;
	struct image im;

	(void)state;
	show(&p, &im);
	for (unsigned c = 0; c < 3; c++)
		im.rgb[(30 * 64 + 30) * 3 + c] = (uint8_t)(im.rgb[c] + 20);
	assert_int_equal(skin_pattern_histogram(&p, &whole, bin), RC_OK);
	for (unsigned i = 0; i < SKIN_PATTERN_CODES; i++)
		luma += bin[i];
	assert_true(fabsf(luma - 1.0f) < 1e-5f);
	assert_true(fabsf(bin[0] * 62 * 62 - 1.0f) < 1e-3f);
	assert_true(fabsf(bin[SKIN_PATTERN_CODES - 2] * 62 * 62 - (62 * 62 - 1.0f)) < 1e-3f);
	hide(&p, &im);
}

static void
a_box_without_size_is_refused(void **state)
{
	const struct vision_box flat = { 5, 5, 0, 9, 1 }, nowhere = { NAN, NAN, NAN, NAN, 1 };
	float bin[SKIN_PATTERN_BINS];
	struct image_pyramid p;
	struct image im;

	(void)state;
	show(&p, &im);
	assert_int_equal(skin_pattern_histogram(&p, &flat, bin), RC_FACE_QUALITY);
	assert_int_equal(skin_pattern_histogram(&p, &nowhere, bin), RC_FACE_QUALITY);
	hide(&p, &im);
}

static void
a_table_has_one_spelling(void **state)
{
	static struct skin_pattern_table t = { .data = "two pictures", .bias = -1.5f }, back;
	static char text[SKIN_PATTERN_TEXT_MAX], other[SKIN_PATTERN_TEXT_MAX];
	char *at;
	size_t n;

	(void)state;
	for (unsigned i = 0; i < SKIN_PATTERN_BINS; i++)
		t.weight[i] = (float)i / 8.0f - 20.0f;
	n = skin_pattern_put(&t, text, sizeof text);
	assert_true(n > SKIN_PATTERN_BINS);
	assert_int_equal(skin_pattern_get(text, n, &back), RC_OK);
	assert_string_equal(back.data, t.data);
	assert_true(back.bias == t.bias && memcmp(back.weight, t.weight, sizeof t.weight) == 0);
	for (size_t less = 0; less < n; less += 7)
		assert_int_equal(skin_pattern_get(text, less, &back), RC_MODEL_BAD);
	memcpy(other, text, n);
	assert_non_null(at = strstr(other, "-1.5000"));
	at[6] = 'x';
	assert_int_equal(skin_pattern_get(other, n, &back), RC_MODEL_BAD);
	at[6] = '0';
	other[n] = '\n';
	assert_int_equal(skin_pattern_get(other, n + 1, &back), RC_MODEL_BAD);
	t.weight[7] = INFINITY;
	assert_int_equal(skin_pattern_put(&t, text, sizeof text), 0);
	t.weight[7] = 0.0f;
	assert_int_equal(skin_pattern_put(&t, text, 100), 0);
}

static void
the_shipped_table_opens(void **state)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char dir[4096], err[512] = "";
	struct skin_pattern *s = NULL;
	struct image_pyramid p;
	struct image im;
	float logit = NAN;

	(void)state;
	(void)snprintf(dir, sizeof dir, "%s/models", source != NULL ? source : ".");
	if (skin_pattern_open(&s, dir, err, sizeof err) != RC_OK)
		fail_msg("%s", err);
	show(&p, &im);
	assert_int_equal(skin_pattern_run(s, &p, &whole, &logit), RC_OK);
	assert_true(isfinite(logit));
	hide(&p, &im);
	skin_pattern_close(s);
	s = NULL;
	assert_int_equal(skin_pattern_open(&s, "/nowhere", err, sizeof err), RC_MODEL_BAD);
	assert_non_null(strstr(err, "/nowhere/MANIFEST"));
	assert_null(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_face_is_one_pattern),
		cmocka_unit_test(a_dot_is_a_pattern_of_its_own),
		cmocka_unit_test(a_box_without_size_is_refused),
		cmocka_unit_test(a_table_has_one_spelling),
		cmocka_unit_test(the_shipped_table_opens),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
