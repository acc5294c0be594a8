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

#include "server/vault.h"
#include "tests/integration/bank.h"
#include "tests/integration/person.h"
#include "tests/integration/prompt.h"
#include "tests/integration/server.h"

#define ASK_MS   8000
#define PASSWORD "a long password"
#define WRONG    "not the password"
#define REASON   "cannot close the eyelids"

struct somebody {
	const char *name, *email;
	uint64_t id;
	char customer[CUSTOMER_BYTES + 1], account[ACCOUNT_MAX_BYTES + 1];
	char code[CODE_DIGITS + 1];	/* the last one seen */
};

struct world {
	struct server *server;
	struct person_cast *cast;
	struct client_key key;
	struct client *client;
	struct somebody anna, sue, tom;
	struct bank_person bob;
	uint8_t intent[ID_BYTES];
	struct prompt prompt;
};

/* ---- countersign-admin ---- */

/* Starts it with up to eight words. */
static void
admin(struct world *w, const char *noun, const char *verb, const char *const words[8])
{
	const char *bin = getenv("COUNTERSIGN_BIN"), *argv[14] = { 0 };
	char program[512], config[128];
	size_t n = 0;

	snprintf(program, sizeof program, "%s/countersign-admin", bin != NULL ? bin : ".");
	snprintf(config, sizeof config, "%s/server.conf", w->server->db->dir);
	argv[n++] = program;
	argv[n++] = "--config";
	argv[n++] = config;
	argv[n++] = noun;
	argv[n++] = verb;
	for (size_t k = 0; k < 8 && words[k] != NULL; k++)
		argv[n++] = words[k];
	prompt_start(&w->prompt, argv);
}
#define WORDS(...) (const char *const[8]){ __VA_ARGS__ }

/* This person sits at it; the exit status of one who gets no further than the password. */
static void
sits(struct world *w, const struct somebody *p, const char *password)
{
	prompt_wait(&w->prompt, "customer number: ");
	prompt_type(&w->prompt, p->customer);
	prompt_wait(&w->prompt, "password: ");
	prompt_type(&w->prompt, password);
}

static int
ended(struct world *w, const char *says)
{
	int status = prompt_end(&w->prompt);

	if (strstr(w->prompt.out, says) == NULL)
		fail_msg("\"%s\" is not in:\n%s", says, w->prompt.out);
	assert_null(strstr(w->prompt.out, PASSWORD));		/* what was typed is not shown */
	return status;
}

static int
signs(struct world *w, struct somebody *p, const char *says)
{
	int status;

	sits(w, p, PASSWORD);
	prompt_wait(&w->prompt, "six digits: ");
	server_code(w->server, p->email, p->code, p->code);
	prompt_type(&w->prompt, p->code);
	status = ended(w, says);
	assert_null(strstr(w->prompt.out, p->code));
	return status;
}

/* ---- people ---- */

/* An active customer with a number, who can be written to; the face is not needed. */
static void
hired(struct world *w, const struct vault *v, struct somebody *p, const char *customer)
{
	struct stores *s = w->server->stores;
	struct person_new n = { .name = p->name };
	char hash[PASSWORD_HASH_BYTES], sql[128];
	struct audit_event ev = bank_event(AUDIT_REGISTER, w->server->db->time.utc_ms);

	assert_int_equal(password_hash(PASSWORD, hash), RC_OK);
	n.password_hash = hash;
	assert_int_equal(vault_person_make(v, p->email, &n), RC_OK);
	assert_int_equal(s->person.ops->create(&s->person, &n, &ev, &p->id), RC_OK);
	snprintf(sql, sizeof sql, "UPDATE person SET status = 2, customer = '%s' WHERE id = %llu", customer, (unsigned long long)p->id);
	assert_int_equal(private_db_sql(w->server->db, "root", sql), 0);
	snprintf(p->customer, sizeof p->customer, "%s", customer);
}

static void
read_key(struct world *w, const char *name, uint8_t key[static KEY_BYTES])
{
	char path[160], err[256] = "";

	snprintf(path, sizeof path, "%s/keys/%s.key", w->server->db->dir, name);
	assert_int_equal(keyfile_read(path, name, key, KEY_BYTES, err, sizeof err), RC_OK);
}

