/*
 * test_dispatch.c - every kind of message in every state of a session.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "unit/fake_call.h"

#define KINDS_MAX 512
#define V 1u			/* anybody, without a session */
#define RC_ STATE(SESSION_REGISTER_CODE)
#define RF STATE(SESSION_REGISTER_FACE)
#define LC STATE(SESSION_LOGIN_CODE)
#define SF STATE(SESSION_SIGN_ON_FACE)
#define SO STATE(SESSION_SIGNED_ON)
#define KIND(name) cs_Envelope_##name##_tag

#define CU ROLE_CUSTOMER
#define SV ROLE_SUPERVISOR
#define AU ROLE_AUDITOR
#define AD ROLE_ADMINISTRATOR
#define T CONSOLE_TERMINAL
#define ALL CONSOLES_ALL
#define BO CONSOLE_BACKOFFICE
#define MK ROLE_MAKER
#define CK ROLE_CHECKER

/* Said a second time, apart from the table itself: where each request is legal, for whom, at which consoles. */
static const struct {
	pb_size_t kind;
	unsigned where, roles, consoles;
} legal[] = {
	{ KIND(hello), V, 0, ALL }, { KIND(ping), V, 0, ALL }, { KIND(register_start), V, 0, T }, { KIND(login), V, 0, ALL },
	{ KIND(register_code), RC_, CU, T }, { KIND(register_finish), RF, CU, T }, { KIND(login_code), LC, CU, ALL },
	{ KIND(sign_on_face), SF, CU, ALL }, { KIND(code_resend), RC_ | LC, CU, ALL },
	{ KIND(logout), RC_ | RF | LC | SF | SO, CU, ALL },
	{ KIND(overview_get), SO, CU, T }, { KIND(payee_get), SO, CU, T }, { KIND(history_get), SO, CU, T },
	{ KIND(transfer_prepare), SO, CU, T }, { KIND(transfer_code_send), SO, CU, T }, { KIND(transfer_commit), SO, CU, T },
	{ KIND(transfer_status_get), SO, CU, T }, { KIND(approval_start), SO, CU, T }, { KIND(approval_code), SO, CU, T },
	{ KIND(batch_open), SO, MK, BO }, { KIND(batch_put), SO, MK, BO }, { KIND(batch_line_drop), SO, MK, BO },
	{ KIND(batch_imported), SO, MK, BO }, { KIND(batch_drop), SO, MK, BO }, { KIND(batch_get), SO, MK | CK, BO },
	{ KIND(batch_queue_get), SO, MK | CK, BO }, { KIND(batch_code_send), SO, MK | CK, BO },
	{ KIND(batch_submit), SO, MK, BO }, { KIND(batch_back), SO, CK, BO }, { KIND(batch_post), SO, CK, BO },
	{ KIND(person_get), SO, SV | AU, CONSOLE_AUDIT }, { KIND(person_lock), SO, SV, CONSOLE_AUDIT },
	{ KIND(person_release), SO, SV, CONSOLE_AUDIT }, { KIND(sessions_get), SO, SV | AU, CONSOLE_AUDIT },
	{ KIND(session_end), SO, SV, CONSOLE_AUDIT }, { KIND(terminals_get), SO, SV | AU | AD, CONSOLE_AUDIT },
	{ KIND(terminal_accept), SO, SV | AD, CONSOLE_AUDIT }, { KIND(terminal_revoke), SO, SV | AD, CONSOLE_AUDIT },
	{ KIND(holds_get), SO, CU, T }, { KIND(waiting_get), SO, SV | AU, CONSOLE_AUDIT },
	{ KIND(hold_code_send), SO, SV, CONSOLE_AUDIT }, { KIND(hold_post), SO, SV, CONSOLE_AUDIT },
	{ KIND(hold_refuse), SO, SV, CONSOLE_AUDIT },
	{ KIND(reversal_prepare), SO, SV, CONSOLE_AUDIT }, { KIND(reversal_code_send), SO, SV, CONSOLE_AUDIT },
	{ KIND(reversal_commit), SO, SV, CONSOLE_AUDIT },
	{ KIND(events_tail), SO, SV | AU, CONSOLE_AUDIT }, { KIND(events_find), SO, SV | AU, CONSOLE_AUDIT },
	{ KIND(story_get), SO, SV | AU, CONSOLE_AUDIT },
	{ KIND(trail_get), SO, SV | AU, CONSOLE_AUDIT }, { KIND(trail_verify), SO, SV | AU, CONSOLE_AUDIT },
	{ KIND(numbers_get), SO, SV | AU, CONSOLE_AUDIT },
	{ KIND(evidence_get), SO, SV | AU, CONSOLE_AUDIT }, { KIND(evidence_hold), SO, SV, CONSOLE_AUDIT },
	{ KIND(capture_begin), RF | SF | SO, CU, ALL }, { KIND(capture_cancel), RF | SF | SO, CU, ALL },
};

