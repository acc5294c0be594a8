/*
 * cue_feed.c - see cue_feed.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/cue_feed.h"

#define SAME_FRAMES        6u	/* repeated in a row, and ... */
#define SAME_MS          500	/* ... for so long: frozen. A driver may hand out a picture twice */
#define REPEAT_MS        300	/* a picture that comes back after this long ... */
#define REPEATS            4u	/* ... so many times: a loop */
#define BACKWARDS          2u
#define TIMED_FRAMES      24u	/* before times are judged */
#define EXACT_US        20.0f	/* closer to an even beat is no camera: interrupts and USB frames jitter by 100 and more */
#define MILLISECOND     1000
#define EXACT_ROUNDED_US 420.0f	/* an even beat rounded to milliseconds is off by 289 (1/sqrt 12) */
#define SPAN_MS         2000	/* before the camera's clock is compared with ours */
#define SPAN_SLACK_MS   1000	/* frames may wait on their way */
#define SPAN_PART      .15f	/* a clock is not that wrong */
/*
 * Noise. Measured on 7 clips of compressed video: of the still cells .44 to .86
 * (median of a clip) are equal from one frame to the next, and at most .34
 * through 30 frames; a rendered room with a sensor's noise .87, and .5 to .6;
 * without noise all. Blocks without one change are rarer by powers: none in 150
 * windows of these and of rendered honest captures, up to .20 in some windows of
 * a clip at 60 kbit a second; of renderings without noise .19 to 1, the least where
 * what is behind the head is even and the head's own move stirs the rest.
 */
#define WINDOW_FRAMES   20u
#define BLOCK            4u	/* cells */
#define BLOCKS_LEAST    16u	/* of 192 that are still */
#define SILENT         .30f	/* of them, without one change */
#define WINDOWS_LEAST    2u	/* all of them silent */
#define CELLS_LEAST    160u	/* of 3072, for a pair of frames */
#define PAIRS_LEAST     20u
#define EQUAL_ZERO     .985f
#define EQUAL_STEP     .004f
#define VALUE_MOST      3.0f

/* ---- noise ---- */

/* Cells [*x0, *x1) from row *y0 down may show head or shoulders; below *y1 nothing is still. */
static void
person_cells(const struct vision_box *b, uint32_t width, uint32_t height, int *x0, int *x1, int *y0, int *y1)
{
	const float sx = (float)VISION_SCENE_W / (float)width, sy = (float)VISION_SCENE_H / (float)height;

	*x0 = (int)floorf((b->x - .6f * b->w) * sx);
	*x1 = (int)ceilf((b->x + 1.6f * b->w) * sx);
	*y0 = (int)floorf((b->y - .7f * b->h) * sy);
	*y1 = (int)floorf((b->y + .9f * b->h) * sy);
}

/* Is this cell as grey as those beside it, to the last level? A border that was drawn round the picture is; no wall. */
static bool
drawn(const uint8_t scene[VISION_SCENE_H][VISION_SCENE_W], unsigned x, unsigned y)
{
	const uint8_t v = scene[y][x];

	return (x == 0 || scene[y][x - 1] == v) && (x + 1 == VISION_SCENE_W || scene[y][x + 1] == v) &&
	    (y == 0 || scene[y - 1][x] == v) && (y + 1 == VISION_SCENE_H || scene[y + 1][x] == v);
}

static void
compare_still(struct cue_feed *c, const struct vision_features *f)
{
	uint32_t cells = 0, equal = 0;
	int x0, x1, y0, y1;

	person_cells(&c->face, f->width, f->height, &x0, &x1, &y0, &y1);
	for (int y = 0; y < (int)VISION_SCENE_H && y < y1; y++)
		for (int x = 0; x < (int)VISION_SCENE_W; x++) {
			/* a cell that is black or white through has no room for noise, and a drawn border has none */
			if ((y >= y0 && x >= x0 && x < x1) || f->scene[y][x] <= 2 || f->scene[y][x] >= 253 ||
			    (f->scene[y][x] == c->scene[y][x] && drawn(f->scene, (unsigned)x, (unsigned)y)))
				continue;
			cells++;
			equal += f->scene[y][x] == c->scene[y][x];
		}
	if (cells < CELLS_LEAST)
		return;
	c->pairs++;
	c->equal += (float)equal / (float)cells;
}

/*
 * A block of cells: -1: it shows the person, is part of a drawn border or has
 * no room for noise, 0: something changed, 1: nothing did.
 */
