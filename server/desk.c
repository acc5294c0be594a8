/*
 * desk.c - the desk's thread: messages in, calls run, answers out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/desk_parts.h"
#include "server/dispatch.h"
#include "server/notify.h"
#include "server/vision_pool.h"

#define DESK_TICK_MS   50	/* while a capture is in progress */
#define DESK_IDLE_MS 1000
#define DESK_BURST     32	/* messages of one socket before the other has its turn */

enum rc
desk_send(struct desk *d, const struct gate_head *h, const uint8_t *route, size_t route_n, const uint8_t *bytes, size_t n)
{
	struct link_msg m;
	enum rc r;

	link_msg_init(&m);
	if ((r = link_msg_add(&m, h, sizeof *h)) == RC_OK && (r = link_msg_add(&m, route, route_n)) == RC_OK &&
	    (r = link_msg_add(&m, bytes, n)) == RC_OK)
		r = link_send(d->gate, &m);
	link_msg_close(&m);
	return r;
}

static enum rc
desk_send_bytes(struct desk *d, uint64_t terminal, const uint8_t *route, size_t route_n, const uint8_t *bytes, size_t n)
{
	const struct gate_head h = { .kind = GATE_CONTROL, .terminal = terminal };

	return desk_send(d, &h, route, route_n, bytes, n);
}

enum rc
desk_send_answer(struct desk *d, uint64_t terminal, const uint8_t *route, size_t route_n)
{
	uint8_t bytes[CONTROL_MESSAGE_MAX];
	size_t n = 0;
	enum rc r;

	d->answer.version = PROTO_VERSION;
	if ((r = msg_envelope_put(&d->answer, bytes, &n)) == RC_OK)
		r = desk_send_bytes(d, terminal, route, route_n, bytes, n);
	crypto_wipe(bytes, n);
	return r;
}

/* The answer becomes `refused`; without words of its own it gets those of the code. */
static void
desk_refuse(cs_Envelope *answer, enum rc r)
{
	char detail[sizeof answer->detail];

	memcpy(detail, answer->detail, sizeof detail);
	if (detail[0] == '\0')
		snprintf(detail, sizeof detail, "%s.", rc_text(r));
	if (detail[0] >= 'a' && detail[0] <= 'z')
		detail[0] = (char)(detail[0] - 'a' + 'A');
	crypto_wipe(&answer->body, sizeof answer->body);
	answer->which_body = cs_Envelope_refused_tag;
	answer->rc = r;
	memcpy(answer->detail, detail, sizeof detail);
}

/* Decodes and runs one request; d->answer holds what is to be sent. */
static enum rc
desk_run(struct desk *d, const struct gate_head *h, const struct link_msg *m)
{
	struct call c = {
		.desk = d, .ask = &d->ask, .answer = &d->answer, .terminal = h->terminal, .terminal_name = h->name,
		.branch = h->branch, .consoles = h->consoles, .route = link_msg_data(m, 1), .route_n = link_msg_size(m, 1),
		.now_ms = clock_utc_ms(d->office->clock),
	};
	enum rc r;

	memset(&d->answer, 0, sizeof d->answer);
	if ((r = msg_envelope_get(link_msg_data(m, 2), link_msg_size(m, 2), &d->ask)) == RC_OK) {
		memcpy(d->answer.request_id, d->ask.request_id, sizeof d->answer.request_id);
		r = dispatch_run(&c);
	} else
		call_audit(&c, AUDIT_DISPATCH_REFUSE, r, "", "a message of %zu bytes cannot be read", link_msg_size(m, 2));
	if (r != RC_OK)
		desk_refuse(&d->answer, r);
	crypto_wipe(&c, sizeof c);
	return r;
}

/* Is the answer to be kept for a repetition? Not when the trouble was ours and may have passed. */
static bool
desk_keeps(const struct desk *d, enum rc r)
{
	const struct dispatch_row *row = dispatch_find(d->ask.which_body);

	return row != NULL && (row->flags & DISPATCH_ONCE) != 0 && r != RC_STORE && r != RC_BUSY && r != RC_NOMEM;
}

/* One line, unless this terminal has caused too many. */
static void
desk_log_refusal(struct desk *d, uint64_t terminal, enum rc r)
{
	char left_out[48] = "";
	uint32_t hidden = 0;

	if (!flood_allow(&d->lines, terminal, clock_mono_ms(d->office->clock), &hidden))
		return;
	if (hidden > 0)
		snprintf(left_out, sizeof left_out, " (%u lines were left out)", hidden);
	log_line(d->office->log, LOG_LEVEL_INFO, d->name, "terminal %llu: %s refused: %s%s", (unsigned long long)terminal,
	    msg_kind_name(d->ask.which_body), rc_name(r), left_out);
}

