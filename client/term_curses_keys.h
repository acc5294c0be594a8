/*
 * term_curses_keys.h - how ncurses is told to read keys; for term_curses.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none.
 */
#ifndef CLIENT_TERM_CURSES_KEYS_H
#define CLIENT_TERM_CURSES_KEYS_H

#include <stdbool.h>

/* After newterm(). mouse: clicks are keys too. */
void term_keys_init(bool mouse);

#endif
