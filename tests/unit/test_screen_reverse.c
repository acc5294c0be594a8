/*
 * test_screen_reverse.c - a posted transaction is taken back at the audit
 * console: what is shown before face and code, and what is sent.
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

#define JOURNAL 4711u
#define REASON  "Paid twice, the payee agrees"

static void
reverse_open(struct rig *r, unsigned roles)
{
	rig_open(r);
	r->v->console = &console_audit;
	rig_sign_on(r, roles);
	rig_press(r, REQ_PICK);
	rig_type(r, "6");
	rig_page(r, "reverse");
}

static void
type_it(struct rig *r)
{
	rig_type(r, "4711");
	rig_press(r, REQ_NEXT);
	rig_type(r, REASON);
	rig_press(r, REQ_SUBMIT);
	rig_asked(r, reversal_prepare);
	assert_int_equal(r->sent.body.reversal_prepare.journal, JOURNAL);
	assert_string_equal(r->sent.body.reversal_prepare.reason, REASON);
}

/* What the server says was posted; cheat: its digest is of another amount. */
static void
answer_prepared(struct rig *r, bool cheat)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_ReversalPrepared *p = &e.body.reversal_prepared;
	struct txn t = { .kind = TXN_REVERSAL, .amount = 125000 };

	e.which_body = cs_Envelope_reversal_prepared_tag;
	memset(p->intent, 5, sizeof p->intent);
	memset(p->nonce, 6, sizeof p->nonce);
	p->journal = JOURNAL;
	p->posted_utc_ms = RIG_UTC_MS - 86400000;
	p->expires_utc_ms = RIG_UTC_MS + 600000;
	p->amount = t.amount;
	p->available = 300000;
	strcpy(p->payer, "Ada Lovelace");
	strcpy(p->payee_name, "Zoë Müller-Łukasiewicz");
	strcpy(p->currency, "EUR");
	strcpy(p->reference, "Invoice 2026-17");
	account_number_make(1, 4711, p->debit);
	account_number_make(1, 5001, p->payee);
	memcpy(t.debit, p->payee, sizeof t.debit);
	memcpy(t.payee, p->debit, sizeof t.payee);
	strcpy(t.payee_name, p->payer);
	strcpy(t.currency, "EUR");
	snprintf(t.reference, sizeof t.reference, "Reversal of %u: %s", JOURNAL, REASON);
	memcpy(t.nonce, p->nonce, sizeof t.nonce);
	t.amount += cheat;
	txn_digest(&t, p->digest);
	rig_answer(r, &e);
	rig_page(r, "review");
}

/* Up to where the request is on its way. */
static void
ask_for_it(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_press(r, REQ_SUBMIT);
	rig_page(r, "capture");
	rig_asked(r, capture_begin);
	assert_int_equal(r->sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_TRANSFER);
	assert_int_equal(r->sent.body.capture_begin.intent[0], 5);
	rig_capture_begun(r, 9);
	rig_verdict(r, 9, RC_OK, "");
	rig_page(r, "otp");
	rig_asked(r, reversal_code_send);
	assert_int_equal(r->sent.body.reversal_code_send.intent[0], 5);
	e.which_body = cs_Envelope_code_sent_tag;
	strcpy(e.body.code_sent.to, "s***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
	rig_golden(r, "otp-reversal");
	rig_type(r, "123456");
	rig_press(r, REQ_ENTER);
	rig_asked(r, reversal_commit);
	assert_int_equal(r->sent.body.reversal_commit.intent[0], 5);
	assert_string_equal(r->sent.body.reversal_commit.code, "123456");
}

static void
test_asking_for_it(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	reverse_open(&r, ROLE_SUPERVISOR);
	rig_golden(&r, "reverse");
	type_it(&r);
	answer_prepared(&r, false);
	rig_see(&r, "Reversal of 4711: " REASON, true);
	rig_golden(&r, "review-reversal");
	ask_for_it(&r);
	e.which_body = cs_Envelope_held_tag;
	e.body.held.hold = 3;
	rig_answer(&r, &e);
	rig_page(&r, "waiting");
	rig_see(&r, "until another supervisor posts or refuses it", true);
	assert_int_equal(r.v->reversal.journal, 0);
	assert_int_equal(r.v->txn.amount, 0);
	rig_close(&r);
}

static void
test_a_server_that_cheats(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	reverse_open(&r, ROLE_SUPERVISOR);
	type_it(&r);
	answer_prepared(&r, true);
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "review");
	assert_int_equal(r.count, count);
	rig_see(&r, "something else than this page: refused", true);
	rig_close(&r);
}

static void
test_what_is_typed_wrong(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	reverse_open(&r, ROLE_SUPERVISOR);
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Type the number of the transaction", true);
	rig_type(&r, "000");
	rig_press(&r, REQ_NEXT);
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Type the number of the transaction", true);
	rig_type(&r, "4711");
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "ab");
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Type why, at least 3 characters", true);
	assert_int_equal(r.count, count);
	rig_type(&r, "c");
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, reversal_prepare);
	assert_int_equal(r.sent.body.reversal_prepare.journal, JOURNAL);
	rig_refuse(&r, RC_FUNDS, "The payee's account has only EUR 3.00 available.");
	rig_page(&r, "reverse");
	rig_see(&r, "has only EUR 3.00 available", true);
	rig_close(&r);
}

static void
test_somebody_was_faster(void **state)
{
	struct rig r;

	(void)state;
	reverse_open(&r, ROLE_SUPERVISOR);
	type_it(&r);
	answer_prepared(&r, false);
	ask_for_it(&r);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "otp");		/* it is on its way */
	rig_refuse(&r, RC_EXISTS, "Somebody else has asked for this already.");
	rig_page(&r, "events");
	rig_see(&r, "Somebody else has asked", true);
	rig_close(&r);
}

static void
test_auditors_only_look(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	reverse_open(&r, ROLE_AUDITOR);
	count = r.count;
	rig_type(&r, "4711");
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Only a supervisor does this", true);
	assert_int_equal(r.count, count);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asking_for_it),
		cmocka_unit_test(test_a_server_that_cheats),
		cmocka_unit_test(test_what_is_typed_wrong),
		cmocka_unit_test(test_somebody_was_faster),
		cmocka_unit_test(test_auditors_only_look),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
