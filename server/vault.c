/*
 * vault.c - sealing and hashing with the server's keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "proto/text.h"
#include "server/vault.h"

#define VAULT_AD_PERSON "countersign person key 1"
#define VAULT_AD_EMAIL  "countersign e-mail 1"
#define VAULT_AD_OUTBOX "countersign outbox 1"
#define VAULT_AD_WORD   "countersign invitation 1"

struct vault {
	struct vault_keys key;
	const struct rng *rng;
};

struct vault *
vault_new(const struct vault_keys *k, const struct rng *g)
{
	struct vault *v = calloc(1, sizeof *v);

	if (v == NULL)
		return NULL;
	/* Best effort: without the right to lock, a swapped page is the system's risk. */
	(void)!mlock(v, sizeof *v);
	v->key = *k;
	v->rng = g;
	return v;
}

void
vault_free(struct vault *v)
{
	if (v == NULL)
		return;
	crypto_wipe(v, sizeof *v);
	(void)!munlock(v, sizeof *v);
	free(v);
}

static enum rc
vault_read(const struct config *c, const char *name, const char *kind, uint8_t *key, char *err, size_t err_n)
{
	char path[CONFIG_PATH_BYTES];
	enum rc r;

	if ((r = config_key_path(c, name, path)) != RC_OK) {
		snprintf(err, err_n, "the path of the keys is too long");
		return r;
	}
	return keyfile_read(path, kind, key, KEY_BYTES, err, err_n);
}

enum rc
vault_open(const struct config *c, const struct rng *g, struct vault **out, char *err, size_t err_n)
{
	struct vault_keys k = { 0 };
	enum rc r = RC_BUG;

	if ((r = vault_read(c, "master.key", "master", k.master, err, err_n)) != RC_OK ||
	    (r = vault_read(c, "code.key", "code", k.code, err, err_n)) != RC_OK ||
	    (r = vault_read(c, "outbox.key", "outbox", k.outbox, err, err_n)) != RC_OK)
		goto out;
	if ((*out = vault_new(&k, g)) == NULL) {
		snprintf(err, err_n, "%s", rc_text(RC_NOMEM));
		r = RC_NOMEM;
	}
out:
	crypto_wipe(&k, sizeof k);
	return r;
}

enum rc
vault_person_make(const struct vault *v, const char *email, struct person_new *p)
{
	uint8_t key[KEY_BYTES];

	if (!text_is_email(email))
		return RC_INVALID;
	rng_fill(v->rng, key, sizeof key);
	seal_put(v->rng, v->key.master, VAULT_AD_PERSON, sizeof VAULT_AD_PERSON - 1, key, sizeof key, p->wrapped_key);
	seal_put(v->rng, key, VAULT_AD_EMAIL, sizeof VAULT_AD_EMAIL - 1, email, strlen(email), p->email);
	p->email_n = strlen(email) + SEAL_OVERHEAD;
	crypto_wipe(key, sizeof key);
	return RC_OK;
}

static enum rc
vault_person_key(const struct vault *v, const struct person *p, uint8_t key[static KEY_BYTES])
{
	return seal_get(v->key.master, VAULT_AD_PERSON, sizeof VAULT_AD_PERSON - 1, p->wrapped_key,
	    sizeof p->wrapped_key, key);
}

enum rc
vault_email_get(const struct vault *v, const struct person *p, char dst[static EMAIL_MAX_BYTES + 1])
{
	uint8_t key[KEY_BYTES] = { 0 };
	enum rc r = RC_BUG;

	memset(dst, 0, EMAIL_MAX_BYTES + 1);
	if (p->email_n < SEAL_OVERHEAD || p->email_n > sizeof p->email)
		return RC_FORGED;
	if ((r = vault_person_key(v, p, key)) == RC_OK)
		r = seal_get(key, VAULT_AD_EMAIL, sizeof VAULT_AD_EMAIL - 1, p->email, p->email_n, dst);
	crypto_wipe(key, sizeof key);
	return r;
}

