/*
 * liveness_impl.h - between liveness.c (the flow), liveness_settle.c (what is
 * wrong with a frame), liveness_answer.c (what counts as an answer),
 * liveness_plan.c and liveness_text.c only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SERVER_LIVENESS_IMPL_H
#define SERVER_LIVENESS_IMPL_H

#include "server/liveness.h"

/* Fills steps, plan, pause, hold_ms and drawn from g; l->o is set. */
void liveness_draw_plan(struct liveness *l, const struct rng *g);
/* The bit of an ask in `asked`. */
uint32_t liveness_ask_bit(enum liveness_ask a);
/* How many captures ago the newest one was made that shows all of the plan; UINT32_MAX: none does. */
uint32_t liveness_plan_age(const struct liveness *l);
/*
 * A mistake was forgiven, in which the person showed these kinds: one more
 * challenge, of a kind that was not seen yet, if the person may be asked one.
 * False: there were too many already.
 */
bool liveness_one_more(struct liveness *l, uint32_t shown);
/* The next n drawn bits. */
uint32_t liveness_draw_bits(struct liveness *l, unsigned n);

void liveness_enter(struct liveness *l, enum liveness_phase to, int64_t now_ms);

/* What is wrong with this frame; the movements have been fed with it. */
enum liveness_reason liveness_judge(const struct liveness *l, const struct vision_features *f);
/* One frame of SETTLE; l->reason is what is wrong with it. */
void liveness_feed_settle(struct liveness *l, int64_t at_ms, int64_t now_ms, bool hold);

/* A movement, in any phase. */
void liveness_event(struct liveness *l, const struct live_event *e, int64_t now_ms);
/* What a challenge makes of a frame without an event. */
void liveness_feed_challenge(struct liveness *l, int64_t at_ms, int64_t now_ms);

#endif
