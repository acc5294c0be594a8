/*
 * office_rig.c - answers of the fake server to the pages of makers and checkers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "client/console.h"
#include "proto/batch_digest.h"
#include "proto/role.h"
#include "office_rig.h"

void
office_queue(struct rig *r, cs_BatchState state, size_t n)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_BatchQueue *q = &e.body.batch_queue;

	rig_asked(r, batch_queue_get);
	e.which_body = cs_Envelope_batch_queue_tag;
	q->batches_count = (pb_size_t)n;
	for (size_t i = 0; i < n; i++) {
		cs_BatchHead *b = &q->batches[i];

		b->batch = 40 - i;
		b->state = state;
		b->lines = 3;
		strcpy(b->maker, "Max Maker");
		b->changed_utc_ms = b->submitted_utc_ms = b->decided_utc_ms = RIG_UTC_MS - 3600000 * (int64_t)(i + 1);
		if (state == cs_BatchState_BATCH_SENT_BACK) {
			strcpy(b->checker, "Eva Eyes");
			strcpy(b->reason, "Invoice 18 says 15.00");
		}
	}
	rig_answer(r, &e);
}

void
office_signed_on(struct rig *r, unsigned roles, bool face)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_open(r);
	r->v->console = &console_backoffice;
	rig_connect(r);
	rig_page(r, "welcome");
	if (!face)
		rig_golden(r, "welcome-staff");
	rig_type(r, "1");
	rig_type(r, "10000017");
	rig_press(r, REQ_ENTER);
	rig_type(r, "correct horse battery");
	rig_press(r, REQ_ENTER);
	assert_int_equal(r->sent.body.login.console, cs_Console_CONSOLE_BACKOFFICE);
	e.which_body = cs_Envelope_code_sent_tag;
	e.body.code_sent.token.size = TOKEN_BYTES;
	strcpy(e.body.code_sent.to, "m***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
	rig_type(r, "123456");
	rig_press(r, REQ_ENTER);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_signed_on_tag;
	e.body.signed_on.token.size = TOKEN_BYTES;
	strcpy(e.body.signed_on.name, "Max Maker");
	e.body.signed_on.roles = roles;
	e.body.signed_on.needs_face = face;
	rig_answer(r, &e);
	if (face) {
		rig_page(r, "capture");
		assert_int_equal(r->sent.body.capture_begin.purpose, cs_CapturePurpose_CAPTURE_SIGN_ON);
		rig_capture_begun(r, 9);
		rig_verdict(r, 9, RC_OK, "");
		rig_asked(r, sign_on_face);
		e.body.signed_on.needs_face = false;
		rig_answer(r, &e);
	}
	rig_page(r, "batches");
}

void
office_saved(struct rig *r, enum rc rc, cs_BatchField field, const char *detail)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_BatchLineWord *w = &e.body.batch_saved.lines[0];

	rig_asked(r, batch_put);
	assert_int_equal(r->sent.body.batch_put.lines_count, 1);
	e.which_body = cs_Envelope_batch_saved_tag;
	e.body.batch_saved.lines_count = 1;
	e.body.batch_saved.saved = rc == RC_OK && !r->sent.body.batch_put.check_only;
	e.body.batch_saved.kept = r->sent.body.batch_put.keep && !e.body.batch_saved.saved;
	w->place = r->sent.body.batch_put.lines[0].place;
	w->rc = rc;
	w->field = field;
	strcpy(w->detail, detail);
	strcpy(w->debit_name, "Ada Lovelace");
	strcpy(w->payee_name, "Grace Hopper");
	rig_answer(r, &e);
}

/* As the maker signed it. */
static void
office_digest(const cs_Batch *b, uint8_t digest[static DIGEST_BYTES])
{
	struct batch_digest d;

	batch_digest_start(&d, b->head.batch, b->version, b->maker);
	for (pb_size_t i = 0; i < b->lines_count; i++) {
		struct batch_line l = { .place = b->lines[i].place, .amount = b->lines[i].amount };

		strcpy(l.debit, b->lines[i].debit);
		strcpy(l.payee, b->lines[i].payee);
		strcpy(l.payee_name, b->lines[i].payee_name);
		strcpy(l.currency, b->lines[i].currency);
		strcpy(l.reference, b->lines[i].reference);
		batch_digest_line(&d, &l);
	}
	batch_digest_end(&d, digest);
}

static void
office_fill(cs_Batch *b, cs_BatchState state, uint32_t lines, int64_t sum, bool with_lines)
{
	b->has_head = true;
	b->head.batch = 40;
	b->head.state = state;
	b->head.lines = lines;
	strcpy(b->head.maker, "Max Maker");
	b->totals_count = lines > 0;
	strcpy(b->totals[0].currency, "EUR");
	b->totals[0].lines = lines;
	b->totals[0].sum = sum;
	for (uint32_t i = 0; with_lines && i < lines; i++) {
		cs_BatchLine *l = &b->lines[b->lines_count++];

		l->place = 10 * (i + 1);
		strcpy(l->debit, OFFICE_DEBIT);
		strcpy(l->payee, OFFICE_PAYEE);
		strcpy(l->payee_name, "Grace Hopper");
		l->amount = 125075 * (int64_t)(i + 1);
		strcpy(l->currency, "EUR");
		snprintf(l->reference, sizeof l->reference, "Invoice %u", (unsigned)i + 17);
	}
	b->version = 5;
	b->maker = 42;
	office_digest(b, b->digest);
}

void
office_batch(struct rig *r, cs_BatchState state, uint32_t lines, int64_t sum, bool with_lines)
{
	cs_Envelope e = { .which_body = cs_Envelope_batch_tag };

	office_fill(&e.body.batch, state, lines, sum, with_lines);
	rig_answer(r, &e);
}

void
office_batch_changed(struct rig *r)
{
	cs_Envelope e = { .which_body = cs_Envelope_batch_tag };

	office_fill(&e.body.batch, cs_BatchState_BATCH_SUBMITTED, 3, 750450, true);
	e.body.batch.lines[1].amount += 100;
	rig_answer(r, &e);
}

void
office_code(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, batch_code_send);
	e.which_body = cs_Envelope_code_sent_tag;
	strcpy(e.body.code_sent.to, "m***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
}

void
office_new_batch(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;

	office_signed_on(r, ROLE_MAKER, false);
	office_queue(r, cs_BatchState_BATCH_DRAFT, 0);
	rig_press(r, REQ_NEW);
	rig_asked(r, batch_open);
	e.which_body = cs_Envelope_batch_opened_tag;
	e.body.batch_opened.batch = 40;
	rig_answer(r, &e);
	rig_page(r, "batch");
}
