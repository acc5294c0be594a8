/*
 * mysql_audit_look.c - the audit trail for people: records with names, a lane
 * followed forwards, all lanes read backwards through an index.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A page goes on from the place of its last record (keyset paging), so a page
 * costs the same wherever it lies. The index of each query is named: with a
 * limit the optimizer would sometimes rather walk the whole table.
 */
#include <assert.h>
#include <string.h>

#include "db/mysql_store.h"

#define LINE_COLUMNS "SELECT r.lane, r.seq, r.at_ms, r.action, r.outcome, r.person, r.terminal, r.session, r.subject, r.detail," \
	" COALESCE(p.name, ''), COALESCE(p.customer, ''), COALESCE(t.name, '') FROM audit_record r"
#define LINE_NAMES " LEFT JOIN person p ON p.id = r.person LEFT JOIN terminal t ON t.id = r.terminal"
#define LINE_BEFORE " r.at_ms >= ? AND r.at_ms <= ? AND (r.at_ms < ? OR r.lane < ? OR (r.lane = ? AND r.seq < ?))" \
	" ORDER BY r.at_ms DESC, r.lane DESC, r.seq DESC LIMIT ?"

#define LINE_AFTER " AND r.at_ms >= ? AND (r.at_ms > ? OR r.lane > ? OR (r.lane = ? AND r.seq > ?))" \
	" ORDER BY r.at_ms, r.lane, r.seq LIMIT ?"

#define SIGN_ON_SQL "30, 31, 114"
static_assert(AUDIT_LOGIN_PASSWORD == 30 && AUDIT_LOGIN_CODE == 31 && AUDIT_SIGN_ON_FACE == 114, "SIGN_ON_SQL");

struct look_args {
	const struct audit_where *where;
	const struct audit_place *place;
	const uint8_t *session;		/* NULL: by subject */
	bool sign_on;			/* of the session only that */
	const char *subject;
	uint64_t lane, after, action;
	int64_t outcome;
	size_t max, n, subject_n, detail_n;
	struct audit_line row, *dst;
};

#define LINE_OUT(a) DB_OUT(db_out_u64(&(a)->row.lane), db_out_u64(&(a)->row.seq), db_out_i64(&(a)->row.event.at_ms), \
	db_out_u64(&(a)->action), db_out_i64(&(a)->outcome), db_out_u64(&(a)->row.event.person), \
	db_out_u64(&(a)->row.event.terminal), db_out_bytes((a)->row.event.session, ID_BYTES), \
	db_out_blob((a)->row.event.subject, AUDIT_SUBJECT_BYTES - 1, &(a)->subject_n), \
	db_out_blob((a)->row.event.detail, AUDIT_DETAIL_BYTES - 1, &(a)->detail_n), \
	db_out_text((a)->row.person_name, sizeof (a)->row.person_name), db_out_text((a)->row.customer, sizeof (a)->row.customer), \
	db_out_text((a)->row.terminal_name, sizeof (a)->row.terminal_name))

