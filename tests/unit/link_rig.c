/*
 * link_rig.c - see link_rig.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "link_rig.h"

static int64_t
rig_now(void)
{
	return clock_mono_ms(clock_system());
}

void
rig_serve(struct link_rig *g, const char *endpoint)
{
	struct link_server_opts o = { .endpoint = endpoint, .flow = g->flow };
	int64_t until = rig_now() + RIG_WAIT_MS;
	char err[160] = "";
	enum rc r;

	memcpy(o.secret, g->server_secret, KEY_BYTES);
	while ((r = link_serve(g->server_ctx, &o, &g->server, err, sizeof err)) == RC_IO && rig_now() < until)
		(void)rig_turn(g, NULL, NULL, 20);
	if (r != RC_OK)
		fail_msg("link_serve: %s", err);
	assert_int_equal(link_endpoint(g->server, g->endpoint, sizeof g->endpoint), RC_OK);
}

void
rig_open(struct link_rig *g, enum link_flow flow)
{
	memset(g, 0, sizeof *g);
	g->flow = flow;
	curve_keypair(g->server_public, g->server_secret);
	for (size_t k = 0; k < RIG_KEYS; k++)
		curve_keypair(g->key[k].public_key, g->key[k].secret);
	g->key[0].accepted = true;
	g->key[0].user = "terminal-17";
	g->key[1].user = "terminal-18";
	g->key[2].user = "terminal-19";
	assert_non_null(g->server_ctx = link_ctx_new());
	assert_non_null(g->client_ctx = link_ctx_new());
	assert_int_equal(link_zap_open(g->server_ctx, &g->zap), RC_OK);
	rig_serve(g, "tcp://127.0.0.1:*");
}

void
rig_close(struct link_rig *g)
{
	link_close(g->server);
	link_close(g->zap);
	link_ctx_free(g->server_ctx);
	link_ctx_free(g->client_ctx);
}

struct rig_client
rig_dial(struct link_rig *g, size_t k, const uint8_t server_public[static KEY_BYTES])
{
	struct link_client_opts o = { .endpoint = g->endpoint, .flow = g->flow };
	struct rig_client c = { NULL, NULL };

	memcpy(o.server_public, server_public, KEY_BYTES);
	memcpy(o.public_key, g->key[k].public_key, KEY_BYTES);
	memcpy(o.secret, g->key[k].secret, KEY_BYTES);
	assert_int_equal(link_dial(g->client_ctx, &o, &c.sock), RC_OK);
	assert_int_equal(link_monitor_open(g->client_ctx, c.sock, &c.monitor), RC_OK);
	return c;
}

void
rig_hang_up(struct rig_client *c)
{
	link_close(c->sock);
	link_close(c->monitor);
	*c = (struct rig_client){ NULL, NULL };
}

static void
rig_answer_zap(struct link_rig *g)
{
	struct link_zap_request q;

	while (g->zap != NULL && link_zap_next(g->zap, &q) == RC_OK) {
		bool accepted = false;
		const char *user = "";

		g->asked++;
		assert_string_equal(q.address, "127.0.0.1");
		for (size_t k = 0; k < RIG_KEYS; k++)
			if (g->key[k].accepted && crypto_same(q.public_key, g->key[k].public_key, KEY_BYTES)) {
				accepted = true;
				user = g->key[k].user;
			}
		assert_int_equal(link_zap_answer(g->zap, &q, accepted, user), RC_OK);
	}
}

bool
rig_turn(struct link_rig *g, struct link_sock *a, struct link_sock *b, int ms)
{
	struct link_poll p[3];
	size_t n = 0, first;

	rig_answer_zap(g);
	if (g->zap != NULL)
		p[n++] = (struct link_poll){ .sock = g->zap };
	first = n;
	if (a != NULL)
		p[n++] = (struct link_poll){ .sock = a };
	if (b != NULL)
		p[n++] = (struct link_poll){ .sock = b };
	if (link_poll(p, n, ms) != RC_OK)
		return false;
	rig_answer_zap(g);
	for (size_t i = first; i < n; i++)
		if (p[i].in)
			return true;
	return false;
}

void
rig_receive(struct link_rig *g, struct link_sock *sock, struct link_msg *m)
{
	int64_t until = rig_now() + RIG_WAIT_MS;
	enum rc r;

	while ((r = link_recv(sock, m)) == RC_AGAIN && rig_now() < until)
		(void)rig_turn(g, sock, NULL, 50);
	if (r != RC_OK)
		fail_msg("no message: %s", rc_name(r));
}

enum link_event_kind
rig_expect_any(struct link_rig *g, struct rig_client *c, enum link_event_kind a, enum link_event_kind b)
{
	int64_t until = rig_now() + RIG_WAIT_MS;
	enum link_event_kind kind;
	int fd;

	while (rig_now() < until) {
		while (link_monitor_next(c->monitor, &kind, &fd) == RC_OK)
			if (kind == a || kind == b)
				return kind;
		(void)rig_turn(g, c->monitor, NULL, 50);
	}
	fail_msg("event %d or %d did not come", (int)a, (int)b);
	return a;
}

void
rig_expect(struct link_rig *g, struct rig_client *c, enum link_event_kind want)
{
	(void)rig_expect_any(g, c, want, want);
}

void
rig_send(struct link_sock *s, const void *p, size_t n)
{
	struct link_msg m;

	link_msg_init(&m);
	assert_int_equal(link_msg_add(&m, p, n), RC_OK);
	assert_int_equal(link_send(s, &m), RC_OK);
	assert_int_equal(m.n, 0);
}

void
rig_say(struct link_sock *s, const char *text)
{
	rig_send(s, text, strlen(text));
}

bool
rig_part_is(const struct link_msg *m, size_t i, const char *text)
{
	return link_msg_size(m, i) == strlen(text) && memcmp(link_msg_data(m, i), text, strlen(text)) == 0;
}
