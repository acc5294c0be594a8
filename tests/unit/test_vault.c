/*
 * test_vault.c - what is sealed for one person opens for nobody else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "server/vault.h"

static void
person_make(const struct vault *v, uint64_t id, const char *email, struct person *p)
{
	struct person_new n = { 0 };

	memset(p, 0, sizeof *p);
	assert_int_equal(vault_person_make(v, email, &n), RC_OK);
	p->id = id;
	memcpy(p->wrapped_key, n.wrapped_key, sizeof n.wrapped_key);
	memcpy(p->email, n.email, sizeof n.email);
	p->email_n = n.email_n;
}

static void
test_email_and_template(void **state)
{
	const struct vault_keys keys = { .master = { 1 }, .code = { 2 }, .outbox = { 3 } }, others = { .master = { 9 } };
	struct vault *v = vault_new(&keys, rng_system()), *foreign = vault_new(&others, rng_system());
	struct person a, b;
	struct face_template t = { .embedder = "net", .embedder_version = 1, .dim = 4 }, u;
	uint8_t raw[16] = "sixteen bytes !!", got[SEALED_TEMPLATE_MAX];
	char email[EMAIL_MAX_BYTES + 1];
	size_t n = 0;

	(void)state;
	person_make(v, 1, "anna@example.org", &a);
	person_make(v, 2, "bob@example.org", &b);
	assert_int_equal(vault_email_get(v, &a, email), RC_OK);
	assert_string_equal(email, "anna@example.org");
	assert_int_equal(vault_email_get(foreign, &a, email), RC_FORGED);
	assert_string_equal(email, "");
	assert_int_equal(vault_template_put(v, &a, raw, sizeof raw, &t), RC_OK);
	assert_int_equal(vault_template_get(v, &a, &t, got, &n), RC_OK);
	assert_int_equal(n, sizeof raw);
	assert_memory_equal(got, raw, sizeof raw);

	assert_int_equal(vault_template_get(v, &b, &t, got, &n), RC_FORGED);	/* another person's */
	b = a;
	b.id = 2;	/* the key moved along with the row: the id is bound too */
	assert_int_equal(vault_template_get(v, &b, &t, got, &n), RC_FORGED);
	u = t;
	u.embedder_version = 2;
	assert_int_equal(vault_template_get(v, &a, &u, got, &n), RC_FORGED);
	for (size_t i = 0; i < t.sealed_n; i++) {
		u = t;
		u.sealed[i] ^= 0x10;
		assert_int_equal(vault_template_get(v, &a, &u, got, &n), RC_FORGED);
	}
	memset(a.wrapped_key, 0, sizeof a.wrapped_key);		/* erased: gone for good */
	assert_int_equal(vault_template_get(v, &a, &t, got, &n), RC_FORGED);
	assert_int_equal(vault_email_get(v, &a, email), RC_FORGED);
	vault_free(v);
	vault_free(foreign);
}

/* A trace opens for its person and its capture only; the key of frames is a person's for ever. */
static void
test_trace(void **state)
{
	static struct capture_trace t, u;
	static uint8_t got[SEALED_TRACE_MAX], much[SEALED_TRACE_MAX];
	const struct vault_keys keys = { .master = { 1 }, .code = { 2 }, .outbox = { 3 } };
	struct vault *v = vault_new(&keys, rng_system());
	uint8_t key[KEY_BYTES], again[KEY_BYTES], other[KEY_BYTES];
	struct person a, b;
	size_t n = 0;

	(void)state;
	person_make(v, 1, "anna@example.org", &a);
	person_make(v, 2, "bob@example.org", &b);
	t.capture[0] = 7;
	assert_int_equal(vault_trace_put(v, &a, (const uint8_t *)"a trace", 7, &t), RC_OK);
	assert_int_equal(vault_trace_get(v, &a, &t, got, &n), RC_OK);
	assert_int_equal(n, 7);
	assert_memory_equal(got, "a trace", 7);
	assert_int_equal(vault_trace_get(v, &b, &t, got, &n), RC_FORGED);
	u = t;
	u.capture[0] = 8;	/* another capture's */
	assert_int_equal(vault_trace_get(v, &a, &u, got, &n), RC_FORGED);
	u = t;
	u.sealed_n = SEAL_OVERHEAD;
	assert_int_equal(vault_trace_get(v, &a, &u, got, &n), RC_FORGED);
	assert_int_equal(vault_trace_put(v, &a, much, sizeof much - SEAL_OVERHEAD + 1, &u), RC_INVALID);
	assert_int_equal(vault_trace_put(v, &a, much, sizeof much - SEAL_OVERHEAD, &u), RC_OK);

	assert_int_equal(vault_frame_key(v, &a, key), RC_OK);
	assert_int_equal(vault_frame_key(v, &a, again), RC_OK);
	assert_int_equal(vault_frame_key(v, &b, other), RC_OK);
	assert_memory_equal(key, again, sizeof key);
	assert_memory_not_equal(key, other, sizeof key);
	memset(a.wrapped_key, 0, sizeof a.wrapped_key);
	assert_int_equal(vault_trace_get(v, &a, &t, got, &n), RC_FORGED);
	assert_int_equal(vault_frame_key(v, &a, key), RC_FORGED);
	vault_free(v);
}

