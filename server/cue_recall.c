/*
 * cue_recall.c - see cue_recall.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "proto/crypto.h"
#include "server/cue_recall.h"

#define HITS            3u	/* different pictures in order that are the same, byte for byte */
#define BEAT_MS        33	/* traces are read off at this beat; a window every second one */
#define STRIDE          2u
#define SAMPLES        36u	/* of a window */
#define WINDOW_MS      ((int64_t)((SAMPLES - 1) * STRIDE * BEAT_MS))
#define GAP_MS        300	/* nothing is read off across a longer gap */
#define OWN_BEATS     640u	/* of this capture: 21 s */
#define COMPARE_MS    500	/* from one comparison to the next */
#define APART_MS      900	/* two windows alike, so far apart at least, ... */
#define LAG_SLACK_MS   80	/* ... at the same lag: a replay */
/*
 * Mean square difference in units of the landmarks' own wavering. Measured on
 * clips of 5 persons against themselves with added noise, other sizes and half
 * the frames: .1 to 1.2 for most windows, no channel above 4. The same clips at
 * other times: 7 and more. 3 faces on a head in space that make the same move:
 * 1.4 and more, some channel above 4.2.
 */
#define ALIKE          1.3f
#define ALIKE_CHANNEL  4.0f	/* no channel may differ more */
#define MOVED         12.0f	/* mean square of the movement itself, at least */
#define SLACK          .15f	/* of the move from one sample to the next: frames come late */
static const float waver[TRACE_CHANNELS] = {
	[TRACE_TURN] = .004f, [TRACE_NOD] = .004f, [TRACE_MOUTH] = .005f, [TRACE_EYES] = .005f, [TRACE_ROLL] = .003f,
	/* in distances of the eyes; the size as its logarithm */
	[TRACE_X] = .003f, [TRACE_Y] = .003f, [TRACE_SIZE] = .003f,
};

/* A trace read off at an even beat: NAN where nothing is known. */
struct recall_trace {
	uint32_t asked, frames, beats;
	uint64_t *hash;			/* [frames] */
	float    (*at)[TRACE_CHANNELS];	/* [beats] */
};

struct recall {
	uint32_t n;
	struct recall_trace trace[RECALL_TRACES_MAX];
};

/* ---- reading off ---- */

/* The usual distance of the eyes, widths of the picture. */
static float
usual_size(const struct trace *t)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < t->n; i++)
		sum += t->frame[i].value[TRACE_SIZE];
	return fmaxf(1e-3f, (float)(sum / (t->n > 0 ? t->n : 1)) / TRACE_PLACE_UNIT);
}

static float
channel_value(const struct trace_frame *f, unsigned k, float size)
{
	float v = (float)f->value[k] / (k >= TRACE_X ? TRACE_PLACE_UNIT * size : TRACE_SHAPE_UNIT);

	return k == TRACE_SIZE ? logf(fmaxf(v, 1e-3f)) : v;
}

/* One beat: at_ms lies between frame i - 1, which came at before_ms, and frame i. */
static void
read_between(const struct trace *t, uint32_t i, int64_t before_ms, int64_t at_ms, float size, float to[static TRACE_CHANNELS])
{
	const struct trace_frame *b = &t->frame[i], *a = i > 0 ? &t->frame[i - 1] : b;
	float part = b->after_ms > 0 ? (float)(at_ms - before_ms) / (float)b->after_ms : 0.0f;

	for (unsigned k = 0; k < TRACE_CHANNELS; k++) {
		float va = channel_value(a, k, size), vb = channel_value(b, k, size);

		to[k] = b->after_ms > GAP_MS ? NAN : va + part * (vb - va);
	}
}

/* beats values from from_ms after the first frame on, every step_ms. */
static void
read_off(const struct trace *t, int64_t from_ms, int64_t step_ms, uint32_t beats, float (*to)[TRACE_CHANNELS])
{
	const float size = usual_size(t);
	int64_t before = 0, now = 0;
	uint32_t i = 0;

	for (uint32_t k = 0; k < beats; k++) {
		int64_t at = from_ms + k * step_ms;

		while (now < at && i + 1 < t->n) {
			before = now;
			now += t->frame[++i].after_ms;
		}
		read_between(t, i, before, at < now ? at : now, size, to[k]);
	}
}

