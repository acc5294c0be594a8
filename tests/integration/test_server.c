/*
 * test_server.c - the whole server over real sockets, a real database, real
 * networks: two customers, transfers, and everything that must be refused.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One world for all tests, in order: later ones stand on earlier ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/person.h"
#include "tests/integration/server.h"

#define ASK_MS   8000
#define PASSWORD "a long password"

struct customer {
	const char *name, *email, *face;
	char customer[CUSTOMER_BYTES + 1], account[ACCOUNT_MAX_BYTES + 1];
	char code[CODE_DIGITS + 1];	/* the last one seen */
};

struct world {
	struct server *server;
	struct person_cast *cast;
	struct client *client;
	struct customer anna, bob;
	uint8_t intent[ID_BYTES];
};

static const cs_Envelope nothing;

static int
setup(void **state)
{
	static struct world w;
	cs_Envelope hello = { .which_body = cs_Envelope_hello_tag }, a;
	struct client_key key;

	w.server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\n");
	w.cast = person_cast_new();
	w.anna = (struct customer){ .name = "Anna Archer", .email = "anna@example.org", .face = "person-e-1" };
	w.bob = (struct customer){ .name = "Bob Builder", .email = "bob@example.org", .face = "person-b-1" };
	server_start(w.server);
	server_accept(w.server, "teller 1", &key);
	w.client = server_client(w.server, &key);
	hello.body.hello.console = cs_Console_CONSOLE_TERMINAL;
	assert_int_equal(client_reach(w.client, 5000), RC_OK);
	assert_int_equal(client_ask(w.client, &hello, &a, ASK_MS), RC_OK);
	*state = &w;
	return 0;
}

static int64_t
now_mono(void)
{
	return clock_mono_ms(clock_system());
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	person_cast_free(w->cast);
	assert_int_equal(server_stop(w->server), 0);
	assert_int_equal(server_audited(w->server, AUDIT_SERVER_STOP, RC_OK), 2);	/* one for another configuration */
	server_drop(w->server);
	return 0;
}

/* ---- registration and log-in ---- */

static enum rc
answer_code(struct client *c, pb_size_t kind, const char *code, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = kind };

	snprintf(q.body.login_code.code, sizeof q.body.login_code.code, "%s", code);
	return client_ask(c, &q, a, ASK_MS);
}

static void
register_customer(struct world *w, struct customer *k)
{
	cs_Envelope q = { .which_body = cs_Envelope_register_start_tag }, a;
	char wrong[CODE_DIGITS + 1], hint[HINT_MAX_BYTES + 1];
	cs_Register *r = &q.body.register_start;

	client_set_token(w->client, NULL);
	snprintf(r->name, sizeof r->name, "%s", k->name);
	snprintf(r->email, sizeof r->email, "%s", k->email);
	snprintf(r->password, sizeof r->password, "short");
	snprintf(r->currency, sizeof r->currency, "EUR");
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_INVALID);
	snprintf(r->password, sizeof r->password, PASSWORD);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_code_sent_tag);
	server_code(w->server, k->email, "", k->code);
	snprintf(wrong, sizeof wrong, "%06u", ((unsigned)atoi(k->code) + 1) % 1000000);
	assert_int_equal(answer_code(w->client, cs_Envelope_register_code_tag, wrong, &a), RC_CODE_WRONG);
	assert_int_equal(answer_code(w->client, cs_Envelope_register_code_tag, k->code, &a), RC_OK);

	q = nothing;
	q.which_body = cs_Envelope_register_finish_tag;
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_NOT_ENROLLED);
	if (person_capture(w->cast, k->face, PERSON_ANSWERS, w->client, cs_CapturePurpose_CAPTURE_ENROL, NULL, hint) != RC_OK)
		fail_msg("enrolment: %s", hint);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_registered_tag);
	memcpy(k->customer, a.body.registered.customer, sizeof k->customer);
	memcpy(k->account, a.body.registered.account, sizeof k->account);
	/* no second face for a customer in the same session */
	q = nothing;
	q.which_body = cs_Envelope_capture_begin_tag;
	q.body.capture_begin.purpose = cs_CapturePurpose_CAPTURE_ENROL;
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_EARLY);
}

static void
two_people_register(void **state)
{
	struct world *w = *state;

	register_customer(w, &w->anna);
	register_customer(w, &w->bob);
	assert_string_not_equal(w->anna.account, w->bob.account);
	server_deposit(w->server, w->anna.account, 100000);
}

