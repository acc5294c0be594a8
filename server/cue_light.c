/*
 * cue_light.c - see cue_light.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Significance is found as in a permutation test (Fisher 1935): how often does
 * a sequence that might have been drawn fit as well as the one that was? The
 * search over delays is part of what is compared, so it costs no confidence.
 */
#include <math.h>

#include "server/cue_light.h"

#define DELAY_MOST_MS  700	/* from telling the terminal to the frame's arrival */
#define DELAY_STEP_MS   33
#define FRAMES_LEAST    24u
#define COLOURS_LEAST    3u	/* that were shown */
#define SHAMS          160u	/* sequences that were not shown */
#define BY_CHANCE      .05f	/* part of the shams that may fit as well */
#define LIKENESS_LEAST .50f
#define GAIN_LEAST    .004f	/* of a pure colour on the skin: less is rounding and noise */
#define VALUE_MOST     3.0f
#define BLACK           2.0f	/* of 255: a channel below has no hue */

void
cue_light_show(struct cue_light *c, uint32_t rgb, int64_t since_ms)
{
	if (c->changes == CUE_LIGHT_CHANGES || (c->changes == 0 && rgb == 0))
		return;
	c->rgb[c->changes] = rgb;
	c->since_ms[c->changes++] = since_ms;
}

static float
linear(float v)
{
	return powf(v / 255.0f, 2.2f);	/* sRGB, about */
}

/* Logarithms of red and blue over green in linear light. False: too dark to tell. */
static bool
hue_of(const float rgb[static 3], float hue[static 2])
{
	if (!(rgb[0] > BLACK && rgb[1] > BLACK && rgb[2] > BLACK))
		return false;
	hue[0] = 2.2f * logf(rgb[0] / rgb[1]);
	hue[1] = 2.2f * logf(rgb[2] / rgb[1]);
	return true;
}

void
cue_light_feed(struct cue_light *c, const struct vision_features *f, int64_t at_ms)
{
	float skin[2], back[2] = { 0.0f, 0.0f };

	if (f->faces != 1 || c->changes == 0 || c->n == CUE_LIGHT_FRAMES || !hue_of(f->skin, skin))
		return;
	if (c->rgb[c->changes - 1] == 0 && at_ms - c->since_ms[c->changes - 1] > DELAY_MOST_MS)
		return;		/* the last colour is long over */
	(void)!hue_of(f->back, back);
	c->at_ms[c->n] = at_ms;
	c->hue[c->n][0] = skin[0] - back[0];
	c->hue[c->n++][1] = skin[1] - back[1];
}

/* ---- likeness ---- */

/* What the light adds to red and blue over green, as the hue of a colour; none: nothing. */
static void
light_hue(uint32_t rgb, float hue[static 2])
{
	float g = linear((float)(rgb >> 8 & 255));

	hue[0] = linear((float)(rgb >> 16)) - g;
	hue[1] = linear((float)(rgb & 255)) - g;
}

/* Takes mean and slope over time out of one channel of v. */
static void
detrend(const struct cue_light *c, float v[static CUE_LIGHT_FRAMES][2], unsigned k)
{
	double t, n = c->n, st = 0, stt = 0, sv = 0, stv = 0, slope, mean;

	for (uint32_t i = 0; i < c->n; i++) {
		t = (double)(c->at_ms[i] - c->at_ms[0]);
		st += t;
		stt += t * t;
		sv += (double)v[i][k];
		stv += t * (double)v[i][k];
	}
	slope = n * stt - st * st > 0 ? (n * stv - st * sv) / (n * stt - st * st) : 0;
	mean = (sv - slope * st) / n;
	for (uint32_t i = 0; i < c->n; i++)
		v[i][k] -= (float)(mean + slope * (double)(c->at_ms[i] - c->at_ms[0]));
}

