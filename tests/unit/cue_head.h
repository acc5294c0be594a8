/*
 * cue_head.h - the landmarks of a head, or of a photograph of one, in any
 * pose, for tests of cues. No picture, one seed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; the state is the caller's.
 */
#ifndef TESTS_CUE_HEAD_H
#define TESTS_CUE_HEAD_H

#include <stdint.h>

#include "proto/vision_wire.h"

struct cue_pose {
	float yaw, pitch, roll;	/* radians */
	float x, y;		/* of the eyes' middle, pixels */
	float size;		/* distance of the eyes, pixels */
};

/*
 * Landmarks, box and eyes of one face in a picture of 640x480 with a noisy
 * room. relief: 1: a head, 0: flat; bend: curvature of a sheet, 1 / distances
 * of the eyes. noise: of a landmark, in distances of the eyes.
 */
void cue_head_frame(const struct cue_pose *pose, float relief, float bend, float noise, uint64_t *random,
    struct vision_features *f);
/* The room: level grey, every cell up to `noise` levels off. */
void cue_head_room(float noise, uint64_t *random, struct vision_features *f);
/* About normal, deviation 1. */
float cue_head_normal(uint64_t *random);

#endif
