/*
 * test_crypto.c - hashing, the transaction digest, sealing, signing, passwords,
 * randomness and the text forms of keys.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Expected hashes were computed apart from this project's code, from the
 * layouts in PROTOCOL.md, with Python's hashlib.blake2b.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/crypto.h"
#include "proto/batch_digest.h"
#include "proto/digest.h"

#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static void
assert_hex(const uint8_t *got, size_t n, const char *want)
{
	char text[2 * 64 + 1];

	hex_put(got, n, text);
	assert_string_equal(text, want);
}

static void
hash_vectors(void **state)
{
	uint8_t key[KEY_BYTES], out[DIGEST_BYTES];
	struct hash h;

	(void)state;
	for (uint8_t i = 0; i < KEY_BYTES; i++)
		key[i] = i;
	hash_plain("abc", 3, out);
	assert_hex(out, sizeof out, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	hash_start_keyed(&h, "a domain", key);
	hash_bytes(&h, "ab", 2);
	hash_bytes(&h, NULL, 0);
	hash_u8(&h, 'c');
	hash_end(&h, out);
	assert_hex(out, sizeof out, "8e71afd922f5742360fb54527402c2bfb4540d02cb2333a9a2c9ab4b19af4de2");
}

/* Numbers are little endian whatever the machine; a text brings its length. */
static void
hash_layout(void **state)
{
	static const uint8_t flat[] = {
		1, 0, 0, 0, 'd', 0xff, 4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 'h', 'i',
	};
	uint8_t a[DIGEST_BYTES], b[DIGEST_BYTES];
	struct hash h;

	(void)state;
	hash_start(&h, "d");
	hash_u8(&h, 0xff);
	hash_u32(&h, 0x01020304u);
	hash_u64(&h, 0x0102030405060708u);
	hash_i64(&h, -1);
	hash_text(&h, "hi");
	hash_end(&h, a);
	hash_plain(flat, sizeof flat, b);
	assert_memory_equal(a, b, sizeof a);
}

/* ---- transaction digest: PROTOCOL.md, "Transaction digest" ---- */

static struct txn
sample_txn(void)
{
	struct txn t = { .kind = TXN_TRANSFER, .debit = "XC6400010000000001", .payee = "XC3700010000000002",
	    .payee_name = "Zo\xc3\xab Brown", .amount = 123450, .currency = "EUR", .reference = "rent May" };

	for (uint8_t i = 0; i < NONCE_BYTES; i++)
		t.nonce[i] = i;
	return t;
}

static void
digest_vectors(void **state)
{
	struct txn t = sample_txn(), least = { .kind = TXN_DEPOSIT, .payee = "XC6400010000000001", .amount = 1,
	    .currency = "JPY" };
	uint8_t out[DIGEST_BYTES];

	(void)state;
	txn_digest(&t, out);
	assert_hex(out, sizeof out, "90b4425c7e6b2fe5acae5996830bdcf11a9a31d5bdae32ae01ca93eaa6c54cd1");
	txn_digest(&least, out);
	assert_hex(out, sizeof out, "6153d724d0d1f5ca85081483ef358773400036c45baa23faec29885580f916df");
}

/* PROTOCOL.md, "Batch digest" */
static void
batch_digest_vector(void **state)
{
	struct batch_line one = { .place = 1000, .debit = "XC6400010000000001", .payee = "XC3700010000000002",
	    .payee_name = "Zo\xc3\xab Brown", .amount = 123450, .currency = "EUR", .reference = "rent May" };
	struct batch_line two = { .place = 2000, .debit = "XC3700010000000002", .payee = "XC6400010000000001",
	    .payee_name = "Ann", .amount = 1, .currency = "JPY" };
	struct batch_digest b;
	uint8_t out[DIGEST_BYTES];

	(void)state;
	batch_digest_start(&b, 7, 3, 42);
	batch_digest_line(&b, &one);
	batch_digest_line(&b, &two);
	batch_digest_end(&b, out);
	assert_hex(out, sizeof out, "60d934301cb7587dd46f096011a8f20a8f534ce7ccdcd67264c37a71783a5ccb");
}

