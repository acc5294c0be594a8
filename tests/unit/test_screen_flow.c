/*
 * test_screen_flow.c - the whole job through the pages, against a fake server:
 * what is sent, which page comes next, and what each page looks like.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "proto/digest.h"
#include "screen_rig.h"

static void
answer_code_sent(struct rig *r, const char *to)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_code_sent_tag;
	e.body.code_sent.token.size = TOKEN_BYTES;
	memset(e.body.code_sent.token.bytes, 7, TOKEN_BYTES);
	strcpy(e.body.code_sent.to, to);
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
}

static void
test_connect(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_page(&r, "connect");
	rig_golden(&r, "connect-dialling");
	app_net(r.app, NET_REFUSED, RC_TERMINAL_UNKNOWN, NULL);
	rig_golden(&r, "connect-refused");
	app_net(r.app, NET_REFUSED, RC_TERMINAL_REVOKED, NULL);
	rig_golden(&r, "connect-revoked");
	app_net(r.app, NET_STRANGER, RC_FORGED, NULL);
	rig_golden(&r, "connect-stranger");
	rig_press(&r, REQ_HELP);
	rig_golden(&r, "connect-help");
	rig_connect(&r);
	rig_page(&r, "welcome");
	rig_golden(&r, "welcome");
	rig_close(&r);
}

/* What the server wants every terminal to show stands where messages appear, until there is one. */
static void
test_server_notice(void **state)
{
	cs_Welcome w = cs_Welcome_init_zero;
	struct rig r;

	(void)state;
	rig_open(&r);
	strcpy(w.bank, "Countersign Demo Bank");
	strcpy(w.branch, "Branch 0001");
	strcpy(w.notice, "One account runs server and database here: grants do not hold against it.");
	app_net(r.app, NET_READY, RC_OK, &w);
	rig_page(&r, "welcome");
	rig_golden(&r, "welcome-notice");
	rig_close(&r);
}

static void
test_register(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	rig_type(&r, "2");
	rig_page(&r, "register");
	rig_type(&r, "Ada Lovelace");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "ada@example.org");
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "correct horse battery");
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "correct horse battery");
	rig_golden(&r, "register");
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, register_start);
	assert_string_equal(r.sent.body.register_start.name, "Ada Lovelace");
	assert_string_equal(r.sent.body.register_start.email, "ada@example.org");
	assert_string_equal(r.sent.body.register_start.password, "correct horse battery");
	assert_string_equal(r.sent.body.register_start.currency, "EUR");
	answer_code_sent(&r, "a***@example.org");
	rig_page(&r, "otp");
	rig_type(&r, "1234");
	rig_golden(&r, "otp-register");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, register_start);		/* four digits are not sent */
	rig_type(&r, "56");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, register_code);
	assert_string_equal(r.sent.body.register_code.code, "123456");
	assert_int_equal(r.sent.token.size, TOKEN_BYTES);
	e.which_body = cs_Envelope_register_coded_tag;
	rig_answer(&r, &e);
	rig_page(&r, "capture");
	rig_capture_begun(&r, 9);
	assert_int_equal(r.sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_ENROL);
	rig_verdict(&r, 9, RC_OK, "");
	rig_asked(&r, register_finish);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_registered_tag;
	strcpy(e.body.registered.customer, "10000017");
	account_number_make(1, 4711, e.body.registered.account);
	strcpy(e.body.registered.currency, "EUR");
	strcpy(e.body.registered.name, "Ada Lovelace");
	rig_answer(&r, &e);
	rig_page(&r, "registered");
	rig_golden(&r, "registered");
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "welcome");
	assert_int_equal(r.v->token_n, 0);
	rig_close(&r);
}

