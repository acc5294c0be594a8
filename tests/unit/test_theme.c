/*
 * test_theme.c - high contrast differs enough, monochrome has no colour, and
 * NO_COLOR is heard.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "client/lamp.h"
#include "client/theme.h"

/* Relative luminance (WCAG 2.1) of a colour of xterm's 256. */
static double
luminance(int index)
{
	static const double weights[] = { .2126, .7152, .0722 };
	uint32_t rgb = lamp_palette(index);
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double v = (double)(rgb >> (16 - 8 * i) & 0xff) / 255;

		sum += weights[i] * (v <= .04045 ? v / 12.92 : pow((v + .055) / 1.055, 2.4));
	}
	return sum;
}

static void
test_contrast(void **state)
{
	(void)state;
	for (int t = 0; t < THEME_COUNT; t++) {
		const struct look *l = theme_look(PALETTE_CONTRAST, (enum theme)t);
		double a, b, ratio;

		if (t == THEME_PICTURE)
			continue;
		a = luminance(l->fg);
		b = luminance(l->bg);
		ratio = ((a > b ? a : b) + .05) / ((a > b ? b : a) + .05);
		if (ratio < 7)
			fail_msg("role %d has %.1f to 1", t, ratio);
		assert_int_not_equal(l->fg8, l->bg8);
	}
}

/* Without colours there is none, and what one is at still differs from what it is among. */
static void
test_mono(void **state)
{
	static const enum theme pairs[][2] = {
		{ THEME_FIELD, THEME_FIELD_ON }, { THEME_TEXT, THEME_CHOICE_ON }, { THEME_TEXT, THEME_FIELD },
		{ THEME_KEY, THEME_DIM }, { THEME_KEY, THEME_KEY_TEXT }, { THEME_TEXT, THEME_TITLE }, { THEME_TEXT, THEME_STATUS },
	};

	(void)state;
	for (int t = 0; t < THEME_COUNT; t++) {
		const struct look *l = theme_look(PALETTE_MONO, (enum theme)t);

		assert_int_equal(l->fg, -1);
		assert_int_equal(l->bg, -1);
		assert_int_equal(l->fg8, -1);
		assert_int_equal(l->bg8, -1);
	}
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		for (enum palette p = PALETTE_COLOUR; p <= PALETTE_MONO; p++) {
			const struct look *a = theme_look(p, pairs[i][0]), *b = theme_look(p, pairs[i][1]);

			assert_true(a->attrs != b->attrs || a->bg8 != b->bg8 || a->fg8 != b->fg8);
		}
}

static void
test_choose(void **state)
{
	(void)state;
	assert_int_equal(theme_choose(PALETTE_AUTO, NULL), PALETTE_COLOUR);
	assert_int_equal(theme_choose(PALETTE_AUTO, ""), PALETTE_COLOUR);
	assert_int_equal(theme_choose(PALETTE_AUTO, "1"), PALETTE_MONO);
	assert_int_equal(theme_choose(PALETTE_CONTRAST, "1"), PALETTE_CONTRAST);	/* chosen by name */
	assert_int_equal(theme_palette("contrast"), PALETTE_CONTRAST);
	assert_int_equal(theme_palette("pretty"), -1);
	assert_int_equal(theme_palette(""), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contrast), cmocka_unit_test(test_mono), cmocka_unit_test(test_choose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
