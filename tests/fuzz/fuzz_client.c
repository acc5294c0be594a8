/*
 * fuzz_client.c - keys, answers and pushes in any order against the pages, and
 * any bytes as camera pictures.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte chooses: below 32 the rest is a camera's byte stream, else it
 * is a script; from 128 on at the back office, from 192 on at the audit console. Oracles: the host always has a page, every page draws at every
 * size, a page that shows a receipt has got one, and what follows a log-out
 * knows no customer.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/app.h"
#include "client/camera_jpeg.h"
#include "client/console.h"

struct script {
	const uint8_t *p;
	size_t left;
	struct app *app;
	uint32_t tag;
	pb_size_t asked;
	cs_ReversalPrepare reversal;	/* the last one that was asked for */
	int64_t now_ms;
	bool receipt;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int64_t
script_now(void *ctx)
{
	return ((struct script *)ctx)->now_ms;
}

static void
script_random(void *ctx, void *dst, size_t n)
{
	(void)ctx;
	memset(dst, 7, n);
}

static enum rc
script_ask(void *ctx, const cs_Envelope *e, uint32_t tag)
{
	struct script *s = ctx;
	uint8_t encoded[CONTROL_MESSAGE_MAX];
	cs_Envelope out = *e;
	size_t n;

	/* Whatever a page sends can be encoded. */
	out.version = PROTO_VERSION;
	if (msg_envelope_put(&out, encoded, &n) != RC_OK)
		abort();
	s->tag = tag;
	s->asked = e->which_body;
	if (s->asked == cs_Envelope_reversal_prepare_tag)
		s->reversal = e->body.reversal_prepare;
	return s->now_ms % 7 == 0 ? RC_BUSY : RC_OK;
}

static void
script_video(void *ctx, const cs_CaptureBegun *b)
{
	(void)ctx;
	(void)b;
}

static void
script_video_stop(void *ctx)
{
	(void)ctx;
}

static uint8_t
script_byte(struct script *s)
{
	if (s->left == 0)
		return 0;
	s->left--;
	return *s->p++;
}

/* The same for a request about batches. */
static void
script_batch(cs_Envelope *e, uint8_t kind)
{
	cs_Batch *b = &e->body.batch;

	switch (e->which_body) {
	case cs_Envelope_batch_opened_tag:
		e->body.batch_opened.batch = kind;
		break;
	case cs_Envelope_batch_saved_tag:
		e->body.batch_saved.saved = kind >= 128;
		e->body.batch_saved.lines_count = 1;
		e->body.batch_saved.lines[0].rc = kind < 128 ? RC_FUNDS : RC_OK;
		e->body.batch_saved.lines[0].field = (cs_BatchField)(kind % 6);
		break;
	case cs_Envelope_batch_queue_tag:
		e->body.batch_queue.batches_count = (pb_size_t)(kind % (BATCH_QUEUE_PAGE + 1));
		break;
	default:
		b->head.state = (cs_BatchState)(kind % 7);
		b->head.lines = b->lines_count = (pb_size_t)(kind % (BATCH_LINES_READ + 1));
		b->totals_count = 1;
		strcpy(b->totals[0].currency, "EUR");
		for (pb_size_t i = 0; i < b->lines_count; i++) {
			b->lines[i].place = (i + 1u) * (kind < 200 ? 1u : 1000u);
			b->lines[i].amount = kind * 100;
			strcpy(b->lines[i].currency, "EUR");
			strcpy(b->lines[i].debit, "XC6100010000004711");
			strcpy(b->lines[i].payee, "XC9200018709926317");
		}
		break;
	}
}

