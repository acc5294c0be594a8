/*
 * detector.h - where faces are: tiny face detector, a Tiny-YOLOv2 network.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The picture is shrunk to a square, aspect kept, black at the bottom or the
 * right. Anchors, decoding and thresholds are those of face-api's
 * tinyFaceDetector. Faces down to about 1/16 of the longer side are found.
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

#define DETECTOR_THRESHOLD   0.2f	/* the best box of a picture is a face from this score on */
#define DETECTOR_OTHERS      0.5f	/* and every further box from this one; see tests/bench/RESULTS.md */
#define DETECTOR_NMS_IOU     0.4f	/* boxes that overlap more are one face */
#define DETECTOR_BOXES_MAX   64u

struct detector;

/* side 0: as shipped (320); otherwise a multiple of 32. */
enum rc detector_open(struct detector **out, const char *models_dir, const struct net_setup *setup, uint32_t side,
    char *err, size_t err_n) MUST_CHECK;
void    detector_close(struct detector *d);

/*
 * The faces of a picture, the largest first, at most cap (<= DETECTOR_BOXES_MAX);
 * *found gets their number: the best box from DETECTOR_THRESHOLD on and all
 * others from DETECTOR_OTHERS on. One weak box is mostly a face seen badly; a
 * second weak box is mostly none.
 */
enum rc detector_find(struct detector *d, struct image_pyramid *p, struct vision_box *box, uint32_t cap,
    uint32_t *found) MUST_CHECK;

/* The same with every box of a score >= least, for tools. */
enum rc detector_run(struct detector *d, struct image_pyramid *p, float least, struct vision_box *box, uint32_t cap,
    uint32_t *found) MUST_CHECK;

struct net *detector_net(struct detector *d);	/* for measuring */

#endif
