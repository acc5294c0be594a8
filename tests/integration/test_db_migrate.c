/*
 * test_db_migrate.c - schema files against a real MariaDB: each once, a
 * changed one refused, an unfinished one run again; and what each user may do.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "tests/integration/bank.h"
#include "tests/integration/private_db.h"

#define T0 1800000000000LL
#define ER_NO_TABLE_RIGHT  1142u
#define ER_CHECK           4025u	/* MariaDB: a CHECK constraint failed */

static struct migrate_options
options(struct private_db *p, char password[128])
{
	return (struct migrate_options){ .store = private_db_options(p, "countersign_admin", password),
	    .server_user = "countersign", .auditor_user = "countersign_auditor", .users_host = "localhost" };
}

static void
each_file_is_applied_once_and_never_changed(void **state)
{
	struct private_db *db = private_db_start(false);
	char password[128], err[512] = "";
	struct migrate_options o = options(db, password);
	struct store_options so;
	char server_password[128];
	struct migration list[64];
	struct stores *s = NULL;
	size_t n, applied;

	(void)state;
	so = private_db_options(db, "countersign", server_password);
	so.lane = "test/early";
	assert_int_equal(stores_open(&so, &s, err, sizeof err), RC_STORE);	/* no right to the database at all yet */
	assert_int_equal(migrate_status(&o, list, 64, &n, err, sizeof err), RC_OK);
	assert_int_equal(n, schema_files_n);
	for (size_t k = 0; k < n; k++)
		assert_int_equal(list[k].state, MIGRATION_MISSING);
	assert_int_equal(migrate_run(&o, &applied, err, sizeof err), RC_OK);
	assert_int_equal(applied, schema_files_n);
	assert_int_equal(migrate_run(&o, &applied, err, sizeof err), RC_OK);
	assert_int_equal(applied, 0);
	assert_int_equal(migrate_status(&o, list, 64, &n, err, sizeof err), RC_OK);
	for (size_t k = 0; k < n; k++)
		assert_int_equal(list[k].state, MIGRATION_DONE);
	assert_int_equal(stores_open(&so, &s, err, sizeof err), RC_OK);
	stores_close(s);

	/* begun and not finished: run again */
	assert_int_equal(private_db_sql(db, "root", "UPDATE schema_migration SET done = 0 WHERE version = 2"), 0);
	assert_int_equal(migrate_status(&o, list, 64, &n, err, sizeof err), RC_OK);
	assert_int_equal(list[1].state, MIGRATION_BEGUN);
	assert_int_equal(migrate_run(&o, &applied, err, sizeof err), RC_OK);
	assert_int_equal(applied, 1);

	/* applied with another text: refused */
	assert_int_equal(private_db_sql(db, "root", "UPDATE schema_migration SET hash = REPEAT('x', 32) WHERE version = 2"), 0);
	assert_int_equal(migrate_run(&o, &applied, err, sizeof err), RC_VERSION);
	assert_non_null(strstr(err, schema_files[1].name));

	/* a newer database than the program: refused by both */
	assert_int_equal(private_db_sql(db, "root", "INSERT INTO schema_migration VALUES (99, '0099_later.sql', REPEAT('x', 32), 1, 0)"), 0);
	assert_int_equal(migrate_run(&o, &applied, err, sizeof err), RC_VERSION);
	assert_int_equal(stores_open(&so, &s, err, sizeof err), RC_VERSION);
	assert_non_null(strstr(err, "newer program"));
	private_db_stop(db);
}

/* The widening of 0004 in a bank that is open already: who was enrolled before stays enrolled, byte by byte. */
static void
a_wider_template_column_keeps_the_faces(void **state)
{
	struct private_db *db = private_db_start(true);
	struct stores *s = private_db_open(db, "countersign", "test/faces");
	char password[128], err[512] = "";
	struct migrate_options o = options(db, password);
	struct face_template before = { 0 }, after = { 0 };
	struct bank_person p;
	size_t applied = 0;

	(void)state;
	bank_customer(s, T0, &p);
	assert_int_equal(private_db_sql(db, "root", "ALTER TABLE face_template MODIFY sealed VARBINARY(2088) NOT NULL"), 0);
	assert_int_equal(private_db_sql(db, "root", "DELETE FROM schema_migration WHERE version >= 4"), 0);
	assert_int_equal(s->person.ops->template_get(&s->person, p.id, &before), RC_OK);
	stores_close(s);
	assert_int_equal(migrate_run(&o, &applied, err, sizeof err), RC_OK);
	assert_int_equal(applied, schema_files_n - 3);
	assert_int_equal(private_db_number(db, "SELECT CHARACTER_MAXIMUM_LENGTH FROM information_schema.COLUMNS WHERE "
	    "TABLE_SCHEMA = 'countersign' AND TABLE_NAME = 'face_template' AND COLUMN_NAME = 'sealed'"), SEALED_TEMPLATE_MAX);
	assert_int_equal(private_db_number(db, "SELECT COUNT(*) FROM face_template"), 1);
	s = private_db_open(db, "countersign", "test/faces");
	assert_int_equal(s->person.ops->template_get(&s->person, p.id, &after), RC_OK);
	assert_int_equal(after.sealed_n, before.sealed_n);
	assert_true(after.sealed_n > 0);
	assert_memory_equal(after.sealed, before.sealed, before.sealed_n);
	assert_string_equal(after.embedder, before.embedder);
	assert_int_equal(after.embedder_version, before.embedder_version);
	assert_int_equal(after.dim, before.dim);
	stores_close(s);
	private_db_stop(db);
}

