/*
 * private_db.h - a private MariaDB for one test program, migrated, with
 * connections as each of its users.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INTEGRATION_PRIVATE_DB_H
#define INTEGRATION_PRIVATE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "db/migrate.h"
#include "db/mysql_conn.h"
#include "db/store.h"

/* A clock whose UTC is set by the test; the monotonic one is the system's. */
struct test_clock {
	struct clock clock;
	int64_t utc_ms;
};

struct private_db {
	char dir[64], socket[128];
	struct test_clock time;
	struct log *log;
};

/* Starts and migrates; fails the test program with words if that is not possible. */
struct private_db *private_db_start(bool migrate);
void private_db_stop(struct private_db *p);		/* stops and removes everything */
/* "start", "stop" or "status" of deploy/mariadb/private; its exit status. */
int  private_db_script(const struct private_db *p, const char *verb);
/* kill -9 of the running mariadbd. */
void private_db_kill(const struct private_db *p);

/* Options for one of its users: "root", "countersign_admin", "countersign" or "countersign_auditor". */
struct store_options private_db_options(struct private_db *p, const char *user, char password[128]);
struct stores *private_db_open(struct private_db *p, const char *user, const char *lane);
/* Runs SQL as this user; the server's error number, 0 for success. */
unsigned private_db_sql(struct private_db *p, const char *user, const char *sql);
/* One number from a query as root. */
int64_t private_db_number(struct private_db *p, const char *sql);

#endif
