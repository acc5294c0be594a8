/*
 * mysql_person.c - people over MySQL: credentials, counters, template.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Enrolment's end is in mysql_person_activate.c.
 */
#include <string.h>

#include "db/mysql_store.h"
#include "proto/lockout.h"

/* ---- create ---- */

struct create_args {
	const struct person_new *p;
	const struct audit_event *ev;
	uint64_t id;
};

static enum rc
create_step(struct db *d, void *arg)
{
	struct create_args *a = arg;
	struct audit_event ev = *a->ev;
	enum rc r;

	r = db_exec(d, "INSERT INTO person (name, status, password_hash, wrapped_key, email, created_ms) VALUES (?, 1, ?, ?, ?, ?)",
	    DB_IN(db_in_text(a->p->name), db_in_text(a->p->password_hash), db_in_bytes(a->p->wrapped_key, WRAPPED_KEY_BYTES),
	    db_in_bytes(a->p->email, a->p->email_n), db_in_i64(a->ev->at_ms)), NULL);
	if (r != RC_OK)
		return r;
	a->id = db_insert_id(d);
	if (ev.person == 0)
		ev.person = a->id;
	return audit_append(d, &ev);
}

static enum rc
person_create(struct person_store *s, const struct person_new *p, const struct audit_event *ev, uint64_t *id)
{
	struct create_args a = { .p = p, .ev = ev };
	enum rc r;

	if (p->email_n > SEALED_EMAIL_MAX)
		return RC_TOO_BIG;
	if ((r = db_run(s->ctx, DB_ONCE, create_step, &a)) == RC_OK)
		*id = a.id;
	return r;
}

/* ---- find ---- */

struct find_args {
	uint64_t id;
	const char *customer;	/* NULL: by id */
	struct person row;
};

#define PERSON_COLUMNS "SELECT id, COALESCE(customer, ''), name, status, password_hash, wrapped_key, email," \
	" password_fails, password_locked_until, face_fails, face_fails_total, face_locked_until, last_login_ms FROM person"

static enum rc
find_step(struct db *d, void *arg)
{
	struct find_args *a = arg;
	struct person *p = &a->row;
	uint64_t status, password_fails, face_fails, face_total;
	const struct db_out out[] = {
		db_out_u64(&p->id), db_out_text(p->customer, sizeof p->customer), db_out_text(p->name, sizeof p->name),
		db_out_u64(&status), db_out_text(p->password_hash, sizeof p->password_hash),
		db_out_bytes(p->wrapped_key, sizeof p->wrapped_key), db_out_blob(p->email, sizeof p->email, &p->email_n),
		db_out_u64(&password_fails), db_out_i64(&p->password_locked_until), db_out_u64(&face_fails),
		db_out_u64(&face_total), db_out_i64(&p->face_locked_until), db_out_i64(&p->last_login_ms),
	};
	const size_t out_n = sizeof out / sizeof out[0];
	enum rc r;

	if (a->customer != NULL)
		r = db_row(d, PERSON_COLUMNS " WHERE customer = ?", DB_IN(db_in_text(a->customer)), out, out_n);
	else
		r = db_row(d, PERSON_COLUMNS " WHERE id = ?", DB_IN(db_in_u64(a->id)), out, out_n);
	if (r != RC_OK)
		return r;
	p->status = (enum person_status)status;
	p->password_fails = (uint32_t)password_fails;
	p->face_fails = (uint32_t)face_fails;
	p->face_fails_total = (uint32_t)face_total;
	return RC_OK;
}

static enum rc
person_find(struct person_store *s, const char *customer, uint64_t id, struct person *p)
{
	struct find_args a = { .id = id, .customer = customer };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, find_step, &a)) == RC_OK)
		*p = a.row;
	crypto_wipe(&a.row, sizeof a.row);
	return r;
}

static enum rc
person_by_customer(struct person_store *s, const char *customer, struct person *p)
{
	return person_find(s, customer, 0, p);
}

static enum rc
person_by_id(struct person_store *s, uint64_t id, struct person *p)
{
	return person_find(s, NULL, id, p);
}

/* ---- password ---- */

struct password_args {
	uint64_t id;
	bool right;
	const struct audit_event *ev;
	int64_t locked_until;
};

