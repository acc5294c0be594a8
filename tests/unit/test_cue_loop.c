/*
 * test_cue_loop.c - movement that comes again is a loop, however noisy and
 * however many pictures a second; people who move, blink or sit still are none.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "server/cue_loop.h"
#include "tests/splitmix.h"
#include "tests/unit/cue_head.h"

#define SECONDS 8

struct scene {
	const char *what;
	int   fps;
	float moves;	/* a head that sways, cells */
	float noise;	/* of a cell, grey levels */
	float blinks;	/* two, alike, by so many grey levels; the rest hardly moves */
	float repeats;	/* seconds after which all comes again; 0: nothing does */
	float back;	/* the second half of them runs backwards */
	float blank;	/* nobody is seen for so many seconds, from 3 s on */
	bool  loop;
};

static const struct scene scenes[] = {
	{ "a person sways", 15, .6f, .6f, 0, 0, 0, 0, false },
	{ "a person sits still", 15, .01f, .6f, 0, 0, 0, 0, false },
	{ "a person blinks twice", 15, .03f, .4f, 30, 0, 0, 0, false },
	{ "a person leaves and comes back", 15, .6f, .6f, 0, 0, 0, 1.5f, false },
	{ "one picture with noise", 15, 0, .6f, 0, 1.5f, 0, 0, false },
	{ "a loop of 1.8 s", 15, .6f, .2f, 0, 1.8f, 0, 0, true },
	{ "a loop of 2.5 s, 30 a second", 30, .6f, .2f, 0, 2.5f, 0, 0, true },
	{ "a loop of 3 s, 10 a second", 10, .8f, .2f, 0, 3.0f, 0, 0, true },
	{ "a loop in which little moves", 15, .3f, .2f, 0, 2.0f, 0, 0, true },
	{ "forward and backward", 15, .6f, .2f, 0, 2.4f, 1, 0, true },
	{ "a loop with a blank", 15, .6f, .2f, 0, 1.8f, 0, .6f, true },
};

static struct cue_loop cue;

/* A head of 20 cells' height, soft at its edge, before a wall with a pattern. */
static void
paint(const struct scene *s, float t, const float phase[static 6], uint64_t *random, struct vision_features *f)
{
	float on = s->repeats > 0 ? fmodf(t, s->repeats) : t, dx, dy, lid;

	if (s->back > 0 && on > s->repeats / 2)
		on = s->repeats - on;
	dx = s->moves * (sinf(2.1f * on + phase[0]) + .7f * sinf(4.7f * on + phase[1]) + .4f * sinf(9.1f * on + phase[2]));
	dy = s->moves * (sinf(1.7f * on + phase[3]) + .7f * sinf(5.9f * on + phase[4]) + .4f * sinf(7.7f * on + phase[5]));
	lid = s->blinks * (expf(-powf((t - 2.0f) / .09f, 2)) + expf(-powf((t - 5.0f) / .09f, 2)));
	memset(f, 0, sizeof *f);
	f->faces = s->blank > 0 && t >= 3 && t < 3 + s->blank ? 0 : 1;
	for (unsigned y = 0; y < VISION_SCENE_H; y++)
		for (unsigned x = 0; x < VISION_SCENE_W; x++) {
			float u = ((float)x - 32 - dx) / 8, v = ((float)y - 24 - dy) / 10, r = sqrtf(u * u + v * v);
			float head = 1 / (1 + expf(8 * (r - 1))), eyes = expf(-8 * powf(v + .3f, 2)) * head;
			float wall = 120 + 20 * sinf(.5f * (float)x) * sinf(.4f * (float)y);
			float grey = wall + head * (60 + 15 * sinf(5 * u) * sinf(4 * v) - wall + 80) + lid * eyes;

			f->scene[y][x] = (uint8_t)lrintf(fmaxf(0, fminf(255, grey + s->noise * cue_head_normal(random))));
		}
}

static void
play(const struct scene *s, uint64_t seed)
{
	static struct vision_features f;
	float phase[6];

	memset(&cue, 0, sizeof cue);
	for (int i = 0; i < 6; i++)
		phase[i] = (float)(splitmix64(&seed) % 6283) / 1000;
	for (int i = 0; i < SECONDS * s->fps; i++) {
		int64_t at = i * 1000 / s->fps + (int64_t)(splitmix64(&seed) % 12);

		paint(s, (float)at / 1000, phase, &seed, &f);
		cue_loop_feed(&cue, &f, 5000 + at);
	}
}

static void
test_scenes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof scenes[0]; i++)
		for (uint64_t seed = 1; seed <= 5; seed++) {
			play(&scenes[i], seed * 1000);
			if (cue_loop_seen(&cue) != scenes[i].loop)
				fail_msg("%s, seed %d: %.2f", scenes[i].what, (int)seed, (double)cue.most);
		}
}

/* Longer than is remembered, and times that do not rise. */
static void
test_bounds(void **state)
{
	static struct vision_features f;
	const float phase[6] = { 0 };
	uint64_t random = 7;

	(void)state;
	memset(&cue, 0, sizeof cue);
	for (int i = 0; i < 400; i++) {
		paint(&scenes[0], (float)i / 15, phase, &random, &f);
		cue_loop_feed(&cue, &f, i * 67);
		cue_loop_feed(&cue, &f, i * 67);
		cue_loop_feed(&cue, &f, i * 67 - 500);
	}
	assert_int_equal(cue.n, CUE_LOOP_BEATS);
	assert_false(cue_loop_seen(&cue));
	/* A very long gap ends the memory, and nothing else. */
	memset(&cue, 0, sizeof cue);
	cue_loop_feed(&cue, &f, 0);
	cue_loop_feed(&cue, &f, INT64_MAX / 2);
	cue_loop_feed(&cue, &f, INT64_MAX / 2 + 67);
	assert_int_equal(cue.n, CUE_LOOP_BEATS);
	assert_false(cue_loop_seen(&cue));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
