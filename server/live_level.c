/*
 * live_level.c - see live_level.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/live_level.h"

#define LEARN_MOST 1500		/* from the first to the last of the frames that it is learned from */
#define FOLLOW_MS  3000.0f	/* time constant */
#define AWAY_MS    2500		/* longer than any movement takes */

static int
level_compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* The last frames, if they are steady enough to be the level. */
static bool
level_learn(struct live_level *l, const struct live_level_rule *rule)
{
	int64_t ms = l->at[(l->next + LIVE_LEVEL_FRAMES - 1) % LIVE_LEVEL_FRAMES] - l->at[l->next];
	float v[LIVE_LEVEL_FRAMES];

	if (l->n < LIVE_LEVEL_FRAMES || ms > LEARN_MOST)
		return false;
	memcpy(v, l->v, sizeof v);
	qsort(v, LIVE_LEVEL_FRAMES, sizeof v[0], level_compare);
	if (v[LIVE_LEVEL_FRAMES - 1] - v[0] > rule->spread || fabsf(v[LIVE_LEVEL_FRAMES / 2]) > rule->most)
		return false;
	l->value = v[LIVE_LEVEL_FRAMES / 2];
	return true;
}

bool
live_level_feed(struct live_level *l, const struct live_level_rule *rule, float v, int64_t at_ms)
{
	float dt = (float)(at_ms - l->fed_ms);

	l->fed_ms = at_ms;
	if (l->known && fabsf(v - l->value) > rule->near && at_ms - l->near_ms > AWAY_MS) {
		l->known = false;
		l->n = l->next = 0;
	}
	if (l->known) {
		if (fabsf(v - l->value) > rule->near)
			return true;
		l->near_ms = at_ms;
		l->value += (v - l->value) * (1.0f - expf(-fminf(dt, FOLLOW_MS) / FOLLOW_MS));
		return true;
	}
	l->v[l->next] = v;
	l->at[l->next] = at_ms;
	l->next = (l->next + 1) % LIVE_LEVEL_FRAMES;
	l->n += l->n < LIVE_LEVEL_FRAMES;
	l->near_ms = at_ms;
	return l->known = level_learn(l, rule);
}