static void spoil_kind(struct txn *t) { t->kind = TXN_DEPOSIT; }
static void spoil_debit(struct txn *t) { t->debit[17] = '2'; }
static void spoil_payee(struct txn *t) { t->payee[17] = '3'; }
static void spoil_name(struct txn *t) { t->payee_name[0] = 'z'; }
static void spoil_amount(struct txn *t) { t->amount++; }
static void spoil_currency(struct txn *t) { t->currency[2] = 'S'; }
static void spoil_reference(struct txn *t) { t->reference[0] = '\0'; }
static void spoil_nonce(struct txn *t) { t->nonce[15] ^= 1; }

static void
move_a_letter(struct txn *t)	/* from the end of one text to the front of the next */
{
	strcpy(t->currency, "EU");
	strcpy(t->reference, "Rrent May");
}

static void
digest_covers_every_field(void **state)
{
	static void (*const row[])(struct txn *) = {
		spoil_kind, spoil_debit, spoil_payee, spoil_name, spoil_amount, spoil_currency, spoil_reference,
		spoil_nonce, move_a_letter,
	};
	struct txn first = sample_txn();
	uint8_t seen[COUNT(row) + 1][DIGEST_BYTES];

	(void)state;
	txn_digest(&first, seen[COUNT(row)]);
	for (size_t i = 0; i < COUNT(row); i++) {
		struct txn t = sample_txn();

		row[i](&t);
		txn_digest(&t, seen[i]);
		assert_memory_not_equal(seen[i], seen[COUNT(row)], DIGEST_BYTES);
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(seen[i], seen[k], DIGEST_BYTES);
	}
}

/* ---- sealing and signing ---- */

static void
sealed_blobs_open_only_untouched(void **state)
{
	static const uint8_t zero[64];
	uint8_t key[KEY_BYTES], other[KEY_BYTES], blob[20 + SEAL_OVERHEAD], out[64];
	const char ad[] = "template of person 7";

	(void)state;
	rng_fill(rng_system(), key, sizeof key);
	rng_fill(rng_system(), other, sizeof other);
	seal_put(rng_system(), key, ad, sizeof ad, "twenty secret bytes.", 20, blob);
	assert_int_equal(seal_get(key, ad, sizeof ad, blob, sizeof blob, out), RC_OK);
	assert_memory_equal(out, "twenty secret bytes.", 20);
	for (size_t bit = 0; bit < 8 * sizeof blob; bit++) {
		memset(out, 0xee, sizeof out);
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(seal_get(key, ad, sizeof ad, blob, sizeof blob, out), RC_FORGED);
		assert_memory_equal(out, zero, 20);
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < sizeof blob; n++)
		assert_int_equal(seal_get(key, ad, sizeof ad, blob, n, out), n < SEAL_OVERHEAD ? RC_SHORT : RC_FORGED);
	assert_int_equal(seal_get(other, ad, sizeof ad, blob, sizeof blob, out), RC_FORGED);
	assert_int_equal(seal_get(key, "template of person 8", sizeof ad, blob, sizeof blob, out), RC_FORGED);
	assert_int_equal(seal_get(key, ad, sizeof ad - 1, blob, sizeof blob, out), RC_FORGED);

	seal_put(rng_system(), key, NULL, 0, NULL, 0, blob);	/* nothing can be sealed too */
	assert_int_equal(seal_get(key, NULL, 0, blob, SEAL_OVERHEAD, out), RC_OK);
}

static void
the_same_text_seals_differently(void **state)
{
	uint8_t key[KEY_BYTES] = { 1 }, a[4 + SEAL_OVERHEAD], b[4 + SEAL_OVERHEAD];

	(void)state;
	seal_put(rng_system(), key, NULL, 0, "same", 4, a);
	seal_put(rng_system(), key, NULL, 0, "same", 4, b);
	assert_memory_not_equal(a, b, 24);
	assert_memory_not_equal(a + 24, b + 24, 4);
}

