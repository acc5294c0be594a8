/*
 * directory.h - a terminal's own folder: its key pair, its invitation, its
 * settings.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   terminal.curve   CURVE secret key, 0600, made at the first start
 *   invitation.txt   copied from --invitation, 0600
 *   terminal.conf    settings, made with defaults at the first start
 *   lock             locked by the terminal that uses the folder; its process number
 *
 * Threads: none.
 */
#ifndef CLIENT_DIRECTORY_H
#define CLIENT_DIRECTORY_H

#include <stddef.h>

#include "client/config.h"
#include "proto/crypto.h"
#include "proto/invitation.h"

struct directory {
	struct invitation invitation;
	uint8_t public_key[KEY_BYTES];
	uint8_t secret[KEY_BYTES];
	char    fingerprint[FINGERPRINT_BYTES];
	struct config config;
	int  lock;		/* held while this is open; 0: none */
};

/*
 * Makes what is missing. invitation: a new one to take over, or NULL. err: one
 * sentence that names the file and what to do. A failed call leaves *d wiped.
 */
enum rc directory_open(const char *dir, const char *invitation, struct directory *d, char *err, size_t err_n) MUST_CHECK;
void    directory_wipe(struct directory *d);

#endif
