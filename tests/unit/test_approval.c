/*
 * test_approval.c - people with an exception: what is left out of their
 * captures, and the approval that their transfers then need.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "server/exceptions.h"
#include "unit/fake_call.h"

#define PASSWORD "a long password"
#define ANNA 1u
#define BOB  2u
#define SUE  3u		/* a member of staff */
#define ZOE  4u		/* a customer like any other */

static int
setup(void **state)
{
	static const float v[4] = { 1 };
	static struct fake_call k;

	fake_call_init(&k);
	fake_call_customer(&k, "Sue Steward", "33333333", 3, 0);
	fake_call_customer(&k, "Zoe Other", "44444444", 4, 0);
	assert_int_equal(password_hash(PASSWORD, k.f.person[SUE - 1].password_hash), RC_OK);
	for (size_t i = 0; i < k.f.persons; i++)
		memcpy(k.f.person[i].password_hash, k.f.person[SUE - 1].password_hash, sizeof k.f.person[i].password_hash);
	k.f.roles[SUE] = ROLE_TELLER;
	k.config.liveness.challenges = 2;
	fake_call_face(&k, ANNA, &fake_call_maker, v);
	fake_session(&k, ANNA, SESSION_SIGNED_ON);
	*state = &k;
	return 0;
}

static int
teardown(void **state)
{
	fake_call_free(*state);
	return 0;
}

static void
except(struct fake_call *k, uint64_t person, uint32_t moves, bool confirmed)
{
	k->f.exception[person] = (struct exception){ .id = 1, .person = person, .moves = moves, .reason = "test",
	    .proposed_by = SUE, .proposed_ms = 1, .confirmed_by = confirmed ? 9 : 0, .confirmed_ms = confirmed };
}

static size_t
prepared(struct fake_call *k)
{
	cs_TransferPrepare *ask = &k->ask.body.transfer_prepare;

	k->ask.which_body = cs_Envelope_transfer_prepare_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(ask->debit, k->f.account[0].number, sizeof ask->debit);
	memcpy(ask->payee, k->f.account[1].number, sizeof ask->payee);
	ask->amount = 1234;
	snprintf(ask->currency, sizeof ask->currency, "EUR");
	assert_int_equal(fake_call_run(k), RC_OK);
	assert_int_equal(k->answer.body.transfer_prepared.needs_approval, k->f.intent[k->f.intents - 1].needs_approval);
	return k->f.intents - 1;
}

static enum rc
start(struct fake_call *k, size_t intent, const char *customer, const char *password)
{
	cs_ApprovalStart *ask = &k->ask.body.approval_start;

	k->ask.which_body = cs_Envelope_approval_start_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(ask->intent, k->f.intent[intent].id, ID_BYTES);
	snprintf(ask->customer, sizeof ask->customer, "%s", customer);
	snprintf(ask->password, sizeof ask->password, "%s", password);
	return fake_call_run(k);
}

static enum rc
sign(struct fake_call *k, size_t intent, const char *customer, const char *code)
{
	cs_ApprovalCode *ask = &k->ask.body.approval_code;

	k->ask.which_body = cs_Envelope_approval_code_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(ask->intent, k->f.intent[intent].id, ID_BYTES);
	snprintf(ask->customer, sizeof ask->customer, "%s", customer);
	snprintf(ask->code, sizeof ask->code, "%s", code);
	return fake_call_run(k);
}

static enum rc
commit(struct fake_call *k, size_t intent)
{
	cs_TransferCommit *ask = &k->ask.body.transfer_commit;
	char code[CODE_DIGITS + 1];

	k->ask.which_body = cs_Envelope_transfer_code_send_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(k->ask.body.transfer_code_send.intent, k->f.intent[intent].id, ID_BYTES);
	assert_int_equal(fake_call_run(k), RC_OK);
	fake_call_code(k, code);
	k->f.intent_has_face[intent] = true;
	k->ask.which_body = cs_Envelope_transfer_commit_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(ask->intent, k->f.intent[intent].id, ID_BYTES);
	ask->request[0] = (uint8_t)(intent + 1);
	memcpy(ask->code, code, sizeof code);
	return fake_call_run(k);
}

