/*
 * test_db_batches.c - batches against a real MariaDB: drafts that survive,
 * signatures bound to every line, and two people for everything.
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
	struct bank_person ann, bob, max, eve;	/* max makes, eve checks */
	int64_t now;				/* moves on, so that codes are never too many */
};

static int
setup(void **state)
{
	static struct world w;
	struct bank_person *const all[] = { &w.ann, &w.bob, &w.max, &w.eve };

	w.now = T0;
	w.db = private_db_start(true);
	w.s = private_db_open(w.db, "countersign", "test/batches");
	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
		bank_customer(w.s, T0, all[k]);
	bank_deposit(w.s, T0, &w.ann, 1000000);
	bank_role(w.db, w.eve.id, ROLE_CHECKER, true);
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

static uint64_t
open_batch(struct world *w, enum batch_state state)
{
	struct audit_event ev = bank_event(AUDIT_BATCH_OPEN, w->now);
	uint8_t request[ID_BYTES];
	uint64_t id = 0, again = 0;
	char sql[128];

	bank_random(request, sizeof request);
	assert_int_equal(w->s->batch.ops->open(&w->s->batch, w->max.id, request, state, &ev, &id), RC_OK);
	assert_int_equal(w->s->batch.ops->open(&w->s->batch, w->max.id, request, state, &ev, &again), RC_OK);
	assert_int_equal(again, id);
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit_record WHERE action = 100 AND subject = 'batch %llu'", (unsigned long long)id);
	assert_int_equal(private_db_number(w->db, sql), 1);
	return id;
}

static struct batch_line
line(const struct world *w, uint64_t place, int64_t amount, const char *reference)
{
	struct batch_line l = { .place = place, .amount = amount, .currency = "EUR", .payee_name = "Bob" };

	memcpy(l.debit, w->ann.account, sizeof l.debit);
	memcpy(l.payee, w->bob.account, sizeof l.payee);
	snprintf(l.reference, sizeof l.reference, "%s", reference);
	return l;
}

static enum rc
put(struct world *w, uint64_t batch, const struct bank_person *who, struct batch_line l)
{
	return w->s->batch.ops->lines_put(&w->s->batch, batch, who->id, &l, 1, w->now);
}

/* A code of this person for this digest, typed right. */
static struct code_use
typed(struct world *w, const struct bank_person *p, const uint8_t digest[DIGEST_BYTES])
{
	struct code_use by = { .person = p->id };

	w->now += CODE_SENDS_WINDOW_MS;
	by.now_ms = w->now;
	memcpy(by.session, p->session, ID_BYTES);
	memcpy(by.digest, digest, DIGEST_BYTES);
	by.code = bank_code(w->s, w->now, p, CODE_BATCH, digest);
	return by;
}

static enum rc
submit(struct world *w, uint64_t batch, const struct code_use *by)
{
	struct audit_event ev = bank_event(AUDIT_BATCH_SUBMIT, w->now);

	return w->s->batch.ops->submit(&w->s->batch, batch, by, &ev);
}

static enum rc
back(struct world *w, uint64_t batch, const struct bank_person *who, const char *reason)
{
	struct audit_event ev = bank_event(AUDIT_BATCH_BACK, w->now);

	return w->s->batch.ops->back(&w->s->batch, batch, who->id, reason, &ev);
}

static struct batch
get(struct world *w, uint64_t id, struct batch_total total[BATCH_CURRENCIES_MAX], size_t *n)
{
	struct batch b = { 0 };

	assert_int_equal(w->s->batch.ops->get(&w->s->batch, id, &b, total, n), RC_OK);
	return b;
}

static bool
queued(struct world *w, enum batch_queue q, const struct bank_person *who, uint64_t id)
{
	struct batch list[64];
	bool there = false;
	size_t n = 0;

	assert_int_equal(w->s->batch.ops->list(&w->s->batch, q, who->id, T0, 0, list, 64, &n), RC_OK);
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || list[i].id < list[i - 1].id);
		there = there || list[i].id == id;
	}
	return there;
}

