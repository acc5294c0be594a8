/*
 * net_state.h - what the net*.c files share; included by no one else.
 * SPDX-License-Identifier: Apache-2.0
 *
 * net.c holds the connection, net_requests.c the table of open requests,
 * net_video.c the credits.
 */
#ifndef CLIENT_NET_STATE_H
#define CLIENT_NET_STATE_H

#include "client/net.h"

#define NET_OPEN 8u	/* requests under way */

enum net_repeat {
	NET_ONCE,	/* a second one would do something twice */
	NET_REPEAT,	/* same id, same answer, no harm */
	NET_FOREVER,	/* until it is answered */
};

struct net_request {
	bool    used, sent;
	enum net_repeat repeat;
	pb_size_t kind;
	uint32_t tag;
	uint8_t id[ID_BYTES];
	int64_t asked_ms, sent_ms;
	size_t  bytes;
	uint8_t encoded[CONTROL_MESSAGE_MAX];	/* may hold a password: wiped when done */
};

struct net {
	struct invitation invitation;
	uint8_t public_key[KEY_BYTES], secret[KEY_BYTES];
	cs_Console console;
	const struct clock *clock;
	const struct rng *rng;
	struct net_events events;

	struct link_ctx  *ctx;
	struct link_sock *control, *monitor, *video;
	size_t  node;
	enum net_state state;
	bool    connected;		/* TCP is there, the handshake goes on */
	bool    shaken;			/* CURVE handshake done on this connection */
	bool    revoked;		/* the server said so; a handshake only says "refused" */
	unsigned strange;		/* handshakes in a row that the other side cut */
	int64_t dialled_ms, heard_ms, pinged_ms;
	int64_t redial_ms;		/* when to dial again; 0: not planned */
	uint8_t hello_id[ID_BYTES];

	struct net_request open[NET_OPEN];

	bool     filming;
	uint8_t  capture[ID_BYTES];
	uint32_t credits, seq, fps;
	int64_t  frame_ms, credit_ms;
};

static inline int64_t
net_now(const struct net *n)
{
	return clock_mono_ms(n->clock);
}

/* One part onto the control socket. */
enum rc net_transmit(struct net *n, const void *p, size_t bytes) MUST_CHECK;

/* ---- net_requests.c ---- */
/* The server has welcomed us: all open requests go, again or for the first time. */
void net_requests_go(struct net *n);
/* The line broke: what may not be repeated fails. all: everything does. */
void net_requests_fail(struct net *n, bool all);
void net_requests_due(struct net *n, int64_t now);
void net_requests_answer(struct net *n, const cs_Envelope *e);

/* ---- net_video.c ---- */
void net_video_credits(struct net *n);	/* takes what came in */
void net_video_due(struct net *n, int64_t now);

#endif