static unsigned
where_legal(pb_size_t kind)
{
	for (size_t i = 0; i < sizeof legal / sizeof legal[0]; i++)
		if (legal[i].kind == kind)
			return legal[i].where;
	return 0;
}

static void
test_every_kind_in_every_state(void **state)
{
	(void)state;
	for (pb_size_t kind = 0; kind < KINDS_MAX; kind++) {
		const struct dispatch_row *row = dispatch_find(kind);
		unsigned where = where_legal(kind);

		assert_int_equal(row != NULL, where != 0);
		if (row == NULL)
			continue;
		assert_non_null(row->handle);
		assert_string_not_equal(audit_action_word(row->audit), "?");
		assert_int_equal((row->roles & ROLE_VISITOR) != 0, where == V);
		for (int s = SESSION_NONE; s <= SESSION_SIGN_ON_FACE + 1; s++) {
			bool ok = dispatch_check(row, (enum session_state)s) == RC_OK;

			assert_int_equal(ok, where == V ? s == SESSION_NONE : (where & (1u << s)) != 0);
		}
	}
}

/* Every kind as every role, none included, at every console, at terminals that may open it and that may not. */
static void
test_every_kind_as_every_role(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof legal / sizeof legal[0]; i++) {
		const struct dispatch_row *row = dispatch_find(legal[i].kind);
		bool visitor = legal[i].where == V;

		for (unsigned role = 0; role <= 7; role++)
			for (unsigned console = 1; console <= CONSOLE_AUDIT; console <<= 1)
				for (unsigned may = 0; may <= CONSOLES_ALL; may++) {
					struct session s = { .roles = role_of_number(role), .console = (enum console)console };
					bool want = visitor ? (legal[i].consoles & may) != 0 :
					    (legal[i].roles & s.roles) != 0 && (legal[i].consoles & console & may) != 0;

					assert_int_equal(dispatch_may(row, &s, may), want ? RC_OK : RC_DENIED);
				}
	}
}

/* One person with these roles, signed on at this console of a terminal that may open all. */
static void
sits(struct fake_call *k, unsigned roles, enum console console)
{
	fake_call_init(k);
	k->console = console;
	k->f.roles[1] = roles;
	fake_session(k, 1, SESSION_SIGNED_ON);
}

/* Through the front, for every row: no handler runs, and the record says who tried what where. */
static void
test_other_roles_and_consoles_are_refused(void **state)
{
	static struct fake_call k;
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof legal / sizeof legal[0]; i++) {
		if (legal[i].where == V || (legal[i].where & SO) == 0)
			continue;
		for (unsigned role = 0; role <= 6; role++)
			for (unsigned console = CONSOLE_TERMINAL; console <= CONSOLE_AUDIT; console <<= 1) {
				if ((legal[i].roles & (CU | role_of_number(role))) != 0 && (legal[i].consoles & console) != 0)
					continue;
				sits(&k, role_of_number(role), (enum console)console);
				k.ask.which_body = legal[i].kind;
				assert_int_equal(fake_call_run(&k), RC_DENIED);
				assert_int_equal(k.answer.which_body, 0);
				assert_int_equal(fake_event(&k.f, AUDIT_DISPATCH_REFUSE)->outcome, RC_DENIED);
				assert_non_null(strstr(fake_event(&k.f, AUDIT_DISPATCH_REFUSE)->detail,
				    audit_action_word(dispatch_find(legal[i].kind)->audit)));
				fake_call_free(&k);
				tried++;
			}
		sits(&k, ROLES_GRANTED, CONSOLE_AUDIT);
		k.consoles = CONSOLE_TERMINAL;			/* it may not open that console any more */
		k.ask.which_body = legal[i].kind;
		assert_int_equal(fake_call_run(&k), RC_DENIED);
		assert_int_equal((int)k.f.session[0].s.state, SESSION_SIGNED_ON);
		fake_call_free(&k);
	}
	assert_true(tried > 300);
	fake_call_init(&k);
	k.consoles = CONSOLE_AUDIT;
	k.ask.which_body = KIND(register_start);		/* nobody registers at the audit console's terminal */
	assert_int_equal(fake_call_run(&k), RC_DENIED);
	fake_call_free(&k);
}

