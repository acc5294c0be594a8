/*
 * test_capture_face.c - whose face it is: strangers, stand-ins and photographs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture_sim.h"

/* Whenever the second person steps in, somewhere the embeddings show it. */
static void
test_swap(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++)
		for (int enrol = 0; enrol < 2; enrol++)
			for (int cut = 0; cut < 2; cut++) {
				struct sim s;

				sim_init(&s, seed, enrol);
				s.swap_ms = 300 + (int64_t)seed * 60;
				s.swap_cut = cut;
				sim_run(&s);
				if (s.out.verdict != (enrol ? RC_NOT_LIVE : RC_FACE_OTHER) &&
				    !(s.out.verdict == RC_OK && enrol && seed < 5))
					fail_msg("swap at %d, enrol %d: %s", (int)s.swap_ms, enrol, s.out.detail);
				if (s.out.verdict != RC_OK)
					assert_true(s.out.counts);
			}
}

static void
test_photograph(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct sim s;

		sim_init(&s, seed, seed % 2);
		s.still = true;
		assert_int_equal(sim_run(&s), RC_NOT_LIVE);
		assert_true(s.out.counts);
		assert_true(strncmp(s.out.detail, "no_", 3) == 0);	/* blink, closure, turn, nod, mouth */
	}
}

/* A challenge answered by somebody who then hands over: the probes during it are drawn, not every run catches it. */
static void
test_stand_in(void **state)
{
	int caught = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.swap_answers = true;
		caught += sim_run(&s) != RC_OK;
	}
	print_message("a stand-in for the answers only: caught in %d of 60\n", caught);
	assert_true(caught >= 25);
}

/* A pool that is always busy delays embeddings; it lets nobody off. */
static void
test_busy_pool(void **state)
{
	int caught = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct sim s;

		sim_init(&s, seed, seed % 2 == 0);
		s.busy = true;
		assert_int_equal(sim_run(&s), RC_OK);
		assert_true(s.probes >= CAPTURE_PROBES);
		sim_init(&s, seed, false);
		s.busy = true;
		s.swap_answers = true;
		caught += sim_run(&s) != RC_OK;
	}
	print_message("a stand-in for the answers only, busy pool: caught in %d of 60\n", caught);
	assert_true(caught >= 20);
}

static void
test_other_embedder(void **state)
{
	struct sim s;

	(void)state;
	sim_init(&s, 2, false);
	s.hello.embedder_version++;
	assert_int_equal(sim_run(&s), RC_EMBEDDER_OTHER);
	assert_false(s.out.counts);
}

/* The stand-in comes and goes behind frames without a face, as short a while as an answer takes. */
static void
test_stand_in_behind_a_blank(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++)
		for (int enrol = 0; enrol < 2; enrol++) {
			struct sim s;

			sim_init(&s, seed, enrol);
			s.fps = seed % 3 == 0 ? 30 : 15;
			s.swap_answers = true;
			s.blank = 1 + (uint32_t)seed % 5;
			if (sim_run(&s) == RC_OK)
				fail_msg("seed %d, enrol %d: %s", (int)seed, enrol, s.out.detail);
		}
}

/* A finder that loses a face now and then refuses nobody. */
static void
test_lost_faces(void **state)
{
	int passed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct sim s;

		sim_init(&s, seed, seed % 2 == 0);
		s.unseen = 20;
		passed += sim_run(&s) == RC_OK;
	}
	print_message("a face lost in 1 frame of 20: %d of 200 pass\n", passed);
	assert_true(passed >= 196);
}

/* One look at somebody quite different, once something was asked, is not forgiven; a poor one of the same face is. */
static void
test_never_forgiven(void **state)
{
	static const struct { float cosine; bool forgiven; } t[] = { { .20f, false }, { .30f, true } };

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		for (uint64_t seed = 1; seed <= 20; seed++) {
			struct sim s;

			sim_init(&s, seed, false);
			s.odd = t[i].cosine;
			sim_run(&s);
			if ((s.out.verdict == RC_OK) != t[i].forgiven)
				fail_msg("%.2f, seed %d: %s", (double)t[i].cosine, (int)seed, s.out.detail);
		}
}

/* A stranger who is no living person hears only what that person would: nothing of the face. */
static void
test_the_matcher_is_silent(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim right, other;

		sim_init(&right, seed, false);
		right.still = true;
		sim_run(&right);
		sim_init(&other, seed, false);
		other.still = true;
		other.swap_ms = 1;
		sim_run(&other);
		assert_int_equal(right.out.verdict, RC_NOT_LIVE);
		assert_int_equal(other.out.verdict, RC_NOT_LIVE);
		assert_true(strncmp(right.out.hint, "no ", 3) == 0 || strncmp(right.out.hint, "an open mouth", 13) == 0 ||
		    strncmp(right.out.hint, "closed eyes", 11) == 0);
		assert_true(other.out.counts && right.out.counts);
		assert_true(labs((long)(other.now - right.now)) <= 1500);	/* no sooner, no later */
		assert_true(strncmp(other.out.detail, "face_other ", 11) == 0);	/* the auditor knows */
		assert_non_null(strstr(other.out.detail, " told=no_"));
		assert_null(strstr(right.out.detail, " told="));
	}
}

