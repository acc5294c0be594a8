/*
 * test_audit_pages.c - people, sessions and terminals at the audit console: who
 * may do what, and that every act has its reason.
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

static void
console_open(struct rig *r, unsigned roles)
{
	rig_open(r);
	r->v->console = &console_audit;
	rig_sign_on(r, roles);
	rig_page(r, roles == ROLE_ADMINISTRATOR ? "terminals" : console_audit.home->name);
}

/* Through the list of pages; n: the line of the page. */
static void
go_to(struct rig *r, const char *n, const char *page)
{
	if (strcmp(app_page(r->app), "pages") != 0)
		rig_press(r, REQ_PICK);
	rig_page(r, "pages");
	rig_type(r, n);
	rig_page(r, page);
}

static void
answer_person(struct rig *r, const char *customer, bool locked)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_PersonState *p = &e.body.person_state;

	rig_asked(r, person_get);
	assert_string_equal(r->sent.body.person_get.customer, customer);
	e.which_body = cs_Envelope_person_state_tag;
	strcpy(p->customer, customer);
	strcpy(p->name, "Grace Hopper");
	p->roles = ROLE_CUSTOMER | ROLE_TELLER;
	p->locked = locked;
	p->password_fails = 2;
	p->face_fails = 7;
	p->face_locked_until_utc_ms = RIG_UTC_MS + 60000;
	p->last_login_utc_ms = RIG_UTC_MS - 86400000;
	rig_answer(r, &e);
}

static void
answer_done(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_done_tag;
	rig_answer(r, &e);
}

static void
answer_sessions(struct rig *r, size_t n)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, sessions_get);
	e.which_body = cs_Envelope_sessions_tag;
	e.body.sessions.rows_count = (pb_size_t)n;
	for (size_t i = 0; i < n; i++) {
		cs_SessionRow *row = &e.body.sessions.rows[i];

		memset(row->session, (int)(1 + r->count + i), ID_BYTES);
		snprintf(row->customer, sizeof row->customer, "%08u", 20000018u + (unsigned)i);
		snprintf(row->name, sizeof row->name, i % 2 == 0 ? "Zoë Müller-Łukasiewicz" : "Grace Hopper");
		snprintf(row->terminal, sizeof row->terminal, "counter-%zu", i + 1);
		row->console = (cs_Console)(1 + i % 3);
		row->signed_on = i % 3 != 2;
		row->opened_utc_ms = RIG_UTC_MS - 60000 * (int64_t)(i + 1);
		row->seen_utc_ms = RIG_UTC_MS - 1500 * (int64_t)i;
	}
	rig_answer(r, &e);
}

static void
answer_terminals(struct rig *r, size_t n, uint64_t from)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, terminals_get);
	e.which_body = cs_Envelope_terminals_tag;
	e.body.terminals.rows_count = (pb_size_t)n;
	for (size_t i = 0; i < n; i++) {
		cs_TerminalRow *row = &e.body.terminals.rows[i];

		row->id = from + i;
		row->state = (cs_TerminalState)(1 + i % 3);
		if (row->state != cs_TerminalState_TERMINAL_STATE_PENDING)
			snprintf(row->name, sizeof row->name, "counter-%zu", i + 1);
		strcpy(row->branch, "Branch 0001");
		row->consoles = i % 2 == 0 ? CONSOLE_TERMINAL : CONSOLES_ALL;
		row->first_seen_utc_ms = RIG_UTC_MS - 86400000;
		if (i == 0) {
			row->pairs_count = 2;
			strcpy(row->pairs[0].fingerprint, "ABCD-EFGH-JKLM-NPQR-STUV");
			strcpy(row->pairs[0].invited, "counter-4");
			strcpy(row->pairs[1].fingerprint, "WXYZ-2345-6789-ABCD-EFGH");
			strcpy(row->pairs[1].invited, "counter-5");
		}
	}
	rig_answer(r, &e);
}

