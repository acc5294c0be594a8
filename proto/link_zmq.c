/*
 * link_zmq.c - contexts, sockets and poll of link.h over libzmq.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proto/link_zmq.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LINK_DOMAIN            "countersign"
#define LINK_LINGER_MS         1000
#define LINK_RECONNECT_MS      200
#define LINK_RECONNECT_MOST_MS 2000
#define LINK_CONNECT_MS        3000
#define LINK_BACKLOG           1024
#define LINK_DEEP_QUEUE        10000
#define LINK_VIDEO_QUEUE       2
#define LINK_CURVE_OVERHEAD    64	/* RFC 26 adds 33 bytes to a part, and libzmq counts them */
#define LINK_SOCKETS_MAX       4096
/* A machine that is gone: 10 s of silence, then four questions 5 s apart; sent data goes unheard for as long. */
#define LINK_KEEPALIVE_IDLE_S  10
#define LINK_KEEPALIVE_EVERY_S 5
#define LINK_KEEPALIVE_TRIES   4
#define LINK_UNHEARD_MS        30000
/* Draft in this libzmq's header, present in its code: refuse when no handler answers for the domain. */
#define LINK_ZAP_ENFORCE_DOMAIN 93

enum rc
link_zmq_rc(int err)
{
	switch (err) {
	case EAGAIN:
	case EINTR:
		return RC_AGAIN;
	case ETERM:
	case ENOTSOCK:
		return RC_CLOSED;
	case EHOSTUNREACH:
		return RC_NOT_FOUND;
	case ENOMEM:
	case EMFILE:
		return RC_NOMEM;
	default:
		return RC_IO;
	}
}

struct link_ctx *
link_ctx_new(void)
{
	struct link_ctx *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	if ((c->zmq = zmq_ctx_new()) == NULL || zmq_ctx_set(c->zmq, ZMQ_MAX_SOCKETS, LINK_SOCKETS_MAX) != 0) {
		if (c->zmq != NULL)
			zmq_ctx_term(c->zmq);
		free(c);
		return NULL;
	}
	return c;
}

void
link_ctx_shutdown(struct link_ctx *c)
{
	zmq_ctx_shutdown(c->zmq);
}

void
link_ctx_free(struct link_ctx *c)
{
	if (c == NULL)
		return;
	while (zmq_ctx_term(c->zmq) != 0 && zmq_errno() == EINTR)
		;
	free(c);
}

enum rc
link_zmq_open(struct link_ctx *c, int type, struct link_sock **out)
{
	struct link_sock *s = calloc(1, sizeof *s);
	int linger = LINK_LINGER_MS;

	if (s == NULL)
		return RC_NOMEM;
	s->ctx = c;
	if ((s->zmq = zmq_socket(c->zmq, type)) == NULL) {
		free(s);
		return link_zmq_rc(zmq_errno());
	}
	zmq_setsockopt(s->zmq, ZMQ_LINGER, &linger, sizeof linger);
	*out = s;
	return RC_OK;
}

/* libzmq waits for ever when it has an event to report and nobody to read it: end the reports first. */
static void
link_unwatch(struct link_sock *s, struct link_sock *monitor)
{
	zmq_socket_monitor(s->zmq, NULL, 0);
	s->watched_by = NULL;
	monitor->watches = NULL;
}

void
link_close(struct link_sock *s)
{
	if (s == NULL)
		return;
	if (s->watches != NULL)
		link_unwatch(s->watches, s);
	if (s->watched_by != NULL) {
		struct link_sock *m = s->watched_by;

		link_unwatch(s, m);
		if (!m->given)
			link_close(m);
	}
	if (s->zap)
		atomic_store(&s->ctx->zap_open, false);
	zmq_close(s->zmq);
	free(s);
}

struct link_option {
	int name, value;
};

static enum rc
link_set(struct link_sock *s, const struct link_option *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (zmq_setsockopt(s->zmq, o[i].name, &o[i].value, sizeof o[i].value) != 0)
			return RC_BUG;
	return RC_OK;
}

/*
 * What both ends of a CURVE socket need: limits, queue depths, keepalives.
 *
 * Input is never stopped: a queue for what comes in has no bound of its own.
 * libzmq 4.3.4 aborts the process when a connection that it has stopped reading
 * is reset and a heartbeat, the peer's or its own, comes up afterwards. Whoever
 * serves reads all the time and cuts those who send too much.
 */
