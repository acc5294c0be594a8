/*
 * cue_loop.c - see cue_loop.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * At every lag the mean cosine between the picture's changes now and then, over
 * a window that fades; kept up beat by beat, so that a frame costs one pass
 * over the changes so far. Each beat counts alike, however much moves in it:
 * two blinks of one person look alike, but only for a third of a second.
 */
#include <math.h>
#include <string.h>

#include "proto/crypto.h"
#include "server/cue_loop.h"

#define BEAT_MS     67		/* scenes are read off at this beat */
#define GAP_MS     300		/* nothing is read off across a longer gap */
#define UNIT      0.25f		/* grey levels of a change */
#define CHANGE_MOST 255.0f	/* grey levels */
#define FADE      (1.0f - 1.0f / 16)	/* of a beat: a window of about a second */
#define RUN         22u		/* beats: what comes again is 1.5 s long at least */
/*
 * Mean cosine. Measured on 9 clips of people and of screens, and on those of
 * people altered in 28 ways: .00 to .61, but up to .89 where the picture was
 * shaken by two waves, for these come again themselves. 28 loops of 1.5 to 2.5 s
 * made of the clips of people, compressed anew, smaller, with noise: .74 and
 * more; 7 that were moved about by some pixels .43 to .95.
 */
#define ALIKE     .68f

/* The scene in cells of twice the side, mean taken out: brightness may change as it likes. */
static void
reduce(const uint8_t scene[VISION_SCENE_H][VISION_SCENE_W], float to[static CUE_LOOP_CELLS])
{
	float mean = 0.0f;

	for (unsigned y = 0; y < CUE_LOOP_H; y++)
		for (unsigned x = 0; x < CUE_LOOP_W; x++) {
			const uint8_t *a = &scene[2 * y][2 * x], *b = &scene[2 * y + 1][2 * x];
			float v = (float)(a[0] + a[1] + b[0] + b[1]) / 4;

			to[y * CUE_LOOP_W + x] = v;
			mean += v / (float)CUE_LOOP_CELLS;
		}
	for (unsigned i = 0; i < CUE_LOOP_CELLS; i++)
		to[i] -= mean;
}

static float
product(const int16_t a[static CUE_LOOP_CELLS], const int16_t b[static CUE_LOOP_CELLS])
{
	int64_t sum = 0;

	/* A row of 32 products of at most 2040 squared fits 32 bits. */
	for (unsigned y = 0; y < CUE_LOOP_H; y++) {
		int32_t row = 0;

		for (unsigned x = 0; x < CUE_LOOP_W; x++)
			row += a[y * CUE_LOOP_W + x] * b[y * CUE_LOOP_W + x];
		sum += row;
	}
	return (float)sum;
}

/* The newest change is there: compared with all that are far enough back not to be part of the same move. */
static void
compare(struct cue_loop *c)
{
	const uint32_t i = c->n;

	c->length[i] = sqrtf(product(c->change[i], c->change[i]));
	for (uint32_t lag = RUN + CUE_LOOP_OVER; lag <= i; lag++) {
		float lengths = c->length[i] * c->length[i - lag];

		c->cosines[lag] *= FADE;
		if (lengths > 0.0f)
			c->cosines[lag] += product(c->change[i], c->change[i - lag]) / lengths;
		c->beats[lag] = FADE * c->beats[lag] + 1.0f;
		if (i - lag + 1 >= RUN)
			c->most = fmaxf(c->most, c->cosines[lag] / c->beats[lag]);
	}
}

/* One beat; scene: NULL: nothing is known of it, and so of no change. */
static void
push(struct cue_loop *c, const float *scene)
{
	float *slot = c->before[c->n % CUE_LOOP_OVER];

	memset(c->change[c->n], 0, sizeof c->change[c->n]);
	if (scene != NULL && c->known >= CUE_LOOP_OVER)
		for (unsigned k = 0; k < CUE_LOOP_CELLS; k++)
			c->change[c->n][k] = (int16_t)lrintf(fmaxf(-CHANGE_MOST, fminf(CHANGE_MOST, scene[k] - slot[k])) / UNIT);
	compare(c);
	c->known = scene != NULL ? c->known + 1 : 0;
	if (scene != NULL)
		memcpy(slot, scene, sizeof c->before[0]);
	c->n++;
}

void
cue_loop_feed(struct cue_loop *c, const struct vision_features *f, int64_t at_ms)
{
	float scene[CUE_LOOP_CELLS], between[CUE_LOOP_CELLS];
	bool gap;

	if (f->faces == 0 || (c->began && at_ms <= c->last_ms))
		return;
	reduce(f->scene, scene);
	if (!c->began)
		c->beat_ms = at_ms;
	gap = c->began && at_ms - c->last_ms > GAP_MS;
	for (; c->beat_ms <= at_ms && c->n < CUE_LOOP_BEATS; c->beat_ms += BEAT_MS) {
		float part = c->began ? (float)(c->beat_ms - c->last_ms) / (float)(at_ms - c->last_ms) : 1.0f;

		for (unsigned k = 0; k < CUE_LOOP_CELLS; k++)
			between[k] = c->last[k] + part * (scene[k] - c->last[k]);
		push(c, gap ? NULL : between);
	}
	memcpy(c->last, scene, sizeof c->last);
	c->last_ms = at_ms;
	c->began = true;
	crypto_wipe(scene, sizeof scene);
	crypto_wipe(between, sizeof between);
}

bool
cue_loop_seen(const struct cue_loop *c)
{
	return c->most >= ALIKE;
}
