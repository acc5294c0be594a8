/*
 * batch_line.h - one payment as it stands in the grid, read for the server.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pure; threads: any.
 */
#ifndef CLIENT_BATCH_LINE_H
#define CLIENT_BATCH_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "client/grid.h"
#include "proto/msg.h"

/* What can be read of a line so far; what cannot is empty or 0. false: it is not complete. */
bool batch_line_read(const struct grid *g, size_t line, cs_BatchLine *l);
/* Places and names do not count. */
bool batch_line_same(const cs_BatchLine *a, const cs_BatchLine *b);
/* Whether anything is in it but a currency, which comes by itself. */
bool batch_line_any(const cs_BatchLine *l);
/* Whether what was read (l) tells all that stands in the cells of this line. */
bool batch_line_tells(const struct grid *g, size_t line, const cs_BatchLine *l);

#endif