static void
signatures(void **state)
{
	uint8_t pub[SIGN_PUBLIC_BYTES], sec[SIGN_SECRET_BYTES], sig[SIGN_BYTES], other[SIGN_PUBLIC_BYTES];

	(void)state;
	sign_keypair(other, sec);
	sign_keypair(pub, sec);
	sign_make(sec, "lane head", 9, sig);
	assert_int_equal(sign_check(pub, "lane head", 9, sig), RC_OK);
	assert_int_equal(sign_check(pub, "lane heaD", 9, sig), RC_FORGED);
	assert_int_equal(sign_check(other, "lane head", 9, sig), RC_FORGED);
	for (size_t i = 0; i < SIGN_BYTES; i++) {
		sig[i] ^= 1;
		assert_int_equal(sign_check(pub, "lane head", 9, sig), RC_FORGED);
		sig[i] ^= 1;
	}
}

static void
curve_keys(void **state)
{
	uint8_t sec[KEY_BYTES], pub[KEY_BYTES], again[KEY_BYTES];

	(void)state;
	for (uint8_t i = 0; i < KEY_BYTES; i++)
		sec[i] = i;
	curve_public(sec, pub);	/* RFC 7748, computed apart */
	assert_hex(pub, KEY_BYTES, "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");
	curve_keypair(pub, sec);
	curve_public(sec, again);
	assert_memory_equal(pub, again, KEY_BYTES);
}

static void
passwords(void **state)
{
	char hash[PASSWORD_HASH_BYTES], twice[PASSWORD_HASH_BYTES];

	(void)state;
	assert_int_equal(password_hash("correct horse battery", hash), RC_OK);
	assert_int_equal(password_hash("correct horse battery", twice), RC_OK);
	assert_string_not_equal(hash, twice);
	assert_non_null(strstr(hash, "$argon2id$"));
	assert_non_null(strstr(hash, "m=19456,t=2,p=1"));
	assert_null(strstr(hash, "horse"));
	assert_int_equal(password_check("correct horse battery", hash), RC_OK);
	assert_int_equal(password_check("correct horse batterY", hash), RC_DENIED);
	assert_int_equal(password_check("", hash), RC_DENIED);
	assert_int_equal(password_check("correct horse battery", NULL), RC_DENIED);
	assert_int_equal(password_check("correct horse battery", ""), RC_DENIED);
	assert_int_equal(password_check("correct horse battery", "$argon2id$rubbish"), RC_DENIED);
}

/* ---- randomness ---- */

struct script {
	const uint32_t *value;
	size_t used;
};

static void
script_fill(void *ctx, void *dst, size_t n)
{
	struct script *s = ctx;

	assert_int_equal(n, sizeof s->value[0]);
	memcpy(dst, &s->value[s->used++], n);
}

static void
draws_are_fair(void **state)
{
	/* 2^32 mod 3 is 1, mod 0x80000001 is 0x7fffffff: smaller values are drawn again */
	static const uint32_t for_three[] = { 0, 0, 1 }, for_big[] = { 0x7ffffffe, 0, 0x7fffffff }, any[] = { 0 };
	struct script s = { .value = for_three };
	struct rng g = { script_fill, &s };
	unsigned seen[7] = { 0 };

	(void)state;
	assert_int_equal(rng_below(&g, 3), 1);
	assert_int_equal(s.used, 3);
	s = (struct script){ .value = for_big };
	assert_int_equal(rng_below(&g, 0x80000001u), 0x7fffffff);
	assert_int_equal(s.used, 3);
	s = (struct script){ .value = any };
	assert_int_equal(rng_below(&g, 0), 0);
	assert_int_equal(rng_below(&g, 1), 0);
	assert_int_equal(s.used, 0);
	for (unsigned i = 0; i < 7000; i++) {
		uint32_t v = rng_below(rng_system(), 7);

		assert_true(v < 7);
		seen[v]++;
	}
	for (size_t i = 0; i < COUNT(seen); i++)	/* 1000 +- 29; six sigma */
		assert_in_range(seen[i], 820, 1180);
}

/* ---- text forms ---- */

static void
hexadecimal(void **state)
{
	static const char *const bad[] = { "", "00ff1", "00ff100", "00fg10", "0x00ff", "00 f10", "00ff10 " };
	uint8_t b[3] = { 0, 0xff, 0x10 }, got[3];
	char text[7];

	(void)state;
	hex_put(b, 3, text);
	assert_string_equal(text, "00ff10");
	assert_int_equal(hex_get("00FF10", got, 3), RC_OK);
	assert_memory_equal(got, b, 3);
	for (size_t i = 0; i < COUNT(bad); i++) {
		memset(got, 0xee, sizeof got);
		assert_int_equal(hex_get(bad[i], got, 3), RC_MALFORMED);
		assert_memory_equal(got, "\0\0\0", 3);
	}
}

