/*
 * landmarks.h - 68 points of a face (iBUG 300-W order) by face-api's network.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Good for alignment and pose. They hardly move when an eye shuts: eyes.h is
 * for that. Threads: one belongs to one thread at a time.
 */
#ifndef MODELS_LANDMARKS_H
#define MODELS_LANDMARKS_H

#include <stddef.h>

#include "models/image.h"
#include "models/net_darknet.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

struct landmarks;

enum rc landmarks_open(struct landmarks **out, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    landmarks_close(struct landmarks *l);

/*
 * point[i] = x, y in pixels of the picture. A head that turns out to be tilted
 * by more than 18 degrees is looked at once more, turned upright.
 */
enum rc landmarks_run(struct landmarks *l, struct image_pyramid *p, const struct vision_box *box,
    float point[static VISION_LANDMARKS][2]) MUST_CHECK;

void    landmarks_wipe(struct landmarks *l);	/* what the last picture left behind */

#endif
