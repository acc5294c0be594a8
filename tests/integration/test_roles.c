/*
 * test_roles.c - roles at countersign-admin: two administrators at the first
 * set-up, who give all others their roles together; and who then signs on at
 * which console.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One world for all tests, in order: later ones stand on earlier ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/integration/staff.h"

static void
types_the_first(struct world *w, const struct somebody *p, const char *password, const char *again)
{
	prompt_wait(&w->at.prompt, "administrator: ");
	prompt_type(&w->at.prompt, p->name);
	prompt_wait(&w->at.prompt, "address: ");
	prompt_type(&w->at.prompt, p->email);
	prompt_wait(&w->at.prompt, "Password: ");
	prompt_type(&w->at.prompt, password);
	prompt_wait(&w->at.prompt, "again: ");
	prompt_type(&w->at.prompt, again);
}

static void
number_of(struct world *w, struct somebody *p)
{
	char sql[128];

	snprintf(sql, sizeof sql, "SELECT customer FROM person WHERE name = '%s'", p->name);
	snprintf(p->customer, sizeof p->customer, "%08lld", (long long)private_db_number(w->server->db, sql));
}

static void
the_first_two_are_made_once(void **state)
{
	struct world *w = *state;

	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, "short", "short");
	assert_int_equal(admin_ended(&w->at, "at least 10"), 1);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, ADMIN_PASSWORD, "another password");
	assert_int_equal(admin_ended(&w->at, "differ"), 1);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, ADMIN_PASSWORD, ADMIN_PASSWORD);
	types_the_first(w, &w->ada, ADMIN_PASSWORD, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "two e-mail addresses"), 1);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	types_the_first(w, &w->ada, ADMIN_PASSWORD, ADMIN_PASSWORD);
	types_the_first(w, &w->ben, ADMIN_PASSWORD, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "Ben Boss is an administrator now"), 0);
	number_of(w, &w->ada);
	number_of(w, &w->ben);
	assert_int_equal(server_audited(w->server, AUDIT_ROLE_FIRST, RC_OK), 2);
	admin_start(&w->at, "role", "first", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, "administrators already"), 1);
}

static void
two_administrators_give_a_role(void **state)
{
	struct world *w = *state;
	const char *she = w->sue.customer;

	admin_start(&w->at, "role", "propose", WORDS("--person", she, "--role", "teller"));
	assert_int_equal(admin_ended(&w->at, "give a reason"), 2);
	admin_start(&w->at, "role", "propose", WORDS("--person", she, "--role", "boss", "--reason", "new"));
	assert_int_equal(admin_ended(&w->at, "give a role"), 2);
	admin_start(&w->at, "role", "propose", WORDS("--person", "99999999", "--role", "teller", "--reason", "new"));
	assert_int_equal(admin_ended(&w->at, "no person has the number"), 1);
	admin_start(&w->at, "role", "propose", WORDS("--person", w->max.customer, "--role", "maker", "--reason", "new"));
	admin_sits(&w->at, &w->sue, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "does not hold what this needs"), 1);
	admin_start(&w->at, "role", "propose", WORDS("--person", w->ada.customer, "--role", "auditor", "--reason", "me"));
	admin_sits(&w->at, &w->ada, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "for themselves"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_ROLE_PROPOSE, RC_DENIED), 1);

	admin_start(&w->at, "role", "propose", WORDS("--person", she, "--role", "teller", "--reason", "new at the counter"));
	assert_int_equal(admin_signs(&w->at, &w->ada, "proposed for 10000001"), 0);
	admin_start(&w->at, "role", "list", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, "teller         proposed, not confirmed"), 0);
	admin_start(&w->at, "role", "confirm", WORDS("--person", she, "--role", "teller"));
	admin_sits(&w->at, &w->ada, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "who proposed it cannot confirm it"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_ROLE_CONFIRM, RC_DENIED), 1);
	admin_start(&w->at, "role", "confirm", WORDS("--person", she, "--role", "teller"));
	assert_int_equal(admin_signs(&w->at, &w->ben, "Sue Steward is teller now"), 0);
	admin_start(&w->at, "audit", "list", WORDS("--last", "40"));
	assert_int_equal(admin_ended(&w->at, "role-confirm  ok"), 0);
	assert_non_null(strstr(w->at.prompt.out, "teller: new at the counter"));

	admin_start(&w->at, "role", "end", WORDS("--person", w->ben.customer, "--role", "administrator", "--reason", "left"));
	assert_int_equal(admin_signs(&w->at, &w->ada, "two administrators have to stay"), 1);
	admin_start(&w->at, "role", "end", WORDS("--person", she, "--role", "teller", "--reason", "left"));
	assert_int_equal(admin_signs(&w->at, &w->ben, "ended for 10000001"), 0);
	admin_start(&w->at, "role", "end", WORDS("--person", she, "--role", "teller", "--reason", "left"));
	assert_int_equal(admin_signs(&w->at, &w->ben, "no such role"), 1);
}

/* ---- consoles ---- */

