/*
 * puppet_fifo.h - fifos, and commands read from one line by line.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writers may open and close the fifo as often as they like. Nothing blocks.
 * Threads: a value belongs to one thread.
 */
#ifndef PUPPET_FIFO_H
#define PUPPET_FIFO_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/rc.h"

/* Makes a fifo (0600) unless there is one; *made tells. RC_IO, RC_INVALID (something else is there) with a sentence. */
enum rc puppet_fifo_make(const char *path, bool *made, char *err, size_t err_n) MUST_CHECK;

#define PUPPET_LINE_MAX 1024u

struct puppet_lines {
	int fd;			/* for poll(); -1: closed */
	const char *path;	/* NULL: not a fifo of ours; the caller's text */
	bool made, skipping;	/* skipping: the rest of a line that was too long */
	size_t length;
	char text[PUPPET_LINE_MAX];
};

/* path: a fifo, made if nothing is there and removed again at the end; "-" is standard input. */
enum rc puppet_lines_open(struct puppet_lines *l, const char *path, char *err, size_t err_n) MUST_CHECK;
void    puppet_lines_close(struct puppet_lines *l);	/* safe after a failed open */

/*
 * The next whole line without blanks at its ends; empty ones are left out.
 * RC_AGAIN: none yet. RC_TOO_BIG: a line of PUPPET_LINE_MAX bytes or more was
 * dropped. RC_CLOSED: the input has ended (standard input alone).
 */
enum rc puppet_lines_next(struct puppet_lines *l, char line[static PUPPET_LINE_MAX]) MUST_CHECK;

#endif
