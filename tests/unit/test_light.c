/*
 * test_light.c - the colours that are drawn are safe for the eyes: computed
 * from what a terminal is told to paint.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/lamp.h"
#include "server/light.h"
#include "tests/splitmix.h"

#define FLASH .10	/* of the greatest relative luminance: half of a flash, where the darker is below ... */
#define DARKER .80
#define RED    .80

enum painted { IN_256, DIRECT, KINDS };		/* kinds of terminals that shine, as term_curses.c paints them */

static uint32_t
paint(enum painted kind, uint32_t rgb)
{
	return rgb == 0 || kind == DIRECT ? rgb : lamp_palette(lamp_nearest(rgb));
}

/* Linear light of the three parts, sRGB. */
static void
light_of(uint32_t rgb, double c[static 3])
{
	for (int k = 0; k < 3; k++) {
		double v = (rgb >> (16 - 8 * k) & 255) / 255.0;

		c[k] = v <= .04045 ? v / 12.92 : pow((v + .055) / 1.055, 2.4);
	}
}

static double
luminance(uint32_t rgb)
{
	double c[3];

	light_of(rgb, c);
	return .2126 * c[0] + .7152 * c[1] + .0722 * c[2];
}

/* Would going from one to the other be half of a flash? */
static bool
flashes(uint32_t a, uint32_t b)
{
	double la = luminance(a), lb = luminance(b);

	return fabs(la - lb) >= FLASH && fmin(la, lb) < DARKER;
}

static void
test_palette(void **state)
{
	(void)state;
	assert_true(flashes(0, 0xffffff) && flashes(0, light_palette[0]));	/* coming on is */
	for (unsigned kind = 0; kind < KINDS; kind++)
		for (unsigned i = 0; i < LIGHT_PALETTE; i++) {
			uint32_t one = paint((enum painted)kind, light_palette[i]);
			double c[3];

			light_of(one, c);
			assert_true(c[0] < RED * (c[0] + c[1] + c[2]));
			assert_int_equal(one, light_palette[i]);	/* what the server looks for is what is shown */
			assert_true(lamp_wants_black(one));		/* the letters do not change with it */
			for (unsigned j = 0; j < i; j++) {
				uint32_t two = paint((enum painted)kind, light_palette[j]);

				assert_int_not_equal(one, two);
				assert_false(flashes(one, two));
			}
		}
}

static void
fill(void *ctx, void *dst, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((uint8_t *)dst)[i] = (uint8_t)(splitmix64(ctx) >> 40);
}

static void
test_sequence(void **state)
{
	uint64_t seed = 1;
	const struct rng g = { fill, &seed };
	unsigned counts[LIGHT_COLOURS_MOST + 1] = { 0 };

	(void)state;
	for (int k = 0; k < 500; k++) {
		int64_t from = 0;
		struct light l;

		light_draw(&l, &g);
		assert_in_range(l.n, LIGHT_COLOURS_LEAST, LIGHT_COLOURS_MOST);
		counts[l.n]++;
		for (uint32_t i = 0; i < l.n; i++) {
			assert_true(l.until_ms[i] - from >= 334);	/* at most three changes a second */
			assert_true(i == 0 || l.rgb[i] != l.rgb[i - 1]);
			assert_int_equal(light_at(&l, from), l.rgb[i]);
			assert_int_equal(light_at(&l, l.until_ms[i] - 1), l.rgb[i]);
			from = l.until_ms[i];
		}
		assert_int_equal(light_at(&l, from), 0);
		assert_int_equal(light_at(&l, -1), 0);
	}
	assert_true(counts[3] > 100 && counts[4] > 100 && counts[5] > 100);
}

/*
 * Whole captures one after another, broken off at any moment, over a network
 * that is late: in any second at most three changes are painted, and those of
 * brightness, coming on and going out, are not even two flashes.
 */
static void
test_captures(void **state)
{
	enum { CHANGES = 3000 };
	static int64_t at[CHANGES], bright[CHANGES];
	uint64_t seed = 7;
	const struct rng g = { fill, &seed };
	struct lamp lamp = { 0 };
	unsigned n = 0, brights = 0;
	int64_t now = 0;

	(void)state;
	while (n + 2 * LIGHT_COLOURS_MOST < CHANGES) {
		int64_t from = now += 1 + (int64_t)(splitmix64(&seed) % 900), late = (int64_t)(splitmix64(&seed) % 300);
		int64_t until = from + (int64_t)(splitmix64(&seed) % 6000);
		struct light l;

		light_draw(&l, &g);
		for (; now < until + LAMP_LEAST_MS; now += 1 + (int64_t)(splitmix64(&seed) % 20)) {
			uint32_t before = lamp.shown;

			if (now < until)
				lamp_ask(&lamp, light_at(&l, now - from - late), now);
			else
				lamp_ask(&lamp, 0, now);
			if (lamp.shown == before)
				continue;
			at[n++] = now;
			if (flashes(paint(IN_256, before), paint(IN_256, lamp.shown)))
				bright[brights++] = now;
		}
	}
	for (unsigned i = 3; i < n; i++)
		assert_true(at[i] - at[i - 3] > 1000);
	for (unsigned i = 3; i < brights; i++)
		assert_true(bright[i] - bright[i - 3] > 1000);
	assert_true(brights > n / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_palette), cmocka_unit_test(test_sequence), cmocka_unit_test(test_captures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