static void
count_fill(void *ctx, void *dst, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)dst)[i] = (uint8_t)i;
}

static void
words(void **state)
{
	static const struct { const char *text, *want; } row[] = {
		{ "K7QM-2XD9-4TVA-H8PR", "K7QM-2XD9-4TVA-H8PR" }, { "k7qm2xd94tvah8pr", "K7QM-2XD9-4TVA-H8PR" },
		{ " k7qm 2xd9 4tva h8pr ", "K7QM-2XD9-4TVA-H8PR" }, { "oOiIlL00-0000-0000", "0011-1100-0000-0000" },
		{ "K7QM-2XD9-4TVA-H8P", NULL }, { "K7QM-2XD9-4TVA-H8PRX", NULL }, { "U7QM-2XD9-4TVA-H8PR", NULL },
		{ "K7QM_2XD9_4TVA_H8PR", NULL }, { "", NULL }, { "K7QM-2XD9-4TVA-H8P\xc3\xab", NULL },
	};
	struct rng counting = { count_fill, NULL };
	char got[WORD_BYTES], a[WORD_BYTES], b[WORD_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		assert_int_equal(word_parse(row[i].text, got), row[i].want == NULL ? RC_INVALID : RC_OK);
		assert_string_equal(got, row[i].want == NULL ? "" : row[i].want);
	}
	word_make(&counting, got);
	assert_string_equal(got, "000G-40R4-0M30-E209");
	word_make(rng_system(), a);
	word_make(rng_system(), b);
	assert_string_not_equal(a, b);
	assert_int_equal(word_parse(a, got), RC_OK);
	assert_string_equal(a, got);
}

static void
fingerprints(void **state)
{
	uint8_t pub[KEY_BYTES];
	char got[FINGERPRINT_BYTES], other[FINGERPRINT_BYTES];

	(void)state;
	for (uint8_t i = 0; i < KEY_BYTES; i++)
		pub[i] = i;
	fingerprint_make(pub, "K7QM-2XD9-4TVA-H8PR", got);
	assert_string_equal(got, "FERR-E379-0VT0-3PRK-MZZ0");
	fingerprint_make(pub, "K7QM-2XD9-4TVA-H8PS", other);
	assert_string_not_equal(got, other);
	pub[31] ^= 0x80;
	fingerprint_make(pub, "K7QM-2XD9-4TVA-H8PR", other);
	assert_string_not_equal(got, other);
}

static void
comparing_and_wiping(void **state)
{
	uint8_t a[9] = "12345678", b[9] = "12345678";

	(void)state;
	assert_true(crypto_same(a, b, sizeof a));
	b[8] = 1;
	assert_false(crypto_same(a, b, sizeof a));
	assert_true(crypto_same(a, b, 0));
	crypto_wipe(a, sizeof a);
	assert_memory_equal(a, "\0\0\0\0\0\0\0\0\0", 9);
	crypto_wipe(NULL, 0);
}

static void
hardened_process_leaves_no_core(void **state)
{
	struct rlimit core;
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		process_harden();
		_exit(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_vectors),
		cmocka_unit_test(hash_layout),
		cmocka_unit_test(digest_vectors),
		cmocka_unit_test(batch_digest_vector),
		cmocka_unit_test(digest_covers_every_field),
		cmocka_unit_test(sealed_blobs_open_only_untouched),
		cmocka_unit_test(the_same_text_seals_differently),
		cmocka_unit_test(signatures),
		cmocka_unit_test(curve_keys),
		cmocka_unit_test(passwords),
		cmocka_unit_test(draws_are_fair),
		cmocka_unit_test(hexadecimal),
		cmocka_unit_test(words),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(comparing_and_wiping),
		cmocka_unit_test(hardened_process_leaves_no_core),
	};

	if (crypto_init() != RC_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
