/*
 * screen_rig.c - the fake server side of the pages, and golden texts.
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

void
rig_open(struct rig *r)
{
	struct app_ports ports = { rig_ask, rig_video_start, rig_video_stop, r };

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
rig_home(struct rig *r)
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
	rig_answer(r, &e);
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

char *
rig_text(struct rig *r, int w, int h)
{
	char *text;

	assert_int_equal(cells_size(&r->cells, w, h), RC_OK);
	app_draw(r->app, &r->cells);
	text = cells_to_text(&r->cells);
	assert_non_null(text);
	return text;
}

static char *
rig_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 65536);

	assert_non_null(text);
	if (f != NULL) {
		text[fread(text, 1, 65535, f)] = '\0';
		fclose(f);
	}
	return text;
}

static void
rig_compare(struct rig *r, const char *name, int w, int h)
{
	const char *source = getenv("COUNTERSIGN_SOURCE");
	char path[1024], *want, *got = rig_text(r, w, h);
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/golden/screens/%s%s-%dx%d.txt", source == NULL ? "." : source, name,
	    r->cells.ascii ? "-ascii" : "", w, h);
	if (getenv("GENERATE") != NULL) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(got, f);
		fclose(f);
	}
	want = rig_read(path);
	if (strcmp(got, want) != 0)
		print_error("%s differs; the page is now:\n%s\n", path, got);
	assert_string_equal(got, want);
	free(want);
	free(got);
}

/* A window of any size clips instead of crashing; the sanitizers watch. */
static void
rig_clip(struct rig *r)
{
	for (int w = 0; w <= 12; w++)
		for (int h = 0; h <= 4; h++)
			free(rig_text(r, w, h));
	for (int w = 10; w < 130; w += 7)
		for (int h = 3; h < 40; h += 5)
			free(rig_text(r, w, h));
}

void
rig_golden(struct rig *r, const char *name)
{
	rig_compare(r, name, 80, 24);
	rig_compare(r, name, 120, 40);
	r->cells.ascii = true;
	rig_compare(r, name, 80, 24);
	for (int i = 0; i < r->cells.w * r->cells.h; i++)
		assert_in_range(r->cells.at[i].cp, 0x20, 0x7e);
	r->cells.ascii = false;
	rig_clip(r);
}
