/*
 * cue_lamp.c - see cue_lamp.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Given gain and offset, the best row of colours is found exactly; given the
 * row, gain, offset and trend are a least squares fit. The two take turns, from
 * several gains, as the first is not known.
 */
#include <math.h>
#include <string.h>

#include "server/cue_lamp.h"

#define ROUNDS     4u
#define STAND_MS (LIGHT_LEAST_MS - 40)	/* a colour stands at least so long, less the camera's lateness */
#define STATES   (LIGHT_PALETTE + 1)	/* the colours, and dark */
#define PIECE    .02f	/* of the variance: a further piece must explain as much */

/* Sums over the first i frames: of the hue, and of its square. */
struct sums {
	double v[CUE_LIGHT_FRAMES + 1][2], vv[CUE_LIGHT_FRAMES + 1];
};

static void
sums_make(struct sums *s, const struct cue_light_row *y)
{
	memset(s, 0, sizeof *s);
	for (uint32_t i = 0; i < y->n; i++) {
		s->vv[i + 1] = s->vv[i];
		for (unsigned k = 0; k < 2; k++) {
			s->v[i + 1][k] = s->v[i][k] + (double)y->hue[i][k];
			s->vv[i + 1] += (double)y->hue[i][k] * (double)y->hue[i][k];
		}
	}
}

/* What is left of frames from ... to - 1 when they are of this hue. */
static double
piece_cost(const struct sums *s, uint32_t from, uint32_t to, const double hue[static 2])
{
	double cost = s->vv[to] - s->vv[from];

	for (unsigned k = 0; k < 2; k++)
		cost += hue[k] * (hue[k] * (to - from) - 2 * (s->v[to][k] - s->v[from][k]));
	return cost;
}

/* The colour of every frame, the best there is for these levels. */
static void
row_best(const struct cue_light_row *y, const struct sums *s, double level[static STATES][2], uint8_t colour[static CUE_LIGHT_FRAMES])
{
	double best[CUE_LIGHT_FRAMES + 1] = { 0 }, price = (double)PIECE * s->vv[y->n];
	uint32_t from[CUE_LIGHT_FRAMES + 1] = { 0 };
	uint8_t as[CUE_LIGHT_FRAMES + 1] = { 0 };

	for (uint32_t to = 1; to <= y->n; to++) {
		best[to] = INFINITY;
		for (uint32_t i = 0; i < to; i++) {
			/* From the last frame before to the first one after; between them the head may have been turned. */
			if (i > 0 && to < y->n && y->at_ms[to] - y->at_ms[i - 1] < STAND_MS)
				break;		/* later ones are shorter still */
			for (uint8_t p = 0; p < STATES; p++) {
				double cost = best[i] + price + piece_cost(s, i, to, level[p]);

				if (cost < best[to]) {
					best[to] = cost;
					from[to] = i;
					as[to] = p;
				}
			}
		}
	}
	for (uint32_t to = y->n; to > 0; to = from[to])
		memset(colour + from[to], as[to], to - from[to]);
}

/* Gain and trend for these colours; z becomes y without that trend, in levels of the colours times the gain. */
static struct cue_lamp
row_fit(const struct cue_light_row *y, const uint8_t colour[static CUE_LIGHT_FRAMES], float adds[static STATES][2],
    struct cue_light_row *z)
{
	struct cue_light_row x = *y, flat = *y;
	double xx = 0, xy = 0, yy = 0;
	float gain;
	uint32_t seen = 0;

	for (uint32_t i = 0; i < y->n; i++) {
		seen |= colour[i] < LIGHT_PALETTE ? 1u << colour[i] : 0;
		memcpy(x.hue[i], adds[colour[i]], sizeof x.hue[i]);
	}
	cue_light_detrend(&x);
	cue_light_detrend(&flat);
	for (uint32_t i = 0; i < y->n; i++)
		for (unsigned k = 0; k < 2; k++) {
			xx += (double)x.hue[i][k] * (double)x.hue[i][k];
			xy += (double)x.hue[i][k] * (double)flat.hue[i][k];
			yy += (double)flat.hue[i][k] * (double)flat.hue[i][k];
		}
	if (!(xx > 1e-6 && yy > 1e-12 && xy > 0))
		return (struct cue_lamp){ 0.0f, 0.0f, 0 };
	gain = (float)(xy / xx);
	for (uint32_t i = 0; i < y->n; i++)
		for (unsigned k = 0; k < 2; k++)
			z->hue[i][k] = flat.hue[i][k] + gain * (adds[colour[i]][k] - x.hue[i][k]);
	return (struct cue_lamp){ (float)(xy * xy / (xx * yy)), gain, (uint32_t)__builtin_popcount(seen) };
}

static void
lamp_adds(float gain, float adds[static STATES][2])
{
	for (unsigned p = 0; p < STATES; p++)
		cue_light_adds(p < LIGHT_PALETTE ? light_palette[p] : 0, gain, adds[p]);
}

/* From this gain on. */
static struct cue_lamp
lamp_from(const struct cue_light_row *y, float gain)
{
	float adds[STATES][2];
	struct cue_lamp best = { 0.0f, 0.0f, 0 }, fit;
	struct cue_light_row z = *y;
	double level[STATES][2];
	uint8_t colour[CUE_LIGHT_FRAMES];
	struct sums s;

	lamp_adds(gain, adds);
	for (unsigned k = 0; k < 2; k++) {
		float mean = 0.0f;

		for (uint32_t i = 0; i < y->n; i++)
			mean += y->hue[i][k] / (float)y->n;
		for (unsigned p = 0; p < LIGHT_PALETTE; p++)
			mean -= gain * adds[p][k] / (float)LIGHT_PALETTE;
		for (uint32_t i = 0; i < y->n; i++)
			z.hue[i][k] -= mean;
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned p = 0; p < STATES; p++)
			for (unsigned k = 0; k < 2; k++)
				level[p][k] = (double)(gain * adds[p][k]);
		sums_make(&s, &z);
		row_best(&z, &s, level, colour);
		fit = row_fit(y, colour, adds, &z);
		if (fit.gain <= 0.0f)
			break;
		gain = fit.gain;
		lamp_adds(gain, adds);
		if (fit.explained > best.explained)
			best = fit;
	}
	return best;
}

struct cue_lamp
cue_lamp_find(const struct cue_light_row *y)
{
	static const float starts[] = { .6f, .8f, 1.0f, 1.2f, 1.5f, 2.0f };
	struct cue_lamp best = { 0.0f, 0.0f, 0 }, fit;
	struct cue_light_row flat = *y;
	float adds[STATES][2], spread = 0.0f, power = 0.0f;

	if (y->n == 0)
		return best;
	cue_light_detrend(&flat);
	for (uint32_t i = 0; i < y->n; i++)
		power += (flat.hue[i][0] * flat.hue[i][0] + flat.hue[i][1] * flat.hue[i][1]) / (float)y->n;
	lamp_adds(0.0f, adds);
	for (unsigned p = 0; p < LIGHT_PALETTE; p++)
		spread += (adds[p][0] * adds[p][0] + adds[p][1] * adds[p][1]) / (float)LIGHT_PALETTE;
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		fit = lamp_from(y, starts[i] * sqrtf(power / spread));
		if (fit.explained > best.explained)
			best = fit;
	}
	return best;
}
