/*
 * test_exceptions.c - somebody who cannot blink: two members of staff set an
 * exception at countersign-admin, the person enrols and pays by it, and no
 * money moves without a third signature.
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
#include <stdlib.h>
#include <string.h>

#include "tests/integration/admin_at.h"
#include "tests/integration/bank.h"
#include "tests/integration/person.h"
#include "tests/integration/server.h"

#define ASK_MS   8000
#define WRONG    "not the password"
#define REASON   "cannot close the eyelids"

struct world {
	struct server *server;
	struct person_cast *cast;
	struct client_key key;
	struct client *client;
	struct somebody anna, sue, tom;
	struct bank_person bob;
	uint8_t intent[ID_BYTES];
	struct admin_at at;
};

static int
setup(void **state)
{
	static struct world w;

	w.server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\n");
	w.cast = person_cast_new();
	w.anna = (struct somebody){ .name = "Anna Archer", .email = "anna@example.org" };
	w.sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	w.tom = (struct somebody){ .name = "Tom Teller", .email = "tom@example.org" };
	w.at.server = w.server;
	admin_hired(&w.at, &w.sue, "10000001");
	admin_hired(&w.at, &w.tom, "10000002");
	bank_role(w.server->db, w.sue.id, ROLE_TELLER, true);
	bank_role(w.server->db, w.tom.id, ROLE_SUPERVISOR, true);
	server_start(w.server);
	bank_customer(w.server->stores, w.server->db->time.utc_ms, &w.bob);
	server_accept(w.server, "teller 1", &w.key);
	w.client = server_client(w.server, &w.key);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	person_cast_free(w->cast);
	server_drop(w->server);
	return 0;
}

static enum rc
ask(struct world *w, cs_Envelope *q, cs_Envelope *a)
{
	return client_ask(w->client, q, a, ASK_MS);
}

static enum rc
answer_code(struct world *w, pb_size_t kind, const char *code)
{
	cs_Envelope q = { .which_body = kind }, a;

	snprintf(q.body.login_code.code, sizeof q.body.login_code.code, "%s", code);
	return ask(w, &q, &a);
}

/* Up to the camera: she is no customer yet, and known by the number of her registration. */
static void
she_begins_to_register(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_hello_tag }, a;
	cs_Register *r = &q.body.register_start;

	assert_int_equal(client_reach(w->client, ASK_MS), RC_OK);
	q.body.hello.console = cs_Console_CONSOLE_TERMINAL;
	assert_int_equal(ask(w, &q, &a), RC_OK);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_register_start_tag;
	snprintf(r->name, sizeof r->name, "%s", w->anna.name);
	snprintf(r->email, sizeof r->email, "%s", w->anna.email);
	snprintf(r->password, sizeof r->password, ADMIN_PASSWORD);
	snprintf(r->currency, sizeof r->currency, "EUR");
	assert_int_equal(ask(w, &q, &a), RC_OK);
	server_code(w->server, w->anna.email, "", w->anna.code);
	assert_int_equal(answer_code(w, cs_Envelope_register_code_tag, w->anna.code), RC_OK);
	w->anna.id = (uint64_t)private_db_number(w->server->db, "SELECT id FROM person WHERE status = 1");
	snprintf(w->anna.customer, sizeof w->anna.customer, "#%u", (unsigned)w->anna.id);
}

static void
what_makes_no_sense_is_refused_before_anybody_is_asked(void **state)
{
	struct world *w = *state;
	const char *her = w->anna.customer;

	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "blink"));
	assert_int_equal(admin_ended(&w->at, "give a reason"), 2);
	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "blink", "--reason", " "));
	assert_int_equal(admin_ended(&w->at, "give a reason"), 2);
	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "blink,wink", "--reason", REASON));
	assert_int_equal(admin_ended(&w->at, "\"wink\" is no move"), 2);
	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "blink,turn,nod,mouth", "--reason", REASON));
	assert_int_equal(admin_ended(&w->at, "nothing left to ask"), 1);
	admin_start(&w->at, "exception", "propose", WORDS("--person", "99999999", "--without", "blink", "--reason", REASON));
	assert_int_equal(admin_ended(&w->at, "no person has the number"), 1);
	admin_start(&w->at, "exception", "confirm", WORDS("--person", her));
	assert_int_equal(admin_ended(&w->at, "no such exception"), 1);
	admin_start(&w->at, "exception", "end", WORDS("--person", her, "--reason", REASON));
	assert_int_equal(admin_ended(&w->at, "no such exception"), 1);
	admin_start(&w->at, "exception", "end", WORDS("--reason", REASON));
	assert_int_equal(admin_ended(&w->at, "--person"), 2);
}

