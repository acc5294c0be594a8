/*
 * puppet_plate.h - the photograph put before a camera: a whole camera picture
 * with the person in a room.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Threads: none; pure functions but for what they write.
 */
#ifndef PUPPET_PLATE_H
#define PUPPET_PLATE_H

#include "models/image.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define PUPPET_OTHERS_MAX 7u

/* A photograph, where the points of its largest face are, pixels, iBUG 68 order, and other faces in it. */
struct puppet_photo {
	struct image picture;
	float point[VISION_LANDMARKS][2];
	struct vision_box other[PUPPET_OTHERS_MAX];
	uint32_t others;
};

void puppet_photo_free(struct puppet_photo *photo);	/* safe on a zeroed struct */

/* The room alone. RC_INVALID, RC_NOMEM. */
enum rc puppet_plate_room(struct image *plate, uint32_t width, uint32_t height) MUST_CHECK;

/*
 * The person in the room: the face about a quarter of the picture wide, a
 * little above its middle, the eyes level; the photograph's edges run into the
 * room, and other people's faces are blurred away.
 * point gets the landmarks in pixels of the plate. RC_FACE_QUALITY if the
 * points span no face; RC_INVALID, RC_NOMEM. The caller frees plate.
 */
enum rc puppet_plate_make(const struct puppet_photo *photo, uint32_t width, uint32_t height,
    struct image *plate, float point[static VISION_LANDMARKS][2]) MUST_CHECK;

/* Bilinear colour at continuous pixels x, y; outside, that of the nearest edge. */
void puppet_plate_sample(const struct image *im, float x, float y, float rgb[static 3]);

#endif