static enum rc
password_step(struct db *d, void *arg)
{
	struct password_args *a = arg;
	uint64_t fails;
	enum rc r;

	if ((r = db_row(d, "SELECT password_fails, password_locked_until FROM person WHERE id = ? FOR UPDATE",
	    DB_IN(db_in_u64(a->id)), DB_OUT(db_out_u64(&fails), db_out_i64(&a->locked_until)))) != RC_OK)
		return r;
	if (a->locked_until > a->ev->at_ms)
		return RC_LOCKED;	/* others guessed meanwhile: even the right password says nothing now */
	fails = a->right ? 0 : fails + 1;
	a->locked_until = lockout_until((uint32_t)fails, PASSWORD_TRIES, a->ev->at_ms);
	if ((r = db_exec(d, "UPDATE person SET password_fails = ?, password_locked_until = ? WHERE id = ?",
	    DB_IN(db_in_u64(fails), db_in_i64(a->locked_until), db_in_u64(a->id)), NULL)) != RC_OK)
		return r;
	return audit_append(d, a->ev);
}

static enum rc
person_password_result(struct person_store *s, uint64_t id, bool right, const struct audit_event *ev, int64_t *locked_until)
{
	struct password_args a = { .id = id, .right = right, .ev = ev };
	enum rc r;

	r = db_run(s->ctx, DB_ONCE, password_step, &a);
	if ((r == RC_OK || r == RC_LOCKED) && locked_until != NULL)
		*locked_until = a.locked_until;
	return r;
}

/* ---- template, unlock ---- */

struct template_args {
	uint64_t person, active;
	struct face_template row;
};

static enum rc
template_step(struct db *d, void *arg)
{
	struct template_args *a = arg;
	struct face_template *t = &a->row;
	uint64_t version, dim, frames;
	enum rc r;

	r = db_row(d, "SELECT embedder, embedder_version, dim, frames, sealed, created_ms FROM face_template"
	    " WHERE person = ? AND active = ?", DB_IN(db_in_u64(a->person), db_in_u64(a->active)),
	    DB_OUT(db_out_text(t->embedder, sizeof t->embedder), db_out_u64(&version), db_out_u64(&dim), db_out_u64(&frames),
	    db_out_blob(t->sealed, sizeof t->sealed, &t->sealed_n), db_out_i64(&t->created_ms)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_NOT_ENROLLED : r;
	t->embedder_version = (uint32_t)version;
	t->dim = (uint32_t)dim;
	t->frames = (uint32_t)frames;
	return RC_OK;
}

static enum rc
person_template(struct person_store *s, uint64_t id, bool active, struct face_template *t)
{
	struct template_args a = { .person = id, .active = active };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, template_step, &a)) == RC_OK)
		*t = a.row;
	return r;
}

static enum rc
person_template_get(struct person_store *s, uint64_t id, struct face_template *t)
{
	return person_template(s, id, true, t);
}

static enum rc
person_template_waiting(struct person_store *s, uint64_t id, struct face_template *t)
{
	return person_template(s, id, false, t);
}

struct templates_args {
	uint64_t after, version, dim, frames;
	struct person_template row, *dst;
	size_t max, n;
};

static enum rc
templates_each(void *arg)
{
	struct templates_args *a = arg;

	a->row.template.embedder_version = (uint32_t)a->version;
	a->row.template.dim = (uint32_t)a->dim;
	a->row.template.frames = (uint32_t)a->frames;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
templates_step(struct db *d, void *arg)
{
	struct templates_args *a = arg;
	struct person_template *p = &a->row;
	struct face_template *t = &p->template;

	a->n = 0;
	return db_rows(d, "SELECT t.person, p.wrapped_key, t.embedder, t.embedder_version, t.dim, t.frames, t.sealed, t.created_ms"
	    " FROM face_template t JOIN person p ON p.id = t.person WHERE t.person > ? AND t.active = 1 ORDER BY t.person LIMIT ?",
	    DB_IN(db_in_u64(a->after), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&p->person), db_out_bytes(p->wrapped_key, sizeof p->wrapped_key),
	    db_out_text(t->embedder, sizeof t->embedder), db_out_u64(&a->version), db_out_u64(&a->dim), db_out_u64(&a->frames),
	    db_out_blob(t->sealed, sizeof t->sealed, &t->sealed_n), db_out_i64(&t->created_ms)),
	    templates_each, a);
}

