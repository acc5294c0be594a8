/*
 * test_audit_events.c - the live tail: follows, stands still, filters while one
 * types, brings older events; and keeps up with thousands of rows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/console.h"
#include "client/event_filter.h"
#include "client/event_list.h"
#include "proto/role.h"
#include "screen_rig.h"

static void
event_make(cs_Event *e, uint64_t i)
{
	static const char *const actions[] = { "login-code", "capture-verdict", "transfer-post", "batch-submit" };
	static const char *const details[] = { "", "live: texture 0.91 of 0.50, pose 0.88 of 0.60", "12.50 EUR to XC92 0001 8709 9263 17, "
	    "journal 118, digest 5f0c1a", "3 lines" };

	*e = (cs_Event)cs_Event_init_zero;
	e->lane = 3;
	e->seq = i;
	e->utc_ms = RIG_UTC_MS - 600000 + (int64_t)i * 1000;
	strcpy(e->action, actions[i % 4]);
	e->outcome = i % 5 == 1 ? RC_NOT_LIVE : RC_OK;
	strcpy(e->person, i % 2 == 0 ? "Zoë Müller-Łukasiewicz" : "Grace Hopper");
	strcpy(e->customer, "20000018");
	snprintf(e->terminal, sizeof e->terminal, "counter-%u", (unsigned)(i % 3) + 1);
	strcpy(e->subject, i % 4 == 2 ? "XC6100010000004711" : "");
	strcpy(e->detail, details[i % 4]);
}

/* Events from to last, in the order that the request asks for. */
static void
answer_events(struct rig *r, uint64_t from, uint64_t last, bool more)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Events *m = &e.body.events;
	bool find = r->sent.which_body == cs_Envelope_events_find_tag;

	e.which_body = cs_Envelope_events_tag;
	for (uint64_t i = from; i <= last && from > 0; i++)
		event_make(&m->rows[m->rows_count++], find ? last + from - i : i);
	m->more = more;
	if (find) {
		m->has_next = true;
		m->next = (cs_LaneAt){ 3, from };
		m->next_utc_ms = RIG_UTC_MS - 600000 + (int64_t)from * 1000;
	} else {
		m->seen_count = 1;
		m->seen[0] = (cs_LaneAt){ 3, last };
	}
	rig_answer(r, &e);
}

static void
console_open(struct rig *r)
{
	rig_open(r);
	r->v->console = &console_audit;
	rig_sign_on(r, ROLE_SUPERVISOR);
	rig_page(r, "events");
	rig_asked(r, events_tail);
	assert_int_equal(r->sent.body.events_tail.seen_count, 0);
}

/* Events 101 to 116 and the page of older ones that fills the window, drawn once for its size. */
static void
console_full(struct rig *r)
{
	console_open(r);
	free(rig_text(r, 80, 24));
	answer_events(r, 101, 116, false);
}

static void
test_follows(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	console_full(&r);
	rig_see(&r, "Following: 16 events", true);
	count = r.count;
	rig_wait(&r, 300);
	assert_int_equal(r.count, count);
	rig_wait(&r, 250);
	assert_int_equal(r.count, count + 1);
	assert_int_equal(r.sent.body.events_tail.seen[0].seq, 116);
	rig_wait(&r, 5000);				/* one question at a time */
	assert_int_equal(r.count, count + 1);
	answer_events(&r, 117, 132, true);
	assert_int_equal(r.count, count + 2);		/* there is more: at once */
	answer_events(&r, 133, 134, false);
	rig_see(&r, "Following: 34 events", true);
	rig_golden(&r, "events");
	rig_close(&r);
}