static void
a_terminal_opens_what_it_was_accepted_for(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	assert_int_equal(staff_hello(w->branch, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_int_equal(staff_hello(w->branch, cs_Console_CONSOLE_AUDIT, &a), RC_DENIED);
	assert_non_null(strstr(a.detail, "may not open the audit console"));
	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_BACKOFFICE, &a), RC_OK);
	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_TERMINAL, &a), RC_DENIED);
	assert_int_equal(staff_login(w->branch, &w->sue, cs_Console_CONSOLE_BACKOFFICE), RC_DENIED);
	assert_int_equal(staff_login(w->office, &w->sue, cs_Console_CONSOLE_TERMINAL), RC_DENIED);
	admin_start(&w->at, "terminal", "list", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, "office 1, Main Street  (backoffice, audit)"), 0);
	assert_non_null(strstr(w->at.prompt.out, "teller 1, Main Street  (terminal)"));
	admin_start(&w->at, "terminal", "accept", WORDS("AAAA-AAAA", "--consoles", "desk"));
	assert_int_equal(admin_ended(&w->at, "--consoles takes some of"), 2);
}

static void
staff_sign_on_with_a_role_only(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	assert_int_equal(staff_signs_on(w, w->office, &w->max, cs_Console_CONSOLE_BACKOFFICE, &a), RC_DENIED);
	assert_string_equal(a.detail, "You have no role for this console.");
	assert_int_equal(server_audited(w->server, AUDIT_LOGIN_CODE, RC_DENIED), 1);
	bank_role(w->server->db, w->max.id, ROLE_MAKER, true);
	assert_int_equal(staff_signs_on(w, w->office, &w->max, cs_Console_CONSOLE_BACKOFFICE, &a), RC_OK);
	assert_int_equal(a.body.signed_on.roles, ROLE_CUSTOMER | ROLE_MAKER);
	assert_false(a.body.signed_on.needs_face);
	assert_int_equal(staff_asks(w->office, cs_Envelope_overview_get_tag, &a), RC_DENIED);	/* of the branch terminal */
	assert_int_equal(staff_asks(w->office, cs_Envelope_logout_tag, &a), RC_OK);
	assert_int_equal(staff_signs_on(w, w->office, &w->max, cs_Console_CONSOLE_AUDIT, &a), RC_DENIED);
}

