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

#include <string.h>

#include "proto/role.h"
#include "office_rig.h"

static void
test_queues(void **state)
{
	struct rig r;

	(void)state;
	office_signed_on(&r, ROLE_MAKER | ROLE_CHECKER, true);
	assert_int_equal(r.sent.body.batch_queue_get.queue, cs_BatchQueueKind_BATCH_QUEUE_MINE);
	office_queue(&r, cs_BatchState_BATCH_DRAFT, 2);
	rig_golden(&r, "batches");
	rig_type(&r, "2");
	office_queue(&r, cs_BatchState_BATCH_SENT_BACK, 1);
	rig_golden(&r, "batches-back");
	rig_type(&r, "4");
	assert_true(r.sent.body.batch_queue_get.since_utc_ms == RIG_UTC_MS - RIG_UTC_MS % 86400000);
	office_queue(&r, cs_BatchState_BATCH_POSTED, 0);
	rig_press(&r, REQ_LINE_DROP);
	rig_asked(&r, batch_queue_get);			/* what was posted is not thrown away */
	rig_press(&r, REQ_RIGHT);
	office_queue(&r, cs_BatchState_BATCH_DRAFT, 2);
	rig_press(&r, REQ_LINE_DROP);
	rig_type(&r, "2");
	rig_asked(&r, batch_drop);
	assert_int_equal(r.sent.body.batch_drop.batch, 40);
	office_batch(&r, cs_BatchState_BATCH_DROPPED, 0, 0, false);
	rig_asked(&r, batch_queue_get);
	rig_close(&r);
}

static void
type_line(struct rig *r, const char *amount, const char *reference)
{
	rig_type(r, OFFICE_DEBIT);
	rig_press(r, REQ_ENTER);
	rig_type(r, OFFICE_PAYEE);
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
	office_new_batch(&r);
	type_line(&r, "12,50", "Invoice 17");		/* the server is silent all the while */
	type_line(&r, "1000", "Invoice 18");
	rig_asked(&r, batch_put);
	assert_true(r.sent.body.batch_put.check_only);	/* the account was looked at when it was left */
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "The payee's account is missing.");
	assert_false(r.sent.body.batch_put.check_only);
	assert_int_equal(r.sent.body.batch_put.lines[0].amount, 1250);
	assert_string_equal(r.sent.body.batch_put.lines[0].reference, "Invoice 17");
	place = r.sent.body.batch_put.lines[0].place;
	office_saved(&r, RC_OK, 0, "");
	assert_true(r.sent.body.batch_put.lines[0].place > place);
	assert_string_equal(r.sent.body.batch_put.lines[0].reference, "Invoice 18");
	office_saved(&r, RC_CURRENCY, cs_BatchField_BATCH_FIELD_CURRENCY, "The payee's account is in USD.");
	rig_see(&r, "Line 2: The payee's account is in USD.", true);
	rig_golden(&r, "batch-wrong");
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Line 2:", true);
	rig_page(&r, "batch");				/* nothing wrong is signed */
	rig_type(&r, "XC61 00");			/* no account: the server has nothing of it */
	rig_press(&r, REQ_BACK);
	rig_see(&r, "Not saved", true);
	rig_golden(&r, "batch-leave");
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_LINE_DROP);
	rig_press(&r, REQ_LINE_DROP);			/* the wrong line, which the server keeps unfinished */
	rig_see(&r, "1,000", false);
	rig_asked(&r, batch_line_drop);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 0, 0, false);
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_LINE_ADD);			/* between two that are there is room */
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_LINE_DROP);			/* the first line, which the server has */
	rig_asked(&r, batch_line_drop);
	assert_int_equal(r.sent.body.batch_line_drop.place, place);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 0, 0, false);
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
	office_new_batch(&r);
	type_line(&r, "5", "x");
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "");
	count = r.count;
	app_answer(r.app, r.tag, cs_Envelope_batch_put_tag, RC_TIMEOUT, NULL);
	assert_int_equal(r.count, count);
	rig_wait(&r, 1001);
	assert_int_equal(r.count, count + 1);
	office_saved(&r, RC_OK, 0, "");
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");			/* all is saved: nothing is asked */
	rig_close(&r);
}

