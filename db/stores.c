/*
 * stores.c - one bundle of seams over one MySQL connection.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "db/migrate.h"
#include "db/mysql_store.h"

/* A database that nobody migrated yet: the table of versions is missing, or this user may not see it. */
#define ER_NO_TABLE 1146u
#define ER_NO_RIGHT 1142u

static enum rc
version_step(struct db *d, void *arg)
{
	return db_row(d, "SELECT COALESCE(MAX(version), 0) FROM schema_migration WHERE done = 1", DB_NO_IN, DB_OUT(db_out_u64(arg)));
}

/* The schema has to be exactly the one that is part of this program. */
static enum rc
check_version(struct db *d, char *err, size_t err_n)
{
	uint64_t version = 0;
	enum rc r = db_run(d, DB_REPEAT, version_step, &version);

	if (r == RC_OK && version == schema_files_n)
		return RC_OK;
	if (r != RC_OK && db_last_errno(d) != ER_NO_TABLE && db_last_errno(d) != ER_NO_RIGHT) {
		snprintf(err, err_n, "cannot read the version of the database: %s", db_last_error(d));
		return r;
	}
	if (version > schema_files_n)
		snprintf(err, err_n, "the database has schema version %llu, this program knows %zu; use the newer program",
		    (unsigned long long)version, schema_files_n);
	else
		snprintf(err, err_n, "the database has schema version %llu, this program needs %zu; run: countersign-admin db migrate",
		    (unsigned long long)version, schema_files_n);
	return RC_VERSION;
}

enum rc
stores_open(const struct store_options *o, struct stores **out, char *err, size_t err_n)
{
	struct stores *s;
	struct db *d = NULL;
	enum rc r;

	if ((s = calloc(1, sizeof *s)) == NULL) {
		snprintf(err, err_n, "out of memory");
		return RC_NOMEM;
	}
	if ((r = db_open(o, &d, err, err_n)) != RC_OK || (r = check_version(d, err, err_n)) != RC_OK)
		goto fail;
	if ((r = audit_lane_open(d)) != RC_OK) {
		snprintf(err, err_n, "cannot open the audit lane %s: %s", o->lane, db_last_error(d));
		goto fail;
	}
	s->ctx = d;
	s->person = (struct person_store){ .ops = &mysql_person_ops, .ctx = d };
	s->session = (struct session_store){ .ops = &mysql_session_ops, .ctx = d };
	s->terminal = (struct terminal_store){ .ops = &mysql_terminal_ops, .ctx = d };
	s->code = (struct code_store){ .ops = &mysql_code_ops, .ctx = d };
	s->capture = (struct capture_store){ .ops = &mysql_capture_ops, .ctx = d };
	s->ledger = (struct ledger_store){ .ops = &mysql_ledger_ops, .ctx = d };
	s->outbox = (struct outbox_store){ .ops = &mysql_outbox_ops, .ctx = d };
	s->staff = (struct staff_store){ .ops = &mysql_staff_ops, .ctx = d };
	s->role = (struct role_store){ .ops = &mysql_role_ops, .ctx = d };
	s->exception = (struct exception_store){ .ops = &mysql_exception_ops, .ctx = d };
	s->batch = (struct batch_store){ .ops = &mysql_batch_ops, .ctx = d };
	s->hold = (struct hold_store){ .ops = &mysql_hold_ops, .ctx = d };
	s->evidence = (struct evidence_store){ .ops = &mysql_evidence_ops, .ctx = d };
	s->audit = (struct audit_store){ .ops = &mysql_audit_ops, .ctx = d };
	*out = s;
	return RC_OK;
fail:
	db_close(d);
	free(s);
	return r;
}

void
stores_close(struct stores *s)
{
	if (s == NULL)
		return;
	db_close(s->ctx);
	free(s);
}
