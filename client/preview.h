/*
 * preview.h - a camera picture becomes cells.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only preview_chafa.c includes chafa. Ownership: the caller gives the cells.
 * Threads: none; one preview belongs to one thread.
 */
#ifndef CLIENT_PREVIEW_H
#define CLIENT_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "client/cells.h"
#include "proto/rc.h"

/* What the terminal can show, from little to much. */
enum preview_colours { PREVIEW_MONO, PREVIEW_8, PREVIEW_256 };

struct preview;

/* ascii: no characters outside ASCII. NULL: out of memory. */
struct preview *preview_new(enum preview_colours colours, bool ascii);
void preview_free(struct preview *p);	/* NULL is fine */

/*
 * rgb: h rows of w pixels of 3 bytes. dst: rows x columns cells, filled with
 * the whole picture, mirrored if asked for. RC_NOMEM leaves dst as it was.
 */
enum rc preview_make(struct preview *p, const uint8_t *rgb, int w, int h, bool mirror,
    struct cell *dst, int columns, int rows) MUST_CHECK;

#endif
