/*
 * cells.h - a page in memory: what screens draw into.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   a grid of cells (one character, one role of the theme), a
 *               cursor, and calls that clip instead of failing.
 * What it isn't: it knows no terminal and no colour numbers, except in camera
 *               pictures and for the lamp; term_curses.c turns cells into bytes.
 *
 * A character as wide as two columns takes two cells, the second with cp 0.
 * Where ascii is set, every character outside ASCII is replaced by its nearest
 * plain one when it is put, so no screen has to think of it.
 * Ownership: cells_size() allocates, cells_free() frees. Threads: none.
 */
#ifndef CLIENT_CELLS_H
#define CLIENT_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/keymap.h"
#include "proto/rc.h"

#define CELLS_W_MAX 512
#define CELLS_H_MAX 256

/* What a piece of text is; the terminal decides what that looks like. */
enum theme {
	THEME_TEXT,
	THEME_DIM,		/* labels, hints */
	THEME_STRONG,		/* headings, what matters */
	THEME_BORDER,
	THEME_TITLE,		/* the bar at the top */
	THEME_TITLE_DIM,
	THEME_KEY,		/* the name of a key in the bar at the bottom */
	THEME_KEY_TEXT,
	THEME_STATUS,		/* facts that are always in view */
	THEME_FIELD,
	THEME_FIELD_ON,		/* the field with the cursor */
	THEME_CHOICE_ON,	/* the chosen line of a list */
	THEME_GOOD,
	THEME_WARN,
	THEME_BAD,
	THEME_BANNER,		/* guidance in large words */
	THEME_PICTURE,		/* camera picture: fg and bg count */
	THEME_FACE,		/* the box around a face: bg counts */
	THEME_COUNT
};

struct cell {
	uint32_t cp;		/* 0: the right half of a wide character */
	uint32_t mark;		/* a combining mark, or 0 */
	int16_t  fg, bg;	/* THEME_PICTURE: xterm-256 index, -1 for the terminal's own */
	uint8_t  theme;		/* enum theme */
};

struct area { int y, x, h, w; };

/* A part of the page that a pointer can choose: what that asks for. */
struct zone {
	struct area at;
	enum request req;
	uint32_t ch;		/* REQ_CLICK: which row, field or line */
};

#define CELLS_ZONES 192

struct cells {
	int  w, h;
	bool ascii;
	bool cur_on;		/* the cursor is shown at cur_y, cur_x */
	int  cur_y, cur_x;
	uint32_t lamp;		/* the page shines in this colour, 0xRRGGBB, all but camera pictures; 0: it does not */
	struct cell *at;	/* h rows of w */
	size_t cap;
	struct zone zone[CELLS_ZONES];	/* the later one is on top */
	int zones;
};

/* Takes this size (clamped to the most) and clears. RC_NOMEM leaves an empty page. */
enum rc cells_size(struct cells *c, int w, int h) MUST_CHECK;
void    cells_free(struct cells *c);
void    cells_clear(struct cells *c);
const struct cell *cells_at(const struct cells *c, int y, int x);	/* NULL outside */

/* All return the columns they used. s is UTF-8; broken bytes show as U+FFFD. */
int  cells_put(struct cells *c, int y, int x, enum theme t, uint32_t cp);
/* Puts a narrow character over a picture: the background stays. */
void cells_over(struct cells *c, int y, int x, enum theme t, uint32_t cp);
/* At most max columns; what does not fit ends in an ellipsis. */
int  cells_text(struct cells *c, int y, int x, int max, enum theme t, const char *s);
int  cells_right(struct cells *c, int y, int end, int max, enum theme t, const char *s);	/* ends before column end */
int  cells_centre(struct cells *c, int y, int x, int w, enum theme t, const char *s);
int  cells_format(struct cells *c, int y, int x, int max, enum theme t, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* Breaks at blanks; returns the lines used, at most h. */
int  cells_wrap(struct cells *c, int y, int x, int w, int h, enum theme t, const char *s);
void cells_fill(struct cells *c, struct area a, enum theme t, uint32_t cp);
void cells_box(struct cells *c, struct area a, enum theme t, const char *title);
void cells_rule(struct cells *c, int y, int x, int w);
void cells_copy(struct cells *c, int y, int x, const struct cell *src, int w, int h);

/* Says what a pointer asks for there. One too many for the page is left out. */
void cells_zone(struct cells *c, struct area at, enum request req, uint32_t ch);
const struct zone *cells_zone_at(const struct cells *c, int y, int x);	/* NULL: nothing there */

/* The page as text, a line per row without the blanks at its end; free() it. NULL: out of memory. */
char *cells_to_text(const struct cells *c);

/* ---- UTF-8 ---- */
uint32_t utf8_next(const char **s);	/* 0 at the end */
size_t   utf8_put(uint32_t cp, char dst[static 4]);
int      utf8_columns(const char *s);
int      cp_columns(uint32_t cp);	/* 0, 1 or 2; 0 for combining marks */

#endif
