/*
 * theme.h - what the roles of the theme look like: in colour, in high
 * contrast, without colour.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   tables of numbers, and the rule which table is used.
 * What it isn't: it sends nothing to a terminal; term_curses.c does.
 * Nothing is told by colour alone: pages carry a mark or a word beside it, and
 * tests draw every page without colours.
 * Threads: none; pure functions.
 */
#ifndef CLIENT_THEME_H
#define CLIENT_THEME_H

#include <stdint.h>

#include "client/cells.h"

enum palette { PALETTE_AUTO, PALETTE_COLOUR, PALETTE_CONTRAST, PALETTE_MONO };

enum look_attr { LOOK_BOLD = 1, LOOK_REVERSE = 2, LOOK_UNDERLINE = 4 };

struct look {
	int16_t fg, bg;		/* xterm-256; -1 is the terminal's own */
	int8_t  fg8, bg8;	/* the eight colours of ECMA-48: 0 black, 1 red ... 7 white */
	uint8_t attrs;		/* LOOK_... */
};

/* Never NULL. PALETTE_AUTO looks like PALETTE_COLOUR. */
const struct look *theme_look(enum palette p, enum theme t);

/* The palette of this name: auto, colour, contrast or mono; -1: there is none. */
int theme_palette(const char *name);
/*
 * What PALETTE_AUTO becomes: no colour where the environment's NO_COLOR is not
 * empty (no-color.org), else colour. no_color may be NULL. Whatever was chosen
 * by name stays.
 */
enum palette theme_choose(enum palette wanted, const char *no_color);

#endif
