/*
 * capture_look.c - see capture_look.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "server/capture_ask.h"
#include "server/capture_look.h"

#define FRESH_MS 300	/* an older box is not worth following */

void
capture_look_saw(struct capture_look *l, const struct vision_features *f, int64_t at_ms, bool alone)
{
	alone = alone && f->faces == 1;
	l->follow = f->tracked != 0 ? l->follow && alone : alone;
	if (l->follow) {
		l->box = f->face[0];
		l->box_ms = at_ms;
	}
}

const struct vision_box *
capture_look_next(struct capture_look *l, const struct rng *g, int64_t now, int64_t late_ms)
{
	if (l->follow && now - l->box_ms < FRESH_MS && now < l->search_ms + late_ms)
		return &l->box;
	l->search_ms = now + CAPTURE_SEARCH_LEAST_MS + rng_below(g, CAPTURE_SEARCH_SPREAD_MS + 1);
	return NULL;
}