/* The first two have no face: one lets the other enrol it, who then logs in at the branch. */
static void
an_administrator_enrols_a_face(void **state)
{
	struct world *w = *state;
	const char *he = w->ben.customer;
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a;

	staff_enrols(w, &w->eva, "person-e-1");
	assert_int_equal(staff_signs_on(w, w->branch, &w->ben, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_false(a.body.signed_on.needs_enrol);
	assert_int_equal(person_capture(w->cast, "person-d-1", PERSON_ANSWERS, w->branch, cs_CapturePurpose_CAPTURE_ENROL, NULL,
	    hint), RC_EARLY);
	admin_start(&w->at, "face", "allow", WORDS("--person", he));
	assert_int_equal(admin_ended(&w->at, "give a reason"), 2);
	admin_start(&w->at, "face", "allow", WORDS("--person", he, "--reason", "mine"));
	admin_sits(&w->at, &w->ben, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "for themselves"), 1);
	admin_start(&w->at, "face", "allow", WORDS("--person", he, "--reason", "no administrator"));
	admin_sits(&w->at, &w->sue, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "does not hold what this needs"), 1);
	admin_start(&w->at, "face", "allow", WORDS("--person", w->eva.customer, "--reason", "has one"));
	assert_int_equal(admin_signs(&w->at, &w->ada, "this person has a face"), 1);
	admin_start(&w->at, "face", "allow", WORDS("--person", he, "--reason", "first set-up"));
	assert_int_equal(admin_signs(&w->at, &w->ada, "the next log-in at a branch terminal"), 0);
	assert_int_equal(server_audited(w->server, AUDIT_FACE_ALLOW, RC_OK), 1);
	assert_int_equal(server_audited(w->server, AUDIT_FACE_ALLOW, RC_DENIED), 1);

	assert_int_equal(staff_signs_on(w, w->branch, &w->ben, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_true(a.body.signed_on.needs_enrol);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_overview_get_tag, &a), RC_EARLY);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_register_finish_tag, &a), RC_OK);	/* nothing yet, and said so before */
	assert_int_equal(person_capture(w->cast, "person-e-1", PERSON_ANSWERS, w->branch, cs_CapturePurpose_CAPTURE_ENROL, NULL,
	    hint), RC_FACE_KNOWN);								/* eva's */
	if (person_capture(w->cast, "person-d-1", PERSON_ANSWERS, w->branch, cs_CapturePurpose_CAPTURE_ENROL, NULL, hint) != RC_OK)
		fail_msg("enrolment: %s", hint);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_register_finish_tag, &a), RC_OK);
	assert_string_equal(a.body.registered.customer, he);
	assert_string_equal(a.body.registered.account, "");
	assert_int_equal(private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record WHERE action = 22 AND outcome = 0"
	    " AND detail = 'face enrolled, as an administrator allowed'"), 1);
	assert_int_equal(private_db_number(w->server->db, "SELECT COUNT(*) FROM face_allowance WHERE used_ms = 0"), 0);
	assert_int_equal(staff_signs_on(w, w->branch, &w->ben, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_false(a.body.signed_on.needs_enrol);

	assert_int_equal(staff_signs_on(w, w->office, &w->ben, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_true(a.body.signed_on.needs_face);
	if (person_capture(w->cast, "person-d-1", PERSON_ANSWERS, w->office, cs_CapturePurpose_CAPTURE_SIGN_ON, NULL, hint) != RC_OK)
		fail_msg("sign-on: %s", hint);
	assert_int_equal(staff_asks(w->office, cs_Envelope_sign_on_face_tag, &a), RC_OK);
	assert_int_equal(a.body.signed_on.roles, ROLE_CUSTOMER | ROLE_ADMINISTRATOR);
}

static void
a_supervisor_shows_a_face(void **state)
{
	struct world *w = *state;
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a;

	bank_role(w->server->db, w->eva.id, ROLE_SUPERVISOR, true);
	assert_int_equal(staff_signs_on(w, w->office, &w->eva, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_true(a.body.signed_on.needs_face);
	assert_int_equal(staff_asks(w->office, cs_Envelope_sign_on_face_tag, &a), RC_PROOF_MISSING);
	assert_int_equal(person_capture(w->cast, "person-a-1", PERSON_ANSWERS, w->office, cs_CapturePurpose_CAPTURE_SIGN_ON, NULL,
	    hint), RC_FACE_OTHER);
	assert_int_equal(staff_asks(w->office, cs_Envelope_sign_on_face_tag, &a), RC_PROOF_MISSING);
	if (person_capture(w->cast, "person-e-1", PERSON_ANSWERS, w->office, cs_CapturePurpose_CAPTURE_SIGN_ON, NULL, hint) != RC_OK)
		fail_msg("sign-on: %s", hint);
	assert_int_equal(staff_asks(w->office, cs_Envelope_sign_on_face_tag, &a), RC_OK);
	assert_int_equal(a.body.signed_on.roles, ROLE_CUSTOMER | ROLE_SUPERVISOR);
	assert_false(a.body.signed_on.needs_face);
	assert_int_equal(server_audited(w->server, AUDIT_SIGN_ON_FACE, RC_OK), 2);
	assert_int_equal(private_db_number(w->server->db, "SELECT COUNT(*) FROM proof WHERE factor = 1 AND spent_ms = 0"), 0);
	assert_int_equal(staff_asks(w->office, cs_Envelope_sign_on_face_tag, &a), RC_EARLY);
}

/* ---- what a supervisor does; eva is signed on at the audit console, bob comes and goes at the branch ---- */

static enum rc
acts(struct world *w, pb_size_t kind, const struct somebody *p, const char *reason, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = kind };

	memcpy(q.body.person_lock.customer, p->customer, sizeof p->customer);
	if (reason != NULL)
		snprintf(q.body.person_lock.reason, sizeof q.body.person_lock.reason, "%s", reason);
	return client_ask(w->office, &q, a, ASK_MS);
}

static void
a_supervisor_locks_and_releases(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	assert_int_equal(staff_signs_on(w, w->branch, &w->sue, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_overview_get_tag, &a), RC_OK);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_sessions_get_tag, &a), RC_DENIED);
	assert_int_equal(acts(w, cs_Envelope_person_lock_tag, &w->sue, "", &a), RC_INVALID);
	assert_int_equal(acts(w, cs_Envelope_person_lock_tag, &w->eva, "myself", &a), RC_DENIED);
	assert_int_equal(acts(w, cs_Envelope_person_lock_tag, &w->sue, "lost her card", &a), RC_OK);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_overview_get_tag, &a), RC_SESSION_ENDED);
	assert_int_equal(staff_login(w->branch, &w->sue, cs_Console_CONSOLE_TERMINAL), RC_DISABLED);
	assert_int_equal(acts(w, cs_Envelope_person_get_tag, &w->sue, NULL, &a), RC_OK);
	assert_true(a.body.person_state.locked);
	assert_int_equal(acts(w, cs_Envelope_person_lock_tag, &w->sue, "again", &a), RC_NOT_FOUND);
	assert_int_equal(acts(w, cs_Envelope_person_release_tag, &w->sue, "found it", &a), RC_OK);
	assert_int_equal(acts(w, cs_Envelope_person_release_tag, &w->eva, "myself", &a), RC_DENIED);
	assert_int_equal(private_db_number(w->server->db,
	    "SELECT COUNT(*) FROM audit_record WHERE action = 115 AND outcome = 0 AND detail = 'lost her card'"), 1);
}

