/*
 * crypto_password.c - Argon2id (RFC 9106) with OWASP's smallest advised cost:
 * 19 MiB, two passes, one lane.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "proto/crypto.h"

#define PASSWORD_PASSES 2u
#define PASSWORD_MEMORY (19u * 1024u * 1024u)

_Static_assert(PASSWORD_HASH_BYTES >= crypto_pwhash_STRBYTES, "password text form");

enum rc
password_hash(const char *password, char out[static PASSWORD_HASH_BYTES])
{
	memset(out, 0, PASSWORD_HASH_BYTES);
	return crypto_pwhash_str(out, password, strlen(password), PASSWORD_PASSES, PASSWORD_MEMORY) == 0 ?
	    RC_OK : RC_NOMEM;
}

enum rc
password_check(const char *password, const char *hash)
{
	static const uint8_t salt[crypto_pwhash_SALTBYTES] = { 0 };
	uint8_t ignored[KEY_BYTES];

	if (hash == NULL) {	/* unknown person: as long as a known one */
		if (crypto_pwhash(ignored, sizeof ignored, password, strlen(password), salt, PASSWORD_PASSES,
		    PASSWORD_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
			return RC_NOMEM;
		crypto_wipe(ignored, sizeof ignored);
		return RC_DENIED;
	}
	errno = 0;
	if (crypto_pwhash_str_verify(hash, password, strlen(password)) == 0)
		return RC_OK;
	return errno == ENOMEM ? RC_NOMEM : RC_DENIED;
}