static void
nobody_but_the_owner_changes_what_is_written(void **state)
{
	static const struct { const char *user, *sql; unsigned want; } t[] = {
		{ "countersign", "UPDATE audit_record SET outcome = 0", ER_NO_TABLE_RIGHT },
		{ "countersign", "DELETE FROM audit_record", ER_NO_TABLE_RIGHT },
		{ "countersign", "UPDATE journal SET amount = 1", ER_NO_TABLE_RIGHT },
		{ "countersign", "DELETE FROM journal", ER_NO_TABLE_RIGHT },
		{ "countersign", "UPDATE posting SET amount = 1", ER_NO_TABLE_RIGHT },
		{ "countersign", "DELETE FROM posting", ER_NO_TABLE_RIGHT },
		{ "countersign", "UPDATE intent SET amount = 1", ER_NO_TABLE_RIGHT },
		{ "countersign", "DELETE FROM audit_lane", ER_NO_TABLE_RIGHT },
		{ "countersign", "DELETE FROM account", ER_NO_TABLE_RIGHT },
		{ "countersign", "DROP TABLE audit_record", ER_NO_TABLE_RIGHT },
		{ "countersign", "TRUNCATE TABLE audit_record", ER_NO_TABLE_RIGHT },
		{ "countersign", "UPDATE schema_migration SET done = 0", ER_NO_TABLE_RIGHT },
		{ "countersign", "SELECT * FROM mysql.user", ER_NO_TABLE_RIGHT },
		{ "countersign", "UPDATE account SET balance = -1 WHERE kind = 1", ER_CHECK },
		{ "countersign_auditor", "SELECT COUNT(*) FROM audit_record", 0 },
		{ "countersign_auditor", "SELECT COUNT(*) FROM audit_lane", 0 },
		{ "countersign_auditor", "SELECT COUNT(*) FROM person", ER_NO_TABLE_RIGHT },
		{ "countersign_auditor", "SELECT COUNT(*) FROM account", ER_NO_TABLE_RIGHT },
		{ "countersign_auditor", "UPDATE audit_lane SET seq = 0", ER_NO_TABLE_RIGHT },
		{ "countersign_auditor", "INSERT INTO audit_lane (name, seq, hash) VALUES ('x', 0, REPEAT('x', 32))", ER_NO_TABLE_RIGHT },
	};
	struct private_db *db = private_db_start(true);
	struct stores *s = private_db_open(db, "countersign", "test/grants");
	struct audit_event ev = bank_event(AUDIT_SERVER_START, T0);
	struct bank_person p;

	(void)state;
	bank_customer(s, T0, &p);
	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		unsigned got = private_db_sql(db, t[k].user, t[k].sql);

		if (got != t[k].want)
			print_message("%s: %s: error %u\n", t[k].user, t[k].sql, got);
		assert_int_equal(got, t[k].want);
	}
	stores_close(s);
	/* a bundle without a lane reads, and refuses to write */
	s = private_db_open(db, "countersign_auditor", NULL);
	assert_int_equal(s->audit.ops->append(&s->audit, &ev), RC_BUG);
	stores_close(s);
	private_db_stop(db);
}

static void
only_the_owner_can_open_the_folder(void **state)
{
	static const struct { const char *name; mode_t forbidden; } t[] = {
		{ "db/root.password", 077 }, { "db/admin.password", 077 }, { "db/server.password", 077 },
		{ "db/auditor.password", 077 }, { "db/data", 077 }, { "db/tmp", 077 }, { "db", 066 }, { "log", 077 },
	};
	struct private_db *db = private_db_start(false);
	struct stat st;
	char path[192];

	(void)state;
	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		snprintf(path, sizeof path, "%s/%s", db->dir, t[k].name);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & t[k].forbidden, 0);
	}
	snprintf(path, sizeof path, "%s/db/tmp/init.sql", db->dir);
	assert_int_not_equal(stat(path, &st), 0);
	private_db_stop(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_is_applied_once_and_never_changed),
		cmocka_unit_test(a_wider_template_column_keeps_the_faces),
		cmocka_unit_test(nobody_but_the_owner_changes_what_is_written),
		cmocka_unit_test(only_the_owner_can_open_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
