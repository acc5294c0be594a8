/*
 * test_bench_peer.c - the words between countersign-bench and a program that it
 * compares with, and the order of durations.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/bench/bench.h"
#include "tests/bench/bench_peer.h"

static const struct model_shape shape = { 1, 1, 3 };
static const float input[3] = { 0.5f, 1.5f, 2.5f };

/* A peer that is a script; it reads words from its stdin. */
static void
start(struct bench_peer *p, const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	assert_true(bench_peer_start(p, "peer", argv));
}

static void
peer_answers(void **state)
{
	struct bench_peer p;
	float out[2] = { 0 };

	(void)state;
	/* Two numbers, 1 and 2, if it was asked for this network with 12 bytes behind it; then their swap. */
	start(&p, "read line; [ \"$line\" = 'open 1 1 3 some path.onnx' ] || exit 1; [ $(head -c 12 | wc -c) = 12 ] || exit 1;"
	    "printf 'ok 2\\n\\0\\0\\200\\077\\0\\0\\0\\100'; read line; [ \"$line\" = 'run 2' ] || exit 1;"
	    "printf 'ok 2\\n\\0\\0\\0\\100\\0\\0\\200\\077'");
	assert_true(bench_peer_open(&p, "some path.onnx", shape, input, out, 2));
	assert_true(out[0] == 1.0f && out[1] == 2.0f);
	assert_true(bench_peer_run(&p, 2, out));
	assert_true(out[0] == 2.0f && out[1] == 1.0f);
	bench_peer_stop(&p);
	assert_int_equal(p.pid, 0);
}

static void
peer_that_refuses_stays(void **state)
{
	struct bench_peer p;
	float out[1];

	(void)state;
	start(&p, "read line; head -c 12 >/dev/null; echo error no such file; read line; printf 'ok 1\\n\\0\\0\\200\\077'");
	assert_false(bench_peer_open(&p, "x", shape, input, out, 1));
	assert_true(bench_peer_run(&p, 1, out));
	assert_true(out[0] == 1.0f);
	bench_peer_stop(&p);
}

static void
peer_that_ends_or_lies_is_left(void **state)
{
	static const char *const script[] = { "exit 0", "head -c 25 >/dev/null; printf 'ok 5\\n'", "exec no-such-program" };
	struct bench_peer p;
	float out[1];

	(void)state;
	for (size_t i = 0; i < sizeof script / sizeof script[0]; i++) {
		start(&p, script[i]);
		assert_false(bench_peer_open(&p, "x", shape, input, out, 1));
		assert_int_equal(p.pid, 0);
		assert_false(bench_peer_run(&p, 1, out));
		bench_peer_stop(&p);
	}
}

static void
durations_are_ordered(void **state)
{
	static struct bench_times t;

	(void)state;
	assert_true(bench_times_at(&t, 0) == 0.0f);
	for (int i = 100; i >= 0; i--)
		bench_times_add(&t, (float)i);
	assert_true(bench_times_at(&t, 0) == 0.0f);
	assert_true(bench_times_at(&t, .5) == 50.0f);
	assert_true(bench_times_at(&t, .99) == 99.0f);
	for (unsigned i = 0; i < BENCH_RUNS_MAX; i++)
		bench_times_add(&t, 1.0f);
	assert_true(t.n == BENCH_RUNS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peer_answers),
		cmocka_unit_test(peer_that_refuses_stays),
		cmocka_unit_test(peer_that_ends_or_lies_is_left),
		cmocka_unit_test(durations_are_ordered),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
