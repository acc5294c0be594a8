/*
 * link_rig.h - a CURVE server, its ZAP handler and its clients on loopback,
 * for the tests of link.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One thread plays everything: whoever waits also answers ZAP. Server and
 * clients have contexts of their own, as two processes would. Every wait has a
 * deadline and fails the test that runs.
 */
#ifndef TESTS_LINK_RIG_H
#define TESTS_LINK_RIG_H

#include "proto/clock.h"
#include "proto/crypto.h"
#include "proto/link.h"

#define RIG_WAIT_MS 8000
#define RIG_KEYS 3u

struct link_rig {
	struct link_ctx *server_ctx, *client_ctx;
	struct link_sock *zap, *server;
	enum link_flow flow;
	char endpoint[64];			/* where the server really listens */
	uint8_t server_public[KEY_BYTES], server_secret[KEY_BYTES];
	struct {
		uint8_t public_key[KEY_BYTES], secret[KEY_BYTES];
		bool accepted;			/* what the handler says */
		const char *user;
	} key[RIG_KEYS];
	unsigned asked;				/* ZAP requests seen */
};

struct rig_client {
	struct link_sock *sock, *monitor;
};

void rig_open(struct link_rig *g, enum link_flow flow);
void rig_close(struct link_rig *g);
/* Binds the server to endpoint, again and again until the address is free. */
void rig_serve(struct link_rig *g, const char *endpoint);

/* A client with key[k] that believes the server's key is server_public. */
struct rig_client rig_dial(struct link_rig *g, size_t k, const uint8_t server_public[static KEY_BYTES]);
void rig_hang_up(struct rig_client *c);

/* Answers what ZAP asks, then waits up to ms for one of the sockets; true when one is readable. */
bool rig_turn(struct link_rig *g, struct link_sock *a, struct link_sock *b, int ms);
/* The next message of sock, which has to come. */
void rig_receive(struct link_rig *g, struct link_sock *sock, struct link_msg *m);
/* Waits for this event; other ones are passed over. */
void rig_expect(struct link_rig *g, struct rig_client *c, enum link_event_kind want);
/* Whichever of the two comes first. */
enum link_event_kind rig_expect_any(struct link_rig *g, struct rig_client *c, enum link_event_kind a, enum link_event_kind b);

/* One part of n bytes. */
void rig_send(struct link_sock *s, const void *p, size_t n);
void rig_say(struct link_sock *s, const char *text);
bool rig_part_is(const struct link_msg *m, size_t i, const char *text);

#endif
