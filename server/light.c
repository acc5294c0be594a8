/*
 * light.c - see light.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "server/light.h"

/*
 * Colours of xterm's 256, so that every terminal shows just these; chosen for
 * being far apart in hue among those whose relative luminance (WCAG) is .33 to
 * .41. Two of them are less than .10 apart, so that no change of colour is half
 * of a flash; red is at most two thirds of the light.
 */
const uint32_t light_palette[LIGHT_PALETTE] = {
	0xff8787,	/* rose */
	0x00afaf,	/* cyan */
	0x00afff,	/* blue */
	0xafaf00,	/* yellow */
	0xff5fff,	/* mauve */
	0xaf87ff,	/* violet */
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
