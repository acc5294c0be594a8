/*
 * live_mouth.c - see live_mouth.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "server/live_mouth.h"

#define HOME_PART .5f

static const struct live_level_rule level_mouth = { .spread = .08f, .most = 1.0f, .near = .08f };

bool
live_mouth_feed(struct live_mouth *m, const struct live_mouth_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event *out)
{
	struct live_swing_rule swing = { HOME_PART * rule->open, rule->open, rule->frames };
	enum live_swing_news news;
	struct live_swing was;

	if (!live_level_feed(&m->level, &level_mouth, f->mouth, at_ms))
		return false;
	news = live_swing_feed(&m->swing, &swing, f->mouth - m->level.value, at_ms, &was);
	if (news == LIVE_SWING_OVER)
		*out = (struct live_event){ LIVE_MOUTH, true, was.start_ms, was.peak_ms, was.last_ms, 0.0f };
	else if (news == LIVE_SWING_REACHED)
		*out = (struct live_event){ LIVE_MOUTH, false, m->swing.start_ms, m->swing.peak_ms, m->swing.last_ms, 0.0f };
	return news != LIVE_SWING_NONE;
}
