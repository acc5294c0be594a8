/*
 * test_transfer.c - decisions of the transfer handlers, over a fake ledger.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "unit/fake_call.h"

static int
setup(void **state)
{
	static struct fake_call k;

	fake_call_init(&k);
	fake_session(&k, 1, SESSION_SIGNED_ON);
	*state = &k;
	return 0;
}

static int
teardown(void **state)
{
	fake_call_free(*state);
	return 0;
}

static enum rc
prepare(struct fake_call *k, const char *debit, const char *payee, int64_t amount, const char *currency)
{
	cs_TransferPrepare *ask = &k->ask.body.transfer_prepare;

	k->ask.which_body = cs_Envelope_transfer_prepare_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	snprintf(ask->debit, sizeof ask->debit, "%s", debit);
	snprintf(ask->payee, sizeof ask->payee, "%s", payee);
	ask->amount = amount;
	snprintf(ask->currency, sizeof ask->currency, "%s", currency);
	return fake_call_run(k);
}

/* A good transfer of 12.34 EUR from Anna to Bob, prepared; its number is returned. */
static size_t
prepared(struct fake_call *k)
{
	assert_int_equal(prepare(k, k->f.account[0].number, k->f.account[1].number, 1234, "EUR"), RC_OK);
	return k->f.intents - 1;
}

static void
code_for(struct fake_call *k, size_t intent, char code[CODE_DIGITS + 1])
{
	k->ask.which_body = cs_Envelope_transfer_code_send_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(k->ask.body.transfer_code_send.intent, k->f.intent[intent].id, ID_BYTES);
	assert_int_equal(fake_call_run(k), RC_OK);
	fake_call_code(k, code);
}

static enum rc
commit(struct fake_call *k, size_t intent, uint8_t request, const char *code)
{
	cs_TransferCommit *ask = &k->ask.body.transfer_commit;

	k->ask.which_body = cs_Envelope_transfer_commit_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(ask->intent, k->f.intent[intent].id, ID_BYTES);
	ask->request[0] = request;
	snprintf(ask->code, sizeof ask->code, "%s", code);
	return fake_call_run(k);
}

static void
test_prepare(void **state)
{
	struct fake_call *k = *state;
	const char *anna = k->f.account[0].number, *bob = k->f.account[1].number, *cash = k->f.account[2].number;
	const struct {
		const char *what, *debit, *payee;
		int64_t amount;
		const char *currency;
		enum rc want;
	} t[] = {
		{ "somebody else's account", bob, anna, 100, "EUR", RC_ACCOUNT_UNKNOWN },
		{ "no such payee", anna, "XC00", 100, "EUR", RC_ACCOUNT_UNKNOWN },
		{ "internal payee", anna, cash, 100, "EUR", RC_ACCOUNT_UNKNOWN },
		{ "to itself", anna, anna, 100, "EUR", RC_SAME_ACCOUNT },
		{ "nothing", anna, bob, 0, "EUR", RC_INVALID },
		{ "backwards", anna, bob, -100, "EUR", RC_INVALID },
		{ "beyond all money", anna, bob, INT64_MAX, "EUR", RC_INVALID },
		{ "another currency", anna, bob, 100, "USD", RC_CURRENCY },
		{ "one above the limit", anna, bob, 1000001, "EUR", RC_LIMIT },
		{ "all of it", anna, bob, 1000000, "EUR", RC_OK },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		size_t events = k->f.events;

		if (prepare(k, t[i].debit, t[i].payee, t[i].amount, t[i].currency) != t[i].want)
			fail_msg("%s", t[i].what);
		assert_int_equal(k->f.intents, t[i].want == RC_OK ? 1 : 0);
		assert_int_equal(k->f.events, events + 1);
		if (t[i].want != RC_OK)
			assert_true(k->answer.detail[0] != '\0');
		if (t[i].want == RC_INVALID)
			assert_int_equal(strstr(k->answer.detail, "more than zero") != NULL, t[i].amount <= 0);
	}
	k->f.account[0].balance--;
	assert_int_equal(prepare(k, anna, bob, 1000000, "EUR"), RC_FUNDS);
	assert_string_equal(k->f.intent[0].txn.payee_name, "Bob Builder");
	assert_true(k->f.intent[0].needs_face && k->f.intent[0].needs_code);
}

