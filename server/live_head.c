/*
 * live_head.c - see live_head.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "server/live_head.h"

#define HOME_PART    .40f	/* of the angle that counts: within, the head is back */
#define NOD_LONG_MS  2500	/* looks down, no nod */
#define NOD_YAW      18.0f	/* turned further than this, pitch says little */

static const struct live_level_rule level_yaw = { .spread = 8.0f, .most = 18.0f, .near = 9.0f };
static const struct live_level_rule level_pitch = { .spread = 8.0f, .most = 35.0f, .near = 9.0f };

static struct live_event
head_event(enum live_kind kind, const struct live_swing *s, bool over)
{
	return (struct live_event){ kind, over, s->start_ms, s->peak_ms, s->last_ms, fabsf(s->peak) };
}

static size_t
head_turn(struct live_head *h, const struct live_head_rule *rule, int64_t at_ms, struct live_event *out)
{
	struct live_swing_rule swing = { HOME_PART * rule->turn, rule->turn, rule->frames };
	struct live_swing was;
	enum live_swing_news news = live_swing_feed(&h->turn, &swing, h->turned, at_ms, &was);
	const struct live_swing *s = news == LIVE_SWING_OVER ? &was : &h->turn;

	if (news == LIVE_SWING_NONE)
		return 0;
	*out = head_event(s->side > 0 ? LIVE_TURN_RIGHT : LIVE_TURN_LEFT, s, news == LIVE_SWING_OVER);
	return 1;
}

static size_t
head_nod(struct live_head *h, const struct live_head_rule *rule, int64_t at_ms, struct live_event *out)
{
	struct live_swing_rule swing = { HOME_PART * rule->nod, rule->nod, 1 };
	struct live_swing was;

	if (live_swing_feed(&h->nod, &swing, h->bowed, at_ms, &was) != LIVE_SWING_OVER || was.side < 0 ||
	    at_ms - was.start_ms > NOD_LONG_MS)
		return 0;
	*out = head_event(LIVE_NOD, &was, true);
	return 1;
}

size_t
live_head_feed(struct live_head *h, const struct live_head_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event out[static LIVE_HEAD_EVENTS])
{
	size_t n = 0;

	if (live_level_feed(&h->yaw, &level_yaw, f->yaw, at_ms)) {
		h->turned = f->yaw - h->yaw.value;
		n += head_turn(h, rule, at_ms, out);
	}
	if (fabsf(f->yaw - h->yaw.value) <= NOD_YAW && live_level_feed(&h->pitch, &level_pitch, f->pitch, at_ms)) {
		h->bowed = f->pitch - h->pitch.value;
		n += head_nod(h, rule, at_ms, out + n);
	}
	return n;
}
