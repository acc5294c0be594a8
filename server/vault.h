/*
 * vault.h - the server's keys and everything that is sealed or hashed with them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Key hierarchy: the master key (a file) wraps one random key per person; the
 * person's key seals that person's e-mail address, face template and traces of
 * captures. Erasing the wrapped key erases them all.
 * The picture of a judged capture has a key of its own (a case's key), which the
 * master key wraps too. One-time codes are hashed under the code key,
 * messages wait in the outbox under the outbox key. No key is in the database.
 *
 * Additional data binds each blob to what it is; a template also to whose it
 * is and to the embedder that made it, a trace to whose and of which capture,
 * so that blobs cannot be swapped.
 *
 * Ownership:    the vault owns its keys, in memory that is not swapped out
 *               where the system allows it, and wipes them.
 * Threads:      any; a vault never changes after it was made.
 */
#ifndef SERVER_VAULT_H
#define SERVER_VAULT_H

#include "db/capture_store.h"
#include "db/code_store.h"
#include "db/evidence_store.h"
#include "db/outbox_store.h"
#include "db/person_store.h"
#include "db/terminal_store.h"
#include "proto/crypto.h"
#include "server/config.h"

struct vault;

struct vault_keys {
	uint8_t master[KEY_BYTES], code[KEY_BYTES], outbox[KEY_BYTES];
};

/* Reads master.key, code.key and outbox.key; err gets a sentence that names the file. */
enum rc vault_open(const struct config *c, const struct rng *g, struct vault **out, char *err, size_t err_n) MUST_CHECK;
/* From keys at hand; the caller wipes its copy. NULL: out of memory. */
struct vault *vault_new(const struct vault_keys *k, const struct rng *g);
void    vault_free(struct vault *v);	/* NULL is fine */

/* A new person's key, wrapped, and the address sealed under it. RC_INVALID: not an address. */
enum rc vault_person_make(const struct vault *v, const char *email, struct person_new *p) MUST_CHECK;
/* RC_FORGED: the row was changed. The caller wipes dst. */
enum rc vault_email_get(const struct vault *v, const struct person *p, char dst[static EMAIL_MAX_BYTES + 1]) MUST_CHECK;

/*
 * Seals the n bytes of a template (match_template_put) into t->sealed; t's
 * embedder, version and dim are filled by the caller before.
 */
enum rc vault_template_put(const struct vault *v, const struct person *p, const uint8_t *src, size_t n,
            struct face_template *t) MUST_CHECK;
/* dst holds SEALED_TEMPLATE_MAX; the caller wipes it. RC_FORGED: another person's, of another embedder, or changed. */
enum rc vault_template_get(const struct vault *v, const struct person *p, const struct face_template *t,
            uint8_t dst[static SEALED_TEMPLATE_MAX], size_t *n) MUST_CHECK;

/* Seals the n bytes of a trace (cue_trace.h) into t->sealed; t->capture is filled by the caller before. */
enum rc vault_trace_put(const struct vault *v, const struct person *p, const uint8_t *src, size_t n,
            struct capture_trace *t) MUST_CHECK;
/* dst holds SEALED_TRACE_MAX; the caller wipes it. RC_FORGED: another person's, of another capture, or changed. */
enum rc vault_trace_get(const struct vault *v, const struct person *p, const struct capture_trace *t,
            uint8_t dst[static SEALED_TRACE_MAX], size_t *n) MUST_CHECK;
/*
 * Seals the picture of one person's capture with a fresh key, and that key under
 * the master key; e->until_ms is the caller's.
 */
void    vault_evidence_put(const struct vault *v, uint64_t person, const uint8_t capture[static ID_BYTES],
            const uint8_t picture[static EVIDENCE_BYTES], struct evidence_new *e);
/* The caller wipes it. RC_FORGED: of another person or capture, sealed with another key, or changed. */
enum rc vault_evidence_get(const struct vault *v, const struct evidence *e, uint8_t picture[static EVIDENCE_BYTES]) MUST_CHECK;

/* Under which the frames of this person's captures are hashed, always the same; the caller wipes it. */
enum rc vault_frame_key(const struct vault *v, const struct person *p, uint8_t key[static KEY_BYTES]) MUST_CHECK;

/* What the database knows of a session token. */
void    vault_token_hash(const uint8_t token[static TOKEN_BYTES], uint8_t out[static DIGEST_BYTES]);
/* Over purpose, person, session, digest, salt and the digits. */
void    vault_code_hash(const struct vault *v, const struct code_row *c, const char *code, uint8_t out[static DIGEST_BYTES]);

/* text: "address\nsubject\nbody". RC_TOO_BIG above OUTBOX_TEXT_MAX - 1. */
enum rc vault_outbox_put(const struct vault *v, const char *text, struct outbox_new *m) MUST_CHECK;
/* With a closing NUL; the caller wipes it. */
enum rc vault_outbox_get(const struct vault *v, const struct outbox_row *m, char text[static OUTBOX_TEXT_MAX]) MUST_CHECK;

/* The word of an invitation; the caller wipes it. RC_FORGED: sealed with another key, or changed. */
void    vault_word_put(const struct vault *v, const char word[static WORD_BYTES], struct invitation_row *row);
enum rc vault_word_get(const struct vault *v, const struct invitation_row *row, char word[static WORD_BYTES]) MUST_CHECK;

#endif
