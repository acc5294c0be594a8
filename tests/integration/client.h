/*
 * client.h - a terminal without a screen: asks and waits, for tests of the
 * server through its real sockets.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pushes that arrive while an answer is awaited are kept (CLIENT_PUSHES) and
 * handed out by client_push(). Threads: one client belongs to one thread.
 */
#ifndef INTEGRATION_CLIENT_H
#define INTEGRATION_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/link.h"
#include "proto/msg.h"

#define CLIENT_PUSHES 64u

struct client_key {
	uint8_t public_key[KEY_BYTES], secret[KEY_BYTES];
};

struct client;

/* control, video: "host:port". NULL: out of memory or sockets. */
struct client *client_new(const char *control, const char *video, const uint8_t server_public[static KEY_BYTES],
    const struct client_key *key);
void           client_free(struct client *c);	/* NULL is fine */
/* New sockets, as after a refusal; token and pushes stay. */
enum rc        client_redial(struct client *c) MUST_CHECK;

/* What the connection does: RC_OK ready, RC_TERMINAL_UNKNOWN refused, RC_TIMEOUT. */
enum rc        client_wait_ready(struct client *c, int timeout_ms) MUST_CHECK;

/* Waits until the server lets this terminal in, with new sockets after every refusal: it reads its list of keys every second. */
enum rc        client_reach(struct client *c, int timeout_ms) MUST_CHECK;

/* Sent with every request; NULL: none. */
void           client_set_token(struct client *c, const uint8_t *token);
const uint8_t *client_token(const struct client *c);	/* TOKEN_BYTES, or NULL */

/*
 * Sends ask (version, request id and token are filled in) and waits for its
 * answer; the same bytes are sent again every second. The answer's rc, or
 * RC_TIMEOUT. Tokens in code_sent and signed_on are taken over.
 */
enum rc        client_ask(struct client *c, cs_Envelope *ask, cs_Envelope *answer, int timeout_ms) MUST_CHECK;
/* Bytes as they are, one control message. */
enum rc        client_send_raw(struct client *c, const void *p, size_t n) MUST_CHECK;
/* The next push; RC_TIMEOUT. */
enum rc        client_push(struct client *c, cs_Envelope *push, int timeout_ms) MUST_CHECK;

/* Video. RC_AGAIN: no room. */
enum rc        client_frame_at(struct client *c, const uint8_t capture[static ID_BYTES], uint32_t seq, int64_t camera_us,
    const void *jpeg, size_t n) MUST_CHECK;
/* The same, taken now. */
enum rc        client_frame(struct client *c, const uint8_t capture[static ID_BYTES], uint32_t seq, const void *jpeg, size_t n) MUST_CHECK;
/* The next credit; RC_TIMEOUT. */
enum rc        client_credit(struct client *c, cs_VideoCredit *credit, int timeout_ms) MUST_CHECK;

#endif
