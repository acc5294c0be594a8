/*
 * test_toolkit_grid.c - lines of cells: what is typed, taken over, put in
 * between and taken out, and how many keys it takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "client/grid.h"
#include "screen_rig.h"
#include "tests/splitmix.h"

enum { DEBIT, PAYEE, AMOUNT, CURRENCY, REFERENCE, COLS };

static const char *
batch_fault(const void *state, const struct grid *g, size_t line, int col)
{
	char account[ACCOUNT_MAX_BYTES + 1];

	(void)state;
	if (col == DEBIT || col == PAYEE)
		return account_number_parse(grid_text(g, line, col), account) == RC_OK ? NULL : "The account number is not right.";
	return col == CURRENCY && money_exponent(grid_text(g, line, col)) < 0 ? "This is no currency." : NULL;
}

static const struct grid_spec batch = {
	.col = {
		[DEBIT] = { { "Debit account", 22, 24, false, 0 }, FIELD_ACCOUNT, 34, true },
		[PAYEE] = { { "Payee's account", 22, 24, false, 0 }, FIELD_ACCOUNT, 34, true },
		[AMOUNT] = { { "Amount", 11, 18, true, 0 }, FIELD_AMOUNT, 40, false },
		[CURRENCY] = { { "Cur", 3, 3, false, 0 }, FIELD_CURRENCY, 3, false },
		[REFERENCE] = { { "Reference", 8, 50, false, 1 }, FIELD_TEXT, 100, false },
	},
	.n = COLS, .currency = CURRENCY, .fault = batch_fault,
};

struct typist {
	struct grid g;
	struct visit v;
	unsigned keys, lines;
};

static enum grid_did
type_key(struct typist *t, enum request req, uint32_t ch)
{
	enum grid_did did;

	t->v.notice.level = NOTICE_NONE;
	t->keys++;
	did = grid_key(&t->g, t, &t->v, 10, (struct key){ .req = req, .ch = ch });
	t->lines += did == GRID_LINE;
	assert_int_not_equal(did, GRID_FULL);
	return did;
}

static void
type_text(struct typist *t, const char *text)
{
	while (*text != '\0')
		assert_int_equal(type_key(t, REQ_CHAR, utf8_next(&text)), GRID_HEARD);
}

/* One line, as from paper: a cell, Enter, the next cell. */
static void
type_line(struct typist *t, const char *const cells[COLS])
{
	for (int i = 0; i < COLS; i++) {
		type_text(t, cells[i]);
		type_key(t, REQ_ENTER, 0);
		assert_int_equal(t->v.notice.level, NOTICE_NONE);
	}
}

static void
draw_batch(const void *ctx, struct cells *c)
{
	const struct typist *t = ctx;

	cells_clear(c);
	grid_draw(&t->g, t, c, (struct area){ 1, 0, c->h - 4, c->w });
}

static void
test_grid(void **state)
{
	char debit[ACCOUNT_MAX_BYTES + 1], payee[ACCOUNT_MAX_BYTES + 1];
	const char *line[COLS] = { debit, payee, "12,50", "EUR", "Invoice 17" };
	struct typist t = { 0 };
	unsigned characters = 0;

	(void)state;
	account_number_make(1, 4711, debit);
	account_number_make(1, 5000, payee);
	assert_int_equal(grid_open(&t.g, &batch), RC_OK);
	type_line(&t, line);
	/* As few keys as the line has characters, and one a field. */
	for (int i = 0; i < COLS; i++)
		characters += (unsigned)strlen(line[i]);
	assert_int_equal(t.keys, characters + COLS);
	assert_int_equal(t.lines, 1);
	assert_int_equal(t.g.finished, 0);
	assert_int_equal(t.g.lines, 2);
	assert_string_equal(grid_text(&t.g, 0, AMOUNT), "12.50");
	assert_true(grid_line_empty(&t.g, 1));
	/* F6 in an empty line: the line above; in a cell: the cell above. */
	type_key(&t, REQ_COPY, 0);
	assert_string_equal(grid_text(&t.g, 1, REFERENCE), "Invoice 17");
	assert_int_equal(t.g.col, DEBIT);
	type_key(&t, REQ_NEXT, 0);
	type_key(&t, REQ_NEXT, 0);
	type_key(&t, REQ_CLEAR, 0);
	type_text(&t, "100+25,50-3");
	type_key(&t, REQ_ENTER, 0);
	assert_string_equal(grid_text(&t.g, 1, AMOUNT), "122.50");
	type_key(&t, REQ_ENTER, 0);
	type_key(&t, REQ_CLEAR, 0);
	type_key(&t, REQ_ENTER, 0);
	assert_int_equal(t.g.on, 2);
	type_text(&t, debit);
	type_key(&t, REQ_NEXT, 0);
	type_key(&t, REQ_COPY, 0);
	assert_string_equal(grid_text(&t.g, 2, PAYEE), payee);
	assert_int_equal(t.g.col, AMOUNT);
	/* What is wrong is said at once; Enter stays, Tab goes on and the line has a sign. */
	type_text(&t, "1,000.00");
	type_key(&t, REQ_ENTER, 0);
	assert_int_equal(t.g.col, AMOUNT);
	assert_non_null(strstr(t.v.notice.text, "This is no amount"));
	type_key(&t, REQ_NEXT, 0);
	assert_int_equal(t.g.col, CURRENCY);
	type_text(&t, "eur");
	type_key(&t, REQ_DOWN, 0);
	assert_int_equal(t.g.on, 3);
	assert_int_equal(type_key(&t, REQ_PICK, 0), GRID_HEARD);	/* there is a list for accounts, not for currencies */
	type_key(&t, REQ_PREV, 0);
	type_text(&t, "7");
	rig_golden_of(draw_batch, &t, "widget-grid");
	grid_close(&t.g);
}

