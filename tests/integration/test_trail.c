/*
 * test_trail.c - the state of the audit trail at its console: the real server
 * checks it on request, finds it whole, and names what root changed in the
 * database.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/integration/staff.h"

static int
setup(void **state)
{
	static struct world w;
	struct client_key key;

	w.server = server_make("code { life_ms = 60000 }\npolicy { audit_face = false }\n");
	w.at.server = w.server;
	w.ada = (struct somebody){ .name = "Ada Auditor", .email = "ada@example.org" };
	w.max = (struct somebody){ .name = "Max Maker", .email = "max@example.org" };
	admin_hired(&w.at, &w.ada, "10000001");
	admin_hired(&w.at, &w.max, "10000002");
	bank_role(w.server->db, w.ada.id, ROLE_AUDITOR, true);
	bank_role(w.server->db, w.max.id, ROLE_MAKER, true);
	server_start(w.server);
	w.server->consoles = CONSOLE_BACKOFFICE | CONSOLE_AUDIT;
	server_accept(w.server, "office 1", &key);
	w.office = server_client(w.server, &key);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->office);
	server_drop(w->server);
	return 0;
}

/* Asks for a check and waits for its end. */
static void
check(struct world *w, cs_Trail *t)
{
	cs_Envelope a;

	assert_int_equal(staff_asks(w->office, cs_Envelope_trail_verify_tag, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_trail_tag);
	do {
		assert_int_equal(staff_asks(w->office, cs_Envelope_trail_get_tag, &a), RC_OK);
		*t = a.body.trail;
		assert_true(t->done <= t->total);
	} while (t->verifying);
}

static void
no_one_else_asks(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_BACKOFFICE, &a), RC_OK);
	assert_int_equal(staff_asks(w->office, cs_Envelope_trail_verify_tag, &a), RC_SESSION_ENDED);
	assert_int_equal(staff_signs_on(w, w->office, &w->max, cs_Console_CONSOLE_BACKOFFICE, &a), RC_OK);
	assert_int_equal(staff_asks(w->office, cs_Envelope_trail_get_tag, &a), RC_DENIED);
	assert_int_equal(staff_asks(w->office, cs_Envelope_trail_verify_tag, &a), RC_DENIED);
	assert_int_equal(server_audited(w->server, AUDIT_TRAIL_VERIFY, RC_OK), 0);
}

static void
a_whole_trail_is_said_to_be_whole(void **state)
{
	struct world *w = *state;
	cs_Envelope a;
	cs_Trail t;

	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_int_equal(staff_signs_on(w, w->office, &w->ada, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_int_equal(staff_asks(w->office, cs_Envelope_trail_get_tag, &a), RC_OK);
	assert_false(a.body.trail.verifying);
	assert_int_equal(a.body.trail.verified_utc_ms, 0);
	assert_int_equal(a.body.trail.records, private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record"));
	check(w, &t);
	assert_int_equal(t.outcome, RC_OK);
	assert_string_equal(t.fault, "");
	assert_true(t.verified > 0 && t.verified <= t.records && t.faults == 0);
	assert_true(t.verified_utc_ms > 0 && t.sealed && t.sealed_utc_ms > 0);
	/* it is on record, and who asked */
	assert_int_equal(private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record JOIN person ON person.id = person"
	    " WHERE action = 127 AND outcome = 0 AND terminal > 0 AND name = 'Ada Auditor'"), 1);
}

/* What the numbers say is what the tables hold. */
static void
the_numbers_are_those_of_the_tables(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_numbers_get_tag }, a;
	int64_t records = 0, refusals = 0;
	int64_t before = private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record");

	assert_int_equal(private_db_sql(w->server->db, "root", "INSERT INTO journal (person, request, intent, kind, debit, payee,"
	    " payee_name, amount, currency, reference, nonce, digest, at_ms) SELECT 1, REPEAT(seq, 16), REPEAT(seq, 16), 1, 'D', 'P', 'N',"
	    " 100 * seq, IF(seq = 3, 'USD', 'EUR'), '', REPEAT('n', 16), REPEAT('d', 32), 3600000 * 5 + seq FROM seq_1_to_3"), 0);
	q.body.numbers_get.from_utc_ms = 3600000;
	q.body.numbers_get.to_utc_ms = 25 * 3600000;
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.body.numbers.minutes_count, 60);
	for (int i = 0; i < 60; i++)
		records += a.body.numbers.minutes[i];
	assert_in_range(records, 1, before + 20);
	assert_true(a.body.numbers.minutes[59] + a.body.numbers.minutes[58] > 0);
	for (pb_size_t i = 0; i < a.body.numbers.refusals_count; i++)
		refusals += a.body.numbers.refusals[i].count;
	assert_int_equal(refusals, private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record WHERE outcome <> 0"));
	assert_int_equal(a.body.numbers.liveness_count, 0);
	assert_int_equal(a.body.numbers.hours_count, 2);
	assert_int_equal(a.body.numbers.hours[0].hour, 4);
	assert_string_equal(a.body.numbers.hours[0].currency, "EUR");
	assert_int_equal(a.body.numbers.hours[0].count, 2);
	assert_int_equal(a.body.numbers.hours[0].volume, 300);
	assert_string_equal(a.body.numbers.hours[1].currency, "USD");
	q.body.numbers_get.to_utc_ms = 48LL * 3600000;
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_INVALID);
}

static void
what_root_changed_is_found_and_named(void **state)
{
	struct world *w = *state;
	cs_Trail t;

	assert_int_equal(private_db_sql(w->server->db, "root", "UPDATE audit_record SET detail = 'nothing happened'"
	    " WHERE action = 31 AND outcome = 0 ORDER BY at_ms LIMIT 1"), 0);
	check(w, &t);
	assert_int_equal(t.outcome, RC_AUDIT_BROKEN);
	assert_int_equal(t.faults, 1);
	assert_non_null(strstr(t.fault, "does not fit its content: changed"));
	assert_non_null(strstr(t.fault, "/desk-0"));		/* the lane */
	assert_int_equal(server_audited(w->server, AUDIT_TRAIL_VERIFY, RC_AUDIT_BROKEN), 1);
}

/* Without the seals, what the chains alone tell, and it says so. */
static void
without_its_seals_it_says_so(void **state)
{
	struct world *w = *state;
	char seals[128], away[128];
	cs_Trail t;

	snprintf(seals, sizeof seals, "%s/seals.log", w->server->db->dir);
	snprintf(away, sizeof away, "%s/seals.away", w->server->db->dir);
	assert_int_equal(rename(seals, away), 0);
	check(w, &t);
	assert_int_equal(t.outcome, RC_AUDIT_BROKEN);
	assert_false(t.sealed);
	assert_int_equal(t.sealed_utc_ms, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_one_else_asks),
		cmocka_unit_test(a_whole_trail_is_said_to_be_whole),
		cmocka_unit_test(the_numbers_are_those_of_the_tables),
		cmocka_unit_test(what_root_changed_is_found_and_named),
		cmocka_unit_test(without_its_seals_it_says_so),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