static int
block_silent(const struct cue_feed *c, unsigned bx, unsigned by)
{
	unsigned even = 0;
	int silent = 1;

	for (unsigned y = by; y < by + BLOCK; y++)
		for (unsigned x = bx; x < bx + BLOCK; x++) {
			if (c->person[y][x])
				return -1;
			silent &= !c->stirred[y][x];
			even += drawn(c->first, x, y);
		}
	return silent == 1 && even >= BLOCK * BLOCK / 2 ? -1 : silent;
}

static void
window_close(struct cue_feed *c)
{
	uint32_t blocks = 0, silent = 0;

	for (unsigned y = 0; y < VISION_SCENE_H; y += BLOCK)
		for (unsigned x = 0; x < VISION_SCENE_W; x += BLOCK) {
			int b = block_silent(c, x, y);

			blocks += b >= 0;
			silent += b > 0;
		}
	c->window = 0;
	if (blocks < BLOCKS_LEAST)
		return;
	c->windows++;
	c->silent += (float)silent >= SILENT * (float)blocks;
}

static void
watch_noise(struct cue_feed *c, const struct vision_features *f)
{
	int x0, x1, y0, y1;

	if (c->window++ == 0) {
		memcpy(c->first, f->scene, sizeof c->first);
		memset(c->stirred, 0, sizeof c->stirred);
		memset(c->person, 0, sizeof c->person);
	}
	person_cells(&f->face[0], f->width, f->height, &x0, &x1, &y0, &y1);
	for (int y = 0; y < (int)VISION_SCENE_H; y++)
		for (int x = 0; x < (int)VISION_SCENE_W; x++) {
			uint8_t v = f->scene[y][x];

			c->stirred[y][x] |= v != c->first[y][x];
			c->person[y][x] |= y >= y1 || (y >= y0 && x >= x0 && x < x1) || v <= 2 || v >= 253;
		}
	if (c->window == WINDOW_FRAMES)
		window_close(c);
}

/* ---- repetitions ---- */

/* Was this picture here before, some time ago? */
static bool
seen_before(const struct cue_feed *c, uint64_t hash, int64_t at_ms)
{
	for (uint32_t i = 0; i < c->n && at_ms - c->at_ms[i] >= REPEAT_MS; i++)
		if (c->hash[i] == hash)
			return true;
	return false;
}

/* Cell for cell; a scene of one grey, as of a lens that is covered, is like any other. */
static bool
same_scene(const uint8_t a[VISION_SCENE_H][VISION_SCENE_W], const uint8_t b[VISION_SCENE_H][VISION_SCENE_W])
{
	const uint8_t *cell = &a[0][0];

	return memcmp(a, b, VISION_SCENE_H * VISION_SCENE_W) == 0 && memcmp(cell, cell + 1, VISION_SCENE_H * VISION_SCENE_W - 1) != 0;
}

static void
compare_last(struct cue_feed *c, const struct vision_features *f, int64_t at_ms, int64_t camera_us, uint64_t hash)
{
	bool same = hash == c->hash[c->n - 1] || same_scene(c->scene, f->scene);

	if (!same) {
		c->same = 0;
		c->repeats += seen_before(c, hash, at_ms);
		compare_still(c, f);
	} else if (c->same++ == 0) {
		c->same_ms = c->at_ms[c->n - 1];
	}
	c->frozen = c->frozen || (c->same >= SAME_FRAMES && at_ms - c->same_ms >= SAME_MS);
	c->backwards += camera_us <= c->camera_us[c->n - 1];
}

static void
forget_oldest(struct cue_feed *c)
{
	c->n--;
	memmove(c->at_ms, c->at_ms + 1, c->n * sizeof c->at_ms[0]);
	memmove(c->camera_us, c->camera_us + 1, c->n * sizeof c->camera_us[0]);
	memmove(c->hash, c->hash + 1, c->n * sizeof c->hash[0]);
}

void
cue_feed_frame(struct cue_feed *c, const struct vision_features *f, int64_t at_ms, int64_t camera_us, uint64_t hash)
{
	if (c->width != 0 && (c->width != f->width || c->height != f->height))
		c->resized = true;
	c->width = f->width;
	c->height = f->height;
	if (f->faces == 0 || c->resized)
		return;
	if (c->n > 0)
		compare_last(c, f, at_ms, camera_us, hash);
	watch_noise(c, f);
	memcpy(c->scene, f->scene, sizeof c->scene);
	c->face = f->face[0];
	if (c->n == CUE_FEED_FRAMES)
		forget_oldest(c);
	c->at_ms[c->n] = at_ms;
	c->camera_us[c->n] = camera_us;
	c->hash[c->n++] = hash;
}