/* Lines above and below, in numbers: nothing is lost, nothing is mixed up. */
static void
test_grid_lines(void **state)
{
	struct typist t = { 0 };
	char number[32];

	(void)state;
	assert_int_equal(grid_open(&t.g, &batch), RC_OK);
	for (size_t i = 0; i < 3000; i++) {
		snprintf(number, sizeof number, "%zu", i);
		assert_int_equal(grid_set(&t.g, i, REFERENCE, number), RC_OK);
	}
	assert_int_equal(grid_set(&t.g, 0, CURRENCY, "EURO"), RC_INVALID);
	assert_int_equal(t.g.lines, 3000);
	for (int i = 0; i < 9; i++)
		type_key(&t, REQ_PGDN, 0);
	assert_int_equal(t.g.on, 90);
	assert_int_equal(type_key(&t, REQ_LINE_DROP, 0), GRID_GONE);
	assert_int_equal(t.g.finished, 90);
	assert_string_equal(grid_text(&t.g, 90, REFERENCE), "91");
	type_key(&t, REQ_LINE_ADD, 0);
	assert_true(grid_line_empty(&t.g, 90));
	assert_string_equal(grid_text(&t.g, 91, REFERENCE), "91");
	assert_int_equal(t.g.lines, 3000);
	rig_golden_of(draw_batch, &t, "widget-grid-lines");
	for (int i = 0; i < 400; i++)
		type_key(&t, REQ_PGDN, 0);
	assert_int_equal(t.g.on, 2999);
	type_key(&t, REQ_CLICK, 0);
	assert_int_equal(t.g.on, 2990);
	type_key(&t, REQ_CLICK, 99 * GRID_COLS);
	assert_int_equal(t.g.on, 2990);
	for (int i = 0; i < 3001; i++)
		type_key(&t, REQ_LINE_DROP, 0);
	assert_int_equal(t.g.on, 0);
	assert_int_equal(t.g.lines, 1);
	assert_true(grid_line_empty(&t.g, 0));
	grid_close(&t.g);
}

/* The last line that is left is emptied; from an empty last line there is no way further down. */
static void
test_grid_last(void **state)
{
	struct typist t = { 0 };

	(void)state;
	assert_int_equal(grid_open(&t.g, &batch), RC_OK);
	type_key(&t, REQ_DOWN, 0);
	assert_int_equal(t.g.lines, 1);
	type_key(&t, REQ_COPY, 0);
	assert_non_null(strstr(t.v.notice.text, "no line above"));
	assert_int_equal(type_key(&t, REQ_PICK, 0), GRID_PICK);
	grid_put(&t.g, "nonsense");
	assert_int_equal(type_key(&t, REQ_ENTER, 0), GRID_HEARD);
	assert_int_equal(t.g.col, DEBIT);
	assert_non_null(strstr(t.v.notice.text, "not right"));
	type_key(&t, REQ_NEXT, 0);
	type_key(&t, REQ_NEXT, 0);
	assert_int_equal(type_key(&t, REQ_PICK, 0), GRID_HEARD);
	assert_non_null(strstr(t.v.notice.text, "Amount: there is no list"));
	type_key(&t, REQ_LINE_DROP, 0);
	assert_true(grid_line_empty(&t.g, 0));
	assert_int_equal(t.g.lines, 1);
	assert_int_equal(type_key(&t, REQ_REFUSE, 0), GRID_UNHEARD);
	grid_close(&t.g);
}

/* Any keys in any order: what is where it is stays in order, and a line is as long as its columns. */
static void
test_any_keys(void **state)
{
	static const enum request keys[] = {
		REQ_CHAR, REQ_CHAR, REQ_CHAR, REQ_ENTER, REQ_NEXT, REQ_PREV, REQ_UP, REQ_DOWN, REQ_PGUP, REQ_PGDN, REQ_COPY, REQ_LINE_ADD,
		REQ_LINE_DROP, REQ_BACKSPACE, REQ_DELETE, REQ_CLEAR, REQ_LEFT, REQ_RIGHT, REQ_HOME, REQ_END, REQ_CLICK, REQ_PICK,
	};
	static const char letters[] = "0123456789,.+-XC EUR";
	uint64_t random = 20260314;
	struct typist t = { 0 };
	struct cells c = { 0 };

	(void)state;
	assert_int_equal(grid_open(&t.g, &batch), RC_OK);
	assert_int_equal(cells_size(&c, 80, 24), RC_OK);
	for (int i = 0; i < 50000; i++) {
		enum request req = keys[splitmix64(&random) % (sizeof keys / sizeof keys[0])];
		uint32_t ch = req == REQ_CLICK ? (uint32_t)(splitmix64(&random) % 400) :
		    (uint32_t)letters[splitmix64(&random) % (sizeof letters - 1)];

		type_key(&t, req, ch);
		assert_in_range(t.g.on, 0, t.g.lines - 1);
		assert_in_range(t.g.col, 0, COLS - 1);
		assert_in_range(t.g.top, t.g.on > 9 ? t.g.on - 9 : 0, t.g.on);
		assert_true(t.g.edit.len <= batch.col[t.g.col].max);
		if (i % 500 == 0)
			draw_batch(&t, &c);
	}
	assert_true(t.lines > 100);
	cells_free(&c);
	grid_close(&t.g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grid), cmocka_unit_test(test_grid_lines), cmocka_unit_test(test_grid_last),
		cmocka_unit_test(test_any_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
