/*
 * image_jpeg.c - see image_jpeg.h; markers are those of ITU-T T.81.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

#include "models/image_jpeg.h"
#include "proto/crypto.h"
#include "proto/limits.h"

/* A progressive camera picture has about ten scans. */
#define SCANS_MAX       24u
/* Pixels times scans: a 4096x4096 picture in one scan, four megapixels in sixteen. */
#define WORK_MAX        (72ull * 1000 * 1000)

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, DHT = 0xc4, DAC = 0xcc, JPG = 0xc8, SOF0 = 0xc0, SOF2 = 0xc2, SOF15 = 0xcf,
	RST0 = 0xd0, RST7 = 0xd7, TEM = 0x01 };

struct image_jpeg {
	tjhandle decoder, encoder;
};

enum rc
image_jpeg_open(struct image_jpeg **out)
{
	struct image_jpeg *j = calloc(1, sizeof *j);

	if (j == NULL)
		return RC_NOMEM;
	j->decoder = tjInitDecompress();
	j->encoder = tjInitCompress();
	if (j->decoder == NULL || j->encoder == NULL) {
		image_jpeg_close(j);
		return RC_NOMEM;
	}
	*out = j;
	return RC_OK;
}

void
image_jpeg_close(struct image_jpeg *j)
{
	if (j == NULL)
		return;
	if (j->decoder != NULL)
		(void)tjDestroy(j->decoder);
	if (j->encoder != NULL)
		(void)tjDestroy(j->encoder);
	free(j);
}

/* A frame header: 8 bits, bounded sides, one or three components. */
static enum rc
look_frame(const uint8_t *body, size_t n, struct image_jpeg_info *info)
{
	if (n < 6 || info->width != 0)	/* a second frame header */
		return RC_IMAGE_BAD;
	info->height = (uint32_t)body[1] << 8 | body[2];
	info->width = (uint32_t)body[3] << 8 | body[4];
	if (info->width > IMAGE_SIDE_MAX || info->height > IMAGE_SIDE_MAX)
		return RC_IMAGE_BIG;
	if (body[0] != 8 || (body[5] != 1 && body[5] != 3) || n != 6 + 3u * body[5] ||
	    info->width < IMAGE_SIDE_MIN || info->height < IMAGE_SIDE_MIN)
		return RC_IMAGE_BAD;
	return RC_OK;
}

