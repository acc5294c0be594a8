/*
 * puppet_paint.h - lids that shut and a mouth that opens, painted into the
 * plate of a face seen from the front.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pulling the upper lid's landmarks down is not enough for a network to see a
 * shut eye: the eye itself must go. So the skin above the eye is drawn over it,
 * passing into that below it, with a dark line of lashes at the lid's edge. The
 * jaw is moved down in the picture and the gap filled with the dark of the mouth.
 *
 * Threads: none; the measures are the caller's.
 */
#ifndef PUPPET_PAINT_H
#define PUPPET_PAINT_H

#include "models/image.h"
#include "proto/vision_wire.h"

/* A slit between two corners: its axis, and how far it reaches to both sides in the middle. */
struct puppet_slit {
	float x, y;		/* the corner on the picture's left, pixels */
	float ux, uy, length;	/* the other corner */
	float up, low;		/* pixels */
};

struct puppet_paint {
	struct puppet_slit eye[2], mouth;
	float chin;		/* from the mouth's axis to the chin, pixels */
	float unit;		/* distance of the eyes, pixels */
};

void puppet_paint_measure(struct puppet_paint *p, const float point[static VISION_LANDMARKS][2]);

/* plate: the untouched face; to: a copy of it that is painted on. */
void puppet_paint_lids(const struct puppet_paint *p, float shut, const struct image *plate, struct image *to);
void puppet_paint_mouth(const struct puppet_paint *p, float open, const struct image *plate, struct image *to);

#endif
