/*
 * test_session.c - every pair of session states, and whose token is good.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "server/session.h"
#include "unit/fake_stores.h"

static const struct session_limits limits = { .idle_ms = 300000, .hard_ms = 43200000 };

/* Each allowed move by name; everything else is refused and changes nothing. */
static void
test_every_pair(void **state)
{
	static const struct { enum session_state from, to; } allowed[] = {
		{ SESSION_NONE, SESSION_REGISTER_CODE }, { SESSION_NONE, SESSION_LOGIN_CODE },
		{ SESSION_REGISTER_CODE, SESSION_REGISTER_FACE }, { SESSION_REGISTER_CODE, SESSION_ENDED },
		{ SESSION_REGISTER_FACE, SESSION_ENDED },
		{ SESSION_LOGIN_CODE, SESSION_SIGNED_ON }, { SESSION_LOGIN_CODE, SESSION_ENDED },
		{ SESSION_LOGIN_CODE, SESSION_REGISTER_FACE },
		{ SESSION_LOGIN_CODE, SESSION_SIGN_ON_FACE }, { SESSION_SIGN_ON_FACE, SESSION_SIGNED_ON },
		{ SESSION_SIGN_ON_FACE, SESSION_ENDED }, { SESSION_SIGNED_ON, SESSION_ENDED },
	};
	const struct audit_event ev = { .action = AUDIT_SESSION_END };
	struct fake f;

	(void)state;
	for (int from = SESSION_NONE; from <= SESSION_SIGN_ON_FACE; from++)
		for (int to = SESSION_NONE; to <= SESSION_SIGN_ON_FACE; to++) {
			struct session s = { .state = (enum session_state)from };
			bool want = false;

			for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
				want = want || ((int)allowed[i].from == from && (int)allowed[i].to == to);
			assert_int_equal(session_may_move((enum session_state)from, (enum session_state)to), want);
			fake_init(&f);
			f.sessions = 1;
			f.session[0].s = s;
			if (from == SESSION_NONE)
				continue;	/* made by session_start(), never moved */
			assert_int_equal(session_move(&f.stores, rng_system(), &s, (enum session_state)to, 0, &ev, NULL),
			    want ? RC_OK : RC_BUG);
			assert_int_equal((int)s.state, want ? to : from);
			assert_int_equal((int)f.session[0].s.state, want ? to : from);
		}
	assert_false(session_may_move((enum session_state)99, SESSION_ENDED));
	assert_false(session_may_move(SESSION_NONE, (enum session_state)99));
}

static void
test_find(void **state)
{
	static const struct {
		const char *what;
		uint64_t terminal;
		int64_t now;
		enum session_state at;
		bool good_token;
		enum rc want;
		enum session_state after;
	} t[] = {
		{ "in time", 7, 299999, SESSION_SIGNED_ON, true, RC_OK, SESSION_SIGNED_ON },
		{ "idle", 7, 300000, SESSION_SIGNED_ON, true, RC_SESSION_ENDED, SESSION_ENDED },
		{ "open too long", 7, 43200000, SESSION_LOGIN_CODE, true, RC_SESSION_ENDED, SESSION_ENDED },
		{ "another terminal", 8, 1000, SESSION_SIGNED_ON, true, RC_DENIED, SESSION_SIGNED_ON },
		{ "ended", 7, 1000, SESSION_ENDED, true, RC_SESSION_ENDED, SESSION_ENDED },
		{ "another token", 7, 1000, SESSION_SIGNED_ON, false, RC_SESSION_ENDED, SESSION_SIGNED_ON },
	};
	const struct audit_event ev = { .action = AUDIT_LOGIN_PASSWORD };

	(void)state;
	for (size_t k = 0; k < 2 * sizeof t / sizeof t[0]; k++) {
		struct session s = { .person = 3, .terminal = 7, .state = SESSION_LOGIN_CODE }, found;
		bool look = k >= sizeof t / sizeof t[0];
		size_t i = k % (sizeof t / sizeof t[0]);
		uint8_t token[TOKEN_BYTES];
		const char *why;
		struct fake f;

		fake_init(&f);
		assert_int_equal(session_start(&f.stores, rng_system(), &s, &ev, token), RC_OK);
		f.session[0].s.state = t[i].at;
		if (!t[i].good_token)
			token[5] ^= 1;
		if ((look ? session_alive : session_find)(&f.stores, &limits, token, sizeof token, t[i].terminal, t[i].now, &found,
		    &why) != t[i].want)
			fail_msg("%s", t[i].what);
		assert_int_equal((int)f.session[0].s.state, (int)t[i].after);
		if (t[i].want == RC_OK)
			assert_int_equal(f.session[0].s.seen_ms, look ? 0 : t[i].now);	/* a request touches it */
	}
}

static void
test_find_needs_a_store_and_a_whole_token(void **state)
{
	struct session found;
	uint8_t token[TOKEN_BYTES] = { 0 };
	const char *why;
	struct fake f;

	(void)state;
	fake_init(&f);
	assert_int_equal(session_find(&f.stores, &limits, token, 0, 7, 1, &found, &why), RC_SESSION_ENDED);
	f.down = true;
	assert_int_equal(session_find(&f.stores, &limits, token, sizeof token, 7, 1, &found, &why), RC_STORE);
}

static void
test_tokens_change_at_sign_on(void **state)
{
	const struct audit_event ev = { .action = AUDIT_LOGIN_CODE };
	struct session s = { .terminal = 7, .state = SESSION_LOGIN_CODE }, found;
	uint8_t first[TOKEN_BYTES], second[TOKEN_BYTES];
	const char *why;
	struct fake f;

	(void)state;
	fake_init(&f);
	assert_int_equal(session_start(&f.stores, rng_system(), &s, &ev, first), RC_OK);
	assert_int_equal(session_move(&f.stores, rng_system(), &s, SESSION_SIGNED_ON, 0, &ev, second), RC_OK);
	assert_memory_not_equal(first, second, sizeof first);
	assert_int_equal(session_find(&f.stores, &limits, first, sizeof first, 7, 1, &found, &why), RC_SESSION_ENDED);
	assert_int_equal(session_find(&f.stores, &limits, second, sizeof second, 7, 1, &found, &why), RC_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_needs_a_store_and_a_whole_token),
		cmocka_unit_test(test_tokens_change_at_sign_on),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
