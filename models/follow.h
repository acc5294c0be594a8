/*
 * follow.h - where a face has gone since the last frame, and whether what is
 * there is still a face.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The detector is the dearest part of a frame, and it loses profiles. So the
 * landmarks are looked for where the face was, and a box is put round them
 * such as the detector would give. The landmark networks answer with some face
 * whatever they are shown; but shown none they shrink it, and two of them do
 * not agree on it.
 * Threads: none; pure functions.
 */
#ifndef MODELS_FOLLOW_H
#define MODELS_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/vision_wire.h"

/*
 * The box of a face with these landmarks. Fitted to the detector's boxes on
 * 1,914 faces, each looked at from nine boxes up to 12 % off: x and y differ
 * by 2.3 and 2.2 % of the box (root mean square), width and height by 8.8 and
 * 6.9 %; after a box was shifted by 8 % or scaled by 12 % what is left of it
 * is at most 0.6 and 1.4 %, so errors die out from frame to frame.
 */
struct vision_box follow_box(const float landmark[static VISION_LANDMARKS][2], float score);

/*
 * Did the landmarks of f, found with the box `from`, stay on a face? f->second
 * holds the same points by the other network, f->face[0] is the new box; pose
 * and light are filled. False: detect.
 */
bool follow_holds(const struct vision_box *from, const struct vision_features *f);

/* After follow_holds() said no: a box from where to try once more. False: there is none. */
bool follow_again(const struct vision_box *from, const struct vision_features *f, struct vision_box *again);

#endif