static void
a_draft_keeps_every_line_that_was_saved(void **state)
{
	struct world *w = *state;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	struct batch_line got[8];
	uint64_t id = open_batch(w, BATCH_DRAFT);
	struct batch b;
	size_t n = 0;

	assert_int_equal(put(w, id, &w->max, line(w, 2000, 250, "second")), RC_OK);
	assert_int_equal(put(w, id, &w->max, line(w, 1000, 100, "first")), RC_OK);
	assert_int_equal(put(w, id, &w->max, line(w, 3000, 1, "third")), RC_OK);
	assert_int_equal(put(w, id, &w->max, line(w, 2000, 200, "second, corrected")), RC_OK);
	assert_int_equal(w->s->batch.ops->line_drop(&w->s->batch, id, w->max.id, 3000, w->now), RC_OK);
	stores_close(w->s);		/* the power goes */
	w->s = private_db_open(w->db, "countersign", "test/batches");
	assert_int_equal(w->s->batch.ops->lines(&w->s->batch, id, 0, got, 8, &n), RC_OK);
	assert_int_equal(n, 2);
	assert_string_equal(got[0].reference, "first");
	assert_string_equal(got[1].reference, "second, corrected");
	assert_int_equal(w->s->batch.ops->lines(&w->s->batch, id, 1001, got, 8, &n), RC_OK);
	assert_int_equal(n, 1);
	b = get(w, id, total, &n);
	assert_int_equal(b.state, BATCH_DRAFT);
	assert_int_equal(b.lines, 2);
	assert_int_equal(n, 1);
	assert_int_equal(total[0].lines, 2);
	assert_int_equal(total[0].sum, 300);
	assert_true(queued(w, BATCHES_MINE, &w->max, id));
	assert_false(queued(w, BATCHES_MINE, &w->eve, id));
	assert_false(queued(w, BATCHES_TO_CHECK, &w->eve, id));
}

static void
nobody_else_changes_a_batch(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_BATCH_DROP, w->now);
	uint64_t id = open_batch(w, BATCH_DRAFT);
	uint8_t digest[DIGEST_BYTES];

	assert_int_equal(put(w, id, &w->eve, line(w, 1000, 100, "x")), RC_NOT_FOUND);
	assert_int_equal(put(w, id + 1000, &w->max, line(w, 1000, 100, "x")), RC_NOT_FOUND);
	assert_int_equal(w->s->batch.ops->line_drop(&w->s->batch, id, w->eve.id, 1000, w->now), RC_NOT_FOUND);
	assert_int_equal(w->s->batch.ops->drop(&w->s->batch, id, w->eve.id, &ev), RC_NOT_FOUND);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->eve.id, digest), RC_NOT_FOUND);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, digest), RC_INVALID);	/* no line */
	assert_int_equal(put(w, id, &w->max, line(w, 1000, 0, "x")), RC_INVALID);
	assert_int_equal(w->s->batch.ops->drop(&w->s->batch, id, w->max.id, &ev), RC_OK);
	assert_int_equal(put(w, id, &w->max, line(w, 1000, 100, "x")), RC_EARLY);
	assert_false(queued(w, BATCHES_MINE, &w->max, id));
}

static void
an_import_is_in_no_queue_until_it_is_whole(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_BATCH_OPEN, w->now);
	uint64_t id = open_batch(w, BATCH_IMPORT);
	struct batch_line two[2] = { line(w, 1000, 5, "a"), line(w, 2000, 6, "b") };
	uint8_t digest[DIGEST_BYTES];

	assert_int_equal(w->s->batch.ops->lines_put(&w->s->batch, id, w->max.id, two, 2, w->now), RC_OK);
	assert_false(queued(w, BATCHES_MINE, &w->max, id));
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, digest), RC_EARLY);
	assert_int_equal(w->s->batch.ops->imported(&w->s->batch, id, w->max.id, &ev), RC_OK);
	assert_true(queued(w, BATCHES_MINE, &w->max, id));
	assert_int_equal(w->s->batch.ops->imported(&w->s->batch, id, w->max.id, &ev), RC_EARLY);
}

