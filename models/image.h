/*
 * image.h - RGB pictures and how to look at a part of one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   8-bit RGB pictures, interleaved, rows without gaps; a pyramid
 *               of halved copies; sampling through an affine map.
 * What it isn't: it knows no file format and no face.
 *
 * Coordinates are continuous pixels of the full picture: pixel (i, j) covers
 * i ... i+1, j ... j+1, its centre is at i + .5, j + .5.
 * Threads: none; a picture or pyramid belongs to one thread at a time.
 */
#ifndef MODELS_IMAGE_H
#define MODELS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/rc.h"

struct image {
	uint32_t width, height;
	uint8_t *rgb;		/* [height][width][3] */
};

/* Zeroed pixels. RC_INVALID for a side of 0 or above IMAGE_SIDE_MAX, RC_NOMEM. */
enum rc image_make(struct image *im, uint32_t width, uint32_t height) MUST_CHECK;
void    image_free(struct image *im);	/* wipes; safe on a zeroed struct */

/* The picture and its halvings (2x2 means), made on demand. The picture is
 * borrowed and must outlive the pyramid. */
#define IMAGE_LEVELS 7u
struct image_pyramid {
	const struct image *base;
	struct image half[IMAGE_LEVELS - 1];
};
void image_pyramid_start(struct image_pyramid *p, const struct image *base);
void image_pyramid_end(struct image_pyramid *p);	/* wipes the copies */

/* Maps a point of the destination to the picture: x' = m[0]x + m[1]y + m[2], y' = m[3]x + m[4]y + m[5]. */
struct image_map { float m[6]; };

/* A rectangle of the picture, continuous pixels. */
struct image_rect { float x0, y0, x1, y1; };

/*
 * Fills dst ([height][width][3]) with the picture seen through map, bilinear
 * on the fitting level of the pyramid. Points outside the picture, or outside
 * only (if not NULL), are black. RC_NOMEM when a level cannot be made.
 */
enum rc image_warp(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, uint8_t *dst) MUST_CHECK;

/* The map that stretches rect over a destination of width x height. */
struct image_map image_map_rect(const struct image_rect *rect, uint32_t width, uint32_t height);

/* Luma (ITU-R BT.601) of n RGB pixels, rounded. */
void image_luma(const uint8_t *rgb, size_t n, uint8_t *dst);

#endif
