/*
 * camera_jpeg.h - camera pictures to JPEG and back, over libjpeg-turbo.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only camera_jpeg.c includes turbojpeg.h on the client's side.
 * Threads: one jpeg belongs to one thread.
 */
#ifndef CLIENT_CAMERA_JPEG_H
#define CLIENT_CAMERA_JPEG_H

#include <stddef.h>
#include <stdint.h>

#include "client/camera.h"

struct jpeg;

struct jpeg *jpeg_new(void);		/* NULL: out of memory */
void         jpeg_free(struct jpeg *j);	/* wipes; NULL is fine */

/* *bytes of JPEG at the returned address, which dies with the next call; NULL: failed or above JPEG_MAX_BYTES. */
const uint8_t *jpeg_encode(struct jpeg *j, const struct camera_frame *f, int quality, size_t *bytes);
/* A new frame that fits inside w x h; NULL: not a JPEG, or damaged, or too large. */
struct camera_frame *jpeg_decode(struct jpeg *j, const uint8_t *src, size_t n, int w, int h);

/*
 * Where the first whole JPEG in src ends (ITU T.81, B.1.1: marker segments by
 * their length, entropy-coded data up to a marker). 0: not complete yet.
 * *start gets where it begins; what lies before can be dropped.
 */
size_t jpeg_find(const uint8_t *src, size_t n, size_t *start);

#endif
