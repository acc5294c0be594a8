/*
 * test_net.c - the client's end of the link against a server made of the real
 * sockets: CURVE, ZAP and the monitor, all on the loopback.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One thread plays both ends in turn until a condition holds or the patience
 * is over. The client's clock can be moved forward, so that no time-out has to
 * be waited for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/net.h"

#define PATIENCE_MS 15000

struct world {
	/* server */
	struct link_ctx *ctx;
	struct link_sock *zap, *control, *video;
	uint8_t secret[KEY_BYTES];
	int     control_port, video_port;
	bool    allow, mute, refuse_hello, farewell;
	int     fd;			/* of the client's control connection */
	unsigned hellos, commits, overviews, logins, frames;
	uint8_t commit_id[ID_BYTES];
	bool    same_id;		/* every commit came with the first one's id */
	unsigned grant;			/* credits to send after a frame */

	/* client */
	struct invitation invitation;
	uint8_t public_key[KEY_BYTES], own_secret[KEY_BYTES];
	struct clock clock;
	int64_t ahead_ms;
	struct net *net;
	enum net_state state;
	enum rc why;
	unsigned answers, pushes;
	enum rc answer;
	uint32_t tag;
	pb_size_t asked, body;
};

static int
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	close(fd);
	return ntohs(a.sin_port);
}

/* ---- the server ---- */

static struct link_sock *
serve(struct world *w, int port, enum link_flow flow)
{
	struct link_server_opts o = { .flow = flow };
	struct link_sock *s = NULL;
	char endpoint[64], err[256];

	snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", port);
	o.endpoint = endpoint;
	memcpy(o.secret, w->secret, KEY_BYTES);
	for (int i = 0; i < 50 && link_serve(w->ctx, &o, &s, err, sizeof err) != RC_OK; i++)
		usleep(20000);		/* the port of a server that has just gone */
	assert_non_null(s);
	return s;
}

static void
server_start(struct world *w)
{
	w->ctx = link_ctx_new();
	assert_non_null(w->ctx);
	assert_int_equal(link_zap_open(w->ctx, &w->zap), RC_OK);
	w->control = serve(w, w->control_port, LINK_FLOW_CONTROL);
	w->video = serve(w, w->video_port, LINK_FLOW_VIDEO);
}

static void
server_stop(struct world *w)
{
	link_close(w->control);
	link_close(w->video);
	link_close(w->zap);
	link_ctx_free(w->ctx);
	w->ctx = NULL;
	w->control = w->video = w->zap = NULL;
}

static void
server_send(struct world *w, struct link_msg *in, cs_Envelope *e)
{
	uint8_t encoded[CONTROL_MESSAGE_MAX];
	struct link_msg out;
	size_t n;

	e->version = PROTO_VERSION;
	assert_int_equal(msg_envelope_put(e, encoded, &n), RC_OK);
	link_msg_init(&out);
	assert_int_equal(link_msg_add(&out, link_msg_data(in, 0), link_msg_size(in, 0)), RC_OK);
	assert_int_equal(link_msg_add(&out, encoded, n), RC_OK);
	assert_int_equal(link_send(w->control, &out), RC_OK);
	link_msg_close(&out);
}

static void
server_answer(struct world *w, struct link_msg *in, cs_Envelope *e)
{
	switch (e->which_body) {
	case cs_Envelope_hello_tag:
		w->hellos++;
		e->which_body = w->refuse_hello ? cs_Envelope_refused_tag : cs_Envelope_welcome_tag;
		e->rc = w->refuse_hello ? RC_TERMINAL_REVOKED : RC_OK;
		memset(&e->body, 0, sizeof e->body);
		break;
	case cs_Envelope_ping_tag:
		e->which_body = cs_Envelope_pong_tag;
		break;
	case cs_Envelope_overview_get_tag:
		w->overviews++;
		e->which_body = cs_Envelope_overview_tag;
		memset(&e->body, 0, sizeof e->body);
		break;
	case cs_Envelope_login_tag:
		w->logins++;
		memset(&e->body, 0, sizeof e->body);
		e->which_body = cs_Envelope_code_sent_tag;
		break;
	case cs_Envelope_transfer_commit_tag:
		w->same_id = w->commits == 0 || (w->same_id && memcmp(w->commit_id, e->request_id, ID_BYTES) == 0);
		memcpy(w->commit_id, e->request_id, ID_BYTES);
		w->commits++;
		memset(&e->body, 0, sizeof e->body);
		e->which_body = cs_Envelope_receipt_tag;
		break;
	default:
		fail();
	}
	e->token.size = 0;
	if (w->farewell) {
		memset(e->request_id, 0, ID_BYTES);
		memset(&e->body, 0, sizeof e->body);
		e->which_body = cs_Envelope_session_ended_tag;
		e->rc = RC_TERMINAL_REVOKED;
		server_send(w, in, e);
		return;
	}
	if (!w->mute || e->which_body == cs_Envelope_welcome_tag || e->which_body == cs_Envelope_pong_tag)
		server_send(w, in, e);
}

