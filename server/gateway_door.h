/*
 * gateway_door.h - which terminals may be connected.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the list of terminals as the database had it last, the ZAP
 *               handler that asks it at each handshake, the connections that
 *               exist; notes unknown keys for the staff, tells a terminal that
 *               has been revoked and cuts it.
 * What it isn't: it passes no message on and knows no capture.
 *
 * A database that hangs costs a time-out at each question and all terminals
 * wait meanwhile, so after a failure it is left alone for a while and the list
 * that was read last stands.
 *
 * Threads: the gateway's alone, once that runs.
 */
#ifndef SERVER_GATEWAY_DOOR_H
#define SERVER_GATEWAY_DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "server/desk.h"
#include "server/peers.h"
#include "server/terminals.h"

struct gateway_door {
	const struct office *office;	/* borrowed */
	struct stores *stores;	/* owned; set by the gateway once all is open */
	struct link_sock *zap;
	struct terminals *terminals;
	struct peers *peers;
	int64_t load_ms;	/* monotonic, of the next reading of the list */
	bool store_is_down;	/* said so already */
};

/* Reads the list through st, which stays the caller's, and opens ZAP. err gets a sentence. */
enum rc gateway_door_open(struct gateway_door *d, const struct office *o, struct stores *st, char *err, size_t err_n) MUST_CHECK;
/* The socket and the stores, by the thread that used them; what they knew stays until gateway_door_free(). */
void    gateway_door_close(struct gateway_door *d);
void    gateway_door_free(struct gateway_door *d);	/* safe on a zeroed struct */

/* Answers the handshakes that wait, at most `most`. */
void    gateway_door_answer(struct gateway_door *d, int most);
/* Reads the list where it is time to, and cuts who is on it no longer; control: to tell them first. */
void    gateway_door_check(struct gateway_door *d, struct link_sock *control);
/* Connections that ended, as a monitor tells. */
void    gateway_door_forget(struct gateway_door *d, struct link_sock *events);

#endif
