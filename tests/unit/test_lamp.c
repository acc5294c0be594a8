/*
 * test_lamp.c - the light stays harmless whatever a server asks for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "client/lamp.h"

static void
test_shows(void **state)
{
	struct lamp l = { 0 };

	(void)state;
	lamp_ask(&l, 0x40c0ff, 1000);
	assert_int_equal(l.shown, 0x40c0ff);		/* at once */
	lamp_ask(&l, 0xffd060, 1000 + LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0xffd060);
	lamp_ask(&l, 0x00ff40, 1001 + LAMP_LEAST_MS);
	lamp_ask(&l, 0, 1002 + LAMP_LEAST_MS);		/* in time for neither: the last one counts */
	assert_int_equal(l.shown, 0xffd060);
	lamp_turn(&l, 999 + 2 * LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0xffd060);
	lamp_turn(&l, 1000 + 2 * LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0);
}

/* Any colours at any pace: never more than three changes within any second, never a saturated red. */
static void
test_hostile(void **state)
{
	enum { STEPS = 60000 };
	static int64_t changed[STEPS];
	struct lamp l = { 0 };
	unsigned n = 0, seed = 1;

	(void)state;
	for (int64_t now = 5; now < STEPS; now++) {
		uint32_t before = l.shown, rgb;

		seed = seed * 1664525 + 1013904223;
		rgb = seed >> 8;
		if (seed % 3 == 0)
			rgb = seed % 2 == 0 ? 0xff0000 : 0;
		if (seed % 7 != 0)
			lamp_ask(&l, rgb, now);
		else
			lamp_turn(&l, now);
		assert_false(l.shown != 0 && lamp_is_red(l.shown));
		if (l.shown != before)
			changed[n++] = now;
	}
	assert_true(n > 100);
	for (unsigned i = 3; i < n; i++)
		assert_true(changed[i] - changed[i - 3] > 1000);
}

/* A page that goes takes its light with it, and the next one waits its time. */
static void
test_out(void **state)
{
	struct lamp l = { 0 };

	(void)state;
	lamp_out(&l, 10);
	lamp_ask(&l, 0x8080ff, 20);
	assert_int_equal(l.shown, 0x8080ff);	/* nothing was lit before, so nothing flashed */
	lamp_out(&l, 30);
	assert_int_equal(l.shown, 0);
	lamp_ask(&l, 0x8080ff, 40);
	assert_int_equal(l.shown, 0);
	lamp_turn(&l, 30 + LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0x8080ff);
}

static void
test_red(void **state)
{
	struct lamp l = { 0 };

	(void)state;
	assert_true(lamp_is_red(0xff0000));
	assert_true(lamp_is_red(0x400000));
	assert_true(lamp_is_red(0xff6363));	/* .8003 */
	assert_false(lamp_is_red(0xff6464));	/* .797 */
	assert_false(lamp_is_red(0x00ff00));
	assert_false(lamp_is_red(0));
	lamp_ask(&l, 0x60a0ff, 0);
	lamp_ask(&l, 0xff0000, 1000);
	lamp_turn(&l, 2000);
	assert_int_equal(l.shown, 0x60a0ff);
	lamp_ask(&l, 0x1000000, 3000);		/* no colour at all */
	lamp_turn(&l, 4000);
	assert_int_equal(l.shown, 0x60a0ff);
}

static void
test_palette(void **state)
{
	(void)state;
	assert_int_equal(lamp_palette(16), 0x000000);
	assert_int_equal(lamp_palette(21), 0x0000ff);
	assert_int_equal(lamp_palette(208), 0xff8700);
	assert_int_equal(lamp_palette(231), 0xffffff);
	assert_int_equal(lamp_palette(232), 0x080808);
	assert_int_equal(lamp_palette(255), 0xeeeeee);
	for (int i = 16; i < 256; i++)
		if (!lamp_is_red(lamp_palette(i)))
			assert_int_equal(lamp_palette(lamp_nearest(lamp_palette(i))), lamp_palette(i));
	assert_int_equal(lamp_nearest(0x2080fe), lamp_nearest(0x0087ff));
	/* The nearest of all would be a saturated red. */
	assert_true(lamp_is_red(0xff5f5f));
	assert_false(lamp_is_red(lamp_palette(lamp_nearest(0xff6464))));
	for (uint32_t r = 0; r < 256; r += 5)
		for (uint32_t g = 0; g < 256; g += 5)
			assert_false(lamp_is_red(lamp_palette(lamp_nearest(r << 16 | g << 8 | g / 2))));
}

static void
test_text(void **state)
{
	(void)state;
	assert_true(lamp_wants_black(0xffffff));
	assert_true(lamp_wants_black(0xffd060));
	assert_true(lamp_wants_black(0x00ff00));
	assert_false(lamp_wants_black(0x0000ff));
	assert_false(lamp_wants_black(0x000000));
	assert_false(lamp_wants_black(0x505050));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shows), cmocka_unit_test(test_hostile), cmocka_unit_test(test_out),
		cmocka_unit_test(test_red), cmocka_unit_test(test_palette), cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
