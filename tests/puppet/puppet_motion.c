/*
 * puppet_motion.c - actions and time turned into a pose.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A blink lasts 250 ms, about the median of natural ones, and is shut long
 * enough for two frames at 15 pictures a second whatever their phase.
 */
#include <math.h>
#include <string.h>

#include "tests/puppet/puppet_motion.h"
#include "tests/splitmix.h"

#define TURN_DEGREES  27.0f
#define NOD_DEGREES   27.0f
#define LIDS_MS       90	/* for close and open */
#define PI_F          3.14159265f

/* How one action runs: rise, hold and fall back, then rest before the next. */
struct motion_shape { int rise, hold, fall, rest; };

static const struct motion_shape motion_shapes[PUPPET_ACTIONS] = {
	[PUPPET_BLINK] = {  40, 150,  60, 250 },
	[PUPPET_LEFT]  = { 400, 600, 400, 200 },
	[PUPPET_RIGHT] = { 400, 600, 400, 200 },
	[PUPPET_NOD]   = { 280, 220, 300, 150 },
	[PUPPET_MOUTH] = { 250, 500, 250, 150 },
};

static const struct { const char *word; int key; } motion_names[PUPPET_ACTIONS] = {
#define X(symbol, word, key, text) { word, key },
	PUPPET_ACTION_LIST(X)
#undef X
};

enum rc
puppet_action_from_word(const char *word, enum puppet_action *action)
{
	for (unsigned i = 0; i < PUPPET_ACTIONS; i++)
		if (strcmp(word, motion_names[i].word) == 0) {
			*action = (enum puppet_action)i;
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

enum rc
puppet_action_from_key(int key, enum puppet_action *action)
{
	for (unsigned i = 0; i < PUPPET_ACTIONS; i++)
		if (key == motion_names[i].key) {
			*action = (enum puppet_action)i;
			return RC_OK;
		}
	return RC_NOT_FOUND;
}

const char *
puppet_action_word(enum puppet_action action)
{
	return motion_names[action].word;
}

void
puppet_motion_start(struct puppet_motion *m, uint64_t seed)
{
	*m = (struct puppet_motion){ .lids_ms = INT64_MIN / 2 };
	for (size_t i = 0; i < sizeof m->phase / sizeof m->phase[0]; i++)
		m->phase[i] = (float)(splitmix64(&seed) >> 40) * (2 * PI_F / 16777216.0f);
}

/* 0 ... 1 with level ends. */
static float
motion_ease(float x)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	return x * x * (3 - 2 * x);
}

static float
motion_level(const struct motion_shape *s, int64_t t)
{
	if (t < s->rise)
		return motion_ease((float)t / (float)s->rise);
	if (t < s->rise + s->hold)
		return 1;
	return 1 - motion_ease((float)(t - s->rise - s->hold) / (float)s->fall);
}

static enum rc
motion_track_add(struct puppet_track *k, enum puppet_action action, int64_t now_ms)
{
	if (k->count == PUPPET_QUEUE_MAX)
		return RC_BUSY;
	if (k->count == 0)
		k->start_ms = now_ms;
	k->queue[k->count++] = action;
	return RC_OK;
}

/* Drops what is over; the level of what runs now, 0 if nothing does. */
static float
motion_track_now(struct puppet_track *k, int64_t now_ms, enum puppet_action *action)
{
	const struct motion_shape *s;
	int64_t whole;

	while (k->count > 0) {
		s = &motion_shapes[k->queue[0]];
		whole = s->rise + s->hold + s->fall + s->rest;
		if (now_ms - k->start_ms < whole) {
			*action = k->queue[0];
			return motion_level(s, now_ms - k->start_ms);
		}
		k->start_ms += whole;
		memmove(k->queue, k->queue + 1, --k->count * sizeof k->queue[0]);
	}
	return 0;
}

static void
motion_lids(struct puppet_motion *m, bool closed, int64_t now_ms)
{
	if (m->closed == closed)
		return;
	m->closed = closed;
	m->lids_ms = now_ms;
}

enum rc
puppet_motion_act(struct puppet_motion *m, enum puppet_action action, int64_t now_ms)
{
	enum puppet_action running;
	enum rc r = RC_OK;

	/* What is over makes room, and an idle part starts at once. */
	motion_track_now(&m->eyes, now_ms, &running);
	motion_track_now(&m->head, now_ms, &running);
	motion_track_now(&m->mouth, now_ms, &running);
	if (action <= PUPPET_OPEN && (m->sheet || m->away))
		return RC_EARLY;
	m->acted |= action <= PUPPET_OPEN;
	switch (action) {
	case PUPPET_BLINK:
		r = motion_track_add(&m->eyes, action, now_ms);
		break;
	case PUPPET_LEFT:
	case PUPPET_RIGHT:
	case PUPPET_NOD:
		r = motion_track_add(&m->head, action, now_ms);
		break;
	case PUPPET_MOUTH:
		r = motion_track_add(&m->mouth, action, now_ms);
		break;
	case PUPPET_CLOSE:
	case PUPPET_OPEN:
		motion_lids(m, action == PUPPET_CLOSE, now_ms);
		break;
	case PUPPET_STILL_ON:
	case PUPPET_STILL_OFF:
		m->sheet = action == PUPPET_STILL_ON;
		break;
	case PUPPET_AWAY:
	case PUPPET_BACK:
		m->away = action == PUPPET_AWAY;
		break;
	case PUPPET_ACTIONS:
		r = RC_BUG;
		break;
	}
	return r;
}

/* A slow wave of this period in seconds, -1 ... 1. */
static float
motion_wave(const struct puppet_motion *m, unsigned which, float seconds, int64_t now_ms)
{
	double turns = (double)now_ms / 1000.0 / (double)seconds;

	return sinf((float)((turns - floor(turns)) * 2 * (double)PI_F) + m->phase[which]);
}

void
puppet_motion_pose(struct puppet_motion *m, int64_t now_ms, struct puppet_pose *pose)
{
	enum puppet_action running = PUPPET_ACTIONS;
	float level, lids;

	/* Periods without a common one, so that the sway does not repeat soon. */
	pose->yaw = 1.0f * motion_wave(m, 0, 5.3f, now_ms) + 0.4f * motion_wave(m, 1, 1.9f, now_ms);
	pose->pitch = 0.7f * motion_wave(m, 2, 4.1f, now_ms) + 0.2f * motion_wave(m, 3, 2.3f, now_ms);
	pose->roll = 0.8f * motion_wave(m, 4, 6.7f, now_ms);
	pose->dx = 0.035f * motion_wave(m, 5, 7.9f, now_ms);
	pose->dy = 0.018f * motion_wave(m, 6, 3.7f, now_ms);	/* breath */
	pose->scale = 1 + 0.007f * motion_wave(m, 7, 8.3f, now_ms);

	level = motion_track_now(&m->head, now_ms, &running);
	if (running == PUPPET_LEFT)
		pose->yaw += TURN_DEGREES * level;
	else if (running == PUPPET_RIGHT)
		pose->yaw -= TURN_DEGREES * level;
	else if (running == PUPPET_NOD)
		pose->pitch += NOD_DEGREES * level;
	lids = motion_ease((float)(now_ms - m->lids_ms) / LIDS_MS);
	pose->lid = fmaxf(motion_track_now(&m->eyes, now_ms, &running), m->closed ? lids : 1 - lids);
	pose->mouth = motion_track_now(&m->mouth, now_ms, &running);
	pose->sheet = m->sheet;
	pose->away = m->away;
}