/* A key per case: without it, or as another person's or capture's, there is no picture; two of the same are not alike. */
static void
test_evidence(void **state)
{
	const struct vault_keys keys = { .master = { 1 } }, others = { .master = { 9 } };
	struct vault *v = vault_new(&keys, rng_system()), *foreign = vault_new(&others, rng_system());
	const uint8_t capture[ID_BYTES] = { 7 };
	static uint8_t picture[EVIDENCE_BYTES], got[EVIDENCE_BYTES], none[EVIDENCE_BYTES];
	static struct evidence_new one, two;
	static struct evidence e, f;

	(void)state;
	for (size_t i = 0; i < sizeof picture; i++)
		picture[i] = (uint8_t)(i * 3);
	vault_evidence_put(v, 5, capture, picture, &one);
	vault_evidence_put(v, 5, capture, picture, &two);
	assert_memory_not_equal(one.picture, two.picture, sizeof one.picture);
	assert_memory_not_equal(one.key, two.key, sizeof one.key);
	assert_null(memmem(one.picture, sizeof one.picture, picture, 16));
	e.person = 5;
	memcpy(e.capture, capture, sizeof e.capture);
	memcpy(e.picture, one.picture, sizeof e.picture);
	memcpy(e.key, one.key, sizeof e.key);
	assert_int_equal(vault_evidence_get(v, &e, got), RC_OK);
	assert_memory_equal(got, picture, sizeof got);
	assert_int_equal(vault_evidence_get(foreign, &e, got), RC_FORGED);
	assert_memory_equal(got, none, sizeof got);
	f = e;
	memcpy(f.key, two.key, sizeof f.key);
	assert_int_equal(vault_evidence_get(v, &f, got), RC_FORGED);
	f = e;
	f.person = 6;
	assert_int_equal(vault_evidence_get(v, &f, got), RC_FORGED);
	f = e;
	f.capture[0] ^= 1;
	assert_int_equal(vault_evidence_get(v, &f, got), RC_FORGED);
	f = e;
	memset(f.key, 0, sizeof f.key);
	assert_int_equal(vault_evidence_get(v, &f, got), RC_FORGED);
	assert_memory_equal(got, none, sizeof got);
	for (size_t i = 0; i < sizeof e.picture; i += 97) {
		f = e;
		f.picture[i] ^= 1;
		assert_int_equal(vault_evidence_get(v, &f, got), RC_FORGED);
	}
	vault_free(v);
	vault_free(foreign);
}

static void
test_refuses_bad_sizes(void **state)
{
	const struct vault_keys keys = { .master = { 1 } };
	struct vault *v = vault_new(&keys, rng_system());
	struct outbox_new m;
	struct outbox_row row = { .sealed_n = SEAL_OVERHEAD - 1 };
	struct person_new n;
	char text[OUTBOX_TEXT_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(vault_outbox_put(v, text, &m), RC_TOO_BIG);
	assert_int_equal(vault_outbox_get(v, &row, text), RC_FORGED);
	assert_int_equal(vault_person_make(v, "nobody", &n), RC_INVALID);
	vault_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_email_and_template),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_refuses_bad_sizes),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