/* Seals the n bytes at src under the key of p, bound to ad; dst has room for most bytes, *sealed_n are used. */
static enum rc
vault_blob_put(const struct vault *v, const struct person *p, const char *ad, const uint8_t *src, size_t n,
    uint8_t *dst, size_t most, size_t *sealed_n)
{
	uint8_t key[KEY_BYTES] = { 0 };
	enum rc r = RC_BUG;

	if (n == 0 || n > most - SEAL_OVERHEAD)
		return RC_INVALID;
	if ((r = vault_person_key(v, p, key)) == RC_OK) {
		seal_put(v->rng, key, ad, strlen(ad), src, n, dst);
		*sealed_n = n + SEAL_OVERHEAD;
	}
	crypto_wipe(key, sizeof key);
	return r;
}

/* Opens what vault_blob_put sealed; dst has room for most bytes, *n are used. */
static enum rc
vault_blob_get(const struct vault *v, const struct person *p, const char *ad, const uint8_t *sealed, size_t sealed_n,
    uint8_t *dst, size_t most, size_t *n)
{
	uint8_t key[KEY_BYTES] = { 0 };
	enum rc r = RC_BUG;

	if (sealed_n <= SEAL_OVERHEAD || sealed_n > most)
		return RC_FORGED;
	if ((r = vault_person_key(v, p, key)) == RC_OK)
		r = seal_get(key, ad, strlen(ad), sealed, sealed_n, dst);
	if (r == RC_OK)
		*n = sealed_n - SEAL_OVERHEAD;
	crypto_wipe(key, sizeof key);
	return r;
}

/* "countersign template 1 PERSON EMBEDDER VERSION DIM" */
static void
vault_template_ad(const struct person *p, const struct face_template *t, char ad[static 128])
{
	snprintf(ad, 128, "countersign template 1 %llu %s %u %u", (unsigned long long)p->id, t->embedder,
	    t->embedder_version, t->dim);
}

enum rc
vault_template_put(const struct vault *v, const struct person *p, const uint8_t *src, size_t n, struct face_template *t)
{
	char ad[128];

	vault_template_ad(p, t, ad);
	return vault_blob_put(v, p, ad, src, n, t->sealed, sizeof t->sealed, &t->sealed_n);
}

enum rc
vault_template_get(const struct vault *v, const struct person *p, const struct face_template *t,
    uint8_t dst[static SEALED_TEMPLATE_MAX], size_t *n)
{
	char ad[128];

	vault_template_ad(p, t, ad);
	return vault_blob_get(v, p, ad, t->sealed, t->sealed_n, dst, SEALED_TEMPLATE_MAX, n);
}

/* "countersign trace 1 PERSON CAPTURE" */
static void
vault_trace_ad(const struct person *p, const struct capture_trace *t, char ad[static 128])
{
	char capture[2 * ID_BYTES + 1];

	hex_put(t->capture, ID_BYTES, capture);
	snprintf(ad, 128, "countersign trace 1 %llu %s", (unsigned long long)p->id, capture);
}

enum rc
vault_trace_put(const struct vault *v, const struct person *p, const uint8_t *src, size_t n, struct capture_trace *t)
{
	char ad[128];

	vault_trace_ad(p, t, ad);
	return vault_blob_put(v, p, ad, src, n, t->sealed, sizeof t->sealed, &t->sealed_n);
}

enum rc
vault_trace_get(const struct vault *v, const struct person *p, const struct capture_trace *t,
    uint8_t dst[static SEALED_TRACE_MAX], size_t *n)
{
	char ad[128];

	vault_trace_ad(p, t, ad);
	return vault_blob_get(v, p, ad, t->sealed, t->sealed_n, dst, SEALED_TRACE_MAX, n);
}

/* "countersign evidence 1 PERSON CAPTURE", of the picture; "... key 1 ..." of its key */
static void
vault_evidence_ad(const char *what, uint64_t person, const uint8_t *capture, char ad[static 128])
{
	char hex[2 * ID_BYTES + 1];

	hex_put(capture, ID_BYTES, hex);
	snprintf(ad, 128, "countersign %s 1 %llu %s", what, (unsigned long long)person, hex);
}

