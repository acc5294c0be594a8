/*
 * test_capture_look.c - where the face is: searched for, followed, one alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture_sim.h"
#include "server/capture_track.h"

/* A second face is seen although the first one is only followed. */
static void
test_second_face(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim s;

		sim_init(&s, seed, false);
		s.crowd_ms = 300 + (int64_t)seed * 50;
		assert_int_equal(sim_run(&s), RC_SEVERAL_FACES);
	}
}

/* Where it was is told of a face alone: not at the start, after a jump or a loss, beside another one, or too long ago. */
static void
test_follow(void **state)
{
	static const struct {
		const char *what;
		float x;		/* of the second frame's face */
		uint32_t faces, tracked;
		int64_t late;		/* the third frame comes so much after the second one */
		bool told;
	} t[] = {
		{ "alone",           245, 1, 1, 66,  true },
		{ "searched again",  245, 1, 0, 66,  true },
		{ "gone",            0,   0, 0, 66,  false },
		{ "two of them",     245, 2, 0, 66,  false },
		{ "jumped",          20,  1, 0, 66,  false },
		{ "late",            245, 1, 1, 400, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct vision_features f = { .width = 640, .height = 480, .faces = 1, .face = { { 240, 140, 165, 165, 1 } } };
		struct vision_request ask;
		uint32_t spare;
		struct sim s;

		sim_init(&s, 3, false);
		s.c = capture_new(&s.o, &s.rng.rng, START);
		assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 1 }, START, &ask, &spare), RC_OK);
		assert_true(ask.track.w <= 0);
		capture_features(s.c, 1, &fake_hello, &f, START + 20, &s.out);
		assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 2 }, START + 66, &ask, &spare), RC_OK);
		assert_memory_equal(&ask.track, &f.face[0], sizeof ask.track);
		f.faces = t[i].faces;
		f.tracked = t[i].tracked;
		f.face[0].x = t[i].x;
		f.face[1] = (struct vision_box){ 10, 10, 80, 80, 1 };
		capture_features(s.c, 2, &fake_hello, &f, START + 86, &s.out);
		assert_int_equal(capture_offer(s.c, &(struct capture_frame){ .seq = 3 }, START + 66 + t[i].late, &ask, &spare), RC_OK);
		if ((ask.track.w > 0) != t[i].told)
			fail_msg("%s", t[i].what);
		if (t[i].told)
			assert_memory_equal(&ask.track, &f.face[0], sizeof ask.track);
		capture_free(s.c);
	}
}

static void
test_track(void **state)
{
	static const struct {
		const char *what;
		struct vision_box box;
		uint32_t width;
		int64_t after_ms;
		enum capture_track_result want;
	} t[] = {
		{ "holds still",     { 200, 100, 100, 100, 1 }, 640, 66,   CAPTURE_TRACK_SAME },
		{ "moves a little",  { 240, 110, 100, 100, 1 }, 640, 66,   CAPTURE_TRACK_SAME },
		{ "elsewhere",       { 400, 100, 100, 100, 1 }, 640, 66,   CAPTURE_TRACK_JUMP },
		{ "all at once big", { 150,  50, 200, 200, 1 }, 640, 66,   CAPTURE_TRACK_JUMP },
		{ "another camera",  { 200, 100, 100, 100, 1 }, 320, 66,   CAPTURE_TRACK_JUMP },
		{ "a frame is lost", { 200, 100, 100, 100, 1 }, 640, 200,  CAPTURE_TRACK_SAME },
		{ "unseen a while",  { 200, 100, 100, 100, 1 }, 640, 300,  CAPTURE_TRACK_NEW },
		{ "after a gap",     { 400, 100, 100, 100, 1 }, 640, 2000, CAPTURE_TRACK_NEW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct capture_track k = { 0 };
		struct vision_features f = { .width = 640, .height = 480, .faces = 1, .face = { { 200, 100, 100, 100, 1 } } };

		assert_int_equal(capture_track_feed(&k, &f, 1000), CAPTURE_TRACK_NEW);
		f.face[0] = t[i].box;
		f.width = t[i].width;
		if (capture_track_feed(&k, &f, 1000 + t[i].after_ms) != t[i].want)
			fail_msg("%s", t[i].what);
		f.faces = 0;
		assert_int_equal(capture_track_feed(&k, &f, 5000), CAPTURE_TRACK_NONE);
		f.faces = 1;
		assert_int_equal(capture_track_feed(&k, &f, 5010), CAPTURE_TRACK_NEW);	/* whoever it is */
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_second_face),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_track),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
