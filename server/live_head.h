/*
 * live_head.h - turns of the head and nods, in degrees off the person's own
 * frontal level.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A turn is one as soon as it goes far enough; a nod goes down and comes back
 * (who keeps looking down has not nodded). May be zeroed. Threads: none.
 */
#ifndef SERVER_LIVE_HEAD_H
#define SERVER_LIVE_HEAD_H

#include <stddef.h>

#include "proto/vision_wire.h"
#include "server/live_event.h"
#include "server/live_level.h"
#include "server/live_swing.h"

#define LIVE_HEAD_EVENTS 2u

struct live_head_rule {
	float turn, nod;	/* degrees */
	uint32_t frames;	/* that must show a turn */
};

struct live_head {
	struct live_level yaw, pitch;
	struct live_swing turn, nod;
	float turned, bowed;	/* degrees off the level in the last frame, while known */
};

/* One frame with a face. Returns how many events are in out. */
size_t live_head_feed(struct live_head *h, const struct live_head_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event out[static LIVE_HEAD_EVENTS]);

#endif
