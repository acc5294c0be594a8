/*
 * light.c - see light.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/light.h"

/*
 * Far apart in hue, of like luminance (relative luminance .44 to .47 by WCAG's
 * formula, so that no change is a flash of brightness), red never above half of
 * the sum.
 */
const uint32_t light_palette[LIGHT_PALETTE] = {
	0xff9a9a,	/* rose */
	0x40d040,	/* green */
	0x90b0ff,	/* blue */
	0xd0b030,	/* amber */
	0x30c8d8,	/* cyan */
	0xf090f0,	/* mauve */
};

void
light_draw(struct light *l, const struct rng *g)
{
	uint32_t last = LIGHT_PALETTE;
	int64_t until = 0;

	memset(l, 0, sizeof *l);
	l->n = LIGHT_COLOURS_LEAST + rng_below(g, LIGHT_COLOURS_MOST - LIGHT_COLOURS_LEAST + 1);
	for (uint32_t i = 0; i < l->n; i++) {
		uint32_t pick = rng_below(g, i == 0 ? LIGHT_PALETTE : LIGHT_PALETTE - 1);

		if (i > 0 && pick >= last)
			pick++;		/* any but the last one */
		last = pick;
		l->rgb[i] = light_palette[pick];
		until += LIGHT_LEAST_MS + rng_below(g, LIGHT_MOST_MS - LIGHT_LEAST_MS + 1);
		l->until_ms[i] = until;
	}
}

uint32_t
light_at(const struct light *l, int64_t since_ms)
{
	if (since_ms < 0)
		return 0;
	for (uint32_t i = 0; i < l->n; i++)
		if (since_ms < l->until_ms[i])
			return l->rgb[i];
	return 0;
}
