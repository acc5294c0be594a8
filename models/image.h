/*
 * image.h - RGB pictures and how to look at a part of one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   8-bit RGB pictures, interleaved, rows without gaps; a pyramid
 *               of halved copies; sampling through an affine map.
 * What it isn't: it knows no file format and no face.
 *
 * Coordinates are continuous pixels of the full picture: pixel (i, j) covers
 * i ... i+1, j ... j+1, its centre is at i + .5, j + .5. A picture that was
 * decoded smaller stands for the full one and is addressed in its pixels.
 * Threads: none; a picture or pyramid belongs to one thread at a time.
 */
#ifndef MODELS_IMAGE_H
#define MODELS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "models/image_rows.h"
#include "proto/rc.h"

struct image {
	uint32_t width, height;	/* as held here */
	uint8_t *rgb;		/* [height][width][3] */
	unsigned halved;	/* how many times smaller than the full picture, a power of two */
	uint32_t full_width, full_height;	/* of the full picture; 0: the same as held here */
};

/* Zeroed pixels. RC_INVALID for a side of 0 or above IMAGE_SIDE_MAX, RC_NOMEM. */
enum rc image_make(struct image *im, uint32_t width, uint32_t height) MUST_CHECK;
void    image_wipe(struct image *im);	/* the pixels, not the memory */
void    image_free(struct image *im);	/* wipes; safe on a zeroed struct */

/* A rectangle of the picture, continuous pixels. */
struct image_rect { float x0, y0, x1, y1; };

/*
 * The picture and its halvings (2x2 means), made on demand and only where
 * they are looked at. One pyramid shows one picture after another in memory
 * that it keeps.
 */
#define IMAGE_LEVELS 7u
struct image_level {
	struct image im;
	uint32_t x0, y0, x1, y1;	/* the part that is filled; x1 == 0: none */
};
struct image_pyramid {
	const struct image *base;
	uint32_t width, height;		/* of the full picture */
	struct image_level half[IMAGE_LEVELS - 1];
	uint8_t *store;
	size_t cap;
	const struct image_rows *rows;	/* for this processor */
};

/* Room for pictures of up to this many pixels; more is fetched when a larger one comes. RC_NOMEM. */
enum rc image_pyramid_open(struct image_pyramid *p, size_t pixels) MUST_CHECK;
void    image_pyramid_close(struct image_pyramid *p);	/* wipes; safe on a zeroed struct */

/* The picture is borrowed until image_pyramid_clear() or the next picture; both wipe the copies.
 * RC_INVALID if a side is below 2, RC_NOMEM. */
enum rc image_pyramid_show(struct image_pyramid *p, const struct image *base) MUST_CHECK;
void    image_pyramid_clear(struct image_pyramid *p);

/*
 * half[level], filled at least in columns x0 ... x1 - 1 and rows y0 ... y1 - 1
 * (as are the levels it is made of). They lie in the picture and are not empty.
 */
const struct image *image_pyramid_level(struct image_pyramid *p, unsigned level, uint32_t x0, uint32_t y0,
    uint32_t x1, uint32_t y1);

/* Maps a point of the destination to the picture: x' = m[0]x + m[1]y + m[2], y' = m[3]x + m[4]y + m[5]. */
struct image_map { float m[6]; };

/* The map that stretches rect over a destination of width x height. */
struct image_map image_map_rect(const struct image_rect *rect, uint32_t width, uint32_t height);

/* How a network wants its numbers: (value 0 ... 255 - mean) * scale. */
struct image_norm { float mean[3], scale; };

/*
 * Fills dst ([height][width][3]) with the picture seen through map, bilinear
 * on the fitting level of the pyramid. Points outside the picture, or outside
 * only (if not NULL), are black. RC_INVALID when the map is not finite.
 */
enum rc image_warp(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, uint8_t *dst) MUST_CHECK;

/* The same as numbers for a network, without rounding to bytes. */
enum rc image_warp_numbers(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, const struct image_norm *norm, float *dst) MUST_CHECK;

/* The same as luma (ITU-R BT.601), dst [height][width], times scale. */
enum rc image_warp_luma(struct image_pyramid *p, const struct image_map *map, const struct image_rect *only,
    uint32_t width, uint32_t height, float scale, float *dst) MUST_CHECK;

/* Luma (ITU-R BT.601) of n RGB pixels, rounded. */
void image_luma(const uint8_t *rgb, size_t n, uint8_t *dst);

#endif
