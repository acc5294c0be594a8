/*
 * test_screen_holds.c - a transfer that is held: what its customer sees at the
 * branch, and deciding it at the audit console.
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

#define HOUR_MS 3600000LL

static void
make_hold(cs_Hold *h, uint64_t id, cs_HoldState state)
{
	h->hold = id;
	h->state = state;
	memset(h->intent, 3, ID_BYTES);
	account_number_make(1, 4711, h->debit);
	account_number_make(1, 5000 + id, h->payee);
	snprintf(h->payee_name, sizeof h->payee_name, "%s", id % 2 == 0 ? "Grace Hopper" : "Zoë Müller-Łukasiewicz");
	strcpy(h->currency, "EUR");
	strcpy(h->reference, "Invoice 2026-17, second half, with thanks for the quick work on the compiler");
	h->amount = 1200000 + (int64_t)id * 25;
	memset(h->digest, 0xa5, DIGEST_BYTES);
	h->held_utc_ms = RIG_UTC_MS - HOUR_MS + (int64_t)id * 60000;
	h->expires_utc_ms = h->held_utc_ms + 24 * HOUR_MS;
	h->approvals = id % 4 == 0 ? 2 : 1;
	h->given = h->approvals - 1;
	if (state == cs_HoldState_HOLD_STATE_POSTED || state == cs_HoldState_HOLD_STATE_REFUSED)
		h->decided_utc_ms = h->held_utc_ms + HOUR_MS / 2;
	if (state == cs_HoldState_HOLD_STATE_REFUSED)
		strcpy(h->reason, "The payee's account was named in a warning of today");
}

/* Those from here on, n of them, in ascending or descending order. */
static void
answer_holds(struct rig *r, uint64_t from, int step, size_t n, bool more)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_holds_tag;
	e.body.holds.more = more;
	e.body.holds.rows_count = (pb_size_t)n;
	for (size_t i = 0; i < n; i++) {
		uint64_t id = from + (uint64_t)((int64_t)i * step);
		cs_Hold *h = &e.body.holds.rows[i];

		make_hold(h, id, step > 0 ? cs_HoldState_HOLD_STATE_OPEN : (cs_HoldState)(1 + i % 4));
		if (step < 0)
			continue;
		snprintf(h->payer, sizeof h->payer, id % 3 == 0 ? "Alan Turing" : "Ada Lovelace");
		h->balance = 2500000;
		h->available = h->balance - h->amount;
		h->by_face = h->by_code = true;
		strcpy(h->terminal, "counter-2");
		if (id % 5 == 0) {
			h->reverses = 4700 + id;
			strcpy(h->asked_by, "Alan Turing");
			snprintf(h->reference, sizeof h->reference, "Reversal of %llu: paid twice", (unsigned long long)h->reverses);
		}
	}
	rig_answer(r, &e);
}

/* ---- at the branch ---- */

/* A transfer that will be held, up to where its confirmation is on the way. */
static void
confirm(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_open(r);
	rig_home(r);
	rig_review(r, false);
	r->v->prepared.needs_hold = true;
	rig_golden(r, "review-held");
	rig_press(r, REQ_SUBMIT);
	rig_capture_begun(r, 9);
	rig_verdict(r, 9, RC_OK, "");
	e.which_body = cs_Envelope_code_sent_tag;
	strcpy(e.body.code_sent.to, "a***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
	rig_type(r, "654321");
	rig_press(r, REQ_ENTER);
	rig_asked(r, transfer_commit);
}

static void
test_the_customer_is_told(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Overview *o = &e.body.overview;
	struct rig r;

	(void)state;
	confirm(&r);
	e.which_body = cs_Envelope_held_tag;
	make_hold(&e.body.held, 8, cs_HoldState_HOLD_STATE_OPEN);
	rig_answer(&r, &e);
	rig_page(&r, "held");
	rig_golden(&r, "held");
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "home");
	rig_asked(&r, overview_get);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_overview_tag;
	o->accounts_count = 1;
	account_number_make(1, 4711, o->accounts[0].number);
	strcpy(o->accounts[0].currency, "EUR");
	o->accounts[0].balance = 2500000;
	o->accounts[0].available = 1299800;
	o->has_last = true;
	o->last = (cs_LastTransfer){ .state = cs_TransferState_TRANSFER_HELD, .amount = 1200200, .currency = "EUR",
		.payee_name = "Grace Hopper", .utc_ms = RIG_UTC_MS };
	rig_answer(&r, &e);
	rig_golden(&r, "home-held");
	rig_press(&r, REQ_AGAIN);
	o->last.state = cs_TransferState_TRANSFER_REFUSED;
	o->accounts[0].available = 2500000;
	rig_answer(&r, &e);
	rig_golden(&r, "home-refused");
	rig_close(&r);
}