static void
an_import_that_was_given_up_goes_with_the_next(void **state)
{
	struct world *w = *state;
	struct audit_event ev;
	uint64_t old = open_batch(w, BATCH_IMPORT), young, draft = open_batch(w, BATCH_DRAFT);

	w->now += BATCH_IMPORT_STALE_MS + 1;
	young = open_batch(w, BATCH_IMPORT);
	ev = bank_event(AUDIT_BATCH_OPEN, w->now);
	assert_int_equal(w->s->batch.ops->imported(&w->s->batch, old, w->max.id, &ev), RC_EARLY);
	assert_true(queued(w, BATCHES_MINE, &w->max, draft));
	open_batch(w, BATCH_IMPORT);
	assert_int_equal(w->s->batch.ops->imported(&w->s->batch, young, w->max.id, &ev), RC_OK);
}

static void
an_import_is_taken_back_before_it_is_whole(void **state)
{
	struct world *w = *state;
	struct audit_event ev = bank_event(AUDIT_BATCH_DROP, w->now);
	uint64_t id = open_batch(w, BATCH_IMPORT);

	assert_int_equal(put(w, id, &w->max, line(w, 1000, 5, "a")), RC_OK);
	assert_int_equal(w->s->batch.ops->drop(&w->s->batch, id, w->max.id, &ev), RC_OK);
	assert_int_equal(put(w, id, &w->max, line(w, 2000, 6, "b")), RC_EARLY);	/* what was still under way */
	assert_int_equal(w->s->batch.ops->imported(&w->s->batch, id, w->max.id, &ev), RC_EARLY);
	assert_false(queued(w, BATCHES_MINE, &w->max, id));
}

static void
a_batch_holds_only_so_many_lines(void **state)
{
	struct world *w = *state;
	static struct batch_line many[BATCH_LINES_MAX];
	uint64_t id = open_batch(w, BATCH_DRAFT);
	struct batch_total total[BATCH_CURRENCIES_MAX];
	size_t n;

	for (size_t i = 0; i < BATCH_LINES_MAX; i++)
		many[i] = line(w, i + 1, 1, "many");
	assert_int_equal(w->s->batch.ops->lines_put(&w->s->batch, id, w->max.id, many, BATCH_LINES_MAX, w->now), RC_OK);
	assert_int_equal(put(w, id, &w->max, line(w, BATCH_LINES_MAX + 1, 1, "one more")), RC_LIMIT);
	assert_int_equal(get(w, id, total, &n).lines, BATCH_LINES_MAX);
}

static void
the_signature_covers_every_line(void **state)
{
	struct world *w = *state;
	uint64_t id = open_batch(w, BATCH_DRAFT);
	uint8_t digest[DIGEST_BYTES], again[DIGEST_BYTES];
	struct code_use by, new;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	struct batch b;
	size_t n;

	assert_int_equal(put(w, id, &w->max, line(w, 1000, 100, "one")), RC_OK);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, digest), RC_OK);
	by = typed(w, &w->max, digest);
	assert_int_equal(put(w, id, &w->max, line(w, 1000, 101, "one")), RC_OK);	/* meanwhile */
	assert_int_equal(submit(w, id, &by), RC_REQUEST_OTHER);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, again), RC_OK);
	assert_memory_not_equal(digest, again, DIGEST_BYTES);
	new = typed(w, &w->max, again);
	new.code = by.code;		/* the old code for the new lines */
	assert_int_equal(submit(w, id, &new), RC_PROOF_MISSING);
	new = typed(w, &w->max, again);
	assert_int_equal(submit(w, id, &new), RC_OK);
	assert_int_equal(submit(w, id, &new), RC_OK);	/* the answer was lost */
	assert_int_equal(put(w, id, &w->max, line(w, 1000, 102, "one")), RC_EARLY);
	assert_int_equal(w->s->batch.ops->line_drop(&w->s->batch, id, w->max.id, 1000, w->now), RC_EARLY);
	b = get(w, id, total, &n);
	assert_int_equal(b.state, BATCH_SUBMITTED);
	assert_memory_equal(b.digest, again, DIGEST_BYTES);
	assert_true(queued(w, BATCHES_TO_CHECK, &w->eve, id));
	assert_false(queued(w, BATCHES_TO_CHECK, &w->max, id));
}