static int64_t
length_ms(const struct trace *t)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < t->n; i++)
		sum += t->frame[i].after_ms;
	return sum;
}

/* ---- earlier captures ---- */

struct recall *
recall_new(void)
{
	return calloc(1, sizeof(struct recall));
}

static void
trace_wipe(struct recall_trace *t)
{
	if (t->hash != NULL)
		crypto_wipe(t->hash, t->frames * sizeof *t->hash);
	if (t->at != NULL)
		crypto_wipe(t->at, t->beats * sizeof *t->at);
	free(t->hash);
	free(t->at);
	*t = (struct recall_trace){ 0 };
}

void
recall_free(struct recall *r)
{
	if (r == NULL)
		return;
	for (uint32_t i = 0; i < r->n; i++)
		trace_wipe(&r->trace[i]);
	free(r);
}

enum rc
recall_add(struct recall *r, const struct trace *t)
{
	struct recall_trace *to = &r->trace[r->n];

	if (r->n == RECALL_TRACES_MAX)
		return RC_TOO_BIG;
	if (t->n == 0)
		return RC_OK;
	to->asked = t->asked;
	to->frames = t->n;
	to->beats = (uint32_t)(length_ms(t) / BEAT_MS) + 1;
	to->hash = calloc(to->frames, sizeof *to->hash);
	to->at = calloc(to->beats, sizeof *to->at);
	if (to->hash == NULL || to->at == NULL) {
		trace_wipe(to);
		return RC_NOMEM;
	}
	for (uint32_t i = 0; i < t->n; i++)
		to->hash[i] = t->frame[i].hash;
	read_off(t, 0, BEAT_MS, to->beats, to->at);
	r->n++;
	return RC_OK;
}

uint32_t
recall_asked(const struct recall *r, uint32_t *dst, uint32_t max)
{
	uint32_t n = r == NULL ? 0 : r->n < max ? r->n : max;

	for (uint32_t i = 0; i < n; i++)
		dst[i] = r->trace[i].asked;
	return n;
}

/* ---- the same pictures ---- */

/*
 * The longest common subsequence, a row at a time (Wagner and Fischer, 1974),
 * of different pictures: one that came several times then counts once.
 */
static bool
same_pictures(struct cue_recall_with *w, const struct recall_trace *t, uint64_t hash)
{
	uint8_t most = 0;	/* of the chains that end before picture i, with another one */

	for (uint32_t i = 0; i < t->frames; i++) {
		if (t->hash[i] != hash) {
			most = w->chain[i] > most ? w->chain[i] : most;
			continue;
		}
		if (w->chain[i] <= most && w->chain[i] < HITS)
			w->chain[i] = (uint8_t)(most + 1);
		w->hits = w->chain[i] > w->hits ? w->chain[i] : w->hits;
	}
	return w->hits >= HITS;
}

/* ---- the same movement ---- */

struct window {
	float at[SAMPLES][TRACE_CHANNELS];
	float weight[SAMPLES][TRACE_CHANNELS];	/* 1 / square of what it may be off */
	float sum[TRACE_CHANNELS];		/* of the weights */
};

/* Mean over the samples of weight x square, mean taken out. */
static float
spread(const struct window *w, unsigned k, const float (*from)[TRACE_CHANNELS], size_t stride)
{
	float e, s = 0.0f, ss = 0.0f;

	for (unsigned i = 0; i < SAMPLES; i++) {
		e = w->at[i][k] - (from != NULL ? from[i * stride][k] : 0.0f);
		s += w->weight[i][k] * e;
		ss += w->weight[i][k] * e * e;
	}
	return (ss - s * s / w->sum[k]) / (float)SAMPLES;
}

