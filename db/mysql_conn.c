/*
 * mysql_conn.c - one connection over the MySQL C API (mysql_conn.h): opening,
 * losing and opening again, errors, transactions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Statements and values are in mysql_stmt.c.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <time.h>

#include "db/mysql_conn_impl.h"
#include "proto/text.h"

#define RUN_TRIES       12
#define BACKOFF_MS       4	/* doubles with each deadlock, with chance in it */
#define BACKOFF_MOST_MS 64
#define SECRET_BYTES  4096u	/* one page */

/* Server and client error numbers, the same in MySQL and MariaDB. */
#define ER_CON_COUNT        1040u
#define ER_SHUTDOWN         1053u
#define ER_DUPLICATE        1062u
#define ER_CLUSTER_NOT_READY 1047u
#define ER_COMMIT_UNKNOWN   1180u
#define ER_LOCK_WAIT        1205u
#define ER_DEADLOCK         1213u
#define ER_KILLED           1317u
#define ER_CONN_KILLED      1927u
#define CR_FIRST            2000u
#define CR_LAST             2100u

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void
library_start(void)
{
	(void)mysql_library_init(0, NULL, NULL);	/* a failure shows up in mysql_init() */
}

const struct rng *
db_rng(const struct db *d)
{
	return d->rng;
}

int64_t
db_now_ms(const struct db *d)
{
	return clock_utc_ms(d->clock);
}

uint32_t
db_branch(const struct db *d)
{
	return d->branch;
}

struct db_lane *
db_lane(struct db *d)
{
	return &d->lane;
}

const char *
db_last_error(const struct db *d)
{
	return d->error;
}

unsigned
db_last_errno(const struct db *d)
{
	return d->errno_last;
}

/* ---- errors ---- */

static bool
is_lost(unsigned e)
{
	return (e >= CR_FIRST && e < CR_LAST) || e == ER_CON_COUNT || e == ER_SHUTDOWN || e == ER_KILLED ||
	    e == ER_CLUSTER_NOT_READY || e == ER_CONN_KILLED || e == ER_COMMIT_UNKNOWN;
}

/* Notes what the server said and turns it into a code of mysql_conn.h. */
static enum rc
note_error(struct db *d, unsigned e, const char *text, const char *sql)
{
	d->errno_last = e;
	snprintf(d->error, sizeof d->error, "%s", text);
	if (e == ER_DEADLOCK || e == ER_LOCK_WAIT)
		return RC_AGAIN;
	if (e == ER_DUPLICATE)
		return RC_EXISTS;
	if (!d->away)
		log_line(d->log, LOG_LEVEL_WARN, "db", "error %u: %s (%.60s)", e, text, sql);
	return is_lost(e) ? RC_CLOSED : RC_STORE;
}

enum rc
db_stmt_error(struct db *d, MYSQL_STMT *st, const char *sql)
{
	return note_error(d, mysql_stmt_errno(st), mysql_stmt_error(st), sql);
}

enum rc
db_conn_error(struct db *d, const char *sql)
{
	return note_error(d, mysql_errno(d->my), mysql_error(d->my), sql);
}

/* ---- connection ---- */

static void
disconnect(struct db *d)
{
	for (size_t i = 0; i < d->cached; i++)
		(void)mysql_stmt_close(d->cache[i].st);	/* the connection goes with it */
	d->cached = 0;
	d->last = NULL;
	if (d->my != NULL)
		mysql_close(d->my);
	d->my = NULL;
	d->lane.known = d->lane.pending = false;
}

static unsigned
seconds_of(int ms)
{
	return ms <= 1000 ? 1u : (unsigned)(ms + 999) / 1000u;
}

