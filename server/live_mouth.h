/*
 * live_mouth.h - the mouth opened wide, against the person's own level.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The distance of the inner lips in distances of the eyes; who speaks opens it
 * too, but not so far. May be zeroed. Threads: none.
 */
#ifndef SERVER_LIVE_MOUTH_H
#define SERVER_LIVE_MOUTH_H

#include "proto/vision_wire.h"
#include "server/live_event.h"
#include "server/live_level.h"
#include "server/live_swing.h"

struct live_mouth_rule {
	float open;		/* beyond the level */
	uint32_t frames;
};

struct live_mouth {
	struct live_level level;
	struct live_swing swing;
};

/* One frame with a face, not turned far. True: *out is filled. */
bool live_mouth_feed(struct live_mouth *m, const struct live_mouth_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event *out);

#endif