/* Which transfers need an approval is fixed when they are prepared. */
static void
test_who_needs_an_approval(void **state)
{
	const struct {
		uint32_t moves;
		bool confirmed, face, want;
	} t[] = {
		{ 0, false, true, false }, { EXCEPTION_EYES, false, true, false }, { EXCEPTION_EYES, true, true, true },
		{ EXCEPTION_TURN | EXCEPTION_LIGHT, true, true, true }, { EXCEPTION_LIGHT, true, true, false },
		{ EXCEPTION_EYES, true, false, false },
	};
	struct fake_call *k = *state;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		if (t[i].moves != 0)
			except(k, ANNA, t[i].moves, t[i].confirmed);
		k->config.policy.rule[0].face = t[i].face;
		assert_int_equal(k->f.intent[prepared(k)].needs_approval, t[i].want);
	}
	except(k, BOB, EXCEPTION_EYES, true);
	memset(&k->f.exception[ANNA], 0, sizeof k->f.exception[ANNA]);
	k->config.policy.rule[0].face = true;
	assert_false(k->f.intent[prepared(k)].needs_approval);		/* the payee's exception is not the payer's */
	k->config.policy.rule[0].approvals = 1;
	assert_true(k->f.intent[prepared(k)].needs_approval);		/* the policy asks for one of this amount */
}

static void
test_an_approval_from_password_to_money(void **state)
{
	struct fake_call *k = *state;
	char code[CODE_DIGITS + 1], text[OUTBOX_TEXT_MAX];
	size_t i;

	except(k, ANNA, EXCEPTION_EYES, true);
	i = prepared(k);
	assert_int_equal(start(k, i, "33333333", PASSWORD), RC_OK);
	assert_int_equal(k->answer.which_body, cs_Envelope_code_sent_tag);
	assert_int_equal(k->answer.body.code_sent.token.size, 0);
	assert_int_equal(k->f.message[k->f.messages - 1].person, SUE);
	assert_int_equal(vault_outbox_get(k->office.vault, &k->f.message[k->f.messages - 1], text), RC_OK);
	assert_non_null(strstr(text, "Anna Archer"));
	assert_non_null(strstr(text, "12.34 EUR"));
	assert_non_null(strstr(text, "Bob Builder"));
	fake_call_code(k, code);
	assert_int_equal(commit(k, i), RC_APPROVAL_MISSING);
	assert_non_null(strstr(k->answer.detail, "member of staff"));
	assert_int_equal(sign(k, i, "33333333", code), RC_OK);
	assert_int_equal(k->answer.which_body, cs_Envelope_approved_tag);
	assert_string_equal(k->answer.body.approved.name, "Sue Steward");
	assert_int_equal(fake_event(&k->f, AUDIT_TRANSFER_APPROVE)->person, SUE);
	assert_int_equal(sign(k, i, "33333333", code), RC_CODE_USED);
	assert_int_equal(commit(k, i), RC_OK);
	assert_int_equal(k->f.posts, 1);
}