/* At least one embedding is asked for between an ask and its answer, also of a slow camera. */
static void
test_inside_each_challenge(void **state)
{
	static const int fps[] = { 10, 15, 30 };
	uint32_t inside = 0, all = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 90; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.fps = fps[seed % 3];
		s.react_ms = 300 + 100 * (int64_t)(seed % 5);
		assert_int_equal(sim_run(&s), RC_OK);
		inside += s.inside;
		all += s.o.liveness.challenges;
	}
	print_message("an embedding inside %u of %u challenges\n", inside, all);
	assert_int_equal(inside, all);
}

/* The same person doing the same at the same times: which frames are looked at is the server's draw alone. */
static void
test_picks_are_drawn(void **state)
{
	uint64_t always = UINT64_MAX, ever = 0, first = 0;
	uint32_t same = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim s;

		sim_init(&s, 5, false);
		s.o.liveness.kinds = LIVENESS_NOD;
		fake_rng_init(&s.rng, seed);
		assert_int_equal(sim_run(&s), RC_OK);
		first = seed == 1 ? s.picked : first;
		same += s.picked == first;
		always &= s.picked;
		ever |= s.picked;
	}
	assert_int_equal(same, 1);
	assert_int_equal(always, 0);
	print_message("of the first 63 frames %d were looked at in one of 40 captures\n", __builtin_popcountll(ever));
	assert_true(__builtin_popcountll(ever) >= 36);	/* all over the capture */
}

/* One picture is kept: a whole one of who was there; of two, of the one whose face it should not have been. */
static void
test_the_picture_tells(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++)
		for (int swap = 0; swap < 2; swap++) {
			struct sim s;
			const uint8_t *picture;

			sim_init(&s, seed, false);
			s.swap_ms = swap ? 2500 : 0;
			assert_int_equal(sim_play(&s), swap ? RC_FACE_OTHER : RC_OK);
			picture = capture_picture(s.c);
			assert_non_null(picture);
			for (size_t i = 0; i < EVIDENCE_BYTES; i++)
				assert_int_equal(picture[i], 100 + (int)(swap ? s.two.who : s.one.who));
			capture_free(s.c);
		}
}

/* One frame of a capture in the hands of a worker that sends a picture or none, asked or not; true: it was asked. */
static bool
frame_answered(struct sim *s, uint32_t seq, bool has_picture, uint8_t grey)
{
	const struct capture_frame frame = { .seq = seq, .camera_us = seq * 70000 };
	int64_t now = START + seq * 70;
	struct vision_request ask;
	struct vision_features f;
	uint32_t spare;

	assert_int_equal(capture_offer(s->c, &frame, now, &ask, &spare), RC_OK);
	assert_int_equal(spare & VISION_WANT_PICTURE, 0);
	fake_person_frame(&s->one, now, ask.want | VISION_WANT_EMBEDDING, &f);
	f.has_picture = has_picture;
	memset(f.picture, grey, sizeof f.picture);
	capture_features(s->c, seq, &s->hello, &f, now, &s->out);
	return (ask.want & VISION_WANT_PICTURE) != 0;
}

/* Asked for until one came; one that nobody asked for is not taken. */
static void
test_pictures_are_asked_for(void **state)
{
	int unasked = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.c = capture_new(&s.o, &s.rng.rng, START);
		assert_non_null(s.c);
		assert_true(frame_answered(&s, 1, false, 7));
		assert_null(capture_picture(s.c));
		assert_true(frame_answered(&s, 2, true, 1));
		assert_int_equal(capture_picture(s.c)[0], 1);
		for (uint32_t seq = 3; seq < 6; seq++)
			if (!frame_answered(&s, seq, true, 99)) {
				assert_int_not_equal(capture_picture(s.c)[0], 99);
				unasked++;
			} else {
				break;
			}
		capture_free(s.c);
	}
	assert_true(unasked > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_photograph),
		cmocka_unit_test(test_stand_in),
		cmocka_unit_test(test_stand_in_behind_a_blank),
		cmocka_unit_test(test_lost_faces),
		cmocka_unit_test(test_never_forgiven),
		cmocka_unit_test(test_the_matcher_is_silent),
		cmocka_unit_test(test_inside_each_challenge),
		cmocka_unit_test(test_picks_are_drawn),
		cmocka_unit_test(test_busy_pool),
		cmocka_unit_test(test_other_embedder),
		cmocka_unit_test(test_the_picture_tells),
		cmocka_unit_test(test_pictures_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
