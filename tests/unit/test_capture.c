/*
 * test_capture.c - whole captures that go as they should, and what they cost.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capture_sim.h"

static void
test_honest(void **state)
{
	static const int fps[] = { 10, 15, 30 };
	int passed = 0, all = 0, slowest = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++)
		for (int enrol = 0; enrol < 2; enrol++) {
			struct sim s;

			sim_init(&s, seed, enrol);
			s.fps = fps[seed % 3];
			s.delay_ms = 40 + (int64_t)(seed % 4) * 40;
			all++;
			if (sim_run(&s) == RC_OK)
				passed++;
			else
				print_message("seed %d: %s\n", (int)seed, s.out.detail);
			assert_false(s.out.verdict == RC_OK && s.out.counts);
			slowest = (int)(s.now - START) > slowest ? (int)(s.now - START) : slowest;
		}
	print_message("honest: %d of %d, the slowest in %d ms\n", passed, all, slowest);
	assert_true(passed * 100 >= all * 99);
	assert_true(slowest <= 15000);
}

/* What a capture costs: few embeddings, about three searches a second, and more often when it is not sure. */
static void
test_cost(void **state)
{
	uint32_t probes = 0, frames = 0, searches = 0, most = 0;
	int64_t ms = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.delay_ms = 30;
		assert_int_equal(sim_run(&s), RC_OK);
		assert_true(s.probes >= CAPTURE_PROBES && s.probes <= 16);
		assert_true(s.most_followed <= 9);	/* 600 ms: nobody comes and goes unseen for longer */
		most = s.probes > most ? s.probes : most;
		probes += s.probes;
		frames += s.seq;
		searches += s.searches;
		ms += s.now - START;
	}
	print_message("a capture: %.1f s, %.1f frames, %.1f embeddings (at most %u), %.2f searches a second\n", (double)ms / 200e3,
	    frames / 200.0, probes / 200.0, most, searches * 1e3 / (double)ms);
	assert_true(probes <= 9 * 200);
	assert_true(searches * 1000 <= 4 * ms);
	assert_true(searches * 1000 >= 2 * ms);
}

static void
test_enrol_then_verify(void **state)
{
	struct match_template t;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sim e, v;

		sim_init(&e, seed, true);
		assert_int_equal(sim_play(&e), RC_OK);
		assert_int_equal(capture_template(e.c, &t), RC_OK);
		assert_true(t.frames >= CAPTURE_PROBES);
		assert_string_equal(t.by.embedder, fake_hello.embedder);
		capture_free(e.c);

		sim_init(&v, seed + 500, false);
		v.o.enrolled = t;
		assert_int_equal(sim_play(&v), RC_OK);
		assert_int_equal(capture_template(v.c, &t), RC_EARLY);
		capture_free(v.c);

		sim_init(&v, seed + 700, false);
		v.o.enrolled = t;
		v.one.who = 3;	/* somebody else, alive */
		assert_int_equal(sim_run(&v), RC_FACE_OTHER);
		assert_true(v.out.counts);
		assert_string_equal(v.out.hint, "the face could not be confirmed");
	}
}

static void
test_overtaking(void **state)
{
	uint32_t overtakings = 0;
	int passed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.fps = 30;
		s.jitter_ms = 150;
		passed += sim_run(&s) == RC_OK;
		overtakings += s.overtakings;
	}
	assert_true(overtakings > 1000);
	assert_true(passed >= 98);
}

/* Lost frames take their credits with them; the capture comes through all the same. */
static void
test_lost_frames(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.lose = 6;
		s.o.liveness.timeout_ms = 60000;
		s.o.liveness.challenge_ms = 30000;
		if (sim_run(&s) != RC_OK)
			fail_msg("seed %d: %s", (int)seed, s.out.detail);
	}
}

/* A terminal that may shine shows all colours, and the verdict waits for them. */
static void
test_light(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.o.light = seed % 2 == 0;
		assert_int_equal(sim_run(&s), RC_OK);
		if (!s.o.light)
			assert_int_equal(s.shines, 0);
		else
			assert_in_range(s.shines, LIGHT_COLOURS_LEAST, LIGHT_COLOURS_MOST);
		assert_int_equal(s.light, 0);
	}
}

/* The number behind a name in the audit record; NAN for "-". */
static double
detail_number(const struct sim *s, const char *name)
{
	const char *at = strstr(s->out.detail, name);

	assert_non_null(at);
	at += strlen(name);
	return strncmp(at, "- ", 2) == 0 ? (double)NAN : strtod(at, NULL);
}