static void
another_person_sends_it_back_with_a_reason(void **state)
{
	struct world *w = *state;
	uint64_t id = open_batch(w, BATCH_DRAFT);
	uint8_t digest[DIGEST_BYTES], again[DIGEST_BYTES];
	struct code_use by;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	struct batch b;
	size_t n;

	assert_int_equal(put(w, id, &w->max, line(w, 1000, 100, "one")), RC_OK);
	assert_int_equal(back(w, id, &w->eve, "not yet"), RC_EARLY);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, digest), RC_OK);
	by = typed(w, &w->max, digest);
	assert_int_equal(submit(w, id, &by), RC_OK);
	assert_int_equal(back(w, id, &w->max, "my own"), RC_DENIED);
	assert_int_equal(back(w, id, &w->eve, ""), RC_INVALID);
	assert_int_equal(back(w, id + 1000, &w->eve, "none"), RC_NOT_FOUND);
	assert_int_equal(back(w, id, &w->eve, "line 1: wrong payee"), RC_OK);
	b = get(w, id, total, &n);
	assert_int_equal(b.state, BATCH_SENT_BACK);
	assert_int_equal(b.checker, w->eve.id);
	assert_string_equal(b.reason, "line 1: wrong payee");
	assert_true(queued(w, BATCHES_BACK, &w->max, id));
	/* Unchanged or not, it needs a new signature. */
	assert_int_equal(submit(w, id, &by), RC_REQUEST_OTHER);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, again), RC_OK);
	assert_memory_not_equal(digest, again, DIGEST_BYTES);
	by = typed(w, &w->max, again);
	assert_int_equal(submit(w, id, &by), RC_OK);
	assert_string_equal(get(w, id, total, &n).reason, "");
}

static enum rc
post(struct world *w, uint64_t batch, const struct code_use *by, uint64_t *failed)
{
	struct audit_event ev = bank_event(AUDIT_BATCH_POST, w->now);

	return w->s->batch.ops->post(&w->s->batch, batch, by, &ev, failed);
}

static int64_t
balance(struct world *w, const struct bank_person *p)
{
	struct account a;

	assert_int_equal(w->s->ledger.ops->account_by_number(&w->s->ledger, p->account, &a), RC_OK);
	return a.balance;
}

/* A batch of n lines of one euro and up, submitted; its digest. */
static uint64_t
submitted(struct world *w, size_t n, int64_t last, uint8_t digest[DIGEST_BYTES])
{
	uint64_t id = open_batch(w, BATCH_DRAFT);
	struct code_use by;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(put(w, id, &w->max, line(w, 1000 * (i + 1), i + 1 == n ? last : 100, "line")), RC_OK);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, digest), RC_OK);
	by = typed(w, &w->max, digest);
	assert_int_equal(submit(w, id, &by), RC_OK);
	return id;
}