static void
test_pages(void **state)
{
	struct rig r;

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	rig_press(&r, REQ_PICK);
	rig_golden(&r, "pages");
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "events");
	rig_press(&r, REQ_PICK);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "events");
	rig_close(&r);
}

static void
answer_trail(struct rig *r, pb_size_t asked, const cs_Trail *t)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_trail_tag;
	e.body.trail = *t;
	app_answer(r->app, 0, asked, RC_OK, &e);
}

/* In view on every page; F9 begins a check, with its progress, and says whose word it is. */
static void
test_the_trail(void **state)
{
	cs_Trail t = { .records = 12345 };
	struct rig r;

	(void)state;
	console_open(&r, ROLE_AUDITOR);
	rig_wait(&r, 250);
	assert_int_equal(r.trail_looks, 1);
	answer_trail(&r, cs_Envelope_trail_get_tag, &t);
	rig_see(&r, "Trail: 12345 records, not verified yet; F9 verifies", true);
	go_to(&r, "2", "people");
	rig_see(&r, "Trail: 12345 records, not verified yet; F9 verifies", true);
	rig_press(&r, REQ_LOGOUT);
	rig_asked(&r, trail_verify);
	rig_see(&r, "the server's own word. Independent: countersign-admin audit verify.", true);
	t.verifying = true;
	answer_trail(&r, cs_Envelope_trail_verify_tag, &t);
	rig_wait(&r, 500);
	assert_int_equal(r.trail_looks, 2);
	t.done = 5555;
	t.total = 12345;
	answer_trail(&r, cs_Envelope_trail_get_tag, &t);
	rig_see(&r, "44 %", true);
	rig_golden(&r, "trail-verifying");
	t = (cs_Trail){ .records = 12346, .verified = 12345, .verified_utc_ms = RIG_UTC_MS, .sealed = true };
	answer_trail(&r, cs_Envelope_trail_get_tag, &t);
	rig_see(&r, "Trail: 12346 records; 12345 whole 2026-03-14 09:26", true);
	rig_golden(&r, "trail-whole");
	rig_close(&r);
}

static void
test_a_broken_trail(void **state)
{
	cs_Trail t = { .records = 12345, .verified = 12345, .verified_utc_ms = RIG_UTC_MS, .outcome = RC_AUDIT_BROKEN, .faults = 1,
		.sealed = true, .fault = "node 1/desk-00: the hash of record 7 does not fit its content: changed" };
	struct rig r;

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	rig_press(&r, REQ_LOGOUT);
	answer_trail(&r, cs_Envelope_trail_verify_tag, &t);
	rig_golden(&r, "trail-broken");
	rig_close(&r);
	console_open(&r, ROLE_ADMINISTRATOR);		/* accepts terminals here, and sees no records */
	rig_refuse(&r, RC_BUSY, "");
	rig_wait(&r, 6000);
	rig_press(&r, REQ_LOGOUT);
	assert_int_equal(r.trail_looks, 0);
	rig_see(&r, "You log out with the last line of F4", true);
	rig_close(&r);
}