static void
two_members_of_staff_set_an_exception(void **state)
{
	struct world *w = *state;
	const char *her = w->anna.customer;
	struct somebody bob = { .name = "Bob" };

	memcpy(bob.customer, w->bob.customer, sizeof bob.customer);
	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "blink", "--reason", REASON));
	admin_sits(&w->at, &w->sue, WRONG);
	assert_int_equal(admin_ended(&w->at, "wrong"), 1);
	admin_start(&w->at, "exception", "propose", WORDS("--person", w->sue.customer, "--without", "blink", "--reason", REASON));
	admin_sits(&w->at, &w->sue, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "for themselves"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_EXCEPTION_PROPOSE, RC_DENIED), 1);
	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "blink", "--reason", REASON));
	assert_int_equal(admin_signs(&w->at, &w->sue, "proposed for #"), 0);
	admin_start(&w->at, "exception", "propose", WORDS("--person", her, "--without", "turn", "--reason", REASON));
	assert_int_equal(admin_ended(&w->at, "one already"), 1);
	admin_start(&w->at, "exception", "list", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, "proposed  without blink: " REASON), 0);

	admin_start(&w->at, "exception", "confirm", WORDS("--person", her));
	admin_sits(&w->at, &w->sue, ADMIN_PASSWORD);
	assert_int_equal(admin_ended(&w->at, "who proposed it cannot confirm it"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_EXCEPTION_CONFIRM, RC_DENIED), 1);
	admin_start(&w->at, "exception", "confirm", WORDS("--person", her));
	assert_int_equal(admin_signs(&w->at, &w->tom, "confirmed for #"), 0);
	admin_start(&w->at, "exception", "confirm", WORDS("--person", her));
	assert_int_equal(admin_ended(&w->at, "confirmed already"), 1);
	admin_start(&w->at, "audit", "list", WORDS("--last", "40"));
	assert_int_equal(admin_ended(&w->at, "exception-confirm  ok"), 0);
	assert_non_null(strstr(w->at.prompt.out, "without blink: " REASON));
	assert_non_null(strstr(w->at.prompt.out, "10000002"));
}

/* The records of captures that were begun for this, and by exception. */
static int64_t
begun_without_blink(struct world *w, const char *what)
{
	char sql[200];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_record WHERE action = %d AND detail LIKE 'capture %%, %s, by exception without blink'",
	    AUDIT_CAPTURE_BEGIN, what);
	return private_db_number(w->server->db, sql);
}

static void
she_enrols_by_it(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_register_finish_tag }, a;
	char hint[HINT_MAX_BYTES + 1];

	if (person_capture(w->cast, "person-e-1", PERSON_ANSWERS, w->client, cs_CapturePurpose_CAPTURE_ENROL, NULL, hint) != RC_OK)
		fail_msg("enrolment: %s", hint);
	assert_int_equal(begun_without_blink(w, "to enrol"), 1);
	assert_int_equal(ask(w, &q, &a), RC_OK);
	memcpy(w->anna.customer, a.body.registered.customer, sizeof w->anna.customer);
	memcpy(w->anna.account, a.body.registered.account, sizeof w->anna.account);
	server_deposit(w->server, w->anna.account, 100000);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_login_tag;
	client_set_token(w->client, NULL);
	q.body.login.console = cs_Console_CONSOLE_TERMINAL;
	memcpy(q.body.login.customer, w->anna.customer, sizeof w->anna.customer);
	snprintf(q.body.login.password, sizeof q.body.login.password, ADMIN_PASSWORD);
	assert_int_equal(ask(w, &q, &a), RC_OK);
	server_code(w->server, w->anna.email, w->anna.code, w->anna.code);
	assert_int_equal(answer_code(w, cs_Envelope_login_code_tag, w->anna.code), RC_OK);
}

static bool
prepare(struct world *w)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_prepare_tag }, a;
	cs_TransferPrepare *p = &q.body.transfer_prepare;

	memcpy(p->debit, w->anna.account, sizeof p->debit);
	memcpy(p->payee, w->bob.account, sizeof p->payee);
	p->amount = 2500;
	snprintf(p->currency, sizeof p->currency, "EUR");
	assert_int_equal(ask(w, &q, &a), RC_OK);
	memcpy(w->intent, a.body.transfer_prepared.intent, sizeof w->intent);
	return a.body.transfer_prepared.needs_approval;
}

