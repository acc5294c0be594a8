/*
 * test_gate.c - the gateway's tables: terminals, connections, credits; and the
 * desk's: answers, floods.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/answers.h"
#include "server/flood.h"
#include "server/gateway_captures.h"
#include "server/peers.h"
#include "server/terminals.h"
#include "unit/fake_stores.h"

static void
test_terminals(void **state)
{
	struct terminals *t = terminals_new();
	uint8_t key[KEY_BYTES] = { 0 };
	struct fake f;

	(void)state;
	fake_init(&f);
	f.terminals = 3;
	for (size_t i = 0; i < 3; i++) {
		f.terminal[i].id = 10 * (i + 1);
		f.terminal[i].public_key[0] = (uint8_t)(i + 1);
		f.terminal[i].status = (enum terminal_status)(i + 1);
	}
	assert_int_equal(terminals_load(t, &f.stores), RC_OK);
	key[0] = 2;
	assert_int_equal(terminals_by_key(t, key)->id, 20);
	assert_int_equal(terminals_by_id(t, 30)->status, TERMINAL_REVOKED);
	assert_null(terminals_by_id(t, 25));
	assert_non_null(terminals_by_user(t, "20"));
	assert_null(terminals_by_user(t, "10"));	/* pending */
	assert_null(terminals_by_user(t, "30"));	/* revoked */
	assert_null(terminals_by_user(t, ""));
	assert_null(terminals_by_user(t, "20x"));
	assert_null(terminals_by_user(t, "-20"));
	assert_null(terminals_by_user(t, "99999999999999999999999"));

	key[0] = 9;
	for (int ms = 0; ms < 3000; ms += 100)	/* a stranger knocks ten times a second: noted once a second */
		assert_int_equal(terminals_note(t, &f.stores, key, "192.0.2.1", 5000 + ms), RC_OK);
	assert_int_equal(f.noted, 3);
	key[0] = 1;				/* in the list already */
	assert_int_equal(terminals_note(t, &f.stores, key, "192.0.2.1", 100000), RC_OK);
	assert_int_equal(f.noted, 3);
	f.down = true;				/* the list that was read last goes on */
	assert_int_equal(terminals_load(t, &f.stores), RC_STORE);
	assert_non_null(terminals_by_user(t, "20"));
	terminals_free(t);
}

static void
test_peers(void **state)
{
	struct peers *p = peers_new();
	uint8_t route[GATE_ROUTE_BYTES + 1] = { 1 };
	struct peer *e;
	size_t i = 0;

	(void)state;
	assert_true(peers_note(p, 5, true, 20, route, 5));
	assert_true(peers_note(p, 5, true, 20, route, 5));
	assert_true(peers_note(p, 9, false, 30, route, 5));
	assert_false(peers_note(p, -1, true, 20, route, 5));
	assert_false(peers_note(p, PEERS_MAX, true, 20, route, 5));
	assert_false(peers_note(p, 6, true, 20, route, sizeof route));
	e = peers_next(p, &i);
	assert_int_equal(e->fd, 5);
	e->cut_ms = 77;
	assert_true(peers_note(p, 5, true, 21, route, 5));	/* the descriptor is another connection's now */
	assert_int_equal(e->cut_ms, 0);
	assert_int_equal(e->terminal, 21);
	peers_drop(e);
	assert_int_equal(peers_next(p, &i)->fd, 9);
	assert_null(peers_next(p, &i));
	peers_forget(p, -1);
	peers_forget(p, PEERS_MAX);
	peers_forget(p, 9);
	i = 0;
	assert_null(peers_next(p, &i));
	peers_free(p);
}

