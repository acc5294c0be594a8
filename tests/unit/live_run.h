/*
 * live_run.h - a person before liveness.h, in virtual time.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_LIVE_RUN_H
#define TESTS_LIVE_RUN_H

#include "fake_person.h"

#define START 1000000
#define EYES  VISION_WANT_EYES

/* One run: a person, and what they do about the asks. */
struct run {
	struct liveness l;
	struct liveness_options o;
	struct fake_person p;
	struct fake_rng plan_rng;
	int fps;
	int64_t now, react_ms;
	int64_t late_ms;	/* features come so long after their frame */
	enum liveness_ask asked;
	int64_t ask_ms;
	uint32_t asks;		/* challenges put, repetitions included */
};

/* The next frame, at r->now. */
typedef void frame_fn(struct run *r, struct vision_features *f);

void run_init(struct run *r, uint64_t seed, int fps);
/* Plays until the verdict. */
enum rc run_play(struct run *r, frame_fn *frame);
/* `after` has passed since the ask, the last movement is over, and the person has not moved since. */
bool run_just_now(const struct run *r, int64_t after);

/* People: one who does what is asked, and a photograph of one. */
void run_honest(struct run *r, struct vision_features *f);
void run_photograph(struct run *r, struct vision_features *f);

#endif
