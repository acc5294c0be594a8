/*
 * term_curses.c - ncurses: cells and the looks of their theme become bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Colours: with 256 of them the theme and the camera picture are in colour;
 * with 8 the theme alone; with none bold, reverse and underline stand in, so
 * that every page can be read on a vt100. Colour pairs for pictures are made
 * when first seen and forgotten all at once when they run out. A terminal that
 * takes colours as red, green and blue gets the 256 as such. While a page
 * shines as a lamp, all of it but the camera picture has one pair.
 */
#include "client/term.h"
#include "client/lamp.h"
#include "client/term_curses_keys.h"
#include "client/term_rescue.h"
#include "client/theme.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <term.h>
#include <unistd.h>

#define PAIR_LAMP    (THEME_COUNT + 1)
#define PAIR_FIRST   (THEME_COUNT + 2)
#define PAIR_SLOTS   (257u * 257u)

struct tty {
	SCREEN *screen;
	int  stderr_kept;	/* what standard error was, -1: untouched */
	bool ascii, redraw;
	bool direct;		/* a colour is 0xRRGGBB, not an index */
	uint32_t lamp;		/* what PAIR_LAMP is made for, 0: nothing yet */
	enum preview_colours colours;
	enum palette palette;
	int  pairs, pair_next;
	int *pair_of;		/* [fg + 1][bg + 1], 0: none yet */
};

/* exit() from anywhere, a library included, gives the terminal back too. */
static void
term_at_exit(void)
{
	if (rescue_armed() && isendwin() == FALSE)
		endwin();
}

/* Libraries that print warnings must not print them over the page. */
static void
term_hush(struct tty *t)
{
	int nowhere;

	t->stderr_kept = -1;
	if (!isatty(STDERR_FILENO) || (nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)) < 0)
		return;
	t->stderr_kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (t->stderr_kept >= 0)
		dup2(nowhere, STDERR_FILENO);
	close(nowhere);
}

/* How a terminal of direct colours knows one: the lowest numbers are the user's own eight. */
static int
term_direct(uint32_t rgb)
{
	return rgb < 8 ? 8 : (int)rgb;
}

/* How the terminal knows a colour of xterm's 256; -1 stays. */
static int
term_hue(const struct tty *t, int index)
{
	return t->direct && index >= 0 ? term_direct(lamp_palette(index)) : index;
}

static void
term_colours_set(struct tty *t, const struct term_opts *o)
{
	t->colours = PREVIEW_MONO;
	t->palette = PALETTE_MONO;
	if (o->palette == PALETTE_MONO || has_colors() == FALSE || start_color() == ERR)
		return;
	t->palette = o->palette;
	use_default_colors();
	t->colours = COLORS >= 256 && COLOR_PAIRS > 1024 ? PREVIEW_256 : PREVIEW_8;
	if (t->colours > o->most)
		t->colours = o->most;
	t->pairs = COLOR_PAIRS;
	t->direct = COLORS >= 1 << 24;
	for (int i = 0; i < THEME_COUNT; i++) {
		const struct look *l = theme_look(t->palette, (enum theme)i);

		if (t->colours == PREVIEW_256)
			init_extended_pair(i + 1, term_hue(t, l->fg), term_hue(t, l->bg));
		else if (t->colours == PREVIEW_8 && i + 1 < COLOR_PAIRS)
			init_extended_pair(i + 1, l->fg8, l->bg8);
	}
	t->pair_next = PAIR_FIRST;
}

/* A locale can say more than its terminal: those that are older than Unicode (vt100, vt220, ansi, dumb) draw none of it. */
static bool
term_knows_unicode(const char *name)
{
	bool old = name != NULL && ((strncmp(name, "vt", 2) == 0 && name[2] >= '0' && name[2] <= '9') ||
	    strcmp(name, "ansi") == 0 || strcmp(name, "dumb") == 0);

	return !old && strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct tty *
term_open(const struct term_opts *o, char *err, size_t err_n)
{
	struct tty *t;
	const char *name = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(err, err_n, "This program draws on a terminal; its input and output must not be redirected.");
		return NULL;
	}
	if ((t = calloc(1, sizeof *t)) == NULL ||
	    (t->pair_of = calloc(PAIR_SLOTS, sizeof *t->pair_of)) == NULL) {
		snprintf(err, err_n, "Out of memory.");
		free(t);
		return NULL;
	}
	t->ascii = o->ascii || !term_knows_unicode(name);
	rescue_remember(STDOUT_FILENO);
	if ((t->screen = newterm(NULL, stdout, stdin)) == NULL) {
		snprintf(err, err_n, "The terminal type '%s' is not known here. Set TERM, for example to xterm-256color or vt100.",
		    name == NULL ? "" : name);
		free(t->pair_of);
		free(t);
		return NULL;
	}
	rescue_add(tigetstr("sgr0"));
	rescue_add(tigetstr("rmkx"));
	rescue_add(tigetstr("cnorm"));
	rescue_add(tigetstr("rmcup"));
	if (o->mouse)
		rescue_add("\033[?1006l\033[?1000l");
	rescue_arm();
	atexit(term_at_exit);
	term_hush(t);
	term_keys_init(o->mouse);
	term_colours_set(t, o);
	return t;
}

