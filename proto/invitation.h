/*
 * invitation.h - what a new terminal is given: a small text file or paste.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   countersign-invitation 1
 *   server 127.0.0.1:7700 127.0.0.1:7701
 *   key 4f1c...            (the server's CURVE public key, 64 hex digits)
 *   word K7QM-2XD9-4TVA-H8PR
 *
 * "server" names the control and the video address of one node and may stand
 * up to INVITATION_NODES_MAX times. Threads: none; pure functions.
 */
#ifndef PROTO_INVITATION_H
#define PROTO_INVITATION_H

#include <stddef.h>

#include "proto/crypto.h"

#define INVITATION_NODES_MAX 4u
#define ADDRESS_BYTES       80u
#define INVITATION_MAX_BYTES 1024u

struct invitation {
	size_t  nodes;
	struct {
		char control[ADDRESS_BYTES];	/* "host:port" */
		char video[ADDRESS_BYTES];
	} node[INVITATION_NODES_MAX];
	uint8_t server_public[KEY_BYTES];
	char    word[WORD_BYTES];
};

/* dst holds INVITATION_MAX_BYTES; returns the length without NUL. */
size_t  invitation_put(const struct invitation *v, char *dst);
/* RC_MALFORMED with a sentence in err that names the line. */
enum rc invitation_get(const char *src, size_t n, struct invitation *v, char *err, size_t err_n) MUST_CHECK;

#endif