static enum rc
link_set_wire(struct link_sock *s, enum link_flow flow)
{
	int queue = flow == LINK_FLOW_VIDEO ? LINK_VIDEO_QUEUE : LINK_DEEP_QUEUE;
	int64_t most = LINK_CURVE_OVERHEAD + (flow == LINK_FLOW_VIDEO ? (int64_t)LINK_MESSAGE_MAX : (int64_t)CONTROL_MESSAGE_MAX);
	int kernel = flow == LINK_FLOW_VIDEO ? (int)LINK_MESSAGE_MAX : -1;	/* -1: as the system likes */
	const struct link_option o[] = {
		{ ZMQ_HANDSHAKE_IVL, LINK_HANDSHAKE_MS },
		{ ZMQ_TCP_KEEPALIVE, 1 },
		{ ZMQ_TCP_KEEPALIVE_IDLE, LINK_KEEPALIVE_IDLE_S },
		{ ZMQ_TCP_KEEPALIVE_INTVL, LINK_KEEPALIVE_EVERY_S },
		{ ZMQ_TCP_KEEPALIVE_CNT, LINK_KEEPALIVE_TRIES },
		{ ZMQ_TCP_MAXRT, LINK_UNHEARD_MS },
		{ ZMQ_SNDHWM, queue },
		{ ZMQ_RCVHWM, 0 },
		{ ZMQ_SNDBUF, kernel },	/* else megabytes of old frames wait there */
		{ ZMQ_RCVBUF, kernel },
	};

	if (zmq_setsockopt(s->zmq, ZMQ_MAXMSGSIZE, &most, sizeof most) != 0)
		return RC_BUG;
	return link_set(s, o, sizeof o / sizeof o[0]);
}

/* A control client asks whether the server is there, and by TTL has the server drop it when it asks no more. */
static enum rc
link_set_heartbeat(struct link_sock *s)
{
	const struct link_option o[] = {
		{ ZMQ_HEARTBEAT_IVL, LINK_HEARTBEAT_MS },
		{ ZMQ_HEARTBEAT_TIMEOUT, LINK_HEARTBEAT_TIMEOUT_MS },
		{ ZMQ_HEARTBEAT_TTL, LINK_HEARTBEAT_TIMEOUT_MS },
	};

	return link_set(s, o, sizeof o / sizeof o[0]);
}

enum rc
link_serve(struct link_ctx *c, const struct link_server_opts *o, struct link_sock **out, char *err, size_t err_n)
{
	const struct link_option server[] = {
		{ ZMQ_CURVE_SERVER, 1 },
		{ ZMQ_ROUTER_MANDATORY, 1 },
		{ ZMQ_BACKLOG, LINK_BACKLOG },
	};
	const struct link_option enforce = { LINK_ZAP_ENFORCE_DOMAIN, 1 };
	struct link_sock *s = NULL;
	enum rc r = RC_BUG;

	if (!atomic_load(&c->zap_open)) {
		snprintf(err, err_n, "no handler decides which keys are let in; refusing to listen on %s", o->endpoint);
		return RC_EARLY;
	}
	if ((r = link_zmq_open(c, ZMQ_ROUTER, &s)) != RC_OK)
		goto out;
	if ((r = link_set_wire(s, o->flow)) != RC_OK ||
	    (r = link_set(s, server, sizeof server / sizeof server[0])) != RC_OK)
		goto out;
	(void)!link_set(s, &enforce, 1);	/* a second fence where libzmq has it; zap_open is the first */
	if (zmq_setsockopt(s->zmq, ZMQ_ZAP_DOMAIN, LINK_DOMAIN, strlen(LINK_DOMAIN)) != 0 ||
	    zmq_setsockopt(s->zmq, ZMQ_CURVE_SECRETKEY, o->secret, KEY_BYTES) != 0) {
		r = RC_BUG;
		goto out;
	}
	r = zmq_bind(s->zmq, o->endpoint) == 0 ? RC_OK : RC_IO;
out:
	if (r == RC_OK) {
		*out = s;
	} else {
		snprintf(err, err_n, "cannot listen on %s: %s", o->endpoint, zmq_strerror(zmq_errno()));
		link_close(s);
	}
	return r;
}

enum rc
link_dial(struct link_ctx *c, const struct link_client_opts *o, struct link_sock **out)
{
	const struct link_option client[] = {
		{ ZMQ_RECONNECT_IVL, LINK_RECONNECT_MS },
		{ ZMQ_RECONNECT_IVL_MAX, LINK_RECONNECT_MOST_MS },
		{ ZMQ_CONNECT_TIMEOUT, LINK_CONNECT_MS },
		{ ZMQ_IMMEDIATE, o->flow == LINK_FLOW_VIDEO ? 1 : 0 },
	};
	struct link_sock *s = NULL;
	enum rc r = RC_BUG;

	if ((r = link_zmq_open(c, ZMQ_DEALER, &s)) != RC_OK ||
	    (r = link_set_wire(s, o->flow)) != RC_OK ||
	    (r = link_set(s, client, sizeof client / sizeof client[0])) != RC_OK)
		goto out;
	if (zmq_setsockopt(s->zmq, ZMQ_CURVE_SERVERKEY, o->server_public, KEY_BYTES) != 0 ||
	    zmq_setsockopt(s->zmq, ZMQ_CURVE_PUBLICKEY, o->public_key, KEY_BYTES) != 0 ||
	    zmq_setsockopt(s->zmq, ZMQ_CURVE_SECRETKEY, o->secret, KEY_BYTES) != 0) {
		r = RC_BUG;
		goto out;
	}
	/* watched from before the first knock: a refusal takes less than a millisecond */
	if (o->flow == LINK_FLOW_CONTROL && ((r = link_set_heartbeat(s)) != RC_OK || (r = link_zmq_watch(s)) != RC_OK))
		goto out;
	r = zmq_connect(s->zmq, o->endpoint) == 0 ? RC_OK : RC_IO;
out:
	if (r == RC_OK)
		*out = s;
	else
		link_close(s);
	return r;
}