static bool
is_frame(uint8_t marker)
{
	return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

/* The place of the next marker after entropy-coded data; n if there is none. */
static size_t
skip_scan(const uint8_t *src, size_t n, size_t at)
{
	const uint8_t *ff;

	for (; at + 1 < n; at++) {
		if ((ff = memchr(src + at, 0xff, n - 1 - at)) == NULL)
			break;
		at = (size_t)(ff - src);
		if (ff[1] != 0x00 && ff[1] != 0xff && !(ff[1] >= RST0 && ff[1] <= RST7))
			return at;
	}
	return n;
}

enum rc
image_jpeg_look(const uint8_t *src, size_t n, struct image_jpeg_info *info)
{
	struct image_jpeg_info got = { 0 };
	size_t at = 2, length;
	uint8_t marker;
	enum rc r;

	if (n < 4 || src[0] != 0xff || src[1] != SOI)
		return RC_IMAGE_BAD;
	for (;;) {
		if (at + 2 > n || src[at] != 0xff)
			return RC_IMAGE_BAD;
		marker = src[at + 1];
		if (marker == 0xff) {	/* fill byte */
			at++;
			continue;
		}
		at += 2;
		if (marker == EOI)
			break;
		if (marker == SOI || marker == TEM || marker == 0x00 || marker == DAC ||
		    (marker >= RST0 && marker <= RST7) || at + 2 > n)
			return RC_IMAGE_BAD;
		length = (size_t)src[at] << 8 | src[at + 1];
		if (length < 2 || length > n - at)
			return RC_IMAGE_BAD;
		if (is_frame(marker)) {
			if (marker > SOF2)	/* lossless, hierarchical, arithmetic */
				return RC_IMAGE_BAD;
			if ((r = look_frame(src + at + 2, length - 2, &got)) != RC_OK)
				return r;
		}
		at += length;
		if (marker != SOS)
			continue;
		if (got.width == 0 || ++got.scans > SCANS_MAX ||
		    (uint64_t)got.width * got.height * got.scans > WORK_MAX)
			return got.width == 0 ? RC_IMAGE_BAD : RC_IMAGE_BIG;
		at = skip_scan(src, n, at);
	}
	if (got.scans == 0)
		return RC_IMAGE_BAD;
	*info = got;
	return RC_OK;
}

enum rc
image_jpeg_decode_to(struct image_jpeg *j, const uint8_t *src, size_t n, const struct image_jpeg_info *info,
    unsigned halved, struct image *im, size_t cap)
{
	uint32_t divisor = 1u << halved;
	int width, height, subsampling, space;

	*im = (struct image){ .rgb = im->rgb };
	if (n > ULONG_MAX / 2)
		return RC_IMAGE_BIG;
	if (tjDecompressHeader3(j->decoder, src, (unsigned long)n, &width, &height, &subsampling, &space) != 0 ||
	    width != (int)info->width || height != (int)info->height)
		return RC_IMAGE_BAD;
	im->width = (info->width + divisor - 1) / divisor;
	im->height = (info->height + divisor - 1) / divisor;
	im->halved = halved;
	im->full_width = info->width;
	im->full_height = info->height;
	if ((size_t)im->width * im->height * 3 > cap) {
		*im = (struct image){ .rgb = im->rgb };
		return RC_TOO_BIG;
	}
	/* Colour is repeated, not interpolated: a tenth less time, and no accuracy moved (tests/bench/RESULTS.md). */
	if (tjDecompress2(j->decoder, src, (unsigned long)n, im->rgb, (int)im->width, 0, (int)im->height, TJPF_RGB,
	    TJFLAG_FASTUPSAMPLE | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) != 0) {
		image_wipe(im);
		*im = (struct image){ .rgb = im->rgb };
		return RC_IMAGE_BAD;
	}
	return RC_OK;
}

enum rc
image_jpeg_decode(struct image_jpeg *j, const uint8_t *src, size_t n, struct image *im)
{
	struct image_jpeg_info info;
	enum rc r;

	*im = (struct image){ 0 };
	if ((r = image_jpeg_look(src, n, &info)) != RC_OK ||
	    (r = image_make(im, info.width, info.height)) != RC_OK)
		return r;
	if ((r = image_jpeg_decode_to(j, src, n, &info, 0, im, (size_t)info.width * info.height * 3)) != RC_OK)
		image_free(im);
	return r;
}

enum rc
image_jpeg_encode(struct image_jpeg *j, const struct image *im, int quality, uint8_t *dst, size_t cap, size_t *n)
{
	unsigned char *buf = NULL;
	unsigned long size = 0;
	enum rc r = RC_OK;

	if (tjCompress2(j->encoder, im->rgb, (int)im->width, 0, (int)im->height, TJPF_RGB, &buf, &size, TJSAMP_420,
	    quality, 0) != 0) {
		r = RC_NOMEM;
	} else if (size > cap) {
		r = RC_TOO_BIG;
	} else {
		memcpy(dst, buf, size);
		*n = size;
	}
	if (buf != NULL)
		crypto_wipe(buf, size);
	tjFree(buf);
	return r;
}

enum rc
image_jpeg_read_file(struct image_jpeg *j, const char *path, size_t cap_bytes, struct image *im)
{
	FILE *f = fopen(path, "re");
	uint8_t *buf = NULL;
	size_t n;
	enum rc r = RC_IO;

	*im = (struct image){ 0 };
	if (f == NULL)
		return RC_IO;
	if ((buf = malloc(cap_bytes + 1)) == NULL) {
		r = RC_NOMEM;
		goto out;
	}
	n = fread(buf, 1, cap_bytes + 1, f);
	if (ferror(f))
		goto out;
	r = n > cap_bytes ? RC_TOO_BIG : image_jpeg_decode(j, buf, n, im);
out:
	free(buf);
	(void)fclose(f);	/* only read */
	return r;
}