/* Whom staff have locked holds no role either, whatever is open. */
static void
a_locked_colleague_holds_no_role(void **state)
{
	struct world *w = *state;
	unsigned roles = 0;
	cs_Envelope a;

	assert_int_equal(acts(w, cs_Envelope_person_lock_tag, &w->max, "left", &a), RC_OK);
	assert_int_equal(w->server->stores->role.ops->held(&w->server->stores->role, w->max.id, &roles), RC_OK);
	assert_int_equal(roles, ROLE_CUSTOMER);
	assert_int_equal(acts(w, cs_Envelope_person_release_tag, &w->max, "came back", &a), RC_OK);
	assert_int_equal(w->server->stores->role.ops->held(&w->server->stores->role, w->max.id, &roles), RC_OK);
	assert_int_equal(roles, ROLE_CUSTOMER | ROLE_MAKER);
}

static enum rc
ends(struct world *w, const uint8_t session[static ID_BYTES], const char *reason, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_session_end_tag };

	memcpy(q.body.session_end.session, session, ID_BYTES);
	snprintf(q.body.session_end.reason, sizeof q.body.session_end.reason, "%s", reason);
	return client_ask(w->office, &q, a, ASK_MS);
}

static void
a_supervisor_ends_a_session(void **state)
{
	struct world *w = *state;
	const cs_SessionRow *hers = NULL, *own = NULL;
	cs_Envelope list, a;

	assert_int_equal(staff_signs_on(w, w->branch, &w->sue, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_int_equal(staff_asks(w->office, cs_Envelope_sessions_get_tag, &list), RC_OK);
	for (pb_size_t i = 0; i < list.body.sessions.rows_count; i++) {
		const cs_SessionRow *row = &list.body.sessions.rows[i];

		if (row->signed_on && strcmp(row->customer, w->sue.customer) == 0)
			hers = row;
		if (row->signed_on && strcmp(row->customer, w->eva.customer) == 0)
			own = row;
	}
	assert_non_null(hers);
	assert_non_null(own);
	assert_string_equal(hers->terminal, "teller 1");
	assert_int_equal(own->console, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(ends(w, own->session, "mine", &a), RC_DENIED);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_ping_tag, &a), RC_OK);
	assert_int_equal(ends(w, hers->session, "left the counter", &a), RC_OK);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_ping_tag, &a), RC_SESSION_ENDED);
	assert_int_equal(staff_asks(w->branch, cs_Envelope_overview_get_tag, &a), RC_SESSION_ENDED);
	assert_int_equal(ends(w, hers->session, "left the counter", &a), RC_NOT_FOUND);
}

