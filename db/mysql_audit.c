/*
 * mysql_audit.c - audit lanes over MySQL: appending is one conditional write
 * of the lane's head and one insert.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The head of the own lane is remembered between transactions (mysql_conn.h,
 * struct db_lane), so a record costs no read. If somebody else wrote to the
 * lane, the conditional write matches no row, and the step is run again after
 * the head was read anew.
 */
#include <string.h>

#include "db/mysql_store.h"

/* ---- appending ---- */

static enum rc
lane_read(struct db *d, struct db_lane *l)
{
	return db_row(d, "SELECT id, seq, hash FROM audit_lane WHERE name = ?", DB_IN(db_in_text(l->name)),
	    DB_OUT(db_out_u64(&l->id), db_out_u64(&l->seq), db_out_bytes(l->hash, sizeof l->hash)));
}

static enum rc
lane_open_step(struct db *d, void *arg)
{
	static const uint8_t zero[DIGEST_BYTES];
	struct db_lane *l = db_lane(d);
	enum rc r;

	(void)arg;
	if ((r = lane_read(d, l)) == RC_NOT_FOUND) {
		r = db_exec(d, "INSERT INTO audit_lane (name, seq, hash) VALUES (?, 0, ?)",
		    DB_IN(db_in_text(l->name), db_in_bytes(zero, sizeof zero)), NULL);
		if (r == RC_OK || r == RC_EXISTS)	/* somebody else made it just now */
			r = lane_read(d, l);
	}
	return r;
}

enum rc
audit_lane_open(struct db *d)
{
	struct db_lane *l = db_lane(d);
	enum rc r;

	if (l->name[0] == '\0')
		return RC_OK;
	if ((r = db_run(d, DB_REPEAT, lane_open_step, NULL)) == RC_OK)
		l->known = true;
	return r;
}

static enum rc
record_insert(struct db *d, const struct audit_record *rec)
{
	const struct audit_event *e = &rec->event;

	return db_exec(d, "INSERT INTO audit_record (lane, seq, at_ms, action, outcome, person, terminal, session, subject,"
	    " detail, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    DB_IN(db_in_u64(rec->lane), db_in_u64(rec->seq), db_in_i64(e->at_ms), db_in_u64((uint64_t)e->action),
	    db_in_i64(e->outcome), db_in_u64(e->person), db_in_u64(e->terminal), db_in_bytes(e->session, sizeof e->session),
	    db_in_bytes(e->subject, strlen(e->subject)), db_in_bytes(e->detail, strlen(e->detail)),
	    db_in_bytes(rec->prev, sizeof rec->prev), db_in_bytes(rec->hash, sizeof rec->hash)), NULL);
}

enum rc
audit_append(struct db *d, const struct audit_event *ev)
{
	struct db_lane *l = db_lane(d);
	struct audit_record rec = { .event = *ev };
	const uint8_t *head;
	uint64_t seq, moved;
	enum rc r;

	if (l->name[0] == '\0')
		return RC_BUG;	/* a bundle that only reads was asked to write */
	if (!l->known && !l->pending) {
		if ((r = lane_read(d, l)) != RC_OK)
			return r == RC_NOT_FOUND ? RC_STORE : r;
		l->known = true;
	}
	seq = l->pending ? l->next_seq : l->seq;
	head = l->pending ? l->next_hash : l->hash;
	rec.lane = l->id;
	rec.seq = seq + 1;
	if (seq == 0)
		audit_lane_root(l->id, l->name, rec.prev);
	else
		memcpy(rec.prev, head, DIGEST_BYTES);
	audit_record_hash(&rec, rec.hash);
	r = db_exec(d, "UPDATE audit_lane SET seq = ?, hash = ? WHERE id = ? AND seq = ? AND hash = ?",
	    DB_IN(db_in_u64(rec.seq), db_in_bytes(rec.hash, DIGEST_BYTES), db_in_u64(l->id), db_in_u64(seq),
	    db_in_bytes(head, DIGEST_BYTES)), &moved);
	if (r == RC_OK && moved != 1) {
		l->known = false;
		return RC_AGAIN;
	}
	if (r != RC_OK || (r = record_insert(d, &rec)) != RC_OK)
		return r == RC_EXISTS ? RC_STORE : r;
	l->next_seq = rec.seq;
	memcpy(l->next_hash, rec.hash, DIGEST_BYTES);
	l->pending = true;
	return RC_OK;
}

