/*
 * test_holds.c - a large transfer through the real server: held by the
 * customer's proofs, decided at the audit console by somebody else's.
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

#define SMALL   5000
#define LARGE  60000
#define HUGE  120000	/* needs two */
#define MONEY 400000

struct bench {
	struct world w;		/* ada pays, ben is paid, eva, max and sue are supervisors; sue has no face */
	uint8_t intent[ID_BYTES];
	uint8_t request;
	uint64_t hold;
};

static int
setup(void **state)
{
	static struct bench b;
	struct world *w = &b.w;
	struct client_key key;
	cs_Envelope a;

	w->server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\npolicy {\n"
	    " audit_face = false\n"
	    " transfer { currency = \"EUR\" up_to = \"100.00\" proofs = { \"otp\" } }\n"
	    " transfer { currency = \"EUR\" up_to = \"1000.00\" proofs = { \"otp\" } approvals = 1 hold = true }\n"
	    " transfer { currency = \"EUR\" up_to = \"2000.00\" proofs = { \"otp\" } approvals = 2 hold = true }\n}\n");
	w->at.server = w->server;
	w->ada = (struct somebody){ .name = "Ada Payer", .email = "ada@example.org" };
	w->ben = (struct somebody){ .name = "Ben Payee", .email = "ben@example.org" };
	w->eva = (struct somebody){ .name = "Eva Eyes", .email = "eva@example.org" };
	w->max = (struct somebody){ .name = "Max Second", .email = "max@example.org" };
	w->sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	admin_hired(&w->at, &w->sue, "10000001");
	w->cast = person_cast_new();
	server_start(w->server);
	server_accept(w->server, "teller 1", &key);
	w->branch = server_client(w->server, &key);
	w->server->consoles = CONSOLE_AUDIT;
	server_accept(w->server, "office 1", &key);
	w->office = server_client(w->server, &key);
	assert_int_equal(staff_hello(w->branch, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	staff_enrols(w, &w->ada, "person-a-1");
	staff_enrols(w, &w->ben, "person-b-1");
	staff_enrols(w, &w->eva, "person-e-1");
	staff_enrols(w, &w->max, "person-d-1");
	server_deposit(w->server, w->ada.account, MONEY);
	bank_role(w->server->db, w->eva.id, ROLE_SUPERVISOR, true);
	bank_role(w->server->db, w->max.id, ROLE_SUPERVISOR, true);
	bank_role(w->server->db, w->sue.id, ROLE_SUPERVISOR, true);
	bank_role(w->server->db, w->ada.id, ROLE_SUPERVISOR, true);	/* a second role: no way round */
	bank_role(w->server->db, w->ben.id, ROLE_SUPERVISOR, true);
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
sign_on(struct bench *b, struct client *c, struct somebody *p, cs_Console console)
{
	cs_Envelope a;

	assert_int_equal(staff_signs_on(&b->w, c, p, console, &a), RC_OK);
}

static bool
prepare(struct bench *b, int64_t amount)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_prepare_tag }, a;
	cs_TransferPrepare *p = &q.body.transfer_prepare;

	memcpy(p->debit, b->w.ada.account, sizeof p->debit);
	memcpy(p->payee, b->w.ben.account, sizeof p->payee);
	p->amount = amount;
	snprintf(p->currency, sizeof p->currency, "EUR");
	assert_int_equal(client_ask(b->w.branch, &q, &a, ASK_MS), RC_OK);
	memcpy(b->intent, a.body.transfer_prepared.intent, ID_BYTES);
	b->request++;
	return a.body.transfer_prepared.needs_hold;
}

static enum rc
commit(struct bench *b, bool with_code, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_transfer_code_send_tag };
	struct somebody *ada = &b->w.ada;

	if (with_code) {
		memcpy(q.body.transfer_code_send.intent, b->intent, ID_BYTES);
		assert_int_equal(client_ask(b->w.branch, &q, a, ASK_MS), RC_OK);
		server_code(b->w.server, ada->email, ada->code, ada->code);
	}
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_transfer_commit_tag;
	memcpy(q.body.transfer_commit.intent, b->intent, ID_BYTES);
	q.body.transfer_commit.request[0] = b->request;
	memcpy(q.body.transfer_commit.code, ada->code, sizeof ada->code);
	return client_ask(b->w.branch, &q, a, ASK_MS);
}

static void
shows(struct bench *b, int64_t balance, int64_t available, cs_TransferState last)
{
	cs_Envelope a;

	assert_int_equal(staff_asks(b->w.branch, cs_Envelope_overview_get_tag, &a), RC_OK);
	assert_int_equal(a.body.overview.accounts[0].balance, balance);
	assert_int_equal(a.body.overview.accounts[0].available, available);
	assert_int_equal(a.body.overview.last.state, last);
}

