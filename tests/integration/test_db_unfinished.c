/*
 * test_db_unfinished.c - lines that are not complete, against a real MariaDB:
 * kept for their maker until they are lines, and never longer.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL

struct world {
	struct private_db *db;
	struct stores *s;
	struct bank_person ann, bob, max, eve;	/* max makes */
	uint64_t batch;				/* a new draft for each test */
};

static int
setup(void **state)
{
	static struct world w;
	struct bank_person *const all[] = { &w.ann, &w.bob, &w.max, &w.eve };

	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/unfinished");
	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
		bank_customer(w.s, T0, all[k]);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	stores_close(w->s);
	private_db_stop(w->db);
	return 0;
}

static int
new_draft(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_BATCH_OPEN, T0);
	uint8_t request[ID_BYTES];

	bank_random(request, sizeof request);
	return w->s->batch.ops->open(&w->s->batch, w->max.id, request, BATCH_DRAFT, &ev, &w->batch) == RC_OK ? 0 : -1;
}

static enum rc
keep(struct world *w, const struct bank_person *who, uint64_t place, const char *reference)
{
	struct batch_line l = { .place = place };

	snprintf(l.reference, sizeof l.reference, "%s", reference);
	return w->s->batch.ops->keep(&w->s->batch, w->batch, who->id, &l);
}

static size_t
kept(struct world *w, struct batch_line dst[BATCH_UNFINISHED_MAX])
{
	size_t n = 99;

	assert_int_equal(w->s->batch.ops->kept(&w->s->batch, w->batch, dst, &n), RC_OK);
	return n;
}

static void
saves(struct world *w, uint64_t place)
{
	struct batch_line l = { .place = place, .amount = 100, .currency = "EUR", .payee_name = "Bob" };

	memcpy(l.debit, w->ann.account, sizeof l.debit);
	memcpy(l.payee, w->bob.account, sizeof l.payee);
	assert_int_equal(w->s->batch.ops->lines_put(&w->s->batch, w->batch, w->max.id, &l, 1, T0), RC_OK);
}

static void
a_line_is_kept_as_it_stands(void **state)
{
	struct world *w = *state;
	struct batch_line l = { .place = 20, .amount = 5, .currency = "EUR", .reference = "x" }, got[BATCH_UNFINISHED_MAX];
	struct batch b;
	size_t n;

	memcpy(l.debit, w->ann.account, sizeof l.debit);
	assert_int_equal(w->s->batch.ops->keep(&w->s->batch, w->batch, w->max.id, &l), RC_OK);
	assert_int_equal(keep(w, &w->max, 10, "first"), RC_OK);
	assert_int_equal(keep(w, &w->max, 10, "first, longer"), RC_OK);
	stores_close(w->s);		/* the power goes */
	w->s = private_db_open(w->db, "countersign", "test/unfinished");
	assert_int_equal(kept(w, got), 2);
	assert_int_equal(got[0].place, 10);
	assert_string_equal(got[0].reference, "first, longer");
	assert_string_equal(got[0].debit, "");
	assert_int_equal(got[0].amount, 0);
	assert_string_equal(got[1].debit, w->ann.account);
	assert_string_equal(got[1].payee, "");
	assert_int_equal(got[1].amount, 5);
	assert_string_equal(got[1].currency, "EUR");
	assert_int_equal(w->s->batch.ops->get(&w->s->batch, w->batch, &b, NULL, &n), RC_OK);
	assert_int_equal(b.lines, 0);	/* no lines of the batch */
}

static void
only_so_many_are_kept(void **state)
{
	struct world *w = *state;
	struct batch_line got[BATCH_UNFINISHED_MAX];

	for (uint64_t i = 1; i <= BATCH_UNFINISHED_MAX; i++)
		assert_int_equal(keep(w, &w->max, i, "x"), RC_OK);
	assert_int_equal(keep(w, &w->max, BATCH_UNFINISHED_MAX + 1, "x"), RC_LIMIT);
	assert_int_equal(keep(w, &w->max, 1, "again"), RC_OK);
	assert_int_equal(keep(w, &w->max, 0, "nowhere"), RC_INVALID);
	assert_int_equal(kept(w, got), BATCH_UNFINISHED_MAX);
}

static void
a_line_that_is_saved_or_taken_out_is_kept_no_longer(void **state)
{
	struct world *w = *state;
	struct batch_line got[BATCH_UNFINISHED_MAX];

	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(keep(w, &w->max, i, "x"), RC_OK);
	saves(w, 1);
	assert_int_equal(w->s->batch.ops->line_drop(&w->s->batch, w->batch, w->max.id, 3, T0), RC_OK);
	assert_int_equal(kept(w, got), 1);
	assert_int_equal(got[0].place, 2);
}

static void
nobody_else_keeps_anything(void **state)
{
	struct world *w = *state;
	struct batch_line got[BATCH_UNFINISHED_MAX];

	assert_int_equal(keep(w, &w->eve, 1, "x"), RC_NOT_FOUND);
	assert_int_equal(kept(w, got), 0);
}

static void
a_batch_that_is_thrown_away_keeps_nothing(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_BATCH_DROP, T0);
	struct batch_line got[BATCH_UNFINISHED_MAX];

	assert_int_equal(keep(w, &w->max, 1, "x"), RC_OK);
	assert_int_equal(w->s->batch.ops->drop(&w->s->batch, w->batch, w->max.id, &ev), RC_OK);
	assert_int_equal(kept(w, got), 0);
	assert_int_equal(keep(w, &w->max, 1, "x"), RC_EARLY);
}

static void
a_signed_batch_keeps_nothing(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_BATCH_SUBMIT, T0);
	struct batch_line got[BATCH_UNFINISHED_MAX];
	struct code_use by = { .person = w->max.id, .now_ms = T0 };

	saves(w, 1);
	assert_int_equal(keep(w, &w->max, 1, "changed, and not right"), RC_OK);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, w->batch, w->max.id, by.digest), RC_OK);
	memcpy(by.session, w->max.session, ID_BYTES);
	by.code = bank_code(w->s, T0, &w->max, CODE_BATCH, by.digest);
	assert_int_equal(w->s->batch.ops->submit(&w->s->batch, w->batch, &by, &ev), RC_OK);
	assert_int_equal(kept(w, got), 0);
	assert_int_equal(keep(w, &w->max, 1, "x"), RC_EARLY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_line_is_kept_as_it_stands, new_draft),
		cmocka_unit_test_setup(only_so_many_are_kept, new_draft),
		cmocka_unit_test_setup(a_line_that_is_saved_or_taken_out_is_kept_no_longer, new_draft),
		cmocka_unit_test_setup(nobody_else_keeps_anything, new_draft),
		cmocka_unit_test_setup(a_batch_that_is_thrown_away_keeps_nothing, new_draft),
		cmocka_unit_test_setup(a_signed_batch_keeps_nothing, new_draft),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
