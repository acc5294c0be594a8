/*
 * align.h - turns and scales a face to the position its embedder expects.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Five points (eye centres, nose tip, mouth corners) are brought to the
 * 112x112 template of ArcFace (Deng et al., 2019) by the least-squares
 * similarity of Umeyama (1991), without reflection.
 * Threads: none; pure functions.
 */
#ifndef MODELS_ALIGN_H
#define MODELS_ALIGN_H

#include <stdint.h>

#include "models/image.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define ALIGN_SIDE  112u
#define ALIGN_BYTES ((size_t)ALIGN_SIDE * ALIGN_SIDE * 3)

/* The middle of what two landmark networks say: less noise, a steadier chip. mean may be a or b. */
void    align_mean(const float a[static VISION_LANDMARKS][2], const float b[static VISION_LANDMARKS][2],
    float mean[static VISION_LANDMARKS][2]);

/* The map from chip to picture. RC_FACE_QUALITY if the points span nothing. */
enum rc align_map(const float landmark[static VISION_LANDMARKS][2], struct image_map *map) MUST_CHECK;

/* chip: [112][112][3] */
enum rc align_chip(struct image_pyramid *p, const float landmark[static VISION_LANDMARKS][2],
    uint8_t chip[static ALIGN_BYTES]) MUST_CHECK;

#endif
