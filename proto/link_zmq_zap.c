/*
 * link_zmq_zap.c - the ZAP handler (https://rfc.zeromq.org/spec/27/) and the
 * socket monitor of link.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * libzmq asks in inproc messages of seven parts: version, request id, domain,
 * address, identity, mechanism, and for CURVE the client's public key. One
 * request is answered before the next is read, as the REP socket wants it.
 */
#include "proto/link_zmq.h"

#include <stdio.h>
#include <string.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_VERSION  "1.0"

enum { ZAP_PART_VERSION, ZAP_PART_ID, ZAP_PART_DOMAIN, ZAP_PART_ADDRESS, ZAP_PART_IDENTITY, ZAP_PART_MECHANISM, ZAP_PART_KEY, ZAP_PARTS };
#define ZAP_FIELD_BYTES 256u

enum rc
link_zap_open(struct link_ctx *c, struct link_sock **out)
{
	struct link_sock *s = NULL;
	enum rc r = link_zmq_open(c, ZMQ_REP, &s);

	if (r == RC_OK && zmq_bind(s->zmq, ZAP_ENDPOINT) != 0)
		r = RC_EXISTS;
	if (r != RC_OK) {
		link_close(s);
		return r;
	}
	s->zap = true;
	atomic_store(&c->zap_open, true);
	*out = s;
	return RC_OK;
}

/* One part as bytes into field; its length, 0 when it is missing, cut at the field's size. */
static size_t
zap_part(struct link_sock *zap, char *field, bool *more)
{
	int n, has = 0;
	size_t has_n = sizeof has;

	if (!*more)
		return 0;
	n = zmq_recv(zap->zmq, field, ZAP_FIELD_BYTES, ZMQ_DONTWAIT);
	*more = n >= 0 && zmq_getsockopt(zap->zmq, ZMQ_RCVMORE, &has, &has_n) == 0 && has != 0;
	return n < 0 ? 0 : (size_t)n > ZAP_FIELD_BYTES ? ZAP_FIELD_BYTES : (size_t)n;
}

static bool
zap_is(const char *field, size_t n, const char *text)
{
	return n == strlen(text) && memcmp(field, text, n) == 0;
}

static enum rc
zap_reply(struct link_sock *zap, const char *id, const char *status, const char *text, const char *user)
{
	const char *parts[] = { ZAP_VERSION, id, status, text, user, "" };
	size_t n = sizeof parts / sizeof parts[0];

	for (size_t i = 0; i < n; i++)
		if (zmq_send(zap->zmq, parts[i], strlen(parts[i]), i + 1 < n ? ZMQ_SNDMORE : 0) < 0)
			return link_zmq_rc(zmq_errno());
	return RC_OK;
}

enum rc
link_zap_next(struct link_sock *zap, struct link_zap_request *q)
{
	struct link_zap_request got = { 0 };
	char field[ZAP_PARTS][ZAP_FIELD_BYTES];
	size_t size[ZAP_PARTS];
	char rest[ZAP_FIELD_BYTES];
	bool more = true, extra;
	zmq_pollitem_t ready = { .socket = zap->zmq, .events = ZMQ_POLLIN };

	if (zmq_poll(&ready, 1, 0) < 0)
		return link_zmq_rc(zmq_errno());
	if ((ready.revents & ZMQ_POLLIN) == 0)
		return RC_AGAIN;
	for (size_t i = 0; i < ZAP_PARTS; i++)
		size[i] = zap_part(zap, field[i], &more);
	extra = more;
	while (more)
		(void)zap_part(zap, rest, &more);
	if (size[ZAP_PART_ID] < sizeof got.id)
		memcpy(got.id, field[ZAP_PART_ID], size[ZAP_PART_ID]);
	if (extra || !zap_is(field[ZAP_PART_VERSION], size[ZAP_PART_VERSION], ZAP_VERSION) ||
	    size[ZAP_PART_ID] >= sizeof got.id || !zap_is(field[ZAP_PART_MECHANISM], size[ZAP_PART_MECHANISM], "CURVE") ||
	    size[ZAP_PART_KEY] != KEY_BYTES) {
		(void)!zap_reply(zap, got.id, "400", "refused", "");
		return RC_AGAIN;
	}
	memcpy(got.public_key, field[ZAP_PART_KEY], KEY_BYTES);
	snprintf(got.address, sizeof got.address, "%.*s", (int)size[ZAP_PART_ADDRESS], field[ZAP_PART_ADDRESS]);
	*q = got;
	return RC_OK;
}

