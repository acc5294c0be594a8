/*
 * area.h - a picture in few cells, each the mean of the pixels below it, and
 * the small grey picture that is kept as evidence.
 * SPDX-License-Identifier: Apache-2.0
 * Threads: none; pure functions.
 */
#ifndef MODELS_AREA_H
#define MODELS_AREA_H

#include <stddef.h>
#include <stdint.h>

#include "models/image.h"
#include "proto/limits.h"

#define AREA_CELL_MOST 257u	/* pixels of height, so that sums fit 16 bits */

/*
 * The picture's cells, columns x rows of them, none higher than AREA_CELL_MOST:
 * mean R, G, B of each into rgb[rows][columns][3]. A cell covers at least one
 * pixel, also where there are more cells than pixels.
 */
void area_cells(const struct image *im, size_t columns, size_t rows, uint8_t *rgb);

/*
 * Luma of the whole picture in small, sides in proportion, in the middle; black
 * beside it. On one core of an AMD EPYC (Zen 5): 0.2 to 0.5 ms of 640x480. Of a person: wipe it.
 */
void area_picture(const struct image *im, uint8_t to[EVIDENCE_H][EVIDENCE_W]);

#endif
