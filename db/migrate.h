/*
 * migrate.h - brings the schema to the version of this program.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The files of db/schema are part of the program. Each is applied once, in
 * order, and recorded with its hash; a file that was applied with another text
 * is refused. Run with the user that owns the schema (countersign_admin).
 * A file that was begun and not finished is run again from its start.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/store.h"

struct schema_file {
	const char *name;		/* "0001_people.sql" */
	const uint8_t *text;
	size_t n;
};
extern const struct schema_file schema_files[];	/* in order; made by db/embed.cmake */
extern const size_t schema_files_n;
extern const struct schema_file schema_grants;

enum migration_state { MIGRATION_MISSING, MIGRATION_BEGUN, MIGRATION_DONE, MIGRATION_CHANGED };

struct migration {
	uint64_t version;
	char     name[64];
	enum migration_state state;
	int64_t  applied_ms;
};

struct migrate_options {
	struct store_options store;	/* user: the owner of the schema; lane is ignored */
	const char *server_user, *auditor_user;	/* get their grants; NULL: none */
	const char *users_host;		/* "localhost" for a socket */
};

/* What is applied and what is missing. max ≥ schema_files_n. A database of a newer program: RC_VERSION. */
enum rc migrate_status(const struct migrate_options *o, struct migration *dst, size_t max, size_t *n, char *err, size_t err_n) MUST_CHECK;
/* Applies what is missing, then the grants. *applied: how many files were. */
enum rc migrate_run(const struct migrate_options *o, size_t *applied, char *err, size_t err_n) MUST_CHECK;

#endif