static enum rc
about_hold(struct bench *b, pb_size_t kind, const char *code, const char *reason, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = kind };

	q.body.hold_code_send.hold = b->hold;	/* the first field of all three */
	assert_true(q.body.hold_post.hold == b->hold && q.body.hold_refuse.hold == b->hold);
	if (code != NULL)
		snprintf(q.body.hold_post.code, sizeof q.body.hold_post.code, "%s", code);
	if (reason != NULL)
		snprintf(q.body.hold_refuse.reason, sizeof q.body.hold_refuse.reason, "%s", reason);
	return client_ask(b->w.office, &q, a, ASK_MS);
}

static void
holds(struct bench *b, int64_t amount, int64_t balance)
{
	cs_Envelope a, again;

	assert_true(prepare(b, amount));
	assert_int_equal(commit(b, true, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_held_tag);
	assert_int_equal(a.body.held.state, cs_HoldState_HOLD_STATE_OPEN);
	b->hold = a.body.held.hold;
	assert_int_equal(commit(b, false, &again), RC_OK);	/* the answer was lost */
	assert_int_equal(again.body.held.hold, b->hold);
	shows(b, balance, balance - amount, cs_TransferState_TRANSFER_HELD);
}

static void
a_small_one_is_posted_at_once(void **state)
{
	struct bench *b = *state;
	cs_Envelope a;

	sign_on(b, b->w.branch, &b->w.ada, cs_Console_CONSOLE_TERMINAL);
	assert_false(prepare(b, SMALL));
	assert_int_equal(commit(b, true, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_receipt_tag);
	shows(b, MONEY - SMALL, MONEY - SMALL, cs_TransferState_TRANSFER_POSTED);
}

static void
a_large_one_is_held(void **state)
{
	struct bench *b = *state;
	cs_Envelope a;

	holds(b, LARGE, MONEY - SMALL);
	assert_int_equal(staff_asks(b->w.branch, cs_Envelope_holds_get_tag, &a), RC_OK);
	assert_int_equal(a.body.holds.rows_count, 1);
	assert_string_equal(a.body.holds.rows[0].payer, "");
	assert_int_equal(staff_asks(b->w.branch, cs_Envelope_waiting_get_tag, &a), RC_DENIED);	/* not at this console */
}

/* Neither who pays nor who is paid, whatever else they are; and nobody without face and code. */
static void
nobody_decides_their_own(void **state)
{
	struct bench *b = *state;
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_APPROVE, .hold = b->hold };
	struct somebody *own[] = { &b->w.ada, &b->w.ben };
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a;

	for (size_t i = 0; i < 2; i++) {
		sign_on(b, b->w.office, own[i], cs_Console_CONSOLE_AUDIT);
		assert_int_equal(staff_asks(b->w.office, cs_Envelope_waiting_get_tag, &a), RC_OK);
		assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_DENIED);
		assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, "123456", NULL, &a), RC_DENIED);
		assert_int_equal(about_hold(b, cs_Envelope_hold_refuse_tag, NULL, "because", &a), RC_DENIED);
		assert_int_equal(person_capture_of(b->w.cast, "person-a-1", PERSON_AWAY, b->w.office, &what, hint), RC_DENIED);
	}
	sign_on(b, b->w.office, &b->w.sue, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(person_capture_of(b->w.cast, "person-a-1", PERSON_AWAY, b->w.office, &what, hint), RC_NOT_ENROLLED);
	assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_OK);
	server_code(b->w.server, b->w.sue.email, b->w.sue.code, b->w.sue.code);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, b->w.sue.code, NULL, &a), RC_PROOF_MISSING);
	shows(b, MONEY - SMALL, MONEY - SMALL - LARGE, cs_TransferState_TRANSFER_HELD);
}