static void
test_who_may_not_approve(void **state)
{
	struct fake_call *k = *state;
	char code[CODE_DIGITS + 1], other[CODE_DIGITS + 1];
	size_t plain = prepared(k), i, second, messages;

	assert_int_equal(start(k, plain, "33333333", PASSWORD), RC_EARLY);	/* needs none */
	assert_int_equal(sign(k, plain, "33333333", "000000"), RC_EARLY);
	except(k, ANNA, EXCEPTION_TURN, true);
	i = prepared(k);
	second = prepared(k);
	messages = k->f.messages;
	assert_int_equal(start(k, i, "33333333", "not the password"), RC_LOGIN);
	assert_int_equal(start(k, i, "99999999", PASSWORD), RC_LOGIN);
	k->f.roles[ZOE] = ROLES_GRANTED & ~ROLES_COUNTER;
	assert_int_equal(start(k, i, "44444444", PASSWORD), RC_DENIED);		/* neither teller nor supervisor */
	assert_int_equal(fake_event(&k->f, AUDIT_TRANSFER_APPROVE)->outcome, RC_DENIED);
	k->f.roles[ANNA] = k->f.roles[BOB] = ROLE_TELLER;
	assert_int_equal(start(k, i, "11111111", PASSWORD), RC_DENIED);		/* the payer */
	assert_int_equal(start(k, i, "22222222", PASSWORD), RC_DENIED);		/* the payee */
	assert_int_equal(k->f.messages, messages);
	assert_int_equal(start(k, i, "33333333", PASSWORD), RC_OK);
	fake_call_code(k, code);
	assert_int_equal(start(k, second, "33333333", PASSWORD), RC_OK);
	fake_call_code(k, other);
	if (strcmp(code, other) == 0)
		skip();		/* once in a million */
	assert_int_equal(sign(k, i, "33333333", other), RC_CODE_WRONG);		/* of another transfer */
	assert_int_equal(sign(k, i, "44444444", code), RC_CODE_WRONG);		/* somebody else's */
	assert_int_equal(sign(k, i, "99999999", code), RC_CODE_WRONG);
	k->f.roles[SUE] = ROLE_MAKER;
	assert_int_equal(sign(k, i, "33333333", code), RC_DENIED);		/* no longer staff */
	assert_false(k->f.intent_approved[i] || k->f.intent_approved[second]);
	k->f.down = true;
	assert_int_equal(start(k, i, "33333333", PASSWORD), RC_STORE);
}

/* Guessing at an approval locks like guessing at a log-in, and the right password does not help then. */
static void
test_wrong_passwords_lock(void **state)
{
	struct fake_call *k = *state;
	size_t i;

	except(k, ANNA, EXCEPTION_EYES, true);
	i = prepared(k);
	for (int n = 0; n < PASSWORD_TRIES; n++)
		assert_int_equal(start(k, i, "33333333", "not the password"), RC_LOGIN);
	assert_int_equal(start(k, i, "33333333", PASSWORD), RC_LOCKED);
	assert_int_equal(k->f.person[SUE - 1].password_fails, PASSWORD_TRIES);
}

static enum rc
begin(struct fake_call *k, size_t intent)
{
	k->ask.which_body = cs_Envelope_capture_begin_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	k->ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_TRANSFER;
	memcpy(k->ask.body.capture_begin.intent, k->f.intent[intent].id, ID_BYTES);
	return fake_call_run(k);
}

/* What is left out stands in the record; a transfer that was prepared before needs everything. */
static void
test_captures_leave_it_out(void **state)
{
	struct fake_call *k = *state;
	size_t before = prepared(k), after;

	except(k, ANNA, EXCEPTION_EYES | EXCEPTION_MOUTH, true);
	after = prepared(k);
	assert_int_equal(begin(k, before), RC_LOCKED);
	assert_string_equal(k->f.begun, "for a transfer");
	assert_int_equal(begin(k, after), RC_LOCKED);
	assert_string_equal(k->f.begun, "for a transfer, by exception without blink, mouth");
	memset(&k->f.exception[ANNA], 0, sizeof k->f.exception[ANNA]);
	assert_int_equal(begin(k, after), RC_LOCKED);			/* ended meanwhile: everything is asked */
	assert_string_equal(k->f.begun, "for a transfer");
}