/* The end of this capture. False: too short, with a gap, or nothing moved. */
static bool
window_make(const struct trace *t, struct window *w)
{
	int64_t from = length_ms(t) - WINDOW_MS;
	float moved = 0.0f;

	if (from < 0)
		return false;
	read_off(t, from, STRIDE * BEAT_MS, SAMPLES, w->at);
	for (unsigned k = 0; k < TRACE_CHANNELS; k++) {
		w->sum[k] = 0.0f;
		for (unsigned i = 0; i < SAMPLES; i++) {
			float speed = (w->at[i + 1 < SAMPLES ? i + 1 : i][k] - w->at[i > 0 ? i - 1 : i][k]) / 2;

			w->weight[i][k] = 1.0f / (waver[k] * waver[k] + SLACK * SLACK * speed * speed);
			w->sum[k] += w->weight[i][k];
		}
		moved += spread(w, k, NULL, 0) / (float)TRACE_CHANNELS;
	}
	return moved >= MOVED;	/* false for NAN */
}

/* How unlike the window is to the earlier capture from this beat on; INFINITY: some channel alone is too much so. */
static float
unlike(const struct window *w, const struct recall_trace *t, uint32_t beat)
{
	float all = 0.0f, one;

	for (unsigned k = 0; k < TRACE_CHANNELS; k++) {
		one = spread(w, k, (const float (*)[TRACE_CHANNELS])t->at + beat, STRIDE);
		if (!(one <= ALIKE_CHANNEL))
			return INFINITY;
		all += one / (float)TRACE_CHANNELS;
	}
	return all;
}

/* A window alike, twice at the same lag. from_ms: when t began, by the clock of now_ms, or any fixed time. */
static bool
same_movement(struct cue_recall_with *w, const struct recall_trace *t, int64_t from_ms, const struct window *now,
    int64_t now_ms)
{
	const uint32_t span = (SAMPLES - 1) * STRIDE + 1;
	float best = INFINITY;
	int64_t lag = 0;

	for (uint32_t beat = 0; beat + span <= t->beats; beat++) {
		float d = unlike(now, t, beat);

		if (d < best) {
			best = d;
			lag = now_ms - (from_ms + (int64_t)beat * BEAT_MS + WINDOW_MS);
		}
	}
	if (!(best <= ALIKE))
		return false;
	if (w->alike && llabs(lag - w->lag_ms) <= LAG_SLACK_MS)
		return now_ms - w->alike_ms >= APART_MS;
	w->alike = true;
	w->alike_ms = now_ms;
	w->lag_ms = lag;
	return false;
}

/* The same movement again as some time ago in this capture, the two not overlapping. */
static bool
same_as_before(struct cue_recall *c, const struct window *now, int64_t now_ms)
{
	float at[OWN_BEATS][TRACE_CHANNELS];
	struct recall_trace own = { .at = at };
	int64_t length = length_ms(&c->trace), past = length - WINDOW_MS;
	bool same;

	if (past < WINDOW_MS)
		return false;
	own.beats = past / BEAT_MS < OWN_BEATS ? (uint32_t)(past / BEAT_MS) : OWN_BEATS;
	read_off(&c->trace, 0, BEAT_MS, own.beats, at);
	same = same_movement(&c->before, &own, now_ms - length, now, now_ms);
	crypto_wipe(at, sizeof at);
	return same;
}

static void
compare_movement(struct cue_recall *c, const struct recall *r, int64_t at_ms)
{
	struct window now;

	if (window_make(&c->trace, &now)) {
		c->looped = same_as_before(c, &now, at_ms) || c->looped;
		for (uint32_t i = 0; r != NULL && i < r->n; i++)
			c->replayed = same_movement(&c->with[i], &r->trace[i], 0, &now, at_ms) || c->replayed;
	}
	crypto_wipe(&now, sizeof now);
}

void
cue_recall_frame(struct cue_recall *c, const struct recall *r, const struct vision_features *f, int64_t at_ms, uint64_t hash)
{
	if (f->faces != 1)
		return;
	trace_add(&c->trace, f, at_ms, hash);
	for (uint32_t i = 0; r != NULL && i < r->n; i++)
		c->replayed = same_pictures(&c->with[i], &r->trace[i], hash) || c->replayed;
	if (at_ms - c->compared_ms < COMPARE_MS)
		return;
	c->compared_ms = at_ms;
	compare_movement(c, r, at_ms);
}