static void
another_posts_it_once(void **state)
{
	struct bench *b = *state;
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_APPROVE, .hold = b->hold };
	struct somebody *eva = &b->w.eva;
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a, again;
	const cs_Hold *row;

	sign_on(b, b->w.office, eva, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(staff_asks(b->w.office, cs_Envelope_waiting_get_tag, &a), RC_OK);
	row = &a.body.holds.rows[0];
	assert_int_equal(a.body.holds.rows_count, 1);
	assert_string_equal(row->payer, "Ada Payer");
	assert_string_equal(row->payee_name, "Ben Payee");
	assert_true(!row->by_face && row->by_code);		/* as the policy above asks */
	assert_string_equal(row->terminal, "teller 1");
	assert_int_equal(row->amount, LARGE);
	assert_int_equal(row->balance, MONEY - SMALL);
	assert_int_equal(row->available, MONEY - SMALL - LARGE);
	assert_int_equal(row->expires_utc_ms - row->held_utc_ms, 24 * 3600 * 1000);
	if (person_capture_of(b->w.cast, "person-e-1", PERSON_ANSWERS, b->w.office, &what, hint) != RC_OK)
		fail_msg("capture: %s", hint);
	assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_OK);
	server_code(b->w.server, eva->email, eva->code, eva->code);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, "000000", NULL, &a), RC_CODE_WRONG);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, eva->code, NULL, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_receipt_tag);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, eva->code, NULL, &again), RC_OK);	/* the same receipt */
	assert_int_equal(again.body.receipt.journal, a.body.receipt.journal);
	assert_int_equal(about_hold(b, cs_Envelope_hold_refuse_tag, NULL, "too late", &a), RC_EARLY);
	assert_int_equal(server_balance(b->w.server, b->w.ben.account), SMALL + LARGE);
	shows(b, MONEY - SMALL - LARGE, MONEY - SMALL - LARGE, cs_TransferState_TRANSFER_POSTED);
	/* the repeated commit of the customer finds the receipt; all records of it bear its number */
	assert_int_equal(commit(b, false, &again), RC_OK);
	assert_int_equal(again.which_body, cs_Envelope_receipt_tag);
	assert_int_equal(private_db_number(b->w.server->db, "SELECT COUNT(DISTINCT r.action) FROM audit_record r JOIN hold h"
	    " ON r.subject = LOWER(HEX(h.intent)) WHERE r.outcome = 0"), 5);	/* prepared, codes, held, capture, posted */
	sign_on(b, b->w.office, &b->w.sue, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, eva->code, NULL, &a), RC_EARLY);
}

static void
refused_it_is_free_again(void **state)
{
	struct bench *b = *state;
	cs_Envelope a;

	holds(b, LARGE, MONEY - SMALL - LARGE);
	assert_int_equal(about_hold(b, cs_Envelope_hold_refuse_tag, NULL, "", &a), RC_INVALID);
	assert_int_equal(about_hold(b, cs_Envelope_hold_refuse_tag, NULL, "call the customer first", &a), RC_OK);
	shows(b, MONEY - SMALL - LARGE, MONEY - SMALL - LARGE, cs_TransferState_TRANSFER_REFUSED);
	assert_int_equal(staff_asks(b->w.branch, cs_Envelope_holds_get_tag, &a), RC_OK);
	assert_int_equal(a.body.holds.rows[0].state, cs_HoldState_HOLD_STATE_REFUSED);
	assert_string_equal(a.body.holds.rows[0].reason, "call the customer first");
	assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_EARLY);
}

/* With face and code for this hold, up to the code. */
static void
proves(struct bench *b, struct somebody *p, const char *face)
{
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_APPROVE, .hold = b->hold };
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a;

	sign_on(b, b->w.office, p, cs_Console_CONSOLE_AUDIT);
	if (person_capture_of(b->w.cast, face, PERSON_ANSWERS, b->w.office, &what, hint) != RC_OK)
		fail_msg("capture: %s", hint);
	assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_OK);
	server_code(b->w.server, p->email, p->code, p->code);
}

/* Where the policy wants two, one is not enough, however often. */
static void
two_post_it_together(void **state)
{
	struct bench *b = *state;
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_APPROVE };
	struct somebody *eva = &b->w.eva, *max = &b->w.max;
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a, again;

	holds(b, HUGE, MONEY - SMALL - LARGE);
	proves(b, eva, "person-e-1");
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, eva->code, NULL, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_held_tag);
	assert_int_equal(a.body.held.given, 1);
	assert_int_equal(a.body.held.approvals, 2);
	assert_string_equal(a.body.held.approvers, "Eva Eyes");
	sign_on(b, b->w.office, eva, cs_Console_CONSOLE_AUDIT);		/* a second session is the same person */
	assert_int_equal(staff_asks(b->w.office, cs_Envelope_waiting_get_tag, &a), RC_OK);
	assert_true(a.body.holds.rows[0].approved);
	what.hold = b->hold;
	assert_int_equal(person_capture_of(b->w.cast, "person-e-1", PERSON_AWAY, b->w.office, &what, hint), RC_EXISTS);
	assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_EXISTS);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, "123456", NULL, &a), RC_OK);	/* the same answer, counted once */
	assert_int_equal(a.body.held.given, 1);
	shows(b, MONEY - SMALL - LARGE, MONEY - SMALL - LARGE - HUGE, cs_TransferState_TRANSFER_HELD);

	proves(b, max, "person-d-1");
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, max->code, NULL, &a), RC_OK);
	assert_int_equal(a.which_body, cs_Envelope_receipt_tag);
	sign_on(b, b->w.office, eva, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, "123456", NULL, &again), RC_OK);
	assert_int_equal(again.body.receipt.journal, a.body.receipt.journal);
	assert_int_equal(server_audited(b->w.server, AUDIT_HOLD_APPROVE, RC_OK), 1);
	assert_int_equal(server_balance(b->w.server, b->w.ben.account), SMALL + LARGE + HUGE);
	shows(b, MONEY - SMALL - LARGE - HUGE, MONEY - SMALL - LARGE - HUGE, cs_TransferState_TRANSFER_POSTED);
}