static void
server_video(struct world *w, struct link_msg *in)
{
	cs_VideoCredit c = cs_VideoCredit_init_zero;
	uint8_t encoded[VIDEO_HEADER_MAX];
	cs_VideoHeader h;
	struct link_msg out;
	size_t n;

	assert_int_equal(in->n, 3);
	assert_int_equal(msg_video_header_get(link_msg_data(in, 1), link_msg_size(in, 1), &h), RC_OK);
	assert_int_equal(h.seq, ++w->frames);
	if (w->grant == 0)
		return;
	c.version = PROTO_VERSION;
	memcpy(c.capture, h.capture, ID_BYTES);
	c.seq = h.seq;
	c.credits = w->grant;
	assert_int_equal(msg_video_credit_put(&c, encoded, &n), RC_OK);
	link_msg_init(&out);
	assert_int_equal(link_msg_add(&out, link_msg_data(in, 0), link_msg_size(in, 0)), RC_OK);
	assert_int_equal(link_msg_add(&out, encoded, n), RC_OK);
	assert_int_equal(link_send(w->video, &out), RC_OK);
	link_msg_close(&out);
}

static void
server_turn(struct world *w)
{
	struct link_zap_request q;
	struct link_msg m;
	cs_Envelope e;

	if (w->ctx == NULL)
		return;
	while (link_zap_next(w->zap, &q) == RC_OK)
		assert_int_equal(link_zap_answer(w->zap, &q, w->allow && memcmp(q.public_key, w->public_key, KEY_BYTES) == 0,
		    "counter-1"), RC_OK);
	link_msg_init(&m);
	while (link_recv(w->control, &m) == RC_OK) {
		w->fd = link_msg_fd(&m);
		assert_int_equal(msg_envelope_get(link_msg_data(&m, 1), link_msg_size(&m, 1), &e), RC_OK);
		server_answer(w, &m, &e);
		link_msg_close(&m);
		link_msg_init(&m);
	}
	while (link_recv(w->video, &m) == RC_OK) {
		server_video(w, &m);
		link_msg_close(&m);
		link_msg_init(&m);
	}
	link_msg_close(&m);
}

/* ---- the client ---- */

static int64_t
world_mono(void *ctx)
{
	return clock_mono_ms(clock_system()) + ((struct world *)ctx)->ahead_ms;
}

static void
on_state(void *ctx, enum net_state s, enum rc why, const cs_Welcome *welcome)
{
	struct world *w = ctx;

	assert_int_equal(welcome != NULL, s == NET_READY);
	w->state = s;
	w->why = why;
}

static void
on_answer(void *ctx, uint32_t tag, pb_size_t asked, enum rc rc, const cs_Envelope *msg)
{
	struct world *w = ctx;

	w->answers++;
	w->tag = tag;
	w->asked = asked;
	w->answer = rc;
	w->body = msg == NULL ? 0 : msg->which_body;
}

static void
on_push(void *ctx, const cs_Envelope *msg)
{
	(void)msg;
	((struct world *)ctx)->pushes++;
}

static void
client_start(struct world *w)
{
	struct net_opts o = {
		.invitation = &w->invitation, .public_key = w->public_key, .secret = w->own_secret,
		.console = cs_Console_CONSOLE_TERMINAL, .clock = &w->clock, .rng = rng_system(), .events = { on_state, on_answer, on_push, w },
	};

	w->clock = (struct clock){ world_mono, world_mono, NULL, w };
	w->net = net_new(&o);
	assert_non_null(w->net);
}

static void
world_open(struct world *w)
{
	uint8_t server_public[KEY_BYTES];

	memset(w, 0, sizeof *w);
	curve_keypair(server_public, w->secret);
	curve_keypair(w->public_key, w->own_secret);
	w->control_port = free_port();
	w->video_port = free_port();
	w->allow = true;
	w->fd = -1;
	w->invitation.nodes = 1;
	memcpy(w->invitation.server_public, server_public, KEY_BYTES);
	snprintf(w->invitation.node[0].control, ADDRESS_BYTES, "127.0.0.1:%d", w->control_port);
	snprintf(w->invitation.node[0].video, ADDRESS_BYTES, "127.0.0.1:%d", w->video_port);
}