static void
a_batch_is_posted_whole_by_another_person(void **state)
{
	struct world *w = *state;
	struct batch_total total[BATCH_CURRENCIES_MAX];
	uint8_t digest[DIGEST_BYTES];
	uint64_t failed = 0, id = submitted(w, 3, 50, digest);
	int64_t ann = balance(w, &w->ann), bob = balance(w, &w->bob);
	struct code_use by = typed(w, &w->eve, digest), own = typed(w, &w->max, digest);
	size_t n;

	assert_int_equal(post(w, id, &by, &failed), RC_PROOF_MISSING);	/* no face yet */
	assert_int_equal(failed, 0);
	bank_face(w->s, w->now, &w->max, digest);
	assert_int_equal(post(w, id, &own, &failed), RC_DENIED);	/* the maker */
	bank_face(w->s, w->now, &w->bob, digest);
	own = typed(w, &w->bob, digest);
	assert_int_equal(post(w, id, &own, &failed), RC_DENIED);	/* no checker */
	assert_int_equal(balance(w, &w->ann), ann);
	by = typed(w, &w->eve, digest);
	bank_face(w->s, w->now, &w->eve, digest);
	assert_int_equal(post(w, id, &by, &failed), RC_OK);
	assert_int_equal(balance(w, &w->ann), ann - 250);
	assert_int_equal(balance(w, &w->bob), bob + 250);
	assert_int_equal(post(w, id, &by, &failed), RC_OK);		/* the answer was lost */
	assert_int_equal(balance(w, &w->ann), ann - 250);
	assert_int_equal(get(w, id, total, &n).state, BATCH_POSTED);
	assert_true(queued(w, BATCHES_POSTED, &w->max, id));
	assert_true(queued(w, BATCHES_POSTED, &w->eve, id));
	assert_false(queued(w, BATCHES_POSTED, &w->bob, id));
	assert_int_equal(back(w, id, &w->eve, "too late"), RC_EARLY);
}

static void
one_bad_line_and_nothing_moves(void **state)
{
	struct world *w = *state;
	uint8_t digest[DIGEST_BYTES];
	uint64_t failed = 0, id = submitted(w, 3, 900000000, digest);
	int64_t ann = balance(w, &w->ann), bob = balance(w, &w->bob);
	struct code_use by = typed(w, &w->eve, digest);

	bank_face(w->s, w->now, &w->eve, digest);
	assert_int_equal(post(w, id, &by, &failed), RC_FUNDS);
	assert_int_equal(failed, 3000);
	assert_int_equal(balance(w, &w->ann), ann);
	assert_int_equal(balance(w, &w->bob), bob);
	assert_true(queued(w, BATCHES_TO_CHECK, &w->eve, id));
	/* Nothing was spent: with the money there, the same proofs post it. */
	bank_deposit(w->s, w->now, &w->ann, 900000000);
	by.now_ms = w->now;
	assert_int_equal(post(w, id, &by, &failed), RC_OK);
	assert_int_equal(balance(w, &w->bob), bob + 900000200);
}

static void
a_checker_does_not_check_their_own_money(void **state)
{
	struct world *w = *state;
	uint64_t failed = 0, id = open_batch(w, BATCH_DRAFT);
	struct batch_line l = line(w, 1000, 100, "to the checker");
	uint8_t digest[DIGEST_BYTES];
	struct code_use by;

	memcpy(l.payee, w->eve.account, sizeof l.payee);
	assert_int_equal(put(w, id, &w->max, l), RC_OK);
	assert_int_equal(w->s->batch.ops->digest(&w->s->batch, id, w->max.id, digest), RC_OK);
	by = typed(w, &w->max, digest);
	assert_int_equal(submit(w, id, &by), RC_OK);
	by = typed(w, &w->eve, digest);
	bank_face(w->s, w->now, &w->eve, digest);
	assert_int_equal(post(w, id, &by, &failed), RC_DENIED);
	assert_int_equal(failed, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_draft_keeps_every_line_that_was_saved),
		cmocka_unit_test(nobody_else_changes_a_batch),
		cmocka_unit_test(an_import_is_in_no_queue_until_it_is_whole),
		cmocka_unit_test(an_import_that_was_given_up_goes_with_the_next),
		cmocka_unit_test(an_import_is_taken_back_before_it_is_whole),
		cmocka_unit_test(a_batch_holds_only_so_many_lines),
		cmocka_unit_test(the_signature_covers_every_line),
		cmocka_unit_test(a_batch_is_posted_whole_by_another_person),
		cmocka_unit_test(one_bad_line_and_nothing_moves),
		cmocka_unit_test(a_checker_does_not_check_their_own_money),
		cmocka_unit_test(another_person_sends_it_back_with_a_reason),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
