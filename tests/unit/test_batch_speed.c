/*
 * test_batch_speed.c - as few keys as the paper has characters and one for
 * each field; 2,000 lines are opened in time, and every key shows at once.
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

#include "client/console.h"
#include "proto/clock.h"
#include "proto/role.h"
#include "screen_rig.h"

#define KEY_MOST_MS  50
#define OPEN_MOST_MS 200

static char debit[ACCOUNT_MAX_BYTES + 1], payee[ACCOUNT_MAX_BYTES + 1];

static int
setup(void **state)
{
	(void)state;
	account_number_make(1, 4711, debit);
	account_number_make(1, 5000, payee);
	return 0;
}

static void
to_batches(struct rig *r, unsigned roles, cs_BatchState of)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_open(r);
	r->v->console = &console_backoffice;
	rig_sign_on(r, roles);
	rig_asked(r, batch_queue_get);
	e.which_body = cs_Envelope_batch_queue_tag;
	e.body.batch_queue.batches_count = 1;
	e.body.batch_queue.batches[0].batch = 40;
	e.body.batch_queue.batches[0].state = of;
	rig_answer(r, &e);
}

/* Types text and ends the field; the keys it took. */
static size_t
field(struct rig *r, const char *text)
{
	rig_type(r, text);
	rig_press(r, REQ_ENTER);
	return strlen(text) + 1;
}

static void
test_keys_of_a_line(void **state)
{
	static const char *const amounts[] = { "12,50", "1250.75", "3" }, *const references[] = { "Invoice 17", "Rent", "x" };
	static const int64_t minor[] = { 1250, 125075, 300 };
	struct rig r;
	cs_Envelope e = cs_Envelope_init_zero;

	(void)state;
	to_batches(&r, ROLE_MAKER, cs_BatchState_BATCH_DRAFT);
	rig_press(&r, REQ_NEW);
	e.which_body = cs_Envelope_batch_opened_tag;
	e.body.batch_opened.batch = 40;
	rig_answer(&r, &e);
	for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
		size_t keys = 0, data = strlen(debit) + strlen(payee) + strlen(amounts[i]) + 3 + strlen(references[i]);
		const cs_BatchLine *l = &r.sent.body.batch_put.lines[0];

		keys += field(&r, debit) + field(&r, payee) + field(&r, amounts[i]) + field(&r, "EUR") + field(&r, references[i]);
		assert_true(keys <= data + 5);
		do {			/* what was sent while it was typed; then the line itself */
			rig_asked(&r, batch_put);
			e = (cs_Envelope)cs_Envelope_init_zero;
			e.which_body = cs_Envelope_batch_saved_tag;
			e.body.batch_saved.lines_count = 1;
			e.body.batch_saved.saved = !r.sent.body.batch_put.check_only;
			e.body.batch_saved.lines[0].place = l->place;
			if (!r.sent.body.batch_put.check_only)
				break;
			rig_answer(&r, &e);
		} while (true);
		assert_string_equal(l->debit, debit);
		assert_string_equal(l->payee, payee);
		assert_int_equal(l->amount, minor[i]);
		assert_string_equal(l->currency, "EUR");
		assert_string_equal(l->reference, references[i]);
		rig_answer(&r, &e);
	}
	rig_close(&r);
}

