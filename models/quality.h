/*
 * quality.h - how well a face is seen and where it looks, from its landmarks
 * and its aligned chip; no network.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sharpness: variance of the Laplacian (Pech-Pacheco et al. 2000).
 * Threads: none; pure functions.
 */
#ifndef MODELS_QUALITY_H
#define MODELS_QUALITY_H

#include <stdint.h>

#include "models/align.h"
#include "proto/vision_wire.h"

/* Fills turn, nod and mouth from f->landmark; yaw, pitch, roll and pose_error from these and, with has_eyes, f->second. */
void quality_pose(struct vision_features *f);
/* Fills brightness and sharpness from the chip. */
void quality_light(const uint8_t chip[static ALIGN_BYTES], struct vision_features *f);

#endif
