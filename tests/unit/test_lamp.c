/*
 * test_lamp.c - the light stays harmless whatever a server asks for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client/lamp.h"
#include "tests/splitmix.h"

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

/*
 * Any colours at any pace, captures that are broken off and begun again at any
 * moment, moments at which nobody looks: never more than three changes within
 * any second, coming on and going out among them, never a saturated red.
 */
static void
test_hostile(void **state)
{
	enum { CHANGES = 4000, WAITS = 5 };
	static const uint32_t waits[WAITS] = { 1, 7, 60, 350, 1200 };	/* at most, ms */
	static int64_t changed[CHANGES];
	struct lamp l = { 0 };
	uint64_t random = 1;
	unsigned n = 0, dark = 0;

	(void)state;
	for (int64_t now = 5; n < CHANGES; now += 1 + (int64_t)(splitmix64(&random) % waits[splitmix64(&random) % WAITS])) {
		uint32_t before = l.shown;

		switch (splitmix64(&random) % 4) {
		case 0:
			lamp_ask(&l, 0, now);		/* the capture ended, or its page went */
			break;
		case 1:
			lamp_ask(&l, splitmix64(&random) % 4 == 0 ? 0xff0000 : (uint32_t)splitmix64(&random) & 0xffffff, now);
			break;
		default:
			lamp_turn(&l, now);
		}
		assert_false(l.shown != 0 && lamp_is_red(l.shown));
		if (l.shown == before)
			continue;
		changed[n++] = now;
		dark += l.shown == 0;
	}
	assert_true(dark > CHANGES / 8);
	for (unsigned i = 3; i < n; i++)
		assert_true(changed[i] - changed[i - 3] > 1000);
}

/* It goes out as it came on: in its time. */
static void
test_out(void **state)
{
	struct lamp l = { 0 };

	(void)state;
	lamp_ask(&l, 0, 10);
	lamp_ask(&l, 0x8080ff, 20);
	assert_int_equal(l.shown, 0x8080ff);	/* nothing was lit before, so nothing flashed */
	lamp_ask(&l, 0, 30);
	lamp_turn(&l, 19 + LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0x8080ff);
	lamp_turn(&l, 20 + LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0);
	lamp_ask(&l, 0x8080ff, 40 + LAMP_LEAST_MS);
	assert_int_equal(l.shown, 0);
	lamp_turn(&l, 20 + 2 * LAMP_LEAST_MS);
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