static enum rc
person_templates(struct person_store *s, uint64_t after, struct person_template *dst, size_t max, size_t *n)
{
	struct templates_args a = { .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, templates_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

/* ---- by staff ---- */

struct staff_args {
	uint64_t id, by;
	const struct audit_event *ev;
};

static enum rc
lock_step(struct db *d, void *arg)
{
	const struct staff_args *a = arg;
	uint64_t n;
	enum rc r;

	if (a->id == a->by)
		return RC_DENIED;
	r = db_exec(d, "UPDATE person SET status = 3 WHERE id = ? AND status = 2", DB_IN(db_in_u64(a->id)), &n);
	if (r != RC_OK || n != 1)
		return r != RC_OK ? r : RC_NOT_FOUND;
	r = db_exec(d, "UPDATE session SET state = 5 WHERE person = ? AND state <> 5", DB_IN(db_in_u64(a->id)), NULL);
	return r != RC_OK ? r : audit_append(d, a->ev);
}

static enum rc
person_lock(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev)
{
	struct staff_args a = { .id = id, .by = by, .ev = ev };

	return db_run(s->ctx, DB_ONCE, lock_step, &a);
}

static enum rc
unlock_step(struct db *d, void *arg)
{
	const struct staff_args *a = arg;
	uint64_t n;
	enum rc r;

	if (a->id == a->by)
		return RC_DENIED;
	r = db_exec(d, "UPDATE person SET status = IF(status = 3, 2, status), password_fails = 0, password_locked_until = 0,"
	    " face_fails = 0, face_fails_total = 0, face_locked_until = 0 WHERE id = ?", DB_IN(db_in_u64(a->id)), &n);
	if (r != RC_OK)
		return r;
	return n == 1 ? audit_append(d, a->ev) : RC_NOT_FOUND;
}

static enum rc
person_unlock(struct person_store *s, uint64_t id, uint64_t by, const struct audit_event *ev)
{
	struct staff_args a = { .id = id, .by = by, .ev = ev };

	return db_run(s->ctx, DB_REPEAT, unlock_step, &a);
}

/* ---- list ---- */

struct list_args {
	uint64_t after, status, password_fails, face_total;
	struct person_summary row, *dst;
	size_t max, n;
};

static enum rc
list_each(void *arg)
{
	struct list_args *a = arg;

	a->row.status = (enum person_status)a->status;
	a->row.password_fails = (uint32_t)a->password_fails;
	a->row.face_fails_total = (uint32_t)a->face_total;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
list_step(struct db *d, void *arg)
{
	struct list_args *a = arg;
	struct person_summary *p = &a->row;

	a->n = 0;
	return db_rows(d, "SELECT id, COALESCE(customer, ''), name, status, password_fails, face_fails_total,"
	    " password_locked_until, face_locked_until, last_login_ms FROM person WHERE id > ? ORDER BY id LIMIT ?",
	    DB_IN(db_in_u64(a->after), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&p->id), db_out_text(p->customer, sizeof p->customer), db_out_text(p->name, sizeof p->name),
	    db_out_u64(&a->status), db_out_u64(&a->password_fails), db_out_u64(&a->face_total),
	    db_out_i64(&p->password_locked_until), db_out_i64(&p->face_locked_until), db_out_i64(&p->last_login_ms)),
	    list_each, a);
}

static enum rc
person_list(struct person_store *s, uint64_t after, struct person_summary *dst, size_t max, size_t *n)
{
	struct list_args a = { .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, list_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

const struct person_store_ops mysql_person_ops = {
	.create = person_create,
	.by_customer = person_by_customer,
	.by_id = person_by_id,
	.password_result = person_password_result,
	.activate = person_activate,
	.template_get = person_template_get,
	.template_waiting = person_template_waiting,
	.templates = person_templates,
	.lock = person_lock,
	.unlock = person_unlock,
	.list = person_list,
	.face_allow = person_face_allow,
	.face_allowed = person_face_allowed,
};
