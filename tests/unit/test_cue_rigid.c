/*
 * test_cue_rigid.c - a sheet takes its background along, a person does not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_rigid.h"
#include "tests/splitmix.h"
#include "tests/unit/cue_head.h"

/* What moves, as amplitudes of two waves, in pixels; the face moves with the background and by itself. */
struct scene {
	const char *what;
	float back, own;
	float zoom;	/* of the background and the face, amplitude */
	float texture;	/* contrast of the background, grey levels */
	float flicker;	/* of the light, part */
	bool  told;	/* it can be measured ... */
	float from, to;	/* ... and lies between */
	float turn;	/* of the whole in its plane round the middle, amplitude, radians */
};

static const struct scene scenes[] = {
	{ "a sheet", 5, 0, 0, 25, 0, true, -3, -.7f, 0 },
	{ "a sheet that comes and goes", 4, 0, .02f, 25, 0, true, -3, -.6f, 0 },
	{ "a sheet under a flickering lamp", 5, 0, 0, 25, .04f, true, -3, -.7f, 0 },
	{ "a sheet with a faint background", 5, 0, 0, 8, 0, true, -3, -.3f, 0 },
	{ "a person before a camera held by hand", 5, 5, 0, 25, 0, true, .5f, 1, 0 },
	{ "a calm person before a camera held by hand", 5, 2.6f, 0, 25, 0, true, .2f, 1, 0 },
	{ "a person in a room", 0, 5, 0, 25, 0, false, 0, 0, 0 },
	{ "a person in a room with flickering light", 0, 5, 0, 25, .04f, false, 0, 0, 0 },
	{ "nobody moves", 0, 0, 0, 25, 0, false, 0, 0, 0 },
	{ "a sheet that is tilted to and fro", 4, 0, 0, 25, 0, true, -3, -.7f, .05f },
	{ "a sheet that moves far between two looks", 18, 0, 0, 25, 0, true, -3, -.7f, .02f },
	{ "a person, and the camera is tilted", 4, 5, 0, 25, 0, true, .5f, 1, .05f },
	{ "a sheet with a blank background", 5, 0, 0, 0, 0, false, 0, 0, 0 },
};

static float
pattern(float x, float y)
{
	return sinf(x * .031f + 1) * cosf(y * .043f) + .6f * sinf(x * .083f + y * .05f) + .4f * cosf(x * .02f - y * .09f);
}

static void
frame(const struct scene *s, int i, uint64_t *random, struct vision_features *f)
{
	float t = (float)i / 15, zoom = 1 + s->zoom * sinf(1.1f * t);
	float bx = s->back * (sinf(2.1f * t) + .6f * sinf(5.3f * t + 1)), by = s->back * (cosf(1.7f * t) + .5f * sinf(4.1f * t));
	float ox = s->own * (cosf(2.9f * t) + .5f * sinf(4.7f * t)), oy = s->own * sinf(2.3f * t + 2);
	float light = 1 + s->flicker * sinf(9 * t);
	float turn = s->turn * sinf(1.3f * t), c = cosf(turn), n = sinf(turn);
	float at_x = c * -20 - n * -30, at_y = n * -20 + c * -30;
	struct cue_pose pose = { 0, 0, turn, 320 + zoom * at_x + bx + ox, 240 + zoom * at_y + by + oy, 70 * zoom };

	cue_head_frame(&pose, 1, 0, .004f, random, f);
	for (int y = 0; y < (int)VISION_SCENE_H; y++)
		for (int x = 0; x < (int)VISION_SCENE_W; x++) {
			float px = (float)x * 10 + 5, py = (float)y * 10 + 5;
			float ux = (px - 320 - bx) / zoom, uy = (py - 240 - by) / zoom;
			float v = 120 + s->texture * pattern(c * ux + n * uy, c * uy - n * ux);

			f->scene[y][x] = (uint8_t)lrintf(light * v + .3f * cue_head_normal(random));
		}
}

static void
test_scenes(void **state)
{
	static struct vision_features f;
	struct cue_rigid c;

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++)
		for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++) {
			const struct scene *s = &scenes[i];
			uint64_t random = seed;
			float value = 99;
			bool told;

			memset(&c, 0, sizeof c);
			for (int k = 0; k < 75; k++) {
				frame(s, k, &random, &f);
				cue_rigid_feed(&c, &f, 1000 + k * 67);
			}
			told = cue_rigid_value(&c, &value);
			if (told != s->told || (told && !(value >= s->from && value <= s->to)))
				fail_msg("%s, seed %u: %s %.2f", s->what, (unsigned)seed, told ? "told" : "not told", (double)value);
		}
}

/* Cuts, pauses, faces that fill the picture, points far away: nothing is said, nothing breaks. */
static void
test_odd(void **state)
{
	static struct vision_features f;
	struct cue_rigid c;
	uint64_t random = 1;
	float v;

	(void)state;
	memset(&c, 0, sizeof c);
	for (int k = 0; k < 75; k++) {
		frame(&scenes[0], k, &random, &f);
		if (k % 2 == 0)
			f.face[0] = (struct vision_box){ -100, -100, 900, 700, 1 };
		cue_rigid_feed(&c, &f, k * 300);
	}
	assert_int_equal(c.pairs, 0);
	for (int k = 0; k < 30; k++) {
		frame(&scenes[0], k, &random, &f);
		cue_rigid_feed(&c, &f, 100000 + k * 5000);	/* each a beginning */
		f.faces = 2;
		cue_rigid_feed(&c, &f, 100300 + k * 5000);
		f.faces = 1;
		f.landmark[36][0] = 3e38f;
		cue_rigid_feed(&c, &f, 100300 + k * 5000);
	}
	assert_int_equal(c.pairs, 0);
	for (int k = 0; k < 30; k++) {	/* noise in place of a scene */
		frame(&scenes[0], k, &random, &f);
		for (unsigned i = 0; i < VISION_SCENE_H * VISION_SCENE_W; i++)
			f.scene[i / VISION_SCENE_W][i % VISION_SCENE_W] = (uint8_t)splitmix64(&random);
		cue_rigid_feed(&c, &f, 900000 + k * 300);
	}
	assert_true(!cue_rigid_value(&c, &v) || isfinite(v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