static void
test_login(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	rig_type(&r, "1");
	rig_type(&r, "1000");
	rig_press(&r, REQ_ENTER);
	assert_int_equal(r.v->notice.level, NOTICE_WARN);	/* said at once, and Enter stays */
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "secret words");
	rig_golden(&r, "login");
	rig_press(&r, REQ_ENTER);
	assert_int_equal(r.count, 0);		/* the number is too short */
	rig_golden(&r, "login-short");
	rig_type(&r, "0017");
	rig_press(&r, REQ_SUBMIT);
	rig_asked(&r, login);
	assert_string_equal(r.sent.body.login.customer, "10000017");
	rig_refuse(&r, RC_LOGIN, "");
	rig_page(&r, "login");
	rig_golden(&r, "login-refused");
	rig_press(&r, REQ_SUBMIT);
	assert_int_equal(r.count, 1);		/* the password was wiped */
	rig_close(&r);
}

/* Staff without a face, whom an administrator allowed to enrol one. */
static void
test_face_after_login(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	rig_type(&r, "1");
	rig_type(&r, "10000017");
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "secret words");
	rig_press(&r, REQ_SUBMIT);
	e.which_body = cs_Envelope_code_sent_tag;
	e.body.code_sent.token.size = TOKEN_BYTES;
	rig_answer(&r, &e);
	rig_type(&r, "123456");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, login_code);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_signed_on_tag;
	e.body.signed_on.token.size = TOKEN_BYTES;
	e.body.signed_on.needs_enrol = true;
	rig_answer(&r, &e);
	rig_page(&r, "capture");
	rig_capture_begun(&r, 9);
	assert_int_equal(r.sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_ENROL);
	rig_verdict(&r, 9, RC_OK, "");
	rig_asked(&r, register_finish);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_registered_tag;
	strcpy(e.body.registered.customer, "10000017");
	strcpy(e.body.registered.name, "Ada Lovelace");
	rig_answer(&r, &e);
	rig_golden(&r, "registered-face");
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "welcome");
	rig_close(&r);
}

static void
test_home(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_page(&r, "home");
	rig_golden(&r, "home");
	assert_int_equal(r.sent.token.size, TOKEN_BYTES);
	assert_int_equal(r.sent.token.bytes[0], 2);
	app_net(r.app, NET_LOST, RC_CLOSED, NULL);
	rig_golden(&r, "home-lost");
	rig_connect(&r);
	rig_press(&r, REQ_LOGOUT);
	rig_asked(&r, logout);
	rig_page(&r, "welcome");
	assert_int_equal(r.v->token_n, 0);
	assert_int_equal(r.v->overview.accounts_count, 0);
	rig_close(&r);
}

static void
test_transfer(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	uint8_t request[ID_BYTES];
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_review(&r, false);
	rig_golden(&r, "review");
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "capture");
	rig_golden(&r, "capture-asked");
	rig_capture_begun(&r, 9);
	assert_true(r.filming);
	assert_int_equal(r.sent.body.capture_begin.intent[0], 3);
	rig_wait(&r, 4000);
	rig_guide(&r, 9, cs_CaptureAsk_ASK_LOOK, "come closer", 0);
	rig_golden(&r, "capture-look");
	rig_guide(&r, 9, cs_CaptureAsk_ASK_TURN_LEFT, "", 0);
	rig_golden(&r, "capture-left");
	rig_guide(&r, 8, cs_CaptureAsk_ASK_BLINK, "of another capture", 0);
	rig_golden(&r, "capture-left");
	rig_verdict(&r, 9, RC_NOT_LIVE, "No blink was seen");
	assert_false(r.filming);
	rig_golden(&r, "capture-failed");
	rig_press(&r, REQ_ENTER);
	rig_capture_begun(&r, 10);
	rig_verdict(&r, 10, RC_OK, "");
	rig_page(&r, "otp");
	rig_asked(&r, transfer_code_send);
	assert_int_equal(r.sent.body.transfer_code_send.intent[0], 3);
	answer_code_sent(&r, "a***@example.org");
	rig_golden(&r, "otp-transfer");
	rig_type(&r, "654321");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, transfer_commit);
	memcpy(request, r.sent.body.transfer_commit.request, ID_BYTES);
	rig_refuse(&r, RC_CODE_WRONG, "");
	rig_page(&r, "otp");
	rig_golden(&r, "otp-wrong");
	rig_type(&r, "654322");
	rig_press(&r, REQ_ENTER);
	assert_memory_equal(request, r.sent.body.transfer_commit.request, ID_BYTES);
	app_net(r.app, NET_LOST, RC_CLOSED, NULL);
	rig_golden(&r, "otp-waiting");
	rig_press(&r, REQ_BACK);
	rig_page(&r, "otp");			/* it cannot be left now */
	rig_connect(&r);
	e.which_body = cs_Envelope_receipt_tag;
	e.body.receipt.journal = 119;
	e.body.receipt.utc_ms = RIG_UTC_MS;
	account_number_make(1, 4711, e.body.receipt.debit);
	account_number_make(1, 5000, e.body.receipt.payee);
	strcpy(e.body.receipt.payee_name, "Grace Hopper");
	strcpy(e.body.receipt.currency, "EUR");
	strcpy(e.body.receipt.reference, "Invoice 2026-17");
	e.body.receipt.amount = 125075;
	e.body.receipt.balance_after = 1109492;
	memset(e.body.receipt.digest, 0xa5, DIGEST_BYTES);
	rig_answer(&r, &e);
	rig_page(&r, "receipt");
	rig_golden(&r, "receipt");
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "home");
	rig_asked(&r, overview_get);
	rig_close(&r);
}

