/*
 * mysql_capture.c - captures over MySQL: counters that lock, proofs, the
 * template of an enrolment, and traces.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Failures of a living face are counted in a row; success clears them. After
 * FACE_TRIES the person waits, after FACE_TRIES_TOTAL staff have to unlock
 * (NIST SP 800-63B, 5.2.3).
 */
#include "db/mysql_store.h"
#include "proto/lockout.h"

/* RC_LOCKED or RC_DISABLED if the counters forbid a face now; the person's row stays locked until the commit. */
static enum rc
check_lock(struct db *d, uint64_t person, int64_t at_ms)
{
	uint64_t total;
	int64_t locked_until;
	enum rc r;

	if ((r = db_row(d, "SELECT face_fails_total, face_locked_until FROM person WHERE id = ? FOR UPDATE",
	    DB_IN(db_in_u64(person)), DB_OUT(db_out_u64(&total), db_out_i64(&locked_until)))) != RC_OK)
		return r;
	if (total >= FACE_TRIES_TOTAL)
		return RC_DISABLED;
	return at_ms < locked_until ? RC_LOCKED : RC_OK;
}

/* ---- begin ---- */

struct begin_args {
	const struct capture_row *c;
	const struct audit_event *ev;
};

static enum rc
begin_step(struct db *d, void *arg)
{
	const struct begin_args *a = arg;
	const struct capture_row *c = a->c;
	enum rc r;

	if ((r = check_lock(d, c->person, c->started_ms)) != RC_OK)
		return r;
	if ((r = db_exec(d, "INSERT INTO capture (id, person, session, digest, enrol, started_ms) VALUES (?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_bytes(c->id, ID_BYTES), db_in_u64(c->person), db_in_bytes(c->session, ID_BYTES),
	    db_in_bytes(c->digest, DIGEST_BYTES), db_in_u64(c->enrol), db_in_i64(c->started_ms)), NULL)) != RC_OK)
		return r;
	return audit_append(d, a->ev);
}

static enum rc
capture_begin(struct capture_store *s, const struct capture_row *c, const struct audit_event *ev)
{
	struct begin_args a = { .c = c, .ev = ev };

	return db_run(s->ctx, DB_ONCE, begin_step, &a);
}

/* ---- finish ---- */

struct finish_args {
	const uint8_t *id;
	const struct capture_result *res;
	const struct audit_event *ev;
	enum rc verdict;	/* as it was stored */
};

/* Reads whose capture it is, looks at the person's lock, and ends the row if nobody did. */
static enum rc
end_capture(struct db *d, struct finish_args *a, struct capture_row *c)
{
	uint64_t ended, enrol;
	enum rc r;

	if ((r = db_row(d, "SELECT person, session, digest, enrol FROM capture WHERE id = ?", DB_IN(db_in_bytes(a->id, ID_BYTES)),
	    DB_OUT(db_out_u64(&c->person), db_out_bytes(c->session, ID_BYTES), db_out_bytes(c->digest, DIGEST_BYTES),
	    db_out_u64(&enrol)))) != RC_OK)
		return r;
	c->enrol = enrol != 0;
	a->verdict = a->res->verdict;
	if ((r = check_lock(d, c->person, a->res->ended_ms)) != RC_OK && r != RC_LOCKED && r != RC_DISABLED)
		return r;
	if (a->verdict == RC_OK)
		a->verdict = r;
	if ((r = db_exec(d, "UPDATE capture SET ended_ms = ?, verdict = ? WHERE id = ? AND ended_ms = 0",
	    DB_IN(db_in_i64(a->res->ended_ms), db_in_i64(a->verdict), db_in_bytes(a->id, ID_BYTES)), &ended)) != RC_OK)
		return r;
	return ended == 1 ? RC_OK : RC_EARLY;
}

static enum rc
write_proof(struct db *d, const struct finish_args *a, const struct capture_row *c)
{
	enum proof_factor factor = c->enrol ? PROOF_ENROL : PROOF_FACE;

	return db_exec(d, "INSERT INTO proof (person, session, factor, digest, capture, created_ms, expires_ms)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(c->person), db_in_bytes(c->session, ID_BYTES), db_in_u64((uint64_t)factor),
	    db_in_bytes(c->digest, DIGEST_BYTES), db_in_bytes(a->id, ID_BYTES), db_in_i64(a->res->ended_ms),
	    db_in_i64(a->res->proof_expires_ms)), NULL);
}

/* A template waits inactive; a later capture of the same enrolment takes its place. */
static enum rc
keep_template(struct db *d, uint64_t person, const struct face_template *t)
{
	uint64_t replaced;
	enum rc r;

	if (t->sealed_n > sizeof t->sealed)
		return RC_TOO_BIG;
	r = db_exec(d, "UPDATE face_template SET embedder = ?, embedder_version = ?, dim = ?, frames = ?, sealed = ?, created_ms = ?"
	    " WHERE person = ? AND active = 0",
	    DB_IN(db_in_text(t->embedder), db_in_u64(t->embedder_version), db_in_u64(t->dim), db_in_u64(t->frames),
	    db_in_bytes(t->sealed, t->sealed_n), db_in_i64(t->created_ms), db_in_u64(person)), &replaced);
	if (r != RC_OK || replaced == 1)
		return r;
	r = db_exec(d, "INSERT INTO face_template (person, active, embedder, embedder_version, dim, frames, sealed, created_ms)"
	    " VALUES (?, 0, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(person), db_in_text(t->embedder), db_in_u64(t->embedder_version), db_in_u64(t->dim),
	    db_in_u64(t->frames), db_in_bytes(t->sealed, t->sealed_n), db_in_i64(t->created_ms)), NULL);
	return r == RC_EXISTS ? RC_EARLY : r;	/* an active one is there: this was no first enrolment */
}

