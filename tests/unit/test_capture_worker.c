/*
 * test_capture_worker.c - a vision worker that fails, is silent, or says anything.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture_sim.h"
#include "server/capture_ask.h"

/* The audit record and the person are told that it was none of their doing. */
static bool
tells(const struct sim *s, enum liveness_reason why)
{
	const char *name = liveness_reason_name(why);
	size_t n = strlen(name);

	return strncmp(s->out.detail, name, n) == 0 && s->out.detail[n] == ' ' && strstr(s->out.hint, "try again") != NULL;
}

static void
test_worker_down(void **state)
{
	static const struct {
		const char *what;
		int64_t from, to;
		enum rc with, want;
		bool counts;
	} t[] = {
		{ "a moment at the start",      0,    2500,  RC_VISION_DOWN, RC_OK,          false },
		{ "a moment in the middle",     2000, 4500,  RC_VISION_DOWN, RC_OK,          false },
		{ "replaced by newer frames",   1000, 3000,  RC_BUSY,        RC_OK,          false },
		{ "for good",                   0,    99999, RC_VISION_DOWN, RC_VISION_DOWN, false },
		{ "for good, later",            1500, 99999, RC_VISION_DOWN, RC_VISION_DOWN, false },
		{ "pictures nobody can decode", 0,    99999, RC_IMAGE_BAD,   RC_IMAGE_BAD,   false },
		{ "all replaced for ever",      0,    99999, RC_BUSY,        RC_NO_FACE,     false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (uint64_t seed = 1; seed <= 10; seed++) {
			struct sim s;

			sim_init(&s, seed, false);
			s.down_from = t[i].from;
			s.down_to = t[i].to;
			s.down_rc = t[i].with;
			if (sim_run(&s) != t[i].want || s.out.counts != t[i].counts ||
			    ((t[i].want == RC_VISION_DOWN || t[i].want == RC_IMAGE_BAD) && !tells(&s, LIVENESS_NETWORK)))
				fail_msg("%s, seed %d: %s %s", t[i].what, (int)seed, rc_name(s.out.verdict), s.out.detail);
		}
}

/* Whatever a worker says of its pictures, in whatever code: the capture ends, blames nobody, and the server lives. */
static void
test_worker_says_anything(void **state)
{
	static const enum rc all[] = {
#define X(name, num, text) name,
		RC_LIST(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct sim s;

		sim_init(&s, 1, false);
		s.down_to = 99999;
		s.down_rc = all[i];
		sim_run(&s);
		assert_true(s.out.verdict == RC_IMAGE_BAD || s.out.verdict == RC_VISION_DOWN || s.out.verdict == RC_NO_FACE);
		assert_false(s.out.counts);
	}
}

/* The pool keeps silent: frames are given up after frame_ms, the capture ends without blame. */
static void
test_no_answers(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s, 1, false);
	s.delay_ms = 1000000;
	s.o.frame_ms = 2000;
	s.now = START;
	s.c = capture_new(&s.o, &s.rng.rng, s.now);
	for (uint32_t seq = 1; !s.out.done; seq++) {
		struct vision_request ask;
		uint32_t spare;
		enum rc r = capture_offer(s.c, &(struct capture_frame){ .seq = seq }, s.now, &ask, &spare);

		assert_true(r == RC_OK || r == RC_BUSY);
		s.now += 100;
		capture_tick(s.c, s.now, &s.out);
		assert_true(s.now <= START + 30000);
	}
	assert_int_equal(s.out.verdict, RC_VISION_DOWN);
	assert_true(tells(&s, LIVENESS_NETWORK));
	assert_false(s.out.counts);
	capture_free(s.c);
}

/* What became of an answer that was lost nobody knows: its frame counts among those whose texture was looked at. */
static void
test_lost_textures(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.thin = true;
		s.still = true;		/* goes on until time is up */
		assert_int_not_equal(sim_run(&s), RC_OK);
		assert_true(s.probes > CAPTURE_TEXTURES_MOST);
		assert_int_equal(s.textures_run, CAPTURE_TEXTURES_MOST);
	}
}

/* However many of them are refused, and even if all but a few of the embeddings came before: no end without texture. */
static void
test_no_end_without_texture(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.thin = true;
		s.thin_rc = RC_BUSY;
		s.thin_most = 30;
		s.o.liveness.timeout_ms = 60000;
		assert_int_equal(sim_run(&s), RC_OK);
		assert_true(s.textures + CAPTURE_CREDITS > CAPTURE_TEXTURES_LEAST);	/* those in flight were asked for */
	}
}

/* A frame that was replaced by a newer one, or is no picture, never came to it: another one is looked at. */
static void
test_spared_textures(void **state)
{
	static const enum rc why[] = { RC_BUSY, RC_IMAGE_BAD };

	(void)state;
	for (size_t i = 0; i < sizeof why / sizeof why[0]; i++)
		for (uint64_t seed = 1; seed <= 20; seed++) {
			struct sim s;

			sim_init(&s, seed, false);
			s.thin = true;
			s.thin_rc = why[i];
			s.thin_most = 7;
			assert_int_equal(sim_run(&s), RC_OK);
			assert_true(s.textures >= CAPTURE_PROBES - 1);	/* the last embedding may end it all */
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worker_down),
		cmocka_unit_test(test_worker_says_anything),
		cmocka_unit_test(test_no_answers),
		cmocka_unit_test(test_lost_textures),
		cmocka_unit_test(test_no_end_without_texture),
		cmocka_unit_test(test_spared_textures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
