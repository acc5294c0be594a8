/*
 * play_gap.c - pictures in which nobody is found: the finder loses an honest
 * face now and then, and a stand-in comes and goes behind a hand over the lens
 * or an empty room.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "tests/puppet/puppet_impl.h"
#include "tests/splitmix.h"

#define GAP_MOST    5u		/* pictures */
#define LOSS_MOST   2u
#define LOSS_EVERY 80u		/* pictures, on an average: one loss in a capture */

/* Somebody else than the person is, or is to be, before the camera. */
static bool
gap_stands_in(const struct puppet *p)
{
	const struct puppet_motion *m = &p->motion;

	return p->gap.waiting > 0 || m->eyes.count + m->head.count + m->mouth.count > 0 || m->closed ||
	    (!p->swaps_back && m->acted);
}

enum rc
puppet_gap_act(struct puppet *p, enum puppet_action action, int64_t now_ms)
{
	if (p->gap.stands_in && p->gap.left == 0)
		return puppet_motion_act(&p->motion, action, now_ms);
	if (p->gap.waiting == PUPPET_WAITING_MAX)
		return RC_BUSY;
	p->gap.action[p->gap.waiting++] = action;
	return RC_OK;
}

bool
puppet_gap_now(struct puppet *p, int64_t now_ms)
{
	struct puppet_gap *g = &p->gap;

	if (p->scenario == PUPPET_SWAP_BLANK && gap_stands_in(p) != g->stands_in) {
		g->stands_in = !g->stands_in;
		g->left = 1 + (unsigned)(splitmix64(&p->random) % GAP_MOST);
		g->hand = splitmix64(&p->random) % 2 == 0;
	} else if (p->scenario == PUPPET_LOSSES && g->left == 0 && splitmix64(&p->random) % LOSS_EVERY == 0) {
		g->left = 1 + (unsigned)(splitmix64(&p->random) % LOSS_MOST);
	}
	if (g->left > 0) {
		g->left--;
		return true;
	}
	for (unsigned i = 0; i < g->waiting; i++)
		(void)!puppet_motion_act(&p->motion, g->action[i], now_ms);	/* as nobody would hear of it either */
	g->waiting = 0;
	return false;
}

void
puppet_draw_gap(struct puppet *p)
{
	static const uint8_t palm[3] = { 74, 42, 33 };

	if (!p->gap.hand) {
		memcpy(p->shown.rgb, p->room.rgb, (size_t)p->width * p->height * 3);
		return;
	}
	for (uint32_t y = 0; y < p->height; y++)
		for (uint32_t x = 0; x < p->width; x++)
			for (unsigned c = 0; c < 3; c++)	/* some light comes in from a corner */
				p->shown.rgb[((size_t)y * p->width + x) * 3 + c] =
				    (uint8_t)(palm[c] + 50 * x / p->width + 30 * y / p->height);
}
