/*
 * test_sign_on.c - who signs on at which console, and when a face is asked for.
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

#define PASSWORD "a long password"
#define ANNA 1u

static int
setup(void **state)
{
	static struct fake_call k;

	fake_call_init(&k);
	assert_int_equal(password_hash(PASSWORD, k.f.person[ANNA - 1].password_hash), RC_OK);
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
hello(struct fake_call *k, int console)
{
	memset(&k->ask, 0, sizeof k->ask);
	k->ask.which_body = cs_Envelope_hello_tag;
	k->ask.body.hello.console = (cs_Console)console;
	return fake_call_run(k);
}

static enum rc
login(struct fake_call *k, cs_Console console)
{
	cs_Login *ask = &k->ask.body.login;

	memset(&k->ask, 0, sizeof k->ask);
	k->ask.which_body = cs_Envelope_login_tag;
	ask->console = console;
	snprintf(ask->customer, sizeof ask->customer, "11111111");
	snprintf(ask->password, sizeof ask->password, PASSWORD);
	return fake_call_run(k);
}

/* Sends a body-less kind, or a code, under the newest token. */
static enum rc
next(struct fake_call *k, pb_size_t kind, const char *code)
{
	const cs_Envelope *a = &k->answer;

	if (a->which_body == cs_Envelope_code_sent_tag)
		memcpy(k->ask.token.bytes, a->body.code_sent.token.bytes, TOKEN_BYTES);
	else if (a->which_body == cs_Envelope_signed_on_tag)
		memcpy(k->ask.token.bytes, a->body.signed_on.token.bytes, TOKEN_BYTES);
	k->ask.token.size = TOKEN_BYTES;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	k->ask.which_body = kind;
	if (code != NULL)
		snprintf(k->ask.body.login_code.code, sizeof k->ask.body.login_code.code, "%s", code);
	return fake_call_run(k);
}

static enum rc
sign_on(struct fake_call *k, cs_Console console)
{
	char code[CODE_DIGITS + 1];

	assert_int_equal(login(k, console), RC_OK);
	fake_call_code(k, code);
	return next(k, cs_Envelope_login_code_tag, code);
}

static void
test_a_terminal_opens_its_consoles_only(void **state)
{
	struct fake_call *k = *state;

	for (unsigned may = 0; may <= CONSOLES_ALL; may++)
		for (int console = 1; console <= 3; console++) {
			k->consoles = may;
			if (may != 0)		/* without any the table itself refuses */
				assert_int_equal(hello(k, console), (may & 1u << (console - 1)) != 0 ? RC_OK : RC_DENIED);
		}
	assert_int_equal(hello(k, 0), RC_INVALID);
	assert_int_equal(hello(k, 4), RC_INVALID);
	k->consoles = CONSOLE_TERMINAL;
	assert_int_equal(hello(k, cs_Console_CONSOLE_AUDIT), RC_DENIED);
	assert_non_null(strstr(k->answer.detail, "may not open the audit console"));
	assert_int_equal(fake_event(&k->f, AUDIT_TERMINAL_CONNECT)->outcome, RC_DENIED);
	k->f.roles[ANNA] = ROLES_GRANTED;
	assert_int_equal(login(k, cs_Console_CONSOLE_BACKOFFICE), RC_DENIED);	/* whoever it is */
	assert_int_equal(fake_event(&k->f, AUDIT_LOGIN_PASSWORD)->outcome, RC_DENIED);
	assert_int_equal(login(k, cs_Console_CONSOLE_NONE), RC_INVALID);
	assert_int_equal(k->f.sessions, 0);
}

