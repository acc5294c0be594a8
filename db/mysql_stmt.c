/*
 * mysql_stmt.c - statements over the MySQL C API (mysql_conn.h): values in,
 * rows out, every call checked.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "db/mysql_conn_impl.h"

#define VALUES_MAX 32u	/* of one statement, each way */

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
		return db_conn_error(d, sql);
	if (mysql_stmt_prepare(*st, sql, strlen(sql)) != 0) {
		r = db_stmt_error(d, *st, sql);
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
		return db_stmt_error(d, *st, sql);
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
		return db_stmt_error(d, st, sql);
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
		r = db_stmt_error(d, st, sql);
	else
		r = fetch_all(d, st, sql, out, len, out_n, once, each, arg);
	if (mysql_stmt_free_result(st) != 0 && r == RC_OK)
		r = db_stmt_error(d, st, sql);
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
		return db_conn_error(d, sql);
	if ((res = mysql_store_result(d->my)) != NULL)
		mysql_free_result(res);
	else if (mysql_field_count(d->my) != 0)
		return db_conn_error(d, sql);
	return RC_OK;
}
