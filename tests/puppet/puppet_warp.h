/*
 * puppet_warp.h - a picture bent by a coarse grid.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; a grid belongs to its caller.
 */
#ifndef PUPPET_WARP_H
#define PUPPET_WARP_H

#include <stddef.h>
#include <stdint.h>

#include "models/image.h"
#include "proto/rc.h"

#define PUPPET_CELL 8u	/* pixels between vertices */

struct puppet_grid {
	uint32_t width, height, columns, rows;
	float *from;	/* [rows][columns][2]: where in the source the pixel at a vertex comes from */
};

enum rc puppet_grid_make(struct puppet_grid *g, uint32_t width, uint32_t height) MUST_CHECK;	/* RC_NOMEM */
void    puppet_grid_free(struct puppet_grid *g);	/* safe on a zeroed struct */

/* Component part of a field [rows][columns][parts] at pixel x, y, bilinear. */
float   puppet_grid_at(const struct puppet_grid *g, const float *field, unsigned parts, unsigned part, float x, float y);

/* Sets from, given how far each source vertex moves ([rows][columns][2], pixels).
 * The field must not fold: neighbours move by less than their distance. */
void    puppet_grid_invert(struct puppet_grid *g, const float *shift, unsigned steps);

/* Bilinear; outside the source its nearest edge. Both pictures of the grid's size. */
void    puppet_grid_draw(const struct puppet_grid *g, const struct image *src, struct image *dst);

#endif
