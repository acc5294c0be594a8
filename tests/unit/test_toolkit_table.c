/*
 * test_toolkit_table.c - tables of any length, pick lists, dialogs, the key
 * bar and the status line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/dialog.h"
#include "client/frame.h"
#include "client/pick.h"
#include "client/text_find.h"
#include "screen_rig.h"

static const char *const people[] = { "Ada Lovelace", "Grace Hopper", "Zoë Müller-Łukasiewicz", "Αθηνά Παπαδοπούλου", "Ольга Ларина" };

static unsigned asked;

static void
event_cell(const void *ctx, size_t row, int col, char text[static TABLE_CELL_BYTES], enum theme *t)
{
	asked++;
	(void)ctx;
	switch (col) {
	case 0:
		snprintf(text, TABLE_CELL_BYTES, "%zu", row);
		break;
	case 1:
		snprintf(text, TABLE_CELL_BYTES, "%s", people[row % 5]);
		break;
	case 2:
		money_format_plain((int64_t)(row * row) * 37 + 1, "EUR", text);
		break;
	case 3:
		snprintf(text, TABLE_CELL_BYTES, "%s", row % 3 == 0 ? "✗ refused" : "✓ posted");
		*t = row % 3 == 0 ? THEME_BAD : THEME_GOOD;
		break;
	default:
		snprintf(text, TABLE_CELL_BYTES, "counter-%zu", row % 7);
		break;
	}
}

static const struct table_col event_cols[] = {
	{ "Number", 7, 10, true, 0 }, { "Person", 12, 40, false, 0 }, { "Amount", 14, 18, true, 0 }, { "Outcome", 9, 9, false, 0 },
	{ "Terminal", 12, 20, false, 1 }, { "Branch", 14, 20, false, 2 },
};

static struct table_source
events(size_t rows)
{
	return (struct table_source){ .cols = event_cols, .n = 6, .rows = rows, .cell = event_cell, .empty = "No event yet." };
}

struct view {
	struct table t;
	struct table_source s;
};

static void
draw_table(const void *ctx, struct cells *c)
{
	const struct view *v = ctx;

	cells_clear(c);
	table_draw(&v->t, &v->s, c, (struct area){ 1, 1, c->h - 4, c->w - 2 });
	status_draw(c, c->h - 3, "10,000,000 events · verified up to 118", "paused: End goes on");
}

static void
press(struct view *v, enum request req, int times)
{
	while (times-- > 0)
		assert_true(table_key(&v->t, &v->s, 16, (struct key){ .req = req }));
}

static void
test_table(void **state)
{
	struct view v = { .s = events(10000000) };
	struct cells c = { 0 };
	size_t top;

	(void)state;
	press(&v, REQ_DOWN, 3);
	assert_int_equal(v.t.on, 3);
	press(&v, REQ_PGDN, 2);
	assert_int_equal(v.t.on, 35);
	press(&v, REQ_PGUP, 1);
	assert_int_equal(v.t.on, 19);
	rig_golden_of(draw_table, &v, "widget-table");
	press(&v, REQ_END, 1);
	assert_int_equal(v.t.on, 9999999);
	press(&v, REQ_PGDN, 1);
	assert_int_equal(v.t.on, 9999999);
	rig_golden_of(draw_table, &v, "widget-table-end");
	/* Only what is seen is asked for. */
	assert_int_equal(cells_size(&c, 80, 24), RC_OK);
	asked = 0;
	draw_table(&v, &c);
	assert_in_range(asked, 18, 18 * 6);
	cells_free(&c);
	/* Rows that come before do not move the chosen one. */
	top = v.t.top;
	v.s.rows += 5;
	table_added(&v.t, 0, 5);
	assert_int_equal(v.t.on, 10000004);
	assert_int_equal(v.t.top, top + 5);
	table_added(&v.t, v.t.on + 1, 9);
	assert_int_equal(v.t.on, 10000004);
	/* A tail is followed from its first row, and stands still from any other. */
	press(&v, REQ_HOME, 1);
	v.t.follow = true;
	table_added(&v.t, 0, 5);
	assert_int_equal(v.t.on, 0);
	press(&v, REQ_DOWN, 1);
	table_added(&v.t, 0, 5);
	assert_int_equal(v.t.on, 6);
	/* Rows that went away, all of them too. */
	v.s.rows = 3;
	press(&v, REQ_UP, 1);
	assert_int_equal(v.t.on, 1);
	v.s.rows = 0;
	press(&v, REQ_DOWN, 1);
	press(&v, REQ_CLICK, 1);
	assert_int_equal(v.t.on, 0);
	rig_golden_of(draw_table, &v, "widget-table-empty");
}

