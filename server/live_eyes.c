/*
 * live_eyes.c - see live_eyes.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "server/live_eyes.h"

#define LEVEL_MS    3000	/* the open level is the 70th percentile of so long; */
#define NEAR_MS      400	/* where the lids just were, the same of so long before the last frame */
#define LEVEL_LEAST    4u	/* frames before a level is believed, */
#define NEAR_LEAST     2u	/* and before that is */
#define RISE        .50f	/* of the fall: the eyes are open again, */
#define RISE_SEEN   .25f	/* or so much, when the eye network saw them shut and now clearly open */
#define LOWERED     .70f	/* of the open level: less far down the lids are lowered, not shut ... */
#define LOWERED_MS   350	/* ... once they stay there for so long */
#define SHUT        .50f	/* the eye network calls it shut, */
#define SURELY_SHUT .80f	/* has no doubt of it, */
#define SURELY_OPEN .20f	/* or of the opposite */
#define CLEAR_LEAST    2u	/* frames of that before it counts */
#define SEEN_MS      300	/* a blink's end is seen within so long after its last frame */
#define GONE_MS     2000	/* nobody saw the eyes for so long: it starts anew */

static int
eyes_compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void
eyes_keep(struct live_eyes *e, float ear, int64_t at_ms)
{
	e->at[e->next] = at_ms;
	e->ear[e->next] = ear;
	e->next = (e->next + 1) % LIVE_EYES_FRAMES;
	e->n += e->n < LIVE_EYES_FRAMES;
}

/* 70th percentile of the last ms; 0: fewer frames than least. */
static float
eyes_level(const struct live_eyes *e, int64_t at_ms, int64_t ms, size_t least)
{
	float v[LIVE_EYES_FRAMES];
	size_t n = 0;

	for (uint32_t i = 0; i < e->n; i++)
		if (at_ms - e->at[i] <= ms)
			v[n++] = e->ear[i];
	if (n < least)
		return 0.0f;
	qsort(v, n, sizeof v[0], eyes_compare);
	return v[(n - 1) * 7 / 10];
}

/* By the eye network, which sees one eye at a time: a wink is no blink. */
static bool
eyes_both_shut(const struct vision_features *f, float at_least)
{
	return fminf(f->shut_left, f->shut_right) >= at_least;
}

static bool
eyes_both_open(const struct vision_features *f)
{
	return fmaxf(f->shut_left, f->shut_right) <= SURELY_OPEN;
}

static void
eyes_fall(struct live_eyes *e, const struct live_eyes_rule *rule, const struct vision_features *f, float ear, int64_t at_ms)
{
	int64_t before = e->at[(e->next + LIVE_EYES_FRAMES - 1) % LIVE_EYES_FRAMES];
	float open = eyes_level(e, at_ms, LEVEL_MS, LEVEL_LEAST), base = eyes_level(e, before, NEAR_MS, NEAR_LEAST);
	bool sudden = e->clear >= CLEAR_LEAST && eyes_both_shut(f, SURELY_SHUT);

	e->clear = eyes_both_open(f) ? e->clear + 1 : 0;
	if (!(open > 0.0f && base - ear >= (sudden ? rule->faint : rule->drop) * open)) {
		eyes_keep(e, ear, at_ms);
		return;
	}
	e->sudden = sudden;
	e->low = true;
	e->told = false;
	e->base = base;
	e->open = open;
	e->least = ear;
	e->start_ms = e->least_ms = e->last_ms = at_ms;
	e->frames = 1;
	e->shut = eyes_both_shut(f, SHUT);
}

/* Is it over with this frame? */
static bool
eyes_risen(const struct live_eyes *e, const struct live_eyes_rule *rule, const struct vision_features *f, float ear)
{
	float fall = fmaxf(e->base - e->least, (e->sudden ? rule->faint : rule->drop) * e->open);

	return ear >= e->least + RISE * fall || (e->shut > 0 && eyes_both_open(f) && ear >= e->least + RISE_SEEN * fall);
}

bool
live_eyes_shut(const struct live_eyes *e)
{
	return e->low && (e->sudden || e->least < LOWERED * e->open) && 2 * e->shut >= e->frames;
}

static struct live_event
eyes_event(const struct live_eyes *e, const struct live_eyes_rule *rule, bool over)
{
	enum live_kind kind = e->told || e->last_ms - e->start_ms > rule->blink_ms ? LIVE_CLOSURE : LIVE_BLINK;

	return (struct live_event){ kind, over, e->start_ms, e->least_ms, e->last_ms, 0.0f };
}

/* A fall that rose again in time: was it both eyes, shut? */
static bool
eyes_blinked(const struct live_eyes *e, const struct live_eyes_rule *rule, int64_t at_ms)
{
	return at_ms - e->last_ms <= SEEN_MS && (e->shut > 0 || e->base - e->least >= rule->sure * e->open);
}

bool
live_eyes_feed(struct live_eyes *e, const struct live_eyes_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event *out)
{
	float ear = (f->eye_left + f->eye_right) / 2.0f;

	if (e->low && at_ms - e->last_ms > GONE_MS)
		e->low = false;
	if (!e->low) {
		eyes_fall(e, rule, f, ear, at_ms);
		return false;
	}
	if (ear < e->least) {
		e->least = ear;
		e->least_ms = at_ms;
	}
	if (eyes_risen(e, rule, f, ear)) {
		*out = eyes_event(e, rule, true);
		e->low = false;
		eyes_keep(e, ear, at_ms);
		return out->kind == LIVE_BLINK ? eyes_blinked(e, rule, at_ms) : e->told;
	}
	e->last_ms = at_ms;
	e->frames++;
	e->shut += eyes_both_shut(f, SHUT);
	if (at_ms - e->start_ms > LOWERED_MS && e->least > LOWERED * e->open && !live_eyes_shut(e)) {
		e->low = false;		/* where the lids are now is the new level */
		e->n = e->next = 0;
		eyes_keep(e, ear, at_ms);
	} else if (!e->told && at_ms - e->start_ms > rule->blink_ms && live_eyes_shut(e)) {
		e->told = true;
		*out = eyes_event(e, rule, false);
		return true;
	}
	return false;
}
