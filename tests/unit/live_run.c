/*
 * live_run.c - see live_run.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "live_run.h"

void
run_init(struct run *r, uint64_t seed, int fps)
{
	memset(r, 0, sizeof *r);
	liveness_defaults(&r->o);
	fake_person_init(&r->p, 1, seed);
	fake_rng_init(&r->plan_rng, seed * 77 + 5);
	r->fps = fps;
	r->now = START;
	r->react_ms = 400;
}

enum rc
run_play(struct run *r, frame_fn *frame)
{
	int64_t phase_ms = START;

	liveness_begin(&r->l, &r->o, &r->plan_rng.rng, r->now);
	for (int i = 1; !liveness_done(&r->l); i++) {
		struct vision_features f;

		assert_true(i < 100000);
		r->now = START + (int64_t)i * 1000 / r->fps;
		frame(r, &f);
		liveness_feed(&r->l, &f, r->now, r->now + r->late_ms, false);
		liveness_tick(&r->l, r->now + r->late_ms);
		assert_non_null(liveness_hint(&r->l));
		assert_true(strlen(liveness_hint(&r->l)) <= HINT_MAX_BYTES);
		if (liveness_ask(&r->l) != r->asked || r->l.phase_ms != phase_ms) {
			phase_ms = r->l.phase_ms;
			r->asked = liveness_ask(&r->l);
			r->ask_ms = r->now + r->late_ms;
			r->asks += r->l.phase == LIVENESS_CHALLENGE;
		}
	}
	return r->l.verdict;
}

bool
run_just_now(const struct run *r, int64_t after)
{
	bool done = r->p.move == FAKE_STILL || r->now - r->p.move_ms > r->p.turn_ms + 200;

	return r->asked > LIVENESS_ASK_LOOK && r->now >= r->ask_ms + after && r->p.move_ms <= r->ask_ms && done;
}

void
run_honest(struct run *r, struct vision_features *f)
{
	if (run_just_now(r, r->react_ms))
		fake_person_move(&r->p, fake_answer(r->asked), r->now);
	fake_person_frame(&r->p, r->now, EYES, f);
}

void
run_photograph(struct run *r, struct vision_features *f)
{
	fake_person_frame(&r->p, r->now, EYES, f);
}
