/*
 * test_audit_evidence.c - the picture of a capture at the audit console: not
 * without a reason, whole or not at all, held by supervisors only.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "client/console.h"
#include "proto/role.h"
#include "screen_rig.h"

static const uint8_t capture[ID_BYTES] = { 0xab, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static void
event_make(cs_Event *e, uint64_t seq, const char *action)
{
	*e = (cs_Event){ .lane = 3, .seq = seq, .utc_ms = RIG_UTC_MS - 60000 + (int64_t)seq * 1000 };
	strcpy(e->action, action);
	strcpy(e->person, "Grace Hopper");
	strcpy(e->customer, "20000018");
	strcpy(e->detail, "fine plan=blink,turn-left cosine=0.731/0.575 texture=5.4/-3.5 fused=8.8/0.0");
	hex_put(capture, ID_BYTES, e->subject);
}

/* The story of a capture: begun, and its verdict, which is chosen. */
static void
story_open(struct rig *r, unsigned roles)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Events *m = &e.body.events;

	rig_open(r);
	r->v->console = &console_audit;
	rig_sign_on(r, roles);
	free(rig_text(r, 80, 24));
	rig_asked(r, events_tail);
	e.which_body = cs_Envelope_events_tag;
	m->rows_count = 2;
	event_make(&m->rows[0], 1, "login-code");
	event_make(&m->rows[1], 2, "capture-verdict");
	m->seen_count = 1;
	m->seen[0] = (cs_LaneAt){ 3, 2 };
	rig_answer(r, &e);
	if (r->sent.which_body == cs_Envelope_events_find_tag) {
		m->rows_count = 0;
		rig_answer(r, &e);
		m->rows_count = 2;
	}
	rig_press(r, REQ_ENTER);
	rig_page(r, "story");
	rig_asked(r, story_get);
	rig_answer(r, &e);
}

static void
picture_asked(struct rig *r)
{
	rig_press(r, REQ_SUBMIT);
	rig_page(r, "evidence");
	rig_press(r, REQ_DOWN);
	rig_type(r, "Complaint 17");
	rig_press(r, REQ_ENTER);
	rig_asked(r, evidence_get);
}

/* A light disc on a dark ground, and a step of grey at its right. */
static void
part_make(cs_Envelope *e, uint32_t part)
{
	cs_Evidence *m = &e->body.evidence;

	*e = (cs_Envelope)cs_Envelope_init_zero;
	e->which_body = cs_Envelope_evidence_tag;
	memcpy(m->capture, capture, ID_BYTES);
	m->width = EVIDENCE_W;
	m->height = EVIDENCE_H;
	m->part = part;
	m->parts = EVIDENCE_PARTS;
	m->pixels.size = EVIDENCE_PART_BYTES;
	for (uint32_t i = 0; i < EVIDENCE_PART_BYTES; i++) {
		int at = (int)(part * EVIDENCE_PART_BYTES + i), x = at % (int)EVIDENCE_W - 60, y = at / (int)EVIDENCE_W - 60;

		m->pixels.bytes[i] = (uint8_t)(x > 50 ? 2 * at / (int)EVIDENCE_W : x * x + y * y < 1600 ? 230 : 30);
	}
	m->taken_utc_ms = RIG_UTC_MS - 60000;
	m->until_utc_ms = RIG_UTC_MS + 90 * 86400000LL;
}

static void
test_a_picture_for_a_reason(void **state)
{
	cs_Envelope e;
	struct rig r;
	unsigned count;

	(void)state;
	story_open(&r, ROLE_SUPERVISOR);
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	rig_page(&r, "evidence");
	rig_golden(&r, "evidence-reason");
	rig_press(&r, REQ_DOWN);
	rig_press(&r, REQ_ENTER);		/* not without a reason */
	assert_int_equal(r.count, count);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "story");
	picture_asked(&r);
	assert_string_equal(r.sent.body.evidence_get.reason, "Complaint 17");
	assert_memory_equal(r.sent.body.evidence_get.capture, capture, ID_BYTES);
	assert_int_equal(r.sent.body.evidence_get.part, 0);
	part_make(&e, 0);
	rig_answer(&r, &e);
	rig_asked(&r, evidence_get);
	assert_int_equal(r.sent.body.evidence_get.part, 1);
	assert_string_equal(r.sent.body.evidence_get.reason, "Complaint 17");
	part_make(&e, 1);
	rig_answer(&r, &e);
	rig_golden(&r, "evidence");
	rig_press(&r, REQ_SUBMIT);
	rig_press(&r, REQ_DOWN);
	rig_type(&r, "For the court");
	rig_press(&r, REQ_ENTER);
	rig_asked(&r, evidence_hold);
	assert_true(r.sent.body.evidence_hold.hold);
	assert_string_equal(r.sent.body.evidence_hold.reason, "For the court");
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_done_tag;
	rig_answer(&r, &e);
	rig_see(&r, "and held beyond", true);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "story");
	rig_close(&r);
}

/* Whatever the server sends in place of it, nothing is shown but the words. */
static void
test_no_picture(void **state)
{
	cs_Envelope e;
	struct rig r;

	(void)state;
	story_open(&r, ROLE_AUDITOR);
	picture_asked(&r);
	rig_refuse(&r, RC_EXPIRED, "The time of this picture is over.");
	rig_page(&r, "story");
	for (int i = 0; i < 4; i++) {
		picture_asked(&r);
		part_make(&e, 0);
		if (i == 0)
			e.body.evidence.part = 1;
		else if (i == 1)
			e.body.evidence.width--;
		else if (i == 2)
			e.body.evidence.pixels.size--;
		else
			e.body.evidence.capture[0]++;
		rig_answer(&r, &e);
		rig_page(&r, "story");
		rig_see(&r, "no picture of this capture", true);
	}
	rig_close(&r);
}

static void
test_auditors_hold_nothing(void **state)
{
	cs_Envelope e;
	struct rig r;
	unsigned count;

	(void)state;
	story_open(&r, ROLE_AUDITOR);
	picture_asked(&r);
	for (uint32_t part = 0; part < EVIDENCE_PARTS; part++) {
		part_make(&e, part);
		rig_answer(&r, &e);
	}
	count = r.count;
	rig_press(&r, REQ_SUBMIT);
	rig_see(&r, "Only a supervisor does this", true);
	assert_int_equal(r.count, count);
	rig_press(&r, REQ_BACK);
	rig_page(&r, "story");
	rig_press(&r, REQ_UP);
	rig_press(&r, REQ_SUBMIT);		/* the log-in has none */
	rig_page(&r, "story");
	rig_see(&r, "Only the verdict of a capture has a picture", true);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_picture_for_a_reason),
		cmocka_unit_test(test_no_picture),
		cmocka_unit_test(test_auditors_hold_nothing),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