void
vault_evidence_put(const struct vault *v, uint64_t person, const uint8_t capture[static ID_BYTES],
    const uint8_t picture[static EVIDENCE_BYTES], struct evidence_new *e)
{
	uint8_t key[KEY_BYTES];
	char ad[128];

	rng_fill(v->rng, key, sizeof key);
	vault_evidence_ad("evidence key", person, capture, ad);
	seal_put(v->rng, v->key.master, ad, strlen(ad), key, sizeof key, e->key);
	vault_evidence_ad("evidence", person, capture, ad);
	seal_put(v->rng, key, ad, strlen(ad), picture, EVIDENCE_BYTES, e->picture);
	crypto_wipe(key, sizeof key);
}

enum rc
vault_evidence_get(const struct vault *v, const struct evidence *e, uint8_t picture[static EVIDENCE_BYTES])
{
	uint8_t key[KEY_BYTES] = { 0 };
	char ad[128];
	enum rc r;

	memset(picture, 0, EVIDENCE_BYTES);
	vault_evidence_ad("evidence key", e->person, e->capture, ad);
	if ((r = seal_get(v->key.master, ad, strlen(ad), e->key, sizeof e->key, key)) == RC_OK) {
		vault_evidence_ad("evidence", e->person, e->capture, ad);
		r = seal_get(key, ad, strlen(ad), e->picture, sizeof e->picture, picture);
	}
	crypto_wipe(key, sizeof key);
	return r;
}

enum rc
vault_frame_key(const struct vault *v, const struct person *p, uint8_t key[static KEY_BYTES])
{
	uint8_t own[KEY_BYTES] = { 0 };
	struct hash h;
	enum rc r;

	if ((r = vault_person_key(v, p, own)) == RC_OK) {
		hash_start_keyed(&h, "countersign frames 1", own);
		hash_end(&h, key);
	}
	crypto_wipe(own, sizeof own);
	return r;
}

void
vault_token_hash(const uint8_t token[static TOKEN_BYTES], uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start(&h, "countersign session token 1");
	hash_bytes(&h, token, TOKEN_BYTES);
	hash_end(&h, out);
}

void
vault_code_hash(const struct vault *v, const struct code_row *c, const char *code, uint8_t out[static DIGEST_BYTES])
{
	struct hash h;

	hash_start_keyed(&h, "countersign one-time code 1", v->key.code);
	hash_u32(&h, (uint32_t)c->purpose);
	hash_u64(&h, c->person);
	hash_bytes(&h, c->session, sizeof c->session);
	hash_bytes(&h, c->digest, sizeof c->digest);
	hash_bytes(&h, c->salt, sizeof c->salt);
	hash_text(&h, code);
	hash_end(&h, out);
}

enum rc
vault_outbox_put(const struct vault *v, const char *text, struct outbox_new *m)
{
	size_t n = strlen(text);

	if (n >= OUTBOX_TEXT_MAX)
		return RC_TOO_BIG;
	seal_put(v->rng, v->key.outbox, VAULT_AD_OUTBOX, sizeof VAULT_AD_OUTBOX - 1, text, n, m->sealed);
	m->sealed_n = n + SEAL_OVERHEAD;
	return RC_OK;
}

enum rc
vault_outbox_get(const struct vault *v, const struct outbox_row *m, char text[static OUTBOX_TEXT_MAX])
{
	memset(text, 0, OUTBOX_TEXT_MAX);
	if (m->sealed_n < SEAL_OVERHEAD || m->sealed_n >= OUTBOX_TEXT_MAX + SEAL_OVERHEAD)
		return RC_FORGED;
	return seal_get(v->key.outbox, VAULT_AD_OUTBOX, sizeof VAULT_AD_OUTBOX - 1, m->sealed, m->sealed_n, text);
}

void
vault_word_put(const struct vault *v, const char word[static WORD_BYTES], struct invitation_row *row)
{
	seal_put(v->rng, v->key.outbox, VAULT_AD_WORD, sizeof VAULT_AD_WORD - 1, word, WORD_BYTES, row->sealed_word);
}

enum rc
vault_word_get(const struct vault *v, const struct invitation_row *row, char word[static WORD_BYTES])
{
	return seal_get(v->key.outbox, VAULT_AD_WORD, sizeof VAULT_AD_WORD - 1, row->sealed_word, sizeof row->sealed_word, word);
}
