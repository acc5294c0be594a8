/*
 * test_audit_verify.c - everything a holder of the database could do to the
 * trail, and the finding it leads to.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "db/audit_verify.h"
#include "db/seal_file.h"
#include "tests/unit/fake_audit.h"

struct world {
	struct fake_audit *f;
	char dir[64], path[96];
	uint8_t pub[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	struct audit_report report;
	unsigned seen[AUDIT_FAULT_SEAL + 1];
	uint64_t first_at;
};

static void
seal(struct world *w)
{
	struct seal_writer *sw;
	char err[256] = "";

	assert_int_equal(seal_writer_open(w->path, w->secret, &sw, err, sizeof err), RC_OK);
	assert_int_equal(seal_writer_append(sw, 1800000009000LL, w->f->head, w->f->lanes), RC_OK);
	seal_writer_close(sw);
}

/* Lanes of 600 (more than a page), 12 and 0 records; sealed at 300/6/0 and at the end. */
static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	w->f = fake_audit_new(300, 6, 0);
	snprintf(w->dir, sizeof w->dir, "/tmp/countersign-verify.XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	snprintf(w->path, sizeof w->path, "%s/seals.log", w->dir);
	sign_keypair(w->pub, w->secret);
	seal(w);
	for (int i = 0; i < 300; i++)
		fake_audit_append(w->f, 0);
	for (int i = 0; i < 6; i++)
		fake_audit_append(w->f, 1);
	seal(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	unlink(w->path);
	rmdir(w->dir);
	free(w->f);
	free(w);
	return 0;
}

static void
note(void *ctx, const struct audit_finding *f)
{
	struct world *w = ctx;

	if (w->first_at == 0)
		w->first_at = f->at;
	w->seen[f->fault]++;
	assert_true(strlen(f->text) > 10);
}

static enum rc
verify(struct world *w)
{
	FILE *f = fopen(w->path, "r");
	enum rc r;

	assert_non_null(f);
	memset(w->seen, 0, sizeof w->seen);
	w->first_at = 0;
	r = audit_verify(&w->f->store, f, w->pub, &w->report, &(struct audit_watch){ .found = note, .ctx = w });
	fclose(f);
	return r;
}

static void
a_whole_trail_is_whole(void **state)
{
	struct world *w = *state;

	assert_int_equal(verify(w), RC_OK);
	assert_int_equal(w->report.records, 612);
	assert_int_equal(w->report.seals, 2);
	assert_int_equal(w->report.lanes_n, 3);
	assert_int_equal(w->report.unsealed, 0);
	assert_int_equal(w->report.last_seal_ms, 1800000009000LL);
}

static void
the_tail_not_sealed_yet_is_named(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 5; i++)
		fake_audit_append(w->f, 0);
	fake_audit_append(w->f, 2);
	assert_int_equal(verify(w), RC_OK);
	assert_int_equal(w->report.unsealed, 6);
	assert_int_equal(w->report.lanes[0].unsealed, 5);
	assert_int_equal(w->report.lanes[0].sealed_seq, 600);
	assert_int_equal(w->report.lanes[2].unsealed, 1);
}

static void
a_changed_record_is_found(void **state)
{
	struct world *w = *state;

	w->f->rec[0][255].event.outcome = RC_FUNDS;	/* the last of a page */
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_CONTENT], 1);
	assert_int_equal(w->first_at, 256);
	assert_int_equal(w->report.findings, 1);
}

static void
a_record_changed_with_its_hash_is_found(void **state)
{
	struct world *w = *state;

	w->f->rec[1][3].event.person = 99;
	audit_record_hash(&w->f->rec[1][3], w->f->rec[1][3].hash);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_CHAIN], 1);
	assert_int_equal(w->first_at, 5);
}

static void
a_deleted_record_is_found(void **state)
{
	struct world *w = *state;

	fake_audit_take_out(w->f, 0, 100);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_GAP], 1);
	assert_int_equal(w->first_at, 101);
}

static void
the_first_record_deleted_is_found(void **state)
{
	struct world *w = *state;

	fake_audit_take_out(w->f, 1, 0);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_GAP], 1);
	assert_int_equal(w->first_at, 1);
}