void
term_close(struct tty *t)
{
	if (t == NULL)
		return;
	endwin();
	rescue_disarm();
	if (t->stderr_kept >= 0) {
		dup2(t->stderr_kept, STDERR_FILENO);
		close(t->stderr_kept);
	}
	delscreen(t->screen);
	free(t->pair_of);
	free(t);
}

bool
term_ascii(const struct tty *t)
{
	return t->ascii;
}

enum preview_colours
term_colours(const struct tty *t)
{
	return t->colours;
}

void
term_size(const struct tty *t, int *w, int *h)
{
	(void)t;
	getmaxyx(stdscr, *h, *w);
}

int
term_fd(const struct tty *t)
{
	(void)t;
	return STDIN_FILENO;
}

bool
term_ended(void)
{
	return rescue_ended();
}

/* The pair of a picture cell; when all are taken, all are forgotten and made anew. */
static int
term_pair(struct tty *t, int fg, int bg)
{
	int *slot = &t->pair_of[(size_t)(fg + 1) * 257 + (size_t)(bg + 1)];

	if (*slot != 0)
		return *slot;
	if (t->pair_next >= t->pairs) {
		memset(t->pair_of, 0, PAIR_SLOTS * sizeof *t->pair_of);
		t->pair_next = PAIR_FIRST;
		t->redraw = true;
	}
	init_extended_pair(t->pair_next, term_hue(t, fg), term_hue(t, bg));
	return *slot = t->pair_next++;
}

/* Where the terminal has to repaint it anyway, curses does so by itself when a pair changes. */
static void
term_lamp(struct tty *t, uint32_t rgb)
{
	int bg = t->direct ? term_direct(rgb) : lamp_nearest(rgb);
	uint32_t seen = t->direct ? rgb : lamp_palette(bg);

	if (rgb == 0 || rgb == t->lamp)
		return;
	init_extended_pair(PAIR_LAMP, term_hue(t, lamp_wants_black(seen) ? 16 : 231), bg);
	t->lamp = rgb;
}

static attr_t
term_look_attrs(uint8_t look)
{
	return ((look & LOOK_BOLD) != 0 ? A_BOLD : A_NORMAL) | ((look & LOOK_REVERSE) != 0 ? A_REVERSE : A_NORMAL) |
	    ((look & LOOK_UNDERLINE) != 0 ? A_UNDERLINE : A_NORMAL);
}

static void
term_put(struct tty *t, int y, int x, const struct cell *cell, bool lit)
{
	const struct look *l = theme_look(t->palette, (enum theme)cell->theme);
	wchar_t text[3] = { (wchar_t)cell->cp, (wchar_t)cell->mark, 0 };
	/* With 256 colours a field has a background of its own. */
	attr_t attrs = term_look_attrs(l->attrs) & (t->colours == PREVIEW_256 ? ~A_UNDERLINE : ~A_NORMAL);
	int pair = t->colours == PREVIEW_MONO ? 0 : cell->theme + 1;
	cchar_t out;

	if (cell->theme == THEME_PICTURE) {
		attrs = A_NORMAL;
		pair = t->colours == PREVIEW_256 && cell->fg < 256 && cell->bg < 256 && cell->fg >= -1 && cell->bg >= -1 ?
		    term_pair(t, cell->fg, cell->bg) : 0;
	}
	if (cell->theme == THEME_FACE && t->colours == PREVIEW_256 && cell->bg >= 0 && cell->bg < 256)
		pair = term_pair(t, l->fg, cell->bg);
	else if (lit && cell->theme != THEME_PICTURE)
		pair = PAIR_LAMP;
	if (setcchar(&out, text, attrs, (short)(pair > 0x7fff ? 0 : pair), &pair) == ERR) {
		text[0] = '?';
		text[1] = 0;
		setcchar(&out, text, attrs, 0, NULL);
	}
	mvadd_wch(y, x, &out);
}

void
term_show(struct tty *t, const struct cells *c)
{
	bool lit = c->lamp != 0 && t->colours == PREVIEW_256;

	if (lit)
		term_lamp(t, c->lamp);
	for (int y = 0; y < c->h; y++)
		for (int x = 0; x < c->w; x++) {
			struct cell cell = *cells_at(c, y, x);

			/* A bar's end is written, not cleared: not every terminal keeps the colour when clearing. */
			if (x == c->w - 1 && cell.cp == ' ' && (cell.theme == THEME_BANNER || lit) && !t->ascii)
				cell.cp = 0xa0;
			if (cell.cp != 0)
				term_put(t, y, x, &cell, lit);
		}
	if (t->redraw) {
		clearok(stdscr, TRUE);
		t->redraw = false;
	}
	curs_set(c->cur_on ? 1 : 0);
	move(c->cur_on ? c->cur_y : c->h - 1, c->cur_on ? c->cur_x : c->w - 1);
	refresh();
}

void
term_ring(struct tty *t)
{
	const char *sound = tigetstr("bel");

	/* Not beep(): where there is no bell it makes the screen flash. */
	(void)t;
	if (sound != NULL && sound != (const char *)-1) {
		putp(sound);
		fflush(stdout);
	}
}

void
term_redraw(struct tty *t)
{
	t->redraw = true;
}
