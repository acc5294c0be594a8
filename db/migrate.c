/*
 * migrate.c - the schema brought up to date, file after file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrate.h"
#include "db/mysql_conn.h"

#define STATEMENT_MAX 16384u
#define LOCK_NAME "countersign migrate"

static const char *const create_table =
	"CREATE TABLE IF NOT EXISTS schema_migration ("
	" version BIGINT UNSIGNED NOT NULL PRIMARY KEY, name VARCHAR(63) NOT NULL, hash BINARY(32) NOT NULL,"
	" done TINYINT UNSIGNED NOT NULL, applied_ms BIGINT NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

struct task {
	const struct migrate_options *o;
	struct migration *list;
	size_t max, n, applied;
	char *err;
	size_t err_n;
	/* the row being read, the file being applied */
	struct migration row;
	uint64_t done;
	uint8_t hash[DIGEST_BYTES];
	const struct schema_file *file;
	uint64_t version;
	const char *statement;
	size_t statement_n;
};

/* ---- what is applied ---- */

static enum rc
status_each(void *arg)
{
	struct task *t = arg;
	uint8_t want[DIGEST_BYTES];
	struct migration *m;

	if (t->row.version == 0 || t->row.version > t->n) {
		snprintf(t->err, t->err_n, "the database has schema file %s, which this program does not know; use the newer program",
		    t->row.name);
		return RC_VERSION;
	}
	m = &t->list[t->row.version - 1];
	hash_plain(schema_files[t->row.version - 1].text, schema_files[t->row.version - 1].n, want);
	m->applied_ms = t->row.applied_ms;
	if (t->done == 0)
		m->state = MIGRATION_BEGUN;
	else
		m->state = memcmp(want, t->hash, DIGEST_BYTES) == 0 ? MIGRATION_DONE : MIGRATION_CHANGED;
	return RC_OK;
}

static enum rc
status_step(struct db *d, void *arg)
{
	struct task *t = arg;
	enum rc r;

	t->n = schema_files_n;
	for (size_t i = 0; i < t->n; i++) {
		t->list[i] = (struct migration){ .version = i + 1, .state = MIGRATION_MISSING };
		snprintf(t->list[i].name, sizeof t->list[i].name, "%s", schema_files[i].name);
	}
	if ((r = db_text(d, create_table, strlen(create_table))) != RC_OK)
		return r;
	return db_rows(d, "SELECT version, name, hash, done, applied_ms FROM schema_migration ORDER BY version", DB_NO_IN,
	    DB_OUT(db_out_u64(&t->row.version), db_out_text(t->row.name, sizeof t->row.name), db_out_bytes(t->hash, DIGEST_BYTES),
	    db_out_u64(&t->done), db_out_i64(&t->row.applied_ms)), status_each, t);
}

/* ---- applying ---- */

static enum rc
text_step(struct db *d, void *arg)
{
	const struct task *t = arg;

	return db_text(d, t->statement, t->statement_n);
}

static enum rc
run_text(struct db *d, struct task *t, const char *text, size_t n)
{
	t->statement = text;
	t->statement_n = n;
	return db_run(d, DB_REPEAT, text_step, t);
}

/* Statements end with ';' at the end of a line; lines that start with "--" are comments. */
static enum rc
run_statements(struct db *d, struct task *t, const char *text)
{
	char statement[STATEMENT_MAX];
	size_t n = 0;
	enum rc r;

	for (const char *line = text, *end; *line != '\0'; line = *end == '\0' ? end : end + 1) {
		size_t len = (size_t)((end = strchrnul(line, '\n')) - line);

		if (len == 0 || strncmp(line, "--", 2) == 0)
			continue;
		if (n + len + 2 > sizeof statement)
			return RC_TOO_BIG;
		memcpy(statement + n, line, len);
		n += len;
		statement[n++] = '\n';
		if (line[len - 1] != ';')
			continue;
		statement[n - 2] = '\0';	/* the server wants no ';' */
		if ((r = run_text(d, t, statement, n - 2)) != RC_OK)
			return r;
		n = 0;
	}
	return n == 0 ? RC_OK : RC_MALFORMED;
}

static enum rc
begin_step(struct db *d, void *arg)
{
	struct task *t = arg;
	uint8_t hash[DIGEST_BYTES];

	hash_plain(t->file->text, t->file->n, hash);
	return db_exec(d, "INSERT INTO schema_migration (version, name, hash, done, applied_ms) VALUES (?, ?, ?, 0, ?)"
	    " ON DUPLICATE KEY UPDATE hash = VALUES(hash)",
	    DB_IN(db_in_u64(t->version), db_in_text(t->file->name), db_in_bytes(hash, DIGEST_BYTES), db_in_i64(db_now_ms(d))), NULL);
}

static enum rc
done_step(struct db *d, void *arg)
{
	struct task *t = arg;

	return db_exec(d, "UPDATE schema_migration SET done = 1, applied_ms = ? WHERE version = ?",
	    DB_IN(db_in_i64(db_now_ms(d)), db_in_u64(t->version)), NULL);
}

