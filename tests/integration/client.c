/*
 * client.c - see client.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/clock.h"
#include "proto/crypto.h"
#include "tests/integration/client.h"

#define CLIENT_AGAIN_MS  1000	/* the same request is sent again after */
#define CLIENT_REDIAL_MS  100	/* between a refusal and the next try */

struct client {
	struct link_ctx *link;
	struct link_sock *control, *video, *monitor;
	struct link_client_opts control_opts, video_opts;
	char control_at[96], video_at[96];
	bool has_token;
	uint8_t token[TOKEN_BYTES];
	size_t pushes;
	cs_Envelope push[CLIENT_PUSHES];
};

static int64_t
client_now(void)
{
	return clock_mono_ms(clock_system());
}

static void
client_hang_up(struct client *c)
{
	link_close(c->monitor);
	link_close(c->control);
	link_close(c->video);
	c->monitor = c->control = c->video = NULL;
}

enum rc
client_redial(struct client *c)
{
	enum rc r;

	client_hang_up(c);
	if ((r = link_dial(c->link, &c->control_opts, &c->control)) != RC_OK ||
	    (r = link_monitor_open(c->link, c->control, &c->monitor)) != RC_OK ||
	    (r = link_dial(c->link, &c->video_opts, &c->video)) != RC_OK)
		return r;
	return RC_OK;
}

struct client *
client_new(const char *control, const char *video, const uint8_t server_public[static KEY_BYTES],
    const struct client_key *key)
{
	struct client *c = calloc(1, sizeof *c);

	if (c == NULL || (c->link = link_ctx_new()) == NULL) {
		free(c);
		return NULL;
	}
	snprintf(c->control_at, sizeof c->control_at, "tcp://%s", control);
	snprintf(c->video_at, sizeof c->video_at, "tcp://%s", video);
	memcpy(c->control_opts.server_public, server_public, KEY_BYTES);
	memcpy(c->control_opts.public_key, key->public_key, KEY_BYTES);
	memcpy(c->control_opts.secret, key->secret, KEY_BYTES);
	c->video_opts = c->control_opts;
	c->control_opts.endpoint = c->control_at;
	c->control_opts.flow = LINK_FLOW_CONTROL;
	c->video_opts.endpoint = c->video_at;
	c->video_opts.flow = LINK_FLOW_VIDEO;
	if (client_redial(c) != RC_OK) {
		client_free(c);
		return NULL;
	}
	return c;
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	client_hang_up(c);
	link_ctx_free(c->link);
	crypto_wipe(c, sizeof *c);
	free(c);
}

void
client_set_token(struct client *c, const uint8_t *token)
{
	c->has_token = token != NULL;
	if (token != NULL)
		memcpy(c->token, token, sizeof c->token);
}

const uint8_t *
client_token(const struct client *c)
{
	return c->has_token ? c->token : NULL;
}

/* Waits until the socket has something, at most until `until`. */
static enum rc
client_wait(struct link_sock *s, int64_t until)
{
	struct link_poll p = { .sock = s };
	int64_t left = until - client_now();
	enum rc r;

	if (left <= 0)
		return RC_TIMEOUT;
	r = link_poll(&p, 1, (int)left);
	return r == RC_AGAIN ? RC_OK : r;
}

enum rc
client_wait_ready(struct client *c, int timeout_ms)
{
	int64_t until = client_now() + timeout_ms;
	enum link_event_kind kind;
	enum rc r;
	int fd;

	for (;;) {
		while ((r = link_monitor_next(c->monitor, &kind, &fd)) == RC_OK)
			if (kind == LINK_EVENT_READY)
				return RC_OK;
			else if (kind == LINK_EVENT_KEY_REFUSED)
				return RC_TERMINAL_UNKNOWN;
		if (r != RC_AGAIN || (r = client_wait(c->monitor, until)) != RC_OK)
			return r;
	}
}

enum rc
client_reach(struct client *c, int timeout_ms)
{
	int64_t until = client_now() + timeout_ms;
	enum rc r;

	while ((r = client_wait_ready(c, CLIENT_AGAIN_MS)) != RC_OK && client_now() < until) {
		(void)!poll(NULL, 0, CLIENT_REDIAL_MS);
		if ((r = client_redial(c)) != RC_OK)
			break;
	}
	return r;
}

/* One message of the control socket, decoded. RC_AGAIN: none there. */
static enum rc
client_take(struct client *c, cs_Envelope *e)
{
	struct link_msg m;
	enum rc r;

	link_msg_init(&m);
	if ((r = link_recv(c->control, &m)) == RC_OK)
		r = m.n == 1 ? msg_envelope_get(link_msg_data(&m, 0), link_msg_size(&m, 0), e) : RC_MALFORMED;
	link_msg_close(&m);
	return r;
}