static enum rc
commit(struct world *w)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_code_send_tag }, a;

	memcpy(q.body.transfer_code_send.intent, w->intent, sizeof w->intent);
	assert_int_equal(ask(w, &q, &a), RC_OK);
	server_code(w->server, w->anna.email, w->anna.code, w->anna.code);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_transfer_commit_tag;
	memcpy(q.body.transfer_commit.intent, w->intent, sizeof w->intent);
	q.body.transfer_commit.request[0] = 1;
	memcpy(q.body.transfer_commit.code, w->anna.code, sizeof w->anna.code);
	return ask(w, &q, &a);
}

static enum rc
approval_start(struct world *w, const struct somebody *p, const char *password)
{
	cs_Envelope q = { .which_body = cs_Envelope_approval_start_tag }, a;

	memcpy(q.body.approval_start.intent, w->intent, sizeof w->intent);
	memcpy(q.body.approval_start.customer, p->customer, sizeof p->customer);
	snprintf(q.body.approval_start.password, sizeof q.body.approval_start.password, "%s", password);
	return ask(w, &q, &a);
}

static enum rc
approval_code(struct world *w, const struct somebody *p, const char *code)
{
	cs_Envelope q = { .which_body = cs_Envelope_approval_code_tag }, a;

	memcpy(q.body.approval_code.intent, w->intent, sizeof w->intent);
	memcpy(q.body.approval_code.customer, p->customer, sizeof p->customer);
	snprintf(q.body.approval_code.code, sizeof q.body.approval_code.code, "%s", code);
	return ask(w, &q, &a);
}

static void
no_money_moves_without_the_approval(void **state)
{
	struct world *w = *state;
	char hint[HINT_MAX_BYTES + 1];
	enum rc r;

	assert_true(prepare(w));
	r = person_capture(w->cast, "person-e-1", PERSON_ANSWERS, w->client, cs_CapturePurpose_CAPTURE_TRANSFER, w->intent, hint);
	if (r != RC_OK)
		fail_msg("capture: %s", hint);
	assert_int_equal(begun_without_blink(w, "for a transfer"), 1);
	assert_int_equal(commit(w), RC_APPROVAL_MISSING);
	assert_int_equal(approval_start(w, &w->sue, WRONG), RC_LOGIN);
	assert_int_equal(approval_start(w, &w->anna, ADMIN_PASSWORD), RC_DENIED);	/* the customer herself */
	assert_int_equal(approval_start(w, &w->sue, ADMIN_PASSWORD), RC_OK);
	server_code(w->server, w->sue.email, w->sue.code, w->sue.code);
	assert_int_equal(approval_code(w, &w->tom, w->sue.code), RC_CODE_WRONG);
	assert_int_equal(commit(w), RC_APPROVAL_MISSING);
	assert_int_equal(server_balance(w->server, w->anna.account), 100000);
	assert_int_equal(approval_code(w, &w->sue, w->sue.code), RC_OK);
	assert_int_equal(commit(w), RC_OK);
	assert_int_equal(server_balance(w->server, w->anna.account), 97500);
	assert_int_equal(private_db_number(w->server->db, "SELECT COUNT(*) FROM proof p JOIN journal j ON j.id = p.journal"
	    " WHERE p.factor IN (1, 3) AND p.spent_ms > 0 AND j.digest = p.digest"), 2);
	assert_int_equal(server_audited(w->server, AUDIT_TRANSFER_APPROVE, RC_OK), 1);
	assert_int_equal(server_audited(w->server, AUDIT_TRANSFER_APPROVE, RC_DENIED), 1);
}

static void
when_it_ends_everything_is_asked_again(void **state)
{
	struct world *w = *state;

	admin_start(&w->at, "exception", "end", WORDS("--person", w->anna.customer, "--reason", "healed"));
	assert_int_equal(admin_signs(&w->at, &w->sue, "ended for"), 0);
	assert_false(prepare(w));
	admin_start(&w->at, "exception", "list", WORDS(NULL));
	assert_int_equal(admin_ended(&w->at, ": healed"), 0);
	assert_int_equal(server_stop(w->server), 0);
	assert_int_equal(server_verify(w->server), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(she_begins_to_register),
		cmocka_unit_test(what_makes_no_sense_is_refused_before_anybody_is_asked),
		cmocka_unit_test(two_members_of_staff_set_an_exception),
		cmocka_unit_test(she_enrols_by_it),
		cmocka_unit_test(no_money_moves_without_the_approval),
		cmocka_unit_test(when_it_ends_everything_is_asked_again),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
