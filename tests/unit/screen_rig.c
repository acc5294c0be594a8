/*
 * screen_rig.c - the fake server side of the pages.
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

#include "proto/digest.h"
#include "screen_rig.h"

static int64_t
rig_utc(void *ctx)
{
	return ((struct rig *)ctx)->utc_ms;
}

static int64_t
rig_mono(void *ctx)
{
	return ((struct rig *)ctx)->mono_ms;
}

static void
rig_random(void *ctx, void *dst, size_t n)
{
	memset(dst, ++((struct rig *)ctx)->next_random, n);
}

static enum rc
rig_ask(void *ctx, const cs_Envelope *e, uint32_t tag)
{
	struct rig *r = ctx;

	if (e->which_body == cs_Envelope_ping_tag) {	/* the host's own, beside what pages ask */
		r->looks++;
		r->active = e->body.ping.active;
		return RC_OK;
	}
	if (e->which_body == cs_Envelope_trail_get_tag) {
		r->trail_looks++;
		return RC_OK;
	}
	r->before = r->sent;
	r->sent = *e;
	r->tag = tag;
	r->count++;
	return RC_OK;
}

static void
rig_video_start(void *ctx, const cs_CaptureBegun *begun)
{
	(void)begun;
	((struct rig *)ctx)->filming = true;
}

static void
rig_video_stop(void *ctx)
{
	((struct rig *)ctx)->filming = false;
}

static void
rig_ring(void *ctx)
{
	((struct rig *)ctx)->rings++;
}

void
rig_open(struct rig *r)
{
	struct app_ports ports = { rig_ask, rig_video_start, rig_video_stop, rig_ring, r };

	setenv("TZ", "UTC", 1);
	tzset();
	memset(r, 0, sizeof *r);
	r->utc_ms = RIG_UTC_MS;
	r->mono_ms = 1000000;
	r->clock = (struct clock){ rig_utc, rig_mono, NULL, r };
	r->rng = (struct rng){ rig_random, r };
	r->app = app_new(&ports, &r->clock, &r->rng);
	assert_non_null(r->app);
	r->v = app_visit(r->app);
	r->v->address = "10.20.0.5:7700";
	r->v->fingerprint = "7K2M-9QXD-4TVA-H8PR-2N6C";
}

void
rig_close(struct rig *r)
{
	app_free(r->app);
	cells_free(&r->cells);
}

void
rig_connect(struct rig *r)
{
	cs_Welcome w = cs_Welcome_init_zero;

	strcpy(w.bank, "Countersign Demo Bank");
	strcpy(w.branch, "Branch 0001");
	strcpy(w.terminal, "counter-1");
	app_net(r->app, NET_READY, RC_OK, &w);
}

static void
rig_overview(struct rig *r)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_Overview *o = &e.body.overview;

	e.which_body = cs_Envelope_overview_tag;
	o->accounts_count = 2;
	account_number_make(1, 4711, o->accounts[0].number);
	account_number_make(1, 4712, o->accounts[1].number);
	strcpy(o->accounts[0].currency, "EUR");
	strcpy(o->accounts[1].currency, "USD");
	o->accounts[0].balance = 1234567;
	o->accounts[0].available = 1200000;
	o->accounts[1].balance = 5;
	o->accounts[1].available = 5;
	o->has_last = true;
	o->last.state = cs_TransferState_TRANSFER_POSTED;
	o->last.amount = 34567;
	strcpy(o->last.currency, "EUR");
	strcpy(o->last.payee_name, "Zoë Müller-Łukasiewicz");
	o->last.utc_ms = RIG_UTC_MS - 86400000;
	o->last.journal = 118;
	rig_answer(r, &e);
}

void
rig_sign_on(struct rig *r, unsigned roles)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_connect(r);
	rig_type(r, "1");
	rig_type(r, "10000017");
	rig_press(r, REQ_ENTER);
	rig_type(r, "correct horse battery");
	rig_press(r, REQ_ENTER);
	e.which_body = cs_Envelope_code_sent_tag;
	e.body.code_sent.token.size = TOKEN_BYTES;
	memset(e.body.code_sent.token.bytes, 1, TOKEN_BYTES);
	strcpy(e.body.code_sent.to, "a***@example.org");
	e.body.code_sent.life_ms = 300000;
	rig_answer(r, &e);
	rig_type(r, "123456");
	rig_press(r, REQ_ENTER);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_signed_on_tag;
	e.body.signed_on.token.size = TOKEN_BYTES;
	memset(e.body.signed_on.token.bytes, 2, TOKEN_BYTES);
	strcpy(e.body.signed_on.name, "Ada Lovelace");
	strcpy(e.body.signed_on.customer, "10000017");
	e.body.signed_on.last_login_utc_ms = RIG_UTC_MS - 3600000;
	e.body.signed_on.roles = roles;
	rig_answer(r, &e);
}

