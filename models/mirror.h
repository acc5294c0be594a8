/*
 * mirror.h - a picture that goes on beyond its borders as its own mirror image.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Half a face at a border becomes a whole one (finder.h). The networks are not
 * asked about texture or identity there: a mirrored half is nobody's face.
 * Threads: none; no state.
 */
#ifndef MODELS_MIRROR_H
#define MODELS_MIRROR_H

#include <stdint.h>

#include "models/image.h"
#include "proto/rc.h"

/*
 * The pyramid's picture, made smaller by `scale` (>= 1), with `margin` pixels
 * of its mirror image beyond each border. Fetches memory, which the caller
 * frees with image_free() whatever is returned: a zeroed *out stays safe.
 */
enum rc mirror_make(struct image_pyramid *p, float scale, uint32_t margin, struct image *out) MUST_CHECK;

#endif