static void
test_nobody_works_without_a_role(void **state)
{
	static const struct { cs_Console console; unsigned roles; } t[] = {
		{ cs_Console_CONSOLE_BACKOFFICE, ROLE_MAKER | ROLE_CHECKER },
		{ cs_Console_CONSOLE_AUDIT, ROLE_SUPERVISOR | ROLE_AUDITOR | ROLE_ADMINISTRATOR },
	};
	struct fake_call *k = *state;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (unsigned n = 0; n <= 6; n++) {
			unsigned role = role_of_number(n);

			k->now_ms += CODE_SENDS_WINDOW_MS;
			k->f.now_ms = k->now_ms;
			k->f.sessions = k->f.codes = k->f.messages = k->f.events = 0;
			k->f.roles[ANNA] = role & ROLES_GRANTED;
			if ((t[i].roles & role) != 0) {
				assert_int_equal(sign_on(k, t[i].console), RC_OK);
				assert_int_equal(k->answer.body.signed_on.roles, ROLE_CUSTOMER | role);
				assert_int_equal((int)k->f.session[0].s.state, SESSION_SIGNED_ON);
				continue;
			}
			assert_int_equal(sign_on(k, t[i].console), RC_DENIED);
			assert_string_equal(k->answer.detail, "You have no role for this console.");
			assert_int_equal((int)k->f.session[0].s.state, SESSION_ENDED);
			assert_int_equal(fake_event(&k->f, AUDIT_LOGIN_CODE)->outcome, RC_DENIED);
		}
	k->f.roles[ANNA] = 0;
	k->f.sessions = k->f.codes = k->f.messages = 0;
	assert_int_equal(sign_on(k, cs_Console_CONSOLE_TERMINAL), RC_OK);	/* a customer is everybody */
	assert_false(k->answer.body.signed_on.needs_face);
}

static void
test_a_face_where_it_is_asked_for(void **state)
{
	static const float v[4] = { 1 };
	struct fake_call *k = *state;
	uint8_t before[TOKEN_BYTES];

	fake_call_face(k, ANNA, &fake_call_maker, v);
	k->f.roles[ANNA] = ROLE_SUPERVISOR;
	k->config.sign_on.audit_face = true;
	assert_int_equal(sign_on(k, cs_Console_CONSOLE_AUDIT), RC_OK);
	assert_true(k->answer.body.signed_on.needs_face);
	assert_int_equal((int)k->f.session[0].s.state, SESSION_SIGN_ON_FACE);
	memcpy(before, k->answer.body.signed_on.token.bytes, sizeof before);

	k->ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_SIGN_ON;
	assert_int_equal(next(k, cs_Envelope_sign_on_face_tag, NULL), RC_PROOF_MISSING);
	assert_int_equal(fake_event(&k->f, AUDIT_SIGN_ON_FACE)->outcome, RC_PROOF_MISSING);
	assert_int_equal(next(k, cs_Envelope_overview_get_tag, NULL), RC_EARLY);
	k->ask.which_body = cs_Envelope_capture_begin_tag;
	k->ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_TRANSFER;
	assert_int_equal(fake_call_run(k), RC_EARLY);
	k->ask.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_SIGN_ON;
	assert_int_equal(fake_call_run(k), RC_LOCKED);		/* as far as the fakes go */
	assert_string_equal(k->f.begun, "to sign on");

	session_face_digest(&k->f.session[0].s, k->f.face_proof);
	k->f.roles[ANNA] = ROLE_MAKER;				/* taken away meanwhile */
	assert_int_equal(next(k, cs_Envelope_sign_on_face_tag, NULL), RC_DENIED);
	assert_int_equal((int)k->f.session[0].s.state, SESSION_ENDED);
	k->f.roles[ANNA] = ROLE_SUPERVISOR;
	k->f.session[0].s.state = SESSION_SIGN_ON_FACE;
	assert_int_equal(next(k, cs_Envelope_sign_on_face_tag, NULL), RC_OK);
	assert_false(k->answer.body.signed_on.needs_face);
	assert_memory_not_equal(before, k->answer.body.signed_on.token.bytes, TOKEN_BYTES);
	assert_int_equal((int)k->f.session[0].s.state, SESSION_SIGNED_ON);
	assert_int_equal(next(k, cs_Envelope_sign_on_face_tag, NULL), RC_EARLY);
}

/* Bound to the session, the person, the terminal and the console. */
static void
test_what_the_face_is_for(void **state)
{
	struct session s = { .id = { 1 }, .person = 2, .terminal = 3, .console = CONSOLE_AUDIT }, other[4];
	uint8_t a[DIGEST_BYTES], b[DIGEST_BYTES];

	(void)state;
	session_face_digest(&s, a);
	for (size_t i = 0; i < 4; i++)
		other[i] = s;
	other[0].id[15] = 1;
	other[1].person = 4;
	other[2].terminal = 5;
	other[3].console = CONSOLE_BACKOFFICE;
	for (size_t i = 0; i < 4; i++) {
		session_face_digest(&other[i], b);
		assert_memory_not_equal(a, b, DIGEST_BYTES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_terminal_opens_its_consoles_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_works_without_a_role, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_face_where_it_is_asked_for, setup, teardown),
		cmocka_unit_test(test_what_the_face_is_for),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
