/*
 * test_batch_pick.c - F4 in the grid of a batch: accounts that were typed
 * before, and currencies.
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

#include "office_rig.h"
#include "proto/role.h"

static void
type_line(struct rig *r, const char *amount, const char *reference)
{
	const char *const text[] = { OFFICE_DEBIT, OFFICE_PAYEE, amount, "EUR", reference };

	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
		rig_type(r, text[i]);
		rig_press(r, REQ_ENTER);
	}
}

/* Whether this text is in the row of the page that begins so. */
static void
expect_line(struct rig *r, const char *number, const char *text, bool there)
{
	char *page = rig_text(r, 132, 50), *row = strstr(page, number), *end = row == NULL ? NULL : strchr(row, '\n');

	if (end != NULL)
		*end = '\0';
	if (row == NULL || (strstr(row, text) != NULL) != there)
		fail_msg("\"%s\" is%s in \"%s\"", text, there ? " not" : "", row == NULL ? "" : row);
	free(page);
}

/* F4 lists what was typed before, first what stood in the same column; Enter takes it and goes on, Esc changes nothing. */
static void
test_accounts_and_currencies_are_listed(void **state)
{
	char shown[64], other[64];
	struct rig r;

	(void)state;
	office_new_batch(&r);
	account_number_format(OFFICE_DEBIT, shown, sizeof shown);
	account_number_format(OFFICE_PAYEE, other, sizeof other);
	rig_press(&r, REQ_PICK);
	rig_see(&r, "There is nothing to choose yet", true);
	type_line(&r, "12,50", "Invoice 17");
	rig_press(&r, REQ_PICK);			/* the server is silent: whose they are is not known yet */
	rig_see(&r, "2 of 2", true);
	rig_see(&r, "Lovelace", false);
	rig_press(&r, REQ_BACK);
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "");
	office_saved(&r, RC_OK, 0, "");
	rig_type(&r, "XC");
	rig_press(&r, REQ_PICK);
	rig_golden(&r, "batch-accounts");
	rig_type(&r, "hopp");
	rig_see(&r, "1 of 2", true);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batch");
	expect_line(&r, "▸   2", "XC", true);		/* as it was */
	expect_line(&r, "▸   2", "XC18", false);
	rig_press(&r, REQ_PICK);
	rig_press(&r, REQ_ENTER);			/* the debit account comes first here */
	expect_line(&r, "▸   2", shown, true);
	rig_press(&r, REQ_PICK);
	rig_press(&r, REQ_ENTER);			/* and here the payee's */
	expect_line(&r, "▸   2", other, true);
	rig_press(&r, REQ_PICK);
	rig_see(&r, "Amount: there is no list to choose from", true);
	rig_type(&r, "500");
	rig_press(&r, REQ_ENTER);
	rig_press(&r, REQ_CLEAR);
	rig_press(&r, REQ_PICK);
	rig_golden(&r, "batch-currencies");		/* those of the batch first */
	rig_type(&r, "yen");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "Invoice 18");
	rig_press(&r, REQ_ENTER);
	expect_line(&r, "JPY", "JPY Invoice 18", true);
	rig_press(&r, REQ_PICK);
	rig_type(&r, OFFICE_PAYEE);				/* in no groups */
	rig_see(&r, "1 of 2", true);
	rig_press(&r, REQ_ENTER);
	expect_line(&r, "▸   3", other, true);
	rig_close(&r);
}

/* An account that was typed over another one has not the other one's holder. */
static void
test_a_name_is_that_of_its_account(void **state)
{
	char number[ACCOUNT_MAX_BYTES + 1], shown[64], line[80];
	struct rig r;

	(void)state;
	account_number_make(1, 6000, number);
	account_number_format(number, shown, sizeof shown);
	office_new_batch(&r);
	type_line(&r, "12,50", "Invoice 17");
	office_saved(&r, RC_INVALID, cs_BatchField_BATCH_FIELD_PAYEE, "");
	office_saved(&r, RC_OK, 0, "");
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_CLEAR);
	rig_type(&r, number);
	rig_press(&r, REQ_DOWN);
	rig_asked(&r, batch_put);			/* and the server says nothing yet */
	rig_press(&r, REQ_PICK);
	snprintf(line, sizeof line, "▸ %s", shown);
	expect_line(&r, line, shown, true);
	expect_line(&r, line, "Ada Lovelace", false);
	rig_press(&r, REQ_BACK);
	office_saved(&r, RC_ACCOUNT_UNKNOWN, cs_BatchField_BATCH_FIELD_DEBIT, "There is no such account.");
	rig_press(&r, REQ_PICK);			/* what is no account is not offered */
	rig_see(&r, "1 of 1", true);
	rig_close(&r);
}

/* The next batch of the same person knows them, the next person does not. */
static void
test_listed_accounts_end_with_the_visit(void **state)
{
	struct rig r;
	cs_Envelope e = cs_Envelope_init_zero;

	(void)state;
	office_signed_on(&r, ROLE_MAKER, false);
	office_queue(&r, cs_BatchState_BATCH_DRAFT, 1);
	rig_press(&r, REQ_ENTER);
	office_batch(&r, cs_BatchState_BATCH_DRAFT, 3, 750450, true);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	office_queue(&r, cs_BatchState_BATCH_DRAFT, 1);
	rig_press(&r, REQ_NEW);
	e.which_body = cs_Envelope_batch_opened_tag;
	e.body.batch_opened.batch = 41;
	rig_answer(&r, &e);
	rig_press(&r, REQ_NEXT);
	rig_press(&r, REQ_PICK);
	rig_see(&r, "2 of 2", true);
	rig_see(&r, "Grace Hopper", true);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_session_ended_tag;
	rig_push(&r, &e);
	rig_page(&r, "welcome");
	assert_int_equal(r.v->knowns, 0);
	assert_string_equal(r.v->known[0].number, "");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accounts_and_currencies_are_listed),
		cmocka_unit_test(test_a_name_is_that_of_its_account),
		cmocka_unit_test(test_listed_accounts_end_with_the_visit),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