static void
test_review_mismatch(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_review(&r, true);
	rig_golden(&r, "review-mismatch");
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "review");
	assert_int_equal(r.count, count);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "transfer");
	rig_close(&r);
}

static void
test_capture_troubles(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_review(&r, false);
	rig_press(&r, REQ_SUBMIT);
	r.v->camera = CAMERA_FAILED;
	strcpy(r.v->camera_text, "No permission for /dev/video0. Add this user to the group video and log in again.");
	rig_golden(&r, "capture-camera");
	rig_capture_begun(&r, 9);
	rig_golden(&r, "capture-broken");	/* nobody is asked to look into a camera that does not work */
	rig_press(&r, REQ_HELP);
	rig_golden(&r, "capture-help");
	assert_true(r.filming);			/* help does not stop the camera */
	rig_press(&r, REQ_BACK);
	/* The line breaks: the capture begins anew by itself. */
	app_net(r.app, NET_LOST, RC_CLOSED, NULL);
	assert_false(r.filming);
	rig_connect(&r);
	rig_capture_begun(&r, 11);
	assert_true(r.filming);
	/* No verdict ever comes. */
	rig_wait(&r, 26000);
	rig_golden(&r, "capture-blind");		/* and the camera is blamed, not the person */
	rig_press(&r, REQ_ENTER);
	rig_capture_begun(&r, 12);
	rig_press(&r, REQ_BACK);
	rig_asked(&r, capture_cancel);
	rig_page(&r, "review");
	assert_false(r.filming);
	rig_close(&r);
}

static void
answer_history(struct rig *r, uint64_t first, uint64_t next_before)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_History *h = &e.body.history;

	rig_asked(r, history_get);
	e.which_body = cs_Envelope_history_tag;
	strcpy(h->account, r->sent.body.history_get.account);
	strcpy(h->currency, "EUR");
	h->entries_count = 11;
	h->next_before = next_before;
	for (unsigned i = 0; i < 11; i++) {
		cs_HistoryEntry *x = &h->entries[i];

		x->posting = first - i;
		x->journal = 1000 + first - i;
		x->utc_ms = RIG_UTC_MS - (int64_t)i * 3600000;
		x->amount = i % 3 == 0 ? 150000 : -(int64_t)(1234 + i * 1000);
		x->balance_after = 1000000 - (int64_t)i * 777;
		strcpy(x->other_name, i % 2 == 0 ? "Grace Hopper" : "Zoë Müller-Łukasiewicz and partners, tax advisers");
		account_number_make(1, 5000 + i, x->other);
		strcpy(x->reference, i % 2 == 0 ? "" : "Invoice");
	}
	rig_answer(r, &e);
}