enum rc
client_send_raw(struct client *c, const void *p, size_t n)
{
	struct link_msg m;
	enum rc r;

	link_msg_init(&m);
	if ((r = link_msg_add(&m, p, n)) == RC_OK)
		r = link_send(c->control, &m);
	link_msg_close(&m);
	return r;
}

static void
client_keep_token(struct client *c, const cs_Envelope *answer)
{
	if (answer->which_body == cs_Envelope_code_sent_tag && answer->body.code_sent.token.size == TOKEN_BYTES)
		client_set_token(c, answer->body.code_sent.token.bytes);
	else if (answer->which_body == cs_Envelope_signed_on_tag)
		client_set_token(c, answer->body.signed_on.token.bytes);
	else if (answer->which_body == cs_Envelope_signed_off_tag)
		client_set_token(c, NULL);
}

/* Waits for the answer to ask until then; pushes are put aside. */
static enum rc
client_await(struct client *c, const cs_Envelope *ask, cs_Envelope *answer, int64_t until)
{
	enum rc r;

	for (;;) {
		while ((r = client_take(c, answer)) == RC_OK) {
			if (memcmp(answer->request_id, ask->request_id, sizeof ask->request_id) == 0)
				return RC_OK;
			if (answer->which_body >= cs_Envelope_capture_guide_tag && c->pushes < CLIENT_PUSHES)
				c->push[c->pushes++] = *answer;
		}
		if (r != RC_AGAIN || (r = client_wait(c->control, until)) != RC_OK)
			return r;
	}
}

enum rc
client_ask(struct client *c, cs_Envelope *ask, cs_Envelope *answer, int timeout_ms)
{
	int64_t until = client_now() + timeout_ms, again;
	uint8_t bytes[CONTROL_MESSAGE_MAX];
	size_t n = 0;
	enum rc r;

	ask->version = PROTO_VERSION;
	rng_fill(rng_system(), ask->request_id, sizeof ask->request_id);
	ask->token.size = 0;
	if (c->has_token) {
		memcpy(ask->token.bytes, c->token, TOKEN_BYTES);
		ask->token.size = TOKEN_BYTES;
	}
	if ((r = msg_envelope_put(ask, bytes, &n)) != RC_OK)
		return r;
	do {
		if ((r = client_send_raw(c, bytes, n)) != RC_OK && r != RC_AGAIN)
			return r;
		again = client_now() + CLIENT_AGAIN_MS;
		r = client_await(c, ask, answer, again < until ? again : until);
	} while (r == RC_TIMEOUT && client_now() < until);
	crypto_wipe(bytes, sizeof bytes);
	if (r != RC_OK)
		return r;
	client_keep_token(c, answer);
	return rc_from_wire(answer->rc);
}

enum rc
client_push(struct client *c, cs_Envelope *push, int timeout_ms)
{
	int64_t until = client_now() + timeout_ms;
	enum rc r;

	if (c->pushes > 0) {
		*push = c->push[0];
		memmove(&c->push[0], &c->push[1], --c->pushes * sizeof c->push[0]);
		return RC_OK;
	}
	for (;;) {
		while ((r = client_take(c, push)) == RC_OK)
			if (push->which_body >= cs_Envelope_capture_guide_tag)
				return RC_OK;
		if (r != RC_AGAIN || (r = client_wait(c->control, until)) != RC_OK)
			return r;
	}
}

enum rc
client_frame_at(struct client *c, const uint8_t capture[static ID_BYTES], uint32_t seq, int64_t camera_us,
    const void *jpeg, size_t n)
{
	cs_VideoHeader h = { .version = PROTO_VERSION, .seq = seq, .camera_us = camera_us };
	uint8_t bytes[VIDEO_HEADER_MAX];
	struct link_msg m;
	size_t len = 0;
	enum rc r;

	memcpy(h.capture, capture, sizeof h.capture);
	link_msg_init(&m);
	if ((r = msg_video_header_put(&h, bytes, &len)) == RC_OK && (r = link_msg_add(&m, bytes, len)) == RC_OK &&
	    (r = link_msg_add(&m, jpeg, n)) == RC_OK)
		r = link_send(c->video, &m);
	link_msg_close(&m);
	return r;
}

enum rc
client_frame(struct client *c, const uint8_t capture[static ID_BYTES], uint32_t seq, const void *jpeg, size_t n)
{
	return client_frame_at(c, capture, seq, clock_mono_us(clock_system()), jpeg, n);
}

enum rc
client_credit(struct client *c, cs_VideoCredit *credit, int timeout_ms)
{
	int64_t until = client_now() + timeout_ms;
	struct link_msg m;
	enum rc r;

	link_msg_init(&m);
	while ((r = link_recv(c->video, &m)) == RC_AGAIN)
		if ((r = client_wait(c->video, until)) != RC_OK)
			break;
	if (r == RC_OK)
		r = msg_video_credit_get(link_msg_data(&m, 0), link_msg_size(&m, 0), credit);
	link_msg_close(&m);
	return r;
}
