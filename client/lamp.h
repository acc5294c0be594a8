/*
 * lamp.h - the terminal as a lamp: which colour its screen shines in.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the rules that keep the light harmless whatever a server asks
 *               for, and the numbers of the colours.
 * What it isn't: it paints nothing; a page carries the colour (cells.h) and
 *               term_curses.c paints it.
 *
 * Photosensitivity, after WCAG 2.2, 2.3.1: a flash is a pair of changes, three
 * flashes a second are the most, and a saturated red counts at any size. Here
 * a colour stands for at least LAMP_LEAST_MS, so that there are no more than
 * three changes a second; of colours that were asked for meanwhile the last
 * one shows then and the others never; a saturated red is never shown. Coming
 * on and going out are changes like any other, whatever becomes of the capture
 * meanwhile: the lamp belongs to the visit and not to a page, so that a page
 * that goes leaves its light behind for the rest of its time.
 *
 * Threads: none.
 */
#ifndef CLIENT_LAMP_H
#define CLIENT_LAMP_H

#include <stdbool.h>
#include <stdint.h>

#define LAMP_LEAST_MS 340

/* May be zeroed: dark, and never lit before. */
struct lamp {
	uint32_t asked, shown;	/* 0xRRGGBB; 0: dark, the page looks as ever */
	int64_t  changed_ms;	/* mono */
	bool     used;		/* changed_ms counts */
};

/* rgb: 0xRRGGBB, 0 for dark. A saturated red is not taken: what was asked before stays. */
void lamp_ask(struct lamp *l, uint32_t rgb, int64_t now_ms);
/* Shows what was asked as soon as it may. Call often. */
void lamp_turn(struct lamp *l, int64_t now_ms);

bool lamp_is_red(uint32_t rgb);		/* R / (R + G + B) of .8 or more, as light: by linear values */
/* The nearest of the colours 16 to 255 of xterm that is no saturated red; and any of those as 0xRRGGBB. */
int      lamp_nearest(uint32_t rgb);
uint32_t lamp_palette(int index);
/* Text on this colour is read best in black (else in white): WCAG 2.2's relative luminance. */
bool lamp_wants_black(uint32_t rgb);

#endif