static void
test_the_answer_comes_once(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	confirm(&r);
	rig_refuse(&r, RC_CODE_WRONG, "");
	e.which_body = cs_Envelope_held_tag;
	make_hold(&e.body.held, 8, cs_HoldState_HOLD_STATE_OPEN);
	rig_answer(&r, &e);			/* to nothing that was asked */
	rig_page(&r, "otp");
	assert_int_equal(r.v->hold.hold, 0);
	rig_close(&r);
}

static void
test_ones_own_transfers(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_type(&r, "3");
	rig_page(&r, "holds");
	rig_asked(&r, holds_get);
	assert_int_equal(r.sent.body.holds_get.before, 0);
	answer_holds(&r, 60, -1, HOLDS_PAGE_MAX, true);
	rig_golden(&r, "holds");
	rig_see(&r, "1 of 2 at the bank have approved", true);
	rig_press(&r, REQ_DOWN);
	rig_see(&r, "Approved and paid", true);
	rig_press(&r, REQ_DOWN);
	rig_see(&r, "no money has moved: The payee", true);
	rig_golden(&r, "holds-refused");
	rig_press(&r, REQ_DOWN);
	rig_see(&r, "Nobody decided before", true);
	rig_press(&r, REQ_END);
	rig_asked(&r, holds_get);
	assert_int_equal(r.sent.body.holds_get.before, 60 - HOLDS_PAGE_MAX + 1);
	answer_holds(&r, 60 - HOLDS_PAGE_MAX, -1, 2, false);
	count = r.count;
	rig_press(&r, REQ_END);
	rig_press(&r, REQ_END);
	assert_int_equal(r.count, count);	/* these are all */
	rig_press(&r, REQ_AGAIN);
	answer_holds(&r, 1, -1, 0, false);
	rig_see(&r, "None of your transfers needed", true);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "home");
	rig_close(&r);
}

/* ---- at the audit console ---- */

static void
waiting_open(struct rig *r, unsigned roles)
{
	rig_open(r);
	r->v->console = &console_audit;
	rig_sign_on(r, roles);
	rig_press(r, REQ_PICK);
	rig_type(r, "5");
	rig_page(r, "waiting");
	rig_asked(r, waiting_get);
	assert_int_equal(r->sent.body.waiting_get.after, 0);
}

static void
test_what_waits_is_kept_fresh(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	waiting_open(&r, ROLE_SUPERVISOR);
	rig_press(&r, REQ_ENTER);
	rig_see(&r, "There is no transfer to choose", true);
	answer_holds(&r, 1, 1, HOLDS_PAGE_MAX, true);
	rig_asked(&r, waiting_get);		/* the rest of the list */
	assert_int_equal(r.sent.body.waiting_get.after, HOLDS_PAGE_MAX);
	answer_holds(&r, HOLDS_PAGE_MAX + 1, 1, 3, false);
	rig_golden(&r, "waiting");
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_DOWN);
	count = r.count;
	rig_wait(&r, 1000);
	assert_int_equal(r.count, count);
	rig_wait(&r, 2500);
	assert_int_equal(r.count, count + 1);
	visit_say(r.v, NOTICE_INFO, "What was said stays");
	answer_holds(&r, 2, 1, 4, false);	/* somebody else decided the first */
	rig_see(&r, "What was said stays", true);
	rig_see(&r, "4 transfers wait", true);
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "decide");
	assert_int_equal(r.v->hold.hold, 3);	/* the same one is chosen */
	rig_press(&r, REQ_BACK);
	rig_asked(&r, waiting_get);
	answer_holds(&r, 1, 1, 0, false);
	rig_golden(&r, "waiting-none");
	rig_wait(&r, 3500);
	rig_refuse(&r, RC_STORE, "");
	count = r.count;
	rig_wait(&r, 250);
	assert_int_equal(r.count, count);	/* not at once */
	rig_wait(&r, 3500);
	assert_int_equal(r.count, count + 1);
	rig_close(&r);
}

