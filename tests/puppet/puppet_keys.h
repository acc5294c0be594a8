/*
 * puppet_keys.h - the puppet's control keys on a terminal.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: a value belongs to one thread.
 */
#ifndef PUPPET_KEYS_H
#define PUPPET_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "proto/rc.h"

struct puppet_keys {
	bool raw;		/* the terminal's mode must be restored */
	struct termios before;
};

/* Standard input must be a terminal (RC_INVALID with a sentence). Keys arrive one by one and unseen;
 * Ctrl-C still interrupts. */
enum rc puppet_keys_open(struct puppet_keys *k, char *err, size_t err_n) MUST_CHECK;
void    puppet_keys_close(struct puppet_keys *k);	/* restores the mode; safe on a zeroed struct */

/* The one-screen help; faces are reached with 1 ... 9. */
void    puppet_keys_help(const char *const *faces, size_t n);
/* Shows what was done last, or what is wrong, on the line below the help. */
void    puppet_keys_say(const char *text);
/* The next key. RC_AGAIN: none; RC_CLOSED: the terminal has gone. */
enum rc puppet_keys_next(int *key) MUST_CHECK;

#endif
