/*
 * test_auth.c - passwords: right, wrong, locked, and nobody's.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "proto/lockout.h"
#include "server/auth.h"
#include "unit/fake_stores.h"

#define PASSWORD "correct horse"

static void
fake_customer(struct fake *f)
{
	struct person *p = &f->person[f->persons++];

	p->id = f->persons;
	snprintf(p->customer, sizeof p->customer, "12345678");
	p->status = PERSON_ACTIVE;
	assert_int_equal(password_hash(PASSWORD, p->password_hash), RC_OK);
}

static enum rc
login(struct auth *a, struct fake *f, int64_t now, const char *customer, const char *password, int64_t *until)
{
	const struct audit_event ev = { .action = AUDIT_LOGIN_PASSWORD };
	struct person p;
	bool recorded;

	f->now_ms = now;
	return auth_login(a, &f->stores, now, customer, password, &ev, &p, until, &recorded);
}

/* A real number and one that nobody has go through the same answers. */
static void
test_fails_alike(void **state)
{
	static struct auth a;
	int64_t until = 0;
	struct fake f;

	(void)state;
	memset(&a, 0, sizeof a);
	fake_init(&f);
	fake_customer(&f);
	assert_int_equal(login(&a, &f, 1000, "12345678", PASSWORD, &until), RC_OK);
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		assert_int_equal(login(&a, &f, 1000, "12345678", "wrong password", &until), RC_LOGIN);
		assert_int_equal(login(&a, &f, 1000, "87654321", "wrong password", &until), RC_LOGIN);
	}
	for (int i = 0; i < 2; i++) {
		const char *customer = i == 0 ? "12345678" : "87654321";

		until = 0;
		assert_int_equal(login(&a, &f, 1000, customer, PASSWORD, &until), RC_LOCKED);
		assert_int_equal(until, 1000 + LOCK_FIRST_MS);
	}
	assert_int_equal(login(&a, &f, 1000 + LOCK_FIRST_MS, "12345678", PASSWORD, &until), RC_OK);
	assert_int_equal(login(&a, &f, 1000 + LOCK_FIRST_MS, "87654321", PASSWORD, &until), RC_LOGIN);
	assert_int_equal(fake_event(&f, AUDIT_LOGIN_PASSWORD)->outcome, RC_OK);
}

static void
test_other_refusals(void **state)
{
	static struct auth a;
	int64_t until;
	struct fake f;

	(void)state;
	memset(&a, 0, sizeof a);
	fake_init(&f);
	fake_customer(&f);
	assert_int_equal(login(&a, &f, 1, "1234567", PASSWORD, &until), RC_LOGIN);
	assert_int_equal(login(&a, &f, 1, "", "", &until), RC_LOGIN);
	f.person[0].status = PERSON_PENDING;
	assert_int_equal(login(&a, &f, 1, "12345678", "wrong password", &until), RC_LOGIN);
	assert_int_equal(login(&a, &f, 1, "12345678", PASSWORD, &until), RC_DISABLED);
	f.down = true;
	assert_int_equal(login(&a, &f, 1, "12345678", PASSWORD, &until), RC_STORE);
}

/* Several terminals guess at once: what was checked while the lock came in says nothing, right or wrong. */
static void
test_locked_meanwhile(void **state)
{
	static struct auth a;
	int64_t until = 0;
	struct fake f;

	(void)state;
	memset(&a, 0, sizeof a);
	fake_init(&f);
	fake_customer(&f);
	f.race = true;
	for (int i = 0; i < PASSWORD_TRIES; i++)
		assert_int_equal(login(&a, &f, 1000, "12345678", "wrong password", &until), RC_LOGIN);
	assert_int_equal(login(&a, &f, 1000, "12345678", "wrong password", &until), RC_LOCKED);
	until = 0;
	assert_int_equal(login(&a, &f, 1000, "12345678", PASSWORD, &until), RC_LOCKED);
	assert_int_equal(until, 1000 + LOCK_FIRST_MS);
	assert_int_equal(f.person[0].password_fails, PASSWORD_TRIES);
}

static void
test_delays_double(void **state)
{
	(void)state;
	assert_int_equal(lockout_until(PASSWORD_TRIES - 1, PASSWORD_TRIES, 7), 0);
	assert_int_equal(lockout_until(PASSWORD_TRIES, PASSWORD_TRIES, 7), 7 + 30000);
	assert_int_equal(lockout_until(PASSWORD_TRIES + 1, PASSWORD_TRIES, 7), 7 + 60000);
	assert_int_equal(lockout_until(PASSWORD_TRIES + 6, PASSWORD_TRIES, 7), 7 + 1920000);
	assert_int_equal(lockout_until(PASSWORD_TRIES + 7, PASSWORD_TRIES, 7), 7 + LOCK_MOST_MS);
	assert_int_equal(lockout_until(UINT32_MAX, PASSWORD_TRIES, 7), 7 + LOCK_MOST_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fails_alike),
		cmocka_unit_test(test_other_refusals),
		cmocka_unit_test(test_locked_meanwhile),
		cmocka_unit_test(test_delays_double),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