/* The audit record has a cosine only where the mean of the frames was compared with a template. */
static void
test_detail(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		char least[32];
		struct sim s;

		sim_init(&s, seed, false);
		if (sim_run(&s) == RC_OK) {
			assert_true(detail_number(&s, " cosine=") >= (double)s.o.match.cosine);
			assert_true(detail_number(&s, " low=") >= (double)s.o.match.cosine_frame);
			assert_true(detail_number(&s, " score=") >= 0);
			snprintf(least, sizeof least, "/%.3f score=", (double)s.o.match.cosine);	/* what was asked stands behind what was measured */
			assert_non_null(strstr(s.out.detail, least));
			assert_non_null(strstr(s.out.detail, "/0.0 frames="));
			assert_non_null(strstr(s.out.detail, " light=off"));
		}
		sim_init(&s, seed, false);
		s.o.light = true;	/* and nothing of it comes back from the skin */
		if (sim_run(&s) == RC_OK)
			assert_non_null(strstr(s.out.detail, " light=not-measurable"));
		sim_init(&s, seed, false);
		s.swap_ms = 1;		/* a stranger from the first frame on: no frame agrees */
		assert_int_equal(sim_run(&s), RC_FACE_OTHER);
		assert_true(isnan(detail_number(&s, " cosine=")));
		assert_true(isnan(detail_number(&s, " score=")));
		assert_true(detail_number(&s, " low=") < (double)s.o.match.cosine_frame);
		sim_init(&s, seed, false);
		s.still = true;		/* the right face, which does nothing */
		assert_int_equal(sim_run(&s), RC_NOT_LIVE);
		assert_true(detail_number(&s, " cosine=") >= (double)s.o.match.cosine);
		assert_true(detail_number(&s, " cosine=") < .9999);
		sim_init(&s, seed, true);
		if (sim_run(&s) == RC_OK) {
			assert_true(isnan(detail_number(&s, " cosine=")));
			assert_true(isnan(detail_number(&s, " score=")));
			assert_true(detail_number(&s, " low=") >= 0);
		}
	}
}

static void
test_offers(void **state)
{
	struct sim s;
	struct vision_features f;
	struct vision_request ask;
	uint32_t spare;

	(void)state;
	sim_init(&s, 3, false);
	s.c = capture_new(&s.o, &s.rng.rng, START);
	capture_state(s.c, &s.out);
	assert_int_equal(s.out.ask, LIVENESS_ASK_LOOK);
	assert_false(s.out.done);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 7 }, START, &ask, &spare), RC_OK);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 7 }, START, &ask, &spare), RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 6 }, START, &ask, &spare), RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 8, .camera_us = -1 }, START, &ask, &spare), RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 8, .camera_us = INT64_MAX }, START, &ask, &spare),
	    RC_INVALID);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 8 }, START, &ask, &spare), RC_OK);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 9 }, START, &ask, &spare), RC_OK);
	assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 10 }, START, &ask, &spare), RC_BUSY);
	fake_person_frame(&s.one, START, ask.want, &f);
	capture_features(s.c, 99, &fake_hello, &f, START + 10, &s.out);	/* nobody asked for 99 */
	assert_int_equal(s.out.credits, 0);
	capture_features(s.c, 8, &fake_hello, &f, START + 10, &s.out);	/* overtook 7: waits */
	assert_int_equal(s.out.credits, 0);
	capture_features(s.c, 7, &fake_hello, &f, START + 20, &s.out);
	assert_int_equal(s.out.credits, 2);
	assert_int_equal(s.out.credit_seq, 10);
	assert_true(s.out.w > 200 && s.out.w < 300);	/* 165 of 640 pixels, in thousandths */
	capture_features(s.c, 7, &fake_hello, &f, START + 30, &s.out);	/* twice: ignored */
	assert_int_equal(s.out.credits, 0);
	capture_free(s.c);
}

static void
test_options(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s, 1, false);
	memset(&s.o.enrolled, 0, sizeof s.o.enrolled);
	assert_null(capture_new(&s.o, &s.rng.rng, 0));	/* nothing to compare with */
	sim_init(&s, 1, false);
	s.o.match.cosine = 0;
	assert_null(capture_new(&s.o, &s.rng.rng, 0));
	s.o.match.cosine = .5f;
	s.o.match.cosine_frame = .6f;
	assert_null(capture_new(&s.o, &s.rng.rng, 0));
	sim_init(&s, 1, true);
	s.o.liveness.challenges = 0;
	assert_null(capture_new(&s.o, &s.rng.rng, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honest),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_enrol_then_verify),
		cmocka_unit_test(test_overtaking),
		cmocka_unit_test(test_lost_frames),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
