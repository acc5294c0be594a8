/*
 * camera_rgb.h - a picture that FFmpeg decoded, as rows of RGB of a size that
 * is asked for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What it is:   the one place that calls the scaler. It writes rows in whole
 *               vectors, past a width that is no multiple of them, so it gets a
 *               picture with room for that, and the rows are copied from there.
 * What it isn't: it decodes nothing and keeps no proportions.
 *
 * Ownership: the caller's struct, zeroed before the first use.
 * Threads: one belongs to one thread at a time.
 */
#ifndef CLIENT_CAMERA_RGB_H
#define CLIENT_CAMERA_RGB_H

#include <stdint.h>

#include "proto/rc.h"

struct AVFrame;
struct SwsContext;

struct camera_rgb {
	struct SwsContext *scale;
	struct AVFrame *to;	/* the scaled picture, its rows padded */
};

/*
 * from, all of it, as w x h pixels into rgb: w * h * 3 bytes, rows without gaps.
 * RC_IMAGE_BAD: w or h is below 1, or the picture's format cannot be converted. RC_NOMEM.
 */
enum rc camera_rgb_convert(struct camera_rgb *c, const struct AVFrame *from, int w, int h, uint8_t *rgb) MUST_CHECK;
void    camera_rgb_close(struct camera_rgb *c);		/* wipes the picture; may be used again */

#endif
