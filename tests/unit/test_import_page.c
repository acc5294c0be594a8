/*
 * test_import_page.c - the page that makes a batch from a file: what is wrong
 * is listed, and nothing is sent to be kept until nothing is wrong.
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
#include <sys/stat.h>
#include <unistd.h>

#include "client/console.h"
#include "proto/role.h"
#include "screen_rig.h"

#define LINES 20	/* more than fit into one message */

static char folder[] = "/tmp/countersign-import-XXXXXX";
static char debit[ACCOUNT_MAX_BYTES + 1], payee[ACCOUNT_MAX_BYTES + 1];

static int
setup(void **state)
{
	(void)state;
	account_number_make(1, 4711, debit);
	account_number_make(1, 5000, payee);
	if (mkdtemp(folder) == NULL || chdir(folder) != 0 || mkdir("scans", 0700) != 0)
		return 1;
	fclose(fopen("notes.txt", "w"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink("payments.csv");
	unlink("notes.txt");
	rmdir("scans");
	return chdir("/") != 0 || rmdir(folder) != 0;
}

static void
write_payments(const char *amount_of_third)
{
	FILE *f = fopen("payments.csv", "w");

	assert_non_null(f);
	fputs("debit,payee,amount,currency,reference\n", f);
	for (int i = 1; i <= LINES; i++)
		fprintf(f, "%s,%s,%s,EUR,Invoice %d\n", debit, payee, i == 3 ? amount_of_third : "12.50", i);
	fclose(f);
}

static void
to_import(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_open(r);
	r->v->console = &console_backoffice;
	rig_sign_on(r, ROLE_MAKER);
	rig_asked(r, batch_queue_get);
	e.which_body = cs_Envelope_batch_queue_tag;
	rig_answer(r, &e);
	rig_press(r, REQ_PICK);
	rig_page(r, "import");
}

/* The server has looked at what was sent; the line at wrong, from 0, is not right. */
static void
answer_put(struct rig *r, bool check_only, int wrong)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_BatchSaved *s = &e.body.batch_saved;

	rig_asked(r, batch_put);
	assert_int_equal(r->sent.body.batch_put.check_only, check_only);
	e.which_body = cs_Envelope_batch_saved_tag;
	s->lines_count = r->sent.body.batch_put.lines_count;
	s->saved = !check_only;
	for (int i = 0; i < (int)s->lines_count; i++)
		if (i == wrong) {
			s->lines[i].rc = RC_ACCOUNT_UNKNOWN;
			strcpy(s->lines[i].detail, "There is no such payee's account.");
		}
	rig_answer(r, &e);
}

static void
test_nothing_until_all_is_right(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	write_payments("1,000.00");
	to_import(&r);
	rig_golden(&r, "import");
	rig_press(&r, REQ_PICK);
	rig_golden(&r, "import-files");
	rig_type(&r, "pay");			/* the filter */
	rig_press(&r, REQ_ENTER);
	rig_press(&r, REQ_SUBMIT);
	rig_wait(&r, 250);
	answer_put(&r, true, 4);
	answer_put(&r, true, -1);
	rig_golden(&r, "import-wrong");
	count = r.count;
	rig_wait(&r, 5000);
	assert_int_equal(r.count, count);	/* nothing is sent to be kept */
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	rig_close(&r);
}

static void
test_all_is_taken(void **state)
{
	struct rig r;
	cs_Envelope e = cs_Envelope_init_zero;
	uint64_t last;
	unsigned count;

	(void)state;
	write_payments("0.01");
	to_import(&r);
	rig_type(&r, "payments.csv");
	rig_press(&r, REQ_ENTER);
	rig_wait(&r, 250);
	answer_put(&r, true, -1);
	rig_golden(&r, "import-looking");
	answer_put(&r, true, -1);
	rig_asked(&r, batch_open);
	assert_true(r.sent.body.batch_open.import);
	e.which_body = cs_Envelope_batch_opened_tag;
	e.body.batch_opened.batch = 40;
	rig_answer(&r, &e);
	assert_int_equal(r.sent.body.batch_put.batch, 40);
	assert_int_equal(r.sent.body.batch_put.lines[2].amount, 1);
	last = r.sent.body.batch_put.lines[BATCH_LINES_PAGE - 1].place;
	count = r.count;
	app_answer(r.app, r.tag, cs_Envelope_batch_put_tag, RC_TIMEOUT, NULL);
	rig_wait(&r, 1001);
	assert_int_equal(r.count, count + 1);	/* the same again */
	answer_put(&r, false, -1);
	assert_true(r.sent.body.batch_put.lines[0].place > last);
	assert_int_equal(r.sent.body.batch_put.lines_count, LINES - BATCH_LINES_PAGE);
	answer_put(&r, false, -1);
	rig_asked(&r, batch_imported);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_batch_tag;
	e.body.batch.has_head = true;
	e.body.batch.head.batch = 40;
	e.body.batch.head.lines = LINES;
	rig_answer(&r, &e);
	rig_page(&r, "batch");
	rig_asked(&r, batch_get);
	rig_close(&r);
}

/* As far as the server's answer to the opening of a batch. */
static void
to_opening(struct rig *r)
{
	write_payments("0.01");
	to_import(r);
	rig_type(r, "payments.csv");
	rig_press(r, REQ_ENTER);
	rig_wait(r, 250);
	answer_put(r, true, -1);
	answer_put(r, true, -1);
	rig_asked(r, batch_open);
}

static void
answer_opened(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_batch_opened_tag;
	e.body.batch_opened.batch = 40;
	rig_answer(r, &e);
}

static void
expect_taken_back(struct rig *r)
{
	rig_asked(r, batch_drop);
	assert_int_equal(r->sent.body.batch_drop.batch, 40);
}

/* Whoever leaves before all is there leaves nothing at the server. */
static void
test_what_is_given_up_is_taken_back(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	to_opening(&r);
	answer_opened(&r);
	answer_put(&r, false, -1);
	rig_asked(&r, batch_put);
	count = r.count;
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	assert_int_equal(r.count, count + 2);		/* that, and the queue again */
	rig_asked(&r, batch_queue_get);
	assert_int_equal(r.before.which_body, cs_Envelope_batch_drop_tag);
	assert_int_equal(r.before.body.batch_drop.batch, 40);
	rig_close(&r);
	/* The batch is being opened: which one it is, only the answer tells. */
	to_opening(&r);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "import");
	rig_asked(&r, batch_open);
	count = r.count;
	answer_opened(&r);
	rig_page(&r, "batches");
	assert_int_equal(r.count, count + 2);
	assert_int_equal(r.before.body.batch_drop.batch, 40);
	rig_close(&r);
	/* Whoever does not want to wait for it need not. */
	to_opening(&r);
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "batches");
	rig_close(&r);
	to_opening(&r);
	rig_press(&r, REQ_BACK);
	rig_refuse(&r, RC_BUSY, "");
	rig_page(&r, "batches");
	rig_close(&r);
}