/* The same for a request of the audit console. */
static void
script_audit(cs_Envelope *e, uint8_t kind)
{
	switch (e->which_body) {
	case cs_Envelope_person_state_tag:
		strcpy(e->body.person_state.customer, "20000018");
		e->body.person_state.locked = kind >= 128;
		break;
	case cs_Envelope_sessions_tag:
		e->body.sessions.rows_count = (pb_size_t)(kind % (SUPERVISE_PAGE_MAX + 1));
		break;
	default:
		e->body.terminals.rows_count = (pb_size_t)(kind % (SUPERVISE_PAGE_MAX + 1));
		for (pb_size_t i = 0; i < e->body.terminals.rows_count; i++) {
			e->body.terminals.rows[i].id = kind + i;
			e->body.terminals.rows[i].state = (cs_TerminalState)((kind + i) % 5);
			e->body.terminals.rows[i].consoles = kind;
		}
		break;
	}
}

static void
script_events(cs_Envelope *e, uint8_t kind, bool older)
{
	cs_Events *m = &e->body.events;

	m->rows_count = (pb_size_t)(kind % (EVENTS_PAGE_MAX + 1));
	for (pb_size_t i = 0; i < m->rows_count; i++) {
		m->rows[i].lane = kind % 3;
		m->rows[i].seq = older ? kind - i : kind + i;
		m->rows[i].utc_ms = 1000 * (int64_t)m->rows[i].seq;
		m->rows[i].outcome = kind % 2 == 0 ? RC_OK : RC_DENIED;
		strcpy(m->rows[i].action, "transfer-post");
	}
	m->seen_count = 1;
	m->seen[0].seq = kind;
	m->more = kind % 5 == 0;
	m->next_utc_ms = 1000 * (int64_t)kind;
}

static void
script_hold(cs_Hold *h, uint8_t kind, size_t i)
{
	h->hold = kind + i;
	h->state = (cs_HoldState)((kind + i) % 6);
	h->amount = kind * 100000;
	h->balance = h->available = 5000000;
	h->expires_utc_ms = 1000 * (int64_t)kind;
	strcpy(h->currency, kind % 3 == 0 ? "" : "EUR");
	strcpy(h->debit, "XC6100010000004711");
	strcpy(h->payee, "XC9200018709926317");
	memset(h->reason, 'n', kind % sizeof h->reason);
	h->reverses = kind % 4;
	h->approvals = kind % 5;
	h->given = kind % 3;
}

/* Every fourth digest is none of what is shown. */
static void
script_reversal(const cs_ReversalPrepare *asked, cs_ReversalPrepared *p, uint8_t kind)
{
	struct txn t = { .kind = TXN_REVERSAL, .amount = kind * 100, .currency = "EUR" };

	p->journal = kind;
	p->amount = t.amount;
	strcpy(p->currency, t.currency);
	strcpy(p->payer, "Ada Lovelace");
	memset(p->reference, 'r', kind % sizeof p->reference);
	memcpy(t.payee_name, p->payer, sizeof t.payee_name);
	snprintf(t.reference, sizeof t.reference, REVERSAL_REFERENCE "%.*s", (unsigned long long)asked->journal,
	    (int)(REFERENCE_MAX_BYTES - REVERSAL_REFERENCE_BYTES), asked->reason);
	if (kind % 4 != 0)
		txn_digest(&t, p->digest);
}

/* What fits a question about held transfers and reversals; 0: the question was another one. */
static pb_size_t
script_holds(const struct script *s, cs_Envelope *e, uint8_t kind)
{
	cs_Holds *m = &e->body.holds;

	switch (s->asked) {
	case cs_Envelope_holds_get_tag:
	case cs_Envelope_waiting_get_tag:
		m->rows_count = (pb_size_t)(kind % (HOLDS_PAGE_MAX + 1));
		m->more = kind >= 128;
		for (pb_size_t i = 0; i < m->rows_count; i++)
			script_hold(&m->rows[i], kind, i);
		return cs_Envelope_holds_tag;
	case cs_Envelope_reversal_prepare_tag:
		script_reversal(&s->reversal, &e->body.reversal_prepared, kind);
		return cs_Envelope_reversal_prepared_tag;
	case cs_Envelope_reversal_commit_tag:
	case cs_Envelope_transfer_commit_tag:
		if (kind < 200)
			return 0;
		script_hold(&e->body.held, kind, 0);
		return cs_Envelope_held_tag;
	case cs_Envelope_hold_post_tag:
		if (kind < 200)
			return kind < 128 ? 0 : cs_Envelope_receipt_tag;
		script_hold(&e->body.held, kind, 0);
		return cs_Envelope_held_tag;
	default:
		return 0;
	}
}

