/*
 * test_cue_still.c - a face that never moves by itself, however it is moved and
 * however noisy it is seen, and faces that do.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_still.h"
#include "tests/unit/cue_head.h"

/* Points waver by this part of the eyes' distance, as networks do on a noisy picture. */
#define NOISE .003f

/* What moves, as amplitudes. */
struct face {
	const char *what;
	float noise;	/* of the points, distances of the eyes */
	float shift;	/* of the whole, pixels */
	float turn;	/* in its plane, radians */
	float askew;	/* out of it, radians; a flat face */
	float zoom;
	float look;	/* lids and brows by themselves, distances of the eyes */
	bool  alive;
};

static const struct face faces[] = {
	{ "one picture", 0, 0, 0, 0, 0, 0, false },
	{ "one picture with noise", NOISE, 0, 0, 0, 0, 0, false },
	{ "one picture with strong noise", 3 * NOISE, 0, 0, 0, 0, 0, false },
	{ "a sheet moved, turned and held a little askew", NOISE, 30, .1f, .05f, .05f, 0, false },
	{ "a calm person", NOISE, 0, 0, 0, 0, .006f, true },
	{ "a person who sways", NOISE, 30, .1f, 0, .05f, .006f, true },
	{ "a person in the dark", 3 * NOISE, 0, 0, 0, 0, .012f, true },
};

static void
frame(const struct face *s, int i, uint64_t *random, struct vision_features *f)
{
	float t = (float)i / 15, look = s->look * (sinf(1.9f * t) + .5f * sinf(4.3f * t + 1));
	struct cue_pose pose = { s->askew * sinf(1.1f * t), s->askew * cosf(.9f * t), s->turn * sinf(.7f * t),
		320 + s->shift * sinf(1.3f * t), 240 + s->shift * cosf(1.7f * t), 70 * (1 + s->zoom * sinf(.8f * t)) };

	cue_head_frame(&pose, s->askew > 0 ? 0 : 1, 0, s->noise, random, f);
	for (unsigned k = 37; k < 47; k++)	/* upper and lower lids, against each other */
		if ((k - 36) % 6 % 3 != 0)
			f->landmark[k][1] += ((k - 36) % 6 < 3 ? 1.0f : -1.0f) * look * 2 * pose.size;
}

static void
test_faces(void **state)
{
	static struct vision_features f;

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++)
		for (size_t i = 0; i < sizeof faces / sizeof faces[0]; i++) {
			struct cue_still c = { 0 };
			uint64_t random = seed;
			float value = 99;

			for (int k = 0; k < 90; k++) {
				frame(&faces[i], k, &random, &f);
				cue_still_feed(&c, &f, 1000 + k * 67);
			}
			if (!cue_still_value(&c, &value) || (value > 0) != faces[i].alive || (!faces[i].alive && value > -2))
				fail_msg("%s, seed %u: %.2f", faces[i].what, (unsigned)seed, (double)value);
		}
}

static void
test_too_short(void **state)
{
	static struct vision_features f;
	struct cue_still c = { 0 };
	uint64_t random = 1;
	float value;

	(void)state;
	for (int k = 0; k < 60; k++) {		/* 4 s */
		frame(&faces[1], k, &random, &f);
		cue_still_feed(&c, &f, k * 67);
		assert_false(cue_still_value(&c, &value));
	}
	memset(&c, 0, sizeof c);
	for (int k = 0; k < 10; k++) {		/* ten pictures in 9 s */
		frame(&faces[1], k, &random, &f);
		cue_still_feed(&c, &f, k * 1000);
	}
	assert_false(cue_still_value(&c, &value));
}

/* Several faces, none, points that are nowhere: passed over. */
static void
test_odd(void **state)
{
	static struct vision_features f;
	struct cue_still c = { 0 };
	uint64_t random = 1;
	float value;

	(void)state;
	for (int k = 0; k < 200; k++) {
		frame(&faces[1], k, &random, &f);
		f.faces = k % 4 == 0 ? 2 : k % 4 == 1 ? 0 : 1;
		if (k % 4 == 2)
			f.landmark[38][0] = 3e38f;
		if (k % 8 == 3)
			memset(f.landmark, 0, sizeof f.landmark), memset(f.second, 0, sizeof f.second);
		cue_still_feed(&c, &f, k * 67);
	}
	assert_int_equal(c.n, 25);
	assert_false(cue_still_value(&c, &value));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faces),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
