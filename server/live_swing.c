/*
 * live_swing.c - see live_swing.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "server/live_swing.h"

#define HOME_MS   70		/* at rest for so long: over; a wobble on the way back is not the end */
#define GONE_MS 1500		/* a longer gap without frames: whatever it was, nobody saw it */

enum live_swing_news
live_swing_feed(struct live_swing *s, const struct live_swing_rule *rule, float off, int64_t at_ms, struct live_swing *was)
{
	int side = fabsf(off) <= rule->home ? 0 : off > 0.0f ? 1 : -1;
	enum live_swing_news news = LIVE_SWING_NONE;

	if (s->side != 0 && side == 0 && at_ms - s->last_ms <= HOME_MS)
		return news;
	if (s->side != 0 && (side != s->side || at_ms - s->last_ms > GONE_MS)) {
		*was = *s;
		news = s->reached ? LIVE_SWING_OVER : LIVE_SWING_NONE;
		*s = (struct live_swing){ 0 };
	}
	if (side == 0)
		return news;
	if (s->side == 0)
		*s = (struct live_swing){ .side = side, .start_ms = at_ms, .peak_ms = at_ms };
	s->last_ms = at_ms;
	if (fabsf(off) > fabsf(s->peak)) {
		s->peak = off;
		s->peak_ms = at_ms;
	}
	s->beyond += fabsf(off) >= rule->far;
	if (!s->reached && s->beyond >= rule->frames && news == LIVE_SWING_NONE) {
		s->reached = true;
		news = LIVE_SWING_REACHED;
	}
	return news;
}
