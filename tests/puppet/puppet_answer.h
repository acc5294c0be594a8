/*
 * puppet_answer.h - a willing person: does what the server asks, after the
 * time it takes to read it, and again if nothing came of it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Shared by everything that plays captures by itself. Time is the caller's.
 * Threads: none; a value belongs to its caller.
 */
#ifndef PUPPET_ANSWER_H
#define PUPPET_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/puppet/puppet.h"

#define PUPPET_AGAIN_MS 2500	/* asked the same thing for so long: does it again */

/* May be zeroed: nothing was asked yet. */
struct puppet_answer {
	unsigned ask, step;	/* the last ask heard */
	int64_t  act_ms;	/* when it is answered */
	bool     heard;		/* there is something to answer */
	bool     shut;		/* keeps the eyes closed until asked for something else */
};

/* The server asks (numbers of CaptureAsk in countersign.proto); a repetition changes nothing. */
void puppet_answer_hear(struct puppet_answer *a, unsigned ask, unsigned step, int64_t now_ms, int64_t react_ms);
/* Acts when it is time to; call before every picture. What p cannot do is left out. */
void puppet_answer_play(struct puppet_answer *a, struct puppet *p, int64_t now_ms);

#endif
