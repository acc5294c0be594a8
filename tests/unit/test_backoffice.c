/*
 * test_backoffice.c - pages of makers and checkers: typing that waits for
 * nobody, totals from the paper, and both signatures.
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
#include "proto/role.h"
#include "screen_rig.h"

static char debit[ACCOUNT_MAX_BYTES + 1], payee[ACCOUNT_MAX_BYTES + 1];

static void
answer_queue(struct rig *r, cs_BatchState state, size_t n)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_BatchQueue *q = &e.body.batch_queue;

	rig_asked(r, batch_queue_get);
	e.which_body = cs_Envelope_batch_queue_tag;
	q->batches_count = (pb_size_t)n;
	for (size_t i = 0; i < n; i++) {
		cs_BatchHead *b = &q->batches[i];

		b->batch = 40 - i;
		b->state = state;
		b->lines = 3;
		strcpy(b->maker, "Max Maker");
		b->changed_utc_ms = b->submitted_utc_ms = b->decided_utc_ms = RIG_UTC_MS - 3600000 * (int64_t)(i + 1);
		if (state == cs_BatchState_BATCH_SENT_BACK) {
			strcpy(b->checker, "Eva Eyes");
			strcpy(b->reason, "Invoice 18 says 15.00");
		}
	}
	rig_answer(r, &e);
}

/* Signed on with these roles; a face is asked for if it says so. */
static void
signed_on(struct rig *r, unsigned roles, bool face)
{
	cs_Envelope e = cs_Envelope_init_zero;

	account_number_make(1, 4711, debit);
	account_number_make(1, 5000, payee);
	rig_open(r);
	r->v->console = &console_backoffice;
	rig_connect(r);
	rig_page(r, "welcome");
	if (!face)
		rig_golden(r, "welcome-staff");
	rig_type(r, "1");
	rig_type(r, "10000017");
	rig_press(r, REQ_ENTER);
	rig_type(r, "correct horse battery");
	rig_press(r, REQ_ENTER);
	assert_int_equal(r->sent.body.login.console, cs_Console_CONSOLE_BACKOFFICE);
	e.which_body = cs_Envelope_code_sent_tag;
	e.body.code_sent.token.size = TOKEN_BYTES;
	strcpy(e.body.code_sent.to, "m***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
	rig_type(r, "123456");
	rig_press(r, REQ_ENTER);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_signed_on_tag;
	e.body.signed_on.token.size = TOKEN_BYTES;
	strcpy(e.body.signed_on.name, "Max Maker");
	e.body.signed_on.roles = roles;
	e.body.signed_on.needs_face = face;
	rig_answer(r, &e);
	if (face) {
		rig_page(r, "capture");
		assert_int_equal(r->sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_SIGN_ON);
		rig_capture_begun(r, 9);
		rig_verdict(r, 9, RC_OK, "");
		rig_asked(r, sign_on_face);
		e.body.signed_on.needs_face = false;
		rig_answer(r, &e);
	}
	rig_page(r, "batches");
}

static void
answer_saved(struct rig *r, enum rc rc, cs_BatchField field, const char *detail)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_BatchLineWord *w = &e.body.batch_saved.lines[0];

	rig_asked(r, batch_put);
	assert_int_equal(r->sent.body.batch_put.lines_count, 1);
	e.which_body = cs_Envelope_batch_saved_tag;
	e.body.batch_saved.lines_count = 1;
	e.body.batch_saved.saved = rc == RC_OK && !r->sent.body.batch_put.check_only;
	w->place = r->sent.body.batch_put.lines[0].place;
	w->rc = rc;
	w->field = field;
	strcpy(w->detail, detail);
	strcpy(w->debit_name, "Ada Lovelace");
	strcpy(w->payee_name, "Grace Hopper");
	rig_answer(r, &e);
}

static void
answer_batch(struct rig *r, cs_BatchState state, uint32_t lines, int64_t sum, bool with_lines)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Batch *b = &e.body.batch;

	e.which_body = cs_Envelope_batch_tag;
	b->has_head = true;
	b->head.batch = 40;
	b->head.state = state;
	b->head.lines = lines;
	strcpy(b->head.maker, "Max Maker");
	b->totals_count = lines > 0;
	strcpy(b->totals[0].currency, "EUR");
	b->totals[0].lines = lines;
	b->totals[0].sum = sum;
	for (uint32_t i = 0; with_lines && i < lines; i++) {
		cs_BatchLine *l = &b->lines[b->lines_count++];

		l->place = 10 * (i + 1);
		strcpy(l->debit, debit);
		strcpy(l->payee, payee);
		strcpy(l->payee_name, "Grace Hopper");
		l->amount = 125075 * (int64_t)(i + 1);
		strcpy(l->currency, "EUR");
		snprintf(l->reference, sizeof l->reference, "Invoice %u", (unsigned)i + 17);
	}
	rig_answer(r, &e);
}