/* ---- times ---- */

static int
by_length(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The shortest usual time from one frame to the next, microseconds: of the shorter half the middle. */
static float
usual_step(const struct cue_feed *c)
{
	int64_t step[CUE_FEED_FRAMES];
	uint32_t n = c->n - 1;

	for (uint32_t i = 0; i < n; i++)
		step[i] = c->camera_us[i + 1] - c->camera_us[i];
	qsort(step, n, sizeof step[0], by_length);
	return (float)step[n / 4];
}

bool
cue_feed_beat(const struct cue_feed *c, float *off_us, float *period_us)
{
	double n = 0, k = 0, kk = 0, t = 0, kt = 0, tt = 0, beat = 0, slope, off, step;

	if (c->n < TIMED_FRAMES || c->backwards > 0 || !((step = (double)usual_step(c)) > 0.0))
		return false;
	/* The beat of each frame, counted from the one before, so that errors do not add up; then a straight line. */
	for (uint32_t i = 0; i < c->n; i++) {
		double us = (double)(c->camera_us[i] - c->camera_us[0]);

		if (i > 0)
			beat += fmax(1.0, rint((double)(c->camera_us[i] - c->camera_us[i - 1]) / step));
		n += 1;
		k += beat;
		kk += beat * beat;
		t += us;
		kt += beat * us;
		tt += us * us;
	}
	slope = (n * kt - k * t) / (n * kk - k * k);
	off = (tt - t * t / n) / n - slope * slope * (kk - k * k / n) / n;
	*off_us = (float)sqrt(fmax(0.0, off));
	*period_us = (float)slope;
	return true;
}

static bool
whole_milliseconds(const struct cue_feed *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if ((c->camera_us[i] - c->camera_us[0]) % MILLISECOND != 0)
			return false;
	return true;
}

/* The camera's clock runs as ours does. */
static bool
same_pace(const struct cue_feed *c)
{
	float ours = (float)(c->at_ms[c->n - 1] - c->at_ms[0]);
	float theirs = (float)(c->camera_us[c->n - 1] - c->camera_us[0]) / MILLISECOND;

	return ours < SPAN_MS || fabsf(theirs - ours) <= SPAN_SLACK_MS + SPAN_PART * ours;
}

/* By our own clock, whatever the camera's says. */
static bool
too_many(const struct cue_feed *c, float fps_most)
{
	float ours = (float)(c->at_ms[c->n - 1] - c->at_ms[0]);

	return (float)c->n > fps_most * (ours + SPAN_SLACK_MS) / 1000.0f;
}

static bool
times_plausible(const struct cue_feed *c, float fps_most)
{
	float off, period;

	if (c->backwards >= BACKWARDS)
		return false;
	if (c->n < TIMED_FRAMES)
		return true;
	if (!same_pace(c) || too_many(c, fps_most) || usual_step(c) < 1e6f / fps_most)
		return false;
	if (!cue_feed_beat(c, &off, &period))
		return true;
	return off > (whole_milliseconds(c) ? EXACT_ROUNDED_US : EXACT_US);
}

/* ---- verdict ---- */

enum liveness_reason
cue_feed_alarm(const struct cue_feed *c)
{
	if (c->resized)
		return LIVENESS_SIZE;
	if (c->frozen)
		return LIVENESS_FROZEN;
	return c->repeats >= REPEATS ? LIVENESS_LOOP : LIVENESS_FINE;
}

enum liveness_reason
cue_feed_reason(const struct cue_feed *c, bool timed, float fps_most)
{
	enum liveness_reason r = cue_feed_alarm(c);

	if (r != LIVENESS_FINE)
		return r;
	if (timed && !times_plausible(c, fps_most))
		return LIVENESS_TIMING;
	if (c->windows >= WINDOWS_LEAST && c->silent == c->windows)
		return LIVENESS_NO_NOISE;
	return LIVENESS_FINE;
}

bool
cue_feed_value(const struct cue_feed *c, float *value)
{
	if (c->pairs < PAIRS_LEAST)
		return false;
	*value = fmaxf(-VALUE_MOST, fminf(VALUE_MOST, (EQUAL_ZERO - c->equal / (float)c->pairs) / EQUAL_STEP));
	return true;
}
