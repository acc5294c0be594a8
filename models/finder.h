/*
 * finder.h - which boxes of a picture are faces.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The detector alone either misses faces or sees some in flowers and clutter.
 * So it is asked for weak boxes too, and two landmark networks that know
 * nothing of each other have to agree where eyes, nose and mouth are: in a
 * face they differ by some 4 % of the eyes' distance, elsewhere by 30 % and
 * more. The weaker the box, the closer they must agree; of boxes that are too
 * small for more than the word "small", less is asked.
 *
 * Where the first look finds nobody, others follow: the picture turned to both
 * sides, its parts closer, and its small parts closest (faces from 1/32 of the
 * longer side on). Where it finds one face, the closer parts, at most four, are
 * still searched for another one, of somebody behind. One picture alone gets all
 * these looks and, where nobody was found, its smallest parts, which show most
 * faces of 1/32 that the small ones miss. Where at most one face was found, it
 * is last looked at with its mirror image beyond each border, which shows faces
 * that the border cuts: who stands so close is meant, not a whole one behind.
 * In a stream each frame gets one of them, another one each time, and every
 * other frame with a face none, so neither an empty chair nor a face costs much.
 * It gets neither smallest parts nor mirror: what they show is no capture, a
 * person who sits down comes to be seen by the other looks, and a word about
 * them in one frame of many could not be read.
 * Threads: none of its own; its networks belong to one thread at a time.
 */
#ifndef MODELS_FINDER_H
#define MODELS_FINDER_H

#include <stdint.h>

#include "models/detector.h"
#include "models/eyes.h"
#include "models/image.h"
#include "models/landmarks.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

struct finder {		/* borrowed */
	struct detector  *detector;
	struct landmarks *landmarks;
	struct eyes      *eyes;
};

#define FINDER_ALL UINT64_MAX

/*
 * The faces, the largest first, at most cap (<= DETECTOR_BOXES_MAX); *found
 * gets their number. turn: the number of the frame in its stream, which picks
 * the second look, or FINDER_ALL.
 */
enum rc finder_find(const struct finder *f, struct image_pyramid *p, uint64_t turn, struct vision_box *box, uint32_t cap,
    uint32_t *found) MUST_CHECK;

#endif