static void
desk_control(struct desk *d, const struct gate_head *h, const struct link_msg *m)
{
	uint8_t key[DIGEST_BYTES], bytes[CONTROL_MESSAGE_MAX];
	const uint8_t *again;
	size_t n = 0;
	enum rc r;

	if (link_msg_size(m, 1) > GATE_ROUTE_BYTES)
		return;
	answers_key(h->terminal, link_msg_data(m, 2), link_msg_size(m, 2), key);
	if ((again = answers_get(d->answers, key, &n)) != NULL) {
		(void)!desk_send_bytes(d, h->terminal, link_msg_data(m, 1), link_msg_size(m, 1), again, n);
		return;
	}
	r = desk_run(d, h, m);
	d->answer.version = PROTO_VERSION;
	if (msg_envelope_put(&d->answer, bytes, &n) != RC_OK) {
		log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "the answer to %s cannot be encoded",
		    msg_kind_name(d->ask.which_body));
		d->answer.detail[0] = '\0';
		desk_refuse(&d->answer, RC_BUG);
		if (msg_envelope_put(&d->answer, bytes, &n) != RC_OK)
			n = 0;
	} else if (desk_keeps(d, r))
		answers_put(d->answers, key, bytes, n);
	if (r != RC_OK)
		desk_log_refusal(d, h->terminal, r);
	if (n > 0 && desk_send_bytes(d, h->terminal, link_msg_data(m, 1), link_msg_size(m, 1), bytes, n) != RC_OK)
		log_line(d->office->log, LOG_LEVEL_WARN, d->name, "an answer could not be handed to the gateway");
	crypto_wipe(bytes, sizeof bytes);
	msg_wipe(&d->ask);
	msg_wipe(&d->answer);
}

/* Takes a burst of messages from the gateway. RC_CLOSED: the server stops. */
static enum rc
desk_gate(struct desk *d)
{
	struct link_msg m;
	struct gate_head h;
	enum rc r = RC_OK;

	link_msg_init(&m);
	for (int i = 0; i < DESK_BURST && (r = link_recv(d->gate, &m)) == RC_OK; i++) {
		if (gate_head_get(&m, 0, &h) == RC_OK) {
			if (h.kind == GATE_CONTROL)
				desk_control(d, &h, &m);
			else if (h.kind == GATE_VIDEO)
				desk_captures_frame(d, &h, &m);
		}
		link_msg_close(&m);
	}
	link_msg_close(&m);
	return r == RC_AGAIN ? RC_OK : r;
}

static void
desk_close(struct desk *d)
{
	desk_captures_drop(d);
	if (d->stores != NULL)
		call_audit_rest(d, true);
	link_close(d->gate);
	link_close(d->vision);
	link_close(d->notify);
	d->gate = d->vision = d->notify = NULL;
	stores_close(d->stores);
	d->stores = NULL;
}

static void *
desk_thread(void *arg)
{
	struct desk *d = arg;
	enum rc r;

	for (;;) {
		struct link_poll p[2] = { { .sock = d->gate }, { .sock = d->vision } };

		r = link_poll(p, 2, d->captures.n > 0 ? DESK_TICK_MS : DESK_IDLE_MS);
		if (r != RC_OK && r != RC_TIMEOUT && r != RC_AGAIN)
			break;
		if ((r = desk_gate(d)) != RC_OK || (r = desk_captures_answers(d)) != RC_OK)
			break;
		desk_captures_tick(d);
		desk_holds_expire(d);
		desk_evidence_end(d);
		call_audit_rest(d, false);
	}
	if (r != RC_CLOSED)
		log_line(d->office->log, LOG_LEVEL_ERROR, d->name, "stopped: %s", rc_text(r));
	desk_close(d);
	return NULL;
}

enum rc
desk_start(const struct office *o, uint32_t number, struct stores *st, struct desk **out)
{
	struct desk *d = calloc(1, sizeof *d);
	enum rc r = RC_NOMEM;

	if (d == NULL || (d->answers = answers_new()) == NULL)
		goto out;
	d->office = o;
	d->number = number;
	d->registrations = (struct flood){ .window_ms = CODE_SENDS_WINDOW_MS, .events = DESK_REGISTRATIONS_MAX };
	gate_desk_name(number, d->name);
	if ((r = link_spoke(o->link, GATE_HUB, d->name, &d->gate)) != RC_OK ||
	    (r = link_spoke(o->link, VISION_HUB, d->name, &d->vision)) != RC_OK ||
	    (r = link_spoke(o->link, NOTIFY_HUB, d->name, &d->notify)) != RC_OK)
		goto out;
	d->stores = st;
	if (pthread_create(&d->thread, NULL, desk_thread, d) != 0) {
		d->stores = NULL;
		r = RC_NOMEM;
		goto out;
	}
	d->running = true;
	*out = d;
	return RC_OK;
out:
	if (d != NULL)
		desk_close(d);
	desk_stop(d);
	return r;
}

void
desk_stop(struct desk *d)
{
	if (d == NULL)
		return;
	if (d->running)
		pthread_join(d->thread, NULL);
	answers_free(d->answers);
	crypto_wipe(d, sizeof *d);
	free(d);
}
