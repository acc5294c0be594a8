/*
 * test_supervise.c - what supervisors do to people, sessions and terminals,
 * and that nobody does it about themselves.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "proto/invitation.h"
#include "server/apart.h"
#include "unit/fake_call.h"

#define ANNA 1u		/* the supervisor */
#define BOB  2u

static int
setup(void **state)
{
	static struct fake_call k;

	fake_call_init(&k);
	k.f.roles[ANNA] = ROLE_SUPERVISOR;
	fake_session(&k, BOB, SESSION_SIGNED_ON);
	k.console = CONSOLE_AUDIT;
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

static enum rc
person(struct fake_call *k, pb_size_t kind, const char *customer, const char *reason)
{
	k->ask.which_body = kind;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	snprintf(k->ask.body.person_lock.customer, sizeof k->ask.body.person_lock.customer, "%s", customer);
	if (reason != NULL)
		snprintf(k->ask.body.person_lock.reason, sizeof k->ask.body.person_lock.reason, "%s", reason);
	return fake_call_run(k);
}

static void
test_apart(void **state)
{
	struct apart a = { 0 };

	(void)state;
	assert_int_equal(apart_check(&a, 0), RC_DENIED);
	assert_int_equal(apart_check(&a, 1), RC_OK);
	apart_add(&a, 0);
	assert_int_equal(a.n, 0);
	for (uint64_t i = 1; i <= APART_MAX; i++)
		apart_add(&a, i);
	assert_int_equal(apart_check(&a, 1), RC_DENIED);
	assert_int_equal(apart_check(&a, APART_MAX), RC_DENIED);
	assert_int_equal(apart_check(&a, APART_MAX + 1), RC_OK);
	apart_add(&a, 99);
	assert_int_equal(apart_check(&a, APART_MAX + 1), RC_DENIED);	/* too many to tell */
}

static void
test_people(void **state)
{
	struct fake_call *k = *state;

	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "22222222", ""), RC_INVALID);
	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "22222222", "\n"), RC_INVALID);
	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "99999999", "lost card"), RC_NOT_FOUND);
	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "11111111", "myself"), RC_DENIED);
	assert_int_equal(fake_event(&k->f, AUDIT_PERSON_LOCK)->outcome, RC_DENIED);
	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "22222222", "asked by telephone"), RC_OK);
	assert_int_equal(k->answer.which_body, cs_Envelope_done_tag);
	assert_int_equal((int)k->f.person[BOB - 1].status, PERSON_LOCKED);
	assert_string_equal(fake_event(&k->f, AUDIT_PERSON_LOCK)->detail, "asked by telephone");
	assert_string_equal(fake_event(&k->f, AUDIT_PERSON_LOCK)->subject, "22222222");
	assert_int_equal(fake_event(&k->f, AUDIT_PERSON_LOCK)->person, ANNA);
	assert_int_equal(person(k, cs_Envelope_person_get_tag, "22222222", NULL), RC_OK);
	assert_true(k->answer.body.person_state.locked);
	assert_string_equal(k->answer.body.person_state.name, "Bob Builder");
	k->ask.which_body = cs_Envelope_ping_tag;
	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "22222222", "again"), RC_NOT_FOUND);
	assert_int_equal(person(k, cs_Envelope_person_release_tag, "11111111", "myself"), RC_DENIED);
	assert_int_equal(fake_event(&k->f, AUDIT_PERSON_UNLOCK)->outcome, RC_DENIED);
	assert_int_equal(person(k, cs_Envelope_person_release_tag, "22222222", "came to the branch"), RC_OK);
	assert_int_equal((int)k->f.person[BOB - 1].status, PERSON_ACTIVE);
	k->f.roles[ANNA] = ROLE_AUDITOR;			/* reads only */
	assert_int_equal(person(k, cs_Envelope_person_get_tag, "22222222", NULL), RC_OK);
	assert_int_equal(person(k, cs_Envelope_person_lock_tag, "22222222", "no supervisor"), RC_DENIED);
	assert_int_equal(fake_event(&k->f, AUDIT_DISPATCH_REFUSE)->outcome, RC_DENIED);
}

static enum rc
ends(struct fake_call *k, size_t session, const char *reason)
{
	k->ask.which_body = cs_Envelope_session_end_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	memcpy(k->ask.body.session_end.session, k->f.session[session].s.id, ID_BYTES);
	snprintf(k->ask.body.session_end.reason, sizeof k->ask.body.session_end.reason, "%s", reason);
	return fake_call_run(k);
}

