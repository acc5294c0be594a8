/*
 * gateway.h - the thread that owns the network.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   one poll loop over the control and the video ROUTER, the ZAP
 *               handler and the hub of the desks; decides who may connect,
 *               checks the User-Id of every message against the list of
 *               terminals, passes messages to the desk of their terminal and
 *               answers back; cuts revoked terminals; lets a frame pass only
 *               for an open capture of its terminal and within its credit.
 * What it isn't: it decodes no envelope, no picture, and keeps no session.
 *
 * Threads: gateway_open(), gateway_start() and gateway_stop() belong to main.
 */
#ifndef SERVER_GATEWAY_H
#define SERVER_GATEWAY_H

#include "server/desk.h"

struct gateway;

/*
 * Reads the terminals, opens ZAP, the desks' hub and both listening sockets.
 * curve_secret is the server's key; the caller wipes its copy. Takes st on
 * success. err gets a sentence (address in use, ...).
 */
enum rc gateway_open(const struct office *o, const uint8_t curve_secret[static KEY_BYTES], struct stores *st,
    struct gateway **out, char *err, size_t err_n) MUST_CHECK;
/* Starts the thread, after the desks. */
enum rc gateway_start(struct gateway *g) MUST_CHECK;
/* After link_ctx_shutdown(): joins, closes and frees. NULL is fine. */
void    gateway_stop(struct gateway *g);

#endif
