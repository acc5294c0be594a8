/*
 * test_evidence.c - pictures of judged captures through the real server: sealed,
 * shown to others with a reason that is recorded, held, and ended in time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One world for all tests, in order: later ones stand on earlier ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/integration/staff.h"
#include "tests/integration/story.h"

struct bench {
	struct world w;			/* eva has a face; sue supervises, ada audits */
	uint8_t passed[ID_BYTES], refused[ID_BYTES];	/* eva's captures */
	uint8_t pixels[EVIDENCE_BYTES];
};

static int
setup(void **state)
{
	static struct bench b;
	struct world *w = &b.w;
	struct client_key key;
	cs_Envelope a;

	w->server = server_make("code { life_ms = 60000 }\nliveness { timeout_ms = 15000 }\n"
	    "policy {\n backoffice_face = true\n audit_face = false\n evidence_days = 30\n}\n");
	w->at.server = w->server;
	w->eva = (struct somebody){ .name = "Eva Eyes", .email = "eva@example.org" };
	w->sue = (struct somebody){ .name = "Sue Steward", .email = "sue@example.org" };
	w->ada = (struct somebody){ .name = "Ada Auditor", .email = "ada@example.org" };
	admin_hired(&w->at, &w->sue, "10000001");
	admin_hired(&w->at, &w->ada, "10000002");
	w->cast = person_cast_new();
	server_start(w->server);
	server_accept(w->server, "teller 1", &key);
	w->branch = server_client(w->server, &key);
	w->server->consoles = CONSOLE_BACKOFFICE | CONSOLE_AUDIT;
	server_accept(w->server, "office 1", &key);
	w->office = server_client(w->server, &key);
	assert_int_equal(staff_hello(w->branch, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	assert_int_equal(staff_hello(w->office, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
	staff_enrols(w, &w->eva, "person-e-1");
	bank_role(w->server->db, w->sue.id, ROLE_SUPERVISOR, true);
	bank_role(w->server->db, w->ada.id, ROLE_AUDITOR, true);
	bank_role(w->server->db, w->eva.id, ROLE_SUPERVISOR, true);
	bank_role(w->server->db, w->eva.id, ROLE_MAKER, true);
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = &((struct bench *)*state)->w;

	client_free(w->branch);
	client_free(w->office);
	person_cast_free(w->cast);
	server_drop(w->server);
	return 0;
}

static int64_t
number(struct bench *b, const char *sql)
{
	return private_db_number(b->w.server->db, sql);
}

/* The capture of the newest picture. */
static void
newest(struct bench *b, uint8_t capture[static ID_BYTES])
{
	char sql[200];

	for (unsigned i = 0; i < ID_BYTES; i++) {
		snprintf(sql, sizeof sql, "SELECT ORD(SUBSTR(capture, %u, 1)) FROM evidence ORDER BY created_ms DESC LIMIT 1", i + 1);
		capture[i] = (uint8_t)number(b, sql);
	}
}

static enum rc
look(struct bench *b, const uint8_t *capture, const char *reason, uint32_t part, cs_Envelope *a)
{
	cs_Envelope q = { .which_body = cs_Envelope_evidence_get_tag };

	memcpy(q.body.evidence_get.capture, capture, ID_BYTES);
	snprintf(q.body.evidence_get.reason, sizeof q.body.evidence_get.reason, "%s", reason);
	q.body.evidence_get.part = part;
	return client_ask(b->w.office, &q, a, ASK_MS);
}

static enum rc
hold(struct bench *b, const uint8_t *capture, bool on, const char *reason)
{
	cs_Envelope q = { .which_body = cs_Envelope_evidence_hold_tag }, a;

	memcpy(q.body.evidence_hold.capture, capture, ID_BYTES);
	q.body.evidence_hold.hold = on;
	snprintf(q.body.evidence_hold.reason, sizeof q.body.evidence_hold.reason, "%s", reason);
	return client_ask(b->w.office, &q, &a, ASK_MS);
}

static void
sign_on(struct bench *b, struct somebody *p)
{
	cs_Envelope a;

	assert_int_equal(staff_signs_on(&b->w, b->w.office, p, cs_Console_CONSOLE_AUDIT, &a), RC_OK);
}

/* What passed and what was refused leave one picture each, sealed, for as long as is configured. */
static void
every_verdict_keeps_one(void **state)
{
	struct bench *b = *state;
	char hint[HINT_MAX_BYTES + 1];
	cs_Envelope a;

	assert_int_equal(number(b, "SELECT COUNT(*) FROM evidence JOIN evidence_key USING (capture) JOIN capture ON capture.id = evidence.capture"
	    " WHERE verdict = 0 AND LENGTH(evidence.sealed) = 19240"), 1);
	newest(b, b->passed);
	assert_int_equal(staff_signs_on(&b->w, b->w.office, &b->w.eva, cs_Console_CONSOLE_BACKOFFICE, &a), RC_OK);
	assert_int_equal(person_capture(b->w.cast, "person-e-1", PERSON_AWAY, b->w.office, cs_CapturePurpose_CAPTURE_SIGN_ON, NULL, hint),
	    RC_NO_FACE);
	assert_int_equal(number(b, "SELECT COUNT(*) FROM evidence JOIN evidence_key USING (capture) JOIN capture ON capture.id = evidence.capture"
	    " WHERE verdict <> 0"), 1);
	newest(b, b->refused);
	assert_memory_not_equal(b->passed, b->refused, ID_BYTES);
	assert_int_equal(number(b, "SELECT COUNT(*) FROM evidence JOIN evidence_key USING (capture)"
	    " WHERE until_ms - created_ms = 30 * 86400000 AND held = 0"), 2);
	assert_int_equal(number(b, "SELECT COUNT(DISTINCT sealed) FROM evidence_key"), 2);
}

/* The record with its reason comes first; without a reason, and about oneself, there is nothing. */
static void
a_reason_opens_it(void **state)
{
	struct bench *b = *state;
	cs_Event row[STORY_MAX];
	size_t steps;
	cs_Envelope a;

	sign_on(b, &b->w.sue);
	assert_int_equal(look(b, b->passed, "", 0, &a), RC_INVALID);
	assert_int_equal(look(b, b->passed, "two\nlines", 0, &a), RC_MALFORMED);
	assert_int_equal(look(b, b->passed, "why not", EVIDENCE_PARTS, &a), RC_INVALID);
	assert_int_equal(server_audited(b->w.server, AUDIT_EVIDENCE_LOOK, RC_OK), 0);
	for (uint32_t part = 0; part < EVIDENCE_PARTS; part++) {
		const cs_Evidence *e = &a.body.evidence;

		assert_int_equal(look(b, b->passed, "a customer complains", part, &a), RC_OK);
		assert_int_equal(number(b, "SELECT COUNT(*) FROM audit_record WHERE action = 120 AND outcome = 0"
		    " AND detail LIKE 'part % of 2: a customer complains'"), part + 1);
		assert_memory_equal(e->capture, b->passed, ID_BYTES);
		assert_true(e->width == EVIDENCE_W && e->height == EVIDENCE_H && e->part == part && e->parts == EVIDENCE_PARTS);
		assert_int_equal(e->pixels.size, EVIDENCE_PART_BYTES);
		assert_int_equal(e->until_utc_ms - e->taken_utc_ms, 30 * 86400000LL);
		memcpy(b->pixels + part * EVIDENCE_PART_BYTES, e->pixels.bytes, EVIDENCE_PART_BYTES);
	}
	assert_int_equal(look(b, (const uint8_t[ID_BYTES]){ 1 }, "there is none", 0, &a), RC_NOT_FOUND);
	/* Whoever looked still reads the story, and stands in it. */
	steps = story_all(b->w.office, story_newest(b->w.server, AUDIT_CAPTURE_VERDICT), row);
	assert_int_equal(story_steps(row, steps, &b->w.sue, "evidence-look", "a customer complains"), EVIDENCE_PARTS);
	sign_on(b, &b->w.eva);
	assert_int_equal(look(b, b->passed, "that is me", 0, &a), RC_DENIED);
	assert_int_equal(hold(b, b->passed, true, "that is me"), RC_DENIED);
	assert_int_equal(server_audited(b->w.server, AUDIT_EVIDENCE_LOOK, RC_DENIED), 1);
	sign_on(b, &b->w.ada);
	assert_int_equal(look(b, b->passed, "a yearly check", 1, &a), RC_OK);
	assert_int_equal(hold(b, b->passed, true, "an auditor reads only"), RC_DENIED);
	assert_int_equal(staff_signs_on(&b->w, b->w.branch, &b->w.sue, cs_Console_CONSOLE_TERMINAL, &a), RC_OK);
	client_set_token(b->w.office, NULL);
	assert_int_equal(look(b, b->passed, "nobody at all", 0, &a), RC_SESSION_ENDED);
}

/* A face is no flat picture, and of what was shown nothing stands in the database. */
static void
pixels_are_nowhere_in_the_database(void **state)
{
	struct bench *b = *state;
	char sql[600], hex[2 * 32 + 1];
	bool seen[256] = { 0 };
	unsigned shades = 0;

	for (size_t i = 0; i < EVIDENCE_BYTES; i++) {
		shades += !seen[b->pixels[i]];
		seen[b->pixels[i]] = true;
	}
	assert_true(shades > 64);
	for (size_t y = 0; y < EVIDENCE_H; y += 20) {
		hex_put(b->pixels + y * EVIDENCE_W + 64, 32, hex);
		snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM evidence JOIN evidence_key USING (capture)"
		    " WHERE LOCATE(UNHEX('%s'), evidence.sealed) > 0 OR LOCATE(UNHEX('%s'), evidence_key.sealed) > 0", hex, hex);
		assert_int_equal(number(b, sql), 0);
	}
}

/* Both are over by the clock, one of them is held: the other's key is destroyed, and that is the end of it. */
static void
what_is_not_held_ends(void **state)
{
	struct bench *b = *state;
	cs_Envelope a;

	sign_on(b, &b->w.sue);
	assert_int_equal(hold(b, b->passed, true, ""), RC_INVALID);
	assert_int_equal(hold(b, b->passed, true, "the case goes to court"), RC_OK);
	assert_int_equal(hold(b, b->passed, true, "the case goes to court"), RC_OK);
	assert_int_equal(private_db_sql(b->w.server->db, "root", "UPDATE evidence_key SET until_ms = 1"), 0);
	assert_int_equal(look(b, b->refused, "too late", 0, &a), RC_EXPIRED);
	assert_non_null(strstr(a.detail, "key was destroyed"));
	while (server_audited(b->w.server, AUDIT_EVIDENCE_END, RC_OK) == 0)
		assert_int_equal(look(b, b->refused, "too late", 0, &a), RC_EXPIRED);
	assert_int_equal(number(b, "SELECT COUNT(*) FROM evidence LEFT JOIN evidence_key USING (capture)"
	    " WHERE evidence_key.capture IS NULL AND evidence.sealed = ''"), 1);
	assert_int_equal(look(b, b->refused, "once more", 0, &a), RC_EXPIRED);
	assert_int_equal(hold(b, b->refused, true, "once more"), RC_EXPIRED);
	assert_int_equal(look(b, b->passed, "still held", 0, &a), RC_OK);
	assert_true(a.body.evidence.held);
	assert_int_equal(hold(b, b->passed, false, "the case is closed"), RC_OK);
	while (server_audited(b->w.server, AUDIT_EVIDENCE_END, RC_OK) == 1)
		assert_int_equal(look(b, b->passed, "too late", 0, &a), RC_EXPIRED);
	assert_int_equal(number(b, "SELECT COUNT(*) FROM evidence_key"), 0);
	assert_int_equal(server_verify(b->w.server), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_keeps_one),
		cmocka_unit_test(a_reason_opens_it),
		cmocka_unit_test(pixels_are_nowhere_in_the_database),
		cmocka_unit_test(what_is_not_held_ends),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