static void
a_record_put_in_is_found(void **state)
{
	struct world *w = *state;
	struct audit_record *r = &w->f->rec[1][0];

	/* in the middle: all later ones get the next number, their hashes are left */
	memmove(&r[5], &r[4], 8 * sizeof *r);
	w->f->n[1]++;
	for (size_t i = 4; i < w->f->n[1]; i++)
		r[i].seq = i + 1;
	r[4].event.person = 99;
	audit_record_hash(&r[4], r[4].hash);	/* fits its place, but the next one followed another */
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_CHAIN], 1);
	assert_true(w->seen[AUDIT_FAULT_CONTENT] > 0);
	assert_int_equal(w->first_at, 6);
}

static void
a_record_put_behind_the_head_is_found(void **state)
{
	struct world *w = *state;
	struct audit_head head = w->f->head[1];

	fake_audit_append(w->f, 1);
	w->f->head[1] = head;
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_HEAD], 1);
	assert_int_equal(w->first_at, 13);
}

static void
exchanged_records_are_found(void **state)
{
	struct world *w = *state;
	struct audit_event swap = w->f->rec[1][2].event;

	w->f->rec[1][2].event = w->f->rec[1][3].event;
	w->f->rec[1][3].event = swap;
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_CONTENT], 2);
}

static void
a_cut_tail_is_found(void **state)
{
	struct world *w = *state;

	w->f->n[0] -= 3;
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_HEAD], 1);
	assert_int_equal(w->seen[AUDIT_FAULT_CUT], 1);
}

static void
a_cut_tail_with_the_head_set_back_is_found(void **state)
{
	struct world *w = *state;

	w->f->n[0] -= 3;
	fake_audit_recompute(w->f, 0, w->f->n[0]);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_HEAD], 0);
	assert_int_equal(w->seen[AUDIT_FAULT_CUT], 1);
	assert_int_equal(w->report.findings, 1);
}

static void
all_records_of_a_lane_cut_is_found(void **state)
{
	struct world *w = *state;

	w->f->n[1] = 0;
	fake_audit_recompute(w->f, 1, 0);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_CUT], 1);
}

static void
a_chain_computed_anew_is_found(void **state)
{
	struct world *w = *state;

	w->f->rec[0][50].event.person = 99;
	fake_audit_recompute(w->f, 0, 50);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_SEALED], 1);
	assert_int_equal(w->first_at, 300);	/* the first seal after the change */
	assert_int_equal(w->report.findings, 1);
}

static void
a_deleted_or_renamed_lane_is_found(void **state)
{
	struct world *w = *state;

	snprintf(w->f->head[1].name, LANE_NAME_BYTES, "node1/other");
	fake_audit_recompute(w->f, 1, 0);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_LANE], 1);
	w->f->lanes = 1;
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_LANE], 2);	/* lanes 20 and 30: empty ones are registered too */
}

static void
a_changed_seal_file_is_found(void **state)
{
	struct world *w = *state;
	uint8_t pub[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];

	sign_keypair(pub, secret);
	memcpy(w->pub, pub, sizeof pub);
	assert_int_equal(verify(w), RC_AUDIT_BROKEN);
	assert_int_equal(w->seen[AUDIT_FAULT_SEAL], 2);
	assert_int_equal(w->report.seals, 0);
	assert_int_equal(w->report.unsealed, 612);
}

static enum rc
no_heads(struct audit_store *s, struct audit_head *dst, size_t max, size_t *n)
{
	(void)s;
	(void)dst;
	(void)max;
	(void)n;
	return RC_STORE;
}

static void
an_unreachable_store_is_no_verdict(void **state)
{
	static const struct audit_store_ops down = { .heads = no_heads };
	struct world *w = *state;

	w->f->store.ops = &down;
	assert_int_equal(verify(w), RC_STORE);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_whole_trail_is_whole),
		TEST(the_tail_not_sealed_yet_is_named),
		TEST(a_changed_record_is_found),
		TEST(a_record_changed_with_its_hash_is_found),
		TEST(a_deleted_record_is_found),
		TEST(the_first_record_deleted_is_found),
		TEST(a_record_put_in_is_found),
		TEST(a_record_put_behind_the_head_is_found),
		TEST(exchanged_records_are_found),
		TEST(a_cut_tail_is_found),
		TEST(a_cut_tail_with_the_head_set_back_is_found),
		TEST(all_records_of_a_lane_cut_is_found),
		TEST(a_chain_computed_anew_is_found),
		TEST(a_deleted_or_renamed_lane_is_found),
		TEST(a_changed_seal_file_is_found),
		TEST(an_unreachable_store_is_no_verdict),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
