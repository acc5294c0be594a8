/*
 * live.h - eyes, head and mouth of one person, watched together.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   what the challenges are judged by (liveness.h), and what
 *               countersign-eval shows of a video: the same code.
 * What it isn't: it knows no challenge, no quality and nobody's face.
 *
 * 10 to 30 frames a second. May be zeroed. Threads: none.
 */
#ifndef SERVER_LIVE_H
#define SERVER_LIVE_H

#include "server/live_eyes.h"
#include "server/live_head.h"
#include "server/live_mouth.h"

#define LIVE_EVENTS (LIVE_HEAD_EVENTS + 2u)

struct live_rule {
	struct live_eyes_rule eyes;
	struct live_head_rule head;
	struct live_mouth_rule mouth;
};

struct live {
	struct live_eyes eyes;
	struct live_head head;
	struct live_mouth mouth;
};

/* The shipped values. */
void   live_defaults(struct live_rule *rule);
/* One frame; without a face nothing happens. Returns how many events are in out. */
size_t live_feed(struct live *l, const struct live_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event out[static LIVE_EVENTS]);
/* "turn-left" */
const char *live_kind_name(enum live_kind k);

#endif
