/*
 * test_db_audit.c - the audit trail in a real MariaDB: chains of several
 * writers, and tampering by somebody who owns the database.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <pthread.h>
#include <cmocka.h>

#include "db/audit_verify.h"
#include "db/seal_file.h"
#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL

struct world {
	struct private_db *db;
	struct stores *s, *auditor;
	char path[128];
	uint8_t pub[SIGN_PUBLIC_BYTES], secret[SIGN_SECRET_BYTES];
	struct audit_report report;
	unsigned seen[AUDIT_FAULT_SEAL + 1];
};

static void
append(struct stores *s, int times)
{
	struct audit_event ev = bank_event(AUDIT_LOGOUT, T0);

	for (int i = 0; i < times; i++) {
		snprintf(ev.subject, sizeof ev.subject, "event %d, gr\xc3\xbc\xc3\x9f" "e", i);
		assert_int_equal(s->audit.ops->append(&s->audit, &ev), RC_OK);
	}
}

static void
seal(struct world *w)
{
	static struct audit_head heads[LANES_MAX];
	struct seal_writer *sw;
	char err[256] = "";
	size_t n;

	assert_int_equal(seal_writer_open(w->path, w->secret, &sw, err, sizeof err), RC_OK);
	assert_int_equal(w->s->audit.ops->heads(&w->s->audit, heads, LANES_MAX, &n), RC_OK);
	assert_int_equal(seal_writer_append(sw, T0, heads, n), RC_OK);
	seal_writer_close(sw);
}

static void
note(void *ctx, const struct audit_finding *f)
{
	((struct world *)ctx)->seen[f->fault]++;
}

static enum rc
verify(struct world *w)
{
	FILE *f = fopen(w->path, "r");
	enum rc r;

	assert_non_null(f);
	memset(w->seen, 0, sizeof w->seen);
	r = audit_verify(&w->auditor->audit, f, w->pub, &w->report, &(struct audit_watch){ .found = note, .ctx = w });
	fclose(f);
	return r;
}

static int
setup(void **state)
{
	static struct world w;

	w.db = private_db_start(true);
	snprintf(w.path, sizeof w.path, "%s/seals.log", w.db->dir);
	sign_keypair(w.pub, w.secret);
	w.s = private_db_open(w.db, "countersign", "test/victim");
	w.auditor = private_db_open(w.db, "countersign_auditor", NULL);
	append(w.s, 20);
	seal(&w);
	append(w.s, 20);
	seal(&w);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	stores_close(w->s);
	stores_close(w->auditor);
	private_db_stop(w->db);
	return 0;
}

/* Each case is done by root, found, and undone; in between the trail is whole again. */
static void
tampering_by_the_owner_of_the_database_is_found(void **state)
{
	static const struct {
		const char *what, *sql[4];
		enum audit_fault want;
	} t[] = {
		{ "a text changed", { "UPDATE audit_record SET detail = 'nothing happened' WHERE lane = 1 AND seq = 7" }, AUDIT_FAULT_CONTENT },
		{ "an outcome changed", { "UPDATE audit_record SET outcome = -80 WHERE lane = 1 AND seq = 20" }, AUDIT_FAULT_CONTENT },
		{ "a hash changed", { "UPDATE audit_record SET hash = REPEAT('x', 32) WHERE lane = 1 AND seq = 9" }, AUDIT_FAULT_CHAIN },
		{ "a record deleted", { "DELETE FROM audit_record WHERE lane = 1 AND seq = 12" }, AUDIT_FAULT_GAP },
		{ "the first record deleted", { "DELETE FROM audit_record WHERE lane = 1 AND seq = 1" }, AUDIT_FAULT_GAP },
		{ "a record put in", { "UPDATE audit_record SET seq = seq + 1 WHERE lane = 1 AND seq > 15 ORDER BY seq DESC",
		    "INSERT INTO audit_record SELECT lane, 16, at_ms, action, outcome, person, terminal, session, subject, detail, prev, hash"
		    " FROM audit_record WHERE lane = 1 AND seq = 15", "UPDATE audit_lane SET seq = seq + 1 WHERE id = 1" }, AUDIT_FAULT_CHAIN },
		{ "the tail cut", { "DELETE FROM audit_record WHERE lane = 1 AND seq > 37" }, AUDIT_FAULT_HEAD },
		{ "the tail cut and the head set back", { "DELETE FROM audit_record WHERE lane = 1 AND seq > 37",
		    "UPDATE audit_lane SET seq = 37, hash = (SELECT hash FROM audit_record WHERE lane = 1 AND seq = 37) WHERE id = 1" }, AUDIT_FAULT_CUT },
		{ "a record behind the head", { "INSERT INTO audit_record SELECT lane, 41, at_ms, action, outcome, person, terminal, session, subject,"
		    " detail, hash, prev FROM audit_record WHERE lane = 1 AND seq = 40" }, AUDIT_FAULT_HEAD },
		{ "the lane deleted", { "DELETE FROM audit_record WHERE lane = 1", "DELETE FROM audit_lane WHERE id = 1" }, AUDIT_FAULT_LANE },
		{ "a text too long for the programs", { "ALTER TABLE audit_record MODIFY detail TEXT NOT NULL",
		    "UPDATE audit_record SET detail = REPEAT('x', 3000) WHERE lane = 1 AND seq = 30" }, AUDIT_FAULT_CONTENT },
		{ "a name too long for the programs", { "ALTER TABLE audit_lane MODIFY name VARCHAR(400) NOT NULL",
		    "UPDATE audit_lane SET name = REPEAT('x', 300) WHERE id = 1" }, AUDIT_FAULT_LANE },
		{ "the lane renamed", { "UPDATE audit_lane SET name = 'test/other' WHERE id = 1" }, AUDIT_FAULT_LANE },
	};
	static const char *const save[] = { "CREATE TABLE saved_lane AS SELECT * FROM audit_lane", "CREATE TABLE saved_record AS SELECT * FROM audit_record" };
	static const char *const restore[] = { "DELETE FROM audit_record", "DELETE FROM audit_lane",
		"INSERT INTO audit_lane SELECT * FROM saved_lane", "INSERT INTO audit_record SELECT * FROM saved_record" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof save / sizeof save[0]; i++)
		assert_int_equal(private_db_sql(w->db, "root", save[i]), 0);
	assert_int_equal(verify(w), RC_OK);
	assert_int_equal(w->report.records, 40);
	assert_int_equal(w->report.seals, 2);
	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		print_message("case: %s\n", t[k].what);
		for (size_t i = 0; i < 4 && t[k].sql[i] != NULL; i++)
			assert_int_equal(private_db_sql(w->db, "root", t[k].sql[i]), 0);
		assert_int_equal(verify(w), RC_AUDIT_BROKEN);
		assert_true(w->seen[t[k].want] > 0);
		for (size_t i = 0; i < sizeof restore / sizeof restore[0]; i++)
			assert_int_equal(private_db_sql(w->db, "root", restore[i]), 0);
		assert_int_equal(verify(w), RC_OK);
	}
}