/* What every connection has to be told first. */
static enum rc
session_setup(struct db *d)
{
	char lock_wait[64];
	unsigned wait_s = seconds_of(d->timeout_ms);

	/* A lock must be given up before the connection is. */
	snprintf(lock_wait, sizeof lock_wait, "SET SESSION innodb_lock_wait_timeout = %u", wait_s > 1 ? wait_s / 2 : 1u);
	if (mysql_query(d->my, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") != 0 ||
	    mysql_query(d->my, "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE'") != 0 ||
	    mysql_query(d->my, lock_wait) != 0 ||
	    mysql_autocommit(d->my, 0) != 0)
		return db_conn_error(d, "session setup");
	return RC_OK;
}

/* A socket's path may be longer than the kernel allows and still lead to a short one. */
static const char *
short_socket(const char *path, char *room)
{
	struct sockaddr_un a;

	if (path == NULL || strlen(path) < sizeof a.sun_path || realpath(path, room) == NULL)
		return path;
	return room;
}

static enum rc
connect_now(struct db *d)
{
	unsigned timeout = seconds_of(d->timeout_ms), no = 0;
	char room[PATH_MAX];
	enum rc r;

	if ((d->my = mysql_init(NULL)) == NULL) {
		snprintf(d->error, sizeof d->error, "out of memory");
		return RC_NOMEM;
	}
	if (mysql_options(d->my, MYSQL_OPT_CONNECT_TIMEOUT, &timeout) != 0 ||
	    mysql_options(d->my, MYSQL_OPT_READ_TIMEOUT, &timeout) != 0 ||
	    mysql_options(d->my, MYSQL_OPT_WRITE_TIMEOUT, &timeout) != 0 ||
	    mysql_options(d->my, MYSQL_OPT_LOCAL_INFILE, &no) != 0 ||
	    mysql_options(d->my, MYSQL_SET_CHARSET_NAME, "utf8mb4") != 0 ||
	    mysql_real_connect(d->my, d->socket != NULL ? "localhost" : d->host, d->user, d->password, d->database,
	    d->port, short_socket(d->socket, room), CLIENT_FOUND_ROWS) == NULL)
		r = db_conn_error(d, "connect");
	else
		r = session_setup(d);
	d->away = r != RC_OK;
	if (r != RC_OK) {
		disconnect(d);
		return RC_STORE;
	}
	return RC_OK;
}

/* Connected, or RC_STORE at once while the last failure is fresh. */
static enum rc
connect_again(struct db *d)
{
	int64_t now = clock_mono_ms(d->clock);
	enum rc r;

	if (d->my != NULL)
		return RC_OK;
	if (now < d->next_try_ms)
		return RC_STORE;
	r = connect_now(d);
	d->next_try_ms = r == RC_OK ? 0 : clock_mono_ms(d->clock) + STORE_RETRY_MS;
	if (r == RC_OK)
		log_line(d->log, LOG_LEVEL_INFO, "db", "connected again");
	return r;
}

static char *
copy_text(const char *s, bool *ok)
{
	char *copy;

	if (s == NULL)
		return NULL;
	if ((copy = strdup(s)) == NULL)
		*ok = false;
	return copy;
}

/* The password on a page that is neither swapped nor dumped. */
static char *
copy_secret(const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;
	char *page;

	if (n >= SECRET_BYTES)
		return NULL;
	page = mmap(NULL, SECRET_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	(void)mlock(page, SECRET_BYTES);	/* a small limit on locked memory is no reason to stop */
	(void)madvise(page, SECRET_BYTES, MADV_DONTDUMP);
	if (n > 0)
		memcpy(page, s, n);
	return page;
}

enum rc
db_open(const struct store_options *o, struct db **out, char *err, size_t err_n)
{
	struct db *d;
	bool ok = true;
	enum rc r = RC_BUG;

	(void)pthread_once(&library_once, library_start);
	if ((d = calloc(1, sizeof *d)) == NULL) {
		snprintf(err, err_n, "out of memory");
		return RC_NOMEM;
	}
	d->socket = copy_text(o->socket, &ok);
	d->host = copy_text(o->host, &ok);
	d->user = copy_text(o->user, &ok);
	d->database = copy_text(o->database, &ok);
	d->password = copy_secret(o->password);
	d->port = o->port;
	d->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 5000;
	d->branch = o->branch > 0 ? o->branch : 1;
	d->clock = o->clock;
	d->rng = o->rng;
	d->log = o->log;
	if (!ok || d->password == NULL) {
		snprintf(err, err_n, "out of memory");
		r = RC_NOMEM;
		goto fail;
	}
	if (o->lane != NULL && text_copy(d->lane.name, sizeof d->lane.name, o->lane) != RC_OK) {
		snprintf(err, err_n, "the name of the audit lane is longer than %u bytes: %s", LANE_NAME_BYTES - 1, o->lane);
		r = RC_INVALID;
		goto fail;
	}
	if ((r = connect_now(d)) != RC_OK) {
		snprintf(err, err_n, "cannot connect to the database as %s%s%s: %s; is it running, was \"countersign-admin db migrate\" run, is the password file right?",
		    o->user, o->socket != NULL ? " on " : "", o->socket != NULL ? o->socket : "", d->error);
		goto fail;
	}
	*out = d;
	return RC_OK;
fail:
	db_close(d);
	return r;
}

void
db_close(struct db *d)
{
	if (d == NULL)
		return;
	disconnect(d);
	if (d->password != NULL) {
		crypto_wipe(d->password, SECRET_BYTES);
		(void)munmap(d->password, SECRET_BYTES);
	}
	free(d->socket);
	free(d->host);
	free(d->user);
	free(d->database);
	free(d);
	mysql_thread_end();
}

/* ---- transactions ---- */

static void
pause_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

static enum rc
commit(struct db *d)
{
	if (mysql_commit(d->my) != 0)
		return db_conn_error(d, "COMMIT");
	if (d->lane.pending) {
		d->lane.seq = d->lane.next_seq;
		memcpy(d->lane.hash, d->lane.next_hash, DIGEST_BYTES);
		d->lane.pending = false;
	}
	return RC_OK;
}

/* After a failed step: the connection is clean again, or gone. */
static void
rollback(struct db *d, enum rc why)
{
	if (d->lane.pending)
		d->lane.known = d->lane.pending = false;
	if (d->my != NULL && (why == RC_CLOSED || mysql_rollback(d->my) != 0))
		disconnect(d);
}

/* The outcome of a commit is unknown: tries for one time-out to get back and see. */
static enum rc
connect_in_doubt(struct db *d)
{
	int64_t end = clock_mono_ms(d->clock) + d->timeout_ms;
	enum rc r;

	while ((r = connect_again(d)) != RC_OK && clock_mono_ms(d->clock) < end)
		pause_ms(20);
	return r;
}

enum rc
db_run(struct db *d, enum db_repeat repeat, enum rc (*step)(struct db *d, void *arg), void *arg)
{
	int64_t backoff = BACKOFF_MS;
	bool lost = false;
	enum rc r;

	for (int i = 0; i < RUN_TRIES; i++) {
		if ((r = connect_again(d)) != RC_OK)
			return RC_STORE;
		if ((r = step(d, arg)) == RC_OK) {
			if ((r = commit(d)) == RC_OK)
				return RC_OK;
			rollback(d, r);
			if (r == RC_CLOSED) {
				log_line(d->log, LOG_LEVEL_WARN, "db", "the outcome of a commit is unknown%s",
				    repeat == DB_REPEAT ? "; the step is run again" : "");
				if (repeat == DB_ONCE || connect_in_doubt(d) != RC_OK)
					return RC_STORE;
				continue;
			}
		} else {
			rollback(d, r);
		}
		if (r == RC_CLOSED && !lost) {	/* nothing was committed: once more on a new connection */
			lost = true;
			continue;
		}
		if (r != RC_AGAIN)
			return r == RC_CLOSED ? RC_STORE : r;
		pause_ms(backoff / 2 + rng_below(d->rng, (uint32_t)backoff));
		backoff = backoff * 2 < BACKOFF_MOST_MS ? backoff * 2 : BACKOFF_MOST_MS;
	}
	log_line(d->log, LOG_LEVEL_ERROR, "db", "a transaction did not get through in %d tries: %s", RUN_TRIES, d->error);
	return RC_STORE;
}
