/*
 * camera_jpeg.c - turbojpeg for the wire and for cameras that send JPEG.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client/camera_jpeg.h"

#include <stdbool.h>
#include <stdlib.h>
#include <turbojpeg.h>

#include "proto/crypto.h"
#include "proto/limits.h"

struct jpeg {
	tjhandle encoder, decoder;
	uint8_t *out;
	size_t   out_n;
};

struct jpeg *
jpeg_new(void)
{
	struct jpeg *j = calloc(1, sizeof *j);

	if (j == NULL)
		return NULL;
	j->encoder = tjInitCompress();
	j->decoder = tjInitDecompress();
	if (j->encoder == NULL || j->decoder == NULL) {
		jpeg_free(j);
		return NULL;
	}
	return j;
}

static void
jpeg_room(struct jpeg *j, size_t want)
{
	if (want <= j->out_n)
		return;
	if (j->out != NULL)
		crypto_wipe(j->out, j->out_n);
	free(j->out);
	j->out = malloc(want);
	j->out_n = j->out != NULL ? want : 0;
}

void
jpeg_free(struct jpeg *j)
{
	if (j == NULL)
		return;
	if (j->encoder != NULL)
		tjDestroy(j->encoder);
	if (j->decoder != NULL)
		tjDestroy(j->decoder);
	if (j->out != NULL)
		crypto_wipe(j->out, j->out_n);
	free(j->out);
	free(j);
}

const uint8_t *
jpeg_encode(struct jpeg *j, const struct camera_frame *f, int quality, size_t *bytes)
{
	unsigned long n;
	unsigned char *dst;

	n = tjBufSize(f->w, f->h, TJSAMP_420);
	if (n == (unsigned long)-1)
		return NULL;
	jpeg_room(j, n);
	if ((dst = j->out) == NULL)
		return NULL;
	n = j->out_n;
	if (tjCompress2(j->encoder, f->rgb, f->w, 0, f->h, TJPF_RGB, &dst, &n, TJSAMP_420, quality, TJFLAG_NOREALLOC) != 0 ||
	    n > JPEG_MAX_BYTES)
		return NULL;
	*bytes = n;
	return j->out;
}

/* The largest of the decoder's own scales that fits. */
static int
jpeg_fit(int *width, int *height, int w, int h)
{
	int count = 0;
	const tjscalingfactor *scales = tjGetScalingFactors(&count);
	int best = 0, best_w = 0, best_h = 0;

	for (int i = 0; i < count; i++) {
		int sw = TJSCALED(*width, scales[i]), sh = TJSCALED(*height, scales[i]);

		if (scales[i].num > scales[i].denom || sw > w || sh > h || sw <= best_w)
			continue;
		best = 1;
		best_w = sw;
		best_h = sh;
	}
	*width = best_w;
	*height = best_h;
	return best;
}

struct camera_frame *
jpeg_decode(struct jpeg *j, const uint8_t *src, size_t n, int w, int h)
{
	struct camera_frame *f;
	int width, height, sampling, colours;

	if (tjDecompressHeader3(j->decoder, src, n, &width, &height, &sampling, &colours) != 0 ||
	    width < 1 || height < 1 || width > (int)IMAGE_SIDE_MAX || height > (int)IMAGE_SIDE_MAX ||
	    !jpeg_fit(&width, &height, w, h) || (f = camera_frame_new(width, height)) == NULL)
		return NULL;
	/* A warning (a frame cut short) is a failure here: the next frame comes soon. */
	if (tjDecompress2(j->decoder, src, n, f->rgb, width, 0, height, TJPF_RGB, TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) != 0) {
		camera_frame_free(f);
		return NULL;
	}
	return f;
}

enum jpeg_walk { JPEG_WHOLE, JPEG_MORE, JPEG_BROKEN };

/* Past the entropy-coded data that starts at *at: to the next marker that is no restart. */
static bool
jpeg_skip_scan(const uint8_t *src, size_t n, size_t *at)
{
	while (*at + 1 < n) {
		uint8_t next = src[*at + 1];

		if (src[*at] == 0xff && next != 0x00 && next != 0xff && !(next >= 0xd0 && next <= 0xd7))
			return true;
		++*at;
	}
	return false;
}

/* From behind the start marker at *at to behind the end marker. */
static enum jpeg_walk
jpeg_walk(const uint8_t *src, size_t n, size_t *at)
{
	while (*at + 1 < n) {
		uint8_t marker = src[*at + 1];

		if (src[*at] != 0xff || marker == 0xd8)
			return JPEG_BROKEN;
		if (marker == 0xd9) {
			*at += 2;
			return JPEG_WHOLE;
		}
		if (*at + 4 > n)
			return JPEG_MORE;
		*at += 2u + (size_t)(src[*at + 2] << 8 | src[*at + 3]);
		if (marker == 0xda && !jpeg_skip_scan(src, n, at))
			return JPEG_MORE;
	}
	return JPEG_MORE;
}

size_t
jpeg_find(const uint8_t *src, size_t n, size_t *start)
{
	size_t at = 0, end;

	for (;; at += 2) {
		while (at + 1 < n && !(src[at] == 0xff && src[at + 1] == 0xd8))
			at++;
		*start = at;
		if (at + 1 >= n)
			return 0;
		end = at + 2;
		switch (jpeg_walk(src, n, &end)) {
		case JPEG_WHOLE:
			return end;
		case JPEG_MORE:
			return 0;
		case JPEG_BROKEN:
			break;		/* the sender died within it: look for the next */
		}
	}
}
