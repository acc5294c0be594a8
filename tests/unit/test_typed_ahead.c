/*
 * test_typed_ahead.c - keys that were typed while the server was asked: they
 * reach the page they were meant for, or nobody.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "office_rig.h"
#include "proto/role.h"

/* A batch of three lines that is to be signed; the server is asked, and count and sum are typed meanwhile. */
static void
to_sign(struct rig *r)
{
	office_signed_on(r, ROLE_MAKER, false);
	office_queue(r, cs_BatchState_BATCH_DRAFT, 1);
	rig_press(r, REQ_ENTER);
	office_batch(r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_press(r, REQ_SUBMIT);
	rig_asked(r, batch_get);
	rig_type(r, "3");
	rig_press(r, REQ_ENTER);
	rig_type(r, "77");
}

static void
test_totals_are_typed_ahead(void **state)
{
	struct rig r;

	(void)state;
	to_sign(&r);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_page(&r, "control");
	rig_see(&r, "77", true);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batch");
	rig_see(&r, "77", false);			/* nothing was typed into the lines */
	rig_see(&r, "3: 7,504.50 EUR", true);
	rig_close(&r);
}

static void
test_what_does_not_open_gets_nothing(void **state)
{
	struct rig r;
	unsigned rings;

	(void)state;
	to_sign(&r);
	rings = r.rings;
	rig_refuse(&r, RC_BUSY, "");
	rig_page(&r, "batch");
	assert_int_equal(r.rings, rings + 1);
	rig_see(&r, "77", false);
	rig_press(&r, REQ_SUBMIT);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_page(&r, "control");
	rig_see(&r, "77", false);			/* nor later */
	rig_close(&r);
}

static void
test_a_signature_is_not_typed_through(void **state)
{
	struct rig r;
	unsigned rings;

	(void)state;
	to_sign(&r);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_press(&r, REQ_CLEAR);
	rig_type(&r, "7504,50");
	rig_press(&r, REQ_SUBMIT);
	rings = r.rings;
	rig_type(&r, "12");				/* while the totals are compared */
	office_code(&r);
	rig_page(&r, "sign");
	assert_int_equal(r.rings, rings + 1);
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_press(&r, REQ_DOWN);			/* while it is submitted */
	office_batch(&r, cs_BatchState_BATCH_SUBMITTED, 3, 750450, false);
	rig_page(&r, "batches");
	assert_int_equal(r.rings, rings + 2);
	rig_see(&r, "Batch 40 is submitted", true);	/* that is told, though keys were dropped */
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals_are_typed_ahead),
		cmocka_unit_test(test_what_does_not_open_gets_nothing),
		cmocka_unit_test(test_a_signature_is_not_typed_through),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