static void
decide_open(struct rig *r, unsigned roles)
{
	waiting_open(r, roles);
	answer_holds(r, 1, 1, 2, false);
	rig_press(r, REQ_ENTER);
	rig_page(r, "decide");
}

static void
approval_code_sent(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, hold_code_send);
	assert_int_equal(r->sent.body.hold_code_send.hold, 1);
	e.which_body = cs_Envelope_code_sent_tag;
	strcpy(e.body.code_sent.to, "s***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
}

static void
test_approving(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	decide_open(&r, ROLE_SUPERVISOR);
	rig_golden(&r, "decide");
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "capture");
	rig_asked(&r, capture_begin);
	assert_int_equal(r.sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_APPROVE);
	assert_int_equal(r.sent.body.capture_begin.hold, 1);
	rig_capture_begun(&r, 9);
	rig_verdict(&r, 9, RC_OK, "");
	rig_page(&r, "otp");
	approval_code_sent(&r);
	rig_golden(&r, "otp-approval");
	rig_type(&r, "12345");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, hold_code_send);		/* five digits are not sent */
	rig_type(&r, "6");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, hold_post);
	assert_int_equal(r.sent.body.hold_post.hold, 1);
	assert_string_equal(r.sent.body.hold_post.code, "123456");
	rig_golden(&r, "otp-approving");
	rig_refuse(&r, RC_CODE_WRONG, "");
	rig_page(&r, "otp");
	rig_press(&r, REQ_AGAIN);
	approval_code_sent(&r);
	rig_type(&r, "654321");
	rig_press(&r, REQ_ENTER);
	e.which_body = cs_Envelope_receipt_tag;
	e.body.receipt.journal = 4711;
	rig_answer(&r, &e);
	rig_page(&r, "waiting");
	rig_asked(&r, waiting_get);
	answer_holds(&r, 2, 1, 1, false);
	rig_see(&r, "number 4711", true);
	assert_int_equal(r.v->receipt.journal, 0);	/* a customer's page shows none of it */
	rig_press(&r, REQ_BACK);
	rig_page(&r, "events");
	rig_close(&r);
}

static void
test_approving_that_fails(void **state)
{
	static const struct { enum rc why; const char *page; } cases[] = {
		{ RC_PROOF_MISSING, "decide" }, { RC_EARLY, "waiting" }, { RC_EXPIRED, "waiting" }, { RC_DENIED, "waiting" },
		{ RC_FORGED, "waiting" }, { RC_STORE, "otp" }, { RC_TIMEOUT, "otp" }, { RC_CODE_EXPIRED, "otp" },
	};
	struct rig r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		decide_open(&r, ROLE_SUPERVISOR);
		rig_press(&r, REQ_SUBMIT);
		rig_capture_begun(&r, 9);
		rig_verdict(&r, 9, RC_OK, "");
		approval_code_sent(&r);
		rig_type(&r, "123456");
		rig_press(&r, REQ_ENTER);
		rig_asked(&r, hold_post);
		rig_press(&r, REQ_BACK);
		rig_page(&r, "otp");		/* it is on its way */
		rig_refuse(&r, cases[i].why, "The server's own words.");
		rig_page(&r, cases[i].page);
		rig_see(&r, "The server's own words", true);
		rig_close(&r);
	}
}