static void
answer_code(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, batch_code_send);
	e.which_body = cs_Envelope_code_sent_tag;
	strcpy(e.body.code_sent.to, "m***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
}

static void
new_batch(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	signed_on(r, ROLE_MAKER, false);
	answer_queue(r, cs_BatchState_BATCH_DRAFT, 0);
	rig_press(r, REQ_NEW);
	rig_asked(r, batch_open);
	e.which_body = cs_Envelope_batch_opened_tag;
	e.body.batch_opened.batch = 40;
	rig_answer(r, &e);
	rig_page(r, "batch");
}

static void
expect_text(struct rig *r, const char *text, bool there)
{
	char *page = rig_text(r, 80, 24);

	if ((strstr(page, text) != NULL) != there)
		fail_msg("\"%s\" %s:\n%s", text, there ? "is missing" : "is there", page);
	free(page);
}

static void
test_queues(void **state)
{
	struct rig r;

	(void)state;
	signed_on(&r, ROLE_MAKER | ROLE_CHECKER, true);
	assert_int_equal(r.sent.body.batch_queue_get.queue, cs_BatchQueueKind_BATCH_QUEUE_MINE);
	answer_queue(&r, cs_BatchState_BATCH_DRAFT, 2);
	rig_golden(&r, "batches");
	rig_type(&r, "2");
	answer_queue(&r, cs_BatchState_BATCH_SENT_BACK, 1);
	rig_golden(&r, "batches-back");
	rig_type(&r, "4");
	assert_true(r.sent.body.batch_queue_get.since_utc_ms == RIG_UTC_MS - RIG_UTC_MS % 86400000);
	answer_queue(&r, cs_BatchState_BATCH_POSTED, 0);
	rig_press(&r, REQ_LINE_DROP);
	rig_asked(&r, batch_queue_get);			/* what was posted is not thrown away */
	rig_press(&r, REQ_RIGHT);
	answer_queue(&r, cs_BatchState_BATCH_DRAFT, 2);
	rig_press(&r, REQ_LINE_DROP);
	rig_type(&r, "2");
	rig_asked(&r, batch_drop);
	assert_int_equal(r.sent.body.batch_drop.batch, 40);
	answer_batch(&r, cs_BatchState_BATCH_DROPPED, 0, 0, false);
	rig_asked(&r, batch_queue_get);
	rig_close(&r);
}

static void
type_line(struct rig *r, const char *amount, const char *reference)
{
	rig_type(r, debit);
	rig_press(r, REQ_ENTER);
	rig_type(r, payee);
	rig_press(r, REQ_ENTER);
	rig_type(r, amount);
	rig_press(r, REQ_ENTER);
	rig_type(r, "EUR");
	rig_press(r, REQ_ENTER);
	rig_type(r, reference);
	rig_press(r, REQ_ENTER);
}

static void
test_typing_waits_for_nobody(void **state)
{
	struct rig r;
	uint64_t place;

	(void)state;
	new_batch(&r);
	type_line(&r, "12,50", "Invoice 17");		/* the server is silent all the while */
	type_line(&r, "1000", "Invoice 18");
	rig_asked(&r, batch_put);
	assert_true(r.sent.body.batch_put.check_only);	/* the account was looked at when it was left */
	answer_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "The payee's account is missing.");
	assert_false(r.sent.body.batch_put.check_only);
	assert_int_equal(r.sent.body.batch_put.lines[0].amount, 1250);
	assert_string_equal(r.sent.body.batch_put.lines[0].reference, "Invoice 17");
	place = r.sent.body.batch_put.lines[0].place;
	answer_saved(&r, RC_OK, 0, "");
	assert_true(r.sent.body.batch_put.lines[0].place > place);
	assert_string_equal(r.sent.body.batch_put.lines[0].reference, "Invoice 18");
	answer_saved(&r, RC_CURRENCY, cs_BatchField_BATCH_FIELD_CURRENCY, "The payee's account is in USD.");
	expect_text(&r, "Line 2: The payee's account is in USD.", true);
	rig_golden(&r, "batch-wrong");
	rig_press(&r, REQ_SUBMIT);
	expect_text(&r, "Line 2:", true);
	rig_page(&r, "batch");				/* nothing wrong is signed */
	rig_press(&r, REQ_BACK);
	expect_text(&r, "Not saved", true);
	rig_golden(&r, "batch-leave");
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_LINE_DROP);			/* the wrong line; the server never had it */
	expect_text(&r, "1,000", false);
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_LINE_ADD);			/* between two that are there is room */
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_LINE_DROP);			/* the first line, which the server has */
	rig_asked(&r, batch_line_drop);
	assert_int_equal(r.sent.body.batch_line_drop.place, place);
	answer_batch(&r, cs_BatchState_BATCH_DRAFT, 0, 0, false);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	rig_close(&r);
}

