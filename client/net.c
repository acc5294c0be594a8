/*
 * net.c - dialling, hello, open requests, credits.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/net_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NET_PING_MS     3000
#define NET_DEAD_MS     8000	/* nothing heard for this long: dial again */
#define NET_DIAL_MS     4000	/* no handshake for this long: next node */
#define NET_STRANGE     6u	/* so many cut handshakes in a row: not our server */

enum rc
net_transmit(struct net *n, const void *p, size_t bytes)
{
	struct link_msg m;
	enum rc r = RC_BUG;

	link_msg_init(&m);
	if ((r = link_msg_add(&m, p, bytes)) == RC_OK)
		r = link_send(n->control, &m);
	link_msg_close(&m);
	return r;
}

/* A message of the link's own: hello and ping. */
static void
net_own(struct net *n, cs_Envelope *e, uint8_t id[static ID_BYTES])
{
	uint8_t encoded[CONTROL_MESSAGE_MAX];
	size_t bytes;

	rng_fill(n->rng, id, ID_BYTES);
	e->version = PROTO_VERSION;
	memcpy(e->request_id, id, ID_BYTES);
	if (msg_envelope_put(e, encoded, &bytes) == RC_OK && net_transmit(n, encoded, bytes) != RC_OK)
		n->pinged_ms = 0;	/* no room: tried again at the next turn */
}

static void
net_hello(struct net *n)
{
	cs_Envelope e = cs_Envelope_init_zero;

	e.which_body = cs_Envelope_hello_tag;
	e.body.hello.console = n->console;
	snprintf(e.body.hello.client_version, sizeof e.body.hello.client_version, "%s", COUNTERSIGN_VERSION);
	net_own(n, &e, n->hello_id);
}

static void
net_hang_up(struct net *n)
{
	link_close(n->monitor);
	link_close(n->control);
	link_close(n->video);
	n->monitor = n->control = n->video = NULL;
	n->shaken = n->connected = false;
}

static struct link_sock *
net_dial_one(struct net *n, const char *address, enum link_flow flow)
{
	struct link_client_opts o = { .flow = flow };
	struct link_sock *s = NULL;
	char endpoint[ADDRESS_BYTES + 8];

	snprintf(endpoint, sizeof endpoint, "tcp://%s", address);
	o.endpoint = endpoint;
	memcpy(o.server_public, n->invitation.server_public, KEY_BYTES);
	memcpy(o.public_key, n->public_key, KEY_BYTES);
	memcpy(o.secret, n->secret, KEY_BYTES);
	if (link_dial(n->ctx, &o, &s) != RC_OK)
		s = NULL;
	crypto_wipe(&o, sizeof o);
	return s;
}

static void
net_dial(struct net *n)
{
	net_hang_up(n);
	n->dialled_ms = n->heard_ms = net_now(n);
	n->redial_ms = 0;
	n->control = net_dial_one(n, n->invitation.node[n->node].control, LINK_FLOW_CONTROL);
	if (n->control != NULL && link_monitor_open(n->ctx, n->control, &n->monitor) != RC_OK)
		n->monitor = NULL;
	n->video = net_dial_one(n, n->invitation.node[n->node].video, LINK_FLOW_VIDEO);
	if (n->control == NULL || n->monitor == NULL || n->video == NULL)
		n->redial_ms = n->dialled_ms + LINK_REDIAL_MS;
}

/* Moves the state and tells it; what cannot be repeated fails when the line breaks. */
static void
net_move(struct net *n, enum net_state to, enum rc why, const cs_Welcome *welcome)
{
	bool tell = n->state != to || welcome != NULL;

	n->state = to;
	if (to != NET_READY) {
		n->filming = false;
		net_requests_fail(n, false);
	}
	if (tell)
		n->events.state(n->events.ctx, to, why, welcome);
}

/* The connection is no good: say so and dial again, the next node if there are several. */
static void
net_lose(struct net *n, int64_t wait_ms)
{
	n->shaken = false;
	n->node = (n->node + 1) % n->invitation.nodes;
	n->redial_ms = net_now(n) + wait_ms;
	if (n->state == NET_READY)
		net_move(n, NET_LOST, RC_CLOSED, NULL);
}

static void
net_refused(struct net *n, enum rc why)
{
	n->shaken = false;
	n->redial_ms = net_now(n) + LINK_REDIAL_MS;
	net_requests_fail(n, true);
	net_move(n, NET_REFUSED, why, NULL);
}

/*
 * A server that holds another key than the invitation says cannot read our
 * handshake and cuts the line at once, again and again.
 */
static void
net_handshake_cut(struct net *n)
{
	n->connected = false;
	if (++n->strange >= NET_STRANGE && n->state != NET_STRANGER && n->state != NET_REFUSED)
		net_move(n, NET_STRANGER, RC_FORGED, NULL);
}