/* From whichever end: what the customer did, and how each approver signed on, was looked at, and approved. */
static void
its_story_has_all_sides(void **state)
{
	static cs_Event row[STORY_MAX];
	struct bench *b = *state;
	const struct somebody *both[] = { &b->w.eva, &b->w.max };
	const cs_LaneAt of[] = { story_newest(b->w.server, AUDIT_HOLD), story_newest(b->w.server, AUDIT_HOLD_POST), story_newest(b->w.server, AUDIT_HOLD_APPROVE),
	    story_newest(b->w.server, AUDIT_CAPTURE_VERDICT) };
	cs_Envelope q = { .which_body = cs_Envelope_story_get_tag }, a;
	size_t n;

	sign_on(b, b->w.office, &b->w.sue, cs_Console_CONSOLE_AUDIT);
	for (size_t k = 0; k < sizeof of / sizeof of[0]; k++) {
		n = story_all(b->w.office, of[k], row);
		assert_true(n > EVENTS_PAGE_MAX || k > 0);
		assert_true(story_steps(row, n, &b->w.ada, "login-code", "") >= 1);
		assert_int_equal(story_steps(row, n, &b->w.ada, "transfer-hold", "1,200.00"), 1);
		for (size_t i = 0; i < 2; i++) {
			assert_true(story_steps(row, n, both[i], "login-code", "") >= 1);
			assert_true(story_steps(row, n, both[i], "capture-verdict", "texture") >= 1);
			assert_true(story_steps(row, n, both[i], "code-send", "approve") >= 1);
		}
		assert_int_equal(story_steps(row, n, both[0], "hold-approve", "1 of 2"), 1);
		assert_int_equal(story_steps(row, n, both[1], "hold-post", ""), 1);
	}
	q.body.story_get.has_of = q.body.story_get.has_after = true;
	q.body.story_get.of = of[0];
	sign_on(b, b->w.office, &b->w.ada, cs_Console_CONSOLE_AUDIT);	/* who took part does not inspect it */
	assert_int_equal(client_ask(b->w.office, &q, &a, ASK_MS), RC_DENIED);
	sign_on(b, b->w.office, &b->w.eva, cs_Console_CONSOLE_AUDIT);
	assert_int_equal(client_ask(b->w.office, &q, &a, ASK_MS), RC_DENIED);
}

/* A day later the server ends it by itself. */
static void
nobody_decided_in_time(void **state)
{
	struct bench *b = *state;
	cs_Envelope a;

	holds(b, LARGE, MONEY - SMALL - LARGE - HUGE);
	assert_int_equal(private_db_sql(b->w.server->db, "root", "UPDATE hold SET expires_ms = held_ms + 1 WHERE state = 1"), 0);
	do
		assert_int_equal(staff_asks(b->w.branch, cs_Envelope_overview_get_tag, &a), RC_OK);
	while (a.body.overview.last.state == cs_TransferState_TRANSFER_HELD);
	shows(b, MONEY - SMALL - LARGE - HUGE, MONEY - SMALL - LARGE - HUGE, cs_TransferState_TRANSFER_EXPIRED);
	assert_int_equal(about_hold(b, cs_Envelope_hold_code_send_tag, NULL, NULL, &a), RC_EXPIRED);
	assert_int_equal(about_hold(b, cs_Envelope_hold_post_tag, "123456", NULL, &a), RC_EXPIRED);
	assert_int_equal(server_audited(b->w.server, AUDIT_HOLD_EXPIRE, RC_OK), 1);
	assert_int_equal(server_verify(b->w.server), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_one_is_posted_at_once),
		cmocka_unit_test(a_large_one_is_held),
		cmocka_unit_test(nobody_decides_their_own),
		cmocka_unit_test(another_posts_it_once),
		cmocka_unit_test(refused_it_is_free_again),
		cmocka_unit_test(two_post_it_together),
		cmocka_unit_test(its_story_has_all_sides),
		cmocka_unit_test(nobody_decided_in_time),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