/* The newest TRACES_KEPT stay. */
static enum rc
keep_trace(struct db *d, const struct finish_args *a, uint64_t person)
{
	const struct capture_trace *t = a->res->trace;
	int64_t oldest;
	enum rc r;

	if (t->sealed_n > sizeof t->sealed)
		return RC_TOO_BIG;
	if ((r = db_exec(d, "INSERT INTO capture_trace (capture, person, created_ms, sealed) VALUES (?, ?, ?, ?)",
	    DB_IN(db_in_bytes(a->id, ID_BYTES), db_in_u64(person), db_in_i64(a->res->ended_ms),
	    db_in_bytes(t->sealed, t->sealed_n)), NULL)) != RC_OK)
		return r;
	r = db_row(d, "SELECT created_ms FROM capture_trace WHERE person = ? ORDER BY created_ms DESC LIMIT ?, 1",
	    DB_IN(db_in_u64(person), db_in_u64(TRACES_KEPT)), DB_OUT(db_out_i64(&oldest)));
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_OK : r;
	return db_exec(d, "DELETE FROM capture_trace WHERE person = ? AND created_ms <= ?",
	    DB_IN(db_in_u64(person), db_in_i64(oldest)), NULL);
}

static enum rc
count_failure(struct db *d, const struct finish_args *a, uint64_t person)
{
	uint64_t fails;
	enum rc r;

	if ((r = db_row(d, "SELECT face_fails FROM person WHERE id = ? FOR UPDATE", DB_IN(db_in_u64(person)),
	    DB_OUT(db_out_u64(&fails)))) != RC_OK)
		return r;
	fails++;
	return db_exec(d, "UPDATE person SET face_fails = ?, face_fails_total = face_fails_total + 1, face_locked_until = ? WHERE id = ?",
	    DB_IN(db_in_u64(fails), db_in_i64(lockout_until((uint32_t)fails, FACE_TRIES, a->res->ended_ms)), db_in_u64(person)), NULL);
}

static enum rc
finish_step(struct db *d, void *arg)
{
	struct finish_args *a = arg;
	struct audit_event ev = *a->ev;
	struct capture_row c;
	enum rc r;

	if ((r = end_capture(d, a, &c)) != RC_OK)
		return r;
	ev.outcome = a->verdict;
	if (a->res->trace != NULL && (r = keep_trace(d, a, c.person)) != RC_OK)
		return r;
	if (a->res->evidence != NULL && (r = evidence_put(d, a->id, c.person, a->res->ended_ms, a->res->evidence)) != RC_OK)
		return r;
	if (a->verdict == RC_OK) {
		if (c.enrol != (a->res->enrol != NULL))
			return RC_BUG;
		if (c.enrol && (r = keep_template(d, c.person, a->res->enrol)) != RC_OK)
			return r;
		if ((r = write_proof(d, a, &c)) != RC_OK)
			return r;
		r = db_exec(d, "UPDATE person SET face_fails = 0, face_fails_total = 0, face_locked_until = 0 WHERE id = ?",
		    DB_IN(db_in_u64(c.person)), NULL);
	} else if (a->res->counts) {
		r = count_failure(d, a, c.person);
	}
	return r != RC_OK ? r : audit_append(d, &ev);
}

static enum rc
capture_finish(struct capture_store *s, const uint8_t id[ID_BYTES], const struct capture_result *res, const struct audit_event *ev)
{
	struct finish_args a = { .id = id, .res = res, .ev = ev };
	enum rc r = db_run(s->ctx, DB_ONCE, finish_step, &a);

	return r == RC_OK && res->verdict == RC_OK ? a.verdict : r;
}

/* ---- traces ---- */

struct traces_args {
	uint64_t person;
	struct capture_trace *dst;
	size_t max, n;
	struct capture_trace row;
};

static enum rc
traces_each(void *arg)
{
	struct traces_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
traces_step(struct db *d, void *arg)
{
	struct traces_args *a = arg;

	a->n = 0;
	return db_rows(d, "SELECT capture, sealed FROM capture_trace WHERE person = ? ORDER BY created_ms DESC LIMIT ?",
	    DB_IN(db_in_u64(a->person), db_in_u64(a->max)), DB_OUT(db_out_bytes(a->row.capture, ID_BYTES),
	    db_out_blob(a->row.sealed, sizeof a->row.sealed, &a->row.sealed_n)), traces_each, a);
}

static enum rc
capture_traces(struct capture_store *s, uint64_t person, struct capture_trace *dst, size_t max, size_t *n)
{
	struct traces_args a = { .person = person, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, traces_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

enum rc
face_spend(struct db *d, const struct code_use *by, uint64_t journal)
{
	uint64_t spent;
	enum rc r;

	r = db_exec(d, "UPDATE proof SET spent_ms = ?, journal = ? WHERE person = ? AND session = ? AND factor = 1 AND digest = ?"
	    " AND spent_ms = 0 AND expires_ms > ? ORDER BY id LIMIT 1",
	    DB_IN(db_in_i64(by->now_ms), db_in_u64(journal), db_in_u64(by->person), db_in_bytes(by->session, ID_BYTES),
	    db_in_bytes(by->digest, DIGEST_BYTES), db_in_i64(by->now_ms)), &spent);
	return r != RC_OK ? r : spent == 1 ? RC_OK : RC_PROOF_MISSING;
}

const struct capture_store_ops mysql_capture_ops = {
	.begin = capture_begin,
	.finish = capture_finish,
	.traces = capture_traces,
};
