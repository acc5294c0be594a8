/*
 * cue_trace.c - see cue_trace.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <string.h>

#include "server/cue_trace.h"

#define LEFT_EYE   36u	/* first of six landmarks */
#define RIGHT_EYE  42u
#define EYE_POINTS  6u

static const uint8_t magic[4] = { 'c', 's', 't', '2' };

/* ---- frames ---- */

static int16_t
quantise(float v, float unit)
{
	return isfinite(v) ? (int16_t)lrintf(fmaxf(-32767.0f, fminf(32767.0f, v * unit))) : 0;
}

/* The middle of an eye by both networks. */
static void
eye_middle(const struct vision_features *f, unsigned first, float at[static 2])
{
	at[0] = at[1] = 0.0f;
	for (unsigned i = first; i < first + EYE_POINTS; i++)
		for (unsigned k = 0; k < 2; k++)
			at[k] += (f->has_eyes != 0 ? (f->landmark[i][k] + f->second[i][k]) / 2 : f->landmark[i][k]) / (float)EYE_POINTS;
}

static void
forget_oldest(struct trace *t)
{
	t->n--;
	memmove(t->frame, t->frame + 1, t->n * sizeof t->frame[0]);
	t->frame[0].after_ms = 0;
}

void
trace_add(struct trace *t, const struct vision_features *f, int64_t at_ms, uint64_t hash)
{
	const float width = (float)(f->width > 0 ? f->width : 1);
	struct trace_frame *to;
	float a[2], b[2];
	int64_t after;

	if (f->faces != 1)
		return;
	if (t->n == TRACE_FRAMES_MAX)
		forget_oldest(t);
	after = t->n == 0 ? 0 : at_ms - t->last_ms;
	to = &t->frame[t->n++];
	t->last_ms = at_ms;
	to->hash = hash;
	to->after_ms = (uint16_t)(after < 0 ? 0 : after > UINT16_MAX ? UINT16_MAX : after);
	eye_middle(f, LEFT_EYE, a);
	eye_middle(f, RIGHT_EYE, b);
	to->value[TRACE_TURN] = quantise(f->turn, TRACE_SHAPE_UNIT);
	to->value[TRACE_NOD] = quantise(f->nod, TRACE_SHAPE_UNIT);
	to->value[TRACE_MOUTH] = quantise(f->mouth, TRACE_SHAPE_UNIT);
	to->value[TRACE_EYES] = quantise((f->eye_left + f->eye_right) / 2, TRACE_SHAPE_UNIT);
	to->value[TRACE_ROLL] = quantise(atan2f(b[1] - a[1], b[0] - a[0]), TRACE_SHAPE_UNIT);
	to->value[TRACE_X] = quantise((a[0] + b[0]) / 2 / width, TRACE_PLACE_UNIT);
	to->value[TRACE_Y] = quantise((a[1] + b[1]) / 2 / width, TRACE_PLACE_UNIT);
	to->value[TRACE_SIZE] = quantise(hypotf(b[0] - a[0], b[1] - a[1]) / width, TRACE_PLACE_UNIT);
}

/* ---- bytes ---- */

static uint8_t *
put_little(uint8_t *dst, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*dst++ = (uint8_t)(v >> 8 * i);
	return dst;
}

static uint64_t
get_little(const uint8_t **src, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (uint64_t)*(*src)++ << 8 * i;
	return v;
}

size_t
trace_put(const struct trace *t, uint8_t *dst)
{
	uint8_t *p = dst;

	memcpy(p, magic, sizeof magic);
	p = put_little(p + sizeof magic, t->asked, 4);
	p = put_little(p, t->n, 2);
	for (uint32_t i = 0; i < t->n; i++) {
		p = put_little(p, t->frame[i].after_ms, 2);
		p = put_little(p, t->frame[i].hash, 8);
		for (unsigned k = 0; k < TRACE_CHANNELS; k++)
			p = put_little(p, (uint16_t)t->frame[i].value[k], 2);
	}
	return (size_t)(p - dst);
}

enum rc
trace_get(const uint8_t *src, size_t n, struct trace *t)
{
	const uint8_t *p = src + sizeof magic;
	uint32_t asked, frames;

	if (n < TRACE_HEAD_BYTES)
		return RC_SHORT;
	if (memcmp(src, magic, sizeof magic) != 0)
		return RC_VERSION;
	asked = (uint32_t)get_little(&p, 4);
	frames = (uint32_t)get_little(&p, 2);
	if (frames > TRACE_FRAMES_MAX || n != TRACE_HEAD_BYTES + (size_t)frames * TRACE_FRAME_BYTES)
		return RC_MALFORMED;
	if (frames > 0 && (p[0] != 0 || p[1] != 0))	/* nothing comes before the first */
		return RC_MALFORMED;
	memset(t, 0, sizeof *t);
	t->asked = asked;
	t->n = frames;
	for (uint32_t i = 0; i < frames; i++) {
		t->frame[i].after_ms = (uint16_t)get_little(&p, 2);
		t->frame[i].hash = get_little(&p, 8);
		for (unsigned k = 0; k < TRACE_CHANNELS; k++)
			t->frame[i].value[k] = (int16_t)(uint16_t)get_little(&p, 2);
	}
	return RC_OK;
}
