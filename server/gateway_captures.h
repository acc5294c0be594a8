/*
 * gateway_captures.h - which captures may send frames, and how many more.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The gateway's side of the credits: a frame passes if its capture is open,
 * belongs to the terminal that sent it, and has credit left. Zeroed at first.
 * Threads: the gateway's own.
 */
#ifndef SERVER_GATEWAY_CAPTURES_H
#define SERVER_GATEWAY_CAPTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/limits.h"

#define GATEWAY_CAPTURES_MAX 1024u
#define GATEWAY_CREDITS_MAX    16u	/* that one capture can hold at once */

struct gateway_captures {
	struct gateway_capture {
		uint8_t  id[ID_BYTES];
		uint64_t terminal;	/* 0: free */
		uint32_t credits;
	} slot[GATEWAY_CAPTURES_MAX];
};

/* False: too many are open. */
bool gateway_capture_open(struct gateway_captures *c, const uint8_t id[static ID_BYTES], uint64_t terminal, uint32_t credits);
void gateway_capture_close(struct gateway_captures *c, const uint8_t id[static ID_BYTES]);
void gateway_capture_credit(struct gateway_captures *c, const uint8_t id[static ID_BYTES], uint32_t credits);
/* May this frame pass? Uses up one credit. */
bool gateway_capture_take(struct gateway_captures *c, const uint8_t id[static ID_BYTES], uint64_t terminal);

#endif