/* The server's own user can append only; what it could rewrite is the tail that no seal names yet. */
static void
the_unsealed_tail_is_counted(void **state)
{
	struct world *w = *state;

	append(w->s, 3);
	assert_int_equal(verify(w), RC_OK);
	assert_int_equal(w->report.unsealed, 3);
	seal(w);
	assert_int_equal(verify(w), RC_OK);
	assert_int_equal(w->report.unsealed, 0);
}

static void *
write_lane(void *arg)
{
	append(arg, 100);
	return NULL;
}

/* Two processes may have the same lane by mistake, as two admin tools do: the chain stays one chain. */
static void
two_writers_of_one_lane_make_one_chain(void **state)
{
	struct world *w = *state;
	struct stores *s[3];
	pthread_t t[3];

	for (int k = 0; k < 3; k++)
		s[k] = private_db_open(w->db, "countersign", k == 2 ? "test/alone" : "test/shared");
	for (int k = 0; k < 3; k++)
		assert_int_equal(pthread_create(&t[k], NULL, write_lane, s[k]), 0);
	for (int k = 0; k < 3; k++) {
		pthread_join(t[k], NULL);
		stores_close(s[k]);
	}
	assert_int_equal(verify(w), RC_OK);
	assert_int_equal(w->report.unsealed, 300);
	assert_int_equal(private_db_number(w->db, "SELECT seq FROM audit_lane WHERE name = 'test/shared'"), 200);
}

/* Verifying while the server writes and seals gives no false alarm. */
static void
verifying_while_records_come_in_finds_nothing(void **state)
{
	struct world *w = *state;
	struct stores *s = private_db_open(w->db, "countersign", "test/busy");
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, write_lane, s), 0);
	for (int k = 0; k < 10; k++) {
		seal(w);
		assert_int_equal(verify(w), RC_OK);
	}
	pthread_join(t, NULL);
	stores_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tampering_by_the_owner_of_the_database_is_found),
		cmocka_unit_test(the_unsealed_tail_is_counted),
		cmocka_unit_test(two_writers_of_one_lane_make_one_chain),
		cmocka_unit_test(verifying_while_records_come_in_finds_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
