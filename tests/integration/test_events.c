/*
 * test_events.c - the audit trail at the console of the real server: followed
 * without a gap, searched without a record twice, by those who may.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/staff.h"

#define WRITERS  3
#define EACH     150
#define MANY      20	/* lanes, more than an answer has rows */

static int
setup(void **state)
{
	static struct world w;
	struct client_key key;

	w.server = server_make("code { life_ms = 60000 }\npolicy { audit_face = false }\n");
	w.at.server = w.server;
	w.sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	w.ada = (struct somebody){ .name = "Ada Auditor", .email = "ada@example.org" };
	w.max = (struct somebody){ .name = "Max Maker", .email = "max@example.org" };
	admin_hired(&w.at, &w.sue, "10000001");
	admin_hired(&w.at, &w.ada, "10000002");
	admin_hired(&w.at, &w.max, "10000003");
	bank_role(w.server->db, w.sue.id, ROLE_SUPERVISOR, true);
	bank_role(w.server->db, w.ada.id, ROLE_AUDITOR, true);
	server_start(w.server);
	w.server->consoles = CONSOLE_BACKOFFICE | CONSOLE_AUDIT;
	server_accept(w.server, "office 1", &key);
	w.office = server_client(w.server, &key);
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->office);
	server_drop(w->server);
	return 0;
}

static enum rc
tail(struct world *w, const cs_EventFilter *f, cs_Events *seen)
{
	cs_Envelope q = { .which_body = cs_Envelope_events_tail_tag }, a;
	cs_EventsTail *t = &q.body.events_tail;
	enum rc r;

	t->has_filter = true;
	t->filter = *f;
	t->seen_count = seen->seen_count;
	memcpy(t->seen, seen->seen, sizeof t->seen);
	r = client_ask(w->office, &q, &a, ASK_MS);
	if (r == RC_OK)
		*seen = a.body.events;
	return r;
}

