/*
 * crypto_text.c - keys and random bits in forms that people and files keep:
 * hexadecimal, and Crockford's base32 (https://www.crockford.com/base32.html)
 * in groups of four.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/crypto.h"

static const char base32_digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#define GROUP 4u
#define WORD_CHARS        16u	/* 80 bits */
#define FINGERPRINT_CHARS 20u	/* 100 bits */

_Static_assert(WORD_BYTES == WORD_CHARS + WORD_CHARS / GROUP - 1 + 1, "word");
_Static_assert(FINGERPRINT_BYTES == FINGERPRINT_CHARS + FINGERPRINT_CHARS / GROUP - 1 + 1, "fingerprint");

void
hex_put(const void *p, size_t n, char *dst)
{
	sodium_bin2hex(dst, 2 * n + 1, p, n);
}

enum rc
hex_get(const char *s, void *dst, size_t n)
{
	size_t len = strlen(s), got = 0;

	if (len == 2 * n && sodium_hex2bin(dst, n, s, len, NULL, &got, NULL) == 0 && got == n)
		return RC_OK;
	crypto_wipe(dst, n);
	return RC_MALFORMED;
}

/* The first 5 * chars bits of p, most significant first, with a dash after every fourth character. */
static void
base32_put(const uint8_t *p, size_t chars, char *dst)
{
	for (size_t i = 0; i < chars; i++) {
		unsigned v = 0;

		for (size_t bit = 5 * i; bit < 5 * i + 5; bit++)
			v = v << 1 | ((unsigned)p[bit / 8] >> (7 - bit % 8) & 1u);
		if (i > 0 && i % GROUP == 0)
			*dst++ = '-';
		*dst++ = base32_digits[v];
	}
	*dst = '\0';
}

void
fingerprint_make(const uint8_t pub[static KEY_BYTES], const char *word, char dst[static FINGERPRINT_BYTES])
{
	uint8_t key[DIGEST_BYTES], digest[DIGEST_BYTES];
	struct hash h;

	hash_start(&h, "countersign word 1");
	hash_text(&h, word);
	hash_end(&h, key);
	hash_start_keyed(&h, "countersign fingerprint 1", key);
	hash_bytes(&h, pub, KEY_BYTES);
	hash_end(&h, digest);
	base32_put(digest, FINGERPRINT_CHARS, dst);
	crypto_wipe(key, sizeof key);
}

void
word_make(const struct rng *g, char dst[static WORD_BYTES])
{
	uint8_t bits[WORD_CHARS * 5 / 8];

	rng_fill(g, bits, sizeof bits);
	base32_put(bits, WORD_CHARS, dst);
	crypto_wipe(bits, sizeof bits);
}

enum rc
word_parse(const char *text, char dst[static WORD_BYTES])
{
	size_t n = 0, chars = 0;

	memset(dst, 0, WORD_BYTES);
	for (; *text != '\0'; text++) {
		char c = (char)toupper((unsigned char)*text);

		if (c == '-' || c == ' ')
			continue;
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (strchr(base32_digits, c) == NULL || chars == WORD_CHARS)
			goto invalid;
		if (chars > 0 && chars % GROUP == 0)
			dst[n++] = '-';
		dst[n++] = c;
		chars++;
	}
	if (chars == WORD_CHARS)
		return RC_OK;
invalid:
	crypto_wipe(dst, WORD_BYTES);
	return RC_INVALID;
}
