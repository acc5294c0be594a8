/*
 * test_cue_feed.c - cameras pass, and what only pretends to be one does not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/limits.h"
#include "server/cue_feed.h"
#include "tests/splitmix.h"
#include "tests/unit/cue_head.h"

#define FPS_MOST 65.0f

/* How one stream differs from an ordinary one. */
struct stream {
	const char *what;
	enum liveness_reason want;
	int64_t  step_us;	/* 0: 66667 */
	int64_t  jitter_us;	/* up to; < 0: none */
	bool     whole_ms;	/* times rounded to milliseconds */
	uint32_t lose;		/* every so many frames are not sent */
	uint32_t twice;		/* every so many pictures come twice */
	uint32_t freeze;	/* from this frame on the same picture */
	uint32_t loop;		/* pictures repeat after so many, ... */
	uint32_t loop_from;	/* ... from this frame on */
	uint32_t stuck;		/* from this frame on time stands still */
	uint32_t resize;	/* from this frame on half the size */
	float    noise;		/* < 0: none; 0: one level */
	int64_t  pace;		/* percent of the server's time; 0: 100 */
	uint32_t stirred;	/* columns of cells, from the left, in which something moves */
	uint32_t border;	/* cells round the picture that are drawn in one grey */
	bool     nobody;	/* no face in the pictures */
	bool     untimed;	/* its times are no camera's, and nobody says so */
	uint32_t frames;	/* 0: 90 */
};

static const struct stream streams[] = {
	{ "a camera", LIVENESS_FINE, .jitter_us = 4000 },
	{ "with little jitter", LIVENESS_FINE, .jitter_us = 150 },
	{ "at 30 a second", LIVENESS_FINE, .step_us = 33333, .jitter_us = 900 },
	{ "at 10 a second", LIVENESS_FINE, .step_us = 100000, .jitter_us = 900 },
	{ "with frames left out", LIVENESS_FINE, .step_us = 33333, .jitter_us = 900, .lose = 3 },
	{ "with times in milliseconds", LIVENESS_FINE, .jitter_us = 4000, .whole_ms = true },
	{ "whose driver repeats pictures", LIVENESS_FINE, .jitter_us = 4000, .twice = 5 },
	{ "whose clock is 3 % fast", LIVENESS_FINE, .jitter_us = 4000, .pace = 103 },
	{ "with faint noise", LIVENESS_FINE, .jitter_us = 4000, .noise = .25f },
	{ "of which nothing is timed", LIVENESS_FINE, .jitter_us = -1, .untimed = true },
	{ "a lens with its cap on", LIVENESS_FINE, .jitter_us = 4000, .freeze = 1, .nobody = true },
	{ "exact times", LIVENESS_TIMING, .jitter_us = -1 },
	{ "nearly exact times", LIVENESS_TIMING, .jitter_us = 20 },
	{ "exact times with frames left out", LIVENESS_TIMING, .jitter_us = -1, .lose = 4 },
	{ "exact times in milliseconds", LIVENESS_TIMING, .jitter_us = -1, .whole_ms = true },
	{ "time standing still", LIVENESS_TIMING, .jitter_us = 4000, .stuck = 80 },
	{ "more pictures than a camera makes", LIVENESS_TIMING, .step_us = 9000, .jitter_us = 500 },
	{ "more than a camera makes, by our clock only", LIVENESS_TIMING, .step_us = 13900, .jitter_us = 200, .pace = 114,
	    .frames = 1000 },
	{ "half speed", LIVENESS_TIMING, .jitter_us = 4000, .pace = 50 },
	{ "a frozen picture", LIVENESS_FROZEN, .jitter_us = 4000, .freeze = 70 },
	{ "a loop", LIVENESS_LOOP, .jitter_us = 4000, .loop = 40 },
	{ "a short loop with frames left out", LIVENESS_LOOP, .jitter_us = 4000, .loop = 9, .lose = 4 },
	{ "more than is remembered", LIVENESS_FINE, .jitter_us = 4000, .frames = CUE_FEED_FRAMES + 90 },
	{ "frozen after more than is remembered", LIVENESS_FROZEN, .jitter_us = 4000, .frames = CUE_FEED_FRAMES + 90,
	    .freeze = CUE_FEED_FRAMES + 60 },
	{ "a loop after more than is remembered", LIVENESS_LOOP, .jitter_us = 4000, .frames = CUE_FEED_FRAMES + 120, .loop = 20,
	    .loop_from = CUE_FEED_FRAMES + 9 },
	{ "another size", LIVENESS_SIZE, .jitter_us = 4000, .resize = 50 },
	{ "no noise", LIVENESS_NO_NOISE, .jitter_us = 4000, .noise = -1 },
	{ "no noise in the half where nothing moves", LIVENESS_NO_NOISE, .jitter_us = 4000, .noise = -1, .stirred = 18 },
	{ "a camera's picture in a drawn border", LIVENESS_FINE, .jitter_us = 4000, .border = 12 },
	{ "no noise in a drawn border", LIVENESS_NO_NOISE, .jitter_us = 4000, .noise = -1, .border = 4 },
};

static struct cue_feed feed;