static void
a_supervisor_revokes_a_terminal(void **state)
{
	cs_Envelope q = { .which_body = cs_Envelope_terminal_revoke_tag }, list, push, a;
	struct world *w = *state;
	uint64_t branch = 0, office = 0;

	assert_int_equal(staff_asks(w->office, cs_Envelope_terminals_get_tag, &list), RC_OK);
	for (pb_size_t i = 0; i < list.body.terminals.rows_count; i++)
		*(strcmp(list.body.terminals.rows[i].name, "teller 1") == 0 ? &branch : &office) = list.body.terminals.rows[i].id;
	snprintf(q.body.terminal_revoke.reason, sizeof q.body.terminal_revoke.reason, "stolen");
	q.body.terminal_revoke.terminal = office;
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_DENIED);	/* she sits at it */
	q.body.terminal_revoke.terminal = branch;
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_OK);
	do
		assert_int_equal(client_push(w->branch, &push, 5000), RC_OK);	/* told, then cut */
	while (push.which_body != cs_Envelope_session_ended_tag);
	assert_int_equal(push.rc, RC_TERMINAL_REVOKED);
	bank_role(w->server->db, w->eva.id, ROLE_SUPERVISOR, false);		/* counts at the next request */
	assert_int_equal(staff_asks(w->office, cs_Envelope_terminals_get_tag, &a), RC_DENIED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_two_are_made_once),
		cmocka_unit_test(two_administrators_give_a_role),
		cmocka_unit_test(a_terminal_opens_what_it_was_accepted_for),
		cmocka_unit_test(staff_sign_on_with_a_role_only),
		cmocka_unit_test(an_administrator_enrols_a_face),
		cmocka_unit_test(a_supervisor_shows_a_face),
		cmocka_unit_test(a_supervisor_locks_and_releases),
		cmocka_unit_test(a_locked_colleague_holds_no_role),
		cmocka_unit_test(a_supervisor_ends_a_session),
		cmocka_unit_test(a_supervisor_revokes_a_terminal),
	};

	return cmocka_run_group_tests(tests, staff_setup, staff_teardown);
}
