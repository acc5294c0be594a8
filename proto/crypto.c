/*
 * crypto.c - wiping, randomness, hashing, sealing and signing over libsodium.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/crypto.h"

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "sealing key");
_Static_assert(KEY_BYTES == crypto_generichash_KEYBYTES, "hash key");
_Static_assert(KEY_BYTES == crypto_box_PUBLICKEYBYTES && KEY_BYTES == crypto_box_SECRETKEYBYTES, "CURVE keys");
_Static_assert(DIGEST_BYTES == crypto_generichash_BYTES, "digest");
_Static_assert(SEAL_OVERHEAD == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
    crypto_aead_xchacha20poly1305_ietf_ABYTES, "sealing overhead");
_Static_assert(SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES && SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES &&
    SIGN_BYTES == crypto_sign_BYTES, "signatures");
_Static_assert(sizeof(struct hash) >= sizeof(crypto_generichash_state) &&
    _Alignof(struct hash) >= _Alignof(crypto_generichash_state), "hash state");

/* libsodium fails here only when it is misused: a broken invariant stops the process. */
static void
crypto_must(int result)
{
	if (result != 0)
		abort();
}

enum rc
crypto_init(void)
{
	return sodium_init() < 0 ? RC_BUG : RC_OK;
}

void
crypto_wipe(void *p, size_t n)
{
	if (n > 0)
		sodium_memzero(p, n);
}

bool
crypto_same(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

/* ---- randomness ---- */

static void
rng_system_fill(void *ctx, void *dst, size_t n)
{
	(void)ctx;
	randombytes_buf(dst, n);
}

const struct rng *
rng_system(void)
{
	static const struct rng g = { rng_system_fill, NULL };

	return &g;
}

void
rng_fill(const struct rng *g, void *dst, size_t n)
{
	g->fill(g->ctx, dst, n);
}

/* Values below 2^32 mod bound are drawn again, so that each remainder is equally likely. */
uint32_t
rng_below(const struct rng *g, uint32_t bound)
{
	uint32_t v, least;

	if (bound < 2)
		return 0;
	least = (uint32_t)((UINT64_C(1) << 32) % bound);
	do
		rng_fill(g, &v, sizeof v);
	while (v < least);
	return v % bound;
}

/* ---- hashing ---- */

static crypto_generichash_state *
hash_state(struct hash *h)
{
	return (crypto_generichash_state *)(void *)h;
}

void
hash_start_plain(struct hash *h)
{
	crypto_must(crypto_generichash_init(hash_state(h), NULL, 0, DIGEST_BYTES));
}

void
hash_start(struct hash *h, const char *domain)
{
	hash_start_plain(h);
	hash_text(h, domain);
}

void
hash_start_keyed(struct hash *h, const char *domain, const uint8_t key[static KEY_BYTES])
{
	crypto_must(crypto_generichash_init(hash_state(h), key, KEY_BYTES, DIGEST_BYTES));
	hash_text(h, domain);
}

void
hash_bytes(struct hash *h, const void *p, size_t n)
{
	if (n > 0)
		crypto_must(crypto_generichash_update(hash_state(h), p, n));
}

void
hash_u8(struct hash *h, uint8_t v)
{
	hash_bytes(h, &v, 1);
}

static void
hash_little_endian(struct hash *h, uint64_t v, size_t n)
{
	uint8_t b[8];

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)(v >> (8 * i));
	hash_bytes(h, b, n);
}

void
hash_u32(struct hash *h, uint32_t v)
{
	hash_little_endian(h, v, 4);
}

void
hash_u64(struct hash *h, uint64_t v)
{
	hash_little_endian(h, v, 8);
}

void
hash_i64(struct hash *h, int64_t v)
{
	hash_u64(h, (uint64_t)v);
}

void
hash_text(struct hash *h, const char *s)
{
	size_t n = strlen(s);

	hash_u32(h, (uint32_t)n);
	hash_bytes(h, s, n);
}

void
hash_end(struct hash *h, uint8_t out[static DIGEST_BYTES])
{
	crypto_must(crypto_generichash_final(hash_state(h), out, DIGEST_BYTES));
	crypto_wipe(h, sizeof *h);
}

void
hash_plain(const void *p, size_t n, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start_plain(&h);
	hash_bytes(&h, p, n);
	hash_end(&h, out);
}

/* ---- sealing: XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha) ---- */

#define SEAL_NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

void
seal_put(const struct rng *g, const uint8_t key[static KEY_BYTES], const void *ad, size_t ad_n,
    const void *src, size_t n, uint8_t *dst)
{
	rng_fill(g, dst, SEAL_NONCE);
	crypto_must(crypto_aead_xchacha20poly1305_ietf_encrypt(dst + SEAL_NONCE, NULL, src, n, ad, ad_n,
	    NULL, dst, key));
}

enum rc
seal_get(const uint8_t key[static KEY_BYTES], const void *ad, size_t ad_n, const uint8_t *src, size_t n, void *dst)
{
	if (n < SEAL_OVERHEAD)
		return RC_SHORT;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(dst, NULL, NULL, src + SEAL_NONCE, n - SEAL_NONCE,
	    ad, ad_n, src, key) != 0) {
		crypto_wipe(dst, n - SEAL_OVERHEAD);
		return RC_FORGED;
	}
	return RC_OK;
}

/* ---- signing ---- */

void
sign_keypair(uint8_t pub[static SIGN_PUBLIC_BYTES], uint8_t sec[static SIGN_SECRET_BYTES])
{
	crypto_must(crypto_sign_keypair(pub, sec));
}

void
sign_make(const uint8_t sec[static SIGN_SECRET_BYTES], const void *p, size_t n, uint8_t sig[static SIGN_BYTES])
{
	crypto_must(crypto_sign_detached(sig, NULL, p, n, sec));
}

void
sign_public(const uint8_t sec[static SIGN_SECRET_BYTES], uint8_t pub[static SIGN_PUBLIC_BYTES])
{
	crypto_must(crypto_sign_ed25519_sk_to_pk(pub, sec));
}

enum rc
sign_check(const uint8_t pub[static SIGN_PUBLIC_BYTES], const void *p, size_t n, const uint8_t sig[static SIGN_BYTES])
{
	return crypto_sign_verify_detached(sig, p, n, pub) == 0 ? RC_OK : RC_FORGED;
}

/* ---- CURVE key pairs ---- */

void
curve_keypair(uint8_t pub[static KEY_BYTES], uint8_t sec[static KEY_BYTES])
{
	crypto_must(crypto_box_keypair(pub, sec));
}

void
curve_public(const uint8_t sec[static KEY_BYTES], uint8_t pub[static KEY_BYTES])
{
	crypto_must(crypto_scalarmult_base(pub, sec));
}