static enum rc
look_each(void *arg)
{
	struct look_args *a = arg;

	a->row.event.action = (enum audit_action)a->action;
	a->row.event.outcome = (enum rc)a->outcome;
	a->row.event.subject[a->subject_n] = '\0';
	a->row.event.detail[a->detail_n] = '\0';
	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
tail_step(struct db *d, void *arg)
{
	struct look_args *a = arg;

	a->n = 0;
	return db_rows(d, LINE_COLUMNS LINE_NAMES " WHERE r.lane = ? AND r.seq > ? ORDER BY r.seq LIMIT ?",
	    DB_IN(db_in_u64(a->lane), db_in_u64(a->after), db_in_u64(a->max)), LINE_OUT(a), look_each, a);
}

enum rc
audit_look_tail(struct audit_store *s, uint64_t lane, uint64_t after, struct audit_line *dst, size_t max, size_t *n)
{
	struct look_args a = { .lane = lane, .after = after, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, tail_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

static enum rc
back_step(struct db *d, void *arg)
{
	struct look_args *a = arg;
	const struct audit_where *w = a->where;
	const struct audit_place *b = &w->before;
	uint64_t whose = w->person != 0 ? w->person : w->terminal;

	a->n = 0;
	if (whose == 0)
		return db_rows(d, LINE_COLUMNS " FORCE INDEX (audit_record_at)" LINE_NAMES " WHERE" LINE_BEFORE,
		    DB_IN(db_in_i64(w->from_ms), db_in_i64(b->at_ms), db_in_i64(b->at_ms), db_in_u64(b->lane), db_in_u64(b->lane),
		    db_in_u64(b->seq), db_in_u64(a->max)), LINE_OUT(a), look_each, a);
	return db_rows(d, w->person != 0 ?
	    LINE_COLUMNS " FORCE INDEX (audit_record_person)" LINE_NAMES " WHERE r.person = ? AND" LINE_BEFORE :
	    LINE_COLUMNS " FORCE INDEX (audit_record_terminal)" LINE_NAMES " WHERE r.terminal = ? AND" LINE_BEFORE,
	    DB_IN(db_in_u64(whose), db_in_i64(w->from_ms), db_in_i64(b->at_ms), db_in_i64(b->at_ms), db_in_u64(b->lane),
	    db_in_u64(b->lane), db_in_u64(b->seq), db_in_u64(a->max)), LINE_OUT(a), look_each, a);
}

enum rc
audit_look_back(struct audit_store *s, const struct audit_where *where, struct audit_line *dst, size_t max, size_t *n)
{
	struct look_args a = { .where = where, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, back_step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

static enum rc
story_step(struct db *d, void *arg)
{
	struct look_args *a = arg;
	const struct audit_place *p = a->place;

	a->n = 0;
	return db_rows(d, a->sign_on ?
	    LINE_COLUMNS " FORCE INDEX (audit_record_session)" LINE_NAMES " WHERE r.action IN (" SIGN_ON_SQL ") AND r.session = ?"
	    LINE_AFTER : a->session != NULL ?
	    LINE_COLUMNS " FORCE INDEX (audit_record_session)" LINE_NAMES " WHERE r.session = ?" LINE_AFTER :
	    LINE_COLUMNS " FORCE INDEX (audit_record_subject)" LINE_NAMES " WHERE r.subject = ?" LINE_AFTER,
	    DB_IN(a->session != NULL ? db_in_bytes(a->session, ID_BYTES) : db_in_bytes(a->subject, strlen(a->subject)),
	    db_in_i64(p->at_ms), db_in_i64(p->at_ms), db_in_u64(p->lane), db_in_u64(p->lane), db_in_u64(p->seq), db_in_u64(a->max)),
	    LINE_OUT(a), look_each, a);
}

static enum rc
look_story(struct audit_store *s, struct look_args *a, size_t *n)
{
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, story_step, a)) == RC_OK)
		*n = a->n;
	return r;
}

enum rc
audit_look_session(struct audit_store *s, const uint8_t session[ID_BYTES], const struct audit_place *after,
    struct audit_line *dst, size_t max, size_t *n)
{
	return look_story(s, &(struct look_args){ .session = session, .place = after, .dst = dst, .max = max }, n);
}

enum rc
audit_look_sign_on(struct audit_store *s, const uint8_t session[ID_BYTES], const struct audit_place *after,
    struct audit_line *dst, size_t max, size_t *n)
{
	return look_story(s, &(struct look_args){ .session = session, .sign_on = true, .place = after, .dst = dst, .max = max }, n);
}

enum rc
audit_look_subject(struct audit_store *s, const char *subject, const struct audit_place *after, struct audit_line *dst,
    size_t max, size_t *n)
{
	return look_story(s, &(struct look_args){ .subject = subject, .place = after, .dst = dst, .max = max }, n);
}

/* ---- names to ids ---- */

struct ids_args {
	const char *text;
	uint64_t row, *dst;
	size_t max, n;
};

static enum rc
ids_each(void *arg)
{
	struct ids_args *a = arg;

	a->dst[a->n++] = a->row;
	return RC_OK;
}

static enum rc
people_step(struct db *d, void *arg)
{
	struct ids_args *a = arg;

	a->n = 0;
	return db_rows(d, "SELECT id FROM person WHERE customer = CONVERT(? USING ascii) OR LOCATE(?, name COLLATE utf8mb4_general_ci) > 0 LIMIT ?",
	    DB_IN(db_in_text(a->text), db_in_text(a->text), db_in_u64(a->max)), DB_OUT(db_out_u64(&a->row)), ids_each, a);
}

static enum rc
terminals_step(struct db *d, void *arg)
{
	struct ids_args *a = arg;

	a->n = 0;
	return db_rows(d, "SELECT id FROM terminal WHERE LOCATE(?, name COLLATE utf8mb4_general_ci) > 0 LIMIT ?",
	    DB_IN(db_in_text(a->text), db_in_u64(a->max)), DB_OUT(db_out_u64(&a->row)), ids_each, a);
}

static enum rc
look_ids(struct audit_store *s, enum rc (*step)(struct db *d, void *arg), const char *text, uint64_t *dst, size_t max, size_t *n)
{
	struct ids_args a = { .text = text, .dst = dst, .max = max };
	enum rc r;

	if ((r = db_run(s->ctx, DB_REPEAT, step, &a)) == RC_OK)
		*n = a.n;
	return r;
}

enum rc
audit_look_people(struct audit_store *s, const char *text, uint64_t *dst, size_t max, size_t *n)
{
	return look_ids(s, people_step, text, dst, max, n);
}

enum rc
audit_look_terminals(struct audit_store *s, const char *text, uint64_t *dst, size_t max, size_t *n)
{
	return look_ids(s, terminals_step, text, dst, max, n);
}