/* How like y the colours are when they arrive so late; *gain: how strong. y has no trend. */
static float
likeness(const struct cue_light *c, const uint32_t *rgb, int64_t delay, const float y[static CUE_LIGHT_FRAMES][2], float *gain)
{
	float x[CUE_LIGHT_FRAMES][2];
	double xx = 0, xy = 0, yy = 0;
	uint32_t now = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		while (now < c->changes && c->since_ms[now] + delay <= c->at_ms[i])
			now++;
		light_hue(now > 0 ? rgb[now - 1] : 0, x[i]);
	}
	for (unsigned k = 0; k < 2; k++) {
		detrend(c, x, k);
		for (uint32_t i = 0; i < c->n; i++) {
			xx += (double)x[i][k] * (double)x[i][k];
			xy += (double)x[i][k] * (double)y[i][k];
			yy += (double)y[i][k] * (double)y[i][k];
		}
	}
	if (!(xx > 1e-6 && yy > 1e-12))
		return 0.0f;
	*gain = (float)(xy / xx);
	return (float)(xy / sqrt(xx * yy));
}

/* At the delay at which it is most alike. */
static struct cue_light_fit
best_fit(const struct cue_light *c, const uint32_t *rgb, const float y[static CUE_LIGHT_FRAMES][2])
{
	struct cue_light_fit best = { .likeness = -1.0f };

	for (int64_t delay = 0; delay <= DELAY_MOST_MS; delay += DELAY_STEP_MS) {
		float gain = 0.0f, l = likeness(c, rgb, delay, y, &gain);

		if (l > best.likeness)
			best = (struct cue_light_fit){ l, gain, delay };
	}
	return best;
}

static void
answer(const struct cue_light *c, float y[static CUE_LIGHT_FRAMES][2])
{
	for (unsigned k = 0; k < 2; k++) {
		for (uint32_t i = 0; i < c->n; i++)
			y[i][k] = c->hue[i][k];
		detrend(c, y, k);
	}
}

static bool
enough(const struct cue_light *c)
{
	uint32_t colours = 0;

	for (uint32_t i = 0; i < c->changes; i++)
		colours += c->rgb[i] != 0;
	return c->n >= FRAMES_LEAST && colours >= COLOURS_LEAST;
}

bool
cue_light_fit(const struct cue_light *c, struct cue_light_fit *fit)
{
	float y[CUE_LIGHT_FRAMES][2];

	if (!enough(c))
		return false;
	answer(c, y);
	*fit = best_fit(c, c->rgb, y);
	return true;
}

/* A sequence as light_draw() makes them, of the same length; the same number gives the same one. */
static void
sham_make(const struct cue_light *c, uint32_t number, uint32_t rgb[static CUE_LIGHT_CHANGES])
{
	uint32_t state = number * 2654435761u + 1, last = LIGHT_PALETTE;

	for (uint32_t i = 0; i < c->changes; i++) {
		state = state * 1664525u + 1013904223u;		/* Numerical Recipes' generator: chance is all it is for */
		last = last == LIGHT_PALETTE ? (state >> 16) % LIGHT_PALETTE :
		    (last + 1 + (state >> 16) % (LIGHT_PALETTE - 1)) % LIGHT_PALETTE;
		rgb[i] = c->rgb[i] != 0 ? light_palette[last] : 0;
	}
}

bool
cue_light_value(const struct cue_light *c, float *value)
{
	struct cue_light_fit own, sham;
	uint32_t rgb[CUE_LIGHT_CHANGES], as_good = 0;
	float y[CUE_LIGHT_FRAMES][2];

	if (!enough(c))
		return false;
	answer(c, y);
	own = best_fit(c, c->rgb, y);
	for (uint32_t i = 0; i < SHAMS; i++) {
		sham_make(c, i, rgb);
		sham = best_fit(c, rgb, y);
		as_good += sham.likeness >= own.likeness;
	}
	if (own.likeness < LIKENESS_LEAST || own.gain < GAIN_LEAST || (float)as_good > BY_CHANCE * SHAMS)
		return false;
	*value = VALUE_MOST * fminf(1.0f, 2.0f * own.likeness - LIKENESS_LEAST);
	return true;
}
