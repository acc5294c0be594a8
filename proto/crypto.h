/*
 * crypto.h - all cryptography and all randomness, over libsodium; the only
 * files that include sodium.h are crypto.c and crypto_*.c beside it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Primitives: BLAKE2b-256 (hash and keyed), XChaCha20-Poly1305-IETF (seal),
 * Ed25519 (sign), Argon2id (passwords), X25519 keys in CURVE's form.
 * Randomness is a seam (struct rng), so that a run can be simulated.
 * Threads: any, after crypto_init() in main.
 */
#ifndef PROTO_CRYPTO_H
#define PROTO_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/rc.h"

enum rc crypto_init(void) MUST_CHECK;	/* RC_BUG if libsodium cannot start */

void crypto_wipe(void *p, size_t n);
bool crypto_same(const void *a, const void *b, size_t n);	/* constant time */

/* ---- randomness ---- */
struct rng {
	void (*fill)(void *ctx, void *dst, size_t n);
	void *ctx;
};
const struct rng *rng_system(void);
void     rng_fill(const struct rng *g, void *dst, size_t n);
uint32_t rng_below(const struct rng *g, uint32_t bound);	/* 0 ... bound-1 without bias */

/* ---- BLAKE2b-256, RFC 7693; domain is a short literal that separates uses ---- */
struct hash { _Alignas(64) uint64_t opaque[48]; };
void hash_start(struct hash *h, const char *domain);
void hash_start_keyed(struct hash *h, const char *domain, const uint8_t key[static KEY_BYTES]);
void hash_start_plain(struct hash *h);	/* no domain: what "b2sum -l 256" prints; for files */
void hash_bytes(struct hash *h, const void *p, size_t n);
void hash_u8(struct hash *h, uint8_t v);
void hash_u32(struct hash *h, uint32_t v);	/* little endian */
void hash_u64(struct hash *h, uint64_t v);	/* little endian */
void hash_i64(struct hash *h, int64_t v);
void hash_text(struct hash *h, const char *s);	/* u32 length, then the bytes */
void hash_end(struct hash *h, uint8_t out[static DIGEST_BYTES]);	/* wipes h */
void hash_plain(const void *p, size_t n, uint8_t out[static DIGEST_BYTES]);	/* all three at once, plain */

/* ---- sealing: nonce || ciphertext || tag ---- */
#define SEAL_OVERHEAD 40u	/* 24 nonce + 16 tag */
/* dst holds n + SEAL_OVERHEAD. ad is bound, not sent (what the blob is, whose). */
void    seal_put(const struct rng *g, const uint8_t key[static KEY_BYTES], const void *ad, size_t ad_n,
            const void *src, size_t n, uint8_t *dst);
/* dst holds n - SEAL_OVERHEAD; RC_SHORT or RC_FORGED leave it zeroed. */
enum rc seal_get(const uint8_t key[static KEY_BYTES], const void *ad, size_t ad_n,
            const uint8_t *src, size_t n, void *dst) MUST_CHECK;

/* ---- passwords: Argon2id, at least 19 MiB, t = 2, p = 1 (RFC 9106, OWASP) ---- */
#define PASSWORD_HASH_BYTES 128u	/* text form with NUL */
enum rc password_hash(const char *password, char out[static PASSWORD_HASH_BYTES]) MUST_CHECK;
/* RC_OK or RC_DENIED. hash NULL spends the same time and denies (unknown person). */
enum rc password_check(const char *password, const char *hash) MUST_CHECK;

/* ---- signing: Ed25519, RFC 8032 ---- */
#define SIGN_PUBLIC_BYTES 32u
#define SIGN_SECRET_BYTES 64u
#define SIGN_BYTES        64u
void    sign_keypair(uint8_t pub[static SIGN_PUBLIC_BYTES], uint8_t sec[static SIGN_SECRET_BYTES]);
void    sign_make(const uint8_t sec[static SIGN_SECRET_BYTES], const void *p, size_t n, uint8_t sig[static SIGN_BYTES]);
void    sign_public(const uint8_t sec[static SIGN_SECRET_BYTES], uint8_t pub[static SIGN_PUBLIC_BYTES]);
enum rc sign_check(const uint8_t pub[static SIGN_PUBLIC_BYTES], const void *p, size_t n,
            const uint8_t sig[static SIGN_BYTES]) MUST_CHECK;	/* RC_OK or RC_FORGED */

/* ---- CURVE key pairs (X25519) ---- */
void curve_keypair(uint8_t pub[static KEY_BYTES], uint8_t sec[static KEY_BYTES]);
void curve_public(const uint8_t sec[static KEY_BYTES], uint8_t pub[static KEY_BYTES]);

/* ---- text forms ---- */
void    hex_put(const void *p, size_t n, char *dst);	/* dst holds 2n + 1 */
enum rc hex_get(const char *s, void *dst, size_t n) MUST_CHECK;	/* exactly 2n digits */

/*
 * What a person compares: 20 characters of Crockford base32 in groups of four,
 * "7K2M-9QXD-...". Keyed BLAKE2b of the public key under the invitation's
 * one-time word, so only the holder of the invitation can show the right one.
 */
#define FINGERPRINT_BYTES 25u	/* with NUL */
#define WORD_BYTES        20u	/* one-time word of an invitation with NUL */
void fingerprint_make(const uint8_t pub[static KEY_BYTES], const char *word, char dst[static FINGERPRINT_BYTES]);
/* A new one-time word, "K7QM-2XD9-4TVA-H8PR": 80 random bits. */
void word_make(const struct rng *g, char dst[static WORD_BYTES]);
/* A word as a person typed it (any case, with or without dashes and blanks, O for 0, I and L for 1) or RC_INVALID. */
enum rc word_parse(const char *text, char dst[static WORD_BYTES]) MUST_CHECK;

/* ---- secret files ----
 * A key file holds "countersign-key 1 <kind> <hex>\n". Reading refuses files
 * that group or others can read (RC_FILE_MODE), links, and files of another
 * owner; writing creates 0600 and never overwrites (RC_EXISTS). err gets one
 * sentence that names the file and what to do. */
enum rc keyfile_read(const char *path, const char *kind, uint8_t *key, size_t n, char *err, size_t err_n) MUST_CHECK;
enum rc keyfile_write(const char *path, const char *kind, const uint8_t *key, size_t n, char *err, size_t err_n) MUST_CHECK;

/* No core dumps, not dumpable, no ptrace by the same user; call first in main. */
void process_harden(void);

#endif
