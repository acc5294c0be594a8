/*
 * liveness_plan.h - between liveness.c and liveness_text.c only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SERVER_LIVENESS_PLAN_H
#define SERVER_LIVENESS_PLAN_H

#include "server/liveness.h"

/* Fills plan, pause and sides from g; l->o is set. */
void liveness_draw_plan(struct liveness *l, const struct rng *g);

#endif
