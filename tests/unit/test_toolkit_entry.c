/*
 * test_toolkit_entry.c - forms, amounts as a teller types them, and keys typed
 * ahead of the server.
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

#include "client/ahead.h"
#include "client/amount.h"
#include "client/form.h"
#include "screen_rig.h"

static void
test_amount(void **state)
{
	static const struct { const char *text; int exponent; int64_t want; } t[] = {
		{ "1", 2, 100 }, { "12,50", 2, 1250 }, { "12.5", 2, 1250 }, { "0.01", 2, 1 }, { "1 250.75", 2, 125075 },
		{ "12,50+3-0.5", 2, 1500 }, { "10 + 2,50 - 0,25", 2, 1225 }, { "500", 0, 500 }, { "1.234", 3, 1234 },
		{ "90000000000000", 2, MONEY_MAX }, { "1-0.5-0.25", 2, 25 }, { "0+1", 2, 100 },
		{ "12*3,50", 2, 4200 }, { "2+3*4", 2, 1400 }, { "2*3*4-1", 2, 2300 }, { "0.5*0.5", 2, 25 }, { "3*7", 0, 21 }, { "0.01*0.01", 2, 0 },
		{ "*2", 2, 0 }, { "2*", 2, 0 }, { "2**3", 2, 0 }, { "90000000000000*2", 2, 0 }, { "90000000000000*90000000000000", 2, 0 },
		{ "", 2, 0 }, { " ", 2, 0 }, { "0", 2, 0 }, { "-1", 2, 0 }, { "-0", 2, 0 }, { "1-1", 2, 0 }, { "1-2", 2, 0 }, { "1e3", 2, 0 },
		{ "1,000.00", 2, 0 }, { "1.000,00", 2, 0 }, { "1.000", 2, 0 }, { "1.", 2, 0 }, { ".5", 2, 0 }, { "1+", 2, 0 }, { "+1", 2, 0 },
		{ "1++2", 2, 0 }, { "1.5", 0, 0 }, { "=1", 2, 0 }, { "1O", 2, 0 }, { "90000000000000.01", 2, 0 }, { "90000000000000+0.01", 2, 0 },
		{ "99999999999999999999999999", 2, 0 }, { "1.1.1", 2, 0 }, { "1\t", 2, 0 }, { "٣", 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		int64_t got = -7, again;
		enum rc r = amount_calc(t[i].text, t[i].exponent, &got);
		char text[AMOUNT_TEXT_BYTES];

		print_message("'%s'\n", t[i].text);
		assert_int_equal(r, t[i].want > 0 ? RC_OK : RC_INVALID);
		assert_int_equal(got, t[i].want > 0 ? t[i].want : -7);
		if (r != RC_OK)
			continue;
		amount_text(got, t[i].exponent, text);
		assert_int_equal(amount_calc(text, t[i].exponent, &again), RC_OK);
		assert_int_equal(again, got);
	}
}

/* ---- forms ---- */

struct sheet {
	struct form form;
};

static const char *
sheet_fault(const void *state, int i)
{
	const struct field *f = &((const struct sheet *)state)->form.field[i];

	if (i == 0)
		return f->len == 0 ? "The name is missing." : NULL;
	return i == 1 && f->len > 0 && strcmp(f->text, "EUR") != 0 ? "Only EUR here." : NULL;
}

static const struct form_spec sheet_form = {
	.item = {
		{ .label = "Name", .kind = FIELD_TEXT, .max = 40, .w = 20, .required = true },
		{ .label = "Currency", .kind = FIELD_CURRENCY, .max = 3, .w = 7, .row = 2 },
		{ .label = "Reference", .kind = FIELD_TEXT, .max = 100, .w = 30, .second = true },
		{ .label = "Amount", .kind = FIELD_AMOUNT, .max = 20, .w = 16, .row = 2, .second = true },
	},
	.n = 4, .label_w = 14, .fault = sheet_fault,
};

static void
draw_sheet(const void *ctx, struct cells *c)
{
	cells_clear(c);
	form_draw(&((const struct sheet *)ctx)->form, c, (struct area){ 2, 2, c->h - 4, c->w - 4 });
}

static enum form_did
sheet_press(struct sheet *s, struct visit *v, enum request req)
{
	v->notice.level = NOTICE_NONE;
	return form_key(&s->form, s, v, (struct key){ .req = req });
}

static void
sheet_type(struct sheet *s, struct visit *v, const char *text)
{
	for (; *text != '\0'; text++)
		assert_int_equal(form_key(&s->form, s, v, (struct key){ .req = REQ_CHAR, .ch = (uint32_t)*text }), FORM_EDITED);
}