static enum rc
append_step(struct db *d, void *arg)
{
	return audit_append(d, arg);
}

static enum rc
audit_store_append(struct audit_store *s, const struct audit_event *ev)
{
	struct audit_event copy = *ev;

	return db_run(s->ctx, DB_ONCE, append_step, &copy);
}

/* ---- reading ---- */

struct heads_args {
	struct audit_head row, *dst;
	size_t max, n;
};

static enum rc
heads_each(void *arg)
{
	struct heads_args *a = arg;

	if (a->n == a->max)
		return RC_TOO_BIG;
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
heads_step(struct db *d, void *arg)
{
	struct heads_args *a = arg;

	a->n = 0;
	return db_rows(d, "SELECT id, name, seq, hash FROM audit_lane ORDER BY id", DB_NO_IN,
	    DB_OUT(db_out_u64(&a->row.lane), db_out_text(a->row.name, sizeof a->row.name), db_out_u64(&a->row.seq),
	    db_out_bytes(a->row.hash, DIGEST_BYTES)), heads_each, a);
}

static enum rc
audit_store_heads(struct audit_store *s, struct audit_head *dst, size_t max, size_t *n)
{
	struct heads_args a = { .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, heads_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

struct scan_args {
	uint64_t lane, after, action;
	int64_t outcome;
	size_t max, n, subject_n, detail_n;
	struct audit_record row, *dst;
};

static enum rc
scan_each(void *arg)
{
	struct scan_args *a = arg;

	a->row.lane = a->lane;
	a->row.event.action = (enum audit_action)a->action;
	a->row.event.outcome = (enum rc)a->outcome;
	a->row.event.subject[a->subject_n] = '\0';
	a->row.event.detail[a->detail_n] = '\0';
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
scan_step(struct db *d, void *arg)
{
	struct scan_args *a = arg;
	struct audit_event *e = &a->row.event;

	a->n = 0;
	return db_rows(d, "SELECT seq, at_ms, action, outcome, person, terminal, session, subject, detail, prev, hash"
	    " FROM audit_record WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?",
	    DB_IN(db_in_u64(a->lane), db_in_u64(a->after), db_in_u64(a->max)),
	    DB_OUT(db_out_u64(&a->row.seq), db_out_i64(&e->at_ms), db_out_u64(&a->action), db_out_i64(&a->outcome),
	    db_out_u64(&e->person), db_out_u64(&e->terminal), db_out_bytes(e->session, sizeof e->session),
	    db_out_blob(e->subject, sizeof e->subject - 1, &a->subject_n), db_out_blob(e->detail, sizeof e->detail - 1, &a->detail_n),
	    db_out_bytes(a->row.prev, DIGEST_BYTES), db_out_bytes(a->row.hash, DIGEST_BYTES)), scan_each, a);
}

static enum rc
audit_store_scan(struct audit_store *s, uint64_t lane, uint64_t after, struct audit_record *dst, size_t max, size_t *n)
{
	struct scan_args a = { .lane = lane, .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, scan_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

const struct audit_store_ops mysql_audit_ops = {
	.append = audit_store_append,
	.heads = audit_store_heads,
	.scan = audit_store_scan,
	.tail = audit_look_tail,
	.look = audit_look_back,
	.of_session = audit_look_session,
	.of_sign_on = audit_look_sign_on,
	.of_subject = audit_look_subject,
	.people = audit_look_people,
	.terminals = audit_look_terminals,
	.numbers = audit_count_numbers,
};
