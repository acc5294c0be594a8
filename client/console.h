/*
 * console.h - which of the consoles this program is: what it says of itself
 * to the server, and where people are after sign-on.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Constant tables; chosen once, by the first word of the command line.
 * Threads: none.
 */
#ifndef CLIENT_CONSOLE_H
#define CLIENT_CONSOLE_H

#include <stdbool.h>

#include "proto/msg.h"

struct screen_ops;

struct console_kind {
	const char *word;		/* of the command line */
	cs_Console number;		/* in hello and login */
	const struct screen_ops *home;	/* the page after sign-on */
	const char *leave_words;	/* how one logs out: "F9 on the account page" */
	bool customers;			/* whose accounts are opened here */
};

extern const struct console_kind console_terminal, console_backoffice, console_audit;

/* The console of this name, NULL: there is none. */
const struct console_kind *console_find(const char *word);

#endif
