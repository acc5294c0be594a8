/*
 * mysql_conn_impl.h - what mysql_conn.c and mysql_stmt.c share; for no one else.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DB_MYSQL_CONN_IMPL_H
#define DB_MYSQL_CONN_IMPL_H

#include <mysql.h>

#include "db/mysql_conn.h"

#define STATEMENTS_MAX 128u

struct statement {
	const char *sql;
	MYSQL_STMT *st;
};

struct db {
	MYSQL   *my;			/* NULL: not connected */
	struct statement cache[STATEMENTS_MAX];
	size_t   cached;
	MYSQL_STMT *last;		/* the statement that ran last */
	unsigned errno_last;
	char     error[256];
	int64_t  next_try_ms;		/* monotonic: no new connection before */
	bool     away;			/* the last connection failed: told once, not at every try */
	struct db_lane lane;
	char    *socket, *host, *user, *database;
	char    *password;		/* SECRET_BYTES, locked, not in core dumps */
	uint16_t port;
	int      timeout_ms;
	uint32_t branch;
	const struct clock *clock;
	const struct rng *rng;
	struct log *log;
};

/* Note what the server said and turn it into a code of mysql_conn.h; sql is for the log. */
enum rc db_stmt_error(struct db *d, MYSQL_STMT *st, const char *sql);
enum rc db_conn_error(struct db *d, const char *sql);

#endif
