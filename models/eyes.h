/*
 * eyes.h - how far the eyes are open: by a landmark network that follows the
 * lids (fr_landmark, 64x64 grey), and by one that only knows shut and open
 * (fr_eye, 24x24 grey).
 * SPDX-License-Identifier: Apache-2.0
 *
 * The measure is the eye aspect ratio of Soukupova and Cech (Real-Time Eye
 * Blink Detection using Facial Landmarks, 2016). Its open level differs from
 * person to person: judge against the person's own. fr_eye needs no level and
 * is right on eyes held shut; it is too nervous for blinks.
 * Threads: one belongs to one thread at a time.
 */
#ifndef MODELS_EYES_H
#define MODELS_EYES_H

#include <stddef.h>

#include "models/image.h"
#include "models/net_darknet.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

struct eyes;

enum rc eyes_open(struct eyes **out, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    eyes_close(struct eyes *e);

/* left and right as seen in the picture; point[i]: all 68 landmarks (iBUG 300-W order), pixels of the picture. */
enum rc eyes_run(struct eyes *e, struct image_pyramid *p, const struct vision_box *box,
    float point[static VISION_LANDMARKS][2], float *left, float *right) MUST_CHECK;

/*
 * How probably each eye is shut, 0 ... 1; point: from eyes_run(). An eye
 * without a size is not shut.
 */
enum rc eyes_shut(struct eyes *e, struct image_pyramid *p, const float point[static VISION_LANDMARKS][2],
    float *left, float *right) MUST_CHECK;

/* Eye aspect ratio of six points: outer corner, two of the upper lid, inner corner, two of the lower. */
float   eyes_aspect_ratio(const float (*eye)[2]);

void    eyes_wipe(struct eyes *e);	/* what the last picture left behind */

#endif
