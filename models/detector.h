/*
 * detector.h - where faces may be: tiny face detector, a Tiny-YOLOv2 network.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The picture, or a square of it, is shrunk to the network's square, aspect
 * kept, black where there is no picture. Anchors, decoding and thresholds are
 * those of face-api's tinyFaceDetector. Faces down to about 1/8 of the square
 * are seen well, down to 1/12 mostly. Which boxes are faces, finder.h says.
 * Threads: one detector belongs to one thread at a time.
 */
#ifndef MODELS_DETECTOR_H
#define MODELS_DETECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "models/image.h"
#include "models/net_darknet.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

#define DETECTOR_NMS_IOU     0.4f	/* boxes that overlap more are one face */
#define DETECTOR_BOXES_MAX   64u

struct detector;

/* side 0: as shipped (320); otherwise a multiple of 32. */
enum rc detector_open(struct detector **out, const char *models_dir, const struct net_setup *setup, uint32_t side,
    char *err, size_t err_n) MUST_CHECK;
void    detector_close(struct detector *d);	/* NULL is fine */

/* A square of the picture, pixels, turned clockwise by `turn` radians; it may reach beyond the picture. */
struct detector_view {
	float x, y;	/* its middle */
	float side;
	float turn;
};

/* The square that holds the picture in its upper left corner, as the network was trained. */
struct detector_view detector_whole(const struct image_pyramid *p);

/*
 * Every box of a score >= least in a view, the best first, at most
 * DETECTOR_BOXES_MAX; upright boxes in pixels of the picture, whatever the turn.
 */
enum rc detector_look(struct detector *d, struct image_pyramid *p, const struct detector_view *v, float least,
    struct vision_box box[static DETECTOR_BOXES_MAX], uint32_t *found) MUST_CHECK;

/* The whole picture's, the largest first, at most cap (<= DETECTOR_BOXES_MAX); for tools. */
enum rc detector_run(struct detector *d, struct image_pyramid *p, float least, struct vision_box *box, uint32_t cap,
    uint32_t *found) MUST_CHECK;

void    detector_largest_first(struct vision_box *box, uint32_t n);

void    detector_wipe(struct detector *d);	/* what the last picture left behind */

#endif
