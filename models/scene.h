/*
 * scene.h - the whole picture in few numbers: a small copy of it, its light,
 * its noise, and the colours of skin and background.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Noise: the mean response to the difference of two Laplacians that a quarter of
 * many small blocks stay below, the flat ones (after Immerkaer, Fast Noise Variance
 * Estimation, 1996). Threads: none; pure functions.
 */
#ifndef MODELS_SCENE_H
#define MODELS_SCENE_H

#include <stdint.h>

#include "models/align.h"
#include "models/image.h"
#include "proto/vision_wire.h"

/* Mean R, G, B of each cell. Of a person: wipe it. */
struct scene {
	uint8_t rgb[VISION_SCENE_H][VISION_SCENE_W][3];
};

/*
 * Fills s and, of *f, scene and light. Every pixel of im counts, so one that was
 * decoded smaller gives the same cells within a grey level or two, as long as
 * cells hold whole pixels (320x240 of 640x480); else those at strong edges
 * differ more.
 */
void scene_look(const struct image *im, struct scene *s, struct vision_features *f);

/* Fills skin from the aligned face, and back from the cells away from all heads in f->face[] and the shoulders below. */
void scene_colours(const struct scene *s, const uint8_t chip[static ALIGN_BYTES], struct vision_features *f);

#endif
