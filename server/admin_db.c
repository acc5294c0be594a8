/*
 * admin_db.c - countersign-admin db: the schema.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "db/migrate.h"
#include "server/admin.h"

#define FILES_MAX 256

static int
owner_options(struct admin *a, struct migrate_options *o, char *password, size_t n)
{
	const struct config *c = a->config;
	bool socket = c->database.socket[0] != '\0';
	char err[CONFIG_ERR_BYTES] = "";

	*o = (struct migrate_options){
		.store = { .socket = socket ? c->database.socket : NULL, .host = c->database.host,
		    .port = (uint16_t)c->database.port, .user = c->admin_database.user, .password = password,
		    .database = c->database.name, .timeout_ms = (int)c->database.timeout_ms, .clock = a->clock, .rng = a->rng },
		.server_user = c->database.user, .auditor_user = socket ? "countersign_auditor" : NULL,
		.users_host = socket ? "localhost" : "%",
	};
	if (c->admin_database.password_file[0] != '\0' &&
	    config_secret(c->admin_database.password_file, password, n, err, sizeof err) != RC_OK)
		return admin_fail(ADMIN_BROKEN, "%s", err);
	return ADMIN_OK;
}

int
admin_db_migrate(struct admin *a)
{
	char password[256] = "", err[CONFIG_ERR_BYTES] = "";
	struct migrate_options o;
	size_t applied = 0;
	enum rc r = RC_BUG;
	int status;

	if ((status = owner_options(a, &o, password, sizeof password)) == ADMIN_OK &&
	    (r = migrate_run(&o, &applied, err, sizeof err)) != RC_OK)
		status = admin_fail(r == RC_VERSION ? ADMIN_REFUSED : ADMIN_BROKEN, "%s", err);
	crypto_wipe(password, sizeof password);
	if (status == ADMIN_OK)
		printf("%zu of %zu schema files applied now, the rest before\n", applied, schema_files_n);
	return status;
}

int
admin_db_status(struct admin *a)
{
	static const char *const words[] = {
		[MIGRATION_MISSING] = "missing", [MIGRATION_BEGUN] = "begun", [MIGRATION_DONE] = "applied",
		[MIGRATION_CHANGED] = "applied with another text",
	};
	char password[256] = "", err[CONFIG_ERR_BYTES] = "", when[CLOCK_TEXT_BYTES];
	struct migration list[FILES_MAX];
	struct migrate_options o;
	size_t n = 0, missing = 0;
	enum rc r = RC_BUG;
	int status;

	if ((status = owner_options(a, &o, password, sizeof password)) == ADMIN_OK &&
	    (r = migrate_status(&o, list, FILES_MAX, &n, err, sizeof err)) != RC_OK)
		status = admin_fail(r == RC_VERSION ? ADMIN_REFUSED : ADMIN_BROKEN, "%s", err);
	crypto_wipe(password, sizeof password);
	for (size_t i = 0; i < n; i++) {
		clock_utc_text(list[i].applied_ms, when);
		printf("%-28s %s%s%s\n", list[i].name, words[list[i].state], list[i].state == MIGRATION_DONE ? " " : "",
		    list[i].state == MIGRATION_DONE ? when : "");
		missing += list[i].state != MIGRATION_DONE;
	}
	if (status == ADMIN_OK && missing > 0)
		return admin_fail(ADMIN_REFUSED, "%zu files are to be applied; run: countersign-admin db migrate", missing);
	return status;
}