/* What was wrong only while it was kept is taken back before the file is read again. */
static void
test_the_next_try_begins_anew(void **state)
{
	struct rig r;

	(void)state;
	to_opening(&r);
	answer_opened(&r);
	rig_asked(&r, batch_put);
	rig_refuse(&r, RC_DENIED, "");
	rig_press(&r, REQ_ENTER);
	rig_wait(&r, 1001);
	expect_taken_back(&r);
	rig_refuse(&r, RC_BUSY, "");
	rig_wait(&r, 1001);
	expect_taken_back(&r);			/* until it is done */
	rig_refuse(&r, RC_NOT_FOUND, "");
	rig_wait(&r, 250);
	answer_put(&r, true, -1);
	answer_put(&r, true, -1);
	rig_asked(&r, batch_open);
	rig_close(&r);
}

static void
test_what_is_no_file(void **state)
{
	static const char *const path[] = { "nothing.csv", "scans", "/dev/zero" };

	(void)state;
	for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
		struct rig r;
		unsigned count;

		to_import(&r);
		count = r.count;
		rig_type(&r, path[i]);
		rig_press(&r, REQ_ENTER);
		rig_wait(&r, 1000);
		assert_int_equal(r.count, count);
		assert_true(r.v->notice.level == NOTICE_WARN);
		rig_page(&r, "import");
		rig_close(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_until_all_is_right),
		cmocka_unit_test(test_all_is_taken),
		cmocka_unit_test(test_what_is_given_up_is_taken_back),
		cmocka_unit_test(test_the_next_try_begins_anew),
		cmocka_unit_test(test_what_is_no_file),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, setup, teardown);
}