/* A customer's face again, under another name: recorded, refused, and the person hears nothing of whom. */
static void
a_face_is_enrolled_once(void **state)
{
	struct world *w = *state;
	struct customer eve = { .name = "Eve Elsewhere", .email = "eve@example.org", .face = w->anna.face };
	cs_Envelope q = { .which_body = cs_Envelope_register_start_tag }, a;
	cs_Register *r = &q.body.register_start;
	char hint[HINT_MAX_BYTES + 1];
	int64_t before = server_audited(w->server, AUDIT_CAPTURE_VERDICT, RC_FACE_KNOWN);

	client_set_token(w->client, NULL);
	snprintf(r->name, sizeof r->name, "%s", eve.name);
	snprintf(r->email, sizeof r->email, "%s", eve.email);
	snprintf(r->password, sizeof r->password, PASSWORD);
	snprintf(r->currency, sizeof r->currency, "EUR");
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	server_code(w->server, eve.email, "", eve.code);
	assert_int_equal(answer_code(w->client, cs_Envelope_register_code_tag, eve.code, &a), RC_OK);
	assert_int_equal(person_capture(w->cast, eve.face, PERSON_ANSWERS, w->client, cs_CapturePurpose_CAPTURE_ENROL, NULL,
	    hint), RC_FACE_KNOWN);
	assert_non_null(strstr(hint, "branch staff"));
	assert_null(strstr(hint, "Anna"));
	assert_int_equal(server_audited(w->server, AUDIT_CAPTURE_VERDICT, RC_FACE_KNOWN), before + 1);
	q = nothing;
	q.which_body = cs_Envelope_register_finish_tag;
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_NOT_ENROLLED);
}

static enum rc
login(struct world *w, const char *customer, const char *password, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_login_tag };

	client_set_token(w->client, NULL);
	q.body.login.console = cs_Console_CONSOLE_TERMINAL;
	snprintf(q.body.login.customer, sizeof q.body.login.customer, "%s", customer);
	snprintf(q.body.login.password, sizeof q.body.login.password, "%s", password);
	return client_ask(w->client, &q, a, ASK_MS);
}

static void
sign_on(struct world *w, struct customer *k)
{
	cs_Envelope a;

	assert_int_equal(login(w, k->customer, PASSWORD, &a), RC_OK);
	server_code(w->server, k->email, k->code, k->code);
	assert_int_equal(answer_code(w->client, cs_Envelope_login_code_tag, k->code, &a), RC_OK);
	assert_string_equal(a.body.signed_on.name, k->name);
}

static void
log_in_takes_password_and_code(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_overview_get_tag }, a;
	uint8_t half[TOKEN_BYTES];

	assert_int_equal(login(w, "00000000", PASSWORD, &a), RC_LOGIN);
	assert_int_equal(login(w, w->anna.customer, "not the password", &a), RC_LOGIN);
	assert_int_equal(login(w, w->anna.customer, PASSWORD, &a), RC_OK);
	memcpy(half, client_token(w->client), sizeof half);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_EARLY);	/* the code is still to come */
	assert_int_equal(answer_code(w->client, cs_Envelope_login_code_tag, w->anna.code, &a), RC_CODE_WRONG);	/* of the registration */
	server_code(w->server, w->anna.email, w->anna.code, w->anna.code);
	assert_int_equal(answer_code(w->client, cs_Envelope_login_code_tag, w->anna.code, &a), RC_OK);
	assert_memory_not_equal(half, client_token(w->client), sizeof half);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.body.overview.accounts_count, 1);
	assert_int_equal(a.body.overview.accounts[0].balance, 100000);
}

static void
a_token_is_good_at_its_terminal_only(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_overview_get_tag }, a;
	int64_t before = server_audited(w->server, AUDIT_DISPATCH_REFUSE, RC_DENIED);
	struct client_key key;
	struct client *thief;

	server_accept(w->server, "teller 3", &key);
	thief = server_client(w->server, &key);
	assert_int_equal(client_reach(thief, 5000), RC_OK);
	client_set_token(thief, client_token(w->client));
	assert_int_equal(client_ask(thief, &q, &a, ASK_MS), RC_SESSION_ENDED);
	assert_int_equal(server_audited(w->server, AUDIT_DISPATCH_REFUSE, RC_DENIED), before + 1);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	client_free(thief);
}

/* ---- transfers ---- */

static void
prepare(struct world *w, int64_t amount)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_prepare_tag }, a;
	cs_TransferPrepare *p = &q.body.transfer_prepare;

	memcpy(p->debit, w->anna.account, sizeof p->debit);
	memcpy(p->payee, w->bob.account, sizeof p->payee);
	p->amount = amount;
	snprintf(p->currency, sizeof p->currency, "EUR");
	snprintf(p->reference, sizeof p->reference, "rent");
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	assert_string_equal(a.body.transfer_prepared.payee_name, w->bob.name);
	memcpy(w->intent, a.body.transfer_prepared.intent, sizeof w->intent);
}