static void
test_stands_still_when_one_scrolls(void **state)
{
	struct rig r;
	char *before, *after;

	(void)state;
	console_full(&r);
	rig_press(&r, REQ_UP);
	rig_see(&r, "Standing still, 0 new below", true);
	before = rig_text(&r, 80, 24);
	rig_wait(&r, 500);
	answer_events(&r, 117, 119, false);
	rig_see(&r, "Standing still, 3 new below", true);
	after = rig_text(&r, 80, 24);
	assert_memory_equal(strstr(before, "Time"), strstr(after, "Time"), (size_t)(strstr(before, "Standing") - strstr(before, "Time")));
	free(before);
	free(after);
	rig_golden(&r, "events-still");
	rig_press(&r, REQ_END);
	rig_see(&r, "Following: 19 events", true);
	rig_close(&r);
}

static void
test_older_ones(void **state)
{
	struct rig r;

	(void)state;
	console_full(&r);
	rig_press(&r, REQ_HOME);
	rig_asked(&r, events_find);
	assert_int_equal(r.sent.body.events_find.before.seq, 101);
	answer_events(&r, 85, 100, true);
	rig_press(&r, REQ_PGUP);
	rig_press(&r, REQ_PGUP);
	rig_asked(&r, events_find);
	assert_int_equal(r.sent.body.events_find.before.seq, 85);
	answer_events(&r, 0, 0, true);			/* looked at, nothing fits: it goes on by itself */
	rig_asked(&r, events_find);
	answer_events(&r, 83, 84, false);
	rig_press(&r, REQ_HOME);
	rig_press(&r, REQ_PGUP);
	rig_wait(&r, 500);
	rig_asked(&r, events_tail);			/* there are no older ones */
	rig_see(&r, "3/83", true);
	rig_close(&r);
}

static void
test_filters_as_one_types(void **state)
{
	struct rig r;

	(void)state;
	console_full(&r);
	rig_type(&r, "gr");
	rig_asked(&r, events_tail);
	assert_int_equal(r.sent.body.events_tail.seen_count, 0);
	assert_string_equal(r.sent.body.events_tail.filter.person, "g");
	answer_events(&r, 1, 16, false);		/* of what was typed before: thrown away */
	assert_string_equal(r.sent.body.events_tail.filter.person, "gr");
	rig_see(&r, "transfer-post", false);
	answer_events(&r, 101, 101, false);
	rig_asked(&r, events_find);			/* the window is not full */
	assert_string_equal(r.sent.body.events_find.filter.person, "gr");
	answer_events(&r, 0, 0, false);
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "4 71 1");			/* as printed */
	answer_events(&r, 101, 116, false);
	answer_events(&r, 101, 116, false);
	assert_string_equal(r.sent.body.events_tail.filter.account, "4711");
	rig_press(&r, REQ_NEXT);
	rig_press(&r, REQ_NEXT);
	rig_press(&r, REQ_NEXT);
	rig_press(&r, REQ_RIGHT);
	rig_type(&r, "r");
	rig_press(&r, REQ_NEXT);
	rig_type(&r, "9:3");
	answer_events(&r, 101, 116, false);
	assert_int_equal(r.sent.body.events_tail.filter.outcome, cs_EventOutcome_EVENT_OUTCOME_REFUSED);
	assert_true(r.sent.body.events_tail.filter.from_utc_ms == RIG_UTC_MS - RIG_UTC_MS % 86400000 + (9 * 60 + 3) * 60000);
	rig_type(&r, "x");
	answer_events(&r, 101, 116, false);
	assert_true(r.sent.body.events_tail.filter.from_utc_ms == 0);
	rig_see(&r, "Times are 9:30", true);
	answer_events(&r, 101, 104, false);
	answer_events(&r, 0, 0, false);
	rig_see(&r, "Times are 9:30", true);	/* what nobody asked for by a key takes no words away */
	rig_golden(&r, "events-filter");
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_BACK);
	assert_string_equal(r.sent.body.events_tail.filter.person, "");
	assert_int_equal(r.sent.body.events_tail.filter.outcome, cs_EventOutcome_EVENT_OUTCOME_ANY);
	rig_close(&r);
}