void
rig_home(struct rig *r)
{
	rig_sign_on(r, 0);
	rig_asked(r, overview_get);
	rig_overview(r);
}

void
rig_type(struct rig *r, const char *text)
{
	uint32_t cp;

	while ((cp = utf8_next(&text)) != 0)
		app_key(r->app, (struct key){ .req = REQ_CHAR, .ch = cp });
}

void
rig_press(struct rig *r, enum request req)
{
	app_key(r->app, (struct key){ .req = req });
}

void
rig_wait(struct rig *r, int64_t ms)
{
	r->utc_ms += ms;
	r->mono_ms += ms;
	app_tick(r->app);
}

void
rig_answer(struct rig *r, cs_Envelope *e)
{
	app_answer(r->app, r->tag, r->sent.which_body, RC_OK, e);
}

void
rig_refuse(struct rig *r, enum rc rc, const char *detail)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.rc = rc;
	e.which_body = cs_Envelope_refused_tag;
	strcpy(e.detail, detail);
	app_answer(r->app, r->tag, r->sent.which_body, rc, &e);
}

void
rig_push(struct rig *r, cs_Envelope *e)
{
	app_push(r->app, e);
}

/* ---- on the way to a capture ---- */

void
rig_capture_begun(struct rig *r, uint8_t id)
{
	cs_Envelope e = cs_Envelope_init_zero;

	rig_asked(r, capture_begin);
	e.which_body = cs_Envelope_capture_begun_tag;
	memset(e.body.capture_begun.capture, id, ID_BYTES);
	e.body.capture_begun.credits = 3;
	e.body.capture_begun.timeout_ms = 20000;
	rig_answer(r, &e);
}

void
rig_guide(struct rig *r, uint8_t id, cs_CaptureAsk ask, const char *hint, uint32_t light)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_CaptureGuide *g = &e.body.capture_guide;

	e.which_body = cs_Envelope_capture_guide_tag;
	memset(g->capture, id, ID_BYTES);
	g->ask = ask;
	strcpy(g->hint, hint);
	g->light = light;
	g->step = 1;
	g->steps = 3;
	g->x = 300;
	g->y = 200;
	g->w = 350;
	g->h = 600;
	rig_push(r, &e);
}

void
rig_verdict(struct rig *r, uint8_t id, enum rc rc, const char *hint)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_capture_verdict_tag;
	e.rc = rc;
	memset(e.body.capture_verdict.capture, id, ID_BYTES);
	strcpy(e.body.capture_verdict.hint, hint);
	rig_push(r, &e);
}

void
rig_review(struct rig *r, bool cheat)
{
	cs_Envelope e = cs_Envelope_init_zero;
	cs_TransferPrepared *p = &e.body.transfer_prepared;
	struct txn t = { .kind = TXN_TRANSFER };
	char payee[ACCOUNT_MAX_BYTES + 1];

	account_number_make(1, 5000, payee);
	rig_type(r, "1");
	rig_page(r, "transfer");
	rig_type(r, payee);
	rig_press(r, REQ_NEXT);
	rig_asked(r, payee_get);
	assert_string_equal(r->sent.body.payee_get.account, payee);
	e.which_body = cs_Envelope_payee_tag;
	strcpy(e.body.payee.account, payee);
	strcpy(e.body.payee.name, "Grace Hopper");
	strcpy(e.body.payee.currency, "EUR");
	rig_answer(r, &e);
	rig_type(r, "1 250.75");
	rig_press(r, REQ_NEXT);
	rig_type(r, "Invoice 2026-17, second half, with thanks for the quick work on the compiler");
	if (!cheat)
		rig_golden(r, "transfer");
	rig_press(r, REQ_SUBMIT);
	rig_asked(r, transfer_prepare);
	assert_int_equal(r->sent.body.transfer_prepare.amount, 125075);
	e = (cs_Envelope)cs_Envelope_init_zero;
	e.which_body = cs_Envelope_transfer_prepared_tag;
	memset(p->intent, 3, ID_BYTES);
	memset(p->nonce, 4, NONCE_BYTES);
	strcpy(p->payee_name, "Grace Hopper");
	p->needs_face = p->needs_code = true;
	p->expires_utc_ms = RIG_UTC_MS + 600000;
	strcpy(t.debit, r->sent.body.transfer_prepare.debit);
	strcpy(t.payee, payee);
	strcpy(t.payee_name, p->payee_name);
	strcpy(t.currency, "EUR");
	strcpy(t.reference, r->sent.body.transfer_prepare.reference);
	t.amount = cheat ? 999999 : 125075;
	memset(t.nonce, 4, NONCE_BYTES);
	txn_digest(&t, p->digest);
	rig_answer(r, &e);
	rig_page(r, "review");
}
