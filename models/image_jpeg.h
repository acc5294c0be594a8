/*
 * image_jpeg.h - JPEG in and out, for pictures nobody vouches for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Before the decoder sees a byte, the markers are walked: only baseline,
 * extended and progressive Huffman pictures of 8 bits with one or three
 * components are let through, their sides bounded, and the number of scans
 * times the pixels bounded too, so that time is. A warning of the decoder
 * (a truncated or damaged picture) is a refusal.
 * Threads: one struct belongs to one thread.
 */
#ifndef MODELS_IMAGE_JPEG_H
#define MODELS_IMAGE_JPEG_H

#include <stddef.h>
#include <stdint.h>

#include "models/image.h"
#include "proto/rc.h"

struct image_jpeg;	/* a decoder and an encoder */

enum rc image_jpeg_open(struct image_jpeg **out) MUST_CHECK;	/* RC_NOMEM */
void    image_jpeg_close(struct image_jpeg *j);

/* What the markers say, without decoding. RC_IMAGE_BAD, RC_IMAGE_BIG. */
struct image_jpeg_info { uint32_t width, height, scans; };
enum rc image_jpeg_look(const uint8_t *src, size_t n, struct image_jpeg_info *info) MUST_CHECK;

/* Decodes into a picture the caller frees. RC_IMAGE_BAD, RC_IMAGE_BIG, RC_NOMEM leave im zeroed. */
enum rc image_jpeg_decode(struct image_jpeg *j, const uint8_t *src, size_t n, struct image *im) MUST_CHECK;

/*
 * Decodes the picture of which image_jpeg_look() said info at 1/2^halved of its
 * sides (halved <= IMAGE_JPEG_HALVED_MAX; rounded up) into im->rgb, memory of
 * the caller for cap bytes. Sets everything else in *im. RC_TOO_BIG when cap
 * does not do, RC_IMAGE_BAD; then the pixels are wiped and have no width.
 */
#define IMAGE_JPEG_HALVED_MAX 3u
enum rc image_jpeg_decode_to(struct image_jpeg *j, const uint8_t *src, size_t n, const struct image_jpeg_info *info,
    unsigned halved, struct image *im, size_t cap) MUST_CHECK;

/* Encodes 4:2:0 at quality 1 ... 100 into dst (cap bytes); *n gets the length.
 * RC_TOO_BIG if it does not fit. */
enum rc image_jpeg_encode(struct image_jpeg *j, const struct image *im, int quality,
    uint8_t *dst, size_t cap, size_t *n) MUST_CHECK;

/* A whole file, at most cap_bytes; for tools and tests. RC_IO, RC_TOO_BIG or as decode. */
enum rc image_jpeg_read_file(struct image_jpeg *j, const char *path, size_t cap_bytes, struct image *im) MUST_CHECK;

#endif
