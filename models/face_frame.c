/*
 * face_frame.c - see face_frame.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "models/face_frame.h"
#include "proto/stopwatch.h"

#define SEARCHED_SIDE 640u	/* what is searched for faces keeps a longer side of this, */
#define FOLLOWED_SIDE 320u	/* and where a face is followed still so much, should it be lost */
#define FACE_SEEN     112.0f	/* width of a face for landmarks and light, */
#define FACE_JUDGED   160.0f	/* and for embedding and texture */

#define FRAME_BYTES ((size_t)FACE_FRAME_SIDE_MAX * FACE_FRAME_SIDE_MAX * 3)

enum rc
face_frame_open(struct face_frame *ff, const char *models_dir, const struct net_setup *setup, char *err, size_t err_n)
{
	enum rc r;

	*ff = (struct face_frame){ 0 };
	if ((r = face_pipeline_open(&ff->faces, models_dir, setup, err, err_n)) != RC_OK)
		return r;
	/* Only what a picture covers is ever touched. */
	if ((r = image_jpeg_open(&ff->jpeg)) == RC_OK && (ff->im.rgb = malloc(FRAME_BYTES)) == NULL)
		r = RC_NOMEM;
	if (r != RC_OK) {
		(void)snprintf(err, err_n, "out of memory");
		face_frame_close(ff);
	}
	return r;
}

void
face_frame_close(struct face_frame *ff)
{
	face_pipeline_close(&ff->faces);
	image_jpeg_close(ff->jpeg);
	image_free(&ff->im);
	*ff = (struct face_frame){ 0 };
}

static uint32_t
longer(uint32_t width, uint32_t height)
{
	return width > height ? width : height;
}

static float
face_least(uint32_t want)
{
	return (want & (VISION_WANT_EMBEDDING | VISION_WANT_TEXTURE)) != 0 ? FACE_JUDGED : FACE_SEEN;
}

unsigned
face_frame_halvings(uint32_t width, uint32_t height, uint32_t want, const struct vision_box *track)
{
	uint32_t side = longer(width, height), least = track != NULL ? FOLLOWED_SIDE : SEARCHED_SIDE;
	unsigned halved = 0;

	for (; halved < IMAGE_JPEG_HALVED_MAX; halved++, side /= 2) {
		if (side / 2 < least)
			break;
		if (side <= FACE_FRAME_SIDE_MAX && track != NULL &&
		    track->w / (float)(2u << halved) < face_least(want))
			break;
	}
	return halved;
}

/* Decodes at this size and looks. */
static enum rc
frame_look(struct face_frame *ff, const uint8_t *src, size_t n, const struct image_jpeg_info *info, unsigned halved,
    uint32_t want, const struct vision_box *track, struct vision_features *f)
{
	int64_t start = stopwatch_us();
	enum rc r;

	r = image_jpeg_decode_to(ff->jpeg, src, n, info, halved, &ff->im, FRAME_BYTES);
	f->ms_decode += stopwatch_ms_since(start);
	if (r == RC_OK)
		r = face_pipeline_run(&ff->faces, &ff->im, want, track, f);
	image_wipe(&ff->im);
	return r;
}

enum rc
face_frame_run(struct face_frame *ff, const uint8_t *src, size_t n, uint32_t want, const struct vision_box *track,
    struct vision_features *f)
{
	struct image_jpeg_info info;
	unsigned halved, finer;
	enum rc r;

	*f = (struct vision_features){ .seq = f->seq };
	if (track != NULL && !(track->w > 0.0f))
		track = NULL;
	if ((r = image_jpeg_look(src, n, &info)) != RC_OK)
		goto out;
	halved = face_frame_halvings(info.width, info.height, want, track);
	if ((r = frame_look(ff, src, n, &info, halved, want, track, f)) != RC_OK || f->faces == 0 ||
	    f->tracked != 0)
		goto out;
	/* A small face in a large picture: now that it is known, look closer. */
	finer = face_frame_halvings(info.width, info.height, want, &f->face[0]);
	if (finer < halved)
		r = frame_look(ff, src, n, &info, finer, want, track, f);
out:
	if (r != RC_OK)		/* of a first look that a second one did not confirm, too */
		*f = (struct vision_features){ .seq = f->seq, .ms_decode = f->ms_decode };
	f->rc = r;
	return r;
}