static void
draw_border(struct vision_features *f, uint32_t cells)
{
	for (uint32_t y = 0; y < VISION_SCENE_H; y++)
		for (uint32_t x = 0; x < VISION_SCENE_W; x++)
			if (x < cells || y < cells || x >= VISION_SCENE_W - cells || y >= VISION_SCENE_H - cells)
				f->scene[y][x] = 128;
}

static void
stir(struct vision_features *f, uint32_t columns, uint32_t frame)
{
	for (uint32_t y = 0; y < VISION_SCENE_H; y++)
		for (uint32_t x = 0; x < columns; x++)
			f->scene[y][x] = (uint8_t)(f->scene[y][x] + frame % 3);
}

static void
play(const struct stream *s, uint64_t seed)
{
	static struct vision_features f;
	int64_t step = s->step_us > 0 ? s->step_us : 66667;
	uint64_t hash, picture;

	memset(&feed, 0, sizeof feed);
	for (uint32_t i = 0; i < (s->frames > 0 ? s->frames : 90); i++) {
		uint32_t shown = s->freeze > 0 && i > s->freeze ? s->freeze : s->loop > 0 && i >= s->loop_from ? s->loop_from + i % s->loop : i;
		uint32_t tick = s->stuck > 0 && i > s->stuck ? s->stuck : i;
		int64_t jitter = s->jitter_us > 0 ? (int64_t)(splitmix64(&seed) % (uint64_t)s->jitter_us) : 0;
		int64_t us = 7000000 + (int64_t)tick * step + (tick == i ? jitter : 0);

		if (s->twice > 0 && i % s->twice == 1)
			shown--;
		if (s->lose > 0 && splitmix64(&seed) % s->lose == 0)
			continue;
		if (s->whole_ms)
			us = us / 1000 * 1000;
		picture = 1000 + shown;
		hash = splitmix64(&picture);
		struct cue_pose pose = { 0, 0, 0, 300 + (float)(shown % 30), 200, 80 };
		cue_head_frame(&pose, 1, 0, .008f, &picture, &f);
		cue_head_room(s->noise < 0 ? 0 : s->noise > 0 ? s->noise : 1, &picture, &f);
		draw_border(&f, s->border);
		stir(&f, s->stirred, shown);
		f.scene[30][30] = (uint8_t)(shown % 200);	/* the face moves */
		f.faces = !s->nobody;
		if (s->resize > 0 && i >= s->resize)
			f.width = 320;
		cue_feed_frame(&feed, &f, 5000 + (int64_t)i * step / 1000, us * (s->pace > 0 ? s->pace : 100) / 100, hash);
	}
}

static void
test_streams(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++)
		for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
			const struct stream *s = &streams[i];
			enum liveness_reason r;

			play(s, seed);
			if ((r = cue_feed_reason(&feed, !s->untimed, FPS_MOST)) != s->want)
				fail_msg("%s, seed %u: %s", s->what, (unsigned)seed, liveness_reason_name(r));
		}
}

/* A whole capture is remembered at the fastest pace that passes. */
static void
test_room(void **state)
{
	(void)state;
	play(&(struct stream){ .step_us = 16000, .jitter_us = 2000, .frames = CAPTURE_TIMEOUT_MS / 16 }, 1);
	assert_int_equal(cue_feed_reason(&feed, true, FPS_MOST), LIVENESS_FINE);
	assert_int_equal(feed.n, CAPTURE_TIMEOUT_MS / 16);
	assert_true((float)CUE_FEED_FRAMES >= FPS_MOST * (float)(CAPTURE_TIMEOUT_MS + 1000) / 1000);
	play(&(struct stream){ .step_us = 16000, .jitter_us = 2000, .frames = CUE_FEED_FRAMES + 9 }, 1);
	assert_int_equal(feed.n, CUE_FEED_FRAMES);
	assert_true(feed.at_ms[0] == 5000 + 9 * 16 && feed.at_ms[feed.n - 1] == 5000 + (CUE_FEED_FRAMES + 8) * 16);
}

/* What can be known at once is. */
static void
test_alarms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		enum liveness_reason want = streams[i].want;

		play(&streams[i], 9);
		if (want != LIVENESS_FROZEN && want != LIVENESS_LOOP && want != LIVENESS_SIZE)
			want = LIVENESS_FINE;
		if (cue_feed_alarm(&feed) != want)
			fail_msg("%s", streams[i].what);
	}
}

static void
test_noise(void **state)
{
	float value = 0;

	(void)state;
	play(&(struct stream){ .jitter_us = 4000 }, 1);
	assert_true(cue_feed_value(&feed, &value));
	assert_true(value > 1);
	play(&(struct stream){ .jitter_us = 4000, .noise = -1 }, 1);
	assert_true(cue_feed_value(&feed, &value));
	assert_true(value < -1);
	play(&(struct stream){ .nobody = true }, 1);
	assert_false(cue_feed_value(&feed, &value));
}

/* The beat and how far times are off it, also with frames left out. */
static void
test_beat(void **state)
{
	float off = 0, period = 0;

	(void)state;
	play(&(struct stream){ .step_us = 40000, .jitter_us = 2000, .lose = 3 }, 1);
	assert_true(cue_feed_beat(&feed, &off, &period));
	assert_float_equal(period, 40000, 20);
	assert_float_equal(off, 577, 120);	/* 2000 / sqrt 12 */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_alarms),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_beat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
