/*
 * head_pose.h - where a head looks, in degrees, from its landmarks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A mean face in three dimensions is turned, scaled, moved and a little
 * stretched until its picture (weak perspective) lies on the landmarks: iterated weighted least squares
 * with Huber's weights, so that a badly seen point counts less and the rest
 * decides (Huber, Robust Estimation of a Location Parameter, 1964). Some 10
 * microseconds. The outline and the lower lip are left out: the one follows
 * what is visible instead of the bone, the other the mouth.
 * Threads: none; pure functions.
 */
#ifndef MODELS_HEAD_POSE_H
#define MODELS_HEAD_POSE_H

#include "proto/vision_wire.h"

/*
 * Degrees, signs as in vision_wire.h: the head turns about its own upright
 * axis, that axis nods, and then leans in the picture. So someone who turns before a
 * camera that looks up keeps the pitch. A person's own level from the front is
 * a few degrees off zero; mean angles of turns are right within some 5 degrees.
 */
struct head_pose {
	float yaw, pitch, roll;	/* yaw and pitch within +-80 */
	float error;	/* root mean square distance from the landmarks, in distances of the eyes' middles */
};

/*
 * point: all landmarks, iBUG 300-W order; those of both landmark networks
 * averaged are the steadiest. Points that are no face give some pose with a
 * large error, and points that span nothing zeros: all numbers are finite.
 */
struct head_pose head_pose_fit(const float point[static VISION_LANDMARKS][2]);

#endif
