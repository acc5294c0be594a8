/*
 * mysql_evidence.c - sealed pictures and their keys over MySQL.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "db/mysql_store.h"

enum rc
evidence_put(struct db *d, const uint8_t capture[ID_BYTES], uint64_t person, int64_t now_ms, const struct evidence_new *e)
{
	enum rc r;

	if ((r = db_exec(d, "INSERT INTO evidence (capture, person, created_ms, sealed) VALUES (?, ?, ?, ?)",
	    DB_IN(db_in_bytes(capture, ID_BYTES), db_in_u64(person), db_in_i64(now_ms),
	    db_in_bytes(e->picture, sizeof e->picture)), NULL)) != RC_OK)
		return r;
	return db_exec(d, "INSERT INTO evidence_key (capture, sealed, until_ms) VALUES (?, ?, ?)",
	    DB_IN(db_in_bytes(capture, ID_BYTES), db_in_bytes(e->key, sizeof e->key), db_in_i64(e->until_ms)), NULL);
}

struct evidence_args {
	const uint8_t *capture;
	uint64_t by;
	bool hold;
	const struct audit_event *ev;
	struct evidence *e;		/* of look: filled */
	uint64_t person;
};

/* ---- whose ---- */

static enum rc
person_step(struct db *d, void *arg)
{
	struct evidence_args *a = arg;

	return db_row(d, "SELECT person FROM evidence WHERE capture = ?", DB_IN(db_in_bytes(a->capture, ID_BYTES)),
	    DB_OUT(db_out_u64(&a->person)));
}

static enum rc
evidence_person(struct evidence_store *s, const uint8_t capture[ID_BYTES], uint64_t *person)
{
	struct evidence_args a = { .capture = capture };
	enum rc r = db_run(s->ctx, DB_REPEAT, person_step, &a);

	if (r == RC_OK)
		*person = a.person;
	return r;
}

/* ---- look, hold ---- */

/* Is there one that `by` may have to do with, and is it not over? */
static enum rc
open_to(struct db *d, struct evidence_args *a)
{
	uint64_t held = 0;
	int64_t until = 0;
	enum rc r;

	if ((r = person_step(d, a)) != RC_OK)
		return r;
	if (a->person == a->by)
		return RC_DENIED;
	r = db_row(d, "SELECT until_ms, held FROM evidence_key WHERE capture = ?", DB_IN(db_in_bytes(a->capture, ID_BYTES)),
	    DB_OUT(db_out_i64(&until), db_out_u64(&held)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_EXPIRED : r;
	return held != 0 || until > a->ev->at_ms ? RC_OK : RC_EXPIRED;
}

static enum rc
look_step(struct db *d, void *arg)
{
	struct evidence_args *a = arg;
	struct evidence *e = a->e;
	uint64_t held = 0;
	enum rc r;

	if ((r = open_to(d, a)) != RC_OK)
		return r;
	r = db_row(d, "SELECT evidence.person, evidence.created_ms, evidence.sealed, evidence_key.sealed, until_ms, held FROM evidence"
	    " JOIN evidence_key ON evidence_key.capture = evidence.capture WHERE evidence.capture = ?",
	    DB_IN(db_in_bytes(a->capture, ID_BYTES)), DB_OUT(db_out_u64(&e->person), db_out_i64(&e->created_ms),
	    db_out_bytes(e->picture, sizeof e->picture), db_out_bytes(e->key, sizeof e->key), db_out_i64(&e->until_ms),
	    db_out_u64(&held)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_EXPIRED : r;	/* ended this very moment */
	memcpy(e->capture, a->capture, ID_BYTES);
	e->held = held != 0;
	return audit_append(d, a->ev);
}

static enum rc
evidence_look(struct evidence_store *s, const uint8_t capture[ID_BYTES], uint64_t by, const struct audit_event *ev,
    struct evidence *e)
{
	struct evidence got;
	struct evidence_args a = { .capture = capture, .by = by, .ev = ev, .e = &got };
	enum rc r = db_run(s->ctx, DB_ONCE, look_step, &a);

	if (r == RC_OK)
		*e = got;
	return r;
}

static enum rc
hold_step(struct db *d, void *arg)
{
	struct evidence_args *a = arg;
	uint64_t written = 0;
	enum rc r;

	if ((r = open_to(d, a)) != RC_OK)
		return r;
	if ((r = db_exec(d, "UPDATE evidence_key SET held = ? WHERE capture = ?",
	    DB_IN(db_in_u64(a->hold), db_in_bytes(a->capture, ID_BYTES)), &written)) != RC_OK)
		return r;
	return written == 1 ? audit_append(d, a->ev) : RC_EXPIRED;
}

static enum rc
evidence_hold(struct evidence_store *s, const uint8_t capture[ID_BYTES], bool hold, uint64_t by, const struct audit_event *ev)
{
	struct evidence_args a = { .capture = capture, .by = by, .hold = hold, .ev = ev };

	return db_run(s->ctx, DB_ONCE, hold_step, &a);
}

/* ---- the end ---- */

static enum rc
end_step(struct db *d, void *arg)
{
	const struct evidence_args *a = arg;
	struct audit_event ev = *a->ev;
	uint8_t capture[ID_BYTES];
	uint64_t gone = 0;
	enum rc r;

	if ((r = db_row(d, "SELECT capture FROM evidence_key WHERE held = 0 AND until_ms <= ? ORDER BY until_ms LIMIT 1",
	    DB_IN(db_in_i64(ev.at_ms)), DB_OUT(db_out_bytes(capture, ID_BYTES)))) != RC_OK)
		return r;
	if ((r = db_exec(d, "DELETE FROM evidence_key WHERE capture = ? AND held = 0 AND until_ms <= ?",
	    DB_IN(db_in_bytes(capture, ID_BYTES), db_in_i64(ev.at_ms)), &gone)) != RC_OK)
		return r;
	if (gone != 1)
		return RC_AGAIN;	/* held or ended meanwhile: the next one */
	if ((r = db_exec(d, "UPDATE evidence SET sealed = '' WHERE capture = ?", DB_IN(db_in_bytes(capture, ID_BYTES)),
	    NULL)) != RC_OK)
		return r;
	hex_put(capture, ID_BYTES, ev.subject);
	return audit_append(d, &ev);
}

static enum rc
evidence_end(struct evidence_store *s, const struct audit_event *ev)
{
	struct evidence_args a = { .ev = ev };

	return db_run(s->ctx, DB_REPEAT, end_step, &a);
}

const struct evidence_store_ops mysql_evidence_ops = {
	.person = evidence_person,
	.look = evidence_look,
	.hold = evidence_hold,
	.end = evidence_end,
};