/* The next of all lines, as many as fit into a message. */
static void
answer_lines(struct rig *r, cs_BatchState of)
{
	static cs_Envelope e;
	cs_Batch *b = &e.body.batch;
	uint64_t from = r->sent.body.batch_get.from;

	rig_asked(r, batch_get);
	memset(&e, 0, sizeof e);
	e.which_body = cs_Envelope_batch_tag;
	b->has_head = true;
	b->head.batch = 40;
	b->head.state = of;
	b->head.lines = BATCH_LINES_MAX;
	for (uint64_t i = 0; i < BATCH_LINES_READ && from + i <= BATCH_LINES_MAX; i++) {
		cs_BatchLine *l = &b->lines[b->lines_count++];

		l->place = from + i;
		strcpy(l->debit, debit);
		account_number_make(1, 5000 + from + i, l->payee);	/* all different */
		strcpy(l->payee_name, "Grace Hopper");
		l->amount = (int64_t)(1000 + i);
		strcpy(l->currency, "EUR");
		snprintf(l->reference, sizeof l->reference, "Invoice %u", (unsigned)(from + i));
	}
	b->next = from + b->lines_count <= BATCH_LINES_MAX ? from + b->lines_count : 0;
	rig_answer(r, &e);
}

static int64_t
now_ms(void)
{
	return clock_mono_ms(clock_system());
}

/* Opens the batch of 2,000, then keys of all sorts: the longest until one showed. */
static int64_t
open_and_type(struct rig *r, cs_BatchState of, const char *page)
{
	static const enum request keys[] = { REQ_UP, REQ_PGUP, REQ_PGUP, REQ_DOWN, REQ_PGDN, REQ_END, REQ_NEXT, REQ_PREV, REQ_HOME };
	int64_t begin = now_ms(), longest = 0;
	unsigned asked;

	rig_press(r, REQ_ENTER);
	do {
		asked = r->count;
		answer_lines(r, of);
	} while (r->count > asked);
	rig_page(r, page);
	free(rig_text(r, 80, 24));
	print_message("%s: %u lines opened and drawn in %lld ms\n", page, BATCH_LINES_MAX, (long long)(now_ms() - begin));
	assert_true(now_ms() - begin <= OPEN_MOST_MS);
	for (size_t i = 0; i < 60; i++) {
		begin = now_ms();
		if (i % 10 == 9)
			rig_type(r, "7");
		else
			rig_press(r, keys[i % 10]);
		free(rig_text(r, 80, 24));
		if (now_ms() - begin > longest)
			longest = now_ms() - begin;
	}
	print_message("%s: the slowest of 60 keys showed after %lld ms\n", page, (long long)longest);
	return longest;
}

/* The list of all their accounts opens and becomes shorter as fast as one types. */
static void
test_list_of_two_thousand(void **state)
{
	static const char filter[] = "hopp 1999";
	int64_t begin, longest = 0;
	struct rig r;

	(void)state;
	to_batches(&r, ROLE_MAKER, cs_BatchState_BATCH_DRAFT);
	open_and_type(&r, cs_BatchState_BATCH_DRAFT, "batch");
	for (size_t i = 0; i < sizeof filter; i++) {
		char key[] = { i > 0 ? filter[i - 1] : '\0', '\0' };

		begin = now_ms();
		if (i == 0)
			rig_press(&r, REQ_PICK);
		else
			rig_type(&r, key);
		free(rig_text(&r, 80, 24));
		if (now_ms() - begin > longest)
			longest = now_ms() - begin;
	}
	rig_see(&r, " of 2001", true);
	print_message("the list: the slowest key showed after %lld ms\n", (long long)longest);
	assert_true(longest <= KEY_MOST_MS);
	rig_close(&r);
}

static void
test_two_thousand_lines(void **state)
{
	struct rig r;

	(void)state;
	to_batches(&r, ROLE_MAKER, cs_BatchState_BATCH_DRAFT);
	assert_true(open_and_type(&r, cs_BatchState_BATCH_DRAFT, "batch") <= KEY_MOST_MS);
	rig_close(&r);
	to_batches(&r, ROLE_CHECKER, cs_BatchState_BATCH_SUBMITTED);
	assert_true(open_and_type(&r, cs_BatchState_BATCH_SUBMITTED, "check") <= KEY_MOST_MS);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_of_a_line),
		cmocka_unit_test(test_two_thousand_lines),
		cmocka_unit_test(test_list_of_two_thousand),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, NULL);
}
