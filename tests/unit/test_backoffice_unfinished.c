/*
 * test_backoffice_unfinished.c - lines that are not complete yet: kept at the
 * server field by field, and there again when the batch is opened.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "office_rig.h"

/* What the server has of a batch: two lines, and the first as it was left, once with its payee and once without. */
static void
answer_unfinished(struct rig *r, const char *to)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Batch *b = &e.body.batch;

	e.which_body = cs_Envelope_batch_tag;
	b->has_head = true;
	b->head.batch = 40;
	b->head.state = cs_BatchState_BATCH_DRAFT;
	b->head.lines = 2;
	b->lines_count = b->unfinished_count = 2;
	for (uint64_t i = 0; i < 2; i++) {
		b->lines[i] = (cs_BatchLine){ .place = 10 * (i + 1), .amount = 100, .currency = "EUR" };
		strcpy(b->lines[i].debit, OFFICE_DEBIT);
		strcpy(b->lines[i].payee, OFFICE_PAYEE);
		b->unfinished[i].place = 20 * (i + 1);
		strcpy(b->unfinished[i].debit, OFFICE_DEBIT);
		strcpy(b->unfinished[i].currency, "EUR");
	}
	strcpy(b->unfinished[0].payee, to);
	rig_answer(r, &e);
}

static void
test_a_line_that_is_not_complete_is_kept(void **state)
{
	struct rig r;

	(void)state;
	office_new_batch(&r);
	rig_type(&r, OFFICE_DEBIT);
	rig_press(&r, REQ_ENTER);
	assert_true(r.sent.body.batch_put.check_only && r.sent.body.batch_put.keep);
	assert_string_equal(r.sent.body.batch_put.lines[0].debit, OFFICE_DEBIT);
	rig_press(&r, REQ_BACK);
	rig_see(&r, "Not saved", true);		/* it is under way */
	rig_press(&r, REQ_BACK);
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "The payee's account is missing.");
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	rig_see(&r, "Line 1 is kept as it is", true);

	office_queue(&r, cs_BatchState_BATCH_DRAFT, 1);
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_get);
	answer_unfinished(&r, OFFICE_PAYEE);
	rig_golden(&r, "batch-unfinished");
	rig_asked(&r, batch_put);			/* judged again: the names are not kept */
	assert_int_equal(r.sent.body.batch_put.lines[0].place, 20);
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_AMOUNT, "The amount is missing.");
	assert_int_equal(r.sent.body.batch_put.lines[0].place, 40);
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "The payee's account is missing.");
	rig_type(&r, "5");				/* the cursor stands where something is missing */
	rig_press(&r, REQ_ENTER);
	assert_int_equal(r.sent.body.batch_put.lines[0].place, 20);
	assert_int_equal(r.sent.body.batch_put.lines[0].amount, 500);
	assert_false(r.sent.body.batch_put.check_only);
	office_saved(&r, RC_OK, 0, "");
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_HOME);
	rig_asked(&r, batch_put);
	rig_close(&r);
}

static void
test_a_kept_line_that_was_emptied_is_gone(void **state)
{
	struct rig r;

	(void)state;
	office_new_batch(&r);
	rig_type(&r, OFFICE_DEBIT);
	rig_press(&r, REQ_ENTER);
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "The payee's account is missing.");
	rig_press(&r, REQ_PREV);
	rig_press(&r, REQ_CLEAR);
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, batch_line_drop);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 0, 0, false);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_that_is_not_complete_is_kept),
		cmocka_unit_test(test_a_kept_line_that_was_emptied_is_gone),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
