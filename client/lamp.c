/*
 * lamp.c - see lamp.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/lamp.h"

#include <math.h>

#define PALETTE_FIRST 16	/* those before are the user's own */
#define PALETTE_GREYS 232
#define PALETTE_N     256

static int
lamp_part(uint32_t rgb, int shift)
{
	return (int)(rgb >> shift & 0xff);
}

/* sRGB as light: IEC 61966-2-1. */
static double
lamp_linear(int part)
{
	double v = part / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

bool
lamp_is_red(uint32_t rgb)
{
	double r = lamp_linear(lamp_part(rgb, 16)), sum = r + lamp_linear(lamp_part(rgb, 8)) + lamp_linear(lamp_part(rgb, 0));

	return sum > 0 && r >= 0.8 * sum;
}

void
lamp_turn(struct lamp *l, int64_t now_ms)
{
	if (l->asked == l->shown || (l->used && now_ms - l->changed_ms < LAMP_LEAST_MS))
		return;
	l->shown = l->asked;
	l->changed_ms = now_ms;
	l->used = true;
}

void
lamp_ask(struct lamp *l, uint32_t rgb, int64_t now_ms)
{
	if (rgb > 0xffffff || lamp_is_red(rgb))
		return;
	l->asked = rgb;
	lamp_turn(l, now_ms);
}

uint32_t
lamp_palette(int index)
{
	static const uint8_t level[6] = { 0, 95, 135, 175, 215, 255 };
	uint32_t grey;

	if (index >= PALETTE_GREYS) {
		grey = 8 + 10 * (uint32_t)(index - PALETTE_GREYS);
		return grey << 16 | grey << 8 | grey;
	}
	index = index < PALETTE_FIRST ? 0 : index - PALETTE_FIRST;
	return (uint32_t)level[index / 36] << 16 | (uint32_t)level[index / 6 % 6] << 8 | level[index % 6];
}

int
lamp_nearest(uint32_t rgb)
{
	int best = PALETTE_FIRST, least = 1 << 30;

	for (int i = PALETTE_FIRST; i < PALETTE_N; i++) {
		uint32_t other = lamp_palette(i);
		int away = 0;

		if (lamp_is_red(other))
			continue;
		for (int shift = 0; shift <= 16; shift += 8) {
			int d = lamp_part(rgb, shift) - lamp_part(other, shift);

			away += d * d;
		}
		if (away < least) {
			least = away;
			best = i;
		}
	}
	return best;
}

bool
lamp_wants_black(uint32_t rgb)
{
	double luminance = 0.2126 * lamp_linear(lamp_part(rgb, 16)) + 0.7152 * lamp_linear(lamp_part(rgb, 8)) +
	    0.0722 * lamp_linear(lamp_part(rgb, 0));

	/* (L + .05) / .05 against 1.05 / (L + .05): the contrasts are equal at this L. */
	return luminance > 0.179;
}
