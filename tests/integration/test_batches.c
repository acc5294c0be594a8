/*
 * test_batches.c - a day at the back office, through the real server: a maker
 * enters and signs, a checker sends back and posts, nobody does both.
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

#include "proto/money.h"
#include "tests/integration/admin_at.h"
#include "tests/integration/bank.h"
#include "tests/integration/person.h"
#include "tests/integration/story.h"

#define ASK_MS 8000
#define FACE   "person-e-1"

struct world {
	struct server *server;
	struct admin_at at;
	struct person_cast *cast;
	struct client *branch, *entry, *check, *audit;	/* check, entry: the back office of the checker and of the maker */
	struct somebody max, eva, ada;		/* max makes; eva checks, and has a face; ada audits */
	struct bank_person ann, bob;
	uint64_t batch;
	uint8_t seen[DIGEST_BYTES];	/* what the checker was shown */
};

static int
setup(void **state)
{
	static struct world w;
	struct client_key key;

	w.server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\n"
	    "policy { audit_face = false batch { currency = \"EUR\" up_to = \"900000.00\" } }\n");
	w.at.server = w.server;
	w.max = (struct somebody){ .name = "Max Maker", .email = "max@example.org" };
	w.eva = (struct somebody){ .name = "Eva Eyes", .email = "eva@example.org" };
	w.ada = (struct somebody){ .name = "Ada Auditor", .email = "ada@example.org" };
	admin_hired(&w.at, &w.max, "10000001");
	admin_hired(&w.at, &w.ada, "10000002");
	bank_role(w.server->db, w.max.id, ROLE_MAKER, true);
	bank_role(w.server->db, w.ada.id, ROLE_AUDITOR, true);
	w.cast = person_cast_new();
	server_start(w.server);
	bank_customer(w.server->stores, w.server->db->time.utc_ms, &w.ann);
	bank_customer(w.server->stores, w.server->db->time.utc_ms, &w.bob);
	server_deposit(w.server, w.ann.account, 100000);
	server_accept(w.server, "teller 1", &key);
	w.branch = server_client(w.server, &key);
	w.server->consoles = CONSOLE_BACKOFFICE;
	server_accept(w.server, "entry 1", &key);
	w.entry = server_client(w.server, &key);
	server_accept(w.server, "check 1", &key);
	w.check = server_client(w.server, &key);
	w.server->consoles = CONSOLE_AUDIT;
	server_accept(w.server, "audit 1", &key);
	w.audit = server_client(w.server, &key);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->branch);
	client_free(w->entry);
	client_free(w->check);
	client_free(w->audit);
	person_cast_free(w->cast);
	server_drop(w->server);
	return 0;
}

static void
hello(struct client *c, cs_Console console)
{
	cs_Envelope q = { .which_body = cs_Envelope_hello_tag }, a;

	assert_int_equal(client_reach(c, ASK_MS), RC_OK);
	q.body.hello.console = console;
	assert_int_equal(client_ask(c, &q, &a, ASK_MS), RC_OK);
}

static void
signs_on_at(struct world *w, struct client *c, struct somebody *p, cs_Console console)
{
	cs_Envelope q = { .which_body = cs_Envelope_login_tag }, a;

	hello(c, console);
	q.body.login.console = console;
	client_set_token(c, NULL);
	memcpy(q.body.login.customer, p->customer, sizeof p->customer);
	snprintf(q.body.login.password, sizeof q.body.login.password, ADMIN_PASSWORD);
	assert_int_equal(client_ask(c, &q, &a, ASK_MS), RC_OK);
	server_code(w->server, p->email, p->code, p->code);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_login_code_tag;
	memcpy(q.body.login_code.code, p->code, sizeof p->code);
	assert_int_equal(client_ask(c, &q, &a, ASK_MS), RC_OK);
}

static void
signs_on(struct world *w, struct client *c, struct somebody *p)
{
	signs_on_at(w, c, p, cs_Console_CONSOLE_BACKOFFICE);
}