static void
net_monitor(struct net *n)
{
	enum link_event_kind kind;
	int fd;

	while (n->monitor != NULL && n->redial_ms == 0 && link_monitor_next(n->monitor, &kind, &fd) == RC_OK) {
		switch (kind) {
		case LINK_EVENT_CONNECTED:
			n->connected = true;
			break;
		case LINK_EVENT_READY:
			n->shaken = true;
			n->strange = 0;
			n->heard_ms = n->pinged_ms = net_now(n);
			net_hello(n);
			break;
		case LINK_EVENT_KEY_REFUSED:
			net_refused(n, n->revoked ? RC_TERMINAL_REVOKED : RC_TERMINAL_UNKNOWN);
			break;
		case LINK_EVENT_PROTOCOL:
			net_handshake_cut(n);
			break;
		case LINK_EVENT_GONE:
			if (n->shaken)
				net_lose(n, 200);
			else if (n->connected)
				net_handshake_cut(n);
			break;
		}
	}
}

static void
net_welcomed(struct net *n, enum rc rc, const cs_Envelope *e)
{
	if (rc != RC_OK || e->which_body != cs_Envelope_welcome_tag) {
		net_refused(n, rc == RC_OK ? RC_VERSION : rc);
		return;
	}
	n->revoked = false;
	net_move(n, NET_READY, RC_OK, &e->body.welcome);
	net_requests_go(n);
}

static void
net_control_message(struct net *n, const cs_Envelope *e)
{
	static const uint8_t none[ID_BYTES];
	enum rc rc = rc_from_wire(e->rc);

	if (memcmp(e->request_id, none, ID_BYTES) == 0) {
		n->revoked |= rc == RC_TERMINAL_REVOKED;
		n->events.push(n->events.ctx, e);
		return;
	}
	if (n->state != NET_READY && memcmp(e->request_id, n->hello_id, ID_BYTES) == 0) {
		net_welcomed(n, rc, e);
		return;
	}
	net_requests_answer(n, e);
}

static void
net_control(struct net *n)
{
	struct link_msg m;
	cs_Envelope e;

	for (int i = 0; i < 64 && n->control != NULL && n->redial_ms == 0; i++) {
		link_msg_init(&m);
		if (link_recv(n->control, &m) != RC_OK) {
			link_msg_close(&m);
			return;
		}
		n->heard_ms = net_now(n);
		if (m.n == 1 && msg_envelope_get(link_msg_data(&m, 0), link_msg_size(&m, 0), &e) == RC_OK)
			net_control_message(n, &e);
		msg_wipe(&e);
		link_msg_close(&m);
	}
}

static void
net_due(struct net *n)
{
	cs_Envelope e = cs_Envelope_init_zero;
	uint8_t id[ID_BYTES];
	int64_t now = net_now(n);

	if (n->redial_ms != 0) {
		if (now >= n->redial_ms)
			net_dial(n);
	} else if (!n->shaken && now - n->dialled_ms >= NET_DIAL_MS) {
		net_lose(n, 0);
	} else if (n->shaken && now - n->heard_ms >= NET_DEAD_MS) {
		net_lose(n, 0);
	} else if (n->state == NET_READY && now - n->pinged_ms >= NET_PING_MS) {
		n->pinged_ms = now;
		e.which_body = cs_Envelope_ping_tag;
		net_own(n, &e, id);
	}
	net_requests_due(n, now);
	net_video_due(n, now);
}

struct net *
net_new(const struct net_opts *o)
{
	struct net *n = calloc(1, sizeof *n);

	if (n == NULL)
		return NULL;
	n->invitation = *o->invitation;
	memcpy(n->public_key, o->public_key, KEY_BYTES);
	memcpy(n->secret, o->secret, KEY_BYTES);
	n->console = o->console;
	n->clock = o->clock;
	n->rng = o->rng;
	n->events = o->events;
	n->state = NET_DIALLING;
	if ((n->ctx = link_ctx_new()) == NULL) {
		net_free(n);
		return NULL;
	}
	net_dial(n);
	return n;
}

void
net_free(struct net *n)
{
	if (n == NULL)
		return;
	net_hang_up(n);
	link_ctx_free(n->ctx);
	crypto_wipe(n, sizeof *n);
	free(n);
}

size_t
net_items(const struct net *n, struct link_poll items[static NET_ITEMS])
{
	struct link_sock *const socks[NET_ITEMS] = { n->control, n->monitor, n->video };
	size_t count = 0;

	for (size_t i = 0; i < NET_ITEMS; i++)
		if (socks[i] != NULL && n->redial_ms == 0)
			items[count++] = (struct link_poll){ .sock = socks[i], .fd = -1 };
	return count;
}

int
net_wait_ms(const struct net *n)
{
	int64_t left = n->redial_ms - net_now(n);

	if (n->redial_ms == 0 || left > 250)
		return 250;
	return left < 0 ? 0 : (int)left;
}

void
net_turn(struct net *n)
{
	net_monitor(n);
	net_control(n);
	net_video_credits(n);
	net_due(n);
}

const char *
net_address(const struct net *n)
{
	return n->invitation.node[n->node].control;
}
