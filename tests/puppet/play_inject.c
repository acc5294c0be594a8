/*
 * play_inject.c - bytes in the camera's place: an earlier capture again, a
 * loop, one picture for ever.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "tests/puppet/puppet_impl.h"

#define LOOP_FRAMES 30u

bool
puppet_injects(const struct puppet *p)
{
	return p->scenario >= PUPPET_PERFECT || p->scenario == PUPPET_REPLAY;
}

/* The loop's first round is rendered as it goes. */
static enum rc
inject_record(struct puppet *p, int64_t now_ms, uint8_t *jpeg, size_t cap, size_t *n)
{
	enum rc r = image_jpeg_encode(p->jpeg, puppet_render(p, now_ms), 80, jpeg, cap, n);

	return r == RC_OK ? puppet_tape_add(&p->loop, jpeg, *n) : r;
}

enum rc
puppet_inject(struct puppet *p, int64_t now_ms, uint8_t *jpeg, size_t cap, size_t *n)
{
	unsigned round = p->scenario == PUPPET_FROZEN ? 1 : LOOP_FRAMES;
	const struct puppet_tape *tape = &p->loop;
	const uint8_t *bytes;
	unsigned i;

	if (p->began_ms < 0)
		p->began_ms = now_ms;
	if (p->scenario == PUPPET_REPLAY) {
		tape = p->tape;
		i = puppet_tape_now(p, now_ms);
	} else {
		if (p->loop.frames < round)
			return inject_record(p, now_ms, jpeg, cap, n);
		i = p->looped++ % round;
	}
	bytes = puppet_tape_at(tape, i, n);
	if (*n > cap)
		return RC_TOO_BIG;
	memcpy(jpeg, bytes, *n);
	return RC_OK;
}