static void
test_the_numbers(void **state)
{
	static const unsigned hour[24] = { [7] = 3, [8] = 41, [9] = 120, [10] = 1 };
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Numbers *n = &e.body.numbers;
	unsigned asked;
	struct rig r;

	(void)state;
	console_open(&r, ROLE_AUDITOR);
	go_to(&r, "7", "numbers");
	rig_asked(&r, numbers_get);
	assert_int_equal(r.sent.body.numbers_get.from_utc_ms, 1773446400000LL);	/* the day begins in UTC here */
	assert_int_equal(r.sent.body.numbers_get.to_utc_ms, 1773446400000LL + 86400000);
	e.which_body = cs_Envelope_numbers_tag;
	n->minutes_count = 60;
	for (unsigned i = 0; i < 60; i++)
		n->minutes[i] = i < 10 ? 0 : i * i % 97;
	n->refusals_count = 3;
	n->refusals[0] = (cs_NumbersCount){ RC_CODE_WRONG, 41 };
	n->refusals[1] = (cs_NumbersCount){ RC_DENIED, 17 };
	n->refusals[2] = (cs_NumbersCount){ RC_LIMIT, 1 };
	n->liveness_count = 1;
	n->liveness[0] = (cs_NumbersCount){ RC_OK, 30 };
	for (unsigned i = 0; i < 24; i++)
		if (hour[i] > 0) {
			n->hours[n->hours_count] = (cs_NumbersHour){ .hour = i, .count = hour[i], .volume = 12345 * (int64_t)hour[i] };
			strcpy(n->hours[n->hours_count++].currency, i == 9 ? "USD" : "EUR");
		}
	rig_answer(&r, &e);
	rig_golden(&r, "numbers");
	asked = r.count;
	rig_wait(&r, 4000);
	assert_int_equal(r.count, asked);
	rig_wait(&r, 1000);				/* asked for anew */
	assert_int_equal(r.count, asked + 1);
	rig_asked(&r, numbers_get);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "events");
	rig_close(&r);
}

static void
test_a_person_is_locked(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	go_to(&r, "2", "people");
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "Look a person up first", true);
	rig_type(&r, "2000");
	rig_press(&r, REQ_ENTER);
	rig_see(&r, "Type a customer number", true);
	rig_type(&r, "0018");
	rig_press(&r, REQ_ENTER);
	answer_person(&r, "20000018", false);
	rig_golden(&r, "people");
	rig_press(&r, REQ_REFUSE);
	count = r.count;
	rig_press(&r, REQ_ENTER);			/* the harmless choice is on */
	assert_int_equal(r.count, count);
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_ENTER);			/* not without a reason */
	assert_int_equal(r.count, count);
	rig_type(&r, "Card lost, called at 9:20");
	rig_golden(&r, "people-lock");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, person_lock);
	assert_string_equal(r.sent.body.person_lock.customer, "20000018");
	assert_string_equal(r.sent.body.person_lock.reason, "Card lost, called at 9:20");
	answer_done(&r);
	answer_person(&r, "20000018", true);
	rig_see(&r, "locked by staff", true);
	rig_press(&r, REQ_SUBMIT);
	rig_press(&r, REQ_DOWN);
	rig_type(&r, "Card found");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, person_release);
	assert_string_equal(r.sent.body.person_release.reason, "Card found");
	rig_refuse(&r, RC_DENIED, "You cannot do this about yourself.");
	rig_page(&r, "people");
	rig_close(&r);
}

static void
test_auditors_only_look(void **state)
{
	struct rig r;

	(void)state;
	console_open(&r, ROLE_AUDITOR);
	go_to(&r, "2", "people");
	rig_type(&r, "20000018");
	rig_press(&r, REQ_ENTER);
	answer_person(&r, "20000018", false);
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "auditors look", true);
	rig_see(&r, "Lock the person", false);
	go_to(&r, "3", "sessions");
	answer_sessions(&r, 1);
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "auditors look", true);
	go_to(&r, "4", "terminals");
	answer_terminals(&r, 3, 1);
	rig_press(&r, REQ_NEW);
	rig_page(&r, "terminals");
	rig_close(&r);
}

static void
test_nobody_locks_themselves(void **state)
{
	struct rig r;

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	go_to(&r, "2", "people");
	rig_type(&r, "10000017");
	rig_press(&r, REQ_ENTER);
	answer_person(&r, "10000017", false);
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "This is yourself", true);
	rig_close(&r);
}