static void
test_nothing_and_no_link(void **state)
{
	struct rig r;
	unsigned count;

	(void)state;
	console_open(&r);
	answer_events(&r, 0, 0, false);
	answer_events(&r, 0, 0, false);
	rig_golden(&r, "events-none");
	rig_press(&r, REQ_BACK);
	rig_see(&r, "F4 leads to the other pages", true);
	rig_wait(&r, 500);
	answer_events(&r, 0, 0, false);
	rig_see(&r, "F4 leads to the other pages", true);	/* what is polled wipes no word */
	app_net(r.app, NET_LOST, RC_OK, NULL);
	count = r.count;
	rig_wait(&r, 5000);
	assert_int_equal(r.count, count);
	rig_press(&r, REQ_LOGOUT);
	rig_page(&r, "events");
	rig_close(&r);
}

static void
test_story(void **state)
{
	struct rig r;
	cs_Envelope e = cs_Envelope_init_zero;

	(void)state;
	console_full(&r);
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "story");
	rig_asked(&r, story_get);
	assert_int_equal(r.sent.body.story_get.of.seq, 114);
	e.which_body = cs_Envelope_events_tag;
	for (uint64_t i = 105; i < 121; i++)
		event_make(&e.body.events.rows[e.body.events.rows_count++], i);
	e.body.events.more = true;
	rig_answer(&r, &e);
	rig_asked(&r, story_get);
	assert_int_equal(r.sent.body.story_get.after.seq, 120);
	e.body.events.rows_count = 2;
	event_make(&e.body.events.rows[0], 121);
	event_make(&e.body.events.rows[1], 122);
	e.body.events.more = false;
	rig_answer(&r, &e);
	rig_see(&r, "18 steps, number 10 chosen", true);
	rig_see(&r, "(this event)", true);
	rig_golden(&r, "story");
	rig_press(&r, REQ_HOME);
	rig_see(&r, "number 1 chosen", true);
	rig_press(&r, REQ_PGDN);
	rig_press(&r, REQ_END);
	rig_press(&r, REQ_PGDN);
	rig_see(&r, "number 18 chosen", true);
	rig_press(&r, REQ_PGUP);
	rig_press(&r, REQ_ENTER);
	rig_page(&r, "people");
	rig_asked(&r, person_get);
	rig_press(&r, REQ_BACK);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "events");
	rig_press(&r, REQ_ENTER);
	rig_refuse(&r, RC_DENIED, "This is about yourself; somebody else has to do it.");
	rig_page(&r, "events");
	rig_close(&r);
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* With 12,000 rows, a key and the page drawn after it take 50 ms at most, typically: here, the median of 60. */
static void
test_many_rows(void **state)
{
	static const enum request keys[] = { REQ_UP, REQ_PGUP, REQ_DOWN, REQ_PGDN, REQ_END };
	int64_t took[60], start;
	struct rig r;

	(void)state;
	console_full(&r);
	for (uint64_t i = 117; i <= 12100; i += 16) {
		rig_wait(&r, 500);
		answer_events(&r, i, i + 15, false);
	}
	rig_see(&r, "Following: 12000 events", true);
	for (size_t i = 0; i < 60; i++) {
		start = now_us();
		if (i < 40)
			rig_press(&r, keys[i % 5]);
		else
			rig_type(&r, (const char[]){ "/nowhere of these 12"[i - 40], '\0' });
		free(rig_text(&r, 132, 50));
		took[i] = now_us() - start;
	}
	for (size_t i = 1; i < 60; i++)
		for (size_t j = i; j > 0 && took[j] < took[j - 1]; j--) {
			int64_t t = took[j];

			took[j] = took[j - 1];
			took[j - 1] = t;
		}
	print_message("keys with 12000 rows: median %lld us, slowest %lld us\n", (long long)took[30], (long long)took[59]);
	assert_true(took[30] <= 50000);
	rig_close(&r);
}