/* Each refusal moves nothing and leaves a record. */
static void
test_commit_refusals(void **state)
{
	struct fake_call *k = *state;
	size_t small = prepared(k), large;
	char code[CODE_DIGITS + 1], other[CODE_DIGITS + 1];

	assert_int_equal(prepare(k, k->f.account[0].number, k->f.account[1].number, 999999, "EUR"), RC_OK);
	large = k->f.intents - 1;
	code_for(k, small, code);
	code_for(k, large, other);
	k->f.intent_has_face[small] = k->f.intent_has_face[large] = true;
	if (strcmp(code, other) == 0)
		skip();		/* once in a million */

	assert_int_equal(commit(k, large, 1, code), RC_CODE_WRONG);	/* issued for another amount */
	assert_int_equal(fake_event(&k->f, AUDIT_TRANSFER_REFUSE)->outcome, RC_CODE_WRONG);
	assert_int_equal(commit(k, small, 1, ""), RC_CODE_WRONG);
	assert_int_equal(commit(k, small, 0, code), RC_INVALID);
	k->f.intent_has_face[small] = false;
	assert_int_equal(commit(k, small, 1, code), RC_PROOF_MISSING);
	assert_int_equal(fake_event(&k->f, AUDIT_TRANSFER_REFUSE)->outcome, RC_PROOF_MISSING);
	k->f.intent_has_face[small] = true;
	k->now_ms += 60000;
	assert_int_equal(commit(k, small, 1, code), RC_CODE_EXPIRED);
	k->now_ms += INTENT_LIFE_MS - 60000 - 240001;
	k->f.session[0].s.seen_ms = k->now_ms;
	k->now_ms += 240001;
	assert_int_equal(commit(k, small, 1, code), RC_EXPIRED);
	assert_int_equal(k->f.posts, 0);
}

static void
test_commit_happens_once(void **state)
{
	struct fake_call *k = *state;
	size_t i = prepared(k), second;
	char code[CODE_DIGITS + 1];

	code_for(k, i, code);
	k->f.intent_has_face[i] = true;
	assert_int_equal(commit(k, i, 1, code), RC_OK);
	assert_int_equal(k->answer.which_body, cs_Envelope_receipt_tag);
	assert_int_equal(k->answer.body.receipt.amount, 1234);
	assert_int_equal(commit(k, i, 1, code), RC_OK);			/* the same request: the same receipt */
	assert_int_equal(k->answer.body.receipt.journal, 1);
	fake_session(k, 1, SESSION_SIGNED_ON);				/* also after logging in again */
	assert_int_equal(commit(k, i, 1, code), RC_OK);
	assert_int_equal(k->answer.body.receipt.journal, 1);
	second = prepared(k);
	assert_int_equal(commit(k, second, 1, code), RC_REQUEST_OTHER);	/* its number was used */
	assert_int_equal(commit(k, i, 2, code), RC_EXPIRED);		/* made in another session */
	assert_int_equal(commit(k, second, 2, code), RC_CODE_WRONG);	/* the code of the first */
	assert_int_equal(k->f.posts, 1);
}

static void
test_somebody_elses_intent(void **state)
{
	struct fake_call *k = *state;
	size_t i = prepared(k);
	char code[CODE_DIGITS + 1];

	code_for(k, i, code);
	k->f.intent_has_face[i] = true;
	fake_session(k, 2, SESSION_SIGNED_ON);
	assert_int_equal(commit(k, i, 1, code), RC_NOT_FOUND);
	k->ask.which_body = cs_Envelope_transfer_code_send_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(k->ask.body.transfer_code_send.intent, k->f.intent[i].id, ID_BYTES);
	assert_int_equal(fake_call_run(k), RC_NOT_FOUND);
	k->f.down = true;
	assert_int_equal(fake_call_run(k), RC_STORE);
	assert_int_equal(k->f.posts, 0);
}

/* A face that cannot be compared is said so before the camera runs; nobody is let off. */
static void
test_faces_that_cannot_be_compared(void **state)
{
	static const float v[4] = { 1 };
	struct vision_hello older = fake_call_maker, renamed = fake_call_maker;
	struct fake_call *k = *state;
	const struct audit_event *ev;
	const struct {
		const struct vision_hello *by;
		enum rc want;
	} t[] = {
		{ NULL, RC_NOT_ENROLLED },
		{ &older, RC_EMBEDDER_OTHER },
		{ &renamed, RC_EMBEDDER_OTHER },
	};
	size_t i = prepared(k);

	older.embedder_version--;
	renamed.embedder[0]++;
	for (size_t n = 0; n < sizeof t / sizeof t[0]; n++) {
		if (t[n].by != NULL)
			fake_call_face(k, 1, t[n].by, v);
		k->ask.which_body = cs_Envelope_capture_begin_tag;
		memset(&k->ask.body, 0, sizeof k->ask.body);
		k->ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_TRANSFER;
		memcpy(k->ask.body.capture_begin.intent, k->f.intent[i].id, ID_BYTES);
		assert_int_equal(fake_call_run(k), t[n].want);
		assert_null(k->desk.captures.slot[0].capture);
		assert_non_null(ev = fake_event(&k->f, AUDIT_CAPTURE_BEGIN));
		assert_int_equal(ev->outcome, t[n].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prepare, setup, teardown),
		cmocka_unit_test_setup_teardown(test_commit_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_commit_happens_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_somebody_elses_intent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_faces_that_cannot_be_compared, setup, teardown),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
