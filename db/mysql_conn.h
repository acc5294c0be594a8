/*
 * mysql_conn.h - one connection to MySQL or MariaDB: statements and
 * transactions, every call checked.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the only door to the client library. mysql_conn.c and
 *               mysql_stmt.c alone include mysql.h (through mysql_conn_impl.h)
 *               and use only what both vendors' libraries have: no my_bool (gone in MySQL 8, so no null indicators: the
 *               schema has none to read, queries use COALESCE), no
 *               mariadb_* call.
 * What it isn't: it knows no table.
 *
 * Statements are prepared once per connection and kept by the address of
 * their text: sql must be a literal. Results are always stored, fetched and
 * freed, and each of these calls is checked: a deadlock in a locking SELECT
 * may show up in store_result only.
 *
 * Inside a transaction, steps see these codes and return them unchanged:
 *   RC_AGAIN      deadlock or lock time-out: db_run rolls back and runs the step again
 *   RC_CLOSED     the connection is lost
 *   RC_EXISTS     a unique key refused the row (the transaction goes on)
 *   RC_MALFORMED  a stored value does not fit where it is read: somebody changed it; it has been logged
 *   RC_STORE      anything else; it has been logged
 *
 * Threads: none; one connection belongs to one thread. Ownership: db_close.
 */
#ifndef DB_MYSQL_CONN_H
#define DB_MYSQL_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/store.h"

struct db;

/* Connects. RC_STORE with a sentence in err. */
enum rc db_open(const struct store_options *o, struct db **out, char *err, size_t err_n) MUST_CHECK;
void    db_close(struct db *d);

const struct rng *db_rng(const struct db *d);
int64_t           db_now_ms(const struct db *d);	/* UTC */
uint32_t          db_branch(const struct db *d);

/* ---- the audit lane this connection writes: kept here, because commit and rollback decide about it ---- */
struct db_lane {
	char     name[LANE_NAME_BYTES];	/* "": this connection writes no audit records */
	uint64_t id;
	bool     known;			/* seq and hash are the committed head */
	bool     pending;		/* next_* were written in the open transaction */
	uint64_t seq, next_seq;
	uint8_t  hash[DIGEST_BYTES], next_hash[DIGEST_BYTES];
};
struct db_lane *db_lane(struct db *d);

/* ---- values into a statement ---- */
enum db_type { DB_U64, DB_I64, DB_BYTES, DB_TEXT };

struct db_in {
	enum db_type type;
	uint64_t number;
	const void *p;
	size_t n;
};

struct db_in db_in_u64(uint64_t v);
struct db_in db_in_i64(int64_t v);
struct db_in db_in_bytes(const void *p, size_t n);
struct db_in db_in_text(const char *s);

#define DB_IN(...) (const struct db_in[]){ __VA_ARGS__ }, sizeof((const struct db_in[]){ __VA_ARGS__ }) / sizeof(struct db_in)
#define DB_NO_IN   NULL, 0

/* ---- values out of a row ---- */
struct db_out {
	enum db_type type;
	void  *p;
	size_t max;	/* bytes at p; a text keeps one for its NUL */
	size_t *n;	/* DB_BYTES: NULL wants exactly max bytes, else the length goes here */
};

struct db_out db_out_u64(uint64_t *v);
struct db_out db_out_i64(int64_t *v);
struct db_out db_out_bytes(void *p, size_t exactly);
struct db_out db_out_blob(void *p, size_t max, size_t *n);
struct db_out db_out_text(char *p, size_t size);

#define DB_OUT(...) (const struct db_out[]){ __VA_ARGS__ }, sizeof((const struct db_out[]){ __VA_ARGS__ }) / sizeof(struct db_out)

/* ---- statements, only inside a step of db_run ---- */
/* affected may be NULL; it counts rows that matched, changed or not. */
enum rc db_exec(struct db *d, const char *sql, const struct db_in *in, size_t in_n, uint64_t *affected) MUST_CHECK;
/* The first row into out, RC_NOT_FOUND if there is none. */
enum rc db_row(struct db *d, const char *sql, const struct db_in *in, size_t in_n,
    const struct db_out *out, size_t out_n) MUST_CHECK;
/* Each row into out, then each(arg); its failure ends the reading and is returned. */
enum rc db_rows(struct db *d, const char *sql, const struct db_in *in, size_t in_n,
    const struct db_out *out, size_t out_n, enum rc (*each)(void *arg), void *arg) MUST_CHECK;
/* The AUTO_INCREMENT number of the last INSERT. */
uint64_t db_insert_id(struct db *d);
/* One statement as text, for DDL and grants. */
enum rc db_text(struct db *d, const char *sql, size_t n) MUST_CHECK;
/* What the server said last, for messages of the tools. */
const char *db_last_error(const struct db *d);
unsigned    db_last_errno(const struct db *d);

/* ---- transactions ---- */
enum db_repeat {
	DB_ONCE,	/* a commit whose outcome is unknown is reported as RC_STORE */
	DB_REPEAT,	/* the step recognises its own earlier commit: it is run again */
};

/*
 * Runs step in a transaction and commits when it returns RC_OK. Anything else
 * rolls back and is returned; RC_AGAIN runs it again (a few times), a lost
 * connection is opened again, not more often than every STORE_RETRY_MS.
 * Never returns RC_AGAIN or RC_CLOSED: they have become RC_STORE.
 */
enum rc db_run(struct db *d, enum db_repeat repeat, enum rc (*step)(struct db *d, void *arg), void *arg) MUST_CHECK;

#endif