static void
send_code(struct world *w)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_code_send_tag }, a;

	memcpy(q.body.transfer_code_send.intent, w->intent, sizeof w->intent);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	server_code(w->server, w->anna.email, w->anna.code, w->anna.code);
}

static enum rc
commit(struct world *w, uint8_t request, const char *code, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_commit_tag };

	memcpy(q.body.transfer_commit.intent, w->intent, sizeof w->intent);
	q.body.transfer_commit.request[0] = request;
	snprintf(q.body.transfer_commit.code, sizeof q.body.transfer_commit.code, "%s", code);
	return client_ask(w->client, &q, a, ASK_MS);
}

static enum rc
capture(struct world *w, const char *face, enum person_play play)
{
	char hint[HINT_MAX_BYTES + 1];
	enum rc r;

	r = person_capture(w->cast, face, play, w->client, cs_CapturePurpose_CAPTURE_TRANSFER, w->intent, hint);
	print_message("%s: %s, \"%s\"\n", face, rc_name(r), hint);
	return r;
}

static void
unmoved(struct world *w)
{
	assert_int_equal(server_balance(w->server, w->anna.account), 100000);
	assert_int_equal(server_balance(w->server, w->bob.account), 0);
}

static void
what_is_missing_or_wrong_moves_nothing(void **state)
{
	struct world *w = *state;
	char small[CODE_DIGITS + 1];
	cs_Envelope a;

	prepare(w, 100);
	send_code(w);
	memcpy(small, w->anna.code, sizeof small);
	prepare(w, 2500);
	send_code(w);
	assert_int_equal(commit(w, 1, small, &a), RC_CODE_WRONG);		/* issued for another amount */
	assert_int_equal(commit(w, 1, w->anna.code, &a), RC_PROOF_MISSING);	/* no live face */
	unmoved(w);
	assert_int_equal(capture(w, w->bob.face, PERSON_ANSWERS), RC_FACE_OTHER);
	assert_int_equal(commit(w, 1, w->anna.code, &a), RC_PROOF_MISSING);
	assert_int_equal(capture(w, w->anna.face, PERSON_STILL), RC_NOT_LIVE);
	assert_int_equal(commit(w, 1, w->anna.code, &a), RC_PROOF_MISSING);
	assert_true(a.detail[0] != '\0');
	unmoved(w);
	assert_int_equal(server_audited(w->server, AUDIT_TRANSFER_REFUSE, RC_CODE_WRONG), 1);
	assert_int_equal(server_audited(w->server, AUDIT_TRANSFER_REFUSE, RC_PROOF_MISSING), 3);
	assert_int_equal(server_audited(w->server, AUDIT_CAPTURE_VERDICT, RC_FACE_OTHER), 1);
	assert_int_equal(server_audited(w->server, AUDIT_CAPTURE_VERDICT, RC_NOT_LIVE), 1);
}

static void
a_transfer_happens_once_also_over_a_crash(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_transfer_status_get_tag }, a;
	uint64_t journal;

	prepare(w, 2500);
	assert_int_equal(capture(w, w->anna.face, PERSON_ANSWERS), RC_OK);
	send_code(w);
	assert_int_equal(commit(w, 2, w->anna.code, &a), RC_OK);
	assert_int_equal(a.body.receipt.balance_after, 97500);
	journal = a.body.receipt.journal;
	assert_int_equal(commit(w, 2, w->anna.code, &a), RC_OK);
	assert_int_equal(a.body.receipt.journal, journal);

	server_kill(w->server);
	server_start(w->server);
	assert_int_equal(commit(w, 2, w->anna.code, &a), RC_OK);	/* the same session and request after a crash */
	assert_int_equal(a.body.receipt.journal, journal);
	q.body.transfer_status_get.request[0] = 2;
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.body.receipt.journal, journal);
	q.body.transfer_status_get.request[0] = 9;
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_NOT_FOUND);
	prepare(w, 10);
	assert_int_equal(commit(w, 3, w->anna.code, &a), RC_CODE_WRONG);	/* used for another transfer */
	assert_int_equal(server_balance(w->server, w->anna.account), 97500);
	assert_int_equal(server_balance(w->server, w->bob.account), 2500);
}

/* The same request until it is answered with something else than "not now". */
static enum rc
commit_until(struct world *w, uint8_t request, cs_Envelope *a)
{
	int64_t until = now_mono() + 20000;
	enum rc r;

	while (((r = commit(w, request, "", a)) == RC_STORE || r == RC_TIMEOUT) && now_mono() < until)
		(void)!poll(NULL, 0, 50);
	return r;
}

