/*
 * net.h - the client's end of the link: dials, says hello, asks, repeats.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   two CURVE sockets (control and video) to one node at a time, a
 *               table of open requests, and the states of visit.h.
 * What it isn't: it knows no page. It never blocks: poll its items, then turn.
 *
 * The nodes of the invitation are tried in turn. A refused socket stays dead
 * in libzmq, so a new one is made every LINK_REDIAL_MS. Requests that may be
 * repeated are sent again with the same id after REQUEST_TIMEOUT_MS and after
 * a new connection; the confirmation of a transfer until it is answered.
 * Frames go only on credit and are never queued: without credit the caller
 * drops them and brings a newer one later.
 * Threads: none; one thread owns it.
 */
#ifndef CLIENT_NET_H
#define CLIENT_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/visit.h"
#include "proto/clock.h"
#include "proto/invitation.h"
#include "proto/link.h"

struct net;

/* Told from inside net_turn() only. All required. */
struct net_events {
	void (*state)(void *ctx, enum net_state s, enum rc why, const cs_Welcome *welcome);
	void (*answer)(void *ctx, uint32_t tag, pb_size_t asked, enum rc rc, const cs_Envelope *msg);
	void (*push)(void *ctx, const cs_Envelope *msg);
	void *ctx;
};

struct net_opts {
	const struct invitation *invitation;	/* copied */
	const uint8_t *public_key, *secret;	/* KEY_BYTES, copied, wiped by net_free() */
	cs_Console console;			/* what hello says */
	const struct clock *clock;
	const struct rng *rng;
	struct net_events events;
};

struct net *net_new(const struct net_opts *o);	/* NULL: out of memory */
void        net_free(struct net *n);		/* NULL is fine */

#define NET_ITEMS 3u
size_t net_items(const struct net *n, struct link_poll items[static NET_ITEMS]);
int    net_wait_ms(const struct net *n);	/* until something is due by time */
void   net_turn(struct net *n);
const char *net_address(const struct net *n);	/* control address of the node in use */

/* Fills in version and id. RC_BUSY: too many are open. Refused or answered later, exactly once. */
enum rc net_ask(struct net *n, const cs_Envelope *e, uint32_t tag) MUST_CHECK;

void net_video_start(struct net *n, const cs_CaptureBegun *b);
void net_video_stop(struct net *n);
bool net_video_wants(const struct net *n);	/* a frame would be sent now */
void net_video_send(struct net *n, const uint8_t *jpeg, size_t bytes, int64_t camera_us);

#endif