/* "inproc://name"; false if it does not fit. */
static bool
link_inproc(const char *name, char *dst, size_t n)
{
	int k = snprintf(dst, n, "inproc://%s", name);

	return k > 0 && (size_t)k < n;
}

enum rc
link_hub(struct link_ctx *c, const char *name, struct link_sock **out)
{
	const struct link_option hub[] = { { ZMQ_ROUTER_MANDATORY, 1 }, { ZMQ_SNDHWM, LINK_DEEP_QUEUE }, { ZMQ_RCVHWM, LINK_DEEP_QUEUE } };
	struct link_sock *s = NULL;
	char endpoint[64];
	enum rc r = RC_BUG;

	if (!link_inproc(name, endpoint, sizeof endpoint))
		return RC_TOO_BIG;
	if ((r = link_zmq_open(c, ZMQ_ROUTER, &s)) == RC_OK &&
	    (r = link_set(s, hub, sizeof hub / sizeof hub[0])) == RC_OK)
		r = zmq_bind(s->zmq, endpoint) == 0 ? RC_OK : link_zmq_rc(zmq_errno());
	if (r == RC_OK)
		*out = s;
	else
		link_close(s);
	return r;
}

enum rc
link_spoke(struct link_ctx *c, const char *hub, const char *name, struct link_sock **out)
{
	const struct link_option spoke[] = { { ZMQ_SNDHWM, LINK_DEEP_QUEUE }, { ZMQ_RCVHWM, LINK_DEEP_QUEUE } };
	struct link_sock *s = NULL;
	char endpoint[64];
	enum rc r = RC_BUG;

	if (!link_inproc(hub, endpoint, sizeof endpoint))
		return RC_TOO_BIG;
	if ((r = link_zmq_open(c, ZMQ_DEALER, &s)) == RC_OK &&
	    (r = link_set(s, spoke, sizeof spoke / sizeof spoke[0])) == RC_OK)
		r = zmq_setsockopt(s->zmq, ZMQ_ROUTING_ID, name, strlen(name)) == 0 &&
		    zmq_connect(s->zmq, endpoint) == 0 ? RC_OK : link_zmq_rc(zmq_errno());
	if (r == RC_OK)
		*out = s;
	else
		link_close(s);
	return r;
}

enum rc
link_endpoint(const struct link_sock *s, char *dst, size_t n)
{
	return zmq_getsockopt(s->zmq, ZMQ_LAST_ENDPOINT, dst, &n) == 0 ? RC_OK : RC_TOO_BIG;
}

enum rc
link_poll(struct link_poll *items, size_t n, int timeout_ms)
{
	zmq_pollitem_t z[LINK_POLL_MAX];
	int got;

	if (n > LINK_POLL_MAX)
		return RC_TOO_BIG;
	for (size_t i = 0; i < n; i++)
		z[i] = (zmq_pollitem_t){
			.socket = items[i].sock == NULL ? NULL : items[i].sock->zmq,
			.fd = items[i].fd,
			.events = (short)(ZMQ_POLLIN | (items[i].want_out ? ZMQ_POLLOUT : 0)),
		};
	got = zmq_poll(z, (int)n, timeout_ms);
	for (size_t i = 0; i < n; i++) {
		items[i].in = got > 0 && (z[i].revents & (ZMQ_POLLIN | ZMQ_POLLERR)) != 0;
		items[i].out = got > 0 && (z[i].revents & ZMQ_POLLOUT) != 0;
	}
	if (got < 0)
		return link_zmq_rc(zmq_errno());
	return got == 0 ? RC_TIMEOUT : RC_OK;
}

void
link_peer(int fd, char dst[static LINK_PEER_BYTES])
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;
	char host[LINK_PEER_BYTES / 2], port[8];

	dst[0] = '\0';
	if (getpeername(fd, (struct sockaddr *)&a, &n) == 0 && (a.ss_family == AF_INET || a.ss_family == AF_INET6) &&
	    getnameinfo((const struct sockaddr *)&a, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(dst, LINK_PEER_BYTES, "%s %s", host, port);
}

bool
link_cut(int fd, const char *peer)
{
	char now[LINK_PEER_BYTES];

	link_peer(fd, now);
	return now[0] != '\0' && strcmp(now, peer) == 0 && shutdown(fd, SHUT_RDWR) == 0;
}