static void
test_history(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_type(&r, "2");
	rig_page(&r, "history");
	assert_int_equal(r.sent.body.history_get.before, 0);
	answer_history(&r, 500, 489);
	rig_press(&r, REQ_DOWN);
	rig_golden(&r, "history");
	rig_press(&r, REQ_ENTER);
	rig_golden(&r, "history-entry");
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_PGDN);
	assert_int_equal(r.sent.body.history_get.before, 489);
	answer_history(&r, 488, 0);
	count = r.count;
	rig_press(&r, REQ_PGDN);
	assert_int_equal(r.count, count);	/* nothing older */
	rig_golden(&r, "history-oldest");
	rig_press(&r, REQ_PGUP);
	assert_int_equal(r.sent.body.history_get.before, 0);
	answer_history(&r, 500, 489);
	rig_press(&r, REQ_RIGHT);
	assert_string_equal(r.sent.body.history_get.account, r.v->overview.accounts[1].number);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "home");
	rig_close(&r);
}

static void
test_session_end(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_home(&r);
	rig_review(&r, false);
	e.which_body = cs_Envelope_session_ended_tag;
	e.rc = RC_SESSION_ENDED;
	rig_push(&r, &e);
	rig_page(&r, "welcome");
	assert_int_equal(r.v->token_n, 0);
	assert_int_equal(r.v->txn.amount, 0);
	rig_golden(&r, "welcome-ended");
	/* A revoked terminal forgets the customer, too. */
	rig_close(&r);
	rig_open(&r);
	rig_home(&r);
	app_net(r.app, NET_REFUSED, RC_TERMINAL_UNKNOWN, NULL);
	rig_page(&r, "connect");
	assert_int_equal(r.v->token_n, 0);
	assert_string_equal(r.v->person.name, "");
	rig_close(&r);
}

/* Nobody presses a key, and the session ends elsewhere or by its limits. */
static void
test_session_end_is_noticed(void **state)
{
	unsigned looks;
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	rig_wait(&r, 4000);
	assert_int_equal(r.looks, 0);			/* nobody is signed on */
	rig_home(&r);
	looks = r.looks;
	rig_wait(&r, 1000);
	rig_wait(&r, 2500);
	assert_int_equal(r.looks, looks + 1);
	assert_true(r.active);				/* it took keys to sign on */
	rig_wait(&r, 3000);
	assert_int_equal(r.looks, looks + 2);
	assert_false(r.active);				/* nobody is there */
	rig_press(&r, REQ_DOWN);
	rig_wait(&r, 3000);
	assert_true(r.active);				/* who only reads is */
	app_answer(r.app, 0, cs_Envelope_ping_tag, RC_STORE, NULL);
	rig_page(&r, "home");
	r.v->token[0] ^= 1;				/* another one by now */
	app_answer(r.app, 0, cs_Envelope_ping_tag, RC_SESSION_ENDED, NULL);
	rig_page(&r, "home");
	r.v->token[0] ^= 1;
	app_answer(r.app, 0, cs_Envelope_ping_tag, RC_SESSION_ENDED, NULL);
	rig_page(&r, "welcome");
	assert_int_equal(r.v->token_n, 0);
	assert_int_equal(r.v->notice.level, NOTICE_BAD);
	rig_close(&r);
}

/* An answer to a page that has gone reaches nobody. */
static void
test_late_answer(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	rig_connect(&r);
	rig_type(&r, "1");
	rig_type(&r, "10000017");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "secret words");
	rig_press(&r, REQ_ENTER);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "welcome");
	answer_code_sent(&r, "x");
	rig_page(&r, "welcome");
	assert_int_equal(r.v->token_n, 0);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect), cmocka_unit_test(test_server_notice),
		cmocka_unit_test(test_register), cmocka_unit_test(test_login),
		cmocka_unit_test(test_face_after_login),
		cmocka_unit_test(test_home), cmocka_unit_test(test_transfer), cmocka_unit_test(test_review_mismatch),
		cmocka_unit_test(test_capture_troubles), cmocka_unit_test(test_history),
		cmocka_unit_test(test_session_end), cmocka_unit_test(test_session_end_is_noticed),
		cmocka_unit_test(test_late_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
