/*
 * test_toolkit_chart.c - charts: the largest is as large as the chart, nothing
 * is nothing, and little is not nothing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "client/chart.h"
#include "screen_rig.h"

static const int64_t hours[24] = { 0, 0, 0, 0, 0, 1, 40, 180, 420, 610, 700, 655, 300, 280, 590, 720, 640, 410, 120, 60, 9, 3, 0, 0 };
static const char *const hour_labels[24] = {
	"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21",
	"22", "23",
};
static const struct chart_bar reasons[] = {
	{ "code is wrong", 41, "41" }, { "face is not the enrolled one", 17, "17" }, { "not live", 9, "9" }, { "limit", 1, "1" },
	{ "account unknown", 0, "0" },
};

static void
draw_charts(const void *ctx, struct cells *c)
{
	(void)ctx;
	cells_clear(c);
	cells_text(c, 0, 1, c->w, THEME_STRONG, "Events per minute");
	chart_spark(c, 0, 20, 24, THEME_TEXT, hours, 24);
	chart_spark(c, 0, 50, 10, THEME_GOOD, hours, 24);
	chart_bars(c, (struct area){ 2, 1, 5, c->w - 2 }, THEME_WARN, reasons, 5);
	chart_columns(c, (struct area){ 8, 1, c->h - 9, c->w - 2 }, THEME_GOOD, hours, hour_labels, 24, "720 transactions an hour");
}

static void
test_golden(void **state)
{
	(void)state;
	rig_golden_of(draw_charts, NULL, "widget-charts");
}

static uint32_t
at(const struct cells *c, int y, int x)
{
	return cells_at(c, y, x)->cp;
}

static void
test_extremes(void **state)
{
	static const int64_t values[] = { -5, 0, 1, INT64_MAX / 2, INT64_MAX };
	static const int64_t none[] = { 0, 0 };
	struct cells c = { 0 };

	(void)state;
	for (int ascii = 0; ascii < 2; ascii++) {
		c.ascii = ascii == 1;
		assert_int_equal(cells_size(&c, 20, 4), RC_OK);
		chart_spark(&c, 0, 2, 5, THEME_TEXT, values, 5);
		assert_int_equal(at(&c, 0, 2), ascii ? '_' : 0xb7);
		assert_int_equal(at(&c, 0, 3), ascii ? '_' : 0xb7);
		assert_int_equal(at(&c, 0, 4), ascii ? '.' : 0x2581);
		assert_int_equal(at(&c, 0, 5), ascii ? '=' : 0x2584);
		assert_int_equal(at(&c, 0, 6), ascii ? '#' : 0x2588);
		assert_int_equal(at(&c, 0, 7), ' ');
		/* Few values stand at the right, many lose the oldest. */
		chart_spark(&c, 1, 0, 4, THEME_TEXT, none, 2);
		assert_int_equal(at(&c, 1, 1), ' ');
		assert_int_equal(at(&c, 1, 3), ascii ? '_' : 0xb7);
		chart_spark(&c, 2, 0, 1, THEME_TEXT, values, 5);
		assert_int_equal(at(&c, 2, 0), ascii ? '#' : 0x2588);
		assert_int_equal(at(&c, 2, 1), ' ');
		chart_spark(&c, 3, 0, 0, THEME_TEXT, values, 5);
		chart_spark(&c, 3, 0, 5, THEME_TEXT, values, 0);
		assert_int_equal(at(&c, 3, 0), ' ');
	}
	cells_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_golden), cmocka_unit_test(test_extremes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