static void
test_times(void **state)
{
	const int64_t day = RIG_UTC_MS - RIG_UTC_MS % 86400000;

	(void)state;
	assert_true(event_time("", RIG_UTC_MS, false) == 0);
	assert_true(event_time("9:30", RIG_UTC_MS, false) == day + 34200000);
	assert_true(event_time("09:30", RIG_UTC_MS, true) == day + 34200000 + 59999);
	assert_true(event_time("2026-03-13", RIG_UTC_MS, false) == day - 86400000);
	assert_true(event_time("2026-03-13", RIG_UTC_MS, true) == day - 1);
	assert_true(event_time("2026-03-13 23:59", RIG_UTC_MS, true) == day - 1);
	for (const char *const *bad = (const char *const[]){ "9", "24:00", "9:60", "-1:00", "2026-02-30", "2026-13-01", "x", "9:30x",
	    "2026-03-14 25:00", "0000-00-00", NULL }; *bad != NULL; bad++)
		assert_true(event_time(*bad, RIG_UTC_MS, false) == -1);
}

static void
test_list(void **state)
{
	struct event_list l = { 0 };
	cs_Event e;
	size_t place = 9;
	bool dropped;

	(void)state;
	for (uint64_t i = 1; i <= EVENTS_KEPT; i++) {
		event_make(&e, i * 2);
		assert_int_equal(event_list_add(&l, &e, &place, &dropped), RC_OK);
		assert_int_equal(place, i - 1);
	}
	assert_int_equal(event_list_add(&l, &e, &place, &dropped), RC_EXISTS);
	event_make(&e, 1);
	assert_int_equal(event_list_add(&l, &e, &place, &dropped), RC_AGAIN);
	event_make(&e, 5);					/* one of another lane comes late */
	assert_int_equal(event_list_add(&l, &e, &place, &dropped), RC_OK);
	assert_true(dropped);
	assert_int_equal(l.n, EVENTS_KEPT);
	assert_int_equal(place, 1);
	event_make(&e, 3 * EVENTS_KEPT);
	assert_int_equal(event_list_add(&l, &e, &place, &dropped), RC_OK);
	assert_int_equal(place, EVENTS_KEPT - 1);
	for (size_t i = 1; i < l.n; i++)
		assert_true(event_list_at(&l, i - 1)->seq < event_list_at(&l, i)->seq);
	event_list_free(&l);
}

/* An administrator has the terminals at this console: nothing else is asked for, again and again, only to be refused. */
static void
test_an_administrator_has_terminals(void **state)
{
	unsigned count;
	struct rig r;

	(void)state;
	rig_open(&r);
	r.v->console = &console_audit;
	rig_sign_on(&r, ROLE_ADMINISTRATOR);
	rig_page(&r, "terminals");
	rig_asked(&r, terminals_get);
	rig_refuse(&r, RC_BUSY, "");
	rig_press(&r, REQ_BACK);
	rig_page(&r, "events");
	rig_see(&r, "This page is for supervisors and auditors.", true);
	rig_golden(&r, "events-administrator");
	count = r.count;
	for (int i = 0; i < 10; i++)
		rig_wait(&r, 1000);
	rig_press(&r, REQ_ENTER);
	rig_type(&r, "x");
	assert_int_equal(r.count, count);
	assert_int_equal(r.trail_looks, 0);
	rig_press(&r, REQ_PICK);
	for (const char *n = "123567"; *n != '\0'; n++) {
		rig_type(&r, (const char[]){ *n, '\0' });
		rig_page(&r, "pages");
	}
	rig_golden(&r, "pages-administrator");
	rig_type(&r, "4");
	rig_page(&r, "terminals");
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_stands_still_when_one_scrolls),
		cmocka_unit_test(test_older_ones),
		cmocka_unit_test(test_filters_as_one_types),
		cmocka_unit_test(test_nothing_and_no_link),
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_an_administrator_has_terminals),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