static void
world_close(struct world *w)
{
	net_free(w->net);
	if (w->ctx != NULL)
		server_stop(w);
}

static void
world_turn(struct world *w)
{
	struct link_poll items[NET_ITEMS];
	size_t n = net_items(w->net, items);
	enum rc r = link_poll(items, n, 5);

	(void)r;
	server_turn(w);
	net_turn(w->net);
}

#define until(w, condition) do { \
	int64_t end_ = clock_mono_ms(clock_system()) + PATIENCE_MS; \
	while (!(condition) && clock_mono_ms(clock_system()) < end_) \
		world_turn(w); \
	assert_true(condition); \
} while (0)

static void
turns(struct world *w, int n)
{
	for (int i = 0; i < n; i++)
		world_turn(w);
}

static void
ask(struct world *w, pb_size_t kind, uint32_t tag)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = kind;
	assert_int_equal(net_ask(w->net, &e, tag), RC_OK);
}

static void
cut(const struct world *w)
{
	char peer[LINK_PEER_BYTES];

	link_peer(w->fd, peer);
	assert_true(link_cut(w->fd, peer));
}

/* ---- the tests ---- */

static void
test_accepted_later(void **state)
{
	int64_t begun;
	struct world w;

	(void)state;
	world_open(&w);
	w.allow = false;
	server_start(&w);
	client_start(&w);
	until(&w, w.state == NET_REFUSED);
	assert_int_equal(w.why, RC_TERMINAL_UNKNOWN);
	assert_int_equal(w.hellos, 0);
	w.allow = true;
	begun = clock_mono_ms(clock_system());
	until(&w, w.state == NET_READY);
	assert_true(clock_mono_ms(clock_system()) - begun < 5000);
	/* Revoked: cut, and not let in again. */
	w.allow = false;
	until(&w, w.fd >= 0);
	cut(&w);
	until(&w, w.state == NET_REFUSED);
	assert_int_equal(w.why, RC_TERMINAL_UNKNOWN);
	/* Let in again, then told that it is revoked before the line is cut: that is what it remembers. */
	w.allow = true;
	until(&w, w.state == NET_READY);
	w.farewell = true;
	ask(&w, cs_Envelope_overview_get_tag, 1);
	until(&w, w.pushes == 1);
	w.allow = false;
	cut(&w);
	until(&w, w.state == NET_REFUSED);
	assert_int_equal(w.why, RC_TERMINAL_REVOKED);
	world_close(&w);
}

static void
test_hello_refused(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	w.refuse_hello = true;
	server_start(&w);
	client_start(&w);
	until(&w, w.state == NET_REFUSED);
	assert_int_equal(w.why, RC_TERMINAL_REVOKED);
	w.refuse_hello = false;
	until(&w, w.state == NET_READY);
	world_close(&w);
}

static void
test_requests(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	server_start(&w);
	client_start(&w);
	ask(&w, cs_Envelope_overview_get_tag, 41);	/* before the link is up: it waits */
	until(&w, w.answers == 1);
	assert_int_equal(w.tag, 41);
	assert_int_equal(w.asked, cs_Envelope_overview_get_tag);
	assert_int_equal(w.body, cs_Envelope_overview_tag);
	assert_int_equal(w.overviews, 1);
	/* What may be repeated is repeated, and given up in the end. */
	w.mute = true;
	ask(&w, cs_Envelope_overview_get_tag, 42);
	until(&w, w.overviews == 2);
	w.ahead_ms += REQUEST_TIMEOUT_MS;
	until(&w, w.overviews == 3);
	for (int i = 0; i < 6; i++) {
		w.ahead_ms += REQUEST_TIMEOUT_MS;
		turns(&w, 10);
	}
	until(&w, w.answers == 2);
	assert_int_equal(w.answer, RC_TIMEOUT);
	/* What may not be repeated is not. */
	until(&w, w.state == NET_READY);
	ask(&w, cs_Envelope_login_tag, 43);
	until(&w, w.logins == 1);
	w.ahead_ms += REQUEST_TIMEOUT_MS;
	turns(&w, 20);
	w.ahead_ms += REQUEST_TIMEOUT_MS;
	turns(&w, 20);
	w.ahead_ms += REQUEST_TIMEOUT_MS;
	until(&w, w.answers == 3);
	assert_int_equal(w.logins, 1);
	assert_int_equal(w.answer, RC_TIMEOUT);
	world_close(&w);
}

