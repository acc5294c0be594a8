/*
 * mysql_conn.c - one connection over the MySQL C API (mysql_conn.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <mysql.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <time.h>

#include "db/mysql_conn.h"
#include "proto/text.h"

#define STATEMENTS_MAX 128u
#define VALUES_MAX      24u	/* of one statement, each way */
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

static enum rc
stmt_error(struct db *d, MYSQL_STMT *st, const char *sql)
{
	return note_error(d, mysql_stmt_errno(st), mysql_stmt_error(st), sql);
}

static enum rc
conn_error(struct db *d, const char *sql)
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
		return conn_error(d, "session setup");
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
		r = conn_error(d, "connect");
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

/* ---- values ---- */

struct db_in
db_in_u64(uint64_t v)
{
	return (struct db_in){ .type = DB_U64, .number = v };
}

struct db_in
db_in_i64(int64_t v)
{
	return (struct db_in){ .type = DB_I64, .number = (uint64_t)v };
}

struct db_in
db_in_bytes(const void *p, size_t n)
{
	return (struct db_in){ .type = DB_BYTES, .p = p, .n = n };
}

struct db_in
db_in_text(const char *s)
{
	return (struct db_in){ .type = DB_TEXT, .p = s, .n = strlen(s) };
}

struct db_out
db_out_u64(uint64_t *v)
{
	return (struct db_out){ .type = DB_U64, .p = v, .max = sizeof *v };
}

struct db_out
db_out_i64(int64_t *v)
{
	return (struct db_out){ .type = DB_I64, .p = v, .max = sizeof *v };
}

struct db_out
db_out_bytes(void *p, size_t exactly)
{
	return (struct db_out){ .type = DB_BYTES, .p = p, .max = exactly };
}

struct db_out
db_out_blob(void *p, size_t max, size_t *n)
{
	return (struct db_out){ .type = DB_BYTES, .p = p, .max = max, .n = n };
}

struct db_out
db_out_text(char *p, size_t size)
{
	return (struct db_out){ .type = DB_TEXT, .p = p, .max = size };
}

/* The library only reads what is bound as a parameter, but its struct has no const. */
static void *
unconst(const void *p)
{
	union { const void *c; void *v; } u = { .c = p };

	return u.v;
}

static void
bind_in(MYSQL_BIND *b, unsigned long *len, const struct db_in *in)
{
	*len = in->n;
	b->length = len;
	switch (in->type) {
	case DB_U64:
	case DB_I64:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = unconst(&in->number);
		b->is_unsigned = in->type == DB_U64;
		break;
	case DB_BYTES:
	case DB_TEXT:
		b->buffer_type = in->type == DB_TEXT ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
		b->buffer = unconst(in->p != NULL ? in->p : "");
		b->buffer_length = in->n;
		break;
	}
}

static void
bind_out(MYSQL_BIND *b, unsigned long *len, const struct db_out *out)
{
	b->length = len;
	b->buffer = out->p;
	switch (out->type) {
	case DB_U64:
	case DB_I64:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->is_unsigned = out->type == DB_U64;
		break;
	case DB_BYTES:
		b->buffer_type = MYSQL_TYPE_BLOB;
		b->buffer_length = out->max;
		break;
	case DB_TEXT:
		b->buffer_type = MYSQL_TYPE_STRING;
		b->buffer_length = out->max - 1;
		break;
	}
}

/* Lengths after a fetch: texts get their NUL, exact blobs must be exact. */
static enum rc
settle_out(struct db *d, const struct db_out *out, const unsigned long *len, size_t n, const char *sql)
{
	for (size_t i = 0; i < n; i++) {
		if (out[i].type == DB_TEXT) {
			((char *)out[i].p)[len[i]] = '\0';
		} else if (out[i].type == DB_BYTES && out[i].n != NULL) {
			*out[i].n = len[i];
		} else if (out[i].type == DB_BYTES && len[i] != out[i].max) {
			log_line(d->log, LOG_LEVEL_ERROR, "db", "column %zu holds %lu bytes, not %zu (%.60s)", i, len[i], out[i].max, sql);
			return RC_MALFORMED;
		}
	}
	return RC_OK;
}

/* ---- statements ---- */

static enum rc
prepared(struct db *d, const char *sql, MYSQL_STMT **st)
{
	enum rc r;

	for (size_t i = 0; i < d->cached; i++)
		if (d->cache[i].sql == sql) {
			*st = d->cache[i].st;
			return RC_OK;
		}
	if (d->cached == STATEMENTS_MAX) {
		log_line(d->log, LOG_LEVEL_ERROR, "db", "more than %u statements; statement texts must be literals", STATEMENTS_MAX);
		return RC_STORE;
	}
	if ((*st = mysql_stmt_init(d->my)) == NULL)
		return conn_error(d, sql);
	if (mysql_stmt_prepare(*st, sql, strlen(sql)) != 0) {
		r = stmt_error(d, *st, sql);
		(void)mysql_stmt_close(*st);
		return r;
	}
	d->cache[d->cached++] = (struct statement){ .sql = sql, .st = *st };
	return RC_OK;
}