static void
no_one_else_looks(void **state)
{
	struct world *w = *state;
	cs_Events seen = { 0 };
	cs_Envelope a;

	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_int_equal(tail(w, &(cs_EventFilter){ 0 }, &seen), RC_SESSION_ENDED);
	assert_int_equal(staff_signs_on(w, w->office, &w->max, cs_Console_CONSOLE_AUDIT, &a), RC_DENIED);
	assert_int_equal(staff_signs_on(w, w->office, &w->ada, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_int_equal(tail(w, &(cs_EventFilter){ 0 }, &seen), RC_OK);
	assert_true(seen.rows_count > 0 && seen.seen_count > 0);
	/* the newest is last, and it is that the auditor signed on */
	assert_string_equal(seen.rows[seen.rows_count - 1].action, "login-code");
	assert_string_equal(seen.rows[seen.rows_count - 1].customer, w->ada.customer);
	assert_string_equal(seen.rows[seen.rows_count - 1].terminal, "office 1");
	for (pb_size_t i = 1; i < seen.rows_count; i++)
		assert_true(seen.rows[i - 1].utc_ms <= seen.rows[i].utc_ms);
}

struct writer {
	struct world *w;
	int number;
};

static void *
write_all(void *arg)
{
	const struct writer *me = arg;
	char lane[LANE_NAME_BYTES];
	struct stores *s;

	snprintf(lane, sizeof lane, "test/writer %d", me->number);
	s = private_db_open(me->w->server->db, "countersign_admin", lane);
	for (int i = 0; i < EACH; i++) {
		struct audit_event ev = bank_event(AUDIT_LOGOUT, 1800000000000LL + i);

		snprintf(ev.subject, sizeof ev.subject, "live %d %d", me->number, i);
		assert_int_equal(s->audit.ops->append(&s->audit, &ev), RC_OK);
	}
	stores_close(s);
	return NULL;
}

/* Three writers in lanes of their own, at once: everything is seen, once, in the order of its lane. */
static void
a_tail_loses_nothing(void **state)
{
	struct world *w = *state;
	const cs_EventFilter f = { .text = "LIVE" };
	struct writer writer[WRITERS];
	int next[WRITERS] = { 0 }, got = 0;
	pthread_t thread[WRITERS];
	cs_Events seen = { 0 };

	assert_int_equal(tail(w, &f, &seen), RC_OK);
	assert_int_equal(seen.rows_count, 0);
	for (int i = 0; i < WRITERS; i++) {
		writer[i] = (struct writer){ w, i };
		assert_int_equal(pthread_create(&thread[i], NULL, write_all, &writer[i]), 0);
	}
	while (got < WRITERS * EACH) {
		assert_int_equal(tail(w, &f, &seen), RC_OK);
		for (pb_size_t i = 0; i < seen.rows_count; i++, got++) {
			int who = -1, number = -1;

			assert_int_equal(sscanf(seen.rows[i].subject, "live %d %d", &who, &number), 2);
			assert_in_range(who, 0, WRITERS - 1);
			assert_int_equal(number, next[who]++);
		}
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(tail(w, &f, &seen), RC_OK);
	assert_int_equal(seen.rows_count, 0);
	assert_false(seen.more);
}

static void
writes(struct world *w, const char *lane, int n)
{
	struct stores *s = private_db_open(w->server->db, "countersign_admin", lane);

	for (int i = 0; i < n; i++) {
		struct audit_event ev = bank_event(AUDIT_LOGOUT, 1600000000000LL + i);

		snprintf(ev.subject, sizeof ev.subject, "crowd of %s", lane);
		snprintf(ev.detail, sizeof ev.detail, "%d", i);
		assert_int_equal(s->audit.ops->append(&s->audit, &ev), RC_OK);
	}
	stores_close(s);
}

/* How many records of this lane an answer has; *next: the number that its next one must have. */
static int
came(const cs_Events *e, const char *lane, int *next)
{
	char subject[AUDIT_SUBJECT_BYTES];
	int n = 0;

	snprintf(subject, sizeof subject, "crowd of %s", lane);
	for (pb_size_t i = 0; i < e->rows_count; i++)
		if (strcmp(e->rows[i].subject, subject) == 0) {
			assert_int_equal(strtol(e->rows[i].detail, NULL, 10), (*next)++);
			n++;
		}
	return n;
}

/* A lane that did not exist a moment ago is not kept waiting by an older one that has much to tell. */
static void
a_crowded_lane_holds_up_no_other(void **state)
{
	struct world *w = *state;
	const cs_EventFilter f = { .text = "crowd of" };
	int busy = 0, late = 0, requests = 0;
	cs_Events seen = { 0 };

	assert_int_equal(tail(w, &f, &seen), RC_OK);
	writes(w, "test/writer 0", 100);
	writes(w, "test/late", 20);
	assert_int_equal(tail(w, &f, &seen), RC_OK);
	assert_int_equal(came(&seen, "test/writer 0", &busy), EVENTS_PAGE_MAX / 2);
	assert_int_equal(came(&seen, "test/late", &late), EVENTS_PAGE_MAX / 2);
	for (; seen.more; requests++) {
		assert_int_equal(tail(w, &f, &seen), RC_OK);
		assert_int_equal(came(&seen, "test/writer 0", &busy) + came(&seen, "test/late", &late), seen.rows_count);
	}
	assert_int_equal(busy, 100);
	assert_int_equal(late, 20);
	assert_int_equal(requests, (120 + EVENTS_PAGE_MAX - 1) / EVENTS_PAGE_MAX - 1);
}

/* More lanes than an answer has rows, all with much to tell: each is heard within two answers. */
static void
more_lanes_than_rows_take_turns(void **state)
{
	struct world *w = *state;
	const cs_EventFilter f = { .text = "crowd of" };
	int next[MANY] = { 0 }, all = 0;
	char lane[MANY][LANE_NAME_BYTES];
	cs_Events seen = { 0 };

	assert_int_equal(tail(w, &f, &seen), RC_OK);
	for (int i = 0; i < MANY; i++) {
		snprintf(lane[i], sizeof lane[i], "test/one of many %d", i);
		writes(w, lane[i], 10);
	}
	for (int requests = 1; all < 10 * MANY; requests++) {
		assert_int_equal(tail(w, &f, &seen), RC_OK);
		assert_int_equal(seen.rows_count, 10 * MANY - all < (int)EVENTS_PAGE_MAX ? 10 * MANY - all : (int)EVENTS_PAGE_MAX);
		for (int i = 0; i < MANY; i++) {
			all += came(&seen, lane[i], &next[i]);
			assert_true(requests < 2 || next[i] > 0);
		}
	}
	assert_false(seen.more);
}

/* Pages to the end; how many records there were, each once and the newest first; *requests: how many it took. */
static int
find_all(struct world *w, const cs_EventFilter *f, int *requests)
{
	cs_Envelope q = { .which_body = cs_Envelope_events_find_tag }, a;
	int64_t last = INT64_MAX;
	int found = 0;

	q.body.events_find.has_filter = true;
	q.body.events_find.filter = *f;
	for (*requests = 1;; ++*requests) {
		assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_OK);
		for (pb_size_t i = 0; i < a.body.events.rows_count; i++, found++) {
			const cs_Event *e = &a.body.events.rows[i];

			assert_true(e->utc_ms <= last);
			last = e->utc_ms;
		}
		if (!a.body.events.more)
			return found;
		q.body.events_find.before_utc_ms = a.body.events.next_utc_ms;
		q.body.events_find.has_before = true;
		q.body.events_find.before = a.body.events.next;
	}
}

static void
a_search_finds_each_once(void **state)
{
	struct world *w = *state;
	cs_EventFilter f = { .text = "live 1 " };
	int requests;

	assert_int_equal(find_all(w, &f, &requests), EACH);
	f = (cs_EventFilter){ .text = "live", .from_utc_ms = 1800000000000LL + 10, .to_utc_ms = 1800000000000LL + 12 };
	assert_int_equal(find_all(w, &f, &requests), 3 * WRITERS);
	f = (cs_EventFilter){ .person = "nobody of this name" };
	assert_int_equal(find_all(w, &f, &requests), 0);
	assert_int_equal(requests, 1);
	f = (cs_EventFilter){ .person = "auditor", .action = "login", .outcome = cs_EventOutcome_EVENT_OUTCOME_OK };
	assert_int_equal(find_all(w, &f, &requests), (int)private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record"
	    " JOIN person ON person.id = audit_record.person WHERE name = 'Ada Auditor' AND action IN (30, 31) AND outcome = 0"));
	assert_int_equal(requests, 1);
	f = (cs_EventFilter){ .person = "10000002", .terminal = "OFFICE", .action = "login-code" };
	assert_int_equal(find_all(w, &f, &requests), 1);
	f = (cs_EventFilter){ .terminal = "office 1", .outcome = cs_EventOutcome_EVENT_OUTCOME_REFUSED };
	assert_int_equal(find_all(w, &f, &requests),
	    (int)private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record WHERE terminal > 0 AND outcome <> 0"));
	f = (cs_EventFilter){ 0 };
	assert_int_equal(find_all(w, &f, &requests), (int)private_db_number(w->server->db, "SELECT COUNT(*) FROM audit_record"));
}

/* Names are compared as the database knows letters, in what is searched and in what comes. */
static void
letters_of_all_languages(void **state)
{
	struct world *w = *state;
	const cs_EventFilter f = { .person = "\xc3\xb6zdemir" };	/* with a small letter */
	cs_Envelope q = { .which_body = cs_Envelope_events_find_tag }, a;
	cs_Events seen = { 0 };
	char sql[128];

	snprintf(sql, sizeof sql, "UPDATE person SET name = '\xc3\x96zdemir Auditor' WHERE id = %llu", (unsigned long long)w->ada.id);
	assert_int_equal(private_db_sql(w->server->db, "root", sql), 0);
	q.body.events_find.has_filter = true;
	q.body.events_find.filter = f;
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_OK);
	assert_true(a.body.events.rows_count > 0);
	assert_int_equal(tail(w, &f, &seen), RC_OK);
	assert_true(seen.rows_count > 0);
	assert_int_equal(staff_signs_on(w, w->office, &w->ada, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	assert_int_equal(tail(w, &f, &seen), RC_OK);
	assert_true(seen.rows_count > 0);	/* that she signed on once more */
	snprintf(sql, sizeof sql, "UPDATE person SET name = '%s' WHERE id = %llu", w->ada.name, (unsigned long long)w->ada.id);
	assert_int_equal(private_db_sql(w->server->db, "root", sql), 0);
}

/* The record of this person's last sign-on. */
static cs_LaneAt
signed_on_at(struct world *w, const struct somebody *who)
{
	char text[240];
	int64_t at;

	snprintf(text, sizeof text, "SELECT lane * 1000000 + seq FROM audit_record WHERE person = %llu AND action = 31"
	    " AND outcome = 0 ORDER BY at_ms DESC LIMIT 1", (unsigned long long)who->id);
	at = (int64_t)private_db_number(w->server->db, text);
	return (cs_LaneAt){ .lane = (uint32_t)(at / 1000000), .seq = (uint64_t)(at % 1000000) };
}

/* The auditor's sign-on, seen by the supervisor: all of its session, in order; not what the supervisor did. */
static void
a_story_is_its_session(void **state)
{
	struct world *w = *state;
	cs_Envelope q = { .which_body = cs_Envelope_story_get_tag }, a;
	char text[240];
	int found = 0;

	assert_int_equal(staff_signs_on(w, w->office, &w->sue, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	q.body.story_get.has_of = q.body.story_get.has_after = true;
	q.body.story_get.of = signed_on_at(w, &w->ada);
	do {
		assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_OK);
		for (pb_size_t i = 0; i < a.body.events.rows_count; i++, found++) {
			const cs_Event *e = &a.body.events.rows[i];

			assert_string_equal(e->customer, w->ada.customer);
			assert_true(e->utc_ms >= q.body.story_get.after_utc_ms);
			q.body.story_get.after_utc_ms = e->utc_ms;
			q.body.story_get.after = (cs_LaneAt){ e->lane, e->seq };
		}
	} while (a.body.events.more);
	snprintf(text, sizeof text, "SELECT COUNT(*) FROM audit_record WHERE session = (SELECT session FROM audit_record"
	    " WHERE lane = %u AND seq = %llu)", (unsigned)q.body.story_get.of.lane, (unsigned long long)q.body.story_get.of.seq);
	assert_int_equal(found, (int)private_db_number(w->server->db, text));
	assert_true(found > 1);
	q.body.story_get.of.seq = 1000000;
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_NOT_FOUND);
	q.body.story_get.of = signed_on_at(w, &w->sue);
	assert_int_equal(client_ask(w->office, &q, &a, ASK_MS), RC_DENIED);
}

/* What no index finds takes several requests, none of them long; the trail is still whole. */
static void
a_long_search_goes_on(void **state)
{
	struct world *w = *state;
	struct stores *s = private_db_open(w->server->db, "countersign_admin", "test/many");
	struct audit_event ev = bank_event(AUDIT_LOGOUT, 1700000000000LL);
	const cs_EventFilter f = { .text = "the only one" };
	int requests;

	snprintf(ev.detail, sizeof ev.detail, "the only one");
	assert_int_equal(s->audit.ops->append(&s->audit, &ev), RC_OK);
	assert_int_equal(private_db_sql(w->server->db, "root",
	    "INSERT INTO audit_record SELECT r.lane, r.seq + seq_1_to_9000.seq, r.at_ms + seq_1_to_9000.seq, r.action, 0, 0, 0, r.session, '', '', r.prev, r.hash"
	    " FROM audit_record r JOIN seq_1_to_9000 WHERE r.detail = 'the only one'"), 0);
	assert_int_equal(find_all(w, &f, &requests), 1);
	assert_true(requests > 1);
	stores_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_one_else_looks),
		cmocka_unit_test(a_tail_loses_nothing),
		cmocka_unit_test(a_crowded_lane_holds_up_no_other),
		cmocka_unit_test(more_lanes_than_rows_take_turns),
		cmocka_unit_test(a_search_finds_each_once),
		cmocka_unit_test(a_story_is_its_session),
		cmocka_unit_test(a_long_search_goes_on),
		cmocka_unit_test(letters_of_all_languages),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