static void
kill_workers(void *server)
{
	server_kill_workers(server);
}

/* Bob pays Anna; the server or the database is killed a moment after the request left. */
static void
a_crash_in_the_middle_leaves_all_or_nothing(void **state)
{
	static const struct { const char *what; int after_ms; bool database; } t[] = {
		{ "server, at once", 1, false }, { "server, a little later", 4, false }, { "database", 2, true },
	};
	struct world *w = *state;
	struct customer third;
	cs_Envelope a;

	third = w->anna;	/* Bob is the one who pays now */
	w->anna = w->bob;
	w->bob = third;
	assert_int_equal(server_stop(w->server), 0);
	server_configure(w->server, "policy { transfer { currency = \"*\" up_to = \"10000\" proofs = {face} } }\n");
	server_start(w->server);
	sign_on(w, &w->anna);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		int64_t before = server_balance(w->server, w->anna.account), after;
		uint8_t request = (uint8_t)(100 + i);
		cs_Envelope q = { .which_body = cs_Envelope_transfer_commit_tag };
		uint64_t journal;

		prepare(w, 100);
		if (i == 0)	/* and the worker dies while it looks at him */
			person_at_frame(w->cast, 20, kill_workers, w->server);
		assert_int_equal(capture(w, w->anna.face, PERSON_ANSWERS), RC_OK);
		memcpy(q.body.transfer_commit.intent, w->intent, sizeof w->intent);
		q.body.transfer_commit.request[0] = request;
		(void)!client_ask(w->client, &q, &a, t[i].after_ms);
		if (t[i].database)
			private_db_kill(w->server->db);
		else {
			server_kill(w->server);
			after = server_balance(w->server, w->anna.account);
			print_message("%s: %s\n", t[i].what, after == before ? "nothing of it" : "all of it");
			assert_true(after == before || after == before - 100);
			server_start(w->server);
		}
		assert_int_equal(commit_until(w, request, &a), RC_OK);
		journal = a.body.receipt.journal;
		assert_int_equal(commit_until(w, request, &a), RC_OK);
		assert_int_equal(a.body.receipt.journal, journal);
		assert_int_equal(server_balance(w->server, w->anna.account), before - 100);
	}
	assert_int_equal(private_db_number(w->server->db, "SELECT CAST(SUM(amount) AS SIGNED) FROM posting"), 0);
}

static void
the_server_outlives_its_database(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_overview_get_tag }, a;
	int64_t since;

	private_db_kill(w->server->db);
	since = now_mono();
	while (client_ask(w->client, &q, &a, ASK_MS) != RC_OK) {
		if (now_mono() - since > 20000)
			fail_msg("the server does not find its database again");
		(void)!poll(NULL, 0, 100);
	}
	assert_int_equal(a.body.overview.last.amount, 10);
	q = nothing;
	q.which_body = cs_Envelope_logout_tag;
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	sign_on(w, &w->bob);
	q = nothing;
	q.which_body = cs_Envelope_history_get_tag;
	memcpy(q.body.history_get.account, w->bob.account, sizeof w->bob.account);
	assert_int_equal(client_ask(w->client, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.body.history.entries_count, 1);
	assert_int_equal(a.body.history.entries[0].amount, 2500);
	assert_string_equal(a.body.history.entries[0].other_name, "Anna Archer");
}

/* What all these crashes left behind is a whole trail, sealed to its end; a changed word shows. */
static void
the_trail_verifies(void **state)
{
	struct world *w = *state;

	assert_int_equal(server_verify(w->server), 0);
	assert_int_equal(server_stop(w->server), 0);
	assert_int_equal(server_verify(w->server), 0);
	assert_int_equal(private_db_sql(w->server->db, "root",
	    "UPDATE audit_record SET detail = 'nothing to see' WHERE action = 61 LIMIT 1"), 0);
	assert_int_equal(server_verify(w->server), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_people_register),
		cmocka_unit_test(a_face_is_enrolled_once),
		cmocka_unit_test(log_in_takes_password_and_code),
		cmocka_unit_test(a_token_is_good_at_its_terminal_only),
		cmocka_unit_test(what_is_missing_or_wrong_moves_nothing),
		cmocka_unit_test(a_transfer_happens_once_also_over_a_crash),
		cmocka_unit_test(the_server_outlives_its_database),
		cmocka_unit_test(a_crash_in_the_middle_leaves_all_or_nothing),
		cmocka_unit_test(a_face_is_enrolled_once),	/* read from the database by now */
		cmocka_unit_test(the_trail_verifies),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