/* A confirmation reaches the server through a restart, always under the same id, and is answered once. */
static void
test_restart(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	server_start(&w);
	client_start(&w);
	until(&w, w.state == NET_READY);
	w.mute = true;
	ask(&w, cs_Envelope_transfer_commit_tag, 5);
	ask(&w, cs_Envelope_login_tag, 6);
	until(&w, w.commits == 1 && w.logins == 1);
	server_stop(&w);
	until(&w, w.state == NET_LOST);
	assert_int_equal(w.answers, 1);			/* the login failed with the line */
	assert_int_equal(w.tag, 6);
	assert_int_equal(w.answer, RC_CLOSED);
	w.ahead_ms += 60000;				/* a minute without a server */
	turns(&w, 20);
	w.mute = false;
	server_start(&w);
	until(&w, w.answers == 2);
	assert_int_equal(w.tag, 5);
	assert_int_equal(w.answer, RC_OK);
	assert_int_equal(w.body, cs_Envelope_receipt_tag);
	assert_true(w.commits >= 2 && w.same_id);
	assert_int_equal(w.logins, 1);
	turns(&w, 20);
	assert_int_equal(w.answers, 2);
	world_close(&w);
}

static void
test_stranger(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	memset(w.invitation.server_public, 9, KEY_BYTES);
	server_start(&w);
	client_start(&w);
	until(&w, w.state == NET_STRANGER);
	assert_int_equal(w.hellos, 0);
	world_close(&w);
}

static void
test_next_node(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	w.invitation.nodes = 2;
	w.invitation.node[1] = w.invitation.node[0];
	snprintf(w.invitation.node[0].control, ADDRESS_BYTES, "127.0.0.1:%d", free_port());
	server_start(&w);
	client_start(&w);
	turns(&w, 10);
	w.ahead_ms += 5000;
	until(&w, w.state == NET_READY);
	assert_string_equal(net_address(w.net), w.invitation.node[1].control);
	world_close(&w);
}

/* Frames go on credit only. */
static void
test_video(void **state)
{
	cs_CaptureBegun b = cs_CaptureBegun_init_zero;
	const uint8_t jpeg[100] = { 0xff, 0xd8 };
	struct world w;

	(void)state;
	world_open(&w);
	server_start(&w);
	client_start(&w);
	until(&w, w.state == NET_READY);
	assert_false(net_video_wants(w.net));
	memset(b.capture, 3, ID_BYTES);
	b.credits = 2;
	b.fps = 10;
	net_video_start(w.net, &b);
	for (int i = 0; i < 50 && w.frames < 2; i++) {
		net_video_send(w.net, jpeg, sizeof jpeg, 1);
		w.ahead_ms += 60;			/* two calls a frame: the rate is kept */
		turns(&w, 4);
	}
	until(&w, w.frames == 2);
	for (int i = 0; i < 10; i++) {
		net_video_send(w.net, jpeg, sizeof jpeg, 1);
		w.ahead_ms += 60;
		turns(&w, 2);
	}
	assert_int_equal(w.frames, 2);			/* no credit, no frame */
	assert_false(net_video_wants(w.net));
	w.ahead_ms += 2100;				/* the credits were lost on the way */
	w.grant = 1;
	turns(&w, 2);
	for (int i = 0; i < 200 && w.frames < 6; i++) {
		net_video_send(w.net, jpeg, sizeof jpeg, 1);
		w.ahead_ms += 60;
		turns(&w, 2);
	}
	assert_int_equal(w.frames, 6);			/* one credit back for each */
	net_video_stop(w.net);
	assert_false(net_video_wants(w.net));
	world_close(&w);
}

/* The table of open requests is bounded. */
static void
test_bounded(void **state)
{
	cs_Envelope e = cs_Envelope_init_zero;
	struct world w;
	enum rc r = RC_OK;
	unsigned n = 0;

	(void)state;
	world_open(&w);
	client_start(&w);
	e.which_body = cs_Envelope_overview_get_tag;
	while (r == RC_OK && n < 100)
		if ((r = net_ask(w.net, &e, n)) == RC_OK)
			n++;
	assert_int_equal(r, RC_BUSY);
	assert_in_range(n, 4, 16);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted_later), cmocka_unit_test(test_hello_refused), cmocka_unit_test(test_requests),
		cmocka_unit_test(test_restart), cmocka_unit_test(test_stranger), cmocka_unit_test(test_next_node),
		cmocka_unit_test(test_video), cmocka_unit_test(test_bounded),
	};

	return crypto_init() != RC_OK || cmocka_run_group_tests(tests, NULL, NULL);
}