static enum rc
apply_file(struct db *d, struct task *t)
{
	char *text;
	enum rc r;

	if ((text = strndup((const char *)t->file->text, t->file->n)) == NULL)
		return RC_NOMEM;
	if ((r = db_run(d, DB_REPEAT, begin_step, t)) == RC_OK &&
	    (r = run_statements(d, t, text)) == RC_OK)
		r = db_run(d, DB_REPEAT, done_step, t);
	free(text);
	if (r != RC_OK)
		snprintf(t->err, t->err_n, "schema file %s failed: %s", t->file->name, db_last_error(d));
	return r;
}

static enum rc
apply_missing(struct db *d, struct task *t)
{
	enum rc r;

	for (size_t i = 0; i < t->n; i++) {
		if (t->list[i].state == MIGRATION_DONE)
			continue;
		if (t->list[i].state == MIGRATION_CHANGED) {
			snprintf(t->err, t->err_n, "schema file %s was applied with another text; applied files are never changed, "
			    "put a change into a new file", t->list[i].name);
			return RC_VERSION;
		}
		t->file = &schema_files[i];
		t->version = i + 1;
		if ((r = apply_file(d, t)) != RC_OK)
			return r;
		t->applied++;
	}
	return RC_OK;
}

/* ---- grants ---- */

/* User and host go into a statement as text, so they are held to plain characters. */
static bool
is_plain(const char *s)
{
	return s[0] != '\0' && strlen(s) < 64 &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.%-") == strlen(s);
}

static enum rc
run_grants(struct db *d, struct task *t, const char *mark, const char *user)
{
	const char *text = (const char *)schema_grants.text, *end = text + schema_grants.n;
	char line[512], statement[640];
	enum rc r;

	if (user == NULL)
		return RC_OK;
	if (!is_plain(user) || !is_plain(t->o->users_host)) {
		snprintf(t->err, t->err_n, "database user %s@%s: only letters, digits and _ . - are possible", user, t->o->users_host);
		return RC_INVALID;
	}
	for (const char *nl; text < end; text = nl + 1) {
		size_t len = (size_t)((nl = memchr(text, '\n', (size_t)(end - text))) != NULL ? nl - text : end - text);
		char *at;

		if (nl == NULL)
			nl = end;
		if (len == 0 || len >= sizeof line || text[0] == '-')
			continue;
		memcpy(line, text, len);
		line[len] = '\0';
		if ((at = strstr(line, mark)) == NULL)
			continue;
		*at = '\0';
		snprintf(statement, sizeof statement, "%s'%s'@'%s'", line, user, t->o->users_host);
		if ((r = run_text(d, t, statement, strlen(statement))) != RC_OK) {
			snprintf(t->err, t->err_n, "cannot give user %s its rights: %s", user, db_last_error(d));
			return r;
		}
	}
	return RC_OK;
}

/* ---- lock, open ---- */

static enum rc
lock_step(struct db *d, void *arg)
{
	uint64_t *got = arg;

	return db_row(d, "SELECT COALESCE(GET_LOCK('" LOCK_NAME "', 20), 0)", DB_NO_IN, DB_OUT(db_out_u64(got)));
}

static enum rc
open_owner(const struct migrate_options *o, struct db **d, char *err, size_t err_n)
{
	struct store_options so = o->store;

	so.lane = NULL;
	if (so.timeout_ms < 30000)
		so.timeout_ms = 30000;	/* a change of a large table takes its time */
	return db_open(&so, d, err, err_n);
}

enum rc
migrate_status(const struct migrate_options *o, struct migration *dst, size_t max, size_t *n, char *err, size_t err_n)
{
	struct task t = { .o = o, .list = dst, .max = max, .err = err, .err_n = err_n };
	struct db *d = NULL;
	enum rc r;

	if (max < schema_files_n)
		return RC_TOO_BIG;
	if ((r = open_owner(o, &d, err, err_n)) != RC_OK)
		return r;
	if ((r = db_run(d, DB_REPEAT, status_step, &t)) == RC_OK)
		*n = t.n;
	else if (r != RC_VERSION)
		snprintf(err, err_n, "cannot read the table of applied schema files: %s", db_last_error(d));
	db_close(d);
	return r;
}

enum rc
migrate_run(const struct migrate_options *o, size_t *applied, char *err, size_t err_n)
{
	struct task t = { .o = o, .err = err, .err_n = err_n, .max = schema_files_n };
	struct db *d = NULL;
	uint64_t locked = 0;
	enum rc r;

	if ((t.list = calloc(schema_files_n, sizeof *t.list)) == NULL)
		return RC_NOMEM;
	if ((r = open_owner(o, &d, err, err_n)) != RC_OK)
		goto out;
	if ((r = db_run(d, DB_REPEAT, lock_step, &locked)) != RC_OK || locked != 1) {
		snprintf(err, err_n, "another migration is running and does not end");
		r = r != RC_OK ? r : RC_BUSY;
		goto out;
	}
	if ((r = db_run(d, DB_REPEAT, status_step, &t)) != RC_OK) {
		if (r != RC_VERSION)
			snprintf(err, err_n, "cannot read the table of applied schema files: %s", db_last_error(d));
		goto out;
	}
	if ((r = apply_missing(d, &t)) != RC_OK ||
	    (r = run_grants(d, &t, "@SERVER@", o->server_user)) != RC_OK ||
	    (r = run_grants(d, &t, "@AUDITOR@", o->auditor_user)) != RC_OK)
		goto out;
	*applied = t.applied;
out:
	db_close(d);
	free(t.list);
	return r;
}
