/*
 * texture.h - does this look like a person before the camera, or like a
 * picture of one? (fr_liveness, 128x128 pixels of the face and what is
 * around it, from further off and from nearer).
 * SPDX-License-Identifier: Apache-2.0
 *
 * One sign among others, never a decision by itself: it sees paper and its
 * edges, but how sure it is differs from camera to camera, a face without
 * surroundings scores low, and a mask over the mouth reads as flat. Take the
 * mean over several frames.
 * Threads: one belongs to one thread at a time.
 */
#ifndef MODELS_TEXTURE_H
#define MODELS_TEXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "models/image.h"
#include "models/net_darknet.h"
#include "proto/rc.h"
#include "proto/vision_wire.h"

struct texture;

enum rc texture_open(struct texture **out, const char *models_dir, const struct net_setup *setup,
    char *err, size_t err_n) MUST_CHECK;
void    texture_close(struct texture *t);	/* NULL is fine */

/* logit: log-odds of a live person, > 0 live. RC_FACE_QUALITY if the box has no size or the answer no number. */
enum rc texture_run(struct texture *t, struct image_pyramid *p, const struct vision_box *box, float *logit) MUST_CHECK;

/*
 * What the network looks at: a square round the centre of the box, `around` times its
 * longer side, less where the picture is too small for it, moved to lie inside the
 * picture of width x height. Both are looked at, and the logit is the mean.
 *
 * Where it had to be made smaller or moved, the face is larger in it than the network
 * wants, which it takes for a sign of a picture. Then the square is looked at in its
 * full size, too, with mirrors at the picture's borders, and the mean of both counts.
 * Cropped and otherwise altered clips of 7 people and 2 attacks (121 and 39): at the
 * threshold that refuses 5 % of the people, 2.6 % of the attacks pass with mirrors,
 * and 7.7 % without.
 */
#define TEXTURE_AROUND 2.7f
#define TEXTURE_NEAR   1.75f
struct image_rect texture_part(const struct vision_box *box, float around, uint32_t width, uint32_t height);

void    texture_wipe(struct texture *t);	/* what the last picture left behind */

#endif