/* An enrolment goes by it only while the second signature is fresh; the light is nobody's duty. */
static void
test_enrolments_need_a_fresh_signature(void **state)
{
	static const struct { uint32_t moves; int64_t ago; enum rc want; const char *begun; } t[] = {
		{ EXCEPTION_EYES, 0, RC_LOCKED, "to enrol, by exception without blink" },
		{ EXCEPTION_TURN, EXCEPTION_ENROL_MS, RC_LOCKED, "to enrol, by exception without turn" },
		{ EXCEPTION_TURN, EXCEPTION_ENROL_MS + 1, RC_DENIED, "" },
		{ EXCEPTION_EYES | EXCEPTION_LIGHT, 10 * EXCEPTION_ENROL_MS, RC_DENIED, "" },
		{ EXCEPTION_LIGHT, 10 * EXCEPTION_ENROL_MS, RC_LOCKED, "to enrol, by exception without light" },
	};
	struct fake_call *k = *state;

	k->f.person[ANNA - 1].status = PERSON_PENDING;
	fake_session(k, ANNA, SESSION_REGISTER_FACE);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		except(k, ANNA, t[i].moves, true);
		k->f.exception[ANNA].confirmed_ms = k->now_ms - t[i].ago;
		k->f.begun[0] = '\0';
		k->ask.which_body = cs_Envelope_capture_begin_tag;
		memset(&k->ask.body, 0, sizeof k->ask.body);
		k->ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_ENROL;
		assert_int_equal(fake_call_run(k), t[i].want);
		assert_string_equal(k->f.begun, t[i].begun);
		if (t[i].want == RC_DENIED)
			assert_non_null(strstr(k->answer.detail, "too long ago"));
	}
	except(k, ANNA, EXCEPTION_EYES, false);		/* proposed by one alone */
	assert_int_equal(fake_call_run(k), RC_LOCKED);
	assert_string_equal(k->f.begun, "to enrol");
}

static void
test_options(void **state)
{
	struct capture_options o;

	(void)state;
	capture_defaults(&o);
	o.light = true;
	exceptions_apply(0, &o);
	assert_true(o.light && o.liveness.without == 0);
	exceptions_apply(EXCEPTION_EYES, &o);
	assert_true(o.light);
	assert_int_equal(o.liveness.without, LIVENESS_EYES);
	assert_int_equal(liveness_options_check(&o.liveness), RC_OK);
	exceptions_apply(EXCEPTION_LIGHT, &o);
	assert_false(o.light);
	exceptions_apply(EXCEPTION_TURN | EXCEPTION_NOD, &o);
	assert_int_equal(o.liveness.without, LIVENESS_KINDS & ~(uint32_t)LIVENESS_MOUTH);
	assert_int_equal(liveness_options_check(&o.liveness), RC_OK);
}

static void
test_words(void **state)
{
	static const struct {
		const char *text;
		enum rc want;
		uint32_t moves;
		const char *bad;	/* NULL: it is all of them */
	} t[] = {
		{ "blink", RC_OK, EXCEPTION_EYES, NULL },
		{ "turn,nod,light", RC_OK, EXCEPTION_TURN | EXCEPTION_NOD | EXCEPTION_LIGHT, NULL },
		{ "light", RC_OK, EXCEPTION_LIGHT, NULL },
		{ "blink,wink", RC_INVALID, 0, "wink" },
		{ "blink,", RC_INVALID, 0, "" },
		{ "", RC_INVALID, 0, "" },
		{ "Blink", RC_INVALID, 0, "Blink" },
		{ "blink turn", RC_INVALID, 0, "blink turn" },
		{ "blink,turn,nod,mouth", RC_INVALID, 0, NULL },
	};
	char words[EXCEPTION_WORDS_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		const char *bad = NULL;
		uint32_t moves = 77;
		int bad_n = 0;

		assert_int_equal(exceptions_parse(t[i].text, &moves, &bad, &bad_n), t[i].want);
		assert_int_equal(moves, t[i].want == RC_OK ? t[i].moves : 77);
		assert_int_equal(bad != NULL, t[i].bad != NULL);
		if (bad != NULL) {
			assert_int_equal(bad_n, strlen(t[i].bad));
			assert_memory_equal(bad, t[i].bad, (size_t)bad_n);
		}
	}
	exceptions_words(EXCEPTION_CHALLENGES | EXCEPTION_LIGHT, words);
	assert_string_equal(words, "blink, turn, nod, mouth, light");
	exceptions_words(0, words);
	assert_string_equal(words, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_who_needs_an_approval, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_approval_from_password_to_money, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_may_not_approve, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_passwords_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_captures_leave_it_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_enrolments_need_a_fresh_signature, setup, teardown),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_words),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
