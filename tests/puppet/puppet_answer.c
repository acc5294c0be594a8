/*
 * puppet_answer.c - see puppet_answer.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "tests/puppet/puppet_answer.h"

/* What answers an ask; its numbers are those of CaptureAsk in countersign.proto. */
static const struct {
	unsigned count;
	enum puppet_action action;
} answers[] = {
	[2] = { 1, PUPPET_BLINK },
	[3] = { 1, PUPPET_LEFT },
	[4] = { 1, PUPPET_RIGHT },
	[6] = { 2, PUPPET_BLINK },
	[7] = { 1, PUPPET_CLOSE },
	[8] = { 1, PUPPET_OPEN },
	[9] = { 1, PUPPET_NOD },
	[10] = { 1, PUPPET_MOUTH },
};

void
puppet_answer_hear(struct puppet_answer *a, unsigned ask, unsigned step, int64_t now_ms, int64_t react_ms)
{
	if (ask == a->ask && step == a->step)
		return;
	a->ask = ask;
	a->step = step;
	a->act_ms = now_ms + react_ms;
	a->heard = true;
}

void
puppet_answer_play(struct puppet_answer *a, struct puppet *p, int64_t now_ms)
{
	enum puppet_action action;

	if (!a->heard || now_ms < a->act_ms)
		return;
	a->act_ms = now_ms + PUPPET_AGAIN_MS;
	action = a->ask < sizeof answers / sizeof answers[0] && answers[a->ask].count > 0 ? answers[a->ask].action :
	    PUPPET_ACTIONS;
	if (a->shut && action != PUPPET_CLOSE) {
		a->shut = false;
		(void)!puppet_act(p, PUPPET_OPEN, now_ms);
	}
	if (action == PUPPET_ACTIONS) {
		a->heard = false;
		return;
	}
	a->shut |= action == PUPPET_CLOSE;
	for (unsigned i = 0; i < answers[a->ask].count; i++)
		(void)!puppet_act(p, action, now_ms);	/* a photograph cannot */
}
