/*
 * cue_light.c - see cue_light.h.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Significance is found as in a permutation test (Fisher 1935): how often does
 * a sequence that might have been drawn fit as well as the one that was? The
 * search over delays is part of what is compared, so it costs no confidence.
 */
#include <math.h>

#include "server/cue_lamp.h"
#include "server/cue_light_fit.h"

#define DELAY_MOST_MS  700	/* from telling the terminal to the frame's arrival */
#define LATEST_MS     2500	/* a line may be slower: then there is no proof, and no blame either */
#define FRAMES_LEAST    24u
#define COLOURS_LEAST    3u	/* that were shown */
#define SHAMS          160u	/* sequences that were not shown */
#define BY_CHANCE      .05f	/* part of the shams that may fit as well */
#define LIKENESS_LEAST .50f
#define GAIN_LEAST    .004f	/* of a pure colour on the skin: less is rounding and noise */
#define VALUE_MOST     3.0f
/*
 * Blame. An honest face shines in the colours that were shown or in none. Of
 * 12,000 captures drawn in rooms too bright for the lamp (test_cue_light.c: noise,
 * regulation of the camera, hues that wander and jump) 4 were blamed: at 95 %
 * fewer than 1 in 1,000. The bounds below were chosen on such rooms, too, and on
 * the puppet's.
 */
#define FRONTAL       10.0f	/* degrees off the usual yaw: a turned head shows other skin in other light */
#define OTHER_EXPLAINS .95f	/* of the hue's variance by a lamp's colours that were not shown ... */
#define OTHER_GAIN    .010f
#define OWN_MOST       .80f	/* ... and the likeness to those that were */
#define ROOM_LIKENESS  .70f	/* of the background alone to the colours shown */
#define ROOM_GAIN     .010f
#define ROOM_BRIGHT    .50f	/* of the face: where the background is darker, the same light changes its hue more */
#define FACE_LEAST     .10f	/* of the background's gain; the face is nearer to the lamp */

void
cue_light_show(struct cue_light *c, uint32_t rgb, int64_t since_ms)
{
	if (c->changes == CUE_LIGHT_CHANGES || (c->changes == 0 && rgb == 0))
		return;
	c->rgb[c->changes] = rgb;
	c->since_ms[c->changes++] = since_ms;
}

void
cue_light_feed(struct cue_light *c, const struct vision_features *f, int64_t at_ms)
{
	struct cue_light_frame *to = &c->frame[c->n];

	if (f->faces != 1 || c->changes == 0 || c->n == CUE_LIGHT_FRAMES || !cue_light_hue(f->skin, to->skin))
		return;
	if (c->rgb[c->changes - 1] == 0 && at_ms - c->since_ms[c->changes - 1] > DELAY_MOST_MS)
		return;		/* the last colour is long over */
	to->has_back = cue_light_hue(f->back, to->back);
	to->at_ms = at_ms;
	to->yaw = f->yaw;
	to->bright[0] = f->skin[1];
	to->bright[1] = f->back[1];
	c->n++;
}

/* ---- rows of hues ---- */

enum whose { FACE_LESS_ROOM, FACE, ROOM };

static float
yaw_usual(const struct cue_light *c)
{
	float best = 0.0f;
	uint32_t most = 0, near;

	for (uint32_t i = 0; i < c->n; i++) {
		near = 0;
		for (uint32_t j = 0; j < c->n; j++)
			near += fabsf(c->frame[j].yaw - c->frame[i].yaw) < FRONTAL / 2;
		if (near > most) {
			most = near;
			best = c->frame[i].yaw;
		}
	}
	return best;
}

static void
row_make(const struct cue_light *c, enum whose whose, float yaw, struct cue_light_row *row)
{
	row->n = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct cue_light_frame *f = &c->frame[i];

		if (fabsf(f->yaw - yaw) > FRONTAL || (whose == ROOM && !f->has_back))
			continue;
		row->at_ms[row->n] = f->at_ms;
		for (unsigned k = 0; k < 2; k++)
			row->hue[row->n][k] = whose == ROOM ? f->back[k] :
			    f->skin[k] - (whose == FACE_LESS_ROOM && f->has_back ? f->back[k] : 0.0f);
		row->n++;
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

/* ---- against what might have been shown ---- */

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

/* How many of them fit as well. */
static uint32_t
shams_as_good(const struct cue_light *c, const struct cue_light_row *y, float likeness)
{
	uint32_t rgb[CUE_LIGHT_CHANGES], as_good = 0;

	for (uint32_t i = 0; i < SHAMS; i++) {
		sham_make(c, i, rgb);
		as_good += cue_light_likeness(c, rgb, y, DELAY_MOST_MS).likeness >= likeness;
	}
	return as_good;
}

/* The face shines in colours of a lamp that is not this terminal's: a recording. */
static bool
other_lamp(const struct cue_light *c, float yaw)
{
	struct cue_light_row y, flat;
	struct cue_lamp other;

	row_make(c, FACE_LESS_ROOM, yaw, &y);
	if (y.n < FRAMES_LEAST)
		return false;
	flat = y;
	cue_light_detrend(&flat);
	if (cue_light_likeness(c, c->rgb, &flat, LATEST_MS).likeness > OWN_MOST)
		return false;
	other = cue_lamp_find(&y);
	return other.explained > OTHER_EXPLAINS && other.gain > OTHER_GAIN && other.colours >= COLOURS_LEAST;
}

/* The room behind shines in the colours shown and the face, which is nearer to the lamp, does not: it shines by itself. */
static bool
dark_face(const struct cue_light *c, float yaw)
{
	float bright[2] = { 0.0f, 0.0f };
	struct cue_light_row room, face;
	struct cue_light_fit fit;

	row_make(c, ROOM, yaw, &room);
	if (room.n < FRAMES_LEAST)
		return false;
	for (uint32_t i = 0; i < c->n; i++)
		for (unsigned k = 0; k < 2; k++)
			bright[k] += powf(c->frame[i].bright[k] / 255.0f, 2.2f);
	if (bright[1] < ROOM_BRIGHT * bright[0])
		return false;
	cue_light_detrend(&room);
	fit = cue_light_likeness(c, c->rgb, &room, DELAY_MOST_MS);
	if (fit.likeness < ROOM_LIKENESS || fit.gain < ROOM_GAIN || shams_as_good(c, &room, fit.likeness) > 0)
		return false;
	row_make(c, FACE, yaw, &face);
	cue_light_detrend(&face);
	return cue_light_likeness(c, c->rgb, &face, LATEST_MS).gain < FACE_LEAST * fit.gain;
}

bool
cue_light_value(const struct cue_light *c, float *value)
{
	struct cue_light_row y;
	struct cue_light_fit own;
	float yaw;

	if (!enough(c))
		return false;
	row_make(c, FACE_LESS_ROOM, yaw = yaw_usual(c), &y);
	if (y.n < FRAMES_LEAST)
		return false;
	cue_light_detrend(&y);
	own = cue_light_likeness(c, c->rgb, &y, DELAY_MOST_MS);
	if (own.likeness >= LIKENESS_LEAST && own.gain >= GAIN_LEAST &&
	    (float)shams_as_good(c, &y, own.likeness) <= BY_CHANCE * SHAMS) {
		*value = VALUE_MOST * fminf(1.0f, 2.0f * own.likeness - LIKENESS_LEAST);
		return true;
	}
	if (!other_lamp(c, yaw) && !dark_face(c, yaw))
		return false;
	*value = -VALUE_MOST;
	return true;
}
