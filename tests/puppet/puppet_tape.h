/*
 * puppet_tape.h - a recorded capture: its JPEG pictures, one after another, as
 * they went over the wire; the file is the same without anything between them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: a tape belongs to one thread at a time; finished, any may read it.
 */
#ifndef PUPPET_TAPE_H
#define PUPPET_TAPE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

#define PUPPET_TAPE_FRAMES 600u
#define PUPPET_TAPE_STEP_MS 67	/* from one picture to the next when it is shown again */

struct puppet_tape {
	uint8_t *bytes;
	size_t   n, cap;
	size_t   end[PUPPET_TAPE_FRAMES];	/* where each picture ends */
	unsigned frames;
};

/* RC_TOO_BIG when it is full, RC_NOMEM. */
enum rc puppet_tape_add(struct puppet_tape *t, const uint8_t *jpeg, size_t n) MUST_CHECK;
/* Picture i. */
const uint8_t *puppet_tape_at(const struct puppet_tape *t, unsigned i, size_t *n);
void    puppet_tape_free(struct puppet_tape *t);	/* safe on a zeroed struct */

/* Reads a file of such pictures. err gets one sentence on failure. */
enum rc puppet_tape_read(struct puppet_tape *t, const char *path, char *err, size_t err_n) MUST_CHECK;

#endif
