/*
 * term.h - the real terminal: cells out, raw keys in.
 * SPDX-License-Identifier: Apache-2.0
 *
 * There is one per process: term_rescue.c gives the terminal back whatever
 * happens. Only term_curses.c includes curses.h.
 * Threads: none; one thread owns it.
 */
#ifndef CLIENT_TERM_H
#define CLIENT_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "client/cells.h"
#include "client/keymap.h"
#include "client/preview.h"
#include "client/theme.h"

#define TERM_W_MIN 80
#define TERM_H_MIN 24

struct tty;

struct term_opts {
	enum preview_colours most;	/* no more colours than this are used */
	enum palette palette;
	bool ascii;			/* no other characters, whatever the locale */
	bool mouse;			/* clicks are keys; the terminal's own marking of text is off then */
};

/* err: why it cannot be used, and what to do. */
struct tty *term_open(const struct term_opts *o, char *err, size_t err_n);
void term_close(struct tty *t);	/* gives the terminal back; NULL is fine */

bool term_ascii(const struct tty *t);	/* locale or terminal have no Unicode, or it was asked for */
enum preview_colours term_colours(const struct tty *t);
void term_size(const struct tty *t, int *w, int *h);
int  term_fd(const struct tty *t);	/* readable when a key waits */

/* Never blocks: RAW_NONE when no key waits. After RAW_RESIZE term_size() is new. */
struct raw_key term_key(struct tty *t);
/* Shows the page; only what changed goes over the line. */
void term_show(struct tty *t, const struct cells *c);
void term_ring(struct tty *t);		/* the bell, where there is one */
void term_redraw(struct tty *t);	/* everything, at the next show: somebody else wrote on the screen */

/* A signal asked the program to end. */
bool term_ended(void);

#endif