enum rc
link_zap_answer(struct link_sock *zap, const struct link_zap_request *q, bool allow, const char *user)
{
	return allow ? zap_reply(zap, q->id, "200", "ok", user) : zap_reply(zap, q->id, "400", "unknown key", "");
}

/* ---- monitor ---- */

enum rc
link_zmq_watch(struct link_sock *s)
{
	int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
	    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED |
	    ZMQ_EVENT_CLOSED;
	struct link_sock *m = NULL;
	char endpoint[48];
	enum rc r = RC_BUG;

	snprintf(endpoint, sizeof endpoint, "inproc://monitor-%u", atomic_fetch_add(&s->ctx->monitors, 1u));
	if (zmq_socket_monitor(s->zmq, endpoint, events) != 0)
		return link_zmq_rc(zmq_errno());
	if ((r = link_zmq_open(s->ctx, ZMQ_PAIR, &m)) == RC_OK && zmq_connect(m->zmq, endpoint) != 0)
		r = link_zmq_rc(zmq_errno());
	if (r == RC_OK) {
		m->watches = s;
		s->watched_by = m;
	} else {
		zmq_socket_monitor(s->zmq, NULL, 0);
		link_close(m);
	}
	return r;
}

enum rc
link_monitor_open(struct link_ctx *c, struct link_sock *s, struct link_sock **out)
{
	enum rc r = RC_OK;

	if (c != s->ctx)
		return RC_INVALID;
	if (s->watched_by != NULL && s->watched_by->given)
		return RC_EXISTS;
	if (s->watched_by == NULL && (r = link_zmq_watch(s)) != RC_OK)
		return r;
	s->watched_by->given = true;
	*out = s->watched_by;
	return RC_OK;
}

static bool
monitor_kind(uint16_t event, enum link_event_kind *kind)
{
	switch (event) {
	case ZMQ_EVENT_CONNECTED:
		*kind = LINK_EVENT_CONNECTED;
		return true;
	case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
		*kind = LINK_EVENT_READY;
		return true;
	case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
		*kind = LINK_EVENT_KEY_REFUSED;
		return true;
	case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
		*kind = LINK_EVENT_PROTOCOL;
		return true;
	case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
	case ZMQ_EVENT_DISCONNECTED:
	case ZMQ_EVENT_CLOSED:
		*kind = LINK_EVENT_GONE;
		return true;
	default:
		return false;
	}
}

/* Part 0 of an event: its number and a value, both in this machine's byte order. */
enum rc
link_monitor_next(struct link_sock *mon, enum link_event_kind *kind, int *fd)
{
	struct link_msg m;
	uint16_t event;
	uint32_t value;
	enum rc r = RC_BUG;

	link_msg_init(&m);
	while ((r = link_recv(mon, &m)) == RC_OK) {
		if (link_msg_size(&m, 0) != sizeof event + sizeof value)
			continue;
		memcpy(&event, link_msg_data(&m, 0), sizeof event);
		memcpy(&value, link_msg_data(&m, 0) + sizeof event, sizeof value);
		if (monitor_kind(event, kind)) {
			/* the others' value says why, and is no descriptor */
			*fd = event == ZMQ_EVENT_CONNECTED || event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED ||
			    event == ZMQ_EVENT_DISCONNECTED || event == ZMQ_EVENT_CLOSED ? (int)value : -1;
			break;
		}
	}
	link_msg_close(&m);
	return r;
}