static void
test_a_maker_signs(void **state)
{
	struct rig r;

	(void)state;
	office_signed_on(&r, ROLE_MAKER, false);
	office_queue(&r, cs_BatchState_BATCH_DRAFT, 1);
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_get);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_golden(&r, "batch");
	rig_see(&r, "3: 7,504.50 EUR", true);
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, batch_get);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_page(&r, "control");
	rig_type(&r, "3");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "7000+504,50");
	rig_golden(&r, "control");
	rig_see(&r, "7,504.50", false);		/* the screen does not count for them */
	rig_press(&r, REQ_SUBMIT);
	assert_int_equal(r.sent.body.batch_code_send.control[0].lines, 3);
	assert_int_equal(r.sent.body.batch_code_send.control[0].sum, 750450);
	rig_refuse(&r, RC_INVALID, "The sum in EUR does not agree with the lines; please add up the paper again.");
	rig_golden(&r, "control-refused");
	rig_press(&r, REQ_SUBMIT);
	office_code(&r);
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
	office_batch(&r, cs_BatchState_BATCH_SUBMITTED, 3, 750450, false);
	rig_page(&r, "batches");
	rig_see(&r, "Batch 40 is submitted", true);
	rig_close(&r);
}

static void
to_check(struct rig *r, bool changed)
{
	office_signed_on(r, ROLE_CHECKER, false);
	assert_int_equal(r->sent.body.batch_queue_get.queue, cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK);
	office_queue(r, cs_BatchState_BATCH_SUBMITTED, 1);
	rig_press(r, REQ_NEW);
	rig_page(r, "batches");				/* no maker */
	rig_press(r, REQ_ENTER);
	rig_asked(r, batch_get);
	if (changed)
		office_batch_changed(r);
	else
		office_batch(r, cs_BatchState_BATCH_SUBMITTED, 3, 750450, true);
	rig_page(r, "check");
}

static void
test_a_checker_signs_what_is_shown(void **state)
{
	struct rig r;

	(void)state;
	to_check(&r, true);
	rig_see(&r, "not what the maker signed", true);
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "check");
	rig_press(&r, REQ_REFUSE);			/* it can still be sent back */
	rig_see(&r, "Send the batch back", true);
	rig_close(&r);
}

static void
test_a_checker_posts(void **state)
{
	uint8_t signed_digest[DIGEST_BYTES], zero[DIGEST_BYTES] = { 0 };
	struct rig r;

	(void)state;
	to_check(&r, false);
	rig_golden(&r, "check");
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "capture");
	assert_int_equal(r.sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_BATCH);
	assert_int_equal(r.sent.body.capture_begin.batch, 40);
	rig_capture_begun(&r, 9);
	rig_verdict(&r, 9, RC_OK, "");
	rig_page(&r, "sign");
	rig_asked(&r, batch_code_send);
	memcpy(signed_digest, r.sent.body.batch_code_send.digest, DIGEST_BYTES);
	assert_memory_not_equal(signed_digest, zero, DIGEST_BYTES);
	office_code(&r);
	rig_golden(&r, "sign-post");
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_post);
	assert_memory_equal(r.sent.body.batch_post.digest, signed_digest, DIGEST_BYTES);
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
	to_check(&r, false);
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_get);			/* not without a reason */
	rig_type(&r, "Invoice 18 says 15.00");
	rig_golden(&r, "check-back");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_back);
	assert_string_equal(r.sent.body.batch_back.reason, "Invoice 18 says 15.00");
	office_batch(&r, cs_BatchState_BATCH_SENT_BACK, 3, 750450, false);
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
		cmocka_unit_test(test_a_checker_signs_what_is_shown),
		cmocka_unit_test(test_a_checker_sends_back),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
