/*
 * test_reversals.c - a posted transfer taken back through the real server:
 * asked for by one supervisor, posted by another.
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
#include "tests/integration/story.h"

#define PAID   5000
#define MONEY 20000

struct bench {
	struct world w;		/* ada pays, ben is paid, eva and sue are supervisors with faces; max audits */
	uint8_t request;
	cs_LaneAt paid;		/* the record of what is reversed */
	uint64_t journal, hold;
	cs_ReversalPrepared asked;
};

static int
setup(void **state)
{
	static struct bench b;
	struct world *w = &b.w;
	struct somebody *all[] = { &w->ada, &w->ben, &w->eva, &w->sue, &w->max };
	const char *faces[] = { "person-a-1", "person-b-1", "person-e-1", "person-d-1", "person-c-1" };
	struct client_key key;
	cs_Envelope a;

	w->server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\npolicy {\n audit_face = false\n"
	    " transfer { currency = \"EUR\" up_to = \"1000.00\" proofs = { \"otp\" } }\n}\n");
	w->at.server = w->server;
	w->ada = (struct somebody){ .name = "Ada Payer", .email = "ada@example.org" };
	w->ben = (struct somebody){ .name = "Ben Payee", .email = "ben@example.org" };
	w->eva = (struct somebody){ .name = "Eva Eyes", .email = "eva@example.org" };
	w->sue = (struct somebody){ .name = "Sue Second", .email = "sue@example.org" };
	w->cast = person_cast_new();
	server_start(w->server);
	server_accept(w->server, "teller 1", &key);
	w->branch = server_client(w->server, &key);
	w->server->consoles = CONSOLE_AUDIT;
	server_accept(w->server, "office 1", &key);
	w->office = server_client(w->server, &key);
	assert_int_equal(staff_hello(w->branch, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	w->max = (struct somebody){ .name = "Max Auditor", .email = "max@example.org" };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		staff_enrols(w, all[i], faces[i]);
		/* Payer and payee supervise, too: no way round. */
		bank_role(w->server->db, all[i]->id, all[i] == &w->max ? ROLE_AUDITOR : ROLE_SUPERVISOR, true);
	}
	server_deposit(w->server, w->ada.account, MONEY);
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = &((struct bench *)*state)->w;

	client_free(w->branch);
	client_free(w->office);
	person_cast_free(w->cast);
	server_drop(w->server);
	return 0;
}

static void
at_office(struct bench *b, struct somebody *p)
{
	cs_Envelope a;

	assert_int_equal(staff_signs_on(&b->w, b->w.office, p, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
}

static uint64_t
pays(struct bench *b, struct somebody *from, const struct somebody *to)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_prepare_tag }, a;
	cs_TransferPrepare *p = &q.body.transfer_prepare;
	uint8_t intent[ID_BYTES];

	assert_int_equal(staff_signs_on(&b->w, b->w.branch, from, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	memcpy(p->debit, from->account, sizeof p->debit);
	memcpy(p->payee, to->account, sizeof p->payee);
	p->amount = PAID;
	snprintf(p->currency, sizeof p->currency, "EUR");
	assert_int_equal(client_ask(b->w.branch, &q, &a, ASK_MS), RC_OK);
	memcpy(intent, a.body.transfer_prepared.intent, ID_BYTES);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_transfer_code_send_tag;
	memcpy(q.body.transfer_code_send.intent, intent, ID_BYTES);
	assert_int_equal(client_ask(b->w.branch, &q, &a, ASK_MS), RC_OK);
	server_code(b->w.server, from->email, from->code, from->code);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_transfer_commit_tag;
	memcpy(q.body.transfer_commit.intent, intent, ID_BYTES);
	q.body.transfer_commit.request[0] = ++b->request;
	memcpy(q.body.transfer_commit.code, from->code, sizeof from->code);
	assert_int_equal(client_ask(b->w.branch, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_receipt_tag);
	return a.body.receipt.journal;
}

static enum rc
asks(struct bench *b, uint64_t journal, const char *reason)
{
	cs_Envelope q = { .which_body = cs_Envelope_reversal_prepare_tag }, a;
	enum rc r;

	q.body.reversal_prepare.journal = journal;
	snprintf(q.body.reversal_prepare.reason, sizeof q.body.reversal_prepare.reason, "%s", reason);
	if ((r = client_ask(b->w.office, &q, &a, ASK_MS)) == RC_OK) {
		assert_int_equal(a.which_body, cs_Envelope_reversal_prepared_tag);
		b->asked = a.body.reversal_prepared;
		b->request++;
	}
	return r;
}

static enum rc
commits(struct bench *b, const char *code, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_reversal_commit_tag };

	memcpy(q.body.reversal_commit.intent, b->asked.intent, ID_BYTES);
	q.body.reversal_commit.request[0] = b->request;
	snprintf(q.body.reversal_commit.code, sizeof q.body.reversal_commit.code, "%s", code);
	return client_ask(b->w.office, &q, a, ASK_MS);
}

static void
code(struct bench *b, struct somebody *p)
{
	cs_Envelope q = { .which_body = cs_Envelope_reversal_code_send_tag }, a;

	memcpy(q.body.reversal_code_send.intent, b->asked.intent, ID_BYTES);
	assert_int_equal(client_ask(b->w.office, &q, &a, ASK_MS), RC_OK);
	server_code(b->w.server, p->email, p->code, p->code);
}

static void
face(struct bench *b, const char *name, const cs_CaptureBegin *what)
{
	char hint[HINT_MAX_BYTES + 1];

	if (person_capture_of(b->w.cast, name, PERSON_ANSWERS, b->w.office, what, hint) != RC_OK)
		fail_msg("capture: %s", hint);
}

static void
shows(struct bench *b, const struct somebody *p, int64_t balance, int64_t held)
{
	char sql[128];

	assert_int_equal(server_balance(b->w.server, p->account), balance);
	snprintf(sql, sizeof sql, "SELECT held FROM account WHERE number = '%s'", p->account);
	assert_int_equal(private_db_number(b->w.server->db, sql), held);
}

static void
what_cannot_be_reversed(void **state)
{
	struct bench *b = *state;
	uint64_t deposit = (uint64_t)private_db_number(b->w.server->db, "SELECT MAX(id) FROM journal");
	char words[REFERENCE_MAX_BYTES + 1];

	b->journal = pays(b, &b->w.ada, &b->w.ben);
	b->paid = story_newest(b->w.server, AUDIT_TRANSFER_POST);
	at_office(b, &b->w.eva);
	assert_int_equal(asks(b, 0, "typed wrong"), RC_NOT_FOUND);
	assert_int_equal(asks(b, b->journal + 1, "typed wrong"), RC_NOT_FOUND);
	assert_int_equal(asks(b, deposit, "typed wrong"), RC_INVALID);
	assert_int_equal(asks(b, b->journal, ""), RC_INVALID);
	memset(words, 'x', sizeof words);
	words[sizeof words - 1] = '\0';
	assert_int_equal(asks(b, b->journal, words), RC_INVALID);
	for (size_t i = 0; i < 2; i++) {
		at_office(b, i == 0 ? &b->w.ada : &b->w.ben);
		assert_int_equal(asks(b, b->journal, "I want it"), RC_DENIED);
	}
	shows(b, &b->w.ben, PAID, 0);
}

static void
one_asks_with_face_and_code(void **state)
{
	struct bench *b = *state;
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_TRANSFER };
	cs_Envelope a, again;

	at_office(b, &b->w.eva);
	assert_int_equal(asks(b, b->journal, "paid to the wrong Ben"), RC_OK);
	assert_int_equal(b->asked.journal, b->journal);
	assert_int_equal(b->asked.amount, PAID);
	assert_int_equal(b->asked.available, PAID);
	assert_string_equal(b->asked.payer, "Ada Payer");
	assert_string_equal(b->asked.payee, b->w.ben.account);
	code(b, &b->w.eva);
	assert_int_equal(commits(b, b->w.eva.code, &a), RC_PROOF_MISSING);
	memcpy(what.intent, b->asked.intent, ID_BYTES);
	face(b, "person-e-1", &what);
	assert_int_equal(commits(b, "000000", &a), RC_CODE_WRONG);
	assert_int_equal(commits(b, b->w.eva.code, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_held_tag);
	b->hold = a.body.held.hold;
	assert_int_equal(commits(b, "", &again), RC_OK);	/* the answer was lost */
	assert_int_equal(again.body.held.hold, b->hold);
	shows(b, &b->w.ben, PAID, PAID);
	shows(b, &b->w.ada, MONEY - PAID, 0);
	assert_int_equal(asks(b, b->journal, "once more"), RC_EXISTS);
}

static enum rc
posts(struct bench *b, const char *with, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_hold_post_tag };

	q.body.hold_post.hold = b->hold;
	snprintf(q.body.hold_post.code, sizeof q.body.hold_post.code, "%s", with);
	return client_ask(b->w.office, &q, a, ASK_MS);
}

static void
another_posts_it_once(void **state)
{
	struct bench *b = *state;
	struct somebody *own[] = { &b->w.eva, &b->w.ada, &b->w.ben };
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_APPROVE, .hold = b->hold };
	cs_Envelope q = { .which_body = cs_Envelope_hold_code_send_tag }, a, again;
	const cs_Hold *row = &a.body.holds.rows[0];

	for (size_t i = 0; i < 3; i++) {
		at_office(b, own[i]);
		assert_int_equal(posts(b, "123456", &a), RC_DENIED);
	}
	at_office(b, &b->w.sue);
	assert_int_equal(staff_asks(b->w.office, cs_Envelope_waiting_get_tag, &a), RC_OK);
	assert_int_equal(a.body.holds.rows_count, 1);
	assert_int_equal(row->reverses, b->journal);
	assert_string_equal(row->asked_by, "Eva Eyes");
	assert_string_equal(row->payer, "Ben Payee");
	assert_string_equal(row->payee_name, "Ada Payer");
	face(b, "person-d-1", &what);
	q.body.hold_code_send.hold = b->hold;
	assert_int_equal(client_ask(b->w.office, &q, &a, ASK_MS), RC_OK);
	server_code(b->w.server, b->w.sue.email, b->w.sue.code, b->w.sue.code);
	assert_int_equal(posts(b, b->w.sue.code, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_receipt_tag);
	assert_int_equal(posts(b, b->w.sue.code, &again), RC_OK);
	assert_int_equal(again.body.receipt.journal, a.body.receipt.journal);
	shows(b, &b->w.ben, 0, 0);
	shows(b, &b->w.ada, MONEY, 0);
	assert_int_equal(asks(b, b->journal, "twice"), RC_EXISTS);
	assert_int_equal(asks(b, a.body.receipt.journal, "there and back"), RC_INVALID);
}

/* The story of either has both: asked for and posted by these two, and what they took back; none of them reads it. */
static void
its_story_has_what_was_reversed(void **state)
{
	struct bench *b = *state;
	cs_LaneAt of[] = { b->paid, story_newest(b->w.server, AUDIT_REVERSAL_PREPARE), story_newest(b->w.server, AUDIT_HOLD_POST) };
	cs_Envelope q = { .which_body = cs_Envelope_story_get_tag }, a;
	cs_Event row[STORY_MAX];

	at_office(b, &b->w.max);
	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		size_t n = story_all(b->w.office, of[i], row);

		assert_int_equal(story_steps(row, n, &b->w.ada, "transfer-post", ""), 1);
		assert_int_equal(story_steps(row, n, &b->w.eva, "reversal-prepare", "paid to the wrong Ben"), 1);
		assert_int_equal(story_steps(row, n, &b->w.sue, "hold-post", ""), 1);
	}
	at_office(b, &b->w.sue);	/* she posted the reversal, and reads nothing of the transfer */
	q.body.story_get.has_of = true;
	q.body.story_get.of = b->paid;
	assert_int_equal(client_ask(b->w.office, &q, &a, ASK_MS), RC_DENIED);
}

static void
what_is_spent_is_named(void **state)
{
	struct bench *b = *state;
	uint64_t journal = pays(b, &b->w.ada, &b->w.ben);

	assert_true(pays(b, &b->w.ben, &b->w.sue) > journal);
	at_office(b, &b->w.eva);
	assert_int_equal(asks(b, journal, "too late"), RC_FUNDS);
	assert_int_equal(server_audited(b->w.server, AUDIT_REVERSAL_PREPARE, RC_FUNDS), 1);
	assert_int_equal(server_audited(b->w.server, AUDIT_REVERSAL_PREPARE, RC_OK), 1);
	assert_int_equal(server_verify(b->w.server), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_reversed),
		cmocka_unit_test(one_asks_with_face_and_code),
		cmocka_unit_test(another_posts_it_once),
		cmocka_unit_test(its_story_has_what_was_reversed),
		cmocka_unit_test(what_is_spent_is_named),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