static cs_BatchLine
payment(const struct world *w, uint64_t place, int64_t amount, const char *reference)
{
	cs_BatchLine l = { .place = place << 32, .amount = amount, .currency = "EUR" };	/* as wide as terminals choose them */

	memcpy(l.debit, w->ann.account, sizeof w->ann.account);
	memcpy(l.payee, w->bob.account, sizeof w->bob.account);
	snprintf(l.reference, sizeof l.reference, "%s", reference);
	return l;
}

static enum rc
put(struct world *w, const cs_BatchLine *l, size_t n, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_put_tag };

	q.body.batch_put.batch = w->batch;
	q.body.batch_put.lines_count = (pb_size_t)n;
	memcpy(q.body.batch_put.lines, l, n * sizeof *l);
	return client_ask(w->entry, &q, a, ASK_MS);
}

static void
opens(struct world *w, uint8_t number)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_open_tag }, a;

	memset(q.body.batch_open.request, number, ID_BYTES);
	assert_int_equal(client_ask(w->entry, &q, &a, ASK_MS), RC_OK);
	w->batch = a.body.batch_opened.batch;
}

/* The batch with its lines. */
static enum rc
get(struct client *c, uint64_t batch, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_get_tag };

	q.body.batch_get.batch = batch;
	return client_ask(c, &q, a, ASK_MS);
}

/* Where the batch stands in this queue; NULL: it does not. */
static const cs_BatchHead *
queued(struct client *c, cs_BatchQueueKind queue, uint64_t batch, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_queue_get_tag };

	q.body.batch_queue_get.queue = queue;
	assert_int_equal(client_ask(c, &q, a, ASK_MS), RC_OK);
	for (pb_size_t i = 0; i < a->body.batch_queue.batches_count; i++)
		if (a->body.batch_queue.batches[i].batch == batch)
			return &a->body.batch_queue.batches[i];
	return NULL;
}

/* Asks for a code with these control totals; currency NULL: none. */
static enum rc
wants_code(const struct world *w, struct client *c, uint64_t batch, const char *currency, uint32_t lines, int64_t sum, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_code_send_tag };
	cs_BatchCodeSend *m = &q.body.batch_code_send;

	m->batch = batch;
	memcpy(m->digest, w->seen, DIGEST_BYTES);
	if (currency != NULL) {
		m->control_count = 1;
		snprintf(m->control[0].currency, sizeof m->control[0].currency, "%s", currency);
		m->control[0].lines = lines;
		m->control[0].sum = sum;
	}
	return client_ask(c, &q, a, ASK_MS);
}

static enum rc
signs(const struct world *w, struct client *c, pb_size_t kind, uint64_t batch, const char *code, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = kind };

	if (kind == cs_Envelope_batch_post_tag) {
		q.body.batch_post.batch = batch;
		snprintf(q.body.batch_post.code, sizeof q.body.batch_post.code, "%s", code);
		memcpy(q.body.batch_post.digest, w->seen, DIGEST_BYTES);
	} else {
		q.body.batch_submit.batch = batch;
		snprintf(q.body.batch_submit.code, sizeof q.body.batch_submit.code, "%s", code);
	}
	return client_ask(c, &q, a, ASK_MS);
}

static enum rc
sends_back(struct client *c, uint64_t batch, const char *reason, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_back_tag };

	q.body.batch_back.batch = batch;
	snprintf(q.body.batch_back.reason, sizeof q.body.batch_back.reason, "%s", reason);
	return client_ask(c, &q, a, ASK_MS);
}

/* The maker signs what is there: lines and sum as on the paper. */
static void
submits(struct world *w, uint32_t lines, int64_t sum)
{
	cs_Envelope a;

	assert_int_equal(wants_code(w, w->entry, w->batch, "EUR", lines, sum, &a), RC_OK);
	server_code(w->server, w->max.email, w->max.code, w->max.code);
	assert_int_equal(signs(w, w->entry, cs_Envelope_batch_submit_tag, w->batch, w->max.code, &a), RC_OK);
	assert_int_equal(a.body.batch.head.state, cs_BatchState_BATCH_SUBMITTED);
}

