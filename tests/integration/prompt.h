/*
 * prompt.h - a program that asks questions, on a terminal of its own.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever cannot be done fails the test program with words. Threads: none.
 */
#ifndef INTEGRATION_PROMPT_H
#define INTEGRATION_PROMPT_H

#include <stddef.h>

#define PROMPT_OUT_BYTES 8192u

struct prompt {
	int  fd;		/* of the terminal's other end */
	long pid;
	char out[PROMPT_OUT_BYTES];	/* all that was shown */
	size_t n;
	size_t seen;		/* of it, by prompt_wait() */
};

/* Starts the program; argv as for exec, ended by NULL. */
void prompt_start(struct prompt *p, const char *const *argv);
/* Waits until it shows these words after those seen before. */
void prompt_wait(struct prompt *p, const char *words);
/* Types a line. */
void prompt_type(struct prompt *p, const char *line);
/* Waits for its end; the exit status. */
int  prompt_end(struct prompt *p);

#endif