static void
test_a_session_is_ended(void **state)
{
	struct rig r;
	uint8_t second[ID_BYTES];

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	go_to(&r, "3", "sessions");
	answer_sessions(&r, 5);
	rig_golden(&r, "sessions");
	rig_press(&r, REQ_AGAIN);
	answer_sessions(&r, SUPERVISE_PAGE_MAX);
	memset(second, (int)(1 + r.count + 1), ID_BYTES);
	rig_press(&r, REQ_END);				/* a full page: there may be more */
	rig_asked(&r, sessions_get);
	assert_true(r.sent.body.sessions_get.before_utc_ms == RIG_UTC_MS - 60000 * (int64_t)SUPERVISE_PAGE_MAX);
	answer_sessions(&r, 0);
	rig_press(&r, REQ_HOME);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_type(&r, "Left the counter open");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, session_end);
	assert_memory_equal(r.sent.body.session_end.session, second, 1);
	assert_string_equal(r.sent.body.session_end.reason, "Left the counter open");
	answer_done(&r);
	answer_sessions(&r, 0);
	rig_press(&r, REQ_ENTER);
	rig_see(&r, "There is no session to choose", true);
	rig_press(&r, REQ_AGAIN);
	answer_sessions(&r, 2);
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "people");
	answer_person(&r, "20000018", false);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "sessions");
	rig_close(&r);
}

static void
test_a_terminal_is_accepted_and_revoked(void **state)
{
	struct rig r;

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	go_to(&r, "4", "terminals");
	answer_terminals(&r, SUPERVISE_PAGE_MAX, 1);
	rig_asked(&r, terminals_get);			/* all of them are loaded */
	assert_int_equal(r.sent.body.terminals_get.after, SUPERVISE_PAGE_MAX);
	answer_terminals(&r, 2, 33);
	rig_press(&r, REQ_AGAIN);
	answer_terminals(&r, 4, 1);
	rig_golden(&r, "terminals");
	rig_press(&r, REQ_NEW);
	rig_page(&r, "accept");
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Type the fingerprint", true);
	rig_type(&r, "7K2M-9QXD-4TVA-H8PR-2N6C");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "Branch 0002");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, ",audio");
	rig_press(&r, REQ_ENTER);
	rig_see(&r, "Type terminal, backoffice or audit", true);
	rig_press(&r, REQ_CLEAR);
	rig_type(&r, "terminal,audit");
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "New counter");
	rig_golden(&r, "accept");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, terminal_accept);
	assert_string_equal(r.sent.body.terminal_accept.fingerprint, "7K2M-9QXD-4TVA-H8PR-2N6C");
	assert_string_equal(r.sent.body.terminal_accept.branch, "Branch 0002");
	assert_int_equal(r.sent.body.terminal_accept.consoles, (unsigned)CONSOLE_TERMINAL | CONSOLE_AUDIT);
	rig_refuse(&r, RC_NOT_FOUND, "No waiting terminal shows this fingerprint; please compare with its screen.");
	rig_page(&r, "accept");
	rig_press(&r, REQ_SUBMIT);
	answer_done(&r);
	rig_page(&r, "terminals");
	answer_terminals(&r, 4, 1);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_REFUSE);
	rig_see(&r, "revoked already", true);
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_REFUSE);
	rig_press(&r, REQ_DOWN);
	rig_type(&r, "Stolen");
	rig_golden(&r, "terminals-revoke");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, terminal_revoke);
	assert_int_equal(r.sent.body.terminal_revoke.terminal, 2);
	answer_done(&r);
	rig_asked(&r, terminals_get);
	rig_close(&r);
}

static void
test_logging_out(void **state)
{
	struct rig r;

	(void)state;
	console_open(&r, ROLE_SUPERVISOR);
	go_to(&r, "2", "people");
	rig_press(&r, REQ_PICK);
	rig_press(&r, REQ_UP);				/* round to the last line */
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, logout);
	rig_page(&r, "welcome");
	assert_int_equal(r.v->token_n, 0);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_the_trail),
		cmocka_unit_test(test_the_numbers),
		cmocka_unit_test(test_a_broken_trail),
		cmocka_unit_test(test_a_person_is_locked),
		cmocka_unit_test(test_auditors_only_look),
		cmocka_unit_test(test_nobody_locks_themselves),
		cmocka_unit_test(test_a_session_is_ended),
		cmocka_unit_test(test_a_terminal_is_accepted_and_revoked),
		cmocka_unit_test(test_logging_out),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