static void
test_what_could_not_be_sent_is_sent_again(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	new_batch(&r);
	type_line(&r, "5", "x");
	answer_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "");
	count = r.count;
	app_answer(r.app, r.tag, cs_Envelope_batch_put_tag, RC_TIMEOUT, NULL);
	assert_int_equal(r.count, count);
	rig_wait(&r, 1001);
	assert_int_equal(r.count, count + 1);
	answer_saved(&r, RC_OK, 0, "");
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");			/* all is saved: nothing is asked */
	rig_close(&r);
}

static void
test_a_maker_signs(void **state)
{
	struct rig r;

	(void)state;
	signed_on(&r, ROLE_MAKER, false);
	answer_queue(&r, cs_BatchState_BATCH_DRAFT, 1);
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_get);
	answer_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_golden(&r, "batch");
	expect_text(&r, "3: 7,504.50 EUR", true);
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, batch_get);
	answer_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_page(&r, "control");
	rig_type(&r, "3");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "7000+504,50");
	rig_golden(&r, "control");
	expect_text(&r, "7,504.50", false);		/* the screen does not count for them */
	rig_press(&r, REQ_SUBMIT);
	assert_int_equal(r.sent.body.batch_code_send.control[0].lines, 3);
	assert_int_equal(r.sent.body.batch_code_send.control[0].sum, 750450);
	rig_refuse(&r, RC_INVALID, "The sum in EUR does not agree with the lines; please add up the paper again.");
	rig_golden(&r, "control-refused");
	rig_press(&r, REQ_SUBMIT);
	answer_code(&r);
	rig_page(&r, "sign");
	rig_golden(&r, "sign-submit");
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_submit);
	assert_string_equal(r.sent.body.batch_submit.code, "123456");
	rig_refuse(&r, RC_CODE_WRONG, "");
	rig_page(&r, "sign");
	rig_type(&r, "123457");
	rig_press(&r, REQ_ENTER);
	answer_batch(&r, cs_BatchState_BATCH_SUBMITTED, 3, 750450, false);
	rig_page(&r, "batches");
	expect_text(&r, "Batch 40 is submitted", true);
	rig_close(&r);
}

static void
to_check(struct rig *r)
{
	signed_on(r, ROLE_CHECKER, false);
	assert_int_equal(r->sent.body.batch_queue_get.queue, cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK);
	answer_queue(r, cs_BatchState_BATCH_SUBMITTED, 1);
	rig_press(r, REQ_NEW);
	rig_page(r, "batches");				/* no maker */
	rig_press(r, REQ_ENTER);
	rig_asked(r, batch_get);
	answer_batch(r, cs_BatchState_BATCH_SUBMITTED, 3, 750450, true);
	rig_page(r, "check");
}

static void
test_a_checker_posts(void **state)
{
	struct rig r;

	(void)state;
	to_check(&r);
	rig_golden(&r, "check");
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "capture");
	assert_int_equal(r.sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_BATCH);
	assert_int_equal(r.sent.body.capture_begin.batch, 40);
	rig_capture_begun(&r, 9);
	rig_verdict(&r, 9, RC_OK, "");
	rig_page(&r, "sign");
	answer_code(&r);
	rig_golden(&r, "sign-post");
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_post);
	rig_refuse(&r, RC_FUNDS, "Nothing was posted: line 2 stopped it, as not enough money in the account.");
	rig_page(&r, "check");
	rig_press(&r, REQ_DOWN);
	rig_golden(&r, "check-stopped");
	rig_close(&r);
}

static void
test_a_checker_sends_back(void **state)
{
	struct rig r;

	(void)state;
	to_check(&r);
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_get);			/* not without a reason */
	rig_type(&r, "Invoice 18 says 15.00");
	rig_golden(&r, "check-back");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_back);
	assert_string_equal(r.sent.body.batch_back.reason, "Invoice 18 says 15.00");
	answer_batch(&r, cs_BatchState_BATCH_SENT_BACK, 3, 750450, false);
	rig_page(&r, "batches");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queues),
		cmocka_unit_test(test_typing_waits_for_nobody),
		cmocka_unit_test(test_what_could_not_be_sent_is_sent_again),
		cmocka_unit_test(test_a_maker_signs),
		cmocka_unit_test(test_a_checker_posts),
		cmocka_unit_test(test_a_checker_sends_back),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