/* The answer that a friendly server would give, or one that decodes from the script. */
static void
script_answer(struct script *s, bool push)
{
	static const pb_size_t kinds[] = {
		cs_Envelope_code_sent_tag, cs_Envelope_register_coded_tag, cs_Envelope_registered_tag, cs_Envelope_signed_on_tag,
		cs_Envelope_overview_tag, cs_Envelope_payee_tag, cs_Envelope_transfer_prepared_tag, cs_Envelope_receipt_tag,
		cs_Envelope_history_tag, cs_Envelope_capture_begun_tag, cs_Envelope_capture_guide_tag,
		cs_Envelope_capture_verdict_tag, cs_Envelope_session_ended_tag, cs_Envelope_refused_tag,
		cs_Envelope_batch_opened_tag, cs_Envelope_batch_saved_tag, cs_Envelope_batch_tag, cs_Envelope_batch_queue_tag,
	};
	static const pb_size_t audit_kinds[] = {
		cs_Envelope_code_sent_tag, cs_Envelope_signed_on_tag, cs_Envelope_capture_begun_tag, cs_Envelope_capture_verdict_tag,
		cs_Envelope_session_ended_tag, cs_Envelope_refused_tag, cs_Envelope_person_state_tag, cs_Envelope_sessions_tag,
		cs_Envelope_terminals_tag, cs_Envelope_done_tag, cs_Envelope_events_tag,
	};
	cs_Envelope e = cs_Envelope_init_zero;
	size_t n = script_byte(s) * 4u;

	if (n > s->left)
		n = s->left;
	if (n == 0 || msg_envelope_get(s->p, n, &e) != RC_OK) {
		uint8_t kind = script_byte(s);

		e = (cs_Envelope)cs_Envelope_init_zero;
		e.which_body = push ? 0 : script_holds(s, &e, kind);
		if (e.which_body == 0)
			e.which_body = app_visit(s->app)->console == &console_audit ? audit_kinds[kind % (sizeof audit_kinds / sizeof audit_kinds[0])] :
			    kinds[kind % (sizeof kinds / sizeof kinds[0])];
		if (e.which_body == cs_Envelope_overview_tag) {
			e.body.overview.accounts_count = (pb_size_t)(kind % (ACCOUNTS_MAX + 1));
			for (pb_size_t i = 0; i < e.body.overview.accounts_count; i++) {
				strcpy(e.body.overview.accounts[i].number, "XC6100010000004711");
				strcpy(e.body.overview.accounts[i].currency, "EUR");
				e.body.overview.accounts[i].available = 100000;
			}
		}
		if (e.which_body == cs_Envelope_payee_tag) {
			strcpy(e.body.payee.account, "XC9200018709926317");
			strcpy(e.body.payee.name, "Grace Hopper");
		}
		if (e.which_body == cs_Envelope_history_tag)
			e.body.history.entries_count = (pb_size_t)(kind % (HISTORY_PAGE_MAX + 1));
		if (e.which_body >= cs_Envelope_batch_opened_tag && e.which_body <= cs_Envelope_batch_queue_tag)
			script_batch(&e, kind);
		if (e.which_body == cs_Envelope_events_tag)
			script_events(&e, kind, s->asked == cs_Envelope_events_find_tag);
		if (e.which_body >= cs_Envelope_person_state_tag && e.which_body <= cs_Envelope_terminals_tag)
			script_audit(&e, kind);
		if (e.which_body == cs_Envelope_signed_on_tag)
			e.body.signed_on.roles = kind;
		if (e.which_body == cs_Envelope_code_sent_tag)
			e.body.code_sent.token.size = TOKEN_BYTES;
	} else {
		s->p += n;
		s->left -= n;
	}
	if (push)
		app_push(s->app, &e);
	else
		app_answer(s->app, s->tag, s->asked, e.which_body == cs_Envelope_refused_tag ? RC_DENIED : rc_from_wire(e.rc), &e);
	s->receipt |= e.which_body == cs_Envelope_receipt_tag;
}