static void
test_form(void **state)
{
	struct sheet s = { 0 };
	struct visit v = { 0 };

	(void)state;
	form_open(&s.form, &sheet_form);
	assert_int_equal(sheet_press(&s, &v, REQ_NEXT), FORM_MOVED);
	assert_int_equal(v.notice.level, NOTICE_NONE);		/* an empty field is not scolded before the end */
	sheet_type(&s, &v, "usd");
	assert_int_equal(sheet_press(&s, &v, REQ_ENTER), FORM_MOVED);
	assert_int_equal(s.form.on, 1);
	assert_string_equal(v.notice.text, "Only EUR here.");
	assert_int_equal(sheet_press(&s, &v, REQ_NEXT), FORM_MOVED);
	assert_int_equal(s.form.on, 2);
	assert_int_equal(v.notice.level, NOTICE_WARN);
	assert_int_equal(sheet_press(&s, &v, REQ_PREV), FORM_MOVED);
	sheet_press(&s, &v, REQ_CLEAR);
	sheet_type(&s, &v, "EUR");
	sheet_press(&s, &v, REQ_DOWN);
	sheet_type(&s, &v, "Invoice 17");
	sheet_press(&s, &v, REQ_ENTER);
	sheet_type(&s, &v, "12.50");
	rig_golden_of(draw_sheet, &s, "widget-form");
	assert_int_equal(sheet_press(&s, &v, REQ_ENTER), FORM_SUBMIT);
	assert_false(form_ready(&s.form, &s, &v));
	assert_int_equal(s.form.on, 0);
	assert_string_equal(v.notice.text, "The name is missing.");
	sheet_type(&s, &v, "Ada");
	assert_int_equal(sheet_press(&s, &v, REQ_SUBMIT), FORM_SUBMIT);
	assert_true(form_ready(&s.form, &s, &v));
	assert_int_equal(form_key(&s.form, &s, &v, (struct key){ .req = REQ_CLICK, .ch = 3 }), FORM_MOVED);
	assert_int_equal(s.form.on, 3);
	assert_int_equal(form_key(&s.form, &s, &v, (struct key){ .req = REQ_CLICK, .ch = 4 }), FORM_UNHEARD);
	form_open(&s.form, &sheet_form);			/* keeps what is typed */
	assert_string_equal(s.form.field[0].text, "Ada");
	form_wipe(&s.form);
	assert_string_equal(s.form.field[0].text, "");
}

/* ---- typed ahead ---- */

static void
test_ahead(void **state)
{
	static struct ahead q;
	struct key k;

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < AHEAD_KEYS; i++)
			assert_true(ahead_put(&q, 5, (struct key){ .req = REQ_CHAR, .ch = i }));
		assert_false(ahead_put(&q, 5, (struct key){ .req = REQ_CHAR }));
		for (uint32_t i = 0; i < AHEAD_KEYS; i++) {
			assert_true(ahead_take(&q, &k));
			assert_int_equal(k.ch, i);
		}
		assert_false(ahead_take(&q, &k));
		assert_true(ahead_put(&q, 6, (struct key){ .req = REQ_UP }));
		assert_false(ahead_put(&q, 5, (struct key){ .req = REQ_UP }));
		assert_true(ahead_take(&q, &k));
	}
	ahead_put(&q, 6, (struct key){ .req = REQ_UP });
	ahead_drop(&q);
	assert_false(ahead_take(&q, &k));
}

static void
answer_history(struct rig *r, int64_t first, uint64_t before)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, history_get);
	e.which_body = cs_Envelope_history_tag;
	strcpy(e.body.history.currency, "EUR");
	e.body.history.entries_count = 5;
	for (int i = 0; i < 5; i++)
		e.body.history.entries[i].amount = first + i;
	e.body.history.next_before = before;
	rig_answer(r, &e);
}

/* The page of the history is slow: the keys come when it can take them, in their order; Esc takes them back. */
static void
test_typed_ahead(void **state)
{
	struct rig r;
	char *text;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_type(&r, "2");
	rig_page(&r, "history");
	rig_press(&r, REQ_PGDN);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_ENTER);
	answer_history(&r, 100, 50);		/* now PgDn is heard, and the rest waits on */
	assert_int_equal(r.sent.body.history_get.before, 50);
	answer_history(&r, 700, 0);
	text = rig_text(&r, 80, 24);
	assert_non_null(strstr(text, "Entry"));
	assert_non_null(strstr(text, "7.02 EUR"));	/* two lines down, and shown */
	free(text);
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_AGAIN);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_BACK);		/* leaves; nothing of it reaches the page below */
	rig_page(&r, "home");
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "history");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amount), cmocka_unit_test(test_form), cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_typed_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
