/*
 * test_otp.c - one-time codes: bound to their purpose, session and transaction.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "server/otp.h"
#include "unit/fake_stores.h"

#define NOW 1000000

struct desk_of_test {
	struct fake f;
	struct vault *vault;
	struct person person;
	uint8_t session[ID_BYTES];
	struct txn txn;
	uint8_t digest[DIGEST_BYTES];
};

static int
setup(void **state)
{
	static struct desk_of_test d;
	const struct vault_keys keys = { .master = { 1 }, .code = { 2 }, .outbox = { 3 } };
	struct person_new new = { 0 };

	memset(&d, 0, sizeof d);
	fake_init(&d.f);
	d.vault = vault_new(&keys, rng_system());
	assert_non_null(d.vault);
	assert_int_equal(vault_person_make(d.vault, "anna@example.org", &new), RC_OK);
	d.person.id = 3;
	memcpy(d.person.wrapped_key, new.wrapped_key, sizeof new.wrapped_key);
	memcpy(d.person.email, new.email, sizeof new.email);
	d.person.email_n = new.email_n;
	d.session[0] = 9;
	d.txn = (struct txn){ .kind = TXN_TRANSFER, .debit = "XC01", .payee = "XC02", .payee_name = "Bob Builder",
	    .amount = 123450, .currency = "EUR", .nonce = { 1 } };
	txn_digest(&d.txn, d.digest);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	vault_free(((struct desk_of_test *)*state)->vault);
	return 0;
}

/* Sends a code for d's transaction and reads it where the person would: in the message. */
static void
send_code(struct desk_of_test *d, enum code_purpose purpose, char code[CODE_DIGITS + 1], char text[OUTBOX_TEXT_MAX])
{
	bool txn = purpose == CODE_TRANSACTION;
	const struct otp_order o = { .purpose = purpose, .person = &d->person, .session = d->session,
	    .txn = txn ? &d->txn : NULL, .digest = txn ? d->digest : NULL, .bank = "Test Bank", .now_ms = NOW,
	    .life_ms = 60000 };
	const struct audit_event ev = { .action = AUDIT_CODE_SEND };
	char masked[EMAIL_MAX_BYTES + 1];
	const char *at;

	assert_int_equal(otp_send(&d->f.stores, d->vault, rng_system(), &o, &ev, masked), RC_OK);
	assert_string_equal(masked, "a***@example.org");
	assert_int_equal(vault_outbox_get(d->vault, &d->f.message[d->f.messages - 1], text), RC_OK);
	assert_non_null(at = strstr(text, "Your code: "));
	memcpy(code, at + strlen("Your code: "), CODE_DIGITS);
	code[CODE_DIGITS] = '\0';
}

static void
test_checks(void **state)
{
	struct desk_of_test *d = *state;
	uint8_t other[DIGEST_BYTES], elsewhere[ID_BYTES] = { 77 };
	char code[CODE_DIGITS + 1], wrong[CODE_DIGITS + 1], text[OUTBOX_TEXT_MAX];
	struct txn changed = d->txn;
	uint64_t row = 0;

	send_code(d, CODE_TRANSACTION, code, text);
	memcpy(wrong, code, sizeof wrong);
	wrong[0] = wrong[0] == '9' ? '0' : (char)(wrong[0] + 1);
	changed.amount++;
	txn_digest(&changed, other);

	const struct {
		const char *what;
		struct otp_try t;
		enum rc want;
	} cases[] = {
		{ "letters", { CODE_TRANSACTION, 3, d->session, d->digest, "12a456", NOW }, RC_CODE_WRONG },
		{ "too short", { CODE_TRANSACTION, 3, d->session, d->digest, "12345", NOW }, RC_CODE_WRONG },
		{ "wrong digits", { CODE_TRANSACTION, 3, d->session, d->digest, wrong, NOW }, RC_CODE_WRONG },
		{ "another amount", { CODE_TRANSACTION, 3, d->session, other, code, NOW }, RC_NOT_FOUND },
		{ "another session", { CODE_TRANSACTION, 3, elsewhere, d->digest, code, NOW }, RC_NOT_FOUND },
		{ "another purpose", { CODE_LOGIN, 3, d->session, NULL, code, NOW }, RC_NOT_FOUND },
		{ "another person", { CODE_TRANSACTION, 4, d->session, d->digest, code, NOW }, RC_CODE_WRONG },
		{ "late", { CODE_TRANSACTION, 3, d->session, d->digest, code, NOW + 60000 }, RC_CODE_EXPIRED },
		{ "right", { CODE_TRANSACTION, 3, d->session, d->digest, code, NOW + 59999 }, RC_OK },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (otp_check(&d->f.stores, d->vault, &cases[i].t, &row) != cases[i].want)
			fail_msg("%s", cases[i].what);
	assert_int_equal(row, d->f.code[0].id);
	d->f.down = true;
	assert_int_equal(otp_check(&d->f.stores, d->vault, &cases[8].t, &row), RC_STORE);
	d->f.down = false;
	d->f.code[0].used_ms = NOW;
	assert_int_equal(otp_check(&d->f.stores, d->vault, &cases[8].t, &row), RC_CODE_USED);
}

static void
test_five_tries(void **state)
{
	struct desk_of_test *d = *state;
	char code[CODE_DIGITS + 1], text[OUTBOX_TEXT_MAX];
	struct otp_try t = { CODE_LOGIN, 3, d->session, NULL, "", NOW };
	uint64_t row = 0;

	send_code(d, CODE_LOGIN, code, text);
	t.code = strcmp(code, "000000") == 0 ? "000001" : "000000";
	for (int i = 0; i < CODE_TRIES; i++)
		assert_int_equal(otp_check(&d->f.stores, d->vault, &t, &row), RC_CODE_WRONG);
	t.code = code;
	assert_int_equal(otp_check(&d->f.stores, d->vault, &t, &row), RC_CODE_TRIES);
}

/* The message says what it is for; what is stored says nothing. */
static void
test_message_and_rest(void **state)
{
	struct desk_of_test *d = *state;
	char code[CODE_DIGITS + 1], text[OUTBOX_TEXT_MAX];
	struct outbox_row flipped;

	send_code(d, CODE_TRANSACTION, code, text);
	assert_int_equal(strncmp(text, "anna@example.org\n", 17), 0);
	assert_non_null(strstr(text, "1,234.50 EUR"));
	assert_non_null(strstr(text, "Bob Builder"));
	assert_null(memmem(&d->f.code[0], sizeof d->f.code[0], code, CODE_DIGITS));
	assert_null(memmem(d->f.message[0].sealed, sizeof d->f.message[0].sealed, code, CODE_DIGITS));
	flipped = d->f.message[0];
	flipped.sealed[flipped.sealed_n / 2] ^= 1;
	assert_int_equal(vault_outbox_get(d->vault, &flipped, text), RC_FORGED);
	send_code(d, CODE_LOGIN, code, text);
	assert_null(strstr(text, "transfer"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_checks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_five_tries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_message_and_rest, setup, teardown),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