static void
test_search(void **state)
{
	struct view v = { .s = events(100) };
	struct key slash = { .req = REQ_CHAR, .ch = '/' };

	(void)state;
	assert_false(table_key(&v.t, &v.s, 10, (struct key){ .req = REQ_CHAR, .ch = 'm' }));
	assert_true(table_key(&v.t, &v.s, 10, slash));
	for (const char *s = "mÜLLER"; *s != '\0';)
		assert_true(table_key(&v.t, &v.s, 10, (struct key){ .req = REQ_CHAR, .ch = utf8_next(&s) }));
	assert_int_equal(v.t.on, 2);
	press(&v, REQ_FIND, 1);
	assert_int_equal(v.t.on, 7);
	rig_golden_of(draw_table, &v, "widget-table-search");
	press(&v, REQ_DOWN, 1);
	assert_int_equal(v.t.on, 8);
	assert_true(table_key(&v.t, &v.s, 10, slash));		/* inside the search it is a letter */
	assert_int_equal(v.t.on, 8);
	rig_golden_of(draw_table, &v, "widget-table-nowhere");
	assert_true(table_key(&v.t, &v.s, 10, (struct key){ .req = REQ_BACK }));
	assert_false(v.t.finding);
	assert_false(table_key(&v.t, &v.s, 10, (struct key){ .req = REQ_BACK }));
}

static void
test_widths(void **state)
{
	struct table_source s = events(1);
	int widths[TABLE_COLS], sum;

	(void)state;
	for (int w = 30; w < 200; w++) {
		memset(widths, 0, sizeof widths);
		table_widths(&s, w, widths);
		sum = -1;
		for (int i = 0; i < s.n; i++) {
			if (widths[i] == 0) {
				assert_true(event_cols[i].rank > 0);
				continue;
			}
			assert_in_range(widths[i], event_cols[i].least, event_cols[i].most);
			sum += widths[i] + 1;
		}
		assert_true(sum <= w || w < 45);
		assert_true(widths[5] == 0 || widths[4] > 0);	/* the higher rank goes first */
	}
}

static void
test_text_has(void **state)
{
	static const struct { const char *text, *words; bool has; } t[] = {
		{ "Ada Lovelace", "", true }, { "Ada Lovelace", "love ada", true }, { "Ada Lovelace", "adal", false },
		{ "Zoë MÜLLER-Łukasiewicz", "müller łuka", true }, { "Ольга", "ОЛЬ", true }, { "", "a", false },
		{ "Αθηνά", "ΑΘΗ", true }, { "aab", "ab", true }, { "Žižek", "ŽIŽ", true }, { "\xff", "\xff", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		if (text_has(t[i].text, t[i].words) != t[i].has)
			fail_msg("'%s' in '%s'", t[i].words, t[i].text);
}

/* ---- pick list ---- */

static void
person_text(const void *ctx, size_t i, char text[static TABLE_CELL_BYTES])
{
	(void)ctx;
	snprintf(text, TABLE_CELL_BYTES, "%05zu  %s", i, people[i % 5]);
}

static const struct pick_items persons = { .title = "Payee", .n = 2000, .text = person_text };

static void
draw_pick(const void *ctx, struct cells *c)
{
	cells_clear(c);
	cells_wrap(c, 1, 0, c->w, c->h, THEME_TEXT, "the page below, the page below, the page below, the page below, the page below, the page below");
	pick_draw(ctx, &persons, c);
}

static void
pick_type(struct pick *p, const char *text)
{
	size_t chosen;

	while (*text != '\0')
		assert_int_equal(pick_key(p, &persons, (struct key){ .req = REQ_CHAR, .ch = utf8_next(&text) }, &chosen), PICK_GOES_ON);
}

static void
test_pick(void **state)
{
	struct pick p = { 0 };
	size_t chosen = 99;

	(void)state;
	pick_open(&p, &persons);
	assert_true(p.more);
	rig_golden_of(draw_pick, &p, "widget-pick");
	pick_type(&p, "ларина 17");
	assert_true(p.matches > 2 && p.matches < 400);
	assert_int_equal(pick_key(&p, &persons, (struct key){ .req = REQ_DOWN }, &chosen), PICK_GOES_ON);
	rig_golden_of(draw_pick, &p, "widget-pick-filtered");
	assert_int_equal(pick_key(&p, &persons, (struct key){ .req = REQ_ENTER }, &chosen), PICK_CHOSEN);
	assert_int_equal(chosen % 5, 4);
	assert_int_equal(chosen, p.match[1]);
	assert_false(p.open);
	pick_open(&p, &persons);
	pick_type(&p, "nobody");
	assert_int_equal(pick_key(&p, &persons, (struct key){ .req = REQ_ENTER }, &chosen), PICK_GOES_ON);
	rig_golden_of(draw_pick, &p, "widget-pick-nothing");
	assert_int_equal(pick_key(&p, &persons, (struct key){ .req = REQ_BACK }, &chosen), PICK_LEFT);
	assert_false(p.open);
}

/* ---- dialog ---- */

static const struct dialog_text refuse = {
	.title = "Refuse the transfer", .question = "1,250.75 EUR from Ada Lovelace to Grace Hopper. The held amount is given back at once.",
	.choices = { "Go back", "Refuse it" }, .reason_chars = 8,
};
static const struct dialog_text leave = {
	.title = "Leave", .question = "The line you are in is not finished. What becomes of it?", .choices = { "Stay", "Keep it as a draft", "Forget it" },
};

static void
draw_dialog(const void *ctx, struct cells *c)
{
	cells_clear(c);
	dialog_draw(ctx, c);
}

static void
test_dialog(void **state)
{
	struct visit v = { 0 };
	struct dialog d;

	(void)state;
	dialog_open(&d, &refuse);
	assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_DOWN }), DIALOG_GOES_ON);
	assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_ENTER }), DIALOG_GOES_ON);
	assert_non_null(strstr(v.notice.text, "at least 8"));
	for (const char *s = "1 double"; *s != '\0'; s++)	/* digits are part of a reason, no choice */
		assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_CHAR, .ch = (uint32_t)*s }), DIALOG_GOES_ON);
	rig_golden_of(draw_dialog, &d, "widget-dialog-reason");
	assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_ENTER }), DIALOG_CHOSEN);
	assert_int_equal(d.on, 1);
	assert_string_equal(d.reason.text, "1 double");
	dialog_close(&d);
	assert_string_equal(d.reason.text, "");
	dialog_open(&d, &leave);
	rig_golden_of(draw_dialog, &d, "widget-dialog");
	assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_CHAR, .ch = '3' }), DIALOG_CHOSEN);
	assert_int_equal(d.on, 2);
	dialog_open(&d, &leave);
	assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_CLICK, .ch = 1 }), DIALOG_CHOSEN);
	assert_int_equal(d.on, 1);
	assert_int_equal(dialog_key(&d, &v, (struct key){ .req = REQ_BACK }), DIALOG_LEFT);
}