/* ---- the maker ---- */

static void
wrong(struct world *w, cs_BatchLine l, enum rc r, cs_BatchField field, const char *says)
{
	cs_BatchLine two[2] = { payment(w, 5, 100, "right"), l };
	cs_Envelope a;

	assert_int_equal(put(w, two, 2, &a), RC_OK);
	assert_false(a.body.batch_saved.saved);
	assert_int_equal(a.body.batch_saved.lines[0].rc, RC_OK);
	assert_int_equal(a.body.batch_saved.lines[1].rc, r);
	assert_int_equal(a.body.batch_saved.lines[1].field, field);
	if (strstr(a.body.batch_saved.lines[1].detail, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", a.body.batch_saved.lines[1].detail, says);
}

static void
a_line_is_looked_at_field_by_field(void **state)
{
	struct world *w = *state;
	cs_BatchLine l;
	cs_Envelope a;

	signs_on(w, w->entry, &w->max);
	opens(w, 1);
	l = payment(w, 9, 100, "x");
	l.debit[6] = l.debit[6] == '1' ? '2' : '1';
	wrong(w, l, RC_ACCOUNT_UNKNOWN, cs_BatchField_BATCH_FIELD_DEBIT, "debit account has a typing error");
	l = payment(w, 9, 100, "x");
	account_number_make(7, 424242, l.payee);
	wrong(w, l, RC_ACCOUNT_UNKNOWN, cs_BatchField_BATCH_FIELD_PAYEE, "no such payee's account");
	l = payment(w, 9, 100, "x");
	memcpy(l.payee, l.debit, sizeof l.payee);
	wrong(w, l, RC_SAME_ACCOUNT, cs_BatchField_BATCH_FIELD_PAYEE, "the same");
	wrong(w, payment(w, 9, 0, "x"), RC_INVALID, cs_BatchField_BATCH_FIELD_AMOUNT, "more than zero");
	l = payment(w, 9, 100, "x");
	snprintf(l.currency, sizeof l.currency, "USD");
	wrong(w, l, RC_CURRENCY, cs_BatchField_BATCH_FIELD_CURRENCY, "is in EUR");
	wrong(w, payment(w, 9, 90000001, "x"), RC_LIMIT, cs_BatchField_BATCH_FIELD_AMOUNT, "limit of 900,000.00 EUR for one payment");
	wrong(w, payment(w, 9, 100, " "), RC_INVALID, cs_BatchField_BATCH_FIELD_REFERENCE, "characters");
	assert_int_equal(get(w->entry, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.lines_count, 0);	/* one wrong line, and none is saved */
}

static void
a_draft_outlives_the_connection(void **state)
{
	struct world *w = *state;
	uint64_t first = w->batch;
	cs_BatchLine l = payment(w, 10, 2500, "invoice 17");
	const cs_BatchHead *h;
	cs_Envelope a;

	assert_int_equal(put(w, &l, 1, &a), RC_OK);
	assert_true(a.body.batch_saved.saved);
	assert_true(a.body.batch_saved.lines[0].payee_name[0] != '\0');
	l = payment(w, 20, 1500, "invoice 18");
	assert_int_equal(put(w, &l, 1, &a), RC_OK);
	server_kill(w->server);
	server_start(w->server);
	assert_int_equal(client_redial(w->entry), RC_OK);
	hello(w->entry, cs_Console_CONSOLE_BACKOFFICE);
	opens(w, 1);
	assert_int_equal(w->batch, first);		/* the same request, the same batch */
	assert_non_null(h = queued(w->entry, cs_BatchQueueKind_BATCH_QUEUE_MINE, w->batch, &a));
	assert_int_equal(h->lines, 2);
	assert_int_equal(get(w->entry, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.lines_count, 2);
	assert_string_equal(a.body.batch.lines[1].reference, "invoice 18");
	assert_int_equal(a.body.batch.totals[0].sum, 4000);
}

/* Has n lines of the batch kept, from place 15 on, of which the first has no good payee and none an amount. */
static bool
keeps(struct world *w, pb_size_t n)
{
	cs_Envelope q = { .which_body = cs_Envelope_batch_put_tag }, a;
	cs_BatchPut *m = &q.body.batch_put;

	m->batch = w->batch;
	m->keep = true;
	m->lines_count = n;
	for (pb_size_t i = 0; i < n; i++)
		m->lines[i] = payment(w, 15 + i, 0, "invoice 17a");
	snprintf(m->lines[0].payee, sizeof m->lines[0].payee, "XC00");
	assert_int_equal(client_ask(w->entry, &q, &a, ASK_MS), RC_OK);
	assert_false(a.body.batch_saved.saved);
	return a.body.batch_saved.kept;
}

/* What is not complete is kept for the maker; what could stand in no line is left out. */
static void
an_unfinished_line_is_kept(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	assert_true(keeps(w, 1));
	assert_false(keeps(w, 2));	/* one at a time */
	assert_int_equal(get(w->entry, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.lines_count, 2);
	assert_int_equal(a.body.batch.unfinished_count, 1);
	assert_int_equal(a.body.batch.unfinished[0].place, UINT64_C(15) << 32);
	assert_string_equal(a.body.batch.unfinished[0].debit, w->ann.account);
	assert_string_equal(a.body.batch.unfinished[0].payee, "");
	assert_int_equal(a.body.batch.unfinished[0].amount, 0);
	assert_string_equal(a.body.batch.unfinished[0].reference, "invoice 17a");
	assert_int_equal(a.body.batch.totals[0].lines, 2);
}

static void
control_totals_come_from_the_paper(void **state)
{
	struct world *w = *state;
	cs_BatchLine l = payment(w, 30, 100, "too late");
	cs_Envelope a;

	assert_int_equal(wants_code(w, w->entry, w->batch, NULL, 0, 0, &a), RC_INVALID);
	assert_int_equal(wants_code(w, w->entry, w->batch, "USD", 2, 4000, &a), RC_INVALID);
	assert_int_equal(wants_code(w, w->entry, w->batch, "EUR", 3, 4000, &a), RC_INVALID);
	assert_non_null(strstr(a.detail, "number of payments"));
	assert_int_equal(wants_code(w, w->entry, w->batch, "EUR", 2, 4001, &a), RC_INVALID);
	assert_non_null(strstr(a.detail, "sum in EUR does not agree"));
	assert_null(strstr(a.detail, "40.00"));		/* what the lines say is not given away */
	assert_int_equal(wants_code(w, w->entry, w->batch, "EUR", 2, 4000, &a), RC_OK);
	server_code(w->server, w->max.email, w->max.code, w->max.code);
	assert_int_equal(signs(w, w->entry, cs_Envelope_batch_submit_tag, w->batch, strcmp(w->max.code, "123456") == 0 ? "654321" : "123456",
	    &a), RC_CODE_WRONG);
	/* A line changed after the code was made: the code is good for nothing. */
	l.place = UINT64_C(20) << 32;
	l.amount = 1600;
	assert_int_equal(put(w, &l, 1, &a), RC_OK);
	assert_int_not_equal(signs(w, w->entry, cs_Envelope_batch_submit_tag, w->batch, w->max.code, &a), RC_OK);
	submits(w, 2, 4100);
	assert_int_equal(put(w, &l, 1, &a), RC_EARLY);
	assert_int_equal(server_audited(w->server, AUDIT_BATCH_SUBMIT, RC_OK), 1);
	assert_true(server_audited(w->server, AUDIT_BATCH_REFUSE, RC_CODE_WRONG) >= 1);
}

static void
the_maker_cannot_check(void **state)
{
	struct world *w = *state;
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_BATCH, .batch = w->batch };
	cs_Envelope a, q = { .which_body = cs_Envelope_capture_begin_tag };

	assert_int_equal(sends_back(w->entry, w->batch, "mine", &a), RC_DENIED);	/* no checker at all */
	bank_role(w->server->db, w->max.id, ROLE_CHECKER, true);
	assert_null(queued(w->entry, cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK, w->batch, &a));
	assert_int_equal(sends_back(w->entry, w->batch, "mine", &a), RC_DENIED);
	assert_int_equal(wants_code(w, w->entry, w->batch, NULL, 0, 0, &a), RC_DENIED);
	q.body.capture_begin = what;
	assert_int_equal(client_ask(w->entry, &q, &a, ASK_MS), RC_DENIED);
	assert_int_equal(signs(w, w->entry, cs_Envelope_batch_post_tag, w->batch, "123456", &a), RC_DENIED);
	signs_on(w, w->check, &w->max);			/* nor in a second session */
	assert_int_equal(signs(w, w->check, cs_Envelope_batch_post_tag, w->batch, "123456", &a), RC_DENIED);
	assert_true(server_audited(w->server, AUDIT_BATCH_REFUSE, RC_DENIED) >= 3);
	bank_role(w->server->db, w->max.id, ROLE_CHECKER, false);
}

/* ---- the checker ---- */

static void
she_enrols(struct world *w)
{
	cs_Envelope q = { .which_body = cs_Envelope_register_start_tag }, a;
	cs_Register *r = &q.body.register_start;
	char hint[HINT_MAX_BYTES + 1];

	hello(w->branch, cs_Console_CONSOLE_TERMINAL);
	snprintf(r->name, sizeof r->name, "%s", w->eva.name);
	snprintf(r->email, sizeof r->email, "%s", w->eva.email);
	snprintf(r->password, sizeof r->password, ADMIN_PASSWORD);
	snprintf(r->currency, sizeof r->currency, "EUR");
	assert_int_equal(client_ask(w->branch, &q, &a, ASK_MS), RC_OK);
	server_code(w->server, w->eva.email, "", w->eva.code);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_register_code_tag;
	memcpy(q.body.register_code.code, w->eva.code, sizeof w->eva.code);
	assert_int_equal(client_ask(w->branch, &q, &a, ASK_MS), RC_OK);
	if (person_capture(w->cast, FACE, PERSON_ANSWERS, w->branch, cs_CapturePurpose_CAPTURE_ENROL, NULL, hint) != RC_OK)
		fail_msg("enrolment: %s", hint);
	memset(&q, 0, sizeof q);
	q.which_body = cs_Envelope_register_finish_tag;
	assert_int_equal(client_ask(w->branch, &q, &a, ASK_MS), RC_OK);
	memcpy(w->eva.customer, a.body.registered.customer, sizeof w->eva.customer);
	w->eva.id = (uint64_t)private_db_number(w->server->db, "SELECT MAX(id) FROM person");
	bank_role(w->server->db, w->eva.id, ROLE_CHECKER, true);
}

static void
a_checker_sends_back_with_a_reason(void **state)
{
	struct world *w = *state;
	const cs_BatchHead *h;
	cs_BatchLine l = payment(w, 20, 1500, "invoice 18");
	cs_Envelope a;

	she_enrols(w);
	signs_on(w, w->check, &w->eva);
	assert_non_null(h = queued(w->check, cs_BatchQueueKind_BATCH_QUEUE_TO_CHECK, w->batch, &a));
	assert_string_equal(h->maker, w->max.name);
	assert_int_equal(get(w->check, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.lines_count, 2);
	assert_int_equal(sends_back(w->check, w->batch, "", &a), RC_INVALID);
	assert_int_equal(sends_back(w->check, w->batch, "invoice 18 is 15.00", &a), RC_OK);
	assert_int_equal(sends_back(w->check, w->batch, "again", &a), RC_EARLY);
	assert_int_equal(get(w->check, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.head.state, cs_BatchState_BATCH_SENT_BACK);
	assert_non_null(h = queued(w->entry, cs_BatchQueueKind_BATCH_QUEUE_BACK, w->batch, &a));
	assert_string_equal(h->reason, "invoice 18 is 15.00");
	assert_string_equal(h->checker, w->eva.name);
	assert_int_equal(put(w, &l, 1, &a), RC_OK);
	assert_true(keeps(w, 1));
	assert_int_equal(get(w->entry, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.unfinished_count, 1);
	assert_int_equal(get(w->check, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.unfinished_count, 0);	/* for its maker alone */
	submits(w, 2, 4000);
}

/* The checker opens the batch. */
static void
compares(struct world *w)
{
	cs_Envelope a;

	assert_int_equal(get(w->check, w->batch, &a), RC_OK);
	memcpy(w->seen, a.body.batch.digest, DIGEST_BYTES);
}

/* Face and code for this batch. */
static void
shows_face_and_reads_code(struct world *w)
{
	cs_CaptureBegin what = { .purpose = cs_CapturePurpose_CAPTURE_BATCH, .batch = w->batch };
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a;

	if (person_capture_of(w->cast, FACE, PERSON_ANSWERS, w->check, &what, hint) != RC_OK)
		fail_msg("to post: %s", hint);
	assert_int_equal(wants_code(w, w->check, w->batch, NULL, 0, 0, &a), RC_OK);
	server_code(w->server, w->eva.email, w->eva.code, w->eva.code);
}

/* It was sent back by somebody else, changed and submitted again, while it was still open here. */
static void
what_was_not_seen_is_not_signed(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	memset(w->seen, 0, sizeof w->seen);
	assert_int_equal(wants_code(w, w->check, w->batch, NULL, 0, 0, &a), RC_REQUEST_OTHER);
	compares(w);
	assert_int_equal(sends_back(w->check, w->batch, "by another checker", &a), RC_OK);
	submits(w, 2, 4000);			/* nothing else changed, and yet it is another signature */
	assert_int_equal(wants_code(w, w->check, w->batch, NULL, 0, 0, &a), RC_REQUEST_OTHER);
	assert_non_null(strstr(a.detail, "open it again"));
	assert_int_equal(signs(w, w->check, cs_Envelope_batch_post_tag, w->batch, "123456", &a), RC_REQUEST_OTHER);
	assert_int_equal(server_audited(w->server, AUDIT_BATCH_REFUSE, RC_REQUEST_OTHER), 3);
	compares(w);
}

static void
face_and_code_post_all_lines(void **state)
{
	struct world *w = *state;
	cs_Envelope a;

	assert_int_equal(wants_code(w, w->check, w->batch, NULL, 0, 0, &a), RC_OK);
	server_code(w->server, w->eva.email, w->eva.code, w->eva.code);
	assert_int_equal(signs(w, w->check, cs_Envelope_batch_post_tag, w->batch, w->eva.code, &a), RC_PROOF_MISSING);
	assert_int_equal(server_balance(w->server, w->ann.account), 100000);
	shows_face_and_reads_code(w);
	assert_int_equal(signs(w, w->check, cs_Envelope_batch_post_tag, w->batch, w->eva.code, &a), RC_OK);
	assert_int_equal(a.body.batch.head.state, cs_BatchState_BATCH_POSTED);
	assert_int_equal(signs(w, w->check, cs_Envelope_batch_post_tag, w->batch, w->eva.code, &a), RC_OK);	/* and not twice */
	assert_int_equal(server_balance(w->server, w->ann.account), 96000);
	assert_int_equal(server_balance(w->server, w->bob.account), 4000);
	assert_int_equal(server_audited(w->server, AUDIT_BATCH_POST, RC_OK), 1);
	assert_non_null(queued(w->check, cs_BatchQueueKind_BATCH_QUEUE_POSTED, w->batch, &a));
	assert_non_null(queued(w->entry, cs_BatchQueueKind_BATCH_QUEUE_POSTED, w->batch, &a));
	assert_int_equal(private_db_number(w->server->db, "SELECT COUNT(*) FROM proof WHERE factor = 1 AND spent_ms = 0"), 0);
}

/* From either end: how the maker and the checker signed on and signed, what the checker's capture was judged by, and the posting. */
static void
its_story_has_maker_and_checker(void **state)
{
	static cs_Event row[STORY_MAX];
	struct world *w = *state;
	const cs_LaneAt of[] = { story_newest(w->server, AUDIT_BATCH_SUBMIT), story_newest(w->server, AUDIT_BATCH_POST),
	    story_newest(w->server, AUDIT_CAPTURE_VERDICT) };
	size_t n;

	signs_on_at(w, w->audit, &w->ada, cs_Console_CONSOLE_AUDIT);
	for (size_t k = 0; k < sizeof of / sizeof of[0]; k++) {
		n = story_all(w->audit, of[k], row);
		assert_true(story_steps(row, n, &w->max, "login-code", "") >= 1);
		assert_true(story_steps(row, n, &w->max, "code-send", "") >= 1);
		assert_true(story_steps(row, n, &w->max, "batch-submit", "digest") >= 1);
		assert_true(story_steps(row, n, &w->eva, "login-code", "") >= 1);
		assert_true(story_steps(row, n, &w->eva, "batch-back", "invoice 18 is 15.00") == 1);
		assert_true(story_steps(row, n, &w->eva, "capture-verdict", "texture") >= 1);
		assert_true(story_steps(row, n, &w->eva, "code-send", "") >= 1);
		assert_int_equal(story_steps(row, n, &w->eva, "batch-post", "journal "), 1);
	}
}

/* Its records name no account; the filter finds it by its lines. */
static void
an_account_finds_its_batches(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_events_find_tag }, a;
	cs_EventFilter *f = &q.body.events_find.filter;

	q.body.events_find.has_filter = true;
	snprintf(f->action, sizeof f->action, "batch-post");
	account_number_format(w->bob.account, f->account, sizeof f->account);
	assert_int_equal(client_ask(w->audit, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.body.events.rows_count, 1);
	account_number_make(7, 424242, f->account);
	assert_int_equal(client_ask(w->audit, &q, &a, ASK_MS), RC_OK);
	assert_int_equal(a.body.events.rows_count, 0);
}

static void
a_line_without_money_stops_all(void **state)
{
	struct world *w = *state;
	cs_BatchLine l[2] = { payment(w, 10, 1000, "small"), payment(w, 20, 9900000, "more than there is") };
	cs_Envelope a;

	opens(w, 2);
	assert_int_equal(put(w, l, 2, &a), RC_OK);
	submits(w, 2, 9901000);
	compares(w);
	shows_face_and_reads_code(w);
	assert_int_equal(signs(w, w->check, cs_Envelope_batch_post_tag, w->batch, w->eva.code, &a), RC_FUNDS);
	assert_non_null(strstr(a.detail, "line 2 stopped it"));
	assert_int_equal(server_balance(w->server, w->ann.account), 96000);
	assert_int_equal(server_balance(w->server, w->bob.account), 4000);
	assert_int_equal(get(w->check, w->batch, &a), RC_OK);
	assert_int_equal(a.body.batch.head.state, cs_BatchState_BATCH_SUBMITTED);
	assert_int_equal(server_audited(w->server, AUDIT_BATCH_REFUSE, RC_FUNDS), 1);
	assert_int_equal(server_stop(w->server), 0);
	assert_int_equal(server_verify(w->server), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_looked_at_field_by_field),
		cmocka_unit_test(a_draft_outlives_the_connection),
		cmocka_unit_test(an_unfinished_line_is_kept),
		cmocka_unit_test(control_totals_come_from_the_paper),
		cmocka_unit_test(the_maker_cannot_check),
		cmocka_unit_test(a_checker_sends_back_with_a_reason),
		cmocka_unit_test(what_was_not_seen_is_not_signed),
		cmocka_unit_test(face_and_code_post_all_lines),
		cmocka_unit_test(its_story_has_maker_and_checker),
		cmocka_unit_test(an_account_finds_its_batches),
		cmocka_unit_test(a_line_without_money_stops_all),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