static void
script_step(struct script *s)
{
	static const char *const texts[] = { "10000017", "XC9200018709926317", "12.50", "correct horse battery", "123456",
	    "ada@example.org", "Ada Lovelace" };
	cs_Welcome w = cs_Welcome_init_zero;
	uint8_t what = script_byte(s);

	s->now_ms += what * 16;
	switch (what % 8) {
	case 0:
	case 1:
		app_key(s->app, (struct key){ .req = (enum request)(script_byte(s) % REQ_COUNT), .ch = 'x' });
		break;
	case 2:
		app_key(s->app, (struct key){ .req = REQ_CHAR, .ch = script_byte(s) % 95u + 32u });
		break;
	case 3:
		for (const char *t = texts[script_byte(s) % 7]; *t != '\0'; t++)
			app_key(s->app, (struct key){ .req = REQ_CHAR, .ch = (uint32_t)*t });
		break;
	case 4:
		script_answer(s, false);
		break;
	case 5:
		script_answer(s, true);
		break;
	case 6:
		app_tick(s->app);
		break;
	default:
		what = script_byte(s) % 5;
		app_net(s->app, (enum net_state)what, RC_OK, what == NET_READY ? &w : NULL);
		break;
	}
}

static void
script_run(struct script *s, const struct console_kind *console)
{
	const struct app_ports ports = { script_ask, script_video, script_video_stop, script_video_stop, s };
	const struct clock clock = { script_now, script_now, NULL, s };
	const struct rng rng = { script_random, s };
	struct cells c = { 0 };
	cs_Welcome w = cs_Welcome_init_zero;

	s->now_ms = 1000000;
	if ((s->app = app_new(&ports, &clock, &rng)) == NULL)
		return;
	app_visit(s->app)->console = console;
	app_net(s->app, NET_READY, RC_OK, &w);
	while (s->left > 0 && !app_done(s->app)) {
		script_step(s);
		c.ascii = s->left % 2 == 0;
		if (cells_size(&c, (int)(s->left * 13 % 130), (int)(s->left * 7 % 45)) == RC_OK)
			app_draw(s->app, &c);
		if (strcmp(app_page(s->app), "receipt") == 0 && !s->receipt)
			abort();
		if (strcmp(app_page(s->app), "welcome") == 0 && app_visit(s->app)->person.name[0] != '\0')
			abort();
	}
	cells_free(&c);
	app_free(s->app);
}

static void
stream_run(const uint8_t *p, size_t n)
{
	struct jpeg *j = jpeg_new();
	size_t start, end;

	if (j == NULL)
		return;
	while ((end = jpeg_find(p, n, &start)) != 0) {
		if (start >= end || end > n)
			abort();
		camera_frame_free(jpeg_decode(j, p + start, end - start, 320, 240));
		p += end;
		n -= end;
	}
	if (start > n)
		abort();
	jpeg_free(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct script s = { .p = data + 1, .left = n - 1 };

	if (n == 0)
		return 0;
	if (data[0] < 32)
		stream_run(data + 1, n - 1);
	else
		script_run(&s, data[0] < 128 ? &console_terminal : data[0] < 192 ? &console_backoffice : &console_audit);
	return 0;
}