/* ---- the bar ---- */

static const char *
bar_why(const void *state, const struct visit *v, enum request req)
{
	(void)state;
	(void)v;
	return req == REQ_SUBMIT ? "The control totals do not agree." : NULL;
}

static const struct screen_ops crowded = {
	.bar = { { REQ_HELP, "Help", 0 }, { REQ_NEW, "New line", 1 }, { REQ_FIND, "Search", 5 }, { REQ_PICK, "List", 2 },
	    { REQ_AGAIN, "Refresh", 6 }, { REQ_COPY, "As above", 2 }, { REQ_REFUSE, "Send back", 3 }, { REQ_SUBMIT, "Submit", 0 },
	    { REQ_LOGOUT, "Verify", 4 }, { REQ_BACK, "Back", 0 } },
	.refuses = bar_why,
};

static void
draw_bar(const void *ctx, struct cells *c)
{
	cells_clear(c);
	bar_draw(c, ctx, &crowded, NULL);
}

static void
test_bar(void **state)
{
	struct visit v = { 0 };
	struct cells c = { 0 };
	const struct zone *z;

	(void)state;
	rig_golden_of(draw_bar, &v, "widget-bar");
	assert_int_equal(cells_size(&c, 80, 24), RC_OK);
	draw_bar(&v, &c);
	assert_non_null(z = cells_zone_at(&c, 23, 2));
	assert_int_equal(z->req, REQ_HELP);
	assert_null(cells_zone_at(&c, 23, 79));
	assert_null(cells_zone_at(&c, 22, 2));
	cells_free(&c);
	assert_string_equal(bar_refuses(&v, &crowded, NULL, REQ_SUBMIT), "The control totals do not agree.");
	assert_null(bar_refuses(&v, &crowded, NULL, REQ_QUIT));
}

/* A click on a line of the menu and on a key of the bar does what the key does. */
static void
test_click(void **state)
{
	struct rig r;
	int y, x = 0;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	free(rig_text(&r, 80, 24));
	for (y = 0; y < 24; y++) {
		const struct zone *z = cells_zone_at(&r.cells, y, 30);

		if (z != NULL && z->req == REQ_CLICK && z->ch == 1)
			break;
	}
	app_click(r.app, &r.cells, y, 30);
	rig_page(&r, "register");
	free(rig_text(&r, 80, 24));
	while (x < 80 && (cells_zone_at(&r.cells, 23, x) == NULL || cells_zone_at(&r.cells, 23, x)->req != REQ_BACK))
		x++;
	app_click(r.app, &r.cells, 23, x);
	rig_page(&r, "welcome");
	app_click(r.app, &r.cells, -1, 500);
	rig_page(&r, "welcome");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), cmocka_unit_test(test_search), cmocka_unit_test(test_widths), cmocka_unit_test(test_text_has),
		cmocka_unit_test(test_pick), cmocka_unit_test(test_dialog), cmocka_unit_test(test_bar), cmocka_unit_test(test_click),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