static int
setup(void **state)
{
	static struct world w;
	struct vault_keys keys;
	struct vault *v;

	w.server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\n");
	w.cast = person_cast_new();
	w.anna = (struct somebody){ .name = "Anna Archer", .email = "anna@example.org" };
	w.sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	w.tom = (struct somebody){ .name = "Tom Teller", .email = "tom@example.org" };
	read_key(&w, "master", keys.master);
	read_key(&w, "code", keys.code);
	read_key(&w, "outbox", keys.outbox);
	assert_non_null(v = vault_new(&keys, rng_system()));
	hired(&w, v, &w.sue, "10000001");
	hired(&w, v, &w.tom, "10000002");
	vault_free(v);
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

static void
staff_are_made_at_the_host(void **state)
{
	struct world *w = *state;

	admin(w, "staff", "add", WORDS("99999999"));
	assert_int_equal(ended(w, "no person has the number"), 1);
	admin(w, "staff", "add", WORDS(w->sue.customer));
	assert_int_equal(ended(w, "Sue Steward is a member of staff now"), 0);
	admin(w, "staff", "add", WORDS(w->sue.customer));
	assert_int_equal(ended(w, "already"), 1);
	admin(w, "staff", "add", WORDS(w->tom.customer));
	assert_int_equal(ended(w, "now"), 0);
	admin(w, "staff", "remove", WORDS(w->bob.customer));
	assert_int_equal(ended(w, "no member of staff"), 1);
	admin(w, "staff", "list", WORDS(NULL));
	assert_int_equal(ended(w, "10000002"), 0);
	assert_int_equal(server_audited(w->server, AUDIT_STAFF_ADD, RC_OK), 2);
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

	while (client_wait_ready(w->client, ASK_MS) != RC_OK)		/* the server reads its list of keys every second */
		assert_int_equal(client_redial(w->client), RC_OK);
	q.body.hello.console = cs_Console_CONSOLE_TERMINAL;
	assert_int_equal(ask(w, &q, &a), RC_OK);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_register_start_tag;
	snprintf(r->name, sizeof r->name, "%s", w->anna.name);
	snprintf(r->email, sizeof r->email, "%s", w->anna.email);
	snprintf(r->password, sizeof r->password, PASSWORD);
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

	admin(w, "exception", "propose", WORDS("--person", her, "--without", "blink"));
	assert_int_equal(ended(w, "give a reason"), 2);
	admin(w, "exception", "propose", WORDS("--person", her, "--without", "blink", "--reason", " "));
	assert_int_equal(ended(w, "give a reason"), 2);
	admin(w, "exception", "propose", WORDS("--person", her, "--without", "blink,wink", "--reason", REASON));
	assert_int_equal(ended(w, "\"wink\" is no move"), 2);
	admin(w, "exception", "propose", WORDS("--person", her, "--without", "blink,turn,nod,mouth", "--reason", REASON));
	assert_int_equal(ended(w, "nothing left to ask"), 1);
	admin(w, "exception", "propose", WORDS("--person", "99999999", "--without", "blink", "--reason", REASON));
	assert_int_equal(ended(w, "no person has the number"), 1);
	admin(w, "exception", "confirm", WORDS("--person", her));
	assert_int_equal(ended(w, "no such exception"), 1);
	admin(w, "exception", "end", WORDS("--person", her, "--reason", REASON));
	assert_int_equal(ended(w, "no such exception"), 1);
	admin(w, "exception", "end", WORDS("--reason", REASON));
	assert_int_equal(ended(w, "--person"), 2);
}

static void
two_members_of_staff_set_an_exception(void **state)
{
	struct world *w = *state;
	const char *her = w->anna.customer;
	struct somebody bob = { .name = "Bob" };

	memcpy(bob.customer, w->bob.customer, sizeof bob.customer);
	admin(w, "exception", "propose", WORDS("--person", her, "--without", "blink", "--reason", REASON));
	sits(w, &w->sue, WRONG);
	assert_int_equal(ended(w, "wrong"), 1);
	admin(w, "exception", "propose", WORDS("--person", w->sue.customer, "--without", "blink", "--reason", REASON));
	sits(w, &w->sue, PASSWORD);
	assert_int_equal(ended(w, "for themselves"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_EXCEPTION_PROPOSE, RC_DENIED), 1);
	admin(w, "exception", "propose", WORDS("--person", her, "--without", "blink", "--reason", REASON));
	assert_int_equal(signs(w, &w->sue, "proposed for #"), 0);
	admin(w, "exception", "propose", WORDS("--person", her, "--without", "turn", "--reason", REASON));
	assert_int_equal(ended(w, "one already"), 1);
	admin(w, "exception", "list", WORDS(NULL));
	assert_int_equal(ended(w, "proposed  without blink: " REASON), 0);

	admin(w, "exception", "confirm", WORDS("--person", her));
	sits(w, &w->sue, PASSWORD);
	assert_int_equal(ended(w, "who proposed it cannot confirm it"), 1);
	assert_int_equal(server_audited(w->server, AUDIT_EXCEPTION_CONFIRM, RC_DENIED), 1);
	admin(w, "exception", "confirm", WORDS("--person", her));
	assert_int_equal(signs(w, &w->tom, "confirmed for #"), 0);
	admin(w, "exception", "confirm", WORDS("--person", her));
	assert_int_equal(ended(w, "confirmed already"), 1);
	admin(w, "audit", "list", WORDS("--last", "40"));
	assert_int_equal(ended(w, "exception-confirm  ok"), 0);
	assert_non_null(strstr(w->prompt.out, "without blink: " REASON));
	assert_non_null(strstr(w->prompt.out, "10000002"));
}

/* The records of captures that were begun for this, and by exception. */
static int64_t
begun_without_blink(struct world *w, const char *what)
{
	char sql[200];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_record WHERE action = %d AND detail = '%s, by exception without blink'",
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
	memcpy(q.body.login.customer, w->anna.customer, sizeof w->anna.customer);
	snprintf(q.body.login.password, sizeof q.body.login.password, PASSWORD);
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
	assert_int_equal(approval_start(w, &w->anna, PASSWORD), RC_DENIED);	/* the customer herself */
	assert_int_equal(approval_start(w, &w->sue, PASSWORD), RC_OK);
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

	admin(w, "exception", "end", WORDS("--person", w->anna.customer, "--reason", "healed"));
	assert_int_equal(signs(w, &w->sue, "ended for"), 0);
	assert_false(prepare(w));
	admin(w, "exception", "list", WORDS(NULL));
	assert_int_equal(ended(w, ": healed"), 0);
	assert_int_equal(server_stop(w->server), 0);
	assert_int_equal(server_verify(w->server), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(staff_are_made_at_the_host),
		cmocka_unit_test(she_begins_to_register),
		cmocka_unit_test(what_makes_no_sense_is_refused_before_anybody_is_asked),
		cmocka_unit_test(two_members_of_staff_set_an_exception),
		cmocka_unit_test(she_enrols_by_it),
		cmocka_unit_test(no_money_moves_without_the_approval),
		cmocka_unit_test(when_it_ends_everything_is_asked_again),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
