/*
 * cue_light_fit.c - see cue_light_fit.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "server/cue_light_fit.h"

#define DELAY_STEP_MS   33
#define BLACK           2.0f	/* of 255: a channel below has no hue */

static float
linear(float v)
{
	return powf(v / 255.0f, 2.2f);	/* sRGB, about */
}

bool
cue_light_hue(const float rgb[static 3], float hue[static 2])
{
	if (!(rgb[0] > BLACK && rgb[1] > BLACK && rgb[2] > BLACK))
		return false;
	hue[0] = 2.2f * logf(rgb[0] / rgb[1]);
	hue[1] = 2.2f * logf(rgb[2] / rgb[1]);
	return true;
}

/* Of light that is part c of the lamp's white: what it adds to a logarithm for each part of gain. */
static float
adds(float c, float gain)
{
	return gain > 0.0f ? log1pf(gain * c) / gain : c;
}

void
cue_light_adds(uint32_t rgb, float gain, float hue[static 2])
{
	float g = adds(linear((float)(rgb >> 8 & 255)), gain);

	hue[0] = adds(linear((float)(rgb >> 16)), gain) - g;
	hue[1] = adds(linear((float)(rgb & 255)), gain) - g;
}

void
cue_light_detrend(struct cue_light_row *r)
{
	double t, n = r->n, st = 0, stt = 0, slope, mean;

	for (uint32_t i = 0; i < r->n; i++) {
		t = (double)(r->at_ms[i] - r->at_ms[0]);
		st += t;
		stt += t * t;
	}
	for (unsigned k = 0; k < 2; k++) {
		double sv = 0, stv = 0;

		for (uint32_t i = 0; i < r->n; i++) {
			sv += (double)r->hue[i][k];
			stv += (double)(r->at_ms[i] - r->at_ms[0]) * (double)r->hue[i][k];
		}
		slope = n * stt - st * st > 0 ? (n * stv - st * sv) / (n * stt - st * st) : 0;
		mean = (sv - slope * st) / n;
		for (uint32_t i = 0; i < r->n; i++)
			r->hue[i][k] -= (float)(mean + slope * (double)(r->at_ms[i] - r->at_ms[0]));
	}
}

static struct cue_light_fit
likeness_at(const struct cue_light *c, const uint32_t *rgb, int64_t delay, const struct cue_light_row *y)
{
	struct cue_light_row x = { .n = y->n };
	double xx = 0, xy = 0, yy = 0;
	uint32_t now = 0;

	for (uint32_t i = 0; i < y->n; i++) {
		while (now < c->changes && c->since_ms[now] + delay <= y->at_ms[i])
			now++;
		x.at_ms[i] = y->at_ms[i];
		cue_light_adds(now > 0 ? rgb[now - 1] : 0, 0.0f, x.hue[i]);
	}
	cue_light_detrend(&x);
	for (uint32_t i = 0; i < y->n; i++)
		for (unsigned k = 0; k < 2; k++) {
			xx += (double)x.hue[i][k] * (double)x.hue[i][k];
			xy += (double)x.hue[i][k] * (double)y->hue[i][k];
			yy += (double)y->hue[i][k] * (double)y->hue[i][k];
		}
	if (!(xx > 1e-6 && yy > 1e-12))
		return (struct cue_light_fit){ 0.0f, 0.0f };
	return (struct cue_light_fit){ (float)(xy / sqrt(xx * yy)), (float)(xy / xx) };
}

struct cue_light_fit
cue_light_likeness(const struct cue_light *c, const uint32_t *rgb, const struct cue_light_row *y, int64_t late_ms)
{
	struct cue_light_fit best = { .likeness = -1.0f }, fit;

	for (int64_t delay = 0; delay <= late_ms; delay += DELAY_STEP_MS) {
		fit = likeness_at(c, rgb, delay, y);
		if (fit.likeness > best.likeness)
			best = fit;
	}
	return best;
}