static void
test_sessions(void **state)
{
	struct fake_call *k = *state;

	k->ask.which_body = cs_Envelope_sessions_get_tag;
	assert_int_equal(fake_call_run(k), RC_OK);
	assert_int_equal(k->answer.body.sessions.rows_count, 2);
	assert_int_equal(k->answer.body.sessions.rows[1].console, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(ends(k, 0, ""), RC_INVALID);
	assert_int_equal(ends(k, 1, "my own"), RC_DENIED);
	assert_int_equal(fake_event(&k->f, AUDIT_SESSION_END)->outcome, RC_DENIED);
	assert_int_equal(ends(k, 0, "left the counter"), RC_OK);
	assert_int_equal((int)k->f.session[0].s.state, SESSION_ENDED);
	assert_non_null(strstr(fake_event(&k->f, AUDIT_SESSION_END)->detail, "left the counter"));
	assert_int_equal(ends(k, 0, "again"), RC_NOT_FOUND);
}

static enum rc
accepts(struct fake_call *k, const char *fingerprint, unsigned consoles, const char *reason)
{
	cs_TerminalAccept *ask = &k->ask.body.terminal_accept;

	k->ask.which_body = cs_Envelope_terminal_accept_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	snprintf(ask->fingerprint, sizeof ask->fingerprint, "%s", fingerprint);
	snprintf(ask->reason, sizeof ask->reason, "%s", reason);
	ask->consoles = consoles;
	return fake_call_run(k);
}

static enum rc
revokes(struct fake_call *k, uint64_t terminal, const char *reason)
{
	k->ask.which_body = cs_Envelope_terminal_revoke_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	k->ask.body.terminal_revoke.terminal = terminal;
	snprintf(k->ask.body.terminal_revoke.reason, sizeof k->ask.body.terminal_revoke.reason, "%s", reason);
	return fake_call_run(k);
}

static void
test_terminals(void **state)
{
	static const char word[WORD_BYTES] = "K7QM-2XD9-4TVA-H8PR";
	struct fake_call *k = *state;
	char print[FINGERPRINT_BYTES];

	k->f.terminal[0] = (struct terminal){ .id = 1, .public_key = { 9 }, .status = TERMINAL_PENDING };
	k->f.terminals = 1;
	k->f.invitation[0] = (struct invitation_row){ .id = 1, .name = "office 2", .branch = "Main Street" };
	vault_word_put(k->office.vault, word, &k->f.invitation[0]);
	k->f.invitations = 1;
	fingerprint_make(k->f.terminal[0].public_key, word, print);
	k->ask.which_body = cs_Envelope_terminals_get_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	assert_int_equal(fake_call_run(k), RC_OK);
	assert_int_equal(k->answer.body.terminals.rows[0].pairs_count, 1);
	assert_string_equal(k->answer.body.terminals.rows[0].pairs[0].fingerprint, print);
	assert_string_equal(k->answer.body.terminals.rows[0].pairs[0].invited, "office 2");
	assert_int_equal(accepts(k, print, 0, "new"), RC_INVALID);
	assert_int_equal(accepts(k, print, 8, "new"), RC_INVALID);
	assert_int_equal(accepts(k, print, CONSOLE_AUDIT, ""), RC_INVALID);
	assert_int_equal(accepts(k, "AAAA-AAAA", CONSOLE_AUDIT, "new"), RC_NOT_FOUND);
	assert_int_equal(accepts(k, "", CONSOLE_AUDIT, "new"), RC_NOT_FOUND);
	assert_int_equal(accepts(k, print, CONSOLE_BACKOFFICE, "new desk"), RC_OK);
	assert_int_equal(k->f.terminal[0].consoles, CONSOLE_BACKOFFICE);
	assert_string_equal(k->f.terminal[0].branch, "Main Street");
	assert_non_null(strstr(fake_event(&k->f, AUDIT_TERMINAL_ACCEPT)->detail, "backoffice: new desk"));
	k->ask.which_body = cs_Envelope_terminals_get_tag;
	memset(&k->ask.body, 0, sizeof k->ask.body);
	assert_int_equal(fake_call_run(k), RC_OK);
	assert_int_equal(k->answer.body.terminals.rows_count, 1);
	assert_string_equal(k->answer.body.terminals.rows[0].name, "office 2");
	assert_int_equal(k->answer.body.terminals.rows[0].pairs_count, 0);	/* it waits no longer */
	k->ask.body.terminals_get.after = 1;
	assert_int_equal(fake_call_run(k), RC_OK);
	assert_int_equal(k->answer.body.terminals.rows_count, 0);
	assert_int_equal(revokes(k, 1, ""), RC_INVALID);
	assert_int_equal(revokes(k, k->terminal, "it is mine"), RC_DENIED);
	assert_int_equal(revokes(k, 1, "stolen"), RC_OK);
	assert_string_equal(fake_event(&k->f, AUDIT_TERMINAL_REVOKE)->detail, "stolen");
	assert_int_equal(revokes(k, 1, "stolen"), RC_NOT_FOUND);
	k->f.down = true;
	assert_int_equal(revokes(k, 1, "stolen"), RC_STORE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apart),
		cmocka_unit_test_setup_teardown(test_people, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_terminals, setup, teardown),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