static void
test_refusing(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;
	unsigned count;

	(void)state;
	decide_open(&r, ROLE_SUPERVISOR);
	count = r.count;
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_ENTER);		/* the harmless choice is on */
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_ENTER);
	assert_int_equal(r.count, count);	/* not without a reason */
	rig_type(&r, "Payee named in a warning");
	rig_golden(&r, "decide-refuse");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, hold_refuse);
	assert_int_equal(r.sent.body.hold_refuse.hold, 1);
	assert_string_equal(r.sent.body.hold_refuse.reason, "Payee named in a warning");
	rig_refuse(&r, RC_EARLY, "This transfer was decided already.");
	rig_page(&r, "decide");
	rig_see(&r, "decided already", true);
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_type(&r, "Once more");
	rig_press(&r, REQ_ENTER);
	e.which_body = cs_Envelope_done_tag;
	rig_answer(&r, &e);
	rig_page(&r, "waiting");
	answer_holds(&r, 2, 1, 1, false);
	rig_see(&r, "Refused: nothing was moved", true);
	rig_close(&r);
}

/* Each but the last one's approval leaves it waiting. */
static void
test_one_of_two(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;
	unsigned count;

	(void)state;
	decide_open(&r, ROLE_SUPERVISOR);
	rig_press(&r, REQ_SUBMIT);
	rig_capture_begun(&r, 9);
	rig_verdict(&r, 9, RC_OK, "");
	approval_code_sent(&r);
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, hold_post);
	e.which_body = cs_Envelope_held_tag;
	make_hold(&e.body.held, 1, cs_HoldState_HOLD_STATE_OPEN);
	e.body.held.approvals = 2;
	e.body.held.given = 1;
	rig_answer(&r, &e);
	rig_page(&r, "waiting");
	rig_asked(&r, waiting_get);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_holds_tag;
	e.body.holds.rows_count = 1;
	make_hold(&e.body.holds.rows[0], 1, cs_HoldState_HOLD_STATE_OPEN);
	e.body.holds.rows[0].approvals = 2;
	e.body.holds.rows[0].given = 1;
	e.body.holds.rows[0].approved = true;
	strcpy(e.body.holds.rows[0].approvers, "Ada Lovelace");
	strcpy(e.body.holds.rows[0].payer, "Alan Turing");
	e.body.holds.rows[0].by_code = true;
	memset(e.body.holds.rows[0].reference, 'w', 140);	/* as long as it gets */
	rig_answer(&r, &e);
	rig_see(&r, "Approved, 1 of 2", true);
	rig_see(&r, "transfer 1/2", true);
	rig_press(&r, REQ_ENTER);
	rig_golden(&r, "decide-one-of-two");
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "decide");
	assert_int_equal(r.count, count);
	rig_see(&r, "You have approved it", true);
	rig_close(&r);
}

static void
test_a_reversal_says_so(void **state)
{
	struct rig r;

	(void)state;
	waiting_open(&r, ROLE_SUPERVISOR);
	answer_holds(&r, 5, 1, 1, false);
	rig_see(&r, "reversal", true);
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "decide");
	rig_golden(&r, "decide-reversal");
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "Refuse the reversal", true);
	rig_see(&r, "the customer sees", false);
	rig_close(&r);
}

static void
test_auditors_only_look(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	decide_open(&r, ROLE_AUDITOR);
	count = r.count;
	rig_see(&r, "Ada Lovelace", true);
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Only a supervisor does this", true);
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "Only a supervisor does this", true);
	rig_see(&r, "Do not refuse it", false);
	rig_page(&r, "decide");
	assert_int_equal(r.count, count);
	rig_press(&r, REQ_PICK);
	rig_page(&r, "pages");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_customer_is_told),
		cmocka_unit_test(test_the_answer_comes_once),
		cmocka_unit_test(test_ones_own_transfers),
		cmocka_unit_test(test_what_waits_is_kept_fresh),
		cmocka_unit_test(test_approving),
		cmocka_unit_test(test_approving_that_fails),
		cmocka_unit_test(test_refusing),
		cmocka_unit_test(test_one_of_two),
		cmocka_unit_test(test_a_reversal_says_so),
		cmocka_unit_test(test_auditors_only_look),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
