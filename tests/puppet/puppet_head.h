/*
 * puppet_head.h - a plate as a head in space: every point has a depth, and a
 * pose says from where in the plate each point of the camera picture comes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The depths of 68 landmarks are those of a mean adult face; points of the
 * forehead, crown, temples and neck are added relative to them, and the
 * surface between is interpolated smoothly (multiquadrics, Hardy 1971). The
 * head turns about the neck in perspective; around the head the motion fades
 * out, so the picture never tears and the room stays.
 *
 * What it isn't: surfaces that hide each other are not modelled. To about 30
 * degrees a head seen from the front hides next to nothing.
 * Threads: a head belongs to one thread at a time.
 */
#ifndef PUPPET_HEAD_H
#define PUPPET_HEAD_H

#include "models/image.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"
#include "tests/puppet/puppet_motion.h"

struct puppet_head;

/* point: landmarks in a picture of width x height. RC_FACE_QUALITY if they span no face. */
enum rc puppet_head_open(struct puppet_head **out, const float point[static VISION_LANDMARKS][2],
    uint32_t width, uint32_t height) MUST_CHECK;
void    puppet_head_close(struct puppet_head *h);	/* NULL is fine */

/* Fills dst with src (both of the head's size) seen in this pose. */
void    puppet_head_draw(struct puppet_head *h, const struct puppet_pose *pose, const struct image *src,
    struct image *dst);

/*
 * Sets lit at every vertex of the grid: 1 where the light of a screen before
 * the person falls on the head of the picture drawn last, less on the body, room
 * elsewhere.
 */
void    puppet_head_lit(const struct puppet_head *h, float room, float *lit);

#endif