/* The connection that was noted is cut; what has its descriptor afterwards is not. */
static void
test_peers_cut(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	struct peers *p = peers_new();
	uint8_t route[5] = { 1 };
	int door, from[2], to[2];
	char c;

	(void)state;
	assert_true((door = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	assert_int_equal(bind(door, (const struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(door, 2), 0);
	assert_int_equal(getsockname(door, (struct sockaddr *)&a, &n), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_true((from[i] = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
		assert_int_equal(connect(from[i], (const struct sockaddr *)&a, sizeof a), 0);
		assert_true((to[i] = accept(door, NULL, NULL)) >= 0);
	}
	assert_true(peers_note(p, to[0], true, 20, route, sizeof route));
	assert_false(peers_cut(p, to[1]));	/* never noted */
	assert_int_equal(dup2(to[1], to[0]), to[0]);
	assert_false(peers_cut(p, to[0]));	/* another connection's number by now */
	assert_int_equal(write(to[0], "x", 1), 1);
	assert_int_equal(read(from[1], &c, 1), 1);
	peers_forget(p, to[0]);
	assert_true(peers_note(p, to[0], true, 20, route, sizeof route));
	assert_true(peers_cut(p, to[0]));
	assert_int_equal(read(from[1], &c, 1), 0);
	for (size_t i = 0; i < 2; i++) {
		close(from[i]);
		close(to[i]);
	}
	close(door);
	peers_free(p);
}

static void
test_credits(void **state)
{
	static struct gateway_captures c;
	uint8_t id[ID_BYTES] = { 4 }, other[ID_BYTES] = { 5 };

	(void)state;
	memset(&c, 0, sizeof c);
	assert_false(gateway_capture_take(&c, id, 7));
	assert_true(gateway_capture_open(&c, id, 7, 2));
	assert_false(gateway_capture_take(&c, id, 8));		/* another terminal's frame */
	assert_false(gateway_capture_take(&c, other, 7));
	assert_true(gateway_capture_take(&c, id, 7));
	assert_true(gateway_capture_take(&c, id, 7));
	assert_false(gateway_capture_take(&c, id, 7));		/* used up */
	gateway_capture_credit(&c, id, 1);
	assert_true(gateway_capture_take(&c, id, 7));
	gateway_capture_credit(&c, id, UINT32_MAX);		/* bounded */
	for (unsigned n = 0; n < GATEWAY_CREDITS_MAX; n++)
		assert_true(gateway_capture_take(&c, id, 7));
	assert_false(gateway_capture_take(&c, id, 7));
	gateway_capture_close(&c, id);
	gateway_capture_credit(&c, id, 1);
	assert_false(gateway_capture_take(&c, id, 7));
}

static void
test_answers(void **state)
{
	struct answers *a = answers_new();
	uint8_t key[DIGEST_BYTES], other[DIGEST_BYTES];
	size_t n = 0;

	(void)state;
	answers_key(7, (const uint8_t *)"request", 7, key);
	answers_key(8, (const uint8_t *)"request", 7, other);	/* the same bytes of another terminal */
	assert_null(answers_get(a, key, &n));
	answers_put(a, key, (const uint8_t *)"answer", 6);
	assert_memory_equal(answers_get(a, key, &n), "answer", 6);
	assert_int_equal(n, 6);
	assert_null(answers_get(a, other, &n));
	for (uint8_t i = 0; i < 64; i++) {			/* pushed out by newer ones */
		answers_key(9, &i, 1, other);
		answers_put(a, other, &i, 1);
	}
	assert_null(answers_get(a, key, &n));
	assert_non_null(answers_get(a, other, &n));
	answers_free(a);
}

static void
test_flood(void **state)
{
	static struct flood f;
	struct flood narrow = { .window_ms = 10, .events = 2 };
	uint32_t hidden = 0;

	(void)state;
	memset(&f, 0, sizeof f);
	for (unsigned i = 0; i < FLOOD_EVENTS; i++)
		assert_true(flood_allow(&f, 1, 1000, &hidden));
	assert_false(flood_allow(&f, 1, 1001, &hidden));
	assert_true(flood_allow(&f, 2, 1001, &hidden));		/* another key is not held up */
	assert_int_equal(hidden, 0);
	assert_true(flood_allow(&f, 1, 1000 + FLOOD_WINDOW_MS, &hidden));
	assert_int_equal(hidden, 1);
	for (uint64_t key = 100; key < 100 + 2 * FLOOD_KEYS; key++)	/* more keys than places */
		assert_true(flood_allow(&f, key, 200000, &hidden));
	assert_true(flood_allow(&narrow, 1, 100, &hidden));
	assert_true(flood_allow(&narrow, 1, 101, &hidden));
	assert_false(flood_allow(&narrow, 1, 109, &hidden));
	assert_true(flood_allow(&narrow, 1, 110, &hidden));
}

/* What was held back is told when its window is over, or when its key is pushed out. */
static void
test_flood_rest(void **state)
{
	static struct flood f;
	uint32_t hidden = 0;
	uint64_t key = 0;

	(void)state;
	f = (struct flood){ .window_ms = 10, .events = 2 };
	for (int i = 0; i < 7; i++)
		assert_int_equal(flood_allow(&f, 5, 100, &hidden), i < 2);
	assert_false(flood_rest(&f, 109, &key, &hidden));
	assert_true(flood_rest(&f, 110, &key, &hidden));
	assert_int_equal(key, 5);
	assert_int_equal(hidden, 5);
	assert_false(flood_rest(&f, 110, &key, &hidden));
	for (int i = 0; i < 3; i++)
		(void)!flood_allow(&f, 6, 200, &hidden);
	for (uint64_t other = 100; other < 100 + FLOOD_KEYS; other++)
		assert_true(flood_allow(&f, other, 201, &hidden));
	assert_true(flood_rest(&f, 201, &key, &hidden));
	assert_int_equal(key, 6);
	assert_int_equal(hidden, 1);
	assert_false(flood_rest(&f, 201, &key, &hidden));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_peers_cut),
		cmocka_unit_test(test_credits),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_flood_rest),
	};

	return crypto_init() != RC_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
