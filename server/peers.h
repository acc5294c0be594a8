/*
 * peers.h - which connection belongs to which terminal, so that a revoked one
 * can be told and cut.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Refusing a key at the handshake does not end connections that are open, so
 * the gateway remembers the descriptor of every connection that spoke, with its
 * other end, and forgets it when the connection is gone. The system gives the
 * number to something else then, which link_cut() knows by its other end.
 *
 * Threads: the gateway's own.
 */
#ifndef SERVER_PEERS_H
#define SERVER_PEERS_H

#include <stdbool.h>

#include "proto/link.h"
#include "server/gate.h"

#define PEERS_MAX 8192u

struct peer {
	int      fd;		/* -1: free */
	bool     control;	/* of the control socket, else video */
	char     from[LINK_PEER_BYTES];	/* its other end */
	uint64_t terminal;
	uint8_t  route[GATE_ROUTE_BYTES];
	size_t   route_n;
	int64_t  cut_ms;	/* 0: not to be cut; else when */
};

struct peers;

struct peers *peers_new(void);	/* NULL: out of memory */
void          peers_free(struct peers *p);	/* NULL is fine */

/* This connection has sent a message. False: the table is full, or the id is too long to serve. */
bool          peers_note(struct peers *p, int fd, bool control, uint64_t terminal, const uint8_t *route, size_t route_n);
/* Cuts this descriptor's connection, if it is still the one that was noted. */
bool          peers_cut(struct peers *p, int fd);
/* The connection with this descriptor is gone. */
void          peers_forget(struct peers *p, int fd);
/* Walks the table: *i starts at 0; NULL at the end. */
struct peer  *peers_next(struct peers *p, size_t *i);
void          peers_drop(struct peer *p);

#endif
