/*
 * live_eyes.h - blinks and held closures.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The eye aspect ratio (Soukupova and Cech, "Real-Time Eye Blink Detection
 * using Facial Landmarks", 2016) of both eyes together, by the network whose
 * points follow the lids. Its open level differs from person to person and
 * moves with head and gaze, so what is judged is the shape: a fast fall from
 * where it just was, by a part of the person's open level, and a rise after
 * it. Lids that are lowered slowly have another shape. A shallow fall needs the
 * eye network's word that both eyes are shut, and so does a held closure:
 * points alone cannot tell it from a gaze that stays down. Where rims of
 * glasses keep the points from falling far, a faint fall is enough if that
 * network saw both eyes clearly open and then both clearly shut.
 *
 * May be zeroed. Threads: none.
 */
#ifndef SERVER_LIVE_EYES_H
#define SERVER_LIVE_EYES_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"
#include "server/live_event.h"

#define LIVE_EYES_FRAMES 96u	/* 3 s at 30 a second */

struct live_eyes_rule {
	float   faint;		/* of the open level: a fall that is a blink when the eye network has no doubt at all, */
	float   drop;		/* one that is when it sees both eyes shut ... */
	float   sure;		/* ... and one that is, whatever it sees */
	int64_t blink_ms;	/* shut for longer: a closure */
};

struct live_eyes {
	uint32_t n, next;	/* ring of the open frames */
	int64_t  at[LIVE_EYES_FRAMES];
	float    ear[LIVE_EYES_FRAMES];
	bool     low;		/* fallen, and not risen yet: */
	float    base, open;	/* from here; the open level then */
	float    least;
	int64_t  start_ms, least_ms, last_ms;
	bool     sudden;	/* the eye network had no doubt */
	uint32_t clear;		/* frames in a row with both eyes clearly open, before */
	uint32_t frames, shut;	/* of the fall; those with both eyes shut by the eye network */
	bool     told;		/* the closure, while it goes on */
};

/* One frame with both eyes in sight, from the front. True: *out is filled. */
bool live_eyes_feed(struct live_eyes *e, const struct live_eyes_rule *rule, const struct vision_features *f, int64_t at_ms,
    struct live_event *out);
/* Are the eyes held shut, by both measures? Since when: e->start_ms. */
bool live_eyes_shut(const struct live_eyes *e);

#endif
