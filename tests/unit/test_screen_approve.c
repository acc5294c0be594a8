/*
 * test_screen_approve.c - a member of staff approves between camera and code.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "screen_rig.h"

/* A transfer that needs an approval, with the customer's capture passed. */
static void
reach(struct rig *r)
{
	rig_open(r);
	rig_home(r);
	rig_review(r, false);
	r->v->prepared.needs_approval = true;
	rig_golden(r, "review-approval");
	rig_press(r, REQ_SUBMIT);
	rig_capture_begun(r, 9);
	rig_verdict(r, 9, RC_OK, "");
	rig_page(r, "approve");
	rig_asked(r, capture_begin);		/* nothing is sent by itself */
}

static void
code_sent(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_code_sent_tag;
	strcpy(e.body.code_sent.to, "s***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
}

static void
test_approve(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;
	unsigned count;
	char *text;

	(void)state;
	reach(&r);
	count = r.count;
	rig_type(&r, "2000");
	rig_press(&r, REQ_SUBMIT);
	assert_int_equal(r.count, count);	/* the number is too short */
	rig_type(&r, "0001");
	rig_press(&r, REQ_ENTER);
	rig_press(&r, REQ_SUBMIT);
	assert_int_equal(r.count, count);	/* no password */
	rig_type(&r, "correct horse battery");
	rig_golden(&r, "approve");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, approval_start);
	assert_string_equal(r.sent.body.approval_start.customer, "20000001");
	assert_string_equal(r.sent.body.approval_start.password, "correct horse battery");
	assert_int_equal(r.sent.body.approval_start.intent[0], 3);
	assert_int_equal(r.sent.token.bytes[0], 2);	/* in the customer's session */
	rig_refuse(&r, RC_LOGIN, "");
	rig_golden(&r, "approve-refused");
	rig_press(&r, REQ_SUBMIT);
	assert_int_equal(r.count, count + 1);	/* the password was wiped */
	rig_type(&r, "correct horse battery");
	rig_press(&r, REQ_ENTER);
	code_sent(&r);
	rig_golden(&r, "approve-code");
	rig_type(&r, "123");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, approval_start);		/* three digits are not sent */
	rig_type(&r, "456");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, approval_code);
	assert_string_equal(r.sent.body.approval_code.customer, "20000001");
	assert_string_equal(r.sent.body.approval_code.code, "123456");
	rig_refuse(&r, RC_CODE_WRONG, "");
	rig_page(&r, "approve");
	rig_type(&r, "123457");
	rig_press(&r, REQ_ENTER);
	e.which_body = cs_Envelope_approved_tag;
	strcpy(e.body.approved.name, "Sue Steward");
	rig_answer(&r, &e);
	rig_page(&r, "otp");
	rig_asked(&r, transfer_code_send);
	text = rig_text(&r, 80, 24);
	assert_null(strstr(text, "s***@"));	/* the member's address is not the customer's */
	free(text);
	rig_close(&r);
}

static void
test_a_new_code_and_the_way_back(void **state)
{
	struct rig r;

	(void)state;
	reach(&r);
	rig_press(&r, REQ_AGAIN);		/* no code was sent yet: the key does nothing */
	rig_asked(&r, capture_begin);
	rig_type(&r, "20000001");
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "correct horse battery");
	rig_press(&r, REQ_SUBMIT);
	code_sent(&r);
	rig_wait(&r, 300001);
	rig_golden(&r, "approve-expired");
	rig_press(&r, REQ_AGAIN);
	rig_type(&r, "correct horse battery");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, approval_start);
	code_sent(&r);
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_refuse(&r, RC_DENIED, "Only a member of staff who neither pays nor is paid can approve this transfer.");
	rig_golden(&r, "approve-denied");
	rig_press(&r, REQ_BACK);
	rig_page(&r, "review");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_approve), cmocka_unit_test(test_a_new_code_and_the_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