/* Through the front: what is refused runs no handler, says so, and leaves a record. */
static void
test_refused_by_default(void **state)
{
	static struct fake_call k;

	(void)state;
	for (pb_size_t kind = 0; kind < KINDS_MAX; kind++)
		for (int s = SESSION_REGISTER_CODE; s <= SESSION_SIGN_ON_FACE; s++) {
			unsigned where = where_legal(kind);
			enum rc r;

			if (where == V || (where & (1u << s)) != 0 || s == SESSION_ENDED)
				continue;
			fake_call_init(&k);
			fake_session(&k, 1, (enum session_state)s);
			k.ask.which_body = kind;
			r = fake_call_run(&k);
			assert_int_equal(r, RC_EARLY);
			assert_int_equal(k.answer.which_body, 0);
			assert_non_null(fake_event(&k.f, AUDIT_DISPATCH_REFUSE));
			assert_int_equal((int)k.f.session[0].s.state, s);
			fake_call_free(&k);
		}
}

static void
test_tokens(void **state)
{
	static struct fake_call k;

	(void)state;
	fake_call_init(&k);
	k.ask.which_body = KIND(overview_get);
	assert_int_equal(fake_call_run(&k), RC_SESSION_ENDED);		/* no token */
	fake_session(&k, 1, SESSION_SIGNED_ON);
	assert_null(fake_event(&k.f, AUDIT_DISPATCH_REFUSE));
	k.terminal = 8;
	assert_int_equal(fake_call_run(&k), RC_SESSION_ENDED);		/* another terminal's */
	assert_int_equal(fake_event(&k.f, AUDIT_DISPATCH_REFUSE)->outcome, RC_DENIED);
	assert_int_equal((int)k.f.session[0].s.state, SESSION_SIGNED_ON);
	k.terminal = 7;
	k.now_ms += SESSION_IDLE_MS;
	assert_int_equal(fake_call_run(&k), RC_SESSION_ENDED);		/* idle */
	assert_int_equal((int)k.f.session[0].s.state, SESSION_ENDED);
	k.f.down = true;
	assert_int_equal(fake_call_run(&k), RC_STORE);
	fake_call_free(&k);
}

/* Asking whether a session is open keeps it so only where somebody pressed a key. */
static void
test_pings(void **state)
{
	static struct fake_call k;

	(void)state;
	for (int active = 0; active < 2; active++) {
		fake_call_init(&k);
		fake_session(&k, 1, SESSION_SIGNED_ON);
		k.ask.which_body = KIND(ping);
		k.ask.body.ping.active = active != 0;
		k.now_ms += SESSION_IDLE_MS - 1;
		assert_int_equal(fake_call_run(&k), RC_OK);
		k.now_ms += 1;
		assert_int_equal(fake_call_run(&k), active != 0 ? RC_OK : RC_SESSION_ENDED);
		fake_call_free(&k);
	}
}

/* Refusals are recorded, but nobody can fill the disk with them. */
static void
test_refusals_do_not_flood(void **state)
{
	static struct fake_call k;

	(void)state;
	fake_call_init(&k);
	k.ask.which_body = KIND(welcome);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(fake_call_run(&k), RC_EARLY);
	assert_int_equal(k.f.events, FLOOD_EVENTS);
	k.now_ms += FLOOD_WINDOW_MS;
	assert_int_equal(fake_call_run(&k), RC_EARLY);
	assert_int_equal(k.f.events, FLOOD_EVENTS + 1);
	assert_non_null(strstr(k.f.event[FLOOD_EVENTS].detail, "940 more"));
	for (unsigned i = 0; i < FLOOD_EVENTS + 6; i++)
		assert_int_equal(fake_call_run(&k), RC_EARLY);
	call_audit_rest(&k.desk, false);				/* the minute is not over */
	assert_int_equal(k.f.events, 2 * FLOOD_EVENTS);
	k.now_ms += FLOOD_WINDOW_MS;
	call_audit_rest(&k.desk, false);				/* counted without another one */
	assert_int_equal(k.f.events, 2 * FLOOD_EVENTS + 1);
	assert_non_null(strstr(k.f.event[2 * FLOOD_EVENTS].detail, "7 more"));
	assert_int_equal(k.f.event[2 * FLOOD_EVENTS].action, AUDIT_DISPATCH_REFUSE);
	assert_int_equal(k.f.event[2 * FLOOD_EVENTS].terminal, 7);
	fake_call_free(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_in_every_state),
		cmocka_unit_test(test_every_kind_as_every_role),
		cmocka_unit_test(test_other_roles_and_consoles_are_refused),
		cmocka_unit_test(test_refused_by_default),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_pings),
		cmocka_unit_test(test_refusals_do_not_flood),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