static enum rc
execute(struct db *d, const char *sql, const struct db_in *in, size_t in_n, MYSQL_STMT **st)
{
	MYSQL_BIND bind[VALUES_MAX];
	unsigned long len[VALUES_MAX];
	enum rc r;

	if (d->my == NULL)
		return RC_CLOSED;
	if ((r = prepared(d, sql, st)) != RC_OK)
		return r;
	if (in_n > VALUES_MAX || in_n != mysql_stmt_param_count(*st)) {
		log_line(d->log, LOG_LEVEL_ERROR, "db", "%zu values for a statement of %lu (%.60s)", in_n,
		    (unsigned long)mysql_stmt_param_count(*st), sql);
		return RC_STORE;
	}
	memset(bind, 0, sizeof bind);
	for (size_t i = 0; i < in_n; i++)
		bind_in(&bind[i], &len[i], &in[i]);
	if ((in_n > 0 && mysql_stmt_bind_param(*st, bind) != 0) || mysql_stmt_execute(*st) != 0)
		return stmt_error(d, *st, sql);
	d->last = *st;
	return RC_OK;
}

enum rc
db_exec(struct db *d, const char *sql, const struct db_in *in, size_t in_n, uint64_t *affected)
{
	MYSQL_STMT *st;
	enum rc r;

	if ((r = execute(d, sql, in, in_n, &st)) != RC_OK)
		return r;
	if (affected != NULL)
		*affected = mysql_stmt_affected_rows(st);
	return RC_OK;
}

/* Fetches rows into out; once stops after the first. */
static enum rc
fetch_all(struct db *d, MYSQL_STMT *st, const char *sql, const struct db_out *out, const unsigned long *len,
    size_t out_n, bool once, enum rc (*each)(void *), void *arg)
{
	bool found = false;
	enum rc r;
	int f;

	while ((f = mysql_stmt_fetch(st)) == 0) {
		found = true;
		if ((r = settle_out(d, out, len, out_n, sql)) != RC_OK ||
		    (each != NULL && (r = each(arg)) != RC_OK))
			return r;
		if (once)
			return RC_OK;
	}
	if (f == MYSQL_DATA_TRUNCATED) {
		log_line(d->log, LOG_LEVEL_ERROR, "db", "a stored value is longer than the program expects (%.60s)", sql);
		return RC_MALFORMED;
	}
	if (f != MYSQL_NO_DATA)
		return stmt_error(d, st, sql);
	return found || !once ? RC_OK : RC_NOT_FOUND;
}

static enum rc
select_rows(struct db *d, const char *sql, const struct db_in *in, size_t in_n, const struct db_out *out, size_t out_n,
    bool once, enum rc (*each)(void *), void *arg)
{
	MYSQL_BIND bind[VALUES_MAX];
	unsigned long len[VALUES_MAX] = { 0 };
	MYSQL_STMT *st;
	enum rc r;

	if ((r = execute(d, sql, in, in_n, &st)) != RC_OK)
		return r;
	if (out_n > VALUES_MAX || out_n != mysql_stmt_field_count(st)) {
		log_line(d->log, LOG_LEVEL_ERROR, "db", "%zu columns read of %u (%.60s)", out_n, mysql_stmt_field_count(st), sql);
		(void)mysql_stmt_free_result(st);
		return RC_STORE;
	}
	memset(bind, 0, sizeof bind);
	for (size_t i = 0; i < out_n; i++)
		bind_out(&bind[i], &len[i], &out[i]);
	if (mysql_stmt_bind_result(st, bind) != 0 || mysql_stmt_store_result(st) != 0)
		r = stmt_error(d, st, sql);
	else
		r = fetch_all(d, st, sql, out, len, out_n, once, each, arg);
	if (mysql_stmt_free_result(st) != 0 && r == RC_OK)
		r = stmt_error(d, st, sql);
	return r;
}

enum rc
db_row(struct db *d, const char *sql, const struct db_in *in, size_t in_n, const struct db_out *out, size_t out_n)
{
	return select_rows(d, sql, in, in_n, out, out_n, true, NULL, NULL);
}

enum rc
db_rows(struct db *d, const char *sql, const struct db_in *in, size_t in_n, const struct db_out *out, size_t out_n,
    enum rc (*each)(void *arg), void *arg)
{
	return select_rows(d, sql, in, in_n, out, out_n, false, each, arg);
}

uint64_t
db_insert_id(struct db *d)
{
	return d->last != NULL ? mysql_stmt_insert_id(d->last) : 0;
}

enum rc
db_text(struct db *d, const char *sql, size_t n)
{
	MYSQL_RES *res;

	if (d->my == NULL)
		return RC_CLOSED;
	if (mysql_real_query(d->my, sql, n) != 0)
		return conn_error(d, sql);
	if ((res = mysql_store_result(d->my)) != NULL)
		mysql_free_result(res);
	else if (mysql_field_count(d->my) != 0)
		return conn_error(d, sql);
	return RC_OK;
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
		return conn_error(d, "COMMIT");
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
