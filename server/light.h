/*
 * light.h - the terminal as a lamp: which colours it shows, and when.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a short sequence of colours drawn at random for one capture,
 *               and which of them shows at a given moment.
 * What it isn't: it paints nothing (client) and judges nothing (cue_light.h).
 *
 * Safe for people with photosensitive epilepsy, after the general flash limit
 * (WCAG 2.2, 2.3.1; ISO 9241-391): a flash is a pair of opposing changes of
 * relative luminance by .10 and more where the darker is below .80, or one to
 * and from a saturated red (R / (R + G + B) >= .8 of the light), and three a
 * second are the most. Here no two colours are .10 apart or near such a red, on
 * terminals of 256 colours and of millions, so that only coming on and going
 * out change the brightness; and a colour stands for at least LIGHT_LEAST_MS.
 *
 * Threads: none; pure functions.
 */
#ifndef SERVER_LIGHT_H
#define SERVER_LIGHT_H

#include <stdint.h>

#include "proto/crypto.h"

#define LIGHT_COLOURS_LEAST 3u
#define LIGHT_COLOURS_MOST  5u
#define LIGHT_PALETTE       6u
#define LIGHT_LEAST_MS      500
#define LIGHT_MOST_MS      1000

/* May be zeroed: no light. */
struct light {
	uint32_t n;				/* colours, LIGHT_COLOURS_LEAST ... _MOST */
	uint32_t rgb[LIGHT_COLOURS_MOST];	/* 0xRRGGBB; no two neighbours are equal */
	int64_t  until_ms[LIGHT_COLOURS_MOST];	/* when each ends, from the start of the sequence */
};

/* The colours that are drawn from, 0xRRGGBB. */
extern const uint32_t light_palette[LIGHT_PALETTE];

void light_draw(struct light *l, const struct rng *g);
/* The colour since_ms after the start, 0xRRGGBB; 0: before it, after the last one, or no light. */
uint32_t light_at(const struct light *l, int64_t since_ms);

#endif
